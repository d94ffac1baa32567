//! Indicator targets as clerks write them, read into their types; what cannot be read safely is never guessed.
//!
//! | written | read as |
//! | --- | --- |
//! | `≤22人`, `不少于50次`, `95%以上` | a bound (以上, 以下, 以内 include the number: Civil Code, article 1259) |
//! | `100%`, `1年`, `1一条专线` | a number without comparator, with a suggestion |
//! | `≤1万元（平均每户）` | a bound with its qualifier |
//! | `2024年12月31日前`, `12月底前` | a deadline |
//! | `每月月底前` | a deadline at each month's end |
//! | anything else | a sentence, which a person judges |
//!
//! A date that does not exist, a range (`5-8次`) or a rhythm other than monthly is kept as written and judged by a
//! person, with a warning: the money is not in question, so the document is not refused for it. A broken number
//! (`≥9O%`) is refused like any other.

use crate::domain::calendar::FiscalYear;
use crate::domain::indicator::{Comparator, Quantity, Target};
use crate::domain::money::Fen;
use crate::intake::deadline::{self, Deadline};
use crate::intake::notation;

/// A target, and how sure the reading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetRead {
    /// Read as it stands.
    Clear(Target),
    /// It looks like a date or a range that cannot be judged: left to a person.
    Doubtful,
    /// It holds a number that cannot be read.
    Unreadable,
}

/// Reads 指标值. `cost` says that it is a 成本指标, for which an unstated comparator is suggested as "≤".
#[must_use]
pub fn read(text: &str, cost: bool, year: FiscalYear) -> TargetRead {
    let text = compact(&notation::plain(text));
    match deadline::read(&text, year) {
        Some(Deadline::Once(due_on)) => return TargetRead::Clear(Target::Deadline { due_on }),
        Some(Deadline::Monthly) => return TargetRead::Clear(Target::MonthlyDeadline),
        Some(Deadline::Unclear) => return TargetRead::Doubtful,
        None => {}
    }
    if begins_with_a_year(&text) {
        return TargetRead::Clear(Target::Qualitative);
    }
    let (comparator, rest) = comparator(&text);
    match notation::leading_number(rest) {
        Some((Ok(value), unit)) => match Unit::read(unit) {
            Unit::Clear { unit, per, suffix } => {
                let quantity = Quantity { value, unit, per };
                TargetRead::Clear(match comparator.map(|found| found.0).or(suffix) {
                    Some(comparator) => Target::Bound { comparator, quantity },
                    None => Target::Stated { suggested: suggestion(cost), quantity },
                })
            }
            Unit::Range => TargetRead::Doubtful,
            Unit::Broken => TargetRead::Unreadable,
        },
        Some((Err(_), _)) => TargetRead::Unreadable,
        None if comparator.is_some_and(|found| found.1) || looks_like_a_broken_number(rest) => TargetRead::Unreadable,
        None => TargetRead::Clear(Target::Qualitative),
    }
}

/// An amount of money in a target, whatever it is counted by; none when its unit is no money.
#[must_use]
pub fn money(quantity: &Quantity) -> Option<Fen> {
    if quantity.unit.starts_with("万元") {
        Fen::from_wan(quantity.value).ok()
    } else if quantity.unit.starts_with('元') {
        Fen::from_yuan(quantity.value).ok()
    } else {
        None
    }
}

fn suggestion(cost: bool) -> Comparator {
    if cost { Comparator::AtMost } else { Comparator::Equal }
}

/// Without spaces, except between digits, where taking them out would make another number.
fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let after_number = compact.ends_with(|last: char| last.is_ascii_digit() || last == '.');
        let before_number = signs.peek().is_some_and(|next| next.is_ascii_digit() || *next == '.');
        if !sign.is_whitespace() || (after_number && before_number) {
            compact.push(sign);
        }
    }
    compact
}

/// `2024年工作计划` is a sentence, not 2,024 years.
fn begins_with_a_year(text: &str) -> bool {
    text.get(..4).is_some_and(|year| year.starts_with(['1', '2']) && year.bytes().all(|byte| byte.is_ascii_digit()))
        && text.get(4..).is_some_and(|rest| rest.starts_with('年'))
}

/// Comparators in words and signs; the longer stand before those that they begin with.
const COMPARATORS: [(&str, Comparator); 41] = [
    (">=", Comparator::AtLeast),
    ("=>", Comparator::AtLeast),
    ("≥", Comparator::AtLeast),
    ("<=", Comparator::AtMost),
    ("=<", Comparator::AtMost),
    ("≤", Comparator::AtMost),
    (">", Comparator::Above),
    ("<", Comparator::Below),
    ("=", Comparator::Equal),
    ("大于或等于", Comparator::AtLeast),
    ("大于等于", Comparator::AtLeast),
    ("高于或等于", Comparator::AtLeast),
    ("高于等于", Comparator::AtLeast),
    ("不少于", Comparator::AtLeast),
    ("不低于", Comparator::AtLeast),
    ("不小于", Comparator::AtLeast),
    ("至少", Comparator::AtLeast),
    ("小于或等于", Comparator::AtMost),
    ("小于等于", Comparator::AtMost),
    ("低于或等于", Comparator::AtMost),
    ("低于等于", Comparator::AtMost),
    ("不超过", Comparator::AtMost),
    ("不超", Comparator::AtMost),
    ("不高于", Comparator::AtMost),
    ("不多于", Comparator::AtMost),
    ("不大于", Comparator::AtMost),
    ("至多", Comparator::AtMost),
    ("最多", Comparator::AtMost),
    ("大于", Comparator::Above),
    ("高于", Comparator::Above),
    ("多于", Comparator::Above),
    ("超过", Comparator::Above),
    ("小于", Comparator::Below),
    ("低于", Comparator::Below),
    ("少于", Comparator::Below),
    ("不足", Comparator::Below),
    ("等于", Comparator::Equal),
    ("为≥", Comparator::AtLeast),
    ("为≤", Comparator::AtMost),
    ("达到≥", Comparator::AtLeast),
    ("控制在≤", Comparator::AtMost),
];

/// The comparator that a text begins with, whether it is a sign (which a number must follow), and the rest.
fn comparator(text: &str) -> (Option<(Comparator, bool)>, &str) {
    for (written, comparator) in COMPARATORS {
        if let Some(rest) = text.strip_prefix(written) {
            return (Some((comparator, written.contains(['≥', '≤', '>', '<', '=']))), rest);
        }
    }
    let verbs = ["达到", "控制在", "保持在", "达"];
    let rest = verbs.iter().find_map(|verb| text.strip_prefix(verb));
    (None, rest.filter(|rest| rest.starts_with(|sign: char| sign.is_ascii_digit())).unwrap_or(text))
}

/// `O.31万元`, `l00%`, `.5%`: a letter or a point where a digit should stand.
fn looks_like_a_broken_number(text: &str) -> bool {
    let mut signs = text.chars();
    matches!(signs.next(), Some('O' | 'o' | 'l' | 'I' | '.' | '-' | '+'))
        && signs.next().is_some_and(|sign| sign.is_ascii_digit() || sign == '.')
}

/// Whether a text can be the unit of an observed value: no digits, and Latin letters only of known units.
#[must_use]
pub fn is_unit(text: &str) -> bool {
    matches!(Unit::read(text), Unit::Clear { per: None, suffix: None, .. })
}

enum Unit {
    Clear { unit: String, per: Option<String>, suffix: Option<Comparator> },
    Range,
    Broken,
}

/// Units in Latin letters; any other letter behind a digit is a slip of the pen (`9O%`).
const LATIN_UNITS: [&str; 27] = [
    "kg", "g", "t", "km", "m", "cm", "mm", "km2", "m2", "m3", "kw", "kwh", "mw", "mwh", "kv", "kva", "gb", "tb", "mb",
    "mbps", "h", "min", "s", "ha", "mg", "db", "app",
];

impl Unit {
    fn read(text: &str) -> Unit {
        let (text, per) = qualifier(text);
        let (text, per) = match text.split_once([',', ';', '。', '，', '；']) {
            Some((unit, rest)) if !rest.is_empty() => (unit, per.or(Some(rest))),
            Some((unit, _)) => (unit, per),
            None => (text, per),
        };
        let word_end = text.find(|sign: char| !sign.is_ascii_alphanumeric()).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(word_end).unwrap_or((text, ""));
        let latin = word.starts_with(|sign: char| sign.is_ascii_alphabetic());
        if text.starts_with([' ', '.'])
            || !(word.is_empty() || (latin && LATIN_UNITS.contains(&word.to_lowercase().as_str())))
        {
            return Unit::Broken;
        }
        let is_range = |text: &str| {
            text.contains(|sign: char| sign.is_ascii_digit() || matches!(sign, '≥' | '≤' | '>' | '<' | '~'))
        };
        if is_range(rest) || per.is_some_and(|per| per.contains(['≥', '≤', '>', '<'])) {
            return Unit::Range;
        }
        let (unit, suffix) = inclusive_suffix(text);
        Unit::Clear { unit: unit.to_owned(), per: per.map(str::to_owned), suffix }
    }
}

/// The text before a bracket and what stands in it.
fn qualifier(text: &str) -> (&str, Option<&str>) {
    match text.split_once('(') {
        Some((unit, per)) => {
            let per = per.trim_end_matches(')');
            (unit, Some(per).filter(|per| !per.is_empty()))
        }
        None => (text, None),
    }
}

fn inclusive_suffix(unit: &str) -> (&str, Option<Comparator>) {
    for (suffix, comparator) in [
        ("及以上", Comparator::AtLeast),
        ("以上", Comparator::AtLeast),
        ("及以下", Comparator::AtMost),
        ("以下", Comparator::AtMost),
        ("以内", Comparator::AtMost),
        ("之内", Comparator::AtMost),
    ] {
        if let Some(unit) = unit.strip_suffix(suffix) {
            return (unit, Some(comparator));
        }
    }
    (unit, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, cost: bool) -> String {
        match read(text, cost, FiscalYear::new(2024).unwrap()) {
            TargetRead::Clear(Target::Bound { comparator, quantity }) => {
                format!("{}{}", comparator.sign(), show(&quantity))
            }
            TargetRead::Clear(Target::Stated { suggested, quantity }) => {
                format!("({}){}", suggested.sign(), show(&quantity))
            }
            TargetRead::Clear(Target::Deadline { due_on }) => format!("by {due_on}"),
            TargetRead::Clear(Target::MonthlyDeadline) => "monthly".into(),
            TargetRead::Clear(Target::Qualitative) => "sentence".into(),
            TargetRead::Doubtful => "doubtful".into(),
            TargetRead::Unreadable => "unreadable".into(),
        }
    }

    fn show(quantity: &Quantity) -> String {
        let per = quantity.per.as_ref().map(|per| format!(" per {per}")).unwrap_or_default();
        format!("{} {}{per}", quantity.value, quantity.unit)
    }

    #[test]
    fn each_notation_of_the_real_document_has_its_reading() {
        for (text, cost, read_as) in [
            ("≤22人", false, "≤22 人"),
            ("≥50次", false, "≥50 次"),
            ("≥95%", false, "≥95 %"),
            ("≤35万元", true, "≤35 万元"),
            ("≤1.01万元", true, "≤1.01 万元"),
            ("≤1万元（平均每户）", true, "≤1 万元 per 平均每户"),
            ("100%", false, "(=)100 %"),
            ("1年", false, "(=)1 年"),
            ("110.8万元", true, "(≤)110.8 万元"),
            ("1一条财政专网", false, "(=)1 一条财政专网"),
            ("2024年12月31日前", false, "by 2024-12-31"),
            ("2024年12月31日前完成", false, "by 2024-12-31"),
            ("每月月底前", false, "monthly"),
            ("有效保障劳务派遣人员权益", false, "sentence"),
        ] {
            assert_eq!(shown(text, cost), read_as, "{text}");
        }
    }

    #[test]
    fn comparators_have_many_spellings() {
        for sign in ["≥", "≧", ">=", "＞＝", "≥ ", "大于等于", "大于或等于", "不少于", "不低于", "不小于", "至少"]
        {
            assert_eq!(shown(&format!("{sign}95％"), false), "≥95 %", "{sign}");
        }
        for sign in ["≤", "≦", "<=", "＜＝", "小于等于", "不超过", "不高于", "不多于", "不大于", "至多"]
        {
            assert_eq!(shown(&format!("{sign}１，２００元"), true), "≤1200 元", "{sign}");
        }
        for (text, read_as) in [
            ("＞5次", ">5 次"),
            ("超过5次", ">5 次"),
            ("＜5次", "<5 次"),
            ("低于5次", "<5 次"),
            ("=5次", "=5 次"),
            ("等于5次", "=5 次"),
            ("95%以上", "≥95 %"),
            ("达到95%及以上", "≥95 %"),
            ("控制在35万元以内", "≤35 万元"),
            ("≥95%以上", "≥95 %"),
            ("≥300m2", "≥300 m2"),
            ("≤3km/天", "≤3 km/天"),
        ] {
            assert_eq!(shown(text, false), read_as, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_safely_is_never_guessed() {
        for (text, read_as) in [
            ("≥9O%", "unreadable"),
            ("≤2 2人", "unreadable"),
            ("≥5.0.1次", "unreadable"),
            ("≥1,23元", "unreadable"),
            ("≥", "unreadable"),
            ("≥优秀", "unreadable"),
            ("O.31万元", "unreadable"),
            ("l00%", "unreadable"),
            ("≥-5%", "unreadable"),
            ("5-8次", "doubtful"),
            ("≥95%,≤100%", "doubtful"),
            ("90%~95%", "doubtful"),
            ("2024年2月30日前", "doubtful"),
            ("每月10日前", "doubtful"),
            ("2024年工作计划全部完成", "sentence"),
            ("不断提高", "sentence"),
            ("不低于上年水平", "sentence"),
            ("达到国家标准", "sentence"),
            ("", "sentence"),
        ] {
            assert_eq!(shown(text, false), read_as, "{text}");
        }
    }
}
