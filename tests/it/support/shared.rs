//! What a test may need and a machine may lack: it is then skipped, aloud and counted, and with `CI=true` it fails.
#![allow(clippy::disallowed_methods, reason = "tests are configured by the environment, not by the service's settings")]

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::panic::Location;
use std::path::{Path, PathBuf};

/// The path of a file or folder of `../shared` beside the checkout, such as `data/baigou-2024.txt`.
///
/// None where it is not there; the test then returns at once, and has been counted as skipped.
#[track_caller]
#[allow(dead_code, reason = "called by tests that come with their rooms")]
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("../shared/{name} beside the checkout"));
    None
}

/// The address of a PostgreSQL server whose account may create databases, as `scripts/test` gives it.
///
/// None where there is none; the test then returns at once, and has been counted as skipped.
#[track_caller]
#[allow(dead_code, reason = "called by tests that come with their rooms")]
pub fn postgres_url() -> Option<String> {
    let url = env::var("MILEPOST_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        skip("a PostgreSQL server in MILEPOST_TEST_POSTGRES_URL (scripts/test starts one)");
    }
    url
}

/// The one seed that is to be run alone, as `MILEPOST_TEST_SEED` names it.
pub fn only_seed() -> Option<u64> {
    env::var("MILEPOST_TEST_SEED").ok().map(|seed| seed.parse().expect("MILEPOST_TEST_SEED is a number"))
}

/// Says and counts that the running test is skipped for want of something.
#[track_caller]
pub fn skip(lacking: &str) {
    let test = running_test();
    let list = env::var_os("MILEPOST_TEST_SKIPS").map(PathBuf::from);
    note(&test, lacking, list.as_deref(), env::var("CI").as_deref() == Ok("true"));
}

/// Writes one line to the list that `scripts/test` counts, or panics where nothing may be skipped.
fn note(test: &str, lacking: &str, list: Option<&Path>, nothing_may_be_skipped: bool) {
    assert!(!nothing_may_be_skipped, "{test} lacks {lacking}, and with CI=true nothing is skipped");
    println!("SKIPPED {test}: it lacks {lacking}");
    let Some(list) = list else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(list).unwrap();
    // One write, for other tests append at the same time.
    file.write_all(format!("{test}: {lacking}\n").as_bytes()).unwrap();
}

/// The running test's name. Its thread has it, unless tests run one after the other: then the caller's place must do.
#[track_caller]
fn running_test() -> String {
    let place = Location::caller();
    match std::thread::current().name() {
        Some(name) if name != "main" => name.to_owned(),
        _ => env::var("NEXTEST_TEST_NAME").unwrap_or_else(|_| format!("{}:{}", place.file(), place.line())),
    }
}

#[test]
fn a_skipped_test_is_listed_with_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("skips");
    note("one::test", "../shared/a", Some(&list), false);
    note("two::test", "../shared/b", Some(&list), false);
    assert_eq!(std::fs::read_to_string(list).unwrap(), "one::test: ../shared/a\ntwo::test: ../shared/b\n");
}

#[test]
#[should_panic(expected = "one::test lacks ../shared/a")]
fn with_ci_a_skipped_test_fails() {
    note("one::test", "../shared/a", None, true);
}
