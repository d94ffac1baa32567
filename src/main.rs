//! The binary: everything it does is in the library's `cli`.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Values are made on one thread and dropped on another, all the time: the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    milepost::cli::run()
}
