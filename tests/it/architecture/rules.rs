//! The table itself: for each room what it may import, and for some crates which rooms they are for.

use super::paths::{Target, named};
use super::scan::tokens;

/// What a room may import.
struct Room {
    name: &'static str,
    /// Of ours: rooms, or single items of rooms. Its own room goes without saying.
    ours: &'static [&'static str],
    /// Of others: None is whatever is not walled in below.
    crates: Option<&'static [&'static str]>,
}

/// Everything, for the rooms that put the house together.
const ALL: &[&str] = &["*"];

/// The core's words: values and nothing that acts.
const VALUES: &[&str] = &["std", "core", "chrono", "chrono_tz", "rust_decimal", "uuid", "thiserror"];

/// DESIGN: three rings, imports point inward.
const ROOMS: &[Room] = &[
    Room { name: "domain", ours: &[], crates: Some(VALUES) },
    Room { name: "intake", ours: &["domain"], crates: Some(PARSERS) },
    Room { name: "render", ours: &["domain"], crates: Some(WRITERS) },
    Room { name: "storage", ours: &["domain"], crates: None },
    Room { name: "actions", ours: &["domain", "intake", "render", "storage"], crates: None },
    Room { name: "mail", ours: &["domain"], crates: None },
    Room {
        name: "http",
        // The database is an opaque handle here: it can be handed to an action and say what failed, no more.
        ours: &[
            "actions",
            "domain",
            "clock",
            "heartbeat",
            "config::Http",
            "storage::Db",
            "storage::Error",
            "storage::Pending",
        ],
        crates: None,
    },
    Room {
        name: "scheduler",
        ours: &[
            "actions",
            "domain",
            "mail",
            "clock",
            "heartbeat",
            "config::PingUrl",
            "config::Schedule",
            "config::Calendar",
            "storage::Db",
            "storage::Error",
            "storage::Pending",
        ],
        crates: None,
    },
    Room {
        name: "delivery",
        ours: &[
            "actions",
            "domain",
            "mail",
            "clock",
            "heartbeat",
            "config::QuietHours",
            "storage::Db",
            "storage::Error",
            "storage::Pending",
        ],
        crates: None,
    },
    Room { name: "config", ours: &["domain"], crates: None },
    Room { name: "clock", ours: &[], crates: Some(VALUES) },
    Room { name: "heartbeat", ours: &[], crates: Some(VALUES) },
    Room { name: "telemetry", ours: &["config::Log", "config::LogFormat"], crates: None },
    Room { name: "cli", ours: ALL, crates: None },
    Room { name: "server", ours: ALL, crates: None },
    Room { name: "main", ours: ALL, crates: None },
    Room { name: "lib", ours: ALL, crates: None },
];

const PARSERS: &[&str] = &[
    "std",
    "core",
    "chrono",
    "chrono_tz",
    "rust_decimal",
    "uuid",
    "thiserror",
    "serde",
    "toml",
    "csv",
    "encoding_rs",
    "calamine",
    "quick_xml",
    "zip",
];

const WRITERS: &[&str] = &[
    "std",
    "core",
    "chrono",
    "chrono_tz",
    "rust_decimal",
    "uuid",
    "thiserror",
    "askama",
    "unicode_width",
    "comfy_table",
    "rust_xlsxwriter",
    "typst",
    "typst_pdf",
    "typst_library",
    "docx_rs",
];

/// Crates that are a door to the outside, and the rooms that hold the door.
const WALLS: &[(&str, &[&str])] = &[
    ("diesel", &["storage"]),
    ("diesel_migrations", &["storage"]),
    ("libsqlite3_sys", &["storage"]),
    ("pq_sys", &["storage"]),
    // The settings check the sender's address with the parser that will send it.
    ("lettre", &["mail", "config"]),
    ("actix_web", &["http", "server"]),
    ("tracing_actix_web", &["http", "server"]),
    ("problem_details", &["http"]),
    // The database's handle has the deadline of whoever awaits it.
    ("tokio", &["storage", "http", "scheduler", "delivery", "server", "cli", "main"]),
    ("mimalloc", &["main"]),
    ("tokio_cron_scheduler", &["scheduler"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli"]),
    ("tracing_subscriber", &["telemetry", "config"]),
];

/// Doors that must not be handed on by `pub use`: whoever took them from there would be past the wall.
const NEVER_HANDED_ON: &[&str] = &["diesel", "lettre", "actix_web"];

/// What a file imports against the table, one line each: file, line, path and the rule that it breaks.
pub fn violations(file: &str, text: &str, crates: &[String]) -> Vec<String> {
    let module = module_of(file);
    if module.last().is_some_and(|name| name == "tests") {
        return Vec::new();
    }
    let room = room_of(file, &module);
    let paths = named(&tokens(text), &module, crates);
    let broken = paths.iter().filter_map(|path| {
        let (shown, rule) = match &path.target {
            Target::Ours(words) => (format!("crate::{}", words.join("::")), broken_among_ours(&room, words)?),
            Target::Crate(words) => (words.join("::"), broken_among_crates(&room, words, path.is_public)?),
        };
        Some(format!("{file}:{}: {shown}: {rule}", path.line))
    });
    let mut broken: Vec<String> = broken.collect();
    broken.dedup();
    broken
}

/// The words after `crate` that lead to a file.
fn module_of(file: &str) -> Vec<String> {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let words = inner.split('/').filter(|word| !matches!(*word, "mod" | "lib" | "main"));
    words.map(str::to_owned).collect()
}

fn room_of(file: &str, module: &[String]) -> String {
    match (file, module.first()) {
        ("src/main.rs", _) => "main".to_owned(),
        (_, Some(room)) => room.clone(),
        (_, None) => "lib".to_owned(),
    }
}

fn broken_among_ours(room: &str, words: &[String]) -> Option<String> {
    let Some(rules) = ROOMS.iter().find(|rules| rules.name == room) else {
        return Some(format!("the room {room} is not in the table; say there what it may import"));
    };
    if words.first().is_some_and(|first| first == room) || rules.ours == ALL {
        return None;
    }
    let path = words.join("::");
    let is_under =
        |allowed: &&str| path.strip_prefix(*allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    if rules.ours.iter().any(is_under) {
        return None;
    }
    Some(match rules.ours {
        [] => format!("{room} may import nothing else of ours"),
        ours => format!("{room} may import of ours only {}", ours.join(", ")),
    })
}

fn broken_among_crates(room: &str, words: &[String], is_public: bool) -> Option<String> {
    let name = words.first()?.as_str();
    if let Some((_, homes)) = WALLS.iter().find(|(wall, homes)| *wall == name && !homes.contains(&room)) {
        return Some(format!("the crate {name} is for {} alone", homes.join(", ")));
    }
    if is_public && NEVER_HANDED_ON.contains(&name) {
        return Some(format!("{name} must not be handed on to other rooms"));
    }
    let allowed = ROOMS.iter().find(|rules| rules.name == room)?.crates?;
    if allowed.contains(&name) {
        None
    } else {
        Some(format!("{room} may use of other crates only {}", allowed.join(", ")))
    }
}
