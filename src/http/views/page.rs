//! A page of a list.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list, in a stable order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    /// Give it as `cursor` to read on; null on the last page.
    #[schema(example = "MDE5MDVmNmU")]
    pub next_cursor: Option<String>,
}
