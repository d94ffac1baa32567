//! Holds the table of who may import whom (ARCHITECTURE.md): imports point inward, and each wall has one door.

mod paths;
mod rules;
mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use rules::violations;

/// No source file is longer, its tests not counted.
const LINE_LIMIT: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file: its name from `src` on, and its text.
fn sources() -> Vec<(String, String)> {
    let mut folders = vec![root().join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(files.len() > 10, "the sources were not found");
    files.sort();
    files
}

/// The crates that Cargo.toml names, as code writes them.
fn known_crates() -> Vec<String> {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let tables = ["dependencies", "dev-dependencies"];
    let names = tables.iter().filter_map(|table| manifest.get(*table)?.as_table()).flat_map(toml::Table::keys);
    names.map(|name| name.replace('-', "_")).chain(["std", "core", "alloc"].map(str::to_owned)).collect()
}

#[test]
fn every_import_obeys_the_table() {
    let crates = known_crates();
    let found: Vec<String> = sources().iter().flat_map(|(file, text)| violations(file, text, &crates)).collect();
    assert!(found.is_empty(), "{} forbidden imports:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_file_begins_by_saying_why_it_exists() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    assert!(silent.is_empty(), "these files do not begin with //! and why they exist: {silent:?}");
}

#[test]
fn no_file_is_longer_than_a_reader_s_patience() {
    let length = |text: &str| text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    let long: Vec<_> =
        sources().into_iter().filter(|(_, text)| length(text) > LINE_LIMIT).map(|(file, _)| file).collect();
    assert!(long.is_empty(), "these files have more than {LINE_LIMIT} lines before their tests: {long:?}");
}

/// What the checker says of one line in a file of this name.
fn verdict(file: &str, line: &str) -> Vec<String> {
    violations(file, line, &known_crates())
}

#[test]
fn a_forbidden_import_is_found_in_every_room() {
    for (file, line) in [
        ("src/domain/plan.rs", "use crate::storage::Db;"),
        ("src/domain/plan.rs", "use serde::Serialize;"),
        ("src/domain/plan.rs", "use crate::clock::Clock;"),
        ("src/intake/plan_text.rs", "use crate::storage::Db;"),
        ("src/intake/plan_text.rs", "use crate::http::problem;"),
        ("src/intake/plan_text.rs", "use diesel::prelude::*;"),
        ("src/render/warning_letter.rs", "use crate::config::Settings;"),
        ("src/render/warning_letter.rs", "use crate::{storage, domain};"),
        ("src/render/warning_letter.rs", "use serde_json::Value;"),
        ("src/storage/plans.rs", "use crate::actions::import_plan;"),
        ("src/storage/plans.rs", "use crate::render::format;"),
        ("src/storage/plans.rs", "use actix_web::web;"),
        ("src/storage/mod.rs", "pub use diesel::SqliteConnection;"),
        ("src/actions/check_project.rs", "use diesel::prelude::*;"),
        ("src/actions/check_project.rs", "use crate::clock::Clock;"),
        ("src/actions/check_project.rs", "use tokio::time::sleep;"),
        ("src/actions/check_project.rs", "use lettre::Message;"),
        ("src/actions/check_project.rs", "use crate::http::problem::Problem;"),
        ("src/mail.rs", "use crate::storage::Db;"),
        ("src/mail.rs", "use crate::actions::deliver;"),
        ("src/http/mod.rs", "use diesel::prelude::*;"),
        ("src/http/mod.rs", "use lettre::Message;"),
        ("src/http/mod.rs", "use crate::storage::projects;"),
        ("src/http/mod.rs", "use crate::storage;"),
        ("src/http/mod.rs", "use crate::storage::*;"),
        ("src/http/mod.rs", "use crate::config::Settings;"),
        ("src/http/api/projects.rs", "use crate::scheduler::Bell;"),
        ("src/scheduler.rs", "use crate::http::routes;"),
        ("src/scheduler.rs", "use diesel::Connection;"),
        ("src/delivery.rs", "use crate::storage::alerts;"),
        ("src/delivery.rs", "use lettre::Message;"),
        ("src/config/mod.rs", "use crate::storage::Db;"),
        ("src/config/mod.rs", "use crate::http::Limits;"),
        ("src/clock.rs", "use crate::config::Settings;"),
        ("src/telemetry.rs", "use crate::storage::Db;"),
        ("src/server.rs", "use diesel::Connection;"),
        ("src/cli/check.rs", "use diesel::Connection;"),
        ("src/main.rs", "use diesel::Connection;"),
        ("src/actions/mod.rs", "use crate::cli::Arguments;"),
        ("src/http/mod.rs", "use crate::server::Server;"),
        ("src/newcomer/mod.rs", "use crate::domain::money::Fen;"),
    ] {
        let found = verdict(file, line);
        assert_eq!(found.len(), 1, "{file}: {line}: {found:?}");
        assert!(found[0].starts_with(&format!("{file}:1: ")), "{found:?}");
    }
}

#[test]
fn a_forbidden_import_is_found_in_every_disguise() {
    for line in [
        "use crate::{storage, domain};",
        "use crate::{domain::{money::Fen, plan}, storage::{self}};",
        "use crate::storage as rows;",
        "pub use crate::storage::Db;",
        "pub(crate) use crate::storage::Db as Base;",
        "fn a(db: &crate::storage::Db) {}",
        "fn a() { let x = Vec::<crate :: storage :: Db>::new(); }",
        "use super::super::storage::Db;",
        "use super::super::{domain, storage};",
        "mod inner { use super::super::super::storage::Db; }",
        "fn a() { super::super::storage::open() }",
        "use crate as house;",
        "use crate::*;",
        "use super::super::*;",
        "extern crate diesel;",
        "use ::diesel::prelude::*;",
        "fn a() { diesel::insert_into(table); }",
        "fn a() { ::diesel::insert_into(table); }",
        "#[derive(serde::Serialize)] struct A;",
        "#[tokio::main] async fn a() {}",
        "#[cfg(not(test))] use crate::storage::Db;",
        "#[cfg(test)] mod tests {} use crate::storage::Db;",
        "const A: char = '\"'; use crate::storage::Db; const B: char = '\"';",
        "/* /* nested */ */ use crate::storage::Db;",
        "fn a<'a>(b: &'a str) { crate::storage::open(b, 'x', r#\"quote \" \"#) }",
    ] {
        assert_eq!(verdict("src/domain/plan.rs", line).len(), 1, "{line}: {:?}", verdict("src/domain/plan.rs", line));
    }
}

#[test]
fn what_only_looks_like_an_import_is_left_alone() {
    for (file, line) in [
        ("src/domain/plan.rs", "// use crate::storage::Db;"),
        ("src/domain/plan.rs", "/// See [`crate::storage::Db`]."),
        ("src/domain/plan.rs", "/* use diesel::prelude::*; */"),
        ("src/domain/plan.rs", "const A: &str = \"use crate::storage::Db; \\\" diesel::x\";"),
        ("src/domain/plan.rs", "const A: &str = r#\"crate::storage \" diesel::x\"#;"),
        ("src/domain/plan.rs", "#[cfg(test)] mod tests { use proptest::prelude::*; use crate::storage::Db; }"),
        (
            "src/domain/plan.rs",
            "#[cfg(test)]\n#[allow(x, reason = \"y\")]\nmod tests { mod a { use serde::Serialize; } }",
        ),
        ("src/domain/plan.rs", "#[cfg(test)] use crate::storage::Db;"),
        ("src/domain/plan/tests.rs", "use crate::storage::Db;"),
        ("src/domain/plan.rs", "use super::money::Fen; fn a() -> Fen { crate::domain::money::Fen::ZERO }"),
        ("src/domain/plan.rs", "fn a() -> impl Iterator<Item = u8> + use<'a> { u32::MAX; Self::config() }"),
        ("src/domain/plan.rs", "use chrono::NaiveDate; use rust_decimal::Decimal; use std::fmt; use uuid::Uuid;"),
        ("src/intake/mod.rs", "use crate::domain::plan::Plan; use serde::Deserialize; use encoding_rs::GBK;"),
        ("src/storage/plans.rs", "use crate::domain::plan::Plan; use diesel::prelude::*; use super::backend;"),
        ("src/storage/mod.rs", "mod backend; pub use backend::AnyConnection as Connection;"),
        (
            "src/actions/a.rs",
            "use crate::{domain::plan, intake, render, storage::{Connection, plans}}; use tracing::info;",
        ),
        ("src/mail.rs", "use crate::domain::letter::Letter; use lettre::Message; use tracing::warn;"),
        ("src/http/api/a.rs", "use crate::storage::{Db, Error}; use crate::config::Http; use actix_web::web;"),
        ("src/http/api/a.rs", "use crate::http::problem; use super::super::extract; use crate::clock::Clock;"),
        ("src/cli/mod.rs", "use crate::config::Settings; fn a() { config::show() } mod config;"),
        ("src/server.rs", "use crate::{cli, http, scheduler, storage::Db}; use actix_web::HttpServer;"),
        ("src/main.rs", "fn main() { milepost::cli::run() }"),
        ("src/lib.rs", "pub mod storage;"),
    ] {
        assert_eq!(verdict(file, line), Vec::<String>::new(), "{file}: {line}");
    }
}

#[test]
fn a_violation_names_file_line_and_rule() {
    let text = "//! Why.\n\nuse crate::{\n    domain::plan,\n    storage::Db,\n};\n";
    assert_eq!(
        violations("src/render/a.rs", text, &known_crates()),
        ["src/render/a.rs:5: crate::storage::Db: render may import of ours only domain"]
    );
    assert_eq!(
        verdict("src/actions/a.rs", "use diesel::prelude::*;"),
        ["src/actions/a.rs:1: diesel::prelude::*: the crate diesel is for storage alone"]
    );
}
