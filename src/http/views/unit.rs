//! Budget units, as JSON.

use super::UnitCode;
use crate::actions::record_unit::UnitRow;
use serde::Serialize;
use utoipa::ToSchema;

/// A budget unit (预算单位).
#[derive(Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Its code.
    code: UnitCode,
    /// Its name.
    #[schema(example = "住房和城乡建设局")]
    name: String,
    /// The unit above it; null at the top.
    parent: Option<UnitCode>,
}

/// A unit.
#[must_use]
pub fn unit(row: &UnitRow) -> Unit {
    Unit {
        code: UnitCode(row.unit.code.clone()),
        name: row.unit.name.clone(),
        parent: row.parent.clone().map(UnitCode),
    }
}
