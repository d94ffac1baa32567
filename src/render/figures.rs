//! Dates, amounts, shares and instants as people read them. A figure is rounded here once, and only for show.

use crate::domain::language::Language;
use crate::domain::money::{Fen, Ratio};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use rust_decimal::Decimal;

/// What stands in a cell that has no figure.
pub const NO_FIGURE: &str = "—";

/// Seconds that 北京时间 is ahead of UTC, the whole year round.
const BEIJING_SECONDS_EAST: i32 = 8 * 3600;

/// A whole date: `2024年6月30日`.
pub fn day(on: NaiveDate, language: Language) -> String {
    match language {
        Language::Chinese => format!("{}年{}月{}日", on.year(), on.month(), on.day()),
        Language::English => on.to_string(),
    }
}

/// A date within the year that the text is about: `6月30日`.
pub fn short_day(on: NaiveDate, language: Language) -> String {
    match language {
        Language::Chinese => format!("{}月{}日", on.month(), on.day()),
        Language::English => on.to_string(),
    }
}

/// An amount in a sentence: `45.39万元`; so small that two decimals of 万元 would hide it: `50.00元`. In English to the fen,
/// `453,900.00 yuan`: nobody there counts in tens of thousands.
pub fn amount(amount: Fen, language: Language) -> String {
    let wan = amount.wan();
    match language {
        Language::English => format!("{} yuan", grouped(amount)),
        Language::Chinese if wan == "0.00" && amount != Fen::ZERO => format!("{}元", amount.yuan()),
        Language::Chinese => format!("{wan}万元"),
    }
}

/// A size without its sign, of a gap that the sentence already calls a gap.
pub fn size(amount: Fen) -> Fen {
    amount.negated().map_or(amount, |negated| negated.max(amount))
}

/// A share as a sentence names a threshold: `80%`, `66.5%`.
pub fn threshold(share: Decimal) -> String {
    let percent = share.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(share);
    format!("{}%", percent.normalize())
}

/// A ratio in a cell.
pub fn percent(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| NO_FIGURE.to_owned(), Ratio::percent)
}

/// An amount in a cell, in 万元.
pub fn wan(amount: Option<Fen>) -> String {
    amount.map_or_else(|| NO_FIGURE.to_owned(), Fen::wan)
}

/// An amount in a letter's cell: in 万元, in English in yuan.
pub fn cell(amount: Option<Fen>, language: Language) -> String {
    match language {
        Language::Chinese => wan(amount),
        Language::English => amount.map_or_else(|| NO_FIGURE.to_owned(), grouped),
    }
}

/// An amount in a subject: in English without the fen where there are none.
pub fn terse(of: Fen, language: Language) -> String {
    match language {
        Language::Chinese => amount(of, language),
        Language::English => format!("{} yuan", grouped(of).trim_end_matches(".00")),
    }
}

/// In yuan, a comma between thousands: `1,108,000.00`.
fn grouped(amount: Fen) -> String {
    let yuan = amount.yuan();
    let (sign, digits) = yuan.strip_prefix('-').map_or(("", yuan.as_str()), |digits| ("-", digits));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{rest}")
}

/// An instant, in the time that every reader in China has on the wall, and says so.
pub fn beijing_time(at: DateTime<Utc>, language: Language) -> String {
    let format = "%Y-%m-%d %H:%M:%S";
    match (FixedOffset::east_opt(BEIJING_SECONDS_EAST), language) {
        (Some(zone), Language::Chinese) => format!("北京时间{}", at.with_timezone(&zone).format(format)),
        (Some(zone), Language::English) => format!("{} Beijing time", at.with_timezone(&zone).format(format)),
        (None, _) => format!("UTC {}", at.format(format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_too_small_for_wan_is_written_in_yuan() {
        for (fen, text) in [(45_390_000, "45.39万元"), (0, "0.00万元"), (5_000, "0.01万元"), (4_900, "49.00元")]
        {
            assert_eq!(amount(Fen::new(fen), Language::Chinese), text);
        }
    }

    #[test]
    fn instants_are_told_in_beijing_time() {
        let at = "2024-06-30T16:30:05Z".parse().unwrap();
        assert_eq!(beijing_time(at, Language::Chinese), "北京时间2024-07-01 00:30:05");
        assert_eq!(beijing_time(at, Language::English), "2024-07-01 00:30:05 Beijing time");
    }

    #[test]
    fn english_amounts_are_whole_and_grouped() {
        for (fen, text) in [(0, "0.00"), (99_999, "999.99"), (-145_390_000, "-1,453,900.00"), (100_000, "1,000.00")] {
            assert_eq!(cell(Some(Fen::new(fen)), Language::English), text);
        }
        assert_eq!(terse(Fen::new(145_390_000), Language::English), "1,453,900 yuan");
        assert_eq!(terse(Fen::new(145_390_050), Language::English), "1,453,900.50 yuan");
    }
}
