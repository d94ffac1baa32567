//! What time brought an alert, in a sentence: a reminder, a step upwards, an end, a day that has passed.

use crate::domain::attend::Step;
use crate::domain::language::Language;
use crate::domain::measure::Measure;
use crate::render::figures::day;
use crate::render::words;
use chrono::NaiveDate;

/// A sentence about a step; of a measure's, with what was to be done and by whom.
#[must_use]
pub fn words(step: &Step, measure: Option<&Measure>, language: Language) -> String {
    let english = language == Language::English;
    match step {
        Step::Remind { number, after_working_days } if english => {
            format!(
                "Reminder {number}: {after_working_days} working days since the last word of it, and it still stands."
            )
        }
        Step::Remind { number, after_working_days } => {
            format!("第{number}次提醒：距上次告知已{after_working_days}个工作日，仍未解除。")
        }
        Step::Escalate { to, after_working_days, .. } if english => {
            let role = words::role(*to, language);
            format!("Nobody has answered for {after_working_days} working days: now also told to the {role}.")
        }
        Step::Escalate { to, after_working_days, .. } => {
            format!("预警已{after_working_days}个工作日无人确认，现报{}。", words::role(*to, language))
        }
        Step::AnnounceEnd { until } if english => {
            format!("Set aside until {}; it is told again after that day if it still stands.", day(*until, language))
        }
        Step::AnnounceEnd { until } => {
            format!("暂不预警的期限将于{}届满，届时仍未解决的恢复预警。", day(*until, language))
        }
        Step::EndWaiver { until } if english => {
            format!("It was set aside until {}, and still stands.", day(*until, language))
        }
        Step::EndWaiver { until } => {
            format!("暂不预警的期限已于{}届满，问题仍未解决，恢复预警。", day(*until, language))
        }
        Step::Overdue { .. } => overdue(measure, language),
    }
}

fn overdue(measure: Option<&Measure>, language: Language) -> String {
    let Some(measure) = measure else {
        return language.pick("整改措施逾期。", "A measure is overdue.").to_owned();
    };
    let (what, owner, due_on) = (&measure.what, &measure.owner, day(measure.due_on, language));
    let kind = match &measure.disposition {
        Some((disposition, document_no)) => {
            format!("{}（{document_no}）", words::disposition(*disposition, language))
        }
        None => language.pick("整改措施", "measure").to_owned(),
    };
    match language {
        Language::Chinese => format!("{kind}逾期：“{what}”，责任人{owner}，应于{due_on}前完成，尚未登记完成证明。"),
        Language::English => {
            format!("Overdue {kind}: “{what}”, {owner}, due on {due_on}; nothing says that it was carried out.")
        }
    }
}

/// What was decided to be done, by whom and by when, as the story keeps it.
#[must_use]
pub fn measure_set(measure: &Measure) -> String {
    let due_on = day(measure.due_on, Language::Chinese);
    let (what, owner) = (&measure.what, &measure.owner);
    match &measure.disposition {
        None => format!("整改措施：{what}（责任人{owner}，{due_on}前完成）"),
        Some((disposition, document_no)) => {
            let word = words::disposition(*disposition, Language::Chinese);
            format!("处置意见：{word}（{document_no}）。{what}（责任人{owner}，{due_on}前完成）")
        }
    }
}

/// That it was done, as the story keeps it.
#[must_use]
pub fn measure_done(what: &str, done_on: NaiveDate, evidence: &str) -> String {
    format!("“{what}”已于{}完成：{evidence}", day(done_on, Language::Chinese))
}
