//! Why a verdict says what it says, as one sentence with its numbers: the same sentence in the API, the letter and
//! the terminal.

use crate::domain::language::Language;
use crate::domain::money::{Fen, Ratio};
use crate::domain::rule::Severity;
use crate::domain::verdict::{Achievement, AchievementReason, IndicatorStanding, Reason, Verdict};
use crate::render::figures::{amount, day, short_day, threshold};
use crate::render::{explain_calendar, observed, words};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A verdict's sentence.
#[must_use]
pub fn explain(verdict: &Verdict, language: Language) -> String {
    explain_reason(&verdict.reason, verdict.point_on, verdict.severity, language)
}

/// The same from its parts, for a matter that is told without its verdict.
#[must_use]
pub fn explain_reason(reason: &Reason, point_on: Option<NaiveDate>, grave: Severity, language: Language) -> String {
    match reason {
        Reason::Behind { due, spent, rate, threshold } => {
            let figures = SpentOfDue { due: *due, spent: *spent, rate: *rate };
            format!("{}{}", lead(&figures, point_on, language), line_missed(&figures, *threshold, grave, language))
        }
        Reason::FarAhead { due, spent, rate } => {
            let figures = SpentOfDue { due: *due, spent: *spent, rate: *rate };
            format!("{}{}", lead(&figures, point_on, language), language.pick("，明显超前", ", far ahead"))
        }
        Reason::OverBudget { budget, spent } => over_budget(*budget, *spent, language),
        Reason::Indicator(standing) => explain_achievement(standing, language),
        by_calendar => explain_calendar::explain(by_calendar, language),
    }
}

struct SpentOfDue {
    due: Fen,
    spent: Fen,
    rate: Option<Ratio>,
}

fn lead(figures: &SpentOfDue, point_on: Option<NaiveDate>, language: Language) -> String {
    let (due, spent) = (amount(figures.due, language), amount(figures.spent, language));
    match (language, figures.rate) {
        (Language::Chinese, Some(rate)) => {
            format!("{}应支出{due}，实际支出{spent}，完成计划的{}", until(point_on), rate.percent())
        }
        (Language::Chinese, None) => format!("{}没有支出计划，实际已支出{spent}", until(point_on)),
        (Language::English, Some(rate)) => {
            format!("{due} was due {}, {spent} was spent: {} of plan", by(point_on), rate.percent())
        }
        (Language::English, None) => format!("nothing was due {}, {spent} was spent", by(point_on)),
    }
}

fn until(point_on: Option<NaiveDate>) -> String {
    point_on.map_or_else(|| "首个计划节点前".to_owned(), |on| format!("截至{}节点", short_day(on, Language::Chinese)))
}

fn by(point_on: Option<NaiveDate>) -> String {
    point_on.map_or_else(|| "before the first plan point".to_owned(), |on| format!("by the plan point of {on}"))
}

/// Which line was missed. Where rounding would show the rate on the line, it says that it is just below.
fn line_missed(figures: &SpentOfDue, line: Option<Decimal>, grave: Severity, language: Language) -> String {
    let Some(line) = line else {
        return language.pick("，低于计划且超出允许误差", ", below plan by more than the tolerance").to_owned();
    };
    let shown_on_line = figures.rate.is_some_and(|rate| rate.decimal() >= line);
    let line = threshold(line);
    match language {
        Language::Chinese => {
            let word = if shown_on_line { "略低于" } else { "低于" };
            format!("，{word}{line}的{}线", words::severity(grave, language))
        }
        Language::English => {
            let word = if shown_on_line { "just below" } else { "below" };
            format!(", {word} the {} line of {line}", words::severity(grave, language))
        }
    }
}

fn over_budget(budget: Fen, spent: Fen, language: Language) -> String {
    let over = amount(spent.minus(budget).unwrap_or(Fen::ZERO), language);
    let (budget, spent) = (amount(budget, language), amount(spent, language));
    match language {
        Language::Chinese => format!("实际支出{spent}，超过调整后预算{budget}，超出{over}"),
        Language::English => format!("{spent} was spent, {over} more than the adjusted budget of {budget}"),
    }
}

/// An indicator's sentence.
#[must_use]
pub fn explain_achievement(of: &IndicatorStanding, language: Language) -> String {
    let word = words::achievement(of.standing, language);
    match &of.reason {
        AchievementReason::NoReading if of.standing == Achievement::NothingYet => language
            .pick("尚无监测值，上限类指标不据此认定达标", "no reading yet; a cap is not met by silence")
            .to_owned(),
        AchievementReason::NoReading => language.pick("暂无监测值", "no reading yet").to_owned(),
        AchievementReason::ReadingOfOtherKind => other_kind(of, language),
        AchievementReason::Bound { value, comparator, bound, stated } => {
            let target = format!("{}{}", comparator.sign(), bound.normalize());
            let said = match language {
                Language::Chinese => format!("监测值{}，指标值{target}，{word}", value.normalize()),
                Language::English => format!("read {}, target {target}: {word}", value.normalize()),
            };
            let guess = language
                .pick("（文件未写比较符，暂按此比对）", " (the document states no comparator; this one is assumed)");
            if *stated { said } else { format!("{said}{guess}") }
        }
        AchievementReason::RunningCount { value, expected, bound, over_fulfilled } => {
            let (value, expected, bound) = (value.normalize(), expected.normalize(), bound.normalize());
            let said = match language {
                Language::Chinese => {
                    format!("累计完成{value}，按时间进度应完成{expected}，全年指标值{bound}，{word}")
                }
                Language::English => format!("{value} done, {expected} expected by now, {bound} for the year: {word}"),
            };
            let high =
                language.pick("；远超指标值，请核对指标值是否偏低", "; so far above that the target may be too low");
            if *over_fulfilled { format!("{said}{high}") } else { said }
        }
        AchievementReason::Deadline { due_on, done_on } => deadline(*due_on, *done_on, of.standing, language),
        AchievementReason::Months { due, kept, late, missing } => match language {
            Language::Chinese => {
                format!("已到期{due}个月：按时完成{kept}个月，逾期{late}个月，未报{missing}个月，{word}")
            }
            Language::English => {
                format!("{due} months due: {kept} in time, {late} late, {missing} without a reading: {word}")
            }
        },
        AchievementReason::Judged => {
            let graded = of.reading.map_or_else(String::new, |reading| observed::words(reading, language));
            match language {
                Language::Chinese => format!("人工评定为“{graded}”，{word}"),
                Language::English => format!("judged \"{graded}\": {word}"),
            }
        }
    }
}

fn other_kind(of: &IndicatorStanding, language: Language) -> String {
    let shown = of.reading.map_or_else(String::new, |reading| observed::words(reading, language));
    match language {
        Language::Chinese => format!("监测值“{shown}”与指标值不是同一类，无法比对"),
        Language::English => format!("the reading \"{shown}\" is of another kind than the target"),
    }
}

fn deadline(due_on: NaiveDate, done_on: Option<NaiveDate>, standing: Achievement, language: Language) -> String {
    let due = day(due_on, language);
    match (language, done_on) {
        (Language::Chinese, Some(done)) => {
            let how = if standing == Achievement::Met { "已按期完成" } else { "逾期完成" };
            format!("期限{due}，{}完成，{how}", day(done, language))
        }
        (Language::Chinese, None) if standing == Achievement::Overdue => format!("期限{due}已过，未见完成记录"),
        (Language::Chinese, None) => format!("期限{due}，未到期"),
        (Language::English, Some(done)) => {
            let how = if standing == Achievement::Met { "in time" } else { "late" };
            format!("due by {due}, done on {done}: {how}")
        }
        (Language::English, None) if standing == Achievement::Overdue => {
            format!("due by {due}, and nothing says that it was done")
        }
        (Language::English, None) => format!("due by {due}, not due yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(due: i64, spent: i64, line: Option<&str>) -> Reason {
        let (due, spent) = (Fen::new(due), Fen::new(spent));
        let rate = Ratio::of(spent.decimal(), due.decimal());
        Reason::Behind { due, spent, rate, threshold: line.map(|line| line.parse().unwrap()) }
    }

    fn say(reason: &Reason, grave: Severity, language: Language) -> String {
        explain_reason(reason, "2024-06-30".parse().ok(), grave, language)
    }

    #[test]
    fn a_lag_is_told_with_its_numbers_and_the_line_it_missed() {
        let reason = behind(45_390_000, 31_000_000, Some("0.80"));
        assert_eq!(
            say(&reason, Severity::Warning, Language::Chinese),
            "截至6月30日节点应支出45.39万元，实际支出31.00万元，完成计划的68.30%，低于80%的预警线"
        );
        assert_eq!(
            say(&reason, Severity::Warning, Language::English),
            "453,900.00 yuan was due by the plan point of 2024-06-30, 310,000.00 yuan was spent: 68.30% of plan, \
             below the warning line of 80%"
        );
        assert_eq!(
            say(&behind(45_390_000, 44_000_000, None), Severity::Notice, Language::Chinese),
            "截至6月30日节点应支出45.39万元，实际支出44.00万元，完成计划的96.94%，低于计划且超出允许误差"
        );
    }

    #[test]
    fn a_rate_that_rounds_onto_the_line_is_said_to_be_just_below_it() {
        let said = say(&behind(100_000_000, 59_999_999, Some("0.6")), Severity::Critical, Language::Chinese);
        assert!(said.ends_with("完成计划的60.00%，略低于60%的严重线"), "{said}");
    }

    #[test]
    fn money_beyond_the_budget_or_before_the_first_point_says_so() {
        let over = Reason::OverBudget { budget: Fen::new(90_780_000), spent: Fen::new(95_000_000) };
        assert_eq!(
            say(&over, Severity::Critical, Language::Chinese),
            "实际支出95.00万元，超过调整后预算90.78万元，超出4.22万元"
        );
        let early = Reason::FarAhead { due: Fen::ZERO, spent: Fen::new(1_000_000), rate: None };
        assert_eq!(
            explain_reason(&early, None, Severity::Notice, Language::Chinese),
            "首个计划节点前没有支出计划，实际已支出1.00万元，明显超前"
        );
    }
}
