//! One schema, said three times: for SQLite, for PostgreSQL, and to diesel.

use crate::support::bureau::{DISPATCH, UNIT, add_people, open_books, pay, sample_plan};
use crate::support::place::Place;
use crate::support::service::Service;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folders_of(database: &str) -> BTreeSet<String> {
    let folder = std::fs::read_dir(root().join("migrations").join(database)).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The statements of a database's migrations in that direction, in the order in which they run.
fn statements(database: &str, direction: &str) -> Vec<String> {
    let read = |name: &String| {
        std::fs::read_to_string(root().join("migrations").join(database).join(name).join(direction)).unwrap()
    };
    folders_of(database).iter().map(read).collect()
}

/// What a database says of itself: a line per column, `table.column kind` with `required` and `key` where so.
fn columns(place: &Place) -> BTreeSet<String> {
    let query = if place.is_postgres() {
        "SELECT c.table_name || '.' || c.column_name || ' ' || UPPER(c.data_type)
             || CASE WHEN c.is_nullable = 'NO' THEN ' required' ELSE '' END
             || CASE WHEN k.column_name IS NULL THEN '' ELSE ' key' END AS word
         FROM information_schema.columns c
         LEFT JOIN (SELECT u.table_name, u.column_name FROM information_schema.table_constraints t
             JOIN information_schema.key_column_usage u ON u.constraint_name = t.constraint_name
             AND u.constraint_schema = t.constraint_schema WHERE t.constraint_type = 'PRIMARY KEY') k
             ON k.table_name = c.table_name AND k.column_name = c.column_name
         WHERE c.table_schema = 'public'"
    } else {
        "SELECT m.name || '.' || c.name || ' ' || UPPER(c.type)
             || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' required' ELSE '' END
             || CASE WHEN c.pk > 0 THEN ' key' ELSE '' END AS word
         FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    };
    let all = place.words(query);
    let ours = all.into_iter().filter(|line| !line.starts_with("__diesel") && !line.starts_with("sqlite_"));
    ours.map(|line| line.replace("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP")).collect()
}

/// The same lines of `schema.rs`.
fn columns_of_diesel() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("src/storage/schema.rs")).unwrap();
    let mut found = BTreeSet::new();
    let (mut table, mut keys) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("diesel::")) {
        if let Some((name, of)) = line.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(") {")?)))
        {
            (table, keys) = (name.to_owned(), of.split(", ").map(str::to_owned).collect());
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let required = if inner.is_none() { " required" } else { "" };
            let key = if keys.iter().any(|key| key == column) { " key" } else { "" };
            let kind = match inner.unwrap_or(kind) {
                "Bool" => "BOOLEAN".to_owned(),
                other => other.to_uppercase(),
            };
            found.insert(format!("{table}.{column} {kind}{required}{key}"));
        }
    }
    found
}

/// References between tables, `table.column → table.column`.
fn references(place: &Place) -> BTreeSet<String> {
    let query = if place.is_postgres() {
        "SELECT k.table_name || '.' || k.column_name || ' → ' || u.table_name || '.' || u.column_name AS word
         FROM information_schema.referential_constraints r
         JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name
         JOIN information_schema.constraint_column_usage u ON u.constraint_name = r.constraint_name"
    } else {
        "SELECT m.name || '.' || f.\"from\" || ' → ' || f.\"table\" || '.' || f.\"to\" AS word
         FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    };
    place.words(query).into_iter().collect()
}

/// The indexes that have a name of ours.
fn indexes(place: &Place) -> BTreeSet<String> {
    let query = if place.is_postgres() {
        "SELECT tablename || ' ' || indexname AS word FROM pg_indexes WHERE schemaname = 'public'
         AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'"
    } else {
        "SELECT tbl_name || ' ' || name AS word FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    };
    place.words(query).into_iter().collect()
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    assert_eq!(folders_of("sqlite"), folders_of("postgres"));
    assert!(!folders_of("sqlite").is_empty());
}

#[test]
fn both_databases_have_the_tables_and_columns_that_diesel_is_told_of() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        let (found, told) = (columns(place), columns_of_diesel());
        assert!(told.len() > 100, "{told:?}");
        let odd: Vec<_> = found.symmetric_difference(&told).collect();
        assert!(odd.is_empty(), "{odd:#?}");
    });
}

#[test]
fn both_databases_have_the_same_references_and_indexes() {
    let sqlite = Place::sqlite();
    open_books(&sqlite, &sample_plan());
    let Some(postgres) = Place::postgres() else { return };
    open_books(&postgres, &sample_plan());
    assert_eq!(references(&sqlite), references(&postgres));
    assert_eq!(indexes(&sqlite), indexes(&postgres));
    assert!(references(&sqlite).contains("disbursements.reverses → disbursements.id"));
}

#[test]
fn migrations_can_be_taken_back_and_leave_nothing() {
    Place::each(|place| {
        let database = if place.is_postgres() { "postgres" } else { "sqlite" };
        for _ in 0..2 {
            for up in statements(database, "up.sql") {
                place.sql(&up).unwrap();
            }
            for down in statements(database, "down.sql").iter().rev() {
                place.sql(down).unwrap();
            }
        }
        assert!(columns(place).is_empty(), "{:?}", columns(place));
    });
}

/// Books in which every append-only table has rows.
fn full_books(place: &Place) {
    open_books(place, &sample_plan());
    add_people(place);
    place.at("2024-07-01T09:00:00+08:00");
    let clerk = place.token("clerk", &[UNIT]);
    let service = Service::start(place);
    pay(&service, &clerk, DISPATCH, "100000.00", "2024-06-27", "V-1");
    let bound = json!({ "kind": "contract", "amount_yuan": "1.00", "committed_on": "2024-06-01", "reference_no": "c" });
    service.client.post(&clerk, &format!("/years/2024/projects/{DISPATCH}/commitments"), "c", &bound).expect(201);
    let forecast = json!({ "year_end_yuan": "1.00", "as_of": "2024-06-30", "reason": "估计" });
    service.client.post(&clerk, &format!("/years/2024/projects/{DISPATCH}/forecasts"), "f", &forecast).expect(201);
    let project = service.client.get(&clerk, &format!("/years/2024/projects/{DISPATCH}")).expect(200).json();
    let indicator = project["indicators"][1]["id"].as_str().unwrap().to_owned();
    let path = format!("/years/2024/projects/{DISPATCH}/indicators/{indicator}/readings");
    service.client.post(&clerk, &path, "r", &json!({ "observed_on": "2024-06-30", "value": "90" })).expect(201);
}

#[test]
fn what_was_recorded_can_be_neither_changed_nor_deleted() {
    Place::each(|place| {
        full_books(place);
        for (table, id) in [
            ("disbursements", "id"),
            ("commitments", "id"),
            ("forecasts", "id"),
            ("readings", "id"),
            ("alert_events", "id"),
            ("audit", "id"),
            ("plan_versions", "id"),
            ("plan_points", "plan_id"),
            ("indicator_targets", "plan_id"),
        ] {
            let before = place.words(&format!("SELECT {id} AS word FROM {table} ORDER BY {id}"));
            assert!(!before.is_empty(), "{table} has rows");
            let mut attempts = vec![format!("UPDATE {table} SET {id} = {id}"), format!("DELETE FROM {table}")];
            if place.is_postgres() {
                attempts.push(format!("TRUNCATE {table} CASCADE"));
            }
            for attempt in attempts {
                let refused = place.sql(&attempt).expect_err(&attempt);
                assert!(refused.contains("append-only"), "{attempt}: {refused}");
            }
            assert_eq!(place.words(&format!("SELECT {id} AS word FROM {table} ORDER BY {id}")), before);
        }
    });
}

#[test]
fn books_of_a_newer_program_are_refused_by_every_verb() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").unwrap();
        for verb in [&["serve"][..], &["check", "--year", "2024"], &["verify"]] {
            let refused = place.run(verb);
            assert_eq!(refused.code, 3, "{verb:?}: {}", refused.err);
            assert!(
                refused.err.contains("newer than this program (it has migration 99990101000000)"),
                "{}",
                refused.err
            );
        }
    });
}

#[test]
fn books_of_an_older_program_are_brought_up_only_by_verbs_that_may() {
    Place::each(|place| {
        open_books(place, &sample_plan());
        place.sql("DELETE FROM __diesel_schema_migrations").unwrap();
        for verb in [&["check", "--year", "2024"][..], &["token", "list"], &["verify"]] {
            let refused = place.run(verb);
            assert_eq!(refused.code, 3, "{verb:?}: {}", refused.err);
            assert!(refused.err.contains("older than this program"), "{verb:?}: {}", refused.err);
        }
    });
}
