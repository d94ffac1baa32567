//! What a subject says of one matter, after the project's name: once with its figure, once in a word where the line is full.

use crate::domain::language::Language;
use crate::domain::letter::Matter;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Reason;
use crate::render::figures::{percent, short_day, size, terse, threshold};
use crate::render::tally::{Family, family};
use crate::render::width::shorten_signs;
use crate::render::words;

/// Signs of an indicator's name that a subject shows.
const INDICATOR_SIGNS: usize = 12;

/// A matter in a subject.
pub struct Phrase {
    /// With its figure.
    pub whole: String,
    /// In a word.
    pub brief: String,
}

/// What a subject says of a matter, after the project's name.
pub fn phrase(matter: &Matter, language: Language) -> Phrase {
    let brief = match (language, family(matter.rule)) {
        (Language::Chinese, Family::Spending | Family::Figures) => words::rule(matter.rule, language).to_owned(),
        (Language::Chinese, _) => format!("：{}", words::rule(matter.rule, language)),
        (Language::English, _) => match matter.comparison.rate_of_plan {
            Some(rate) if matter.rule == Rule::BehindPlanPoint => format!("{} of plan", rate.percent()),
            _ => words::rule_briefly(matter.rule, language).to_owned(),
        },
    };
    let whole = match language {
        Language::Chinese => chinese(matter),
        Language::English => english(matter),
    };
    Phrase { whole: whole.unwrap_or_else(|| brief.clone()), brief }
}

fn chinese(matter: &Matter) -> Option<String> {
    let zh = Language::Chinese;
    let comparison = &matter.comparison;
    let rate = percent(comparison.rate_of_plan);
    let gap = || Some(terse(size(comparison.gap?), zh));
    Some(match (&matter.reason, matter.rule) {
        (Some(Reason::OffTime { rate, ahead, .. }), _) => {
            format!("支出偏{}：为序时进度的{}", if *ahead { "快" } else { "慢" }, rate.percent())
        }
        (Some(Reason::BehindCurve { least, rate, .. }), _) => {
            format!("支出占预算{}，未达{}", rate.percent(), threshold(*least))
        }
        (Some(Reason::WorkGap { points, .. }), _) => format!("：工作与支出相差{}个百分点", points.abs()),
        (Some(Reason::Stale { days, .. }), _) => format!("已{days}天没有支出入账"),
        (Some(Reason::Missing { indicators, .. }), _) if matter.indicator.is_none() => {
            format!("{indicators}项指标未报监测值")
        }
        (Some(Reason::Coming { on, working_days, unpaid, .. }), _) => {
            let on = short_day(*on, zh);
            format!("：{on}节点还有{working_days}个工作日，尚有{}未支付", unpaid.percent())
        }
        (_, Rule::OverBudget) => {
            let over = comparison.spent.minus(comparison.adjusted_budget?).ok()?;
            format!("超预算{}", terse(over, zh))
        }
        (_, Rule::FarAhead) if comparison.rate_of_plan.is_some() => format!("支出超前：完成计划{rate}，多{}", gap()?),
        (_, Rule::FarAhead) => format!("未到节点已支出{}", terse(comparison.spent, zh)),
        (_, Rule::BehindPlanPoint) => {
            let word = if matter.severity == Severity::Critical { "严重滞后" } else { "支出滞后" };
            format!("{word}：完成计划{rate}，差{}", gap()?)
        }
        (_, rule) => {
            let (name, _) = matter.indicator.as_ref()?;
            format!("：{}“{}”", words::rule(rule, zh), shorten_signs(name, INDICATOR_SIGNS))
        }
    })
}

fn english(matter: &Matter) -> Option<String> {
    let en = Language::English;
    let comparison = &matter.comparison;
    let rate = percent(comparison.rate_of_plan);
    let gap = || Some(terse(size(comparison.gap?), en));
    Some(match (&matter.reason, matter.rule) {
        (Some(Reason::OffTime { rate, .. }), _) => format!("at {} of the year's pace", rate.percent()),
        (Some(Reason::BehindCurve { least, rate, .. }), _) => {
            format!("{} of budget spent, {} asked", rate.percent(), threshold(*least))
        }
        (Some(Reason::WorkGap { points, .. }), _) => format!("work and spending {} points apart", points.abs()),
        (Some(Reason::Stale { days, .. }), _) => format!("nothing posted for {days} days"),
        (Some(Reason::Missing { indicators, .. }), _) if matter.indicator.is_none() => {
            format!("no reading of {indicators} indicators")
        }
        (Some(Reason::Coming { on, unpaid, .. }), _) => {
            format!("{} unpaid by {on}", unpaid.percent())
        }
        (_, Rule::OverBudget) => {
            let over = comparison.spent.minus(comparison.adjusted_budget?).ok()?;
            format!("over budget by {}", terse(over, en))
        }
        (_, Rule::FarAhead) if comparison.rate_of_plan.is_some() => format!("{rate} of plan, {} ahead", gap()?),
        (_, Rule::FarAhead) => format!("{} spent before any was due", terse(comparison.spent, en)),
        (_, Rule::BehindPlanPoint) => format!("{rate} of plan, {} short", gap()?),
        (_, rule) => {
            let (name, _) = matter.indicator.as_ref()?;
            format!("{} “{}”", words::rule(rule, en), shorten_signs(name, INDICATOR_SIGNS))
        }
    })
}
