//! `milepost import`: plans, payments and readings from files. Read, found sound, applied whole or not at all.

use super::failure::Failure;
use super::out;
use super::setup::{Setup, actor, year};
use crate::actions::Error;
use crate::actions::import_actuals::{self, ImportActuals, import_actuals};
use crate::actions::import_file::{ImportError, Imported};
use crate::actions::import_plan::{self, Difference, ImportPlan, Revision, import_plan};
use crate::actions::import_readings::{self, ImportReadings, import_readings};
use crate::actions::record_reading::Observation;
use crate::domain::calendar::FiscalYear;
use crate::domain::language::Language;
use crate::domain::text;
use crate::http::problem::Problem;
use crate::intake::actuals_csv::read_actuals;
use crate::intake::finding::{Finding, Refused};
use crate::intake::plan::{PlanDocument, read_plan};
use crate::intake::readings_csv::read_readings;
use crate::render::table::plain_table;
use crate::storage::{Db, Opening};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// 计划 · A budget document with its project tables.
    Plan {
        #[command(flatten)]
        file: FileArgs,
        /// Where the document changes plans: the first day on which the new versions are in force.
        #[arg(long, requires = "reason")]
        effective_on: Option<NaiveDate>,
        /// Why they change (追加, 调减 …).
        #[arg(long, requires = "effective_on")]
        reason: Option<String>,
        /// The approving document's number.
        #[arg(long, requires = "effective_on")]
        document_no: Option<String>,
    },
    /// 支出 · Payments as csv, with the headers of `examples/actuals-2024.csv`.
    Actuals(FileArgs),
    /// 监测值 · Readings of indicators as csv, with the headers of `examples/readings-2024.csv`.
    Readings(FileArgs),
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The file.
    file: PathBuf,
    /// The fiscal year.
    #[arg(long, value_parser = year)]
    year: FiscalYear,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// Imports a file.
pub fn run(setup: &Setup, args: ImportArgs) -> Result<(), Failure> {
    match args.verb {
        Verb::Plan { file, effective_on, reason, document_no } => {
            let revision = match (effective_on, reason) {
                (Some(effective_on), Some(reason)) => {
                    let reason = text::line(&reason, text::MAX_MEMO_CHARS)
                        .map_err(|error| Failure::Refused(format!("--reason {error}")))?;
                    Some(Revision { effective_on, reason, document_no })
                }
                _ => None,
            };
            plan(setup, &file, revision)
        }
        Verb::Actuals(file) => {
            let bytes = read_file(&file.file)?;
            let rows = read_actuals(&bytes, file.year).map_err(|refused| show_refused(&refused, &file))?;
            let line = |row: crate::intake::actuals_csv::ActualRow| import_actuals::Line {
                number: row.line,
                project: row.project,
                posting: row.posting,
            };
            let lines = rows.into_iter().map(line).collect();
            actuals(setup, &file, lines)
        }
        Verb::Readings(file) => {
            let bytes = read_file(&file.file)?;
            let rows = read_readings(&bytes, file.year).map_err(|refused| show_refused(&refused, &file))?;
            let lines = rows.into_iter().map(reading_line).collect();
            readings(setup, &file, lines)
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::World(format!("{}: {error}", path.display())))
}

fn plan(setup: &Setup, file: &FileArgs, revision: Option<Revision>) -> Result<(), Failure> {
    let bytes = read_file(&file.file)?;
    let document = read_plan(&bytes, file.year).map_err(|refused| show_refused(&refused, file))?;
    let db = setup.open(Opening::MayCreate)?;
    let outcome = apply_plan(setup, &db, &document, revision, file.dry_run).inspect_err(|failure| {
        if file.json {
            out::say_json(&json!({ "applied": false, "error": failure.to_string() }));
        }
    })?;
    if file.json {
        out::say_json(&plan_json(&document, &outcome)?);
    } else {
        show_plan(&document, &outcome, file.dry_run)?;
    }
    if outcome.changed > 0 && !outcome.applied && !file.dry_run {
        return Err(Failure::Refused(
            "文件与已入库的计划不同：请核对后加 --effective-on 日期 --reason 原因，生成新的计划版本\n\
             (the file differs from the plan on record: give --effective-on DATE --reason TEXT to make a plan version)"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Applies a document that was read.
pub fn apply_plan(
    setup: &Setup,
    db: &Db,
    document: &PlanDocument,
    revision: Option<Revision>,
    dry_run: bool,
) -> Result<import_plan::Imported, Failure> {
    let drafts = document.projects.clone();
    let command = ImportPlan { year: document.year, drafts, revision, dry_run, actor: actor() };
    let now = setup.moment().now;
    let busy = out::busy("正在导入计划…");
    let outcome = db.write(move |conn| import_plan(conn, &command, now)).wait();
    busy.finish_and_clear();
    outcome.map_err(|error: Error| Failure::from(error))
}

fn plan_json(document: &PlanDocument, outcome: &import_plan::Imported) -> Result<Value, Failure> {
    let (budget, _) = document.budget_total().map_err(Failure::refused)?;
    Ok(json!({
        "projects": document.projects.len(),
        "indicators": document.indicator_count(),
        "budget_yuan": budget.yuan(),
        "findings": document.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "new": outcome.new, "unchanged": outcome.unchanged, "changed": outcome.changed,
        "differences": outcome.differences.iter().map(difference_json).collect::<Vec<_>>(),
        "applied": outcome.applied,
    }))
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.name(), "code": finding.code.name(), "project": finding.project,
        "table": finding.table, "row": finding.row, "column": finding.column, "value": finding.value,
        "message": finding.message(Language::Chinese), "message_en": finding.message(Language::English),
    })
}

fn difference_json(one: &Difference) -> Value {
    json!({ "project": one.project, "field": one.field, "before": one.before, "after": one.after })
}

fn show_plan(document: &PlanDocument, outcome: &import_plan::Imported, dry_run: bool) -> Result<(), Failure> {
    let (budget, blanks) = document.budget_total().map_err(Failure::refused)?;
    show_findings(&document.findings);
    let blank = if blanks > 0 { format!("（另有 {blanks} 个项目预算数未填报）") } else { String::new() };
    out::say(&format!(
        "项目 projects {} · 指标 indicators {} · 预算数合计 budget {} 元{blank}",
        document.projects.len(),
        document.indicator_count(),
        budget.yuan()
    ));
    for one in &outcome.differences {
        out::say(&format!("≠ {} {}：{} → {}", one.project, one.field, one.before, one.after));
    }
    let nothing = outcome.new == 0 && outcome.changed == 0;
    out::say(&match (nothing, outcome.applied, dry_run) {
        (true, _, _) => "与已入库的计划一致，未作改动  (the same as on record; nothing changed)".to_owned(),
        (_, true, _) => format!(
            "已入库：新增 {} 个，修订 {} 个，未变 {} 个  (new, revised, unchanged)",
            outcome.new, outcome.changed, outcome.unchanged
        ),
        (_, false, true) => {
            format!("试算：将新增 {} 个，修订 {} 个；未作改动  (dry run)", outcome.new, outcome.changed)
        }
        (_, false, false) => "未作改动  (nothing was changed)".to_owned(),
    });
    Ok(())
}

/// Findings as a table, a line each.
pub fn show_findings(findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            let table = finding.table.map_or(String::new(), |table| table.to_string());
            let mark = if finding.severity.name() == "error" { "✗" } else { "⚠" };
            vec![mark.to_owned(), table, finding.row.to_string(), finding.message(Language::Chinese)]
        })
        .collect();
    out::say(&plain_table(&["", "表", "行", "发现 findings"], &rows));
}

fn show_refused(refused: &Refused, file: &FileArgs) -> Failure {
    if file.json {
        let findings: Vec<Value> = refused.findings.iter().map(finding_json).collect();
        out::say_json(&json!({ "findings": findings, "findings_left_out": refused.left_out, "applied": false }));
    } else {
        show_findings(&refused.findings);
    }
    Failure::RefusedAsShown
}

fn actuals(setup: &Setup, file: &FileArgs, lines: Vec<import_actuals::Line>) -> Result<(), Failure> {
    let db = setup.open(Opening::MayCreate)?;
    let command = ImportActuals { year: file.year, lines, dry_run: file.dry_run, actor: actor() };
    let (judging, moment) = (setup.judging(&db)?, setup.moment());
    let busy = out::busy("正在导入支出…");
    let outcome = db.write(move |conn| import_actuals(conn, &command, &judging, moment)).wait();
    busy.finish_and_clear();
    show_imported(outcome, file)
}

fn reading_line(row: crate::intake::readings_csv::ReadingRow) -> import_readings::Line {
    let observation = Observation {
        observed_on: row.observed_on,
        observed: row.observed.observed(),
        note: row.note,
        evidence: row.evidence,
    };
    import_readings::Line { number: row.line, project: row.project, indicator: row.indicator, observation }
}

fn readings(setup: &Setup, file: &FileArgs, lines: Vec<import_readings::Line>) -> Result<(), Failure> {
    let db = setup.open(Opening::MayCreate)?;
    let command = ImportReadings { year: file.year, lines, dry_run: file.dry_run, actor: actor() };
    let (judging, moment) = (setup.judging(&db)?, setup.moment());
    let busy = out::busy("正在导入监测值…");
    let outcome = db.write(move |conn| import_readings(conn, &command, &judging, moment)).wait();
    busy.finish_and_clear();
    show_imported(outcome, file)
}

fn show_imported(outcome: Result<Imported, ImportError>, file: &FileArgs) -> Result<(), Failure> {
    let outcome = match outcome {
        Ok(outcome) | Err(ImportError::NotApplied(outcome)) => outcome,
        Err(ImportError::Failed(error)) => return Err(error.into()),
    };
    let refused: Vec<(u32, String, Problem)> =
        outcome.refused.into_iter().map(|line| (line.number, line.project, Problem::from(line.error))).collect();
    if file.json {
        let refused: Vec<Value> = refused
            .iter()
            .map(|(row, project, why)| {
                json!({ "row": row, "project": project, "message": why.chinese, "message_en": why.english })
            })
            .collect();
        out::say_json(
            &json!({ "new": outcome.new, "unchanged": outcome.unchanged, "reversed": outcome.reversed, "refused": refused,
            "applied": outcome.applied }),
        );
    } else {
        for (row, project, why) in &refused {
            out::say(&format!("✗ 第 {row} 行 {project}：{}", why.chinese));
        }
        if outcome.reversed > 0 {
            out::say(&format!(
                "⚠ {} 笔此前已登记并已冲销，未重新登记  (recorded and reversed before; not recorded again)",
                outcome.reversed
            ));
        }
        let verdict = if outcome.applied { "已入库 applied" } else { "未作改动 nothing was changed" };
        out::say(&format!(
            "{} {} · 已有 known {} · 拒绝 refused {} · {verdict}",
            if outcome.applied { "新增 new" } else { "可新增 acceptable" },
            outcome.new,
            outcome.unchanged,
            refused.len()
        ));
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::RefusedAsShown) }
}
