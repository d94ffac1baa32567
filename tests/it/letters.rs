//! The warning letters, word for word: a clerk could check them against the document.

use crate::support::matters::*;
use milepost::domain::alert::Change;
use milepost::domain::contact::ContactRole;
use milepost::domain::indicator::Comparator;
use milepost::domain::language::Language;
use milepost::domain::letter::{Composed, Matter, Recipient, WarningFacts};
use milepost::domain::money::{Fen, Ratio};
use milepost::domain::note::Note;
use milepost::domain::rule::{ALL_RULES, Rule, Severity};
use milepost::domain::verdict::{Achievement, AchievementReason, IndicatorStanding, Reason};
use milepost::render::warning_letter::{MAX_MATTERS, compose};
use unicode_width::UnicodeWidthStr;

/// The indicator matter of a yearly promise whose day has passed.
fn overdue_indicator(row: &Row) -> Matter {
    let reason = Reason::Indicator(Box::new(IndicatorStanding {
        indicator: uuid::Uuid::nil(),
        standing: Achievement::Overdue,
        reading: None,
        reason: AchievementReason::Deadline { due_on: day("2024-05-31"), done_on: None },
    }));
    Matter {
        rule: Rule::IndicatorOverdue,
        severity: Severity::Warning,
        reason: Some(reason),
        indicator: Some(("质保金支付完成时间".into(), "2024年5月31日前".into())),
        ..matter(row, "22.00", Change::Raised)
    }
}

fn digest() -> Vec<Matter> {
    vec![
        matter(&STABILITY, "15.00", Change::Raised),
        matter(&SEWAGE, "22.00", Change::Worsened),
        overdue_indicator(&SEWAGE),
        matter(&DISPATCH, "31.00", Change::Raised),
        matter(&MARKETS, "40.00", Change::Raised),
        matter(&VIDEO_LINE, "1.12", Change::Raised),
        matter(&HANDED_OVER, "60.00", Change::Reopened),
        matter(&RESETTLED, "5.87", Change::Resolved),
        matter(&REGISTRY_LINE, "0.00", Change::Raised),
    ]
}

fn single() -> Composed {
    compose(&facts(ContactRole::Officer, vec![matter(&DISPATCH, "21.00", Change::Raised)]))
}

fn over() -> Composed {
    let resolved = vec![matter(&DISPATCH, "45.39", Change::Resolved), matter(&RESETTLED, "5.87", Change::Resolved)];
    compose(&facts(ContactRole::Officer, resolved))
}

#[test]
fn an_officer_reads_of_one_project_that_lags_gravely() {
    insta::assert_snapshot!("officer_single_text", with_subject(&single()));
    insta::assert_snapshot!("officer_single_html", single().html);
}

#[test]
fn a_head_reads_a_digest_of_every_standing() {
    let words = compose(&facts(ContactRole::Head, digest()));
    insta::assert_snapshot!("head_digest_text", with_subject(&words));
    insta::assert_snapshot!("head_digest_html", words.html);
}

#[test]
fn everybody_reads_when_it_is_over() {
    insta::assert_snapshot!("officer_resolved_text", with_subject(&over()));
    insta::assert_snapshot!("officer_resolved_html", over().html);
}

fn with_subject(words: &Composed) -> String {
    format!("{}\n\n{}", words.subject, words.text)
}

#[test]
fn a_subject_says_it_all_in_under_sixty_signs() {
    let one = |row: &Row, spent: &str| {
        compose(&facts(ContactRole::Officer, vec![matter(row, spent, Change::Raised)])).subject
    };
    let again = compose(&facts(ContactRole::Officer, vec![matter(&DISPATCH, "45.39", Change::Resolved)])).subject;
    let subjects = [
        one(&DISPATCH, "31.00"),
        one(&STABILITY, "15.00"),
        one(&MARKETS, "40.00"),
        one(&VIDEO_LINE, "1.12"),
        one(&HANDED_OVER, "60.00"),
        one(&SEWAGE, "0"),
        compose(&facts(ContactRole::Officer, vec![overdue_indicator(&SEWAGE)])).subject,
        compose(&facts(ContactRole::Head, digest())).subject,
        again,
        over().subject,
    ];
    assert!(subjects.iter().all(|subject| subject.chars().count() < 60), "{subjects:#?}");
    insta::assert_snapshot!(subjects.join("\n"));
}

#[test]
fn a_name_is_text_and_never_markup() {
    let mut matter = matter(&DISPATCH, "31.00", Change::Raised);
    matter.name = "<script>alert('甲')</script> & \"乙\"".into();
    let words = compose(&facts(ContactRole::Officer, vec![matter]));
    assert!(!words.html.contains("<script") && words.html.contains("&#60;script"), "{}", words.html);
    assert!(words.text.contains("<script>alert('甲')</script> & \"乙\""));
}

#[test]
fn every_full_name_and_code_stands_in_both_parts() {
    let words = compose(&facts(ContactRole::Head, digest()));
    for matter in digest() {
        for part in [&words.text, &words.html] {
            assert!(part.contains(&matter.name) && part.contains(matter.code.as_str()), "{}", matter.name);
        }
    }
}

#[test]
fn a_letter_needs_nothing_from_outside() {
    let html = compose(&facts(ContactRole::Head, digest())).html;
    for outside in ["http:", "https:", "src=", "url(", "<img", "<script", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn three_hundred_matters_are_told_gravest_first_and_the_rest_is_counted() {
    let mut matters: Vec<Matter> = (0..300).map(|_| matter(&STABILITY, "15.00", Change::Raised)).collect();
    matters.push(matter(&HANDED_OVER, "10.00", Change::Raised));
    let words = compose(&facts(ContactRole::Head, matters));
    let first = words.text.lines().find(|line| line.starts_with("1. ")).unwrap();
    assert!(first.contains("移交在册"), "{first}");
    for part in [&words.text, &words.html] {
        assert!(part.contains(&format!("另有{}项未在本信列出", 301 - MAX_MATTERS)));
    }
    assert!(words.text.lines().any(|line| line.starts_with("200. ")));
    assert!(words.subject.chars().count() < 60, "{}", words.subject);
}

/// What each rule has to say of a project, made up where the real document has no such case.
fn of_rule(rule: Rule) -> Matter {
    let fen = |yuan: i64| Fen::new(yuan * 100);
    let ratio = |part: i64, whole: i64| Ratio::of(part.into(), whole.into()).unwrap();
    let indicator = || Some(("劳务派遣人员工资发放及时率".to_owned(), "≥95%".to_owned()));
    let standing = |standing, reason| {
        let indicator = uuid::Uuid::nil();
        Reason::Indicator(Box::new(IndicatorStanding { indicator, standing, reading: None, reason }))
    };
    let with = |reason: Reason, severity, indicator| Matter {
        rule,
        severity,
        reason: Some(reason),
        indicator,
        ..matter(&DISPATCH, "31.00", Change::Raised)
    };
    let on = day("2024-06-30");
    match rule {
        Rule::BehindPlanPoint => matter(&SEWAGE, "22.00", Change::Raised),
        Rule::OverBudget => matter(&MARKETS, "40.00", Change::Raised),
        Rule::FarAhead => matter(&HANDED_OVER, "60.00", Change::Raised),
        Rule::BehindTime => {
            let (of_year, rate, threshold) = (ratio(4973, 10_000), ratio(68, 100), "0.8".parse().unwrap());
            let (budget, spent) = (fen(907_800), fen(310_000));
            with(Reason::OffTime { budget, spent, of_year, rate, threshold, ahead: false }, Severity::Warning, None)
        }
        Rule::BehindCurve => {
            let (least, rate) = ("0.5".parse().unwrap(), ratio(3415, 10_000));
            let (budget, spent) = (fen(907_800), fen(310_000));
            with(Reason::BehindCurve { on, least, budget, spent, rate }, Severity::Critical, None)
        }
        Rule::WorkGap => {
            let (points, allowed_points) = ("-25.5".parse().unwrap(), "20".parse().unwrap());
            let (work, spending) = (ratio(10, 100), ratio(355, 1000));
            with(Reason::WorkGap { work, spending, points, allowed_points, counts: 3 }, Severity::Notice, None)
        }
        Rule::FiguresStale => {
            let last_paid_on = Some(day("2024-04-12"));
            with(
                Reason::Stale { last_paid_on, days: 79, due: fen(453_900), spent: fen(310_000) },
                Severity::Warning,
                None,
            )
        }
        Rule::FiguresMissing => {
            with(Reason::Missing { on, indicators: 1, after_working_days: 5 }, Severity::Notice, indicator())
        }
        Rule::PlanPointComing => coming(),
        Rule::IndicatorBreached => {
            let (value, bound) = ("91.5".parse().unwrap(), "95".parse().unwrap());
            let reason = AchievementReason::Bound { value, comparator: Comparator::AtLeast, bound, stated: true };
            with(standing(Achievement::Breached, reason), Severity::Critical, indicator())
        }
        Rule::RecurringMissed => {
            let reason = AchievementReason::Months { due: 6, kept: 4, late: 1, missing: 1 };
            with(standing(Achievement::Breached, reason), Severity::Warning, indicator())
        }
        Rule::IndicatorOverdue => overdue_indicator(&SEWAGE),
        Rule::IndicatorBehind => {
            let (value, expected, bound) = ("12".parse().unwrap(), "49.73".parse().unwrap(), "100".parse().unwrap());
            let reason = AchievementReason::RunningCount { value, expected, bound, over_fulfilled: false };
            with(standing(Achievement::Behind, reason), Severity::Notice, indicator())
        }
    }
}

/// The June point seen from a fortnight before.
fn coming() -> Matter {
    let (planned, spent) = (Fen::new(45_390_000), Fen::new(31_000_000));
    Matter {
        rule: Rule::PlanPointComing,
        severity: Severity::Notice,
        reason: Some(Reason::Coming {
            on: day("2024-06-30"),
            working_days: 9,
            planned,
            spent,
            unpaid: Ratio::of(1439.into(), 4539.into()).unwrap(),
            at_pace: Fen::new(33_980_000),
            short: Fen::new(11_410_000),
        }),
        ..matter_on(&DISPATCH, "31.00", Change::Raised, "2024-06-17")
    }
}

const CHANGES: [Change; 10] = [
    Change::Raised,
    Change::Reopened,
    Change::Worsened,
    Change::Resolved,
    Change::Superseded,
    Change::Reminded,
    Change::Escalated,
    Change::MeasureOverdue,
    Change::WaiverEnding,
    Change::WaiverEnded,
];

/// A matter that changed so, with what time brought where it did.
fn changed(of: Matter, change: Change) -> Matter {
    let until = day("2024-07-05");
    let note = match change {
        Change::Reminded => Some(Note::Reminder { number: 2, after_working_days: 10 }),
        Change::Escalated => Some(Note::Escalation { step: 0, to: ContactRole::Leader, after_working_days: 7 }),
        Change::MeasureOverdue => Some(Note::MeasureOverdue {
            what: "补办六月派遣费支付".into(),
            owner: "李四".into(),
            due_on: day("2024-06-25"),
            disposition: None,
        }),
        Change::WaiverEnding => Some(Note::WaiverEnding { until }),
        Change::WaiverEnded => Some(Note::WaiverEnded { until: day("2024-06-28") }),
        _ => None,
    };
    let told_before = if change == Change::Escalated {
        vec![("李四".to_owned(), ContactRole::Officer), ("王五".to_owned(), ContactRole::Head)]
    } else {
        Vec::new()
    };
    let reason = of.reason.clone().filter(|_| !matches!(change, Change::Resolved | Change::Superseded));
    Matter { change, notes: note.into_iter().collect(), told_before, reason, ..of }
}

fn said(language: Language, role: ContactRole, matters: Vec<Matter>) -> Composed {
    let facts = facts(role, matters);
    compose(&WarningFacts { recipient: Recipient { language, ..facts.recipient.clone() }, ..facts })
}

/// What no letter may say, in any language.
#[track_caller]
fn assert_well_said(words: &Composed, of: &str) {
    assert!(words.subject.chars().count() < 60, "{of}: {}", words.subject);
    for part in [&words.subject, &words.text, &words.html] {
        for slip in [
            "0个", "0项", "None", "Some(", "。。", "；。", "。；", "，。", "，，", "：：", "..", ". .", ": :", "“”",
            "（）", "()",
        ] {
            let found = part.match_indices(slip).find(|(at, _)| {
                let before = part[..*at].chars().next_back();
                !(slip.starts_with('0') && before.is_some_and(|sign| sign.is_ascii_digit()))
            });
            assert!(found.is_none(), "{of} says {slip:?}:\n{part}");
        }
    }
    for line in words.text.lines() {
        // A closing sign may hang over the edge.
        assert!(UnicodeWidthStr::width(line) <= 80, "{of}: {line}");
        assert_eq!(line, line.trim_end(), "{of}: a blank at a line's end");
    }
}

#[test]
fn every_kind_of_rule_and_change_is_told_well_in_both_languages() {
    let name = "甲<script>alert('乙')</script> & 丙";
    for rule in ALL_RULES {
        for change in CHANGES {
            for language in [Language::Chinese, Language::English] {
                for role in [ContactRole::Officer, ContactRole::Leader] {
                    let of = format!("{rule:?} {change:?} {language:?} {role:?}");
                    let plain = changed(of_rule(rule), change);
                    let hostile = Matter { name: name.into(), ..plain.clone() };
                    for matters in [vec![plain.clone()], vec![plain.clone(), hostile]] {
                        let words = said(language, role, matters.clone());
                        assert_well_said(&words, &of);
                        assert!(!words.html.contains("<script"), "{of}");
                        let joined: String = words.text.split_whitespace().collect();
                        for matter in &matters {
                            let name: String = matter.name.split_whitespace().collect();
                            assert!(
                                joined.contains(&name) && joined.contains(matter.code.as_str()),
                                "{of}: {}",
                                words.text
                            );
                            assert!(words.html.contains(matter.code.as_str()), "{of}");
                        }
                        assert!(words.html.contains(&plain.name), "{of}");
                    }
                    if language == Language::English {
                        let words = said(language, role, vec![of_english(plain)]);
                        let chinese = |part: &str| part.chars().find(|sign| ('\u{4e00}'..='\u{9fff}').contains(sign));
                        for part in [&words.subject, &words.text, &words.html] {
                            let stray = part.replace("默认规则", "").replace(['李', '四', '王', '五'], "");
                            assert_eq!(chinese(&stray), None, "{of}: {part}");
                        }
                    }
                }
            }
        }
    }
}

/// The same matter with nothing in it that stays as it is written.
fn of_english(matter: Matter) -> Matter {
    let mut matter = Matter { name: "Dispatch".into(), unit_name: "Housing office".into(), ..matter };
    matter.indicator = matter.indicator.map(|_| ("Paid in time".to_owned(), "95%".to_owned()));
    for note in &mut matter.notes {
        if let Note::MeasureOverdue { what, owner, .. } = note {
            (*what, *owner) = ("pay June".into(), "Li".into());
        }
    }
    matter
}

/// Everything that one letter can hold at once.
fn mixed() -> Vec<Matter> {
    vec![
        changed(matter(&SEWAGE, "22.00", Change::Raised), Change::Escalated),
        changed(of_rule(Rule::BehindCurve), Change::Raised),
        changed(overdue_indicator(&SEWAGE), Change::MeasureOverdue),
        of_rule(Rule::FiguresMissing),
        of_rule(Rule::FiguresStale),
        coming(),
        matter(&RESETTLED, "5.87", Change::Resolved),
    ]
}

fn snapshots(name: &str, language: Language, role: ContactRole, matters: Vec<Matter>) {
    let words = said(language, role, matters);
    assert_well_said(&words, name);
    let name = format!("{name}_{}", language.name());
    insta::assert_snapshot!(format!("{name}_text"), with_subject(&words));
    insta::assert_snapshot!(format!("{name}_html"), words.html);
}

#[test]
fn letters_of_each_kind_in_both_languages() {
    let lag = || matter(&DISPATCH, "31.00", Change::Raised);
    for language in [Language::Chinese, Language::English] {
        let told = |name: &str, role, matters| snapshots(name, language, role, matters);
        told("mixed_leader", ContactRole::Leader, mixed());
        told("reminder", ContactRole::Officer, vec![changed(lag(), Change::Reminded)]);
        told("escalation", ContactRole::Leader, vec![changed(lag(), Change::Escalated)]);
        told("coming", ContactRole::Officer, vec![coming()]);
        told("figures", ContactRole::Officer, vec![of_rule(Rule::FiguresMissing), of_rule(Rule::FiguresStale)]);
    }
    let told = |name: &str, role, matters| snapshots(name, Language::English, role, matters);
    told("officer", ContactRole::Officer, vec![lag()]);
    told("head", ContactRole::Head, digest());
    told("resolved", ContactRole::Officer, vec![matter(&DISPATCH, "45.39", Change::Resolved)]);
}

#[test]
fn subjects_of_every_rule_and_change() {
    let mut lines = Vec::new();
    for language in [Language::Chinese, Language::English] {
        let subject = |matters| said(language, ContactRole::Head, matters).subject;
        lines.extend(ALL_RULES.map(|rule| subject(vec![of_rule(rule)])));
        lines.extend(CHANGES.map(|change| subject(vec![changed(of_rule(Rule::BehindPlanPoint), change)])));
        lines.push(subject(mixed()));
        lines.push(subject(digest()));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_leader_reads_why_he_is_written_to() {
    let matter = changed(matter(&DISPATCH, "31.00", Change::Raised), Change::Escalated);
    let words = said(Language::Chinese, ContactRole::Leader, vec![matter]);
    let text = words.text.replace("\n         ", "");
    assert!(text.contains("已7个工作日无人确认，现报局领导"), "{text}");
    assert!(text.contains("此前已告知李四（项目负责人）、王五（单位负责人），自2024年6月18日起无人确认"), "{text}");
    assert!(words.subject.contains("逾期未答复"), "{}", words.subject);
}
