//! Is it alive, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

/// The process answers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// The service can answer, its database included.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// The version of the service.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// What somebody has to see to, though it serves: years whose working days are not known.
    #[schema(example = json!([]))]
    pub warnings: Vec<String>,
}
