//! What time brought an alert, in a sentence: a reminder, a step upwards, an end, a day that has passed.

use crate::domain::language::Language;
use crate::domain::measure::Measure;
use crate::domain::note::Note;
use crate::render::figures::day;
use crate::render::words;
use chrono::NaiveDate;

/// A sentence about it, as the story and the letters tell it.
#[must_use]
pub fn words(note: &Note, language: Language) -> String {
    match language {
        Language::Chinese => chinese(note),
        Language::English => english(note),
    }
}

fn chinese(note: &Note) -> String {
    let zh = Language::Chinese;
    match note {
        Note::Reminder { number, after_working_days } => {
            format!("第{number}次提醒：距上次告知已{after_working_days}个工作日，仍未解除。")
        }
        Note::Escalation { to, after_working_days, .. } => {
            format!("预警已{after_working_days}个工作日无人确认，现报{}。", words::role(*to, zh))
        }
        Note::WaiverEnding { until } => {
            format!("暂不预警的期限将于{}届满，届时仍未解决的恢复预警。", day(*until, zh))
        }
        Note::WaiverEnded { until } => {
            format!("暂不预警的期限已于{}届满，问题仍未解决，恢复预警。", day(*until, zh))
        }
        Note::MeasureOverdue { what, owner, due_on, disposition } => {
            let kind = match disposition {
                Some((kind, document_no)) => format!("{}（{document_no}）", words::disposition(*kind, zh)),
                None => "整改措施".to_owned(),
            };
            let due_on = day(*due_on, zh);
            format!("{kind}逾期：“{what}”，责任人{owner}，应于{due_on}前完成，尚未登记完成证明。")
        }
    }
}

fn english(note: &Note) -> String {
    let en = Language::English;
    match note {
        Note::Reminder { number, after_working_days } => {
            format!(
                "Reminder {number}: {after_working_days} working days since you were last told, and it still stands."
            )
        }
        Note::Escalation { to, after_working_days, .. } => {
            let role = words::role(*to, en);
            format!("Nobody has answered for {after_working_days} working days: now also told to the {role}.")
        }
        Note::WaiverEnding { until } => {
            format!("Set aside until {}; it is told again after that day if it still stands.", day(*until, en))
        }
        Note::WaiverEnded { until } => format!("It was set aside until {}, and still stands.", day(*until, en)),
        Note::MeasureOverdue { what, owner, due_on, disposition } => {
            let kind = match disposition {
                Some((kind, document_no)) => format!("decision to {} ({document_no})", words::disposition(*kind, en)),
                None => "measure".to_owned(),
            };
            let due_on = day(*due_on, en);
            format!("Overdue {kind}: “{what}” by {owner}, due on {due_on}; nothing says that it was carried out.")
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
