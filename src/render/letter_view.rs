//! A letter's matters as its templates print them: cells, a bar, a sentence, a request. Text only, nothing to decide.

use crate::domain::alert::Change;
use crate::domain::comparison::Comparison;
use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::letter::Matter;
use crate::domain::money::{Fen, Ratio};
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Reason;
use crate::render::advice::advice;
use crate::render::explain::explain_reason;
use crate::render::figures::{NO_FIGURE, amount, cell, day, percent};
use crate::render::letter_labels::{Labels, labels};
use crate::render::tally::{Family, Tally, family, is_over};
use crate::render::{attending, observed, words};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// Everything that the templates print.
pub struct View {
    pub labels: &'static Labels,
    pub title: String,
    pub year_line: String,
    pub unit_line: String,
    pub salutation: String,
    pub summary: String,
    /// Counts for those above the officer: word, count, tone.
    pub tiles: Vec<(&'static str, usize, &'static str)>,
    pub sections: Vec<Section>,
    /// What was left out, and where it can be read.
    pub more: Option<String>,
    pub requests: Vec<String>,
    pub basis: Vec<String>,
}

/// Matters of one kind, under a title.
pub struct Section {
    pub title: &'static str,
    /// In what amounts are given; empty where there are none.
    pub unit: &'static str,
    /// What its columns are called, the last one of words; empty where no item has money to show.
    pub columns: &'static [&'static str],
    pub items: Vec<Item>,
}

/// One matter, as text.
pub struct Item {
    /// What it is about: the project, or the indicator with its target.
    pub lead: String,
    /// Below that: of an indicator its project.
    pub under: String,
    /// Code, and what else places it: unit, change, plan version.
    pub place: String,
    /// `滞后（严重）`.
    pub badge: String,
    /// `critical`, `warning`, `notice` or `good`.
    pub tone: &'static str,
    /// Due, spent, gap, share of plan, each with its label; empty of what is not about money.
    pub cells: Vec<(&'static str, String)>,
    pub bar: Option<Bar>,
    /// What time brought, a sentence each.
    pub notes: Vec<String>,
    /// Why; of what is over, what it was.
    pub reason: String,
    /// Budget, execution rate and time progress: figures beside the plan that judge nothing.
    pub beside: String,
    /// What is asked; empty of what is over.
    pub request: String,
}

/// A bar as two cells whose widths add up to 100.
pub struct Bar {
    pub first: u8,
    pub second: u8,
    /// Whether the second cell is spending beyond the plan, rather than what is still missing.
    pub beyond: bool,
}

/// The first `most` matters in their sections, gravest first, and how many were left out.
///
/// What is amiss comes before what is announced, and that before what is over.
pub fn sections(tally: &Tally<'_>, most: usize, voice: Voice) -> (Vec<Section>, usize) {
    let labels = labels(voice.language);
    let pick = |chinese, english| voice.language.pick(chinese, english);
    let kinds = [
        (pick("支出进度", "Spending"), &labels.columns, &tally.spending),
        (pick("绩效指标", "Indicators"), &labels.columns, &tally.indicators),
        (pick("数据报送", "Figures to report"), &labels.columns, &tally.figures),
        (pick("即将到来的支出计划节点", "Plan points to come"), &labels.coming_columns, &tally.coming),
        (pick("已恢复正常", "Back to normal"), &labels.columns, &tally.resolved),
    ];
    let (mut sections, mut room, mut left_out) = (Vec::new(), most, 0);
    for (title, columns, matters) in kinds {
        let items: Vec<Item> = matters.iter().take(room).map(|matter| item(matter, columns, voice)).collect();
        room -= items.len();
        left_out += matters.len() - items.len();
        let has_money = items.iter().any(|item| !item.cells.is_empty());
        let (unit, columns) = if has_money { (labels.unit, &columns[..]) } else { ("", &[][..]) };
        if !items.is_empty() {
            sections.push(Section { title, unit, columns, items });
        }
    }
    (sections, left_out)
}

/// How items are told: in which language, and whether with their unit.
#[derive(Clone, Copy)]
pub struct Voice {
    pub language: Language,
    pub name_units: bool,
}

fn item(matter: &Matter, columns: &[&'static str; 5], voice: Voice) -> Item {
    let comparison = &matter.comparison;
    let (over, language) = (is_over(matter), voice.language);
    let family = family(matter.rule);
    let about_money = matches!(family, Family::Spending | Family::Coming);
    let (lead, under) = lead(matter, language);
    Item {
        lead,
        under,
        place: place(matter, voice),
        badge: badge(matter, over, language),
        tone: if over { "good" } else { matter.severity.name() },
        cells: if about_money { columns.iter().copied().zip(cells(matter, language)).collect() } else { Vec::new() },
        bar: about_money.then(|| held_against(matter)).flatten().and_then(|due| bar(comparison.spent, due)),
        notes: if over { Vec::new() } else { notes(matter, language) },
        reason: if over { was(matter, language) } else { reason(matter, language) },
        beside: if about_money { beside(comparison, language) } else { String::new() },
        request: if over { String::new() } else { advice(matter, language) },
    }
}

/// An indicator's matter is headed by the indicator, every other by its project.
fn lead(matter: &Matter, language: Language) -> (String, String) {
    let Some((name, target)) = &matter.indicator else { return (matter.name.clone(), String::new()) };
    let read = match &matter.reason {
        Some(Reason::Indicator(standing)) => standing.reading.map(|reading| observed::words(reading, language)),
        _ => None,
    };
    let target = if target.is_empty() { NO_FIGURE } else { target };
    let lead = match (language, read) {
        (Language::Chinese, Some(read)) => format!("{name}　指标值：{target}　监测值：{read}"),
        (Language::Chinese, None) => format!("{name}　指标值：{target}"),
        (Language::English, Some(read)) => format!("{name}  target: {target}  reading: {read}"),
        (Language::English, None) => format!("{name}  target: {target}"),
    };
    (lead, matter.name.clone())
}

fn place(matter: &Matter, voice: Voice) -> String {
    let language = voice.language;
    let unit = voice.name_units.then(|| named_unit(&matter.unit_name, matter.unit.as_str(), language));
    let version = matter.comparison.plan.as_ref().map(|plan| plan.version).filter(|version| *version > 1);
    let version = version.map(|version| match language {
        Language::Chinese => format!("支出计划第{version}版"),
        Language::English => format!("plan version {version}"),
    });
    let change = words::change(matter.change, language).to_owned();
    let parts = [Some(matter.code.as_str().to_owned()), unit, Some(change), version];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A unit with its code.
pub fn named_unit(name: &str, code: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!("{name}（{code}）"),
        Language::English => format!("{name} ({code})"),
    }
}

/// An active matter shows what its rule says, a settled one where the project stands now.
fn badge(matter: &Matter, over: bool, language: Language) -> String {
    if over && family(matter.rule) == Family::Spending {
        return words::standing(matter.standing, language).to_owned();
    }
    if over {
        return language.pick("已解除", "over").to_owned();
    }
    let grave = words::severity(matter.severity, language);
    let word = match &matter.reason {
        Some(Reason::Coming { working_days, .. }) => {
            let left = days_left(*working_days, language);
            // An announcement is a notice, and need not say so.
            return if matter.severity == Severity::Notice { left } else { graded(&left, grave, language) };
        }
        Some(Reason::Indicator(standing)) if matter.rule != Rule::RecurringMissed => {
            words::achievement(standing.standing, language)
        }
        _ => words::rule_briefly(matter.rule, language),
    };
    graded(word, grave, language)
}

fn graded(word: &str, grave: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!("{word}（{grave}）"),
        Language::English => format!("{word} ({grave})"),
    }
}

fn days_left(working_days: u32, language: Language) -> String {
    match (language, working_days) {
        (Language::Chinese, days) => format!("还有{days}个工作日"),
        (Language::English, 1) => "1 working day left".to_owned(),
        (Language::English, days) => format!("{days} working days left"),
    }
}

/// What spending is held against: of a coming point what that promises, else what is due by the last one passed.
fn held_against(matter: &Matter) -> Option<Fen> {
    match &matter.reason {
        Some(Reason::Coming { planned, .. }) => Some(*planned),
        _ => matter.comparison.plan.as_ref().filter(|plan| plan.has_points).map(|plan| plan.due),
    }
}

fn cells(matter: &Matter, language: Language) -> [String; 4] {
    let comparison = &matter.comparison;
    let spent = comparison.spent;
    let (planned, gap, rate) = if let Some(Reason::Coming { planned, spent, .. }) = &matter.reason {
        (Some(*planned), planned.minus(*spent).ok(), Ratio::of(spent.decimal(), planned.decimal()))
    } else {
        let stated = comparison.plan.as_ref().and_then(|plan| plan.stated);
        (stated, comparison.gap, comparison.rate_of_plan)
    };
    [cell(planned, language), cell(Some(spent), language), cell(gap, language), percent(rate)]
}

/// What time brought; a step upwards says too who was told before, and since when nobody has answered.
fn notes(matter: &Matter, language: Language) -> Vec<String> {
    let said = matter.notes.iter().map(|note| attending::words(note, language));
    let mut notes: Vec<String> = said.collect();
    if let Some(last) = notes.last_mut().filter(|_| matter.change == Change::Escalated) {
        *last = format!("{last}{}{}", language.pick("", " "), told_before(matter, language));
    }
    notes
}

fn told_before(matter: &Matter, language: Language) -> String {
    let since = day(matter.opened_on, language);
    let person = |(name, role): &(String, ContactRole)| match language {
        Language::Chinese => format!("{name}（{}）", words::role(*role, language)),
        Language::English => format!("{name} ({})", words::role(*role, language)),
    };
    let told: Vec<String> = matter.told_before.iter().map(person).collect();
    let told = told.join(language.pick("、", ", "));
    match (language, told.is_empty()) {
        (Language::Chinese, true) => format!("自{since}起无人确认。"),
        (Language::Chinese, false) => format!("此前已告知{told}，自{since}起无人确认。"),
        (Language::English, true) => format!("It has stood unanswered since {since}."),
        (Language::English, false) => format!("Told before: {told}; it has stood unanswered since {since}."),
    }
}

fn reason(matter: &Matter, language: Language) -> String {
    let point_on = matter.comparison.plan.as_ref().and_then(|plan| plan.point_on);
    let said = matter.reason.as_ref().map(|reason| explain_reason(reason, point_on, matter.severity, language));
    let said = said.unwrap_or_else(|| words::rule(matter.rule, language).to_owned());
    let by_point = matches!(matter.rule, Rule::BehindPlanPoint | Rule::OverBudget | Rule::FarAhead);
    let carried = if by_point { carried(&matter.comparison, language) } else { String::new() };
    sentence(&format!("{said}{carried}"), language)
}

/// What others say within a sentence, as a sentence of its own.
fn sentence(said: &str, language: Language) -> String {
    match language {
        Language::Chinese => format!("{said}。"),
        Language::English => {
            let mut signs = said.chars();
            let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", signs.as_str())
        }
    }
}

/// Of a settled matter: what it was, and what its figures are now.
fn was(matter: &Matter, language: Language) -> String {
    let rule = graded(words::rule(matter.rule, language), words::severity(matter.severity, language), language);
    let standing = words::standing(matter.standing, language);
    match (language, family(matter.rule)) {
        (Language::Chinese, Family::Spending) => format!("原预警：{rule}，现已解除；目前{standing}。"),
        (Language::Chinese, Family::Coming) => format!("原提示：{rule}，已不需要再提示。"),
        (Language::Chinese, _) => format!("原预警：{rule}，现已解除。"),
        (Language::English, Family::Spending) => format!("It was: {rule}. It is over; the project is now {standing}."),
        (Language::English, _) => format!("It was: {rule}. It is over."),
    }
}

/// Says where the due figure comes from when the point's own cell is blank.
fn carried(comparison: &Comparison, language: Language) -> String {
    let Some(plan) = comparison.plan.as_ref().filter(|plan| plan.stated.is_none()) else { return String::new() };
    match (language, plan.due > Fen::ZERO) {
        (Language::Chinese, true) => {
            format!("（该节点计划数未填报，按前一节点计划{}比对）", amount(plan.due, language))
        }
        (Language::Chinese, false) => "（该节点计划数未填报）".to_owned(),
        (Language::English, true) => {
            format!(
                " (this point's figure is blank; held against the {} of the point before)",
                amount(plan.due, language)
            )
        }
        (Language::English, false) => " (this point's figure is blank)".to_owned(),
    }
}

fn beside(comparison: &Comparison, language: Language) -> String {
    let time = comparison.rate_of_time.percent();
    let budget = comparison.adjusted_budget.map(|budget| amount(budget, language));
    match (language, budget, comparison.rate_of_budget) {
        (Language::Chinese, None, _) => format!("预算数未填报，不计算执行率；序时进度{time}"),
        (Language::Chinese, Some(budget), None) => {
            format!("调整后预算数{budget}，不计算执行率；序时进度{time}")
        }
        (Language::Chinese, Some(budget), Some(rate)) => {
            format!("调整后预算数{budget}，执行率{}；序时进度{time}", rate.percent())
        }
        (Language::English, None, _) => format!("The budget is blank: no rate of it. {time} of the year has passed."),
        (Language::English, Some(budget), None) => {
            format!("Adjusted budget {budget}: no rate of it. {time} of the year has passed.")
        }
        (Language::English, Some(budget), Some(rate)) => {
            format!("Adjusted budget {budget}, {} of it spent; {time} of the year has passed.", rate.percent())
        }
    }
}

/// Spent against due. Below plan: what is spent, and what is missing. Above: what was planned, and what is beyond it.
pub fn bar(spent: Fen, due: Fen) -> Option<Bar> {
    let spent = spent.max(Fen::ZERO);
    if spent > due {
        let first = share(due, spent)?;
        return Some(Bar { first, second: 100 - first, beyond: true });
    }
    let first = share(spent, due)?;
    Some(Bar { first, second: 100 - first, beyond: false })
}

/// Whole per cent; something is never shown as nothing, nor not quite everything as everything.
fn share(part: Fen, whole: Fen) -> Option<u8> {
    let percent = part.decimal().checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole.decimal())?;
    let percent = percent.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_u8()?;
    Some(match part {
        Fen::ZERO => 0,
        part if part == whole => 100,
        _ => percent.clamp(1, 99),
    })
}
