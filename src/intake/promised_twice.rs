//! One output promised by several projects: the same six houses must not be counted three times.
//!
//! Two promises are the same when both count pieces (户, 件, 次, 公里 …; no rate, money, time or cap), with equal number
//! and unit, and speak of the same thing: the name or the description, stripped of words that every indicator has, is
//! equal or contained in the other's (危房改造 in 农村危房改造), or the projects' goals are the same sentence.

use crate::domain::indicator::{Indicator, Quantity, Target};
use crate::intake::detail::Detail;
use crate::intake::draft::Drafted;
use crate::intake::finding::Findings;
use crate::intake::notation;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Promises with equal number and unit that are compared with each other; a group beyond this says nothing.
const MAX_GROUP: usize = 200;
/// Characters that a thing's words must have to be told from others: 专线 alone is no particular line.
const MIN_WORDS: usize = 3;

struct Promise<'a> {
    project: usize,
    indicator: usize,
    things: Vec<String>,
    goals: &'a [String],
}

/// Raises one finding per project concerned, which names the others.
pub fn check(projects: &[Drafted], findings: &mut Findings) {
    let mut groups: BTreeMap<(Decimal, String), Vec<Promise<'_>>> = BTreeMap::new();
    for (project, drafted) in projects.iter().enumerate() {
        for (place, indicator) in drafted.draft.indicators.iter().enumerate() {
            if let Some(quantity) = count(indicator) {
                let things = [&indicator.name, &indicator.description].map(|text| thing(text));
                let things = things.into_iter().filter(|thing| thing.chars().count() >= MIN_WORDS).collect();
                let promise = Promise { project, indicator: place, things, goals: &drafted.draft.goals };
                groups.entry((quantity.value.normalize(), quantity.unit.clone())).or_default().push(promise);
            }
        }
    }
    for group in groups.values().filter(|group| (2..=MAX_GROUP).contains(&group.len())) {
        for promise in group {
            report(promise, group, projects, findings);
        }
    }
}

fn report(promise: &Promise<'_>, group: &[Promise<'_>], projects: &[Drafted], findings: &mut Findings) {
    let same = group.iter().filter(|other| other.project != promise.project && is_same(promise, other));
    let others: BTreeSet<usize> = same.map(|other| other.project).collect();
    let Some(drafted) = projects.get(promise.project).filter(|_| !others.is_empty()) else { return };
    let Some(row) = drafted.table.indicators.rows.get(promise.indicator) else { return };
    let codes =
        others.iter().filter_map(|other| projects.get(*other)).map(|other| other.draft.code.to_string()).collect();
    findings
        .add(Detail::OutputPromisedTwice { others: codes }, drafted.table.place(&row.target.column, &row.target.cell));
}

fn is_same(one: &Promise<'_>, other: &Promise<'_>) -> bool {
    let things =
        one.things.iter().any(|a| other.things.iter().any(|b| a.contains(b.as_str()) || b.contains(a.as_str())));
    things
        || one.goals.iter().any(|a| other.goals.iter().any(|b| !sentence(a).is_empty() && sentence(a) == sentence(b)))
}

/// The quantity of an indicator that counts pieces up: an output, at least or exactly so many.
#[must_use]
pub fn count(indicator: &Indicator) -> Option<&Quantity> {
    let quantity = match &indicator.target_read {
        Target::Bound { comparator, quantity } if !comparator.is_cap() => quantity,
        Target::Stated { quantity, .. } => quantity,
        _ => return None,
    };
    let no_pieces = ["%", "‰", "元", "万元", "亿元", "年", "月", "个月", "日", "天", "小时", "分钟", "分"];
    let counts = !quantity.unit.is_empty() && !no_pieces.iter().any(|unit| quantity.unit.starts_with(unit));
    (counts && indicator.level2.contains("数量")).then_some(quantity)
}

/// What is counted, without the words that every indicator has.
fn thing(text: &str) -> String {
    let mut text: String = notation::label(text).chars().filter(|sign| sign.is_alphanumeric()).collect();
    for word in [
        "数量", "完成", "任务", "工作", "人数", "户数", "次数", "个数", "件数", "总量", "情况", "年度", "实际", "计划",
        "的",
    ] {
        text = text.replace(word, "");
    }
    text
}

/// A goal without its number and punctuation.
fn sentence(text: &str) -> String {
    let text: String = notation::label(text).chars().filter(|sign| sign.is_alphanumeric()).collect();
    text.trim_start_matches(|sign: char| sign.is_ascii_digit()).to_owned()
}
