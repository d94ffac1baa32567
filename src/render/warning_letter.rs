//! The warning letter, the product's reason to be: who lags, by how much, what to do and until when. One set of
//! words, put into two templates.

use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::letter::{Composed, WarningFacts};
use crate::domain::rule::Severity;
use crate::render::figures::day;
use crate::render::letter_view::{Item, View, items};
use crate::render::letter_words::{basis, requests, summary};
use crate::render::subject::subject;
use crate::render::tally::{Tally, tally};
use crate::render::width;
use askama::Template;
use std::collections::BTreeSet;

/// Matters that one letter tells in full; it says how many more there are and where they can be read.
pub const MAX_MATTERS: usize = 200;

/// Columns of the plain-text part.
const TEXT_COLUMNS: usize = 78;

/// Puts a letter into words. Chinese; every text in the HTML is escaped.
#[must_use]
pub fn compose(facts: &WarningFacts) -> Composed {
    let tally = tally(facts);
    let view = view(facts, &tally);
    let subject = subject(facts, &tally);
    Composed { text: TextLetter { view: &view }.words(), html: HtmlLetter { view: &view }.words(), subject }
}

#[derive(Template)]
#[template(path = "warning_letter.txt", escape = "none")]
struct TextLetter<'view> {
    view: &'view View,
}

#[derive(Template)]
#[template(path = "warning_letter.html")]
struct HtmlLetter<'view> {
    view: &'view View,
}

impl TextLetter<'_> {
    /// Writing into a string cannot fail; were it to, the reader gets the summary.
    fn words(&self) -> String {
        self.render().unwrap_or_else(|_| self.view.summary.clone())
    }

    fn wrapped(text: &str, indent: usize) -> String {
        hanging(&" ".repeat(indent), text)
    }

    fn numbered(number: impl std::fmt::Display, text: &str) -> String {
        hanging(&format!("{number}. "), text)
    }

    fn labelled(label: &str, text: &str) -> String {
        hanging(&format!("   {label}"), text)
    }

    fn rule() -> String {
        "-".repeat(TEXT_COLUMNS)
    }

    fn head_row() -> String {
        text_row(["应支出", "已支出", "差额", "完成计划率", "状态"])
    }

    fn row(item: &Item) -> String {
        text_row([&item.planned, &item.spent, &item.gap, &item.rate, &item.badge])
    }
}

/// A paragraph whose further lines begin under its first word.
fn hanging(label: &str, text: &str) -> String {
    let indent = width::columns(label);
    let lines = width::wrap(text, TEXT_COLUMNS - indent);
    format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// Four columns of figures and one of words.
fn text_row([planned, spent, gap, rate, badge]: [&str; 5]) -> String {
    let figures = [planned, spent, gap, rate].map(|cell| width::right(cell, 13)).concat();
    format!("{figures}    {badge}")
}

impl HtmlLetter<'_> {
    fn words(&self) -> String {
        self.render().unwrap_or_else(|_| String::new())
    }

    /// The inline colours of a tone in a light room; the style sheet has those of a dark one.
    fn ink(tone: &str) -> &'static str {
        colours(tone).0
    }

    fn wash(tone: &str) -> &'static str {
        colours(tone).1
    }

    fn fill(tone: &str) -> &'static str {
        colours(tone).2
    }
}

/// Text, background and bar of a tone.
fn colours(tone: &str) -> (&'static str, &'static str, &'static str) {
    match tone {
        "critical" => ("#a8201a", "#fbeae8", "#c8382f"),
        "warning" => ("#8a5200", "#fdf1dc", "#d48a1c"),
        "notice" => ("#1f5c9e", "#e8f0f9", "#3f7fc4"),
        _ => ("#1d6b43", "#e6f4ec", "#3a9867"),
    }
}

fn view(facts: &WarningFacts, tally: &Tally<'_>) -> View {
    let (items, left_out) = items(tally, MAX_MATTERS, units(facts).len() > 1);
    let more = (left_out > 0).then(|| {
        format!(
            "另有{left_out}项未在本信列出，请在系统的预警清单中查看（{}年度，GET /api/v1/years/{}/alerts）。",
            facts.year, facts.year
        )
    });
    View {
        title: if tally.gravest().is_some() {
            "预算执行预警".into()
        } else {
            "预算执行：已恢复正常".into()
        },
        year_line: format!("{}年度　数据截至{}", facts.year, day(facts.as_of, Language::Chinese)),
        unit_line: unit_line(facts),
        salutation: format!("{}，您好：", facts.recipient.name),
        summary: summary(facts, tally),
        tiles: if facts.recipient.role == ContactRole::Officer { Vec::new() } else { tiles(tally) },
        items,
        more,
        requests: requests(facts, tally),
        basis: basis(facts),
    }
}

fn units(facts: &WarningFacts) -> BTreeSet<(&str, &str)> {
    facts.matters.iter().map(|matter| (matter.unit.as_str(), matter.unit_name.as_str())).collect()
}

fn unit_line(facts: &WarningFacts) -> String {
    let units = units(facts);
    match units.iter().next() {
        Some((code, name)) if units.len() == 1 => format!("{name}（{code}）"),
        _ => format!("{}个预算单位", units.len()),
    }
}

fn tiles(tally: &Tally<'_>) -> Vec<(&'static str, usize, &'static str)> {
    vec![
        ("严重", tally.of_severity(Severity::Critical), "critical"),
        ("预警", tally.of_severity(Severity::Warning), "warning"),
        ("提示", tally.of_severity(Severity::Notice), "notice"),
        ("已恢复", tally.resolved.len(), "good"),
    ]
}
