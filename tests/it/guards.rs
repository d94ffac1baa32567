//! What the service does when clients, the disk, the database or the operator do what they should not.

mod connections;
mod disk;
mod logins;
mod metrics;
mod panics;
mod postgres;
mod stopping;
