//! The warning letter, the product's reason to be: who lags, by how much, what to do and until when. One set of
//! words, put into two templates.

use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::letter::{Composed, WarningFacts};
use crate::domain::rule::Severity;
use crate::render::figures::day;
use crate::render::letter_labels::labels;
use crate::render::letter_view::{View, Voice, named_unit, sections};
use crate::render::letter_words::{basis, requests, summary};
use crate::render::paper;
use crate::render::subject::subject;
use crate::render::tally::{Tally, tally};
use askama::Template;
use std::collections::BTreeSet;

/// Matters that one letter tells in full; it says how many more there are and where they can be read.
pub const MAX_MATTERS: usize = 200;

/// Puts a letter into words, in its reader's language; every text in the HTML is escaped.
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
}

impl HtmlLetter<'_> {
    fn words(&self) -> String {
        self.render().unwrap_or_else(|_| String::new())
    }
}

fn view(facts: &WarningFacts, tally: &Tally<'_>) -> View {
    let language = facts.recipient.language;
    let voice = Voice { language, name_units: units(facts).len() > 1 };
    let (sections, left_out) = sections(tally, MAX_MATTERS, voice);
    let as_of = day(facts.as_of, language);
    View {
        labels: labels(language),
        title: title(tally, language).to_owned(),
        year_line: match language {
            Language::Chinese => format!("{}年度　数据截至{as_of}", facts.year),
            Language::English => format!("Fiscal year {}, figures as of {as_of}", facts.year),
        },
        unit_line: unit_line(facts),
        salutation: salutation(&facts.recipient.name, language),
        summary: summary(facts, tally),
        tiles: if facts.recipient.role == ContactRole::Officer { Vec::new() } else { tiles(tally, language) },
        sections,
        more: (left_out > 0).then(|| more(facts, left_out)),
        requests: requests(facts, tally),
        basis: basis(facts),
    }
}

fn title(tally: &Tally<'_>, language: Language) -> &'static str {
    let (chinese, english) = if tally.projects_amiss() > 0 {
        ("预算执行预警", "Budget warning")
    } else if tally.projects_coming() > 0 {
        ("支出计划节点提示", "Plan points to come")
    } else {
        ("预算执行：已恢复正常", "Budget: back to normal")
    };
    language.pick(chinese, english)
}

/// How the reader is addressed.
#[must_use]
pub fn salutation(name: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!("{name}，您好："),
        Language::English => format!("Dear {name},"),
    }
}

fn more(facts: &WarningFacts, left_out: usize) -> String {
    let year = facts.year;
    match facts.recipient.language {
        Language::Chinese => format!(
            "另有{left_out}项未在本信列出，请在系统的预警清单中查看（{year}年度，GET /api/v1/years/{year}/alerts）。"
        ),
        Language::English => format!(
            "{left_out} more are not listed in this letter: see the list of alerts (GET /api/v1/years/{year}/alerts)."
        ),
    }
}

fn units(facts: &WarningFacts) -> BTreeSet<(&str, &str)> {
    facts.matters.iter().map(|matter| (matter.unit.as_str(), matter.unit_name.as_str())).collect()
}

fn unit_line(facts: &WarningFacts) -> String {
    let (units, language) = (units(facts), facts.recipient.language);
    match (units.iter().next(), language) {
        (Some((code, name)), _) if units.len() == 1 => named_unit(name, code, language),
        (_, Language::Chinese) => format!("{}个预算单位", units.len()),
        (_, Language::English) => format!("{} units", units.len()),
    }
}

fn tiles(tally: &Tally<'_>, language: Language) -> Vec<(&'static str, usize, &'static str)> {
    vec![
        (language.pick("严重", "critical"), tally.of_severity(Severity::Critical), "critical"),
        (language.pick("预警", "warnings"), tally.of_severity(Severity::Warning), "warning"),
        (language.pick("提示", "notices"), tally.of_severity(Severity::Notice), "notice"),
        (language.pick("已恢复", "over"), tally.resolved.len(), "good"),
    ]
}
