//! A letter's subject: what a head of finance reads in a full inbox, so the gravest thing and its figure come first.

use crate::domain::language::Language;
use crate::domain::letter::{Matter, WarningFacts};
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Standing;
use crate::render::figures::{amount, percent, short_day, size};
use crate::render::tally::{Tally, is_spending};
use crate::render::width::shorten_signs;
use crate::render::words;

/// A subject has fewer signs than this.
pub const SUBJECT_LIMIT: usize = 60;

/// A name cut below this says nothing; it is left out instead.
const SHORTEST_NAME: usize = 8;

/// The subject of a letter about these matters.
pub fn subject(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let line = match (tally.gravest(), tally.projects()) {
        (None, _) => resolved(facts, tally),
        (Some(gravest), 1) => one_project(facts, tally, gravest),
        (Some(gravest), _) => several(facts, tally, gravest),
    };
    let one_line: String = line.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    shorten_signs(&one_line, SUBJECT_LIMIT - 1)
}

fn tag(gravest: Severity) -> &'static str {
    match gravest {
        Severity::Critical => "【预算执行严重预警】",
        Severity::Warning => "【预算执行预警】",
        Severity::Notice => "【预算执行提示】",
    }
}

fn one_project(facts: &WarningFacts, tally: &Tally<'_>, gravest: Severity) -> String {
    let day = short_day(facts.as_of, Language::Chinese);
    let (said, others) = match (tally.spending.first(), tally.indicators.first()) {
        (Some(matter), _) => (spending_phrase(matter), tally.indicators.len()),
        (None, Some(matter)) => (indicator_phrase(matter), tally.indicators.len() - 1),
        (None, None) => (String::new(), 0),
    };
    let others = if others > 0 { format!("，另{others}项指标偏差") } else { String::new() };
    let name = tally.active().next().map_or("", |matter| matter.name.as_str());
    with_name(tag(gravest), name, &format!("{said}{others}（截至{day}）"))
}

fn spending_phrase(matter: &Matter) -> String {
    let comparison = &matter.comparison;
    let rate = percent(comparison.rate_of_plan);
    let gap = comparison.gap.map(|gap| amount(size(gap), Language::Chinese));
    match (matter.rule, gap) {
        (Rule::OverBudget, _) => {
            let over = comparison.adjusted_budget.and_then(|budget| comparison.spent.minus(budget).ok());
            over.map_or_else(|| "超预算".to_owned(), |over| format!("超预算{}", amount(over, Language::Chinese)))
        }
        (Rule::FarAhead, Some(gap)) if comparison.rate_of_plan.is_some() => {
            format!("支出超前：完成计划{rate}，多{gap}")
        }
        (Rule::FarAhead, _) => format!("未到节点已支出{}", amount(comparison.spent, Language::Chinese)),
        (_, Some(gap)) => {
            let word = if matter.severity == Severity::Critical { "严重滞后" } else { "支出滞后" };
            format!("{word}：完成计划{rate}，差{gap}")
        }
        (_, None) => "支出滞后".to_owned(),
    }
}

fn indicator_phrase(matter: &Matter) -> String {
    let name = matter.indicator.as_ref().map_or("", |(name, _)| name.as_str());
    format!("：{}“{}”", words::rule(matter.rule, Language::Chinese), shorten_signs(name, 12))
}

fn several(facts: &WarningFacts, tally: &Tally<'_>, gravest: Severity) -> String {
    let day = short_day(facts.as_of, Language::Chinese);
    let critical = tally.behind(Some(Severity::Critical));
    let counts = [
        (tally.of_rule(Rule::OverBudget), "个", "超预算"),
        (critical, "个", "严重滞后"),
        (tally.behind(None) - critical, "个", "滞后"),
        (tally.of_rule(Rule::FarAhead), "个", "超前"),
        (tally.indicators.len(), "项", "指标偏差"),
        (tally.resolved.len(), "项", "恢复"),
    ];
    let counts = counts.iter().filter(|(count, ..)| *count > 0);
    let spoken: Vec<String> = counts.clone().map(|(count, per, word)| format!("{count}{per}{word}")).collect();
    let terse: Vec<String> = counts.map(|(count, _, word)| format!("{word}{count}")).collect();
    let spoken = format!("{}截至{day}：{}", tag(gravest), spoken.join("、"));
    let terse = format!("{}{day}：{}", tag(gravest), terse.join("、"));
    let Some(worst) = tally.largest_shortfall() else { return spoken };
    let gap = worst.comparison.gap.map_or_else(String::new, |gap| amount(size(gap), Language::Chinese));
    let choices = [
        with_name(&format!("{spoken}；最大差额："), &worst.name, &gap),
        format!("{spoken}；最大差额{gap}"),
        format!("{terse}；最大差额{gap}"),
    ];
    choices.into_iter().find(|line| line.chars().count() < SUBJECT_LIMIT).unwrap_or(spoken)
}

fn resolved(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let day = short_day(facts.as_of, Language::Chinese);
    let Some(first) = tally.resolved.first() else {
        return format!("【预算执行】截至{day}没有需要处理的事项");
    };
    if tally.resolved.len() > 1 {
        let end = format!("等{}项预警已恢复正常（截至{day}）", tally.resolved.len());
        return with_name("【预算执行恢复】", &first.name, &end);
    }
    let settled = is_spending(first.rule) && matches!(first.standing, Standing::OnPlan | Standing::NotDue);
    let rate = first.comparison.rate_of_plan.map_or_else(String::new, |rate| format!("：完成计划{}", rate.percent()));
    let said = if settled {
        format!("已恢复正常{rate}")
    } else {
        format!("“{}”已恢复正常", words::rule(first.rule, Language::Chinese))
    };
    with_name("【预算执行恢复】", &first.name, &format!("{said}（截至{day}）"))
}

/// The name between its neighbours, shortened to what is left of the line; left out where nothing is.
fn with_name(before: &str, name: &str, after: &str) -> String {
    let room = (SUBJECT_LIMIT - 1).saturating_sub(before.chars().count() + after.chars().count());
    if name.chars().count() > room && room < SHORTEST_NAME {
        return format!("{before}{after}");
    }
    format!("{before}{}{after}", shorten_signs(name, room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_gives_way_to_the_figures() {
        let name = "白沟第二污水处理厂配套管网工程（压力出水管道及进水管道工程）质保金";
        let line = with_name("【预算执行严重预警】", name, "严重滞后：完成计划0.00%，差55.40万元（截至6月30日）");
        assert_eq!(line.chars().count(), SUBJECT_LIMIT - 1);
        assert!(line.contains('…') && line.ends_with("差55.40万元（截至6月30日）"), "{line}");
    }
}
