//! The monthly letter: a unit and those below it at a month's end, in tables that a leader reads in a minute.

use crate::domain::alert::State;
use crate::domain::language::Language;
use crate::domain::letter::Composed;
use crate::domain::money::{Fen, Ratio};
use crate::domain::monthly::{MonthlyFacts, Shortfall, Unanswered};
use crate::domain::rule::Severity;
use crate::domain::verdict::Standing;
use crate::render::figures::{amount, beijing_time, cell, day, percent};
use crate::render::letter_labels::{Labels, labels};
use crate::render::letter_view::{Bar, bar, named_unit};
use crate::render::paper;
use crate::render::subject::one_line;
use crate::render::warning_letter::salutation;
use crate::render::words;
use askama::Template;
use chrono::Datelike;

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

fn title(facts: &MonthlyFacts) -> String {
    let (year, month) = (facts.until.year(), facts.until.month());
    match facts.recipient.language {
        Language::Chinese => format!("{year}年{month}月预算执行月报"),
        Language::English => format!("Budget execution in {}", facts.until.format("%B %Y")),
    }
}

fn behind(facts: &MonthlyFacts) -> usize {
    facts.counts.standings.iter().filter(|(standing, _)| *standing == Standing::Behind).map(|(_, count)| count).sum()
}

fn alerts(facts: &MonthlyFacts) -> usize {
    facts.counts.active.iter().map(|(.., count)| count).sum()
}

fn gap(planned: Fen, spent: Fen) -> Fen {
    spent.minus(planned).unwrap_or(Fen::ZERO)
}

fn subject(facts: &MonthlyFacts) -> String {
    let language = facts.recipient.language;
    let totals = &facts.counts.totals;
    let rate = percent(Ratio::of(totals.spent.decimal(), totals.planned.decimal()));
    let (behind, alerts, month) = (behind(facts), alerts(facts), facts.until.month());
    let parts = match language {
        Language::Chinese => [
            (totals.planned > Fen::ZERO, format!("完成计划{rate}")),
            (behind > 0, format!("{behind}个项目滞后")),
            (alerts > 0, format!("{alerts}项预警未解除")),
        ],
        Language::English => [
            (totals.planned > Fen::ZERO, format!("{rate} of plan")),
            (behind > 0, format!("{behind} behind")),
            (alerts > 0, format!("{alerts} active alert{}", if alerts == 1 { "" } else { "s" })),
        ],
    };
    let said: Vec<String> = parts.into_iter().filter(|(is_said, _)| *is_said).map(|(_, part)| part).collect();
    let said = if said.is_empty() {
        language.pick("没有未解除的预警", "no active alert").to_owned()
    } else {
        said.join(language.pick("，", ", "))
    };
    one_line(&match language {
        Language::Chinese => format!("【预算执行月报】{}年{month}月：{said}", facts.until.year()),
        Language::English => format!("[Monthly] {}: {said}", facts.until.format("%B %Y")),
    })
}

fn summary(facts: &MonthlyFacts) -> String {
    let language = facts.recipient.language;
    let counts = &facts.counts;
    let (raised, resolved, alerts) = (counts.raised, counts.resolved, alerts(facts));
    let totals = &counts.totals;
    let money = |fen| amount(fen, language);
    let lacking = gap(totals.planned, totals.spent);
    let size = if lacking < Fen::ZERO { lacking.negated().unwrap_or(lacking) } else { lacking };
    match language {
        Language::Chinese => {
            let side = if lacking < Fen::ZERO { "少" } else { "多" };
            let compared =
                if lacking == Fen::ZERO { String::new() } else { format!("，比计划{side}{}", money(size)) };
            let said = [(raised, "新增预警"), (resolved, "解除预警")];
            let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word}{count}项"));
            let changed = said.collect::<Vec<_>>().join("，");
            let changed = if changed.is_empty() {
                "本月没有新增或解除的预警".to_owned()
            } else {
                format!("本月{changed}")
            };
            let standing = if alerts == 0 {
                "目前没有未解除的预警".to_owned()
            } else {
                format!("目前{alerts}项未解除")
            };
            format!(
                "{}个项目应支出{}，已支出{}{compared}。{changed}；{standing}。",
                totals.projects,
                money(totals.planned),
                money(totals.spent)
            )
        }
        Language::English => {
            let side = if lacking < Fen::ZERO { "less" } else { "more" };
            let compared =
                if lacking == Fen::ZERO { String::new() } else { format!(", {} {side} than planned", money(size)) };
            let projects = if totals.projects == 1 { "project" } else { "projects" };
            format!(
                "{} {projects}: {} was due and {} was spent{compared}. During the month {raised} alerts were raised and \
                 {resolved} were over; {alerts} stand now.",
                totals.projects,
                money(totals.planned),
                money(totals.spent)
            )
        }
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
    let mut left_out = Vec::new();
    if totals.without_budget > 0 {
        left_out.push(match language {
            Language::Chinese => {
                format!("调整后预算数合计未包括{}个未填报预算数的项目", totals.without_budget)
            }
            Language::English => {
                format!("the budget leaves out {} whose cell is blank", totals.without_budget)
            }
        });
    }
    if totals.without_plan > 0 {
        let spent = amount(totals.spent_without_plan, language);
        left_out.push(match language {
            Language::Chinese => {
                format!("合计未包括{}个没有支出计划的项目（已支出{spent}）", totals.without_plan)
            }
            Language::English => format!("{} without a plan (spent {spent}) are left out", totals.without_plan),
        });
    }
    let budget = amount(totals.budget, language);
    let stop = language.pick("。", ".");
    let note = match language {
        Language::Chinese => format!("调整后预算数合计{budget}"),
        Language::English => format!("Adjusted budgets: {budget}"),
    };
    let note = [vec![note], left_out].concat().join(language.pick("；", "; ")) + stop;
    let row = Row {
        name: language.pick("合计", "Total").to_owned(),
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

fn basis(facts: &MonthlyFacts) -> Vec<String> {
    let language = facts.recipient.language;
    let (until, known_at) = (day(facts.until, language), beijing_time(facts.known_at, language));
    let (rules, version) = (&facts.rules.0, facts.rules.1);
    match language {
        Language::Chinese => vec![
            format!("金额截至{until}；账目读取至{known_at}，预警状态为该时刻的状态。"),
            format!("规则：{rules}，第{version}版。应支出为各项目最近一个已过计划节点的累计计划数之和。"),
        ],
        Language::English => vec![
            format!("Amounts are true of {until}; the ledger was read, and alerts stood, as of {known_at}."),
            format!("Rules: {rules}, version {version}. Due is the sum of each project's last plan point passed."),
        ],
    }
}
