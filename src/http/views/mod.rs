//! Values as JSON: the bodies of answers, the same for the service and the command line's `--json`.

mod contact;
mod health;
mod page;
mod values;
mod words;

pub use contact::*;
pub use health::*;
pub use page::Page;
pub use values::*;
pub use words::*;

use crate::actions::check_all_projects::Checked;
use crate::actions::figures::Figures;
use crate::actions::inputs::{explain, explain_achievement, inputs, observed};
use crate::actions::record_disbursement::Recorded;
use crate::actions::watch::{ListedLetter, Run};
use crate::domain::access::Scope;
use crate::domain::comparison::Comparison;
use crate::domain::disbursement::Disbursement;
use crate::domain::indicator::{KeptIndicator, Target};
use crate::domain::language::Language;
use crate::domain::money::Fen;
use crate::domain::plan::Plan;
use crate::domain::project::Project;
use crate::domain::reading::{Observed, Reading};
use crate::domain::verdict::{IndicatorStanding, Verdict};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// An instant as the API writes it.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An amount that may be unknown.
#[must_use]
pub fn yuan(amount: Option<Fen>) -> Option<String> {
    amount.map(Fen::yuan)
}

fn day(on: Option<NaiveDate>) -> Option<String> {
    on.map(|on| on.to_string())
}

/// `…/comparison`.
#[must_use]
pub fn comparison(figures: &Figures, known_at: DateTime<Utc>, language: Language) -> Value {
    let (comparison, judgement) = (&figures.comparison, &figures.judgement);
    let indicators: Vec<Value> = figures
        .indicators
        .iter()
        .zip(&judgement.indicators)
        .map(|(kept, standing)| indicator_standing(kept, standing, language))
        .collect();
    let verdicts: Vec<Value> = judgement.verdicts.iter().map(|one| verdict(one, language)).collect();
    json!({
        "project": project_named(&figures.project),
        "fiscal_year": comparison.year.number(),
        "as_of": comparison.as_of.to_string(),
        "known_at": instant(known_at),
        "budget_yuan": yuan(comparison.initial_budget),
        "adjusted_budget_yuan": yuan(comparison.adjusted_budget),
        "plan": planned(comparison),
        "spent_yuan": comparison.spent.yuan(),
        "gap_yuan": yuan(comparison.gap),
        "rate_of_plan": comparison.rate_of_plan.map(|rate| rate.to_string()),
        "rate_of_plan_reason": rate_of_plan_reason(comparison),
        "rate_of_budget": comparison.rate_of_budget.map(|rate| rate.to_string()),
        "rate_of_budget_reason": rate_of_budget_reason(comparison),
        "rate_of_time": comparison.rate_of_time.to_string(),
        "standing": judgement.standing.name(),
        "severity": judgement.severity.map(crate::domain::rule::Severity::name),
        "forecast": { "year_end_yuan": yuan(comparison.run_rate_year_end), "method": "run_rate" },
        "verdicts": verdicts,
        "indicators": indicators,
    })
}

fn project_named(project: &Project) -> Value {
    json!({ "code": project.code.as_str(), "name": project.name, "unit": project.unit.as_str() })
}

fn planned(comparison: &Comparison) -> Option<Value> {
    let plan = comparison.plan.as_ref()?;
    Some(json!({
        "version": plan.version,
        "method": "last_point_passed",
        "point_on": day(plan.point_on),
        "planned_yuan": yuan(plan.stated.filter(|_| plan.has_points)),
        "due_yuan": plan.due.yuan(),
        "interpolated_yuan": plan.interpolated.yuan(),
        "next_point_on": day(plan.next_point_on),
        "next_planned_yuan": yuan(plan.next_stated),
    }))
}

/// Why there is no rate of plan; none where there is one.
fn rate_of_plan_reason(comparison: &Comparison) -> Option<&'static str> {
    match (&comparison.rate_of_plan, comparison.gap) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("nothing_planned_yet"),
        (None, None) => Some("no_plan"),
    }
}

fn rate_of_budget_reason(comparison: &Comparison) -> Option<&'static str> {
    match (&comparison.rate_of_budget, comparison.adjusted_budget) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("budget_zero"),
        (None, None) => Some("budget_missing"),
    }
}

fn verdict(verdict: &Verdict, language: Language) -> Value {
    json!({
        "rule": verdict.rule.name(),
        "rule_version": verdict.rule_version,
        "plan_version": verdict.plan_version,
        "point_on": day(verdict.point_on),
        "severity": verdict.severity.name(),
        "explanation": explain(verdict, language),
        "inputs": inputs(&verdict.reason),
    })
}

fn indicator_standing(kept: &KeptIndicator, standing: &IndicatorStanding, language: Language) -> Value {
    json!({
        "id": kept.id.to_string(),
        "name": kept.promise.name,
        "target": kept.promise.target,
        "reading": standing.reading.map(observed),
        "standing": standing.standing.name(),
        "explanation": explain_achievement(standing, language),
    })
}

/// A ledger entry.
#[must_use]
pub fn disbursement(project: &Project, entry: &Disbursement, reversed_by: Option<Uuid>) -> Value {
    json!({
        "id": entry.id.to_string(),
        "sequence": entry.sequence,
        "project": project.code.as_str(),
        "fiscal_year": project.year.number(),
        "kind": entry.kind.name(),
        "amount_yuan": entry.amount.yuan(),
        "counted": entry.counted,
        "paid_on": entry.paid_on.to_string(),
        "voucher_no": entry.voucher.number,
        "line_no": entry.voucher.line,
        "source": entry.source.name(),
        "payee": entry.payee,
        "memo": entry.memo,
        "reverses": entry.reverses.map(|id| id.to_string()),
        "reversed_by": reversed_by.map(|id| id.to_string()),
        "recorded_at": instant(entry.recorded_at),
        "recorded_by": entry.recorded_by,
    })
}

/// A ledger entry just recorded, with where the project stands now.
#[must_use]
pub fn recorded(recorded: &Recorded, now: DateTime<Utc>, language: Language) -> Value {
    let mut body = disbursement(&recorded.figures.project, &recorded.entry, None);
    if let Value::Object(members) = &mut body {
        members.insert("comparison".to_owned(), comparison(&recorded.figures, now, language));
    }
    body
}

/// An indicator, as written and as read.
#[must_use]
pub fn indicator(kept: &KeptIndicator) -> Value {
    let promise = &kept.promise;
    json!({
        "id": kept.id.to_string(),
        "level1": promise.level1,
        "level2": promise.level2,
        "name": promise.name,
        "description": promise.description,
        "target": promise.target,
        "target_read": target_read(&promise.target_read),
        "basis": promise.basis,
        "weight": promise.weight.map(|weight| weight.to_string()),
    })
}

fn target_read(target: &Target) -> Value {
    let bound = target.bound();
    let due_on = match target {
        Target::Deadline { due_on } => Some(due_on.to_string()),
        _ => None,
    };
    let stated = matches!(target, Target::Bound { .. });
    json!({
        "kind": target.kind(),
        "comparator": bound.filter(|_| stated).map(|(comparator, _)| comparator.sign()),
        "comparator_suggested": bound.filter(|_| !stated).map(|(comparator, _)| comparator.sign()),
        "value": bound.map(|(_, quantity)| quantity.value.to_string()),
        "unit": bound.map(|(_, quantity)| quantity.unit.clone()),
        "basis": bound.and_then(|(_, quantity)| quantity.per.clone()),
        "due_on": due_on,
    })
}

/// A plan version.
#[must_use]
pub fn plan(plan: &Plan, written: &[String], recorded_by: &str) -> Value {
    let points: Vec<Value> = plan
        .points
        .as_slice()
        .iter()
        .enumerate()
        .map(|(place, point)| {
            json!({ "point_on": point.on.to_string(), "planned_yuan": yuan(point.planned), "written": written.get(place) })
        })
        .collect();
    let budget = plan.budget;
    json!({
        "version": plan.version,
        "effective_on": plan.effective_on.to_string(),
        "budget_yuan": yuan(budget.total),
        "fiscal_yuan": yuan(budget.fiscal),
        "fiscal_own_yuan": yuan(budget.fiscal_own),
        "fiscal_upper_yuan": yuan(budget.fiscal_upper),
        "other_yuan": yuan(budget.other),
        "points": points,
        "reason": plan.reason,
        "document_no": plan.document_no,
        "recorded_at": instant(plan.recorded_at),
        "recorded_by": recorded_by,
    })
}

/// A reading.
#[must_use]
pub fn reading(reading: &Reading) -> Value {
    let (mut value, mut grade, mut done_on) = (None, None, None);
    match reading.observed {
        Observed::Value(number) => value = Some(number.to_string()),
        Observed::Grade(judged) => grade = Some(judged.name()),
        Observed::DoneOn(on) => done_on = Some(on.to_string()),
    }
    json!({
        "id": reading.id.to_string(),
        "indicator": reading.indicator.to_string(),
        "observed_on": reading.observed_on.to_string(),
        "value": value,
        "grade": grade,
        "done_on": done_on,
        "note": reading.note,
        "evidence": reading.evidence,
        "recorded_at": instant(reading.recorded_at),
        "recorded_by": reading.recorded_by,
    })
}

/// A check. Which projects failed is told to those who see everything; others see how many.
#[must_use]
pub fn run(run: &Run, scope: &Scope) -> Value {
    let counts = run.counts;
    json!({
        "id": run.id.to_string(),
        "fiscal_year": run.year.number(),
        "as_of": run.as_of.to_string(),
        "cause": run.cause,
        "requested_by": run.requested_by,
        "rule_version": run.rule_version,
        "started_at": instant(run.started_at),
        "finished_at": run.finished_at.map(instant),
        "projects": counts.projects,
        "alerts": {
            "raised": counts.raised, "reopened": counts.reopened, "worsened": counts.worsened,
            "eased": counts.eased, "resolved": counts.resolved, "superseded": counts.superseded,
        },
        "letters": counts.letters,
        "failed": run.failures.len(),
        "failures": (*scope == Scope::Everything).then_some(&run.failures),
    })
}

/// A check just made, or tried.
#[must_use]
pub fn checked(checked: &Checked, dry_run: bool, scope: &Scope) -> Value {
    let mut body = run(&checked.run, scope);
    if let Value::Object(members) = &mut body {
        members.insert("dry_run".to_owned(), json!(dry_run));
        members.insert("without_recipient".to_owned(), json!(checked.without_recipient));
        if dry_run {
            members.insert("id".to_owned(), Value::Null);
        }
    }
    body
}

/// A letter of the outbox.
#[must_use]
pub fn letter(letter: &ListedLetter) -> Value {
    json!({
        "id": letter.id.to_string(),
        "check": letter.run.map(|id| id.to_string()),
        "to": { "email": letter.to_email, "name": letter.to_name, "role": letter.role },
        "severity": letter.severity.name(),
        "subject": letter.subject,
        "text": letter.text,
        "state": letter.state.name(),
        "attempts": letter.attempts,
        "next_attempt_at": instant(letter.next_attempt_at),
        "last_words": letter.last_words,
        "created_at": instant(letter.created_at),
        "sent_at": letter.sent_at.map(instant),
    })
}
