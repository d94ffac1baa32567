//! What a letter says as a whole: its first sentence, what it asks of the reader, and what its figures rest on.

use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::letter::WarningFacts;
use crate::domain::rule::{Rule, Severity};
use crate::render::figures::{NO_FIGURE, amount, beijing_time, day, size};
use crate::render::tally::Tally;
use crate::render::words;
use std::collections::BTreeSet;

/// The first sentence: how many, of what kind, how grave; for those above the officer also how much and where most.
pub fn summary(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let as_of = day(facts.as_of, Language::Chinese);
    let officer = facts.recipient.role == ContactRole::Officer;
    let over = tally.resolved.len();
    if tally.gravest().is_none() {
        let whose = if officer { "您负责的项目" } else { "本单位项目" };
        return format!("截至{as_of}，{whose}有{over}项预警已恢复正常，不需要再处理。");
    }
    let count = tally.projects();
    let whose = if officer {
        format!("您负责的项目中有{count}个需要处理")
    } else {
        format!("本单位有{count}个项目需要处理")
    };
    let over = if over > 0 { format!("；另有{over}项已恢复正常") } else { String::new() };
    let said = format!("截至{as_of}，{whose}：{}{over}。", kinds(tally));
    if officer { said } else { said + &shortfall(tally) }
}

fn kinds(tally: &Tally<'_>) -> String {
    let mut kinds = Vec::new();
    for (rule, word) in
        [(Rule::OverBudget, "支出超预算"), (Rule::BehindPlanPoint, "支出滞后"), (Rule::FarAhead, "支出超前")]
    {
        let count = tally.of_rule(rule);
        let grades = if rule == Rule::BehindPlanPoint { grades(tally) } else { String::new() };
        if count > 0 {
            kinds.push(format!("{word}{count}个{grades}"));
        }
    }
    if !tally.indicators.is_empty() {
        kinds.push(format!("绩效指标偏差{}项", tally.indicators.len()));
    }
    kinds.join("，")
}

fn grades(tally: &Tally<'_>) -> String {
    let grades: Vec<(&str, usize)> = [Severity::Critical, Severity::Warning, Severity::Notice]
        .into_iter()
        .map(|severity| (words::severity(severity, Language::Chinese), tally.behind(Some(severity))))
        .filter(|(_, count)| *count > 0)
        .collect();
    match grades.as_slice() {
        [(word, 1)] => format!("（{word}）"),
        [(word, _)] => format!("（均为{word}）"),
        several => {
            let several: Vec<String> = several.iter().map(|(word, count)| format!("{word}{count}个")).collect();
            format!("（{}）", several.join("、"))
        }
    }
}

fn shortfall(tally: &Tally<'_>) -> String {
    let (Some(worst), Some(total)) = (tally.largest_shortfall(), tally.shortfall()) else { return String::new() };
    let gap = worst.comparison.gap.map_or_else(|| NO_FIGURE.to_owned(), |gap| amount(size(gap), Language::Chinese));
    if tally.behind(None) == 1 {
        return format!("滞后项目“{}”比计划少支出{gap}。", worst.name);
    }
    let total = amount(total, Language::Chinese);
    format!("滞后项目合计比计划少支出{total}，其中“{}”差额最大，为{gap}。", worst.name)
}

/// What is asked of the reader as a whole; nothing where everything is over.
pub fn requests(facts: &WarningFacts, tally: &Tally<'_>) -> Vec<String> {
    if tally.gravest().is_none() {
        return Vec::new();
    }
    let by = tally.active().filter_map(|matter| matter.comparison.plan.as_ref()?.next_point_on).min();
    let by = by.map_or_else(|| "年度结束".to_owned(), |on| day(on, Language::Chinese));
    let act = match facts.recipient.role {
        ContactRole::Officer => format!("按各项“要求”办理。下一支出计划节点为{by}，届时将再次比对。"),
        ContactRole::Head | ContactRole::Leader => {
            format!("请督促各项目负责人按“要求”办理。下一支出计划节点为{by}，届时将再次比对。")
        }
    };
    vec![
        act,
        "对每项偏差填报原因：经费保障、制度保障、人员保障、硬件条件保障、其他（可多选），并写明原因说明。".to_owned(),
        "支出已经办理而未入账的，请尽快补录；补录后差额消除的，系统会来信告知已恢复正常。".to_owned(),
    ]
}

/// The figures' basis, a line each.
pub fn basis(facts: &WarningFacts) -> Vec<String> {
    let versions: BTreeSet<i32> =
        facts.matters.iter().filter_map(|matter| Some(matter.comparison.plan.as_ref()?.version)).collect();
    let plan = match (versions.first(), versions.last()) {
        (None, _) | (_, None) => "无".to_owned(),
        (Some(one), Some(other)) if one == other => format!("第{one}版"),
        _ => "各项目版本不一，见各项".to_owned(),
    };
    vec![
        format!(
            "数据截至{}；账目读取至{}。",
            day(facts.as_of, Language::Chinese),
            beijing_time(facts.known_at)
        ),
        format!("规则：{}，第{}版；支出计划：{plan}。", facts.rules.0, facts.rules.1),
        "应支出为最近一个已过计划节点的累计计划数；差额＝已支出－应支出；完成计划率＝已支出÷应支出；执行率＝已支出÷调整后预算数。\
         金额单位为万元，保留两位小数；“—”表示该节点计划数未填报，与0不同。"
            .to_owned(),
    ]
}
