//! The warning letters, word for word: a clerk could check them against the document.

use crate::support::matters::*;
use milepost::domain::alert::Change;
use milepost::domain::contact::ContactRole;
use milepost::domain::letter::{Composed, Matter};
use milepost::domain::rule::{Rule, Severity};
use milepost::domain::verdict::{Achievement, AchievementReason, IndicatorStanding, Reason};
use milepost::render::warning_letter::{MAX_MATTERS, compose};

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
