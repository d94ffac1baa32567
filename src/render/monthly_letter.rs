//! The monthly letter: a unit and those below it at a month's end, in tables that a leader reads in a minute.

use crate::domain::alert::State;
use crate::domain::language::Language;
use crate::domain::letter::Composed;
use crate::domain::money::{Fen, Ratio};
use crate::domain::monthly::{MonthlyFacts, Shortfall, Unanswered};
use crate::domain::rule::Severity;
use crate::domain::verdict::Standing;
use crate::render::figures::{amount, cell, day, percent};
use crate::render::letter_labels::{Labels, labels};
use crate::render::letter_view::{Bar, bar, named_unit};
use crate::render::monthly_words::{basis, gap, subject, summary, title};
use crate::render::paper;
use crate::render::warning_letter::salutation;
use crate::render::words;
use askama::Template;

/// Puts a monthly letter into words, in its reader's language; every text in the HTML is escaped.
#[must_use]
pub fn compose(facts: &MonthlyFacts) -> Composed {
    let view = view(facts);
    let text = Text { view: &view }.render().unwrap_or_else(|_| view.summary.clone());
    let html = Html { view: &view }.render().unwrap_or_default();
    Composed { subject: subject(facts), text, html }
}

#[derive(Template)]
#[template(path = "monthly_letter.txt", escape = "none")]
struct Text<'view> {
    view: &'view View,
}

#[derive(Template)]
#[template(path = "monthly_letter.html")]
struct Html<'view> {
    view: &'view View,
}

struct View {
    labels: &'static Labels,
    title: String,
    unit_line: String,
    year_line: String,
    salutation: String,
    summary: String,
    tables: Vec<Table>,
    basis: Vec<String>,
}

/// Rows under a title. The last column is the widest where rows are long.
struct Table {
    title: &'static str,
    unit: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
    /// Whether a row's name takes a line of its own.
    is_listed: bool,
    /// What the table leaves out; empty where it leaves out nothing.
    note: String,
}

struct Row {
    /// Empty where the table's title says it all.
    name: String,
    /// Below the name.
    place: String,
    tone: &'static str,
    cells: Vec<String>,
    bar: Option<Bar>,
}

fn view(facts: &MonthlyFacts) -> View {
    let language = facts.recipient.language;
    let until = day(facts.until, language);
    let units: Vec<String> = facts.units.iter().map(|(code, name)| named_unit(name, code.as_str(), language)).collect();
    let below = facts.covered.len().saturating_sub(facts.units.len());
    let units = units.join(language.pick("、", ", "));
    let tables = [standings(facts), totals(facts), active(facts), shortfalls(facts), coming(facts), unanswered(facts)];
    View {
        labels: labels(language),
        title: title(facts),
        unit_line: match (language, below) {
            (_, 0) => units,
            (Language::Chinese, below) => format!("{units}及下属{below}个单位"),
            (Language::English, 1) => format!("{units} and 1 unit below"),
            (Language::English, below) => format!("{units} and {below} units below"),
        },
        year_line: match language {
            Language::Chinese => format!("{}年度　数据截至{until}", facts.year),
            Language::English => format!("Fiscal year {}, figures as of {until}", facts.year),
        },
        salutation: salutation(&facts.recipient.name, language),
        summary: summary(facts),
        tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
        basis: basis(facts),
    }
}

fn standings(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let all = Fen::new(i64::try_from(facts.counts.totals.projects).unwrap_or_default());
    let rows = facts.counts.standings.iter().map(|(standing, count)| Row {
        name: words::standing(*standing, language).to_owned(),
        place: String::new(),
        tone: match standing {
            Standing::Overspent => "critical",
            Standing::Behind => "warning",
            Standing::Ahead | Standing::NoPlan => "notice",
            Standing::OnPlan | Standing::NotDue => "good",
        },
        cells: vec![count.to_string()],
        bar: bar(Fen::new(i64::try_from(*count).unwrap_or_default()), all),
    });
    let note = match (language, facts.uncounted) {
        (_, 0) => String::new(),
        (Language::Chinese, count) => format!("另有{count}个项目的数据有误，无法计算，以下均未包括。"),
        (Language::English, count) => format!("{count} more could not be computed, and are left out everywhere."),
    };
    Table {
        title: language.pick("项目状态", "Projects by standing"),
        unit: "",
        columns: vec![language.pick("项目数", "Projects")],
        rows: rows.collect(),
        is_listed: false,
        note,
    }
}

fn totals(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let totals = &facts.counts.totals;
    let [due, spent, gap_word, rate, _] = labels(language).columns;
    let budget = amount(totals.budget, language);
    let blank = totals.without_budget;
    let money = match (language, blank) {
        (Language::Chinese, 0) => format!("调整后预算数合计{budget}"),
        (Language::Chinese, blank) => format!("调整后预算数合计{budget}，未包括{blank}个未填报预算数的项目"),
        (Language::English, 0) => format!("Adjusted budgets: {budget}"),
        (Language::English, blank) => format!("Adjusted budgets: {budget}, without {blank} left blank"),
    };
    let (count, paid) = (totals.without_plan, amount(totals.spent_without_plan, language));
    let planless = match (language, count) {
        (_, 0) => String::new(),
        (Language::Chinese, count) => format!("；各列均未包括{count}个没有支出计划的项目（已支出{paid}）"),
        (Language::English, count) => format!("; no column has the {count} without a plan ({paid} spent)"),
    };
    let note = format!("{money}{planless}{}", language.pick("。", "."));
    let row = Row {
        name: String::new(),
        place: String::new(),
        tone: if totals.spent < totals.planned { "warning" } else { "good" },
        cells: vec![
            cell(Some(totals.planned), language),
            cell(Some(totals.spent), language),
            cell(Some(gap(totals.planned, totals.spent)), language),
            percent(Ratio::of(totals.spent.decimal(), totals.planned.decimal())),
        ],
        bar: bar(totals.spent, totals.planned),
    };
    Table {
        title: language.pick("支出合计", "Spending"),
        unit: labels(language).unit,
        columns: vec![due, spent, gap_word, rate],
        rows: vec![row],
        is_listed: true,
        note,
    }
}

fn active(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let states = [State::Open, State::Acknowledged, State::Handling, State::Waived];
    let of = |severity: Severity, state: State| -> usize {
        let all = facts.counts.active.iter().filter(|(of, at, _)| (*of, *at) == (severity, state));
        all.map(|(.., count)| count).sum()
    };
    let rows = [Severity::Critical, Severity::Warning, Severity::Notice].map(|severity| {
        let counts = states.map(|state| of(severity, state));
        let name = words::severity(severity, language).to_owned();
        let cells = counts.map(|count| if count == 0 { "-".to_owned() } else { count.to_string() });
        (
            counts.iter().sum::<usize>(),
            Row { name, place: String::new(), tone: severity.name(), cells: cells.into(), bar: None },
        )
    });
    Table {
        title: language.pick("未解除的预警", "Active alerts"),
        unit: "",
        columns: vec![
            language.pick("待确认", "Unanswered"),
            language.pick("已确认", "Answered"),
            language.pick("整改中", "In hand"),
            language.pick("暂不预警", "Set aside"),
        ],
        rows: rows.into_iter().filter(|(count, _)| *count > 0).map(|(_, row)| row).collect(),
        is_listed: false,
        note: String::new(),
    }
}

fn shortfalls(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let [due, spent, gap_word, rate, _] = labels(language).columns;
    let row = |one: &Shortfall| Row {
        name: one.name.clone(),
        place: if facts.covered.len() > 1 { format!("{} · {}", one.code, one.unit) } else { one.code.to_string() },
        tone: "warning",
        cells: vec![
            cell(Some(one.due), language),
            cell(Some(one.spent), language),
            cell(Some(gap(one.due, one.spent)), language),
            percent(Ratio::of(one.spent.decimal(), one.due.decimal())),
        ],
        bar: bar(one.spent, one.due),
    };
    Table {
        title: language.pick("差额最大的项目", "Largest shortfalls"),
        unit: labels(language).unit,
        columns: vec![due, spent, gap_word, rate],
        rows: facts.counts.shortfalls.iter().map(row).collect(),
        is_listed: true,
        note: String::new(),
    }
}

fn coming(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let [planned, _, unpaid, ..] = labels(language).coming_columns;
    let rows = facts.counts.coming.iter().map(|point| Row {
        name: day(point.on, language),
        place: String::new(),
        tone: "notice",
        cells: vec![
            point.projects.to_string(),
            cell(Some(point.planned), language),
            cell(Some(point.unpaid), language),
        ],
        bar: None,
    });
    Table {
        title: language.pick("即将到来的支出计划节点", "Plan points to come"),
        unit: labels(language).unit,
        columns: vec![language.pick("项目数", "Projects"), planned, unpaid],
        rows: rows.collect(),
        is_listed: false,
        note: String::new(),
    }
}

fn unanswered(facts: &MonthlyFacts) -> Table {
    let language = facts.recipient.language;
    let row = |one: &Unanswered| {
        let told = one.told.join(language.pick("、", ", "));
        let (rule, grave) = (words::rule(one.rule, language), words::severity(one.severity, language));
        let days = one.working_days;
        let place = match (language, told.is_empty()) {
            (Language::Chinese, true) => format!("{} · {rule}（{grave}） · 已{days}个工作日", one.code),
            (Language::Chinese, false) => format!("{} · {rule}（{grave}） · 已{days}个工作日 · 已告知{told}", one.code),
            (Language::English, true) => format!("{} · {rule} ({grave}) · {days} working days", one.code),
            (Language::English, false) => {
                format!("{} · {rule} ({grave}) · {days} working days · told: {told}", one.code)
            }
        };
        Row { name: one.name.clone(), place, tone: one.severity.name(), cells: Vec::new(), bar: None }
    };
    let note = match (language, facts.more_unanswered) {
        (_, 0) => String::new(),
        (Language::Chinese, more) => format!("另有{more}项。"),
        (Language::English, more) => format!("{more} more."),
    };
    Table {
        title: language.pick("无人确认的预警", "Alerts that nobody has answered"),
        unit: "",
        columns: Vec::new(),
        rows: facts.unanswered.iter().map(row).collect(),
        is_listed: true,
        note,
    }
}
