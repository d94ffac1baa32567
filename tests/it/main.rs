//! One integration binary: everything that needs more than one file of the crate.

mod intake;
mod support;
