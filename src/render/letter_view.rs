//! A letter's matters as its templates print them: cells, a bar, a sentence, a request. Text only, nothing to decide.

use crate::domain::comparison::Comparison;
use crate::domain::language::Language;
use crate::domain::letter::Matter;
use crate::domain::money::Fen;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::{Reason, Standing};
use crate::render::advice::advice;
use crate::render::explain::explain_reason;
use crate::render::figures::{NO_FIGURE, amount, percent, wan};
use crate::render::tally::{Tally, is_over, is_spending};
use crate::render::{observed, words};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

const ZH: Language = Language::Chinese;

/// Everything that the templates print.
pub struct View {
    pub title: String,
    pub year_line: String,
    pub unit_line: String,
    pub salutation: String,
    pub summary: String,
    /// Counts for those above the officer: word, count, tone.
    pub tiles: Vec<(&'static str, usize, &'static str)>,
    pub items: Items,
    /// What was left out, and where it can be read.
    pub more: Option<String>,
    pub requests: Vec<String>,
    pub basis: Vec<String>,
}

/// The letter's three sections.
pub struct Items {
    pub spending: Vec<Item>,
    pub indicators: Vec<Item>,
    pub resolved: Vec<Item>,
}

/// One matter, as text.
pub struct Item {
    pub name: String,
    /// Code, and what else places it: unit, change, plan version.
    pub place: String,
    /// `滞后（严重）`.
    pub badge: String,
    /// `critical`, `warning`, `notice` or `good`.
    pub tone: &'static str,
    pub planned: String,
    pub spent: String,
    pub gap: String,
    pub rate: String,
    pub bar: Option<Bar>,
    /// Budget, execution rate and time progress: figures beside the plan that judge nothing.
    pub beside: String,
    /// Of an indicator: its name and target.
    pub indicator: String,
    pub reason: String,
    pub request: String,
}

/// A bar as two cells whose widths add up to 100.
pub struct Bar {
    pub first: u8,
    pub second: u8,
    /// Whether the second cell is spending beyond the plan, rather than what is still missing.
    pub beyond: bool,
}

/// The first `most` matters, gravest first, and how many were left out.
pub fn items(tally: &Tally<'_>, most: usize, name_units: bool) -> (Items, usize) {
    let told = |list: &[&Matter], room: usize| -> Vec<Item> {
        list.iter().take(room).map(|matter| item(matter, name_units)).collect()
    };
    let spending = told(&tally.spending, most);
    let indicators = told(&tally.indicators, most - spending.len());
    let resolved = told(&tally.resolved, most - spending.len() - indicators.len());
    let all = tally.spending.len() + tally.indicators.len() + tally.resolved.len();
    let left_out = all - spending.len() - indicators.len() - resolved.len();
    (Items { spending, indicators, resolved }, left_out)
}

fn item(matter: &Matter, name_units: bool) -> Item {
    let comparison = &matter.comparison;
    let over = is_over(matter);
    Item {
        name: matter.name.clone(),
        place: place(matter, name_units),
        badge: badge(matter, over),
        tone: tone(matter.severity, over),
        planned: wan(comparison.plan.as_ref().and_then(|plan| plan.stated)),
        spent: comparison.spent.wan(),
        gap: wan(comparison.gap),
        rate: percent(comparison.rate_of_plan),
        bar: bar(comparison),
        beside: beside(comparison),
        indicator: matter.indicator.as_ref().map_or_else(String::new, |(name, target)| indicator(matter, name, target)),
        reason: if over { was(matter) } else { reason(matter) },
        request: if over { String::new() } else { advice(matter) },
    }
}

fn place(matter: &Matter, name_units: bool) -> String {
    let unit = name_units.then(|| format!("{}（{}）", matter.unit_name, matter.unit.as_str()));
    let version = matter.comparison.plan.as_ref().filter(|plan| plan.version > 1);
    let version = version.map(|plan| format!("支出计划第{}版", plan.version));
    let change = words::change(matter.change, ZH).to_owned();
    let parts = [Some(matter.code.as_str().to_owned()), unit, Some(change), version];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// An active matter shows what its rule says, a settled one where the project stands now.
fn badge(matter: &Matter, over: bool) -> String {
    if over {
        return words::standing(matter.standing, ZH).to_owned();
    }
    let grave = words::severity(matter.severity, ZH);
    let word = match (matter.rule, &matter.reason) {
        (Rule::OverBudget, _) => words::standing(Standing::Overspent, ZH),
        (Rule::BehindPlanPoint, _) => words::standing(Standing::Behind, ZH),
        (Rule::FarAhead, _) => words::standing(Standing::Ahead, ZH),
        (_, Some(Reason::Indicator(standing))) => words::achievement(standing.standing, ZH),
        (rule, _) => words::rule(rule, ZH),
    };
    format!("{word}（{grave}）")
}

fn tone(severity: Severity, over: bool) -> &'static str {
    if over { "good" } else { severity.name() }
}

fn indicator(matter: &Matter, name: &str, target: &str) -> String {
    let read = match &matter.reason {
        Some(Reason::Indicator(standing)) => standing.reading.map(|reading| observed::words(reading, ZH)),
        _ => None,
    };
    let target = if target.is_empty() { NO_FIGURE } else { target };
    match read {
        Some(read) => format!("{name}　指标值：{target}　监测值：{read}"),
        None => format!("{name}　指标值：{target}"),
    }
}

fn reason(matter: &Matter) -> String {
    let point_on = matter.comparison.plan.as_ref().and_then(|plan| plan.point_on);
    let said = matter.reason.as_ref().map(|reason| explain_reason(reason, point_on, matter.severity, ZH));
    let said = said.unwrap_or_else(|| words::rule(matter.rule, ZH).to_owned());
    let carried = if is_spending(matter.rule) { carried(&matter.comparison) } else { String::new() };
    format!("{said}{carried}。")
}

/// Of a settled matter: what it was, and what its figures are now.
fn was(matter: &Matter) -> String {
    let (rule, grave) = (words::rule(matter.rule, ZH), words::severity(matter.severity, ZH));
    if !is_spending(matter.rule) {
        return format!("原预警：{rule}（{grave}），现已解除。");
    }
    format!("原预警：{rule}（{grave}），现已解除；目前{}。", words::standing(matter.standing, ZH))
}

/// Says where the due figure comes from when the point's own cell is blank.
fn carried(comparison: &Comparison) -> String {
    match &comparison.plan {
        Some(plan) if plan.stated.is_none() && plan.due > Fen::ZERO => {
            format!("（该节点计划数未填报，按前一节点计划{}比对）", amount(plan.due, ZH))
        }
        Some(plan) if plan.stated.is_none() => "（该节点计划数未填报）".to_owned(),
        _ => String::new(),
    }
}

fn beside(comparison: &Comparison) -> String {
    let time = comparison.rate_of_time.percent();
    match (comparison.adjusted_budget, comparison.rate_of_budget) {
        (None, _) => format!("预算数未填报，不计算执行率；序时进度{time}"),
        (Some(budget), None) => format!("调整后预算数{}，不计算执行率；序时进度{time}", amount(budget, ZH)),
        (Some(budget), Some(rate)) => {
            format!("调整后预算数{}，执行率{}；序时进度{time}", amount(budget, ZH), rate.percent())
        }
    }
}

/// Spent against due. Below plan: what is spent, and what is missing. Above: what was planned, and what is beyond it.
fn bar(comparison: &Comparison) -> Option<Bar> {
    let due = comparison.plan.as_ref().filter(|plan| plan.has_points).map(|plan| plan.due)?;
    let spent = comparison.spent.max(Fen::ZERO);
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
