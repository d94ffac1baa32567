//! The books as a hundred lines understand them: no roll-ups, no versions of the code under test, whole fen, loops.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

/// A refusal: the status and the end of the problem's type.
pub type Refused = (u16, &'static str);

/// An entry of the ledger.
pub struct Entry {
    pub id: String,
    pub fen: i64,
    pub counted: bool,
    pub paid_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub voucher: String,
    pub reverses: Option<usize>,
    pub reversed: bool,
}

/// A version of the plan: the budget and cumulative points.
#[derive(Clone)]
pub struct Version {
    pub effective_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub budget: Option<i64>,
    pub points: Vec<(NaiveDate, Option<i64>)>,
}

/// One project.
pub struct Books {
    pub code: String,
    pub entries: Vec<Entry>,
    pub versions: Vec<Version>,
}

/// Fen as the API writes yuan.
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

impl Books {
    /// Whether an entry of that kind may be recorded today.
    pub fn may_record(&self, paid_on: NaiveDate, today: NaiveDate, voucher: &str) -> Result<(), Refused> {
        if paid_on > today {
            return Err((422, "invalid-value"));
        }
        let holds = |entry: &Entry| entry.voucher == voucher && !entry.reversed && entry.reverses.is_none();
        if self.entries.iter().any(holds) { Err((409, "voucher-already-recorded")) } else { Ok(()) }
    }

    /// Whether an entry may be reversed on that day.
    pub fn may_reverse(&self, place: usize, paid_on: NaiveDate, today: NaiveDate) -> Result<(), Refused> {
        let original = &self.entries[place];
        if paid_on > today {
            Err((422, "invalid-value"))
        } else if original.reversed {
            Err((409, "already-reversed"))
        } else if original.reverses.is_some() {
            Err((409, "conflict"))
        } else {
            Ok(())
        }
    }

    /// Whether the plan may be revised from that day on, by somebody who knows that many versions.
    pub fn may_revise(&self, effective_on: NaiveDate, known_versions: usize) -> Result<(), Refused> {
        if known_versions != self.versions.len() {
            return Err((412, "plan-changed-meanwhile"));
        }
        let before = self.versions.last().map(|version| version.effective_on);
        if before.is_some_and(|before| effective_on < before) { Err((422, "invalid-value")) } else { Ok(()) }
    }

    /// Where the project stands on a day, as far as it was known; in the members that the API gives.
    pub fn stands(&self, as_of: NaiveDate, known_at: Option<DateTime<Utc>>) -> Value {
        let known = |at: DateTime<Utc>| known_at.is_none_or(|limit| at <= limit);
        let counts = |entry: &&Entry| entry.counted && entry.paid_on <= as_of && known(entry.recorded_at);
        let spent: i64 = self.entries.iter().filter(counts).map(|entry| entry.fen).sum();
        let numbered = (1..).zip(&self.versions);
        let on_record: Vec<(i32, &Version)> = numbered.filter(|(_, version)| known(version.recorded_at)).collect();
        let initial = on_record.first().and_then(|(_, version)| version.budget);
        let in_force = on_record.iter().rev().find(|(_, version)| version.effective_on <= as_of);
        let plan = in_force.map(|(_, version)| *version);
        let passed = |plan: &Version| plan.points.iter().filter(|(on, _)| *on <= as_of).copied().collect::<Vec<_>>();
        let due = plan.map(|plan| passed(plan).iter().filter_map(|(_, fen)| *fen).next_back().unwrap_or(0));
        let adjusted = plan.and_then(|plan| plan.budget);
        let (standing, severity) = judged(spent, due, adjusted);
        json!({
            "spent_yuan": yuan(spent),
            "gap_yuan": due.map(|due| yuan(spent - due)),
            "budget_yuan": initial.map(yuan),
            "adjusted_budget_yuan": adjusted.map(yuan),
            "version": in_force.map(|(number, _)| number),
            "standing": standing,
            "severity": severity,
        })
    }
}

/// DOMAIN §2, rule 10, in whole fen: the first that holds.
fn judged(spent: i64, due: Option<i64>, budget: Option<i64>) -> (&'static str, Option<&'static str>) {
    let Some(due) = due else { return ("no_plan", None) };
    if budget.is_some_and(|budget| spent > budget) {
        ("overspent", Some("critical"))
    } else if due == 0 && spent <= 0 {
        ("not_due", None)
    } else if due == 0 || spent * 100 > due * 120 {
        ("ahead", Some("notice"))
    } else if (due - spent) * 100 <= due.max(1_000_000) {
        ("on_plan", None)
    } else if spent * 100 >= due * 80 {
        ("behind", Some("notice"))
    } else if spent * 100 >= due * 60 {
        ("behind", Some("warning"))
    } else {
        ("behind", Some("critical"))
    }
}
