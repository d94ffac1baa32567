//! stub
use crate::domain::letter::{Composed, WarningFacts};
/// stub
pub fn compose(_: &WarningFacts) -> Composed { Composed { subject: String::new(), text: String::new(), html: String::new() } }
