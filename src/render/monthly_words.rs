//! What a monthly letter says as a whole: its title, subject, first sentences and what its figures rest on.

use crate::domain::language::Language;
use crate::domain::money::{Fen, Ratio};
use crate::domain::monthly::MonthlyFacts;
use crate::domain::verdict::Standing;
use crate::render::figures::{amount, beijing_time, day, percent};
use crate::render::subject::one_line;
use chrono::Datelike;

/// What the letter is called.
pub fn title(facts: &MonthlyFacts) -> String {
    let (year, month) = (facts.until.year(), facts.until.month());
    match facts.recipient.language {
        Language::Chinese => format!("{year}年{month}月预算执行月报"),
        Language::English => format!("Budget execution in {}", facts.until.format("%B %Y")),
    }
}

/// The subject: how much of the plan, how many behind, how many alerts.
pub fn subject(facts: &MonthlyFacts) -> String {
    let language = facts.recipient.language;
    let totals = &facts.counts.totals;
    let rate = percent(Ratio::of(totals.spent.decimal(), totals.planned.decimal()));
    let (behind, alerts, month) = (behind(facts), alerts(facts), facts.until.month());
    let parts = match language {
        Language::Chinese => [
            (totals.planned > Fen::ZERO, format!("完成计划{rate}")),
            (behind > 0, format!("{behind}个项目滞后")),
            (alerts > 0, format!("{alerts}项预警未解除")),
        ],
        Language::English => [
            (totals.planned > Fen::ZERO, format!("{rate} of plan")),
            (behind > 0, format!("{behind} behind")),
            (alerts > 0, format!("{alerts} alert{}", if alerts == 1 { "" } else { "s" })),
        ],
    };
    let said: Vec<String> = parts.into_iter().filter(|(is_said, _)| *is_said).map(|(_, part)| part).collect();
    let said = if said.is_empty() {
        language.pick("没有未解除的预警", "no active alert").to_owned()
    } else {
        said.join(language.pick("，", ", "))
    };
    one_line(&match language {
        Language::Chinese => format!("【预算执行月报】{}年{month}月：{said}", facts.until.year()),
        Language::English => format!("[Monthly] {}: {said}", facts.until.format("%b %Y")),
    })
}

/// The first sentences: the money, what the month brought, what stands.
pub fn summary(facts: &MonthlyFacts) -> String {
    let language = facts.recipient.language;
    let counts = &facts.counts;
    let (raised, resolved, alerts) = (counts.raised, counts.resolved, alerts(facts));
    let totals = &counts.totals;
    let money = |fen| amount(fen, language);
    let lacking = gap(totals.planned, totals.spent);
    let size = if lacking < Fen::ZERO { lacking.negated().unwrap_or(lacking) } else { lacking };
    match language {
        Language::Chinese => {
            let more_or_less = if lacking < Fen::ZERO { "少" } else { "多" };
            let compared =
                if lacking == Fen::ZERO { String::new() } else { format!("，比计划{more_or_less}{}", money(size)) };
            let said = [(raised, "新增预警"), (resolved, "解除预警")];
            let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word}{count}项"));
            let changed = said.collect::<Vec<_>>().join("，");
            let changed = if changed.is_empty() {
                "本月没有新增或解除的预警".to_owned()
            } else {
                format!("本月{changed}")
            };
            let standing = if alerts == 0 {
                "目前没有未解除的预警".to_owned()
            } else {
                format!("目前{alerts}项未解除")
            };
            format!(
                "{}个项目应支出{}，已支出{}{compared}。{changed}；{standing}。",
                totals.projects,
                money(totals.planned),
                money(totals.spent)
            )
        }
        Language::English => {
            let more_or_less = if lacking < Fen::ZERO { "less" } else { "more" };
            let compared = if lacking == Fen::ZERO {
                String::new()
            } else {
                format!(", {} {more_or_less} than planned", money(size))
            };
            let projects = if totals.projects == 1 { "project" } else { "projects" };
            let said = [(raised, "raised"), (resolved, "over")];
            let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
            let changed = said.collect::<Vec<_>>().join(", ");
            let changed = if changed.is_empty() { "none raised and none over".to_owned() } else { changed };
            let standing = if alerts == 0 { "none".to_owned() } else { alerts.to_string() };
            format!(
                "{} {projects}: {} was due and {} was spent{compared}. Alerts during the month: {changed}; active now: \
                 {standing}.",
                totals.projects,
                money(totals.planned),
                money(totals.spent)
            )
        }
    }
}

/// What the figures rest on, a line each.
pub fn basis(facts: &MonthlyFacts) -> Vec<String> {
    let language = facts.recipient.language;
    let (until, known_at) = (day(facts.until, language), beijing_time(facts.known_at, language));
    let (rules, version) = (&facts.rules.0, facts.rules.1);
    match language {
        Language::Chinese => vec![
            format!("金额截至{until}；账目读取至{known_at}，预警状态为该时刻的状态。"),
            format!("规则：{rules}，第{version}版。应支出为各项目最近一个已过计划节点的累计计划数之和。"),
        ],
        Language::English => vec![
            format!("Amounts are true of {until}; the ledger was read, and alerts stood, as of {known_at}."),
            format!("Rules: {rules}, version {version}. Due is the sum of each project's last plan point passed."),
        ],
    }
}

/// Spent less planned.
pub fn gap(planned: Fen, spent: Fen) -> Fen {
    spent.minus(planned).unwrap_or(Fen::ZERO)
}

fn behind(facts: &MonthlyFacts) -> usize {
    facts.counts.standings.iter().filter(|(standing, _)| *standing == Standing::Behind).map(|(_, count)| count).sum()
}

fn alerts(facts: &MonthlyFacts) -> usize {
    facts.counts.active.iter().map(|(.., count)| count).sum()
}
