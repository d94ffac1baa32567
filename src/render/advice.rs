//! What a letter asks to be done about a matter, and until when. The day is the next plan point: the only date that
//! the budget itself promises.

use crate::domain::comparison::Comparison;
use crate::domain::language::Language;
use crate::domain::letter::Matter;
use crate::domain::money::Fen;
use crate::domain::rule::Rule;
use crate::render::figures::{amount, day};

/// What is asked for one matter that is not over.
pub fn advice(matter: &Matter) -> String {
    let comparison = &matter.comparison;
    match matter.rule {
        Rule::BehindPlanPoint => catch_up(comparison),
        Rule::OverBudget => "请立即核对支出明细，查有无重复入账、应冲销或应退款；\
            确需增加的，先办理预算调整，办妥前不再安排支付。"
            .to_owned(),
        Rule::FarAhead => {
            let revise = until(comparison)
                .map_or_else(String::new, |until| format!("；支出无误的，请在{until}前按程序调整支出计划"));
            format!("请核对支付日期和金额，确认是否提前支付或记错项目{revise}。")
        }
        Rule::IndicatorBehind => {
            let by = until(comparison).unwrap_or_else(|| "年度结束".to_owned());
            format!("请核实完成情况，在{by}前赶上进度，并补报最新监测值。")
        }
        Rule::IndicatorBreached => "请核实监测值；确未达到的，请说明原因、整改措施和完成时限。".to_owned(),
        Rule::IndicatorOverdue => {
            "已经完成的，请补报完成日期和佐证材料；尚未完成的，请说明原因和预计完成日期。".to_owned()
        }
        Rule::BehindTime => {
            "请对照全年预算核实支出进度；偏慢的，请抓紧支付到期款项，偏快的，请核对支付日期和金额。".to_owned()
        }
        Rule::BehindCurve => {
            "请抓紧支付到期款项，尽快达到规定的支出比例；确实不能支出的，请说明原因和预计支付时间。".to_owned()
        }
        Rule::WorkGap => {
            "请核对工作完成量和支出金额：支出快于工作的，请说明预付情况；工作快于支出的，请及时办理支付或入账。"
                .to_owned()
        }
        Rule::RecurringMissed => "请说明逾期月份的原因，补齐佐证材料，并保证以后各月按时完成。".to_owned(),
        Rule::FiguresStale => "已经支付的，请尽快补录入账；确实没有支付的，请说明原因和预计支付时间。".to_owned(),
        Rule::FiguresMissing => "请补报最新监测值和佐证材料；暂时无法取得的，请说明原因和预计报送时间。".to_owned(),
        Rule::PlanPointComing => coming(comparison),
    }
}

/// So much now to reach the point passed, so much by the next point to reach that one.
///
/// The figures are those of the columns, rounded to two decimals of 万元: what rounding hides (50 yuan at most) lies
/// within the tolerance of the rules.
fn catch_up(comparison: &Comparison) -> String {
    let missing = comparison.plan.as_ref().and_then(|plan| plan.due.minus(comparison.spent).ok());
    let now = missing.map_or_else(
        || "请尽快补足应支出金额".to_owned(),
        |missing| format!("请尽快支出{}，补足本节点计划", money(missing)),
    );
    let Some(plan) = &comparison.plan else { return format!("{now}。") };
    let next = plan.next_stated.and_then(|next| Some((next, next.minus(comparison.spent).ok()?)));
    match (plan.next_point_on, next) {
        (Some(on), Some((_, more))) if missing.is_some_and(|missing| more <= missing) => {
            format!("{now}，最迟不晚于{}。", day(on, Language::Chinese))
        }
        (Some(on), Some((next, more))) => format!(
            "{now}；{}前累计至少再支出{}，达到下一节点计划{}。",
            day(on, Language::Chinese),
            money(more),
            money(next)
        ),
        (Some(on), None) => {
            format!("{now}，最迟不晚于{}（下一节点未填报计划数）。", day(on, Language::Chinese))
        }
        (None, _) => format!("{now}；年度计划节点均已过，不能支出的请说明结余或结转情况。"),
    }
}

fn coming(comparison: &Comparison) -> String {
    let next = comparison.plan.as_ref().and_then(|plan| plan.points.next_figure(comparison.as_of));
    let more = next.and_then(|(on, planned)| Some((on, planned.minus(comparison.spent).ok()?)));
    match more {
        Some((on, more)) => format!(
            "请在{}前支付{}并及时入账；预计不能支付的，请提前说明原因。",
            day(on, Language::Chinese),
            money(more)
        ),
        None => "请在节点前完成支付并及时入账；预计不能支付的，请提前说明原因。".to_owned(),
    }
}

fn money(fen: Fen) -> String {
    amount(fen, Language::Chinese)
}

fn until(comparison: &Comparison) -> Option<String> {
    let next = comparison.plan.as_ref()?.next_point_on?;
    Some(day(next, Language::Chinese))
}
