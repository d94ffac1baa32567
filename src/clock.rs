//! The room `clock`.
