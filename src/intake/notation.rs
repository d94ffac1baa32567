//! How clerks write: full-width signs, thousands commas, many spellings of "nothing". One place makes them plain.

use rust_decimal::Decimal;

/// The text in plain signs: full-width letters, digits and brackets as ASCII, one spelling of ≥ and ≤, odd spaces as
/// spaces, invisible signs dropped, ends trimmed.
#[must_use]
pub fn plain(text: &str) -> String {
    let plain: String = text.chars().filter(|sign| !is_invisible(*sign)).map(plain_sign).collect();
    plain.trim().to_owned()
}

/// A label or heading in plain signs without any space, for comparison only.
#[must_use]
pub fn label(text: &str) -> String {
    plain(text).chars().filter(|sign| !sign.is_whitespace()).collect()
}

fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn plain_sign(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        '≧' | '⩾' => '≥',
        '≦' | '⩽' => '≤',
        '﹪' => '%',
        _ if sign.is_whitespace() && sign != '\n' => ' ',
        _ => sign,
    }
}

/// Whether a cell says "nothing": blank, or only dashes, strokes or stars.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let text = plain(text);
    text.chars().count() <= 3
        && text.chars().all(|sign| matches!(sign, '-' | '—' | '–' | '―' | '─' | '−' | '‐' | '*' | '/' | '\\'))
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// Other signs, or commas in odd places.
    Unreadable,
    /// Below zero.
    Negative,
    /// More digits than can be kept.
    TooLarge,
}

/// Digits that a number may have before and after its point.
const MAX_WHOLE_DIGITS: usize = 16;
const MAX_DECIMALS: usize = 8;

/// Reads a number that is not negative, in plain signs: `90.78`, `1,234,567.8`; commas only where thousands part.
pub fn number(text: &str) -> Result<Decimal, NumberFault> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['-', '−', '—']) {
        return Err(if number(rest).is_ok() { NumberFault::Negative } else { NumberFault::Unreadable });
    }
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let whole = without_commas(whole).ok_or(NumberFault::Unreadable)?;
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(&whole) || !decimals.is_none_or(all_digits) {
        return Err(NumberFault::Unreadable);
    }
    if whole.trim_start_matches('0').len() > MAX_WHOLE_DIGITS || decimals.is_some_and(|part| part.len() > MAX_DECIMALS)
    {
        return Err(NumberFault::TooLarge);
    }
    let digits = decimals.map_or_else(|| whole.clone(), |part| format!("{whole}.{part}"));
    digits.parse().map_err(|_| NumberFault::Unreadable)
}

fn without_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// Parts a text in plain signs into the number that it begins with and what follows; none when it begins with no digit.
#[must_use]
pub fn leading_number(text: &str) -> Option<(Result<Decimal, NumberFault>, &str)> {
    let is_part = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
    let end = text.find(|sign| !is_part(sign)).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if !digits.starts_with(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    let trimmed = digits.trim_end_matches(',');
    let rest = if trimmed.len() == digits.len() { rest } else { text.get(trimmed.len()..)? };
    Some((number(trimmed), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_spellings() {
        for text in ["", " ", "\u{a0}", "\u{3000}", "-", "—", "——", "－", "*", "＊", "/", "／"] {
            assert!(is_blank(text), "{text}");
        }
        for text in ["0", "0.00", "-1", "无", "----"] {
            assert!(!is_blank(text), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_clerks_write_them() {
        for (text, value) in [
            ("90.78", "90.78"),
            ("1,234,567.8901", "1234567.8901"),
            ("９０．７８", "90.78"),
            ("１，２３４．５", "1234.5"),
            (" 0.31 ", "0.31"),
            ("007", "7"),
        ] {
            assert_eq!(number(&plain(text)), Ok(value.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_never_guessed() {
        for text in
            ["9O.78", "1,23", "1,2345", ",123", "1234,567", "1.2.3", ".5", "5.", "", "+1", "1e3", "3 4", "--5", "６万"]
        {
            assert_eq!(number(&plain(text)), Err(NumberFault::Unreadable), "{text}");
        }
        assert_eq!(number("-5"), Err(NumberFault::Negative));
        assert_eq!(number("99999999999999999"), Err(NumberFault::TooLarge));
        assert_eq!(number("0.123456789"), Err(NumberFault::TooLarge));
    }

    #[test]
    fn a_number_ends_where_its_unit_begins() {
        let parts = |text| leading_number(text).map(|(value, rest)| (value.unwrap().to_string(), rest));
        assert_eq!(parts("95%"), Some(("95".into(), "%")));
        assert_eq!(parts("1一条专线"), Some(("1".into(), "一条专线")));
        assert_eq!(parts("95,其中"), Some(("95".into(), ",其中")));
        assert_eq!(parts("有效"), None);
    }
}
