//! What a letter asks to be done about a matter, and until when. The day is the next plan point: the only date that
//! the budget itself promises.

use crate::domain::comparison::Comparison;
use crate::domain::language::Language;
use crate::domain::letter::Matter;
use crate::domain::rule::Rule;
use crate::render::figures::{amount, day};

/// What is asked for one matter that is not over.
pub fn advice(matter: &Matter, language: Language) -> String {
    let comparison = &matter.comparison;
    match matter.rule {
        Rule::BehindPlanPoint => catch_up(comparison, language),
        Rule::FarAhead => ahead(comparison, language),
        Rule::IndicatorBehind => indicator_behind(comparison, language),
        Rule::PlanPointComing => coming(comparison, language),
        rule => standing_advice(rule, language).to_owned(),
    }
}

/// What is asked whatever the figures are.
fn standing_advice(rule: Rule, language: Language) -> &'static str {
    let (chinese, english) = match rule {
        Rule::OverBudget => (
            "请立即核对支出明细，查有无重复入账、应冲销或应退款；确需增加的，先办理预算调整，办妥前不再安排支付。",
            "Check the payments at once for double postings, reversals and refunds; where more money is really needed, have \
             the budget adjusted first, and pay nothing until then.",
        ),
        Rule::IndicatorBreached => (
            "请核实监测值；确未达到的，请说明原因、整改措施和完成时限。",
            "Verify the reading; if the target was indeed missed, give the cause, the measure taken and its deadline.",
        ),
        Rule::IndicatorOverdue => (
            "已经完成的，请补报完成日期和佐证材料；尚未完成的，请说明原因和预计完成日期。",
            "If it was done, report the day and the evidence; if not, give the cause and the day on which it will be.",
        ),
        Rule::BehindTime => (
            "请对照全年预算核实支出进度；偏慢的，请抓紧支付到期款项，偏快的，请核对支付日期和金额。",
            "Hold the spending against the year's budget; if it is slow, pay what is due, and if it is fast, check the days \
             and amounts of the payments.",
        ),
        Rule::BehindCurve => (
            "请抓紧支付到期款项，尽快达到规定的支出比例；确实不能支出的，请说明原因和预计支付时间。",
            "Pay what is due and reach the share asked for; where that is impossible, give the cause and the day on which it \
             will be paid.",
        ),
        Rule::WorkGap => (
            "请核对工作完成量和支出金额：支出快于工作的，请说明预付情况；工作快于支出的，请及时办理支付或入账。",
            "Check both the work done and the money spent: explain what was paid in advance, or pay and post what was earned.",
        ),
        Rule::RecurringMissed => (
            "请说明逾期月份的原因，补齐佐证材料，并保证以后各月按时完成。",
            "Give the cause for the months that were late, add the evidence, and see that the coming months are in time.",
        ),
        Rule::FiguresStale => (
            "已经支付的，请尽快补录入账；确实没有支付的，请说明原因和预计支付时间。",
            "Post what was paid; if nothing was, give the cause and the day on which it will be paid.",
        ),
        _ => (
            "请补报最新监测值和佐证材料；暂时无法取得的，请说明原因和预计报送时间。",
            "Report the latest reading with its evidence; if there is none yet, give the cause and the day on which it comes.",
        ),
    };
    language.pick(chinese, english)
}

fn ahead(comparison: &Comparison, language: Language) -> String {
    let until = until(comparison, language);
    match (language, until) {
        (Language::Chinese, until) => {
            let revise = until.map_or_else(String::new, |on| format!("；支出无误的，请在{on}前按程序调整支出计划"));
            format!("请核对支付日期和金额，确认是否提前支付或记错项目{revise}。")
        }
        (Language::English, until) => {
            let revise =
                until.map_or_else(String::new, |on| format!(" If all is right, have the plan revised by {on}."));
            format!("Check the days and amounts of the payments: paid early, or posted to the wrong project?{revise}")
        }
    }
}

fn indicator_behind(comparison: &Comparison, language: Language) -> String {
    let by = until(comparison, language);
    match language {
        Language::Chinese => {
            let by = by.unwrap_or_else(|| "年度结束".to_owned());
            format!("请核实完成情况，在{by}前赶上进度，并补报最新监测值。")
        }
        Language::English => {
            let by = by.unwrap_or_else(|| "the end of the year".to_owned());
            format!("Verify what was done, catch up by {by}, and report the latest reading.")
        }
    }
}

/// So much now to reach the point passed, so much by the next point to reach that one.
///
/// The figures are those of the columns, rounded to two decimals of 万元: what rounding hides (50 yuan at most) lies
/// within the tolerance of the rules.
fn catch_up(comparison: &Comparison, language: Language) -> String {
    let zh = language == Language::Chinese;
    let money = |fen| amount(fen, language);
    let missing = comparison.plan.as_ref().and_then(|plan| plan.due.minus(comparison.spent).ok());
    let now = match missing {
        Some(missing) if zh => format!("请尽快支出{}，补足本节点计划", money(missing)),
        Some(missing) => format!("Spend the {} that this plan point still lacks", money(missing)),
        None => language.pick("请尽快补足应支出金额", "Spend what is due").to_owned(),
    };
    let Some(plan) = &comparison.plan else { return format!("{now}{}", language.pick("。", ".")) };
    let next = plan.next_stated.and_then(|next| Some((next, next.minus(comparison.spent).ok()?)));
    let on = plan.next_point_on.map(|on| day(on, language)).unwrap_or_default();
    match (plan.next_point_on, next) {
        (Some(_), Some((_, more))) if missing.is_some_and(|missing| more <= missing) => match language {
            Language::Chinese => format!("{now}，最迟不晚于{on}。"),
            Language::English => format!("{now}, by {on} at the latest."),
        },
        (Some(_), Some((next, more))) => {
            let (more, next) = (money(more), money(next));
            match language {
                Language::Chinese => format!("{now}；{on}前累计至少再支出{more}，达到下一节点计划{next}。"),
                Language::English => {
                    format!("{now}; by {on} spend {more} in all, to reach the {next} of the next plan point.")
                }
            }
        }
        (Some(_), None) => match language {
            Language::Chinese => format!("{now}，最迟不晚于{on}（下一节点未填报计划数）。"),
            Language::English => format!("{now}, by {on} at the latest (the next plan point's figure is blank)."),
        },
        (None, _) => match language {
            Language::Chinese => format!("{now}；年度计划节点均已过，不能支出的请说明结余或结转情况。"),
            Language::English => {
                format!("{now}; the year's plan points have all passed: say what is left over or carried forward.")
            }
        },
    }
}

fn coming(comparison: &Comparison, language: Language) -> String {
    let next = comparison.plan.as_ref().and_then(|plan| plan.points.next_figure(comparison.as_of));
    let more = next.and_then(|(on, planned)| Some((on, planned.minus(comparison.spent).ok()?)));
    let more = more.map(|(on, more)| (day(on, language), amount(more, language)));
    match (language, more) {
        (Language::Chinese, Some((on, more))) => {
            format!("请在{on}前支付{more}并及时入账；预计不能支付的，请提前说明原因。")
        }
        (Language::Chinese, None) => "请在节点前完成支付并及时入账；预计不能支付的，请提前说明原因。".to_owned(),
        (Language::English, Some((on, more))) => {
            format!("Pay {more} by {on} and post it in time; if that will not be possible, say why beforehand.")
        }
        (Language::English, None) => {
            "Pay by then and post it in time; if that will not be possible, say why beforehand.".to_owned()
        }
    }
}

fn until(comparison: &Comparison, language: Language) -> Option<String> {
    let next = comparison.plan.as_ref()?.next_point_on?;
    Some(day(next, language))
}
