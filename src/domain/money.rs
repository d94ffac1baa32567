//! Money is whole: a count of fen, checked in every sum, so that no figure is ever off by a rounding.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// An amount of money in fen (1 yuan = 100 fen). May be negative: a reversal, a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// Why an amount was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a decimal amount in yuan.
    #[error("not an amount in yuan: write 1 to 13 digits and at most two decimals, such as \"226950.00\"")]
    NotAnAmount,
    /// The amount, or a sum of amounts, leaves the range that can be kept.
    #[error("the amount is beyond what can be kept (92 quadrillion yuan)")]
    OutOfRange,
}

/// Digits before the decimal point that an amount in a request may have.
pub const MAX_YUAN_DIGITS: usize = 13;

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// An amount of so many fen.
    #[must_use]
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }

    /// The count of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads an amount in yuan as a request writes it: ASCII `\d{1,13}(\.\d{1,2})?`, no sign.
    pub fn parse_yuan(text: &str) -> Result<Fen, MoneyError> {
        let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, MAX_YUAN_DIGITS) || decimals.is_some_and(|part| !digits(part, 2)) {
            return Err(MoneyError::NotAnAmount);
        }
        let yuan: i64 = whole.parse().map_err(|_| MoneyError::NotAnAmount)?;
        let fen: i64 = match decimals {
            None => 0,
            Some(part) => format!("{part:0<2}").parse().map_err(|_| MoneyError::NotAnAmount)?,
        };
        yuan.checked_mul(100).and_then(|sum| sum.checked_add(fen)).map(Fen).ok_or(MoneyError::OutOfRange)
    }

    /// An amount in yuan, rounded to whole fen, half away from zero.
    pub fn from_yuan(yuan: Decimal) -> Result<Fen, MoneyError> {
        from_scaled(yuan, 100)
    }

    /// An amount in 万元 (ten thousand yuan), rounded to whole fen, half away from zero.
    pub fn from_wan(wan: Decimal) -> Result<Fen, MoneyError> {
        from_scaled(wan, 1_000_000)
    }

    /// The sum, or an error when it leaves the range.
    pub fn plus(self, other: Fen) -> Result<Fen, MoneyError> {
        self.0.checked_add(other.0).map(Fen).ok_or(MoneyError::OutOfRange)
    }

    /// The difference, or an error when it leaves the range.
    pub fn minus(self, other: Fen) -> Result<Fen, MoneyError> {
        self.0.checked_sub(other.0).map(Fen).ok_or(MoneyError::OutOfRange)
    }

    /// The amount with the opposite sign.
    pub fn negated(self) -> Result<Fen, MoneyError> {
        self.0.checked_neg().map(Fen).ok_or(MoneyError::OutOfRange)
    }

    /// The sum of many amounts.
    pub fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, MoneyError> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::plus)
    }

    /// The amount as a number of fen, for ratios and thresholds.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::from(self.0)
    }

    /// Yuan with two decimals, as the API writes it: `226950.00`, `-143900.00`.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", fen / 100, fen % 100)
    }

    /// 万元 with two decimals, rounded half away from zero, as letters and forms write it: `22.70`.
    #[must_use]
    pub fn wan(self) -> String {
        let hundredths = (self.0.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.0 < 0 && hundredths > 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

fn from_scaled(amount: Decimal, factor: i64) -> Result<Fen, MoneyError> {
    let fen = amount.checked_mul(Decimal::from(factor)).ok_or(MoneyError::OutOfRange)?;
    let fen = fen.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    fen.to_i64().map(Fen).ok_or(MoneyError::OutOfRange)
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yuan())
    }
}

/// A share of something, kept to four decimals, rounded half away from zero once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(Decimal);

impl Ratio {
    /// Nothing of it.
    pub const ZERO: Ratio = Ratio(Decimal::ZERO);

    /// `part ÷ whole`; none when the whole is zero.
    #[must_use]
    pub fn of(part: Decimal, whole: Decimal) -> Option<Ratio> {
        let share = part.checked_div(whole)?;
        Some(Ratio(share.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)))
    }

    /// The ratio as a number.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Per cent with two decimals, as letters write it: `68.30%`.
    #[must_use]
    pub fn percent(self) -> String {
        let percent = self.0.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(self.0);
        format!("{percent:.2}%")
    }
}

impl fmt::Display for Ratio {
    /// Four decimals, as the API writes it: `0.8813`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_is_read_only_as_the_contract_writes_it() {
        for (text, fen) in [("0", 0), ("226950.00", 22_695_000), ("0.1", 10), ("9999999999999.99", 999_999_999_999_999)]
        {
            assert_eq!(Fen::parse_yuan(text), Ok(Fen(fen)), "{text}");
        }
        for text in ["", ".5", "1.", "1.234", "-1", "+1", "1e3", "1,000.00", "１", "12345678901234", " 1", "1 ", "NaN"]
        {
            assert_eq!(Fen::parse_yuan(text), Err(MoneyError::NotAnAmount), "{text}");
        }
    }

    #[test]
    fn rounding_is_half_away_from_zero_and_happens_once() {
        let wan = |text: &str| Fen::from_wan(text.parse().unwrap()).unwrap().get();
        assert_eq!(wan("22.695"), 22_695_000);
        assert_eq!(wan("0.0000005"), 1);
        assert_eq!(wan("-0.0000005"), -1);
        assert_eq!(Fen(22_695_000).wan(), "22.70");
        assert_eq!(Fen(-22_695_000).wan(), "-22.70");
        assert_eq!(Fen(-4_999).wan(), "0.00");
        assert_eq!(Fen(i64::MIN).wan(), "-9223372036854.78");
    }

    #[test]
    fn a_sum_beyond_the_range_is_an_error_and_never_a_wrap() {
        assert_eq!(Fen(i64::MAX).plus(Fen(1)), Err(MoneyError::OutOfRange));
        assert_eq!(Fen(i64::MIN).negated(), Err(MoneyError::OutOfRange));
    }

    #[test]
    fn a_ratio_of_nothing_is_no_ratio() {
        assert_eq!(Ratio::of(Decimal::ONE, Decimal::ZERO), None);
        let ratio = Ratio::of(Decimal::from(310_000), Decimal::from(453_900)).unwrap();
        assert_eq!((ratio.to_string(), ratio.percent()), ("0.6830".into(), "68.30%".into()));
    }
}
