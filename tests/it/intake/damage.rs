//! Damaged copies of the real document and of the sample: refused whole, with place and mend, and never a panic.

use super::{example, real, year};
use milepost::domain::language::Language;
use milepost::intake::decode::MAX_FILE_BYTES;
use milepost::intake::finding::{Finding, FindingCode, Refused};
use milepost::intake::plan::read_plan;
use proptest::prelude::*;

/// The real document where it is there, and always the sample: both have the same layout.
fn documents() -> Vec<String> {
    real().into_iter().chain([sample()]).collect()
}

fn sample() -> String {
    String::from_utf8(example("plan-2024.txt")).unwrap()
}

fn refused(text: &str) -> Refused {
    read_plan(text.as_bytes(), year()).map(|document| document.projects.len()).expect_err("the damaged copy was taken")
}

/// The single error of a damaged copy.
fn only_error(text: &str) -> Finding {
    let refused = refused(text);
    let errors: Vec<&Finding> = refused.errors().collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].clone()
}

/// The text with the first `from` after `anchor` replaced, and the line on which it stands.
fn damaged(text: &str, anchor: &str, from: &str, to: &str) -> (String, u32) {
    let start = text.find(anchor).unwrap();
    let at = start + text[start..].find(from).unwrap();
    let line = u32::try_from(text[..at].matches('\n').count() + 1).unwrap();
    (format!("{}{to}{}", &text[..at], &text[at + from.len()..]), line)
}

const THIRD: &str = "13060524P00000310033M";

#[test]
fn a_falling_plan_point_is_refused_with_its_place() {
    for text in documents() {
        let (text, line) = damaged(&text, THIRD, "19.54", "9.54");
        let error = only_error(&text);
        assert_eq!((error.code, error.table, error.row), (FindingCode::PointsFall, Some(3), line));
        assert_eq!(
            (error.column.as_str(), error.value.as_str(), error.project.as_deref()),
            ("6月底", "9.54", Some(THIRD))
        );
        assert!(error.message(Language::Chinese).ends_with("不能小于“3月底”的9.77。请核对原表后改正。"));
    }
}

#[test]
fn a_letter_in_a_number_is_refused_with_its_place() {
    for text in documents() {
        for (anchor, from, to, column) in [
            (THIRD, "39.08", "39.O8", "预算数"),
            (THIRD, "9.77", "9.7l", "3月底"),
            (THIRD, "≤3人", "≤3o人", "指标值"),
            ("项目编码", THIRD, "13060524P0000031-033M", "项目编码"),
            (THIRD, "9.77", "-9.77", "3月底"),
            (THIRD, "39.08", "39080000000000000", "预算数"),
        ] {
            let (text, line) = damaged(&text, anchor, from, to);
            let error = only_error(&text);
            assert_eq!((error.code, error.row), (FindingCode::NumberUnreadable, line), "{to}");
            assert_eq!((error.table, error.column.as_str(), error.value.as_str()), (Some(3), column, to));
        }
    }
}

#[test]
fn all_errors_of_a_document_are_told_together() {
    let (text, _) = damaged(&sample(), THIRD, "19.54", "9.54");
    let (text, _) = damaged(&text, "13060524P000002100067", "35.00", "35.OO");
    let (text, _) = damaged(&text, "13060524P00436210002M", "1一条专线", "≥l条");
    let refused = refused(&text);
    let told: Vec<_> = refused.errors().map(|error| (error.table.unwrap(), error.code.name())).collect();
    assert_eq!(told, [(3, "points_fall"), (6, "number_unreadable"), (12, "number_unreadable")]);
    assert!(refused.findings.len() > 3, "the warnings are told as well");
}

#[test]
fn the_same_code_twice_is_refused_at_its_second_place() {
    for text in documents() {
        let (text, line) = damaged(&text, "项目编码", THIRD, "13060524p000002100357");
        let error = only_error(&text);
        assert_eq!((error.code, error.table, error.row), (FindingCode::CodeRepeated, Some(3), line));
        assert!(error.message(Language::Chinese).contains("在第1张项目表"));
    }
}

#[test]
fn a_lost_line_is_refused_wherever_it_shortens_a_row() {
    let text = sample();
    let lines: Vec<&str> = text.lines().collect();
    let begin = lines.iter().position(|line| line.contains(THIRD)).unwrap() - 1;
    let end = lines.iter().skip(begin).position(|line| line.contains("绩效目标表")).unwrap() + begin;
    for lost in (begin..end).filter(|at| lines[*at].starts_with('\t')) {
        let label = lines[lost].trim();
        // Captions and texts whose loss takes no figure with it and leaves every row whole.
        let harmless = ["预算规模及资金用途", "其中：财政    资金", "其他资金", "绩效目标"].contains(&label)
            || ["支付市管会调入人员的工资福利", "1.落实市管会调入人员的工资和福利待遇"].contains(&label);
        let kept: Vec<&str> = (0..lines.len()).filter(|at| *at != lost).map(|at| lines[at]).collect();
        let outcome = read_plan((kept.join("\n") + "\n").as_bytes(), year()).map(|document| document.projects.len());
        let beside_purpose = lines[lost + 1].contains("支付市管会") || lines[lost - 1].trim() == "其他资金";
        if !(harmless || (label.is_empty() && beside_purpose)) {
            let refused = outcome.expect_err(&format!("line {} ({label}) was not missed", lost + 1));
            assert!(refused.errors().all(|error| error.code == FindingCode::TableCutShort), "{label}: {refused:?}");
        }
    }
}

/// A cut between two tables leaves a whole document with fewer projects. A cut inside a table is refused, unless it
/// only takes the blank lines behind the last row.
#[test]
fn a_cut_at_any_line_is_refused_unless_it_lies_between_tables() {
    for text in documents() {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut whole = 0;
        for cut in 0..=lines.len() {
            let part = lines[..cut].concat();
            let headings = part.matches("绩效目标表").count();
            let last_cell = part.trim_end_matches(['\n', ' ']).lines().last().unwrap_or_default().trim().to_owned();
            match read_plan(part.as_bytes(), year()) {
                Ok(document) => {
                    whole += 1;
                    assert_eq!(document.projects.len(), headings, "cut after line {cut} ({last_cell})");
                    let indicators = document.projects.last().unwrap().indicators.len();
                    assert_eq!(indicators, if headings == 15 { 5 } else { 6 }, "cut after line {cut}");
                }
                Err(refused) if headings == 0 => assert_eq!(refused.findings[0].code, FindingCode::NotAPlan),
                Err(refused) => {
                    let error = refused.errors().next().unwrap();
                    assert_eq!(error.code, FindingCode::TableCutShort, "cut after line {cut}");
                    assert!(error.row <= u32::try_from(cut).unwrap());
                    assert!(error.message(Language::Chinese).contains("重新导出"));
                }
            }
        }
        assert!((15..=80).contains(&whole), "{whole} cuts were taken");
    }
}

#[test]
fn a_table_cut_out_of_the_middle_is_refused() {
    let text = sample();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let begin = lines.iter().position(|line| line.contains("7.住建局")).unwrap();
    let end = lines.iter().position(|line| line.contains("8.住建局")).unwrap();
    for from in begin + 1..end - 6 {
        let kept = [&lines[..from], &lines[end..]].concat().concat();
        let refused = refused(&kept);
        let error = refused.errors().next().unwrap();
        assert_eq!(error.code, FindingCode::TableCutShort, "from line {from}: {error:?}");
    }
}

#[test]
fn a_file_cut_inside_a_character_is_refused_as_cut() {
    let bytes = example("plan-2024.txt");
    let at = sample().find("社会公众满意度").unwrap() + 1;
    let refused = read_plan(&bytes[..at], year()).unwrap_err();
    assert!(refused.errors().all(|error| error.code == FindingCode::TableCutShort));
    assert!(refused.findings.iter().any(|error| error.message(Language::Chinese).contains("在一个字的中间结束")));
}

#[test]
fn a_file_of_another_kind_is_refused_with_the_mend() {
    for (bytes, said) in [
        (&b""[..], "文件是空的"),
        (b" \n\n", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"PK\x03\x04\x14\0", "DOCX"),
        (b"%PDF-1.7", "PDF"),
        (b"hello, world\n", "没有项目绩效目标表"),
        ("项目编码,支付金额\nA1,1\n".as_bytes(), "没有项目绩效目标表"),
        (b"\tcell\n\tcell\n", "没有项目绩效目标表"),
        (b"a\0b", "控制字符"),
        (b"\xff\xff\xff\xff\xff\xff\xff", "编码无法识别"),
    ] {
        let refused = read_plan(bytes, year()).unwrap_err();
        let message = refused.findings[0].message(Language::Chinese);
        assert_eq!((refused.findings.len(), refused.findings[0].code), (1, FindingCode::NotAPlan), "{message}");
        assert!(message.contains(said) && message.contains("另存为文本文件"), "{message}");
    }
}

#[test]
fn a_file_beyond_a_limit_is_refused_with_the_limit() {
    let large = sample() + &"字".repeat(MAX_FILE_BYTES / 3);
    let finding = refused(&large).findings[0].clone();
    assert_eq!(finding.code, FindingCode::FileTooLarge);
    assert_eq!(finding.message(Language::Chinese), "文件过大，最多8MiB。请按单位拆成几个文件。");
    let rows = "\t项目编码\n\tA1\n\n".repeat(10_001);
    assert_eq!(refused(&rows).findings[0].code, FindingCode::FileTooLarge);
}

#[test]
fn a_document_of_the_greatest_size_takes_no_longer_than_a_cup_of_tea() {
    let table = sample();
    let (begin, end) = (table.find("[bookmark").unwrap(), table.find("[bookmark: _Toc_4_4_0000000005]").unwrap());
    let copies = (1..=3_000).map(|copy| table[begin..end].replace("13060524P000002100357", &format!("X{copy}")));
    let text: String = copies.collect();
    let started = std::time::Instant::now();
    let document = read_plan(text.as_bytes(), year()).unwrap();
    assert_eq!(document.projects.len(), 3_000);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(read_plan(&bytes, year()).is_err());
    }

    #[test]
    fn random_cells_never_panic(text in "(\t(项目编码|项目名称|预算数|预算规模及资金用途|资金支出计划（%）|3月底|一级指标|三级指标|指标值|绩效目标|[0-9.,%≥≤\\-]{0,6}| |)\n{1,3}){0,60}") {
        let _ = read_plan(text.as_bytes(), year());
    }

    #[test]
    fn random_damage_never_panics_and_never_invents_a_project(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..400, "[\t\n 0-9a-z年月≥（%-]{0,8}"), 1..6)
    ) {
        let mut signs: Vec<char> = sample().chars().collect();
        for (at, length, put) in cuts {
            let at = at.index(signs.len());
            let end = (at + length).min(signs.len());
            signs.splice(at..end, put.chars());
        }
        let text: String = signs.into_iter().collect();
        match read_plan(text.as_bytes(), year()) {
            Ok(document) => prop_assert!((1..=15).contains(&document.projects.len())),
            Err(refused) => {
                prop_assert!(refused.errors().count() > 0);
                for finding in &refused.findings {
                    prop_assert!(!finding.message(Language::Chinese).is_empty() && !finding.message(Language::English).is_empty());
                }
            }
        }
    }
}
