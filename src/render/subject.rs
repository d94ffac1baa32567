//! A letter's subject: what a head of finance reads in a full inbox, so the gravest thing and its figure come first.

use crate::domain::alert::Change;
use crate::domain::language::Language;
use crate::domain::letter::{Matter, WarningFacts};
use crate::domain::money::Ratio;
use crate::domain::note::Note;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::Standing;
use crate::render::figures::{short_day, size, terse};
use crate::render::subject_phrase::{Phrase, phrase};
use crate::render::tally::{Family, Tally, family};
use crate::render::width::shorten_signs;
use crate::render::words;

/// A subject has fewer signs than this.
pub const SUBJECT_LIMIT: usize = 60;

/// A name cut below this says nothing; it is left out instead.
const SHORTEST_NAME: usize = 8;
/// For so much of a name the rest of the line is made shorter.
const READABLE_NAME: usize = 12;

/// The subject of a letter about these matters.
pub fn subject(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let line = match (tally.lead(), tally.projects()) {
        (None, _) => resolved(facts, tally),
        (Some(lead), 1) => one_project(facts, tally, lead),
        (Some(lead), _) => several(facts, tally, lead),
    };
    one_line(&line)
}

/// On one line, and short enough.
pub fn one_line(line: &str) -> String {
    let line: String = line.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    shorten_signs(&line, SUBJECT_LIMIT - 1)
}

/// What kind of letter it is, how grave, and what time brought: `【预算执行严重预警】〔第2次提醒〕`.
fn tag(lead: &Matter, tally: &Tally<'_>, language: Language) -> String {
    let mark = mark(tally, language);
    if language == Language::English {
        let kind = match lead.severity {
            _ if family(lead.rule) == Family::Coming => "Coming",
            Severity::Critical => "Critical",
            Severity::Warning => "Warning",
            Severity::Notice => "Notice",
        };
        let mark = if mark.is_empty() { mark } else { format!(", {mark}") };
        return format!("[{kind}{mark}] ");
    }
    let kind = match lead.severity {
        _ if family(lead.rule) == Family::Coming => "【支出计划节点提示】",
        Severity::Critical => "【预算执行严重预警】",
        Severity::Warning => "【预算执行预警】",
        Severity::Notice => "【预算执行提示】",
    };
    let mark = if mark.is_empty() { mark } else { format!("〔{mark}〕") };
    format!("{kind}{mark}")
}

/// The gravest thing that time brought; a reminder only where there is nothing else.
fn mark(tally: &Tally<'_>, language: Language) -> String {
    let all = tally.active().count();
    let changes = [
        (Change::Escalated, "逾期未答复", "escalated"),
        (Change::MeasureOverdue, "整改逾期", "measure overdue"),
        (Change::WaiverEnded, "暂不预警已到期", "waiver over"),
        (Change::WaiverEnding, "暂不预警将到期", "waiver ending"),
        (Change::Reminded, "再次提醒", "reminder"),
    ];
    let found = changes.into_iter().find(|(change, ..)| tally.of_change(*change) > 0);
    let Some((change, chinese, english)) = found else { return String::new() };
    let count = tally.of_change(change);
    if change == Change::Reminded && count < all {
        return String::new();
    }
    match (language, numbered(tally, change)) {
        (Language::Chinese, Some(number)) => format!("第{number}次提醒"),
        (Language::English, Some(number)) => format!("reminder {number}"),
        (Language::Chinese, None) if count < all => format!("{count}项{chinese}"),
        (Language::English, None) if count < all => format!("{count} {english}"),
        (_, None) => language.pick(chinese, english).to_owned(),
    }
}

/// The number of the reminder, where all are reminders of that number.
fn numbered(tally: &Tally<'_>, change: Change) -> Option<u32> {
    let number = |matter: &Matter| match matter.notes.last() {
        Some(Note::Reminder { number, .. }) => Some(*number),
        _ => None,
    };
    let first = tally.active().next().and_then(number).filter(|_| change == Change::Reminded)?;
    tally.active().all(|matter| number(matter) == Some(first)).then_some(first)
}

fn one_project(facts: &WarningFacts, tally: &Tally<'_>, lead: &Matter) -> String {
    let language = facts.recipient.language;
    let tag = tag(lead, tally, language);
    let others = tally.active().count() - 1;
    let day = short_day(facts.as_of, language);
    let Phrase { whole, brief } = phrase(lead, language);
    let choices = match language {
        Language::Chinese => {
            let others = if others > 0 { format!("，另{others}项") } else { String::new() };
            [format!("{whole}{others}（截至{day}）"), format!("{whole}{others}"), format!("{brief}{others}")]
        }
        Language::English => {
            let others = if others > 0 { format!("; {others} more") } else { String::new() };
            [format!(": {whole}{others} ({day})"), format!(": {whole}{others}"), format!(": {brief}{others}")]
        }
    };
    let readable = lead.name.chars().count().min(READABLE_NAME);
    let room = |after: &String| (SUBJECT_LIMIT - 1).saturating_sub(tag.chars().count() + after.chars().count());
    let after = choices.iter().find(|after| room(after) >= readable).or_else(|| choices.last());
    with_name(&tag, &lead.name, after.map_or("", String::as_str))
}

fn several(facts: &WarningFacts, tally: &Tally<'_>, lead: &Matter) -> String {
    let language = facts.recipient.language;
    let day = short_day(facts.as_of, language);
    let critical = tally.behind(Some(Severity::Critical));
    let other = [Rule::BehindTime, Rule::BehindCurve, Rule::WorkGap].map(|rule| tally.of_rule(rule)).iter().sum();
    let counts = [
        (tally.of_rule(Rule::OverBudget), "个", "超预算", "over budget"),
        (critical, "个", "严重滞后", "critically behind"),
        (tally.behind(None) - critical, "个", "滞后", "behind"),
        (tally.of_rule(Rule::FarAhead), "个", "超前", "ahead"),
        (other, "项", "进度偏差", "off pace"),
        (tally.indicators.len(), "项", "指标偏差", "off target"),
        (tally.figures.len(), "项", "数据未报", "without figures"),
        (tally.coming.len(), "个", "节点临近", "coming"),
        (tally.resolved.len(), "项", "恢复", "over"),
    ];
    let counts = counts.iter().filter(|(count, ..)| *count > 0);
    let tag = tag(lead, tally, language);
    let gap = tally.largest_shortfall().and_then(|worst| Some((worst, terse(size(worst.comparison.gap?), language))));
    let choices = if language == Language::English {
        let parts: Vec<String> = counts.map(|(count, _, _, word)| format!("{count} {word}")).collect();
        let said = parts.join(", ");
        let gap = gap.map_or_else(String::new, |(_, gap)| format!("; worst gap {gap}"));
        // The gravest come first: where the line is full, the last are left to the letter.
        let most =
            (1..parts.len()).rev().filter_map(|count| Some(format!("{tag}{}, …", parts.get(..count)?.join(", "))));
        let whole = [format!("{tag}{said}{gap} ({day})"), format!("{tag}{said}{gap}"), format!("{tag}{said}")];
        whole.into_iter().chain(most).collect()
    } else {
        let spoken = counts.clone().map(|(count, per, word, _)| format!("{count}{per}{word}")).collect::<Vec<_>>();
        let terse = counts.map(|(count, _, word, _)| format!("{word}{count}")).collect::<Vec<_>>();
        let spoken = format!("{tag}截至{day}：{}", spoken.join("、"));
        let terse = format!("{tag}{day}：{}", terse.join("、"));
        let mut choices = gap.map_or_else(Vec::new, |(worst, gap)| {
            vec![
                with_name(&format!("{spoken}；最大差额："), &worst.name, &gap),
                format!("{spoken}；最大差额{gap}"),
                format!("{terse}；最大差额{gap}"),
            ]
        });
        choices.extend([spoken, terse]);
        choices
    };
    let fits = choices.iter().find(|line| line.chars().count() < SUBJECT_LIMIT).or_else(|| choices.last());
    fits.cloned().unwrap_or(tag)
}

fn resolved(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let language = facts.recipient.language;
    let day = short_day(facts.as_of, language);
    let tag = language.pick("【预算执行恢复】", "[Over] ");
    let Some(first) = tally.resolved.first() else {
        return match language {
            Language::Chinese => format!("【预算执行】截至{day}没有需要处理的事项"),
            Language::English => format!("[Budget] Nothing needs attention as of {day}"),
        };
    };
    let count = tally.resolved.len();
    if count > 1 {
        let end = match language {
            Language::Chinese => format!("等{count}项预警已恢复正常（截至{day}）"),
            Language::English => format!(" and {} more back to normal", count - 1),
        };
        return with_name(tag, &first.name, &end);
    }
    let settled =
        family(first.rule) == Family::Spending && matches!(first.standing, Standing::OnPlan | Standing::NotDue);
    let rate = first.comparison.rate_of_plan.filter(|_| settled).map(Ratio::percent);
    let end = match (language, rate) {
        (Language::Chinese, Some(rate)) => format!("已恢复正常：完成计划{rate}（截至{day}）"),
        (Language::Chinese, None) if settled => format!("已恢复正常（截至{day}）"),
        (Language::Chinese, None) => format!("“{}”已恢复正常（截至{day}）", words::rule(first.rule, language)),
        (Language::English, Some(rate)) => format!(": back to normal, {rate} of plan"),
        (Language::English, None) if settled => ": back to normal".to_owned(),
        (Language::English, None) => format!(": no longer “{}”", words::rule(first.rule, language)),
    };
    with_name(tag, &first.name, &end)
}

/// The name between its neighbours, shortened to what is left of the line; left out where nothing is.
pub fn with_name(before: &str, name: &str, after: &str) -> String {
    let room = (SUBJECT_LIMIT - 1).saturating_sub(before.chars().count() + after.chars().count());
    if name.chars().count() > room && room < SHORTEST_NAME {
        return format!("{before}{}", after.trim_start_matches([':', '：', ' ']));
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
