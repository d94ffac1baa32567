//! What a letter says as a whole: its first sentence, what it asks of the reader, and what its figures rest on.

use crate::domain::alert::Change;
use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::letter::WarningFacts;
use crate::domain::rule::{ALL_RULES, Rule, Severity};
use crate::render::figures::{NO_FIGURE, amount, beijing_time, day, size};
use crate::render::tally::{Family, Tally, family, point_on};
use crate::render::words;
use std::collections::BTreeSet;

/// The first sentence: how many, of what kind, how grave; for those above the officer also how much and where most.
pub fn summary(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    match facts.recipient.language {
        Language::Chinese => chinese_summary(facts, tally),
        Language::English => english_summary(facts, tally),
    }
}

fn chinese_summary(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let zh = Language::Chinese;
    let as_of = day(facts.as_of, zh);
    let officer = facts.recipient.role == ContactRole::Officer;
    let whose = if officer { "您负责的项目" } else { "本单位项目" };
    let over = tally.resolved.len();
    if tally.lead().is_none() {
        return format!("截至{as_of}，{whose}有{over}项预警已恢复正常，不需要再处理。");
    }
    let over = if over > 0 { format!("；另有{over}项已恢复正常") } else { String::new() };
    let (amiss, coming) = (tally.projects_amiss(), tally.projects_coming());
    let next = tally.coming.first().and_then(|matter| point_on(matter));
    let next = next.map_or_else(String::new, |on| format!("（最近的为{}）", day(on, zh)));
    if amiss == 0 {
        let whose = if officer { "您负责的项目中有" } else { "本单位有" };
        return format!("截至{as_of}，{whose}{coming}个项目的支出计划节点临近{next}，请提前安排支付{over}。");
    }
    let whose = if officer {
        format!("您负责的项目中有{amiss}个需要处理")
    } else {
        format!("本单位有{amiss}个项目需要处理")
    };
    let over = if coming > 0 { over.replace("另有", "") } else { over };
    let coming =
        if coming > 0 { format!("；另有{coming}个项目的支出计划节点临近{next}") } else { String::new() };
    let said = format!("截至{as_of}，{whose}：{}{coming}{over}。{}", kinds(tally, zh), of_time(tally, zh));
    if officer { said } else { said + &shortfall(tally, zh) }
}

fn english_summary(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let en = Language::English;
    let as_of = day(facts.as_of, en);
    let officer = facts.recipient.role == ContactRole::Officer;
    let whose = if officer { "of your projects" } else { "of your unit's projects" };
    let over = tally.resolved.len();
    let are_over = counted(over, "matter is back to normal", "matters are back to normal");
    if tally.lead().is_none() {
        let whose = if officer { "your projects" } else { "your unit's projects" };
        return format!("As of {as_of}, {are_over} among {whose}; nothing more is to be done about that.");
    }
    let over = if over > 0 { format!(" Also, {are_over}.") } else { String::new() };
    let (amiss, coming) = (tally.projects_amiss(), tally.projects_coming());
    let next = tally.coming.first().and_then(|matter| point_on(matter));
    let next = next.map_or_else(String::new, |on| format!(" (the next on {})", day(on, en)));
    let have = if coming == 1 { "has" } else { "have" };
    let point = format!("{coming} {whose} {have} a plan point coming{next}");
    if amiss == 0 {
        return format!("As of {as_of}, {point}: please see to the payments in time.{over}");
    }
    let coming = if coming > 0 { format!(" Besides, {point}.") } else { String::new() };
    let need = if amiss == 1 { "needs" } else { "need" };
    let kinds = kinds(tally, en);
    let said = format!("As of {as_of}, {amiss} {whose} {need} attention: {kinds}.{coming}{over}{}", of_time(tally, en));
    if officer { said } else { said + &shortfall(tally, en) }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn kinds(tally: &Tally<'_>, language: Language) -> String {
    let mut kinds = Vec::new();
    for rule in ALL_RULES.into_iter().filter(|rule| matches!(family(*rule), Family::Spending | Family::Figures)) {
        let count = if rule == Rule::FiguresMissing { tally.readings_missing() } else { tally.of_rule(rule) };
        let grades = if rule == Rule::BehindPlanPoint { grades(tally, language) } else { String::new() };
        let per = if rule == Rule::FiguresMissing { "项" } else { "个" };
        if count > 0 {
            kinds.push(match language {
                Language::Chinese => format!("{}{count}{per}{grades}", words::rule(rule, language)),
                Language::English => format!("{count} {}{grades}", words::rule_briefly(rule, language)),
            });
        }
    }
    let indicators = tally.indicators.len();
    if indicators > 0 {
        kinds.push(match language {
            Language::Chinese => format!("绩效指标偏差{indicators}项"),
            Language::English => counted(indicators, "indicator off its target", "indicators off their targets"),
        });
    }
    kinds.join(language.pick("，", ", "))
}

fn grades(tally: &Tally<'_>, language: Language) -> String {
    let grades: Vec<(&str, usize)> = [Severity::Critical, Severity::Warning, Severity::Notice]
        .into_iter()
        .map(|severity| (words::severity(severity, language), tally.behind(Some(severity))))
        .filter(|(_, count)| *count > 0)
        .collect();
    let english = language == Language::English;
    match grades.as_slice() {
        [(word, 1)] if english => format!(" ({word})"),
        [(word, _)] if english => format!(" (all {word})"),
        several if english => {
            let several: Vec<String> = several.iter().map(|(word, count)| format!("{count} {word}")).collect();
            format!(" ({})", several.join(", "))
        }
        [(word, 1)] => format!("（{word}）"),
        [(word, _)] => format!("（均为{word}）"),
        several => {
            let several: Vec<String> = several.iter().map(|(word, count)| format!("{word}{count}个")).collect();
            format!("（{}）", several.join("、"))
        }
    }
}

/// What of it only time brought; nothing where all of it is news.
fn of_time(tally: &Tally<'_>, language: Language) -> String {
    let changes = [
        (Change::Escalated, "项逾期无人确认", "unanswered and therefore reported upwards"),
        (Change::MeasureOverdue, "项整改措施逾期", "with an overdue measure"),
        (Change::WaiverEnded, "项暂不预警的期限已满", "no longer set aside"),
        (Change::WaiverEnding, "项暂不预警的期限将满", "set aside only a little longer"),
        (Change::Reminded, "项为再次提醒", "told again"),
    ];
    let counts = changes.into_iter().map(|(change, chinese, english)| (tally.of_change(change), chinese, english));
    let said: Vec<String> = counts
        .filter(|(count, ..)| *count > 0)
        .map(|(count, chinese, english)| match language {
            Language::Chinese => format!("{count}{chinese}"),
            Language::English => format!("{count} {english}"),
        })
        .collect();
    match language {
        _ if said.is_empty() => String::new(),
        Language::Chinese => format!("其中{}。", said.join("，")),
        Language::English => format!(" Of these matters: {}.", said.join(", ")),
    }
}

fn shortfall(tally: &Tally<'_>, language: Language) -> String {
    let (Some(worst), Some(total)) = (tally.largest_shortfall(), tally.shortfall()) else { return String::new() };
    let gap = worst.comparison.gap.map_or_else(|| NO_FIGURE.to_owned(), |gap| amount(size(gap), language));
    let (name, total) = (&worst.name, amount(total, language));
    match (language, tally.behind(None)) {
        (Language::Chinese, 1) => format!("滞后项目“{name}”比计划少支出{gap}。"),
        (Language::Chinese, _) => format!("滞后项目合计比计划少支出{total}，其中“{name}”差额最大，为{gap}。"),
        (Language::English, 1) => format!(" “{name}” lacks {gap} against its plan."),
        (Language::English, _) => {
            format!(" The projects behind lack {total} together; the largest gap is that of “{name}”: {gap}.")
        }
    }
}

/// What is asked of the reader as a whole; nothing where everything is over.
pub fn requests(facts: &WarningFacts, tally: &Tally<'_>) -> Vec<String> {
    let language = facts.recipient.language;
    let pick = |chinese: &str, english: &str| language.pick(chinese, english).to_owned();
    let mut requests = Vec::new();
    if tally.lead().is_none() {
        return requests;
    }
    if tally.projects_amiss() > 0 {
        requests.push(act(facts, tally));
    } else {
        requests.push(pick(
            "请在节点前安排支付并及时入账；节点过后仍未达到计划的，将作为支出滞后预警。",
            "Please pay in time and post it; what is still missing after the plan point is told as spending behind plan.",
        ));
    }
    if !tally.spending.is_empty() || !tally.indicators.is_empty() {
        requests.push(pick(
            "对每项偏差填报原因：经费保障、制度保障、人员保障、硬件条件保障、其他（可多选），并写明原因说明。",
            "Give the causes of each deviation: funding, institution, personnel, hardware, other (several may apply), and \
             explain them.",
        ));
    }
    let about_postings = tally.figures.iter().any(|matter| matter.rule == Rule::FiguresStale);
    if !tally.spending.is_empty() || about_postings {
        requests.push(pick(
            "支出已经办理而未入账的，请尽快补录；补录后差额消除的，系统会来信告知已恢复正常。",
            "Post what was paid and is not posted yet; if that closes the gap, a letter will say that it is over.",
        ));
    }
    requests
}

fn act(facts: &WarningFacts, tally: &Tally<'_>) -> String {
    let language = facts.recipient.language;
    let by = tally.active().filter_map(|matter| matter.comparison.plan.as_ref()?.next_point_on).min();
    let by = by.map(|on| day(on, language));
    let officer = facts.recipient.role == ContactRole::Officer;
    match (language, by) {
        (Language::Chinese, by) => {
            let who = if officer {
                "按各项“要求”办理。"
            } else {
                "请督促各项目负责人按“要求”办理。"
            };
            let by = by.map_or_else(
                || "本年度支出计划节点均已过。".to_owned(),
                |on| format!("下一支出计划节点为{on}，届时将再次比对。"),
            );
            format!("{who}{by}")
        }
        (Language::English, by) => {
            let who = if officer {
                "Do what each item asks under “To do”."
            } else {
                "See that the officers do what each item asks under “To do”."
            };
            let by = by.map_or_else(
                || "The year's plan points have all passed.".to_owned(),
                |on| format!("The next plan point is {on}: all is compared again then."),
            );
            format!("{who} {by}")
        }
    }
}

/// The figures' basis, a line each.
pub fn basis(facts: &WarningFacts) -> Vec<String> {
    let language = facts.recipient.language;
    let versions: BTreeSet<i32> =
        facts.matters.iter().filter_map(|matter| Some(matter.comparison.plan.as_ref()?.version)).collect();
    let (as_of, known_at) = (day(facts.as_of, language), beijing_time(facts.known_at, language));
    let (rules, version) = (&facts.rules.0, facts.rules.1);
    let one = versions.first().filter(|one| Some(*one) == versions.last());
    match language {
        Language::Chinese => {
            let plan = match one {
                Some(one) => format!("第{one}版"),
                None if versions.is_empty() => "无".to_owned(),
                None => "各项目版本不一，见各项".to_owned(),
            };
            vec![
                format!("数据截至{as_of}；账目读取至{known_at}。"),
                format!("规则：{rules}，第{version}版；支出计划：{plan}。"),
                "应支出为最近一个已过计划节点的累计计划数；差额＝已支出－应支出；完成计划率＝已支出÷应支出；执行率＝已支出÷\
                 调整后预算数。金额单位为万元，保留两位小数；“—”表示该节点计划数未填报，与0不同。"
                    .to_owned(),
            ]
        }
        Language::English => {
            let plan = match one {
                Some(one) => format!("version {one}"),
                None if versions.is_empty() => "none".to_owned(),
                None => "versions differ, see each item".to_owned(),
            };
            vec![
                format!("Figures are true of {as_of}; the ledger was read up to {known_at}."),
                format!("Rules: {rules}, version {version}; spending plan: {plan}."),
                "Due is the cumulative plan of the last plan point passed; gap = spent - due; % of plan = spent / due. Amounts \
                 are in yuan, exact; “—” is a plan figure left blank, which is not 0."
                    .to_owned(),
            ]
        }
    }
}
