//! The room `delivery`.
