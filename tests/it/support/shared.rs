//! The real document lies beside the project, not in it; a test that cannot find it says so aloud.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The path of a file under `../shared`, or none, told aloud; with `CI=true` its absence is a failure.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    assert_ne!(option_env("CI").as_deref(), Some("true"), "../shared/{name} is missing");
    println!("SKIPPED: ../shared/{name} is missing");
    if let Some(list) = option_env("MILEPOST_TEST_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(list).unwrap();
        writeln!(file, "../shared/{name}").unwrap();
    }
    None
}

fn option_env(name: &str) -> Option<String> {
    std::env::vars().find(|(key, _)| key == name).map(|(_, value)| value)
}
