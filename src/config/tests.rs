//! The settings as an operator meets them: defaults, layers, and every fault at once.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Settings with a file of this text and these variables.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("milepost.toml");
    fs::write(&path, file).unwrap();
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Settings::from_layers(Some(&path), variables)
        .map_err(|errors| errors.to_string().replace(&path.display().to_string(), "milepost.toml"))
}

fn secret_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, text).unwrap();
    let name = path.display().to_string();
    (folder, name)
}

#[test]
fn the_defaults_are_those_of_the_manual() {
    let settings = Settings::from_layers(None, []).unwrap();
    assert_eq!(settings.database.url.to_string(), "sqlite://milepost.db");
    assert_eq!(settings.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.http.body_limit_bytes, 4 * 1024 * 1024);
    assert!(matches!(&settings.mail.transport, Transport::Folder(folder) if folder == &PathBuf::from("letters")));
    assert_eq!(settings.mail.from, None);
    assert_eq!(settings.mail.retry_first_seconds, 20);
    assert_eq!(settings.mail.quiet_hours, None);
    assert_eq!(settings.calendar.zone, chrono_tz::Tz::Asia__Shanghai);
    assert_eq!(settings.calendar.year_closes_on.to_string(), "01-31");
    assert_eq!(settings.schedule.daily_check.unwrap().as_str(), "30 8 * * *");
    assert_eq!(settings.schedule.digest.unwrap().as_str(), "30 8 * * *");
    assert_eq!(settings.schedule.monthly_digest.unwrap().as_str(), "30 8 1 * *");
    assert_eq!((settings.calendar.workdays_file, settings.rules.file, settings.report.fonts), (None, None, None));
    assert_eq!((settings.log.level.as_str(), settings.log.format), ("info", LogFormat::Text));
    assert_eq!(settings.clock.fixed_at, None);
}

#[test]
fn the_file_lies_over_the_defaults_and_the_environment_over_both() {
    let file =
        "[http]\nlisten = \"0.0.0.0:9000\"\nbody_limit_bytes = 2_048\n[clock]\nfixed_at = 2024-07-01T00:30:00Z\n";
    let settings = load(file, &[("MILEPOST__HTTP__LISTEN", "[::1]:0"), ("MILEPOST__SCHEDULE__DIGEST", "")]).unwrap();
    assert_eq!(settings.http.listen.to_string(), "[::1]:0");
    assert_eq!(settings.http.body_limit_bytes, 2048);
    assert!(settings.schedule.digest.is_none());
    assert!(settings.schedule.daily_check.is_some());
    assert_eq!(settings.clock.fixed_at.unwrap().to_rfc3339(), "2024-07-01T00:30:00+00:00");
}

#[test]
fn every_fault_is_reported_at_once_with_its_place_and_its_mend() {
    let file = "[http]\nlisten = \"localhost:8080\"\nbody_limit_bytes = 1\n[mail]\ntransport = \"smtp\"\n\
                quiet_hours = [\"22:00\"]\n[mail.smtp]\nport = 70000\nusername = \"me\"\n[calendar]\nzone = \"Beijing\"\n\
                year_closes_on = \"02-29\"\n[schedule]\ndigest = \"@daily\"\n[rules]\nfile = \"/nowhere/rules.toml\"\n";
    let errors = load(file, &[("MILEPOST__LOG__LEVEL", "milepost=loud"), ("MILEPOST__DATABASE__URL", "milepost.db")]);
    insta::assert_snapshot!(errors.unwrap_err());
}

#[test]
fn a_key_that_nobody_reads_is_an_error_and_its_value_is_not_repeated() {
    let file = "colour = \"hush\"\n[http]\nlisten_on = \"hush\"\n[mail.smtp.password]\nvalue = \"hush\"\n[nothing]\n[mail.smtp]\n";
    let variables =
        [("MILEPOST__MAIL__SMTP__PASWORD", "hush"), ("MILEPOST__MAIL", "hush"), ("MILEPOST_HTTP_LISTEN", "ours not")];
    let text = load(file, &variables).unwrap_err();
    assert!(!text.contains("hush"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_lone_heading_of_ours_is_no_fault() {
    load("[mail]\n[mail.smtp]\n[http]\n", &[]).unwrap();
}

#[test]
fn a_secret_comes_from_a_file_and_loses_one_newline_only() {
    for (text, password) in [("hush\n", "hush"), ("hush", "hush"), ("hush\r\n", "hush"), ("hush \n\n", "hush \n")] {
        let (_folder, path) = secret_file(text);
        let variables = [
            ("MILEPOST__MAIL__TRANSPORT", "smtp"),
            ("MILEPOST__MAIL__FROM", "预算绩效 <a@b.example>"),
            ("MILEPOST__MAIL__SMTP__HOST", "mail.example"),
            ("MILEPOST__MAIL__SMTP__USERNAME", "me"),
            ("MILEPOST__MAIL__SMTP__PASSWORD_FILE", path.as_str()),
        ];
        let settings = load("", &variables).unwrap();
        let Transport::Smtp(smtp) = &settings.mail.transport else { panic!("not smtp") };
        assert_eq!(smtp.login.as_ref().unwrap().password.reveal(), password);
        assert_eq!((smtp.port, smtp.security, smtp.deadline_seconds), (587, Security::StartTls, 60));
        assert!(!format!("{settings:?}").contains("hush"));
    }
}

#[test]
fn any_key_may_come_from_a_file_and_a_key_that_ends_in_file_is_itself() {
    let (_folder, path) = secret_file("postgres://me:hush@host/db\n");
    let settings = load("", &[("MILEPOST__DATABASE__URL_FILE", path.as_str())]).unwrap();
    assert_eq!(settings.database.url.to_string(), "postgres://me:***@host/db");
    let settings = load("", &[("MILEPOST__CALENDAR__WORKDAYS_FILE", path.as_str())]).unwrap();
    assert_eq!(settings.calendar.workdays_file, Some(PathBuf::from(path)));
}

#[test]
fn what_cannot_be_read_is_said_without_the_secret() {
    let text = load("[mail.smtp]\npassword = \"hush\n", &[]).unwrap_err();
    assert!(text.contains("milepost.toml line 2") && !text.contains("hush"), "{text}");
    let text = load("", &[("MILEPOST__MAIL__SMTP__PASSWORD_FILE", "/nowhere/secret")]).unwrap_err();
    assert!(text.contains("/nowhere/secret") && text.contains("mail.smtp.password"), "{text}");
    let both = [("MILEPOST__DATABASE__URL", "sqlite://a"), ("MILEPOST__DATABASE__URL_FILE", "/nowhere")];
    assert!(load("", &both).unwrap_err().contains("given twice"));
    let missing = Settings::from_layers(Some(Path::new("/nowhere/milepost.toml")), []).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/milepost.toml"), "{missing}");
}

#[test]
fn what_is_shown_has_every_key_and_no_secret() {
    let variables = [
        ("MILEPOST__DATABASE__URL", "postgres://me:hush@host/db"),
        ("MILEPOST__MAIL__SMTP__USERNAME", "me"),
        ("MILEPOST__MAIL__SMTP__PASSWORD", "hush"),
    ];
    let settings = load("[http]\nlisten = \"0.0.0.0:1\"\n", &variables).unwrap();
    let text: Vec<String> =
        settings.shown().iter().map(|s| format!("{} = {} ({})", s.key, s.value, s.origin)).collect();
    assert_eq!(settings.shown().len(), layers::default_keys().len());
    assert!(!text.join("\n").contains("hush"));
    assert!(text.contains(&"mail.smtp.password = *** (MILEPOST__MAIL__SMTP__PASSWORD)".to_owned()));
    assert!(text.iter().any(|line| line.starts_with("http.listen = 0.0.0.0:1 (") && line.ends_with("line 2)")));
    assert!(text.iter().any(|line| line.starts_with("log.format = text (default line ")));
}

#[test]
fn every_key_of_the_defaults_is_read_and_every_key_read_has_a_default() {
    // A default that nothing reads is an unknown key, and a key without a default leaves its section empty:
    // in both cases the bare defaults would not load.
    Settings::from_layers(None, []).unwrap();
    let read = keys_named_in(&["database.rs", "http.rs", "mail.rs", "sections.rs"]);
    assert_eq!(layers::default_keys(), read);
}

/// The keys that the sections' source names in calls of the reader.
fn keys_named_in(files: &[&str]) -> Vec<String> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
    let mut keys = Vec::new();
    for file in files {
        let text = fs::read_to_string(room.join(file)).unwrap();
        for call in text.split("reader.take").skip(1) {
            let key = call.split_once("(\"").and_then(|(_, rest)| rest.split_once('"')).map(|(key, _)| key.to_owned());
            keys.extend(key);
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

#[test]
fn every_key_of_our_files_has_a_comment_above_it() {
    for file in ["config/default.toml", "config/production.toml", "deploy/container.toml"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            if pair[1].contains('=') && !pair[1].starts_with('#') {
                assert!(pair[0].starts_with("# ") && pair[0].len() > 10, "{file}: no comment above {}", pair[1]);
            }
        }
    }
}

#[test]
fn the_example_for_production_loads_once_its_secret_is_given() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/production.toml");
    let (_folder, path) = secret_file("hush\n");
    let variable = (OsString::from("MILEPOST__MAIL__SMTP__PASSWORD_FILE"), OsString::from(path));
    let settings = Settings::from_layers(Some(&file), [variable]).unwrap();
    assert!(matches!(settings.mail.transport, Transport::Smtp(_)));
}

#[test]
fn the_settings_of_the_container_load() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/container.toml");
    let settings = Settings::from_layers(Some(&file), []).unwrap();
    assert!(!settings.http.listen.ip().is_loopback());
}

#[test]
fn the_manual_lists_every_key_and_no_other() {
    let manual = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md")).unwrap();
    let rows = manual.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | ").map(|(key, _)| key));
    let mut keys: Vec<String> = rows
        .filter(|key| !key.starts_with("milepost.db") && !key.starts_with("milepost_"))
        .map(str::to_owned)
        .collect();
    keys.sort();
    assert_eq!(keys, layers::default_keys());
}
