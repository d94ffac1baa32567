//! The sentences of the rules that look at the calendar beside the money: the year's pace, a curve, a coming point,
//! and figures that do not come.

use crate::domain::language::Language;
use crate::domain::money::Ratio;
use crate::domain::verdict::Reason;
use crate::render::figures::{amount, short_day, threshold};
use rust_decimal::Decimal;

/// Such a reason's sentence; empty for the reasons of other rules.
pub fn explain(reason: &Reason, language: Language) -> String {
    match language {
        Language::Chinese => chinese(reason),
        Language::English => english(reason),
    }
}

fn chinese(reason: &Reason) -> String {
    let zh = Language::Chinese;
    match reason {
        Reason::OffTime { budget, spent, of_year, rate, threshold: line, ahead } => {
            let side = if *ahead { "达到或超过" } else { "低于" };
            format!(
                "调整后预算数{}，实际支出{}；序时进度{}，支出进度为序时进度的{}，{side}{}",
                amount(*budget, zh),
                amount(*spent, zh),
                of_year.percent(),
                rate.percent(),
                threshold(*line)
            )
        }
        Reason::BehindCurve { on, least, budget, spent, rate } => format!(
            "截至{}应支出调整后预算数{}的{}，实际支出{}，占{}",
            short_day(*on, zh),
            amount(*budget, zh),
            threshold(*least),
            amount(*spent, zh),
            rate.percent()
        ),
        Reason::WorkGap { work, spending, points, allowed_points, counts } => {
            let ahead = if points.is_sign_negative() { "支出快于工作" } else { "工作快于支出" };
            format!(
                "工作完成{}（{counts}项计数指标完成比例的平均数，每项最多计100%），支出占预算{}，{ahead}{}个百分点，超过{}个百分点",
                work.percent(),
                spending.percent(),
                points.abs(),
                allowed_points.normalize()
            )
        }
        Reason::Stale { last_paid_on, days, due, spent } => {
            let since = last_paid_on.map_or_else(
                || format!("年初以来{days}天没有支出入账"),
                |on| format!("最近一笔支出在{}，已{days}天没有支出入账", short_day(on, zh)),
            );
            format!("{since}；应支出{}，实际支出{}", amount(*due, zh), amount(*spent, zh))
        }
        Reason::Missing { on, indicators, after_working_days: 0 } if *indicators > 1 => {
            format!("截至{}，{indicators}项绩效指标未报监测值", short_day(*on, zh))
        }
        Reason::Missing { on, indicators, after_working_days } if *indicators > 1 => {
            format!("{}已过{after_working_days}个工作日，{indicators}项绩效指标未报监测值", short_day(*on, zh))
        }
        Reason::Missing { on, after_working_days: 0, .. } => format!("截至{}未报监测值", short_day(*on, zh)),
        Reason::Missing { on, after_working_days, .. } => {
            format!("{}已过{after_working_days}个工作日，仍未报监测值", short_day(*on, zh))
        }
        Reason::Coming { on, working_days, planned, spent, unpaid, at_pace, short } => {
            let pace = if short.get() > 0 {
                format!("按目前进度届时支出{}，将差{}", amount(*at_pace, zh), amount(*short, zh))
            } else {
                "按目前进度可以完成".to_owned()
            };
            format!(
                "距{}节点还有{working_days}个工作日，计划支出{}，已支出{}，尚有{}未支付，{pace}",
                short_day(*on, zh),
                amount(*planned, zh),
                amount(*spent, zh),
                unpaid.percent()
            )
        }
        _ => String::new(),
    }
}

fn english(reason: &Reason) -> String {
    let en = Language::English;
    match reason {
        Reason::OffTime { budget, spent, of_year, rate, threshold: line, ahead } => {
            let side = if *ahead { "at or above" } else { "below" };
            format!(
                "{} of a budget of {} was spent when {} of the year has passed: {} of the year's pace, {side} {}",
                amount(*spent, en),
                amount(*budget, en),
                of_year.percent(),
                rate.percent(),
                threshold(*line)
            )
        }
        Reason::BehindCurve { on, least, budget, spent, rate } => format!(
            "{} of the budget of {} was to be spent by {on}, {} was spent: {}",
            threshold(*least),
            amount(*budget, en),
            amount(*spent, en),
            rate.percent()
        ),
        Reason::WorkGap { work, spending, points, allowed_points, counts } => {
            gap(*work, *spending, *points, *allowed_points, *counts)
        }
        Reason::Stale { last_paid_on, days, due, spent } => {
            let since = last_paid_on.map_or_else(
                || format!("nothing was posted in the {days} days since the year began"),
                |on| format!("nothing was posted in the {days} days since {on}"),
            );
            format!("{since}, though {} is due and {} was spent", amount(*due, en), amount(*spent, en))
        }
        Reason::Missing { on, indicators, after_working_days: 0 } if *indicators > 1 => {
            format!("{indicators} indicators have no reading by {on}")
        }
        Reason::Missing { on, indicators, after_working_days } if *indicators > 1 => {
            format!("{indicators} indicators have no reading {after_working_days} working days after {on}")
        }
        Reason::Missing { on, after_working_days: 0, .. } => format!("no reading by {on}"),
        Reason::Missing { on, after_working_days, .. } => {
            format!("no reading {after_working_days} working days after {on}")
        }
        Reason::Coming { on, working_days, planned, spent, unpaid, at_pace, short } => {
            let pace = if short.get() > 0 {
                format!(
                    "at the present pace {} will be spent by then, {} too little",
                    amount(*at_pace, en),
                    amount(*short, en)
                )
            } else {
                "at the present pace it will be reached".to_owned()
            };
            format!(
                "{working_days} working days before the plan point of {on}: {} is planned, {} was spent, {} is still unpaid; {pace}",
                amount(*planned, en),
                amount(*spent, en),
                unpaid.percent()
            )
        }
        _ => String::new(),
    }
}

fn gap(work: Ratio, spending: Ratio, points: Decimal, allowed: Decimal, counts: u32) -> String {
    let ahead = if points.is_sign_negative() { "spending is" } else { "work is" };
    format!(
        "{} of the work is done (mean of {counts} running counts, each at most 100%) and {} of the budget is spent: {ahead} {} \
         percentage points ahead, more than {}",
        work.percent(),
        spending.percent(),
        points.abs(),
        allowed.normalize()
    )
}
