//! The rules by which is judged: shown, checked, put on record, and begun from a preset.

use super::failure::Failure;
use super::out;
use super::setup::{Setup, actor};
use crate::actions::Error;
use crate::actions::put_rules::put_rules;
use crate::actions::rehearse::{Course, Rehearse, RehearsedAlert, rehearse};
use crate::actions::revise_plan::Seen;
use crate::actions::rule_book::{RuleBook, rule_book};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::language::Language;
use crate::http::views;
use crate::intake::rule_file::read_rules;
use crate::intake::rule_presets::{PRESETS, preset};
use crate::render::table::plain_table;
use crate::render::words;
use crate::storage::Opening;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    verb: RulesVerb,
}

#[derive(Debug, Subcommand)]
enum RulesVerb {
    /// The sets on record; with a version, that set's document.
    Show {
        /// Which set.
        #[arg(long)]
        version: Option<i32>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Read a rule file, and say every fault in it.
    Check {
        /// The file, TOML.
        file: PathBuf,
    },
    /// Put a rule file on record; it judges from its `effective_on`, or from today.
    Put {
        /// The file, TOML.
        file: PathBuf,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// What a rule file would have made of recorded days, beside the sets on record. Writes nothing.
    Rehearse {
        /// The file, TOML.
        file: PathBuf,
        /// The fiscal year.
        #[arg(long, value_parser = super::setup::year)]
        year: FiscalYear,
        /// The first day; 1 January unless given.
        #[arg(long)]
        from: Option<NaiveDate>,
        /// The last day; today, or the year's last day, unless given.
        #[arg(long)]
        to: Option<NaiveDate>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// The rule sets that come with Milepost; with a name, that set's document.
    Presets {
        /// Which one.
        name: Option<String>,
    },
}

/// Shows, checks or puts rules.
pub fn run(setup: &Setup, args: &RulesArgs) -> Result<(), Failure> {
    match &args.verb {
        RulesVerb::Show { version, json } => show(setup, *version, *json),
        RulesVerb::Check { file } => check(file),
        RulesVerb::Put { file, json } => put(setup, file, *json),
        RulesVerb::Rehearse { file, year, from, to, json } => {
            let today = setup.moment().today;
            let (from, to) = (from.unwrap_or(year.first_day()), to.unwrap_or(year.nearest(today)));
            let command = Rehearse { document: document(file)?, year: *year, from, to, scope: Scope::Everything };
            rehearse_rules(setup, command, *json)
        }
        RulesVerb::Presets { name } => presets(name.as_deref()),
    }
}

fn show(setup: &Setup, version: Option<i32>, json: bool) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let (judging, moment) = (setup.judging(&db)?, setup.moment());
    let found = db.read(move |conn| rule_book(conn, version, &judging, moment));
    let book: RuleBook = found.wait().map_err(|error: Error| Failure::from(error))?;
    if json {
        out::say_json(&views::book(&book));
        return Ok(());
    }
    if let (Some(_), [(set, _)]) = (version, book.sets.as_slice()) {
        out::say(set.document.trim_end());
        return Ok(());
    }
    let row = |(set, _): &(crate::actions::rule_book::RuleSet, _)| {
        let in_force = if set.version == book.in_force.version { "●" } else { "" };
        vec![
            set.version.to_string(),
            in_force.to_owned(),
            set.effective_on.map_or_else(|| "—".to_owned(), |day| day.to_string()),
            set.recorded_by.clone(),
            set.name.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = book.sets.iter().map(row).collect();
    out::say(&plain_table(&["version", "in force", "effective on", "recorded by", "name"], &rows));
    Ok(())
}

fn document(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::World(format!("{}: {error}", file.display())))
}

fn check(file: &Path) -> Result<(), Failure> {
    let rules = read_rules(&document(file)?).map_err(Failure::refused)?;
    let line = format!("规则可用：{}，第 {} 版  (the rule file is good)", rules.name, rules.version);
    out::say(&line);
    Ok(())
}

fn put(setup: &Setup, file: &Path, json: bool) -> Result<(), Failure> {
    let text = document(file)?;
    let db = setup.open(Opening::MustExist)?;
    let (judging, moment) = (setup.judging(&db)?, setup.moment());
    let put = db.write(move |conn| put_rules(conn, &text, &Seen::Any, &actor(), &judging, moment));
    let set = put.wait().map_err(|error: Error| Failure::from(error))?;
    if json {
        let effective_on = set.effective_on.map(|day| day.to_string());
        out::say_json(&json!({ "version": set.version, "name": set.name, "effective_on": effective_on }));
        return Ok(());
    }
    let from = set.effective_on.map_or_else(|| "一开始".to_owned(), |day| day.to_string());
    out::say(&format!("已登记第 {} 版规则：{}，自{from}起适用  (on record)", set.version, set.name));
    Ok(())
}

fn rehearse_rules(setup: &Setup, command: Rehearse, json: bool) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let judging = setup.judging(&db)?;
    let busy = out::busy("正在试演…");
    let rehearsed = rehearse(&db, command, &judging, setup.moment());
    busy.finish_and_clear();
    let rehearsed = rehearsed?;
    if json {
        out::say_json(&views::rehearsal(&rehearsed));
        return Ok(());
    }
    let told = |course: &Course| format!("预警 {} 项，信件 {} 封", course.alerts.len(), course.letters.len());
    let days = format!("{} 至 {}，项目 {} 个", rehearsed.command.from, rehearsed.command.to, rehearsed.projects);
    out::say(&format!("试演 rehearsal · {days}（不含人员的确认、豁免等处理  answers are not replayed）"));
    out::say(&format!("试用规则 candidate：{}", told(&rehearsed.candidate)));
    out::say(&format!("现行规则 on record：{}", told(&rehearsed.on_record)));
    let (only_candidate, only_on_record) = rehearsed.differences();
    let row = |side: &str, alert: &RehearsedAlert| {
        vec![
            side.to_owned(),
            alert.raised_on.to_string(),
            alert.over_on.map_or_else(|| "—".to_owned(), |day| day.to_string()),
            alert.code.to_string(),
            words::rule(alert.rule, Language::Chinese).to_owned(),
            words::severity(alert.severity, Language::Chinese).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = only_candidate
        .into_iter()
        .map(|alert| row("+ candidate", alert))
        .chain(only_on_record.into_iter().map(|alert| row("- on record", alert)))
        .collect();
    out::say(&plain_table(&["only in", "raised", "over", "project", "rule", "severity"], &rows));
    Ok(())
}

fn presets(name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else {
        let rows: Vec<Vec<String>> = PRESETS
            .iter()
            .map(|preset| {
                let named = read_rules(preset.document).map_or_else(|_| String::new(), |rules| rules.name);
                vec![preset.name.to_owned(), named]
            })
            .collect();
        out::say(&plain_table(&["preset", "name"], &rows));
        return Ok(());
    };
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    let found = preset(name).ok_or_else(|| Failure::Refused(format!("没有这个预设 (one of): {}", names.join(", "))))?;
    out::say(found.document.trim_end());
    Ok(())
}
