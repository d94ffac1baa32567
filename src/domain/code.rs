//! Codes as the treasury writes them: a project's 21 signs with a check sign, and a budget unit's digits.

use std::fmt;

/// A project's code in a fiscal year, such as `13060524P000002100357`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectCode(String);

/// A budget unit's code, such as `333001`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitCode(String);

/// A code that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Wrong signs or a wrong length.
    #[error("a project code has 1 to 40 letters and digits, such as 13060524P000002100357")]
    Project,
    /// Wrong signs or a wrong length.
    #[error("a unit code has 1 to 20 letters and digits, such as 333001")]
    Unit,
}

/// The signs of a code that carries a check sign, in the order of their values.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: usize = 31;
const FULL_LENGTH: usize = 21;

impl ProjectCode {
    /// Reads a code: ASCII letters and digits, made upper case; other systems' shorter codes are accepted.
    pub fn parse(text: &str) -> Result<ProjectCode, CodeError> {
        let text = text.trim();
        if (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(ProjectCode(text.to_ascii_uppercase()))
        } else {
            Err(CodeError::Project)
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The check sign that the first twenty signs ask for; none when the code is not of the 21-sign kind.
    ///
    /// Source: worked out from the fifteen codes of a real document, which all match; no regulation says so.
    /// So a mismatch is a warning and never a refusal.
    #[must_use]
    pub fn expected_check_sign(&self) -> Option<char> {
        if self.0.len() != FULL_LENGTH {
            return None;
        }
        let mut power = 1;
        let mut sum = 0;
        for sign in self.0.chars().take(FULL_LENGTH - 1) {
            sum = (sum + ALPHABET.find(sign)? * power) % MODULUS;
            power = power * 3 % MODULUS;
        }
        ALPHABET.chars().nth(MODULUS - 1 - sum)
    }

    /// Whether the last sign is the one the others ask for; none when that cannot be said.
    #[must_use]
    pub fn check_sign_matches(&self) -> Option<bool> {
        Some(self.expected_check_sign()? == self.0.chars().last()?)
    }

    /// The year written in the code (signs 7 and 8), which need not be the fiscal year.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        if self.0.len() != FULL_LENGTH {
            return None;
        }
        self.0.get(6..8)?.parse::<i32>().ok().map(|short| 2000 + short)
    }
}

impl UnitCode {
    /// Reads a unit's code: ASCII letters and digits.
    pub fn parse(text: &str) -> Result<UnitCode, CodeError> {
        let text = text.trim();
        if (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(UnitCode(text.to_owned()))
        } else {
            Err(CodeError::Unit)
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: [&str; 15] = [
        "13060524P000002100357",
        "13060524P000003100322",
        "13060524P00000310033M",
        "13060524P00000310031E",
        "13060524P00000110041Y",
        "13060524P000002100067",
        "13060524P00436310001P",
        "13060524P004362100039",
        "13060524P004362100012",
        "13060524P00436210005G",
        "13060524P00436210004W",
        "13060524P00436210002M",
        "13060523P004356100013",
        "13060523P00435610002N",
        "13060524P004364100267",
    ];

    #[test]
    fn every_real_code_has_its_check_sign() {
        for text in REAL {
            assert_eq!(ProjectCode::parse(text).unwrap().check_sign_matches(), Some(true), "{text}");
        }
    }

    #[test]
    fn one_wrong_sign_is_noticed_wherever_it_stands() {
        for place in 0..20 {
            let mut signs: Vec<char> = REAL[0].chars().collect();
            signs[place] = if signs[place] == '7' { '8' } else { '7' };
            let code = ProjectCode::parse(&signs.iter().collect::<String>()).unwrap();
            assert_eq!(code.check_sign_matches(), Some(false), "{code}");
        }
    }

    #[test]
    fn the_year_of_the_code_is_read_where_there_is_one() {
        assert_eq!(ProjectCode::parse(REAL[12]).unwrap().year(), Some(2023));
        assert_eq!(ProjectCode::parse("A1").unwrap().year(), None);
        assert_eq!(ProjectCode::parse("A1").unwrap().check_sign_matches(), None);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "13060524P00000210035-", "编码", "1 2"] {
            assert!(ProjectCode::parse(text).is_err(), "{text}");
        }
    }
}
