//! Short texts that came from outside, made safe at the door: no control characters, a length with a name.

/// Characters a name (of a project, a person, a unit) may have.
pub const MAX_NAME_CHARS: usize = 200;
/// Characters a memo, a reason or a note may have.
pub const MAX_MEMO_CHARS: usize = 2_000;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than the limit named.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A NUL or another control character.
    #[error("holds a control character; remove it")]
    ControlCharacter,
}

/// A one-line text: trimmed, not empty, no control characters, at most `most` characters.
pub fn line(text: &str, most: usize) -> Result<String, TextError> {
    let text = checked(text, most, |_| false)?;
    if text.is_empty() { Err(TextError::Empty) } else { Ok(text) }
}

/// A text of several lines: newlines and tabs are allowed, and it may be empty.
pub fn memo(text: &str) -> Result<String, TextError> {
    checked(text, MAX_MEMO_CHARS, |sign| matches!(sign, '\n' | '\r' | '\t'))
}

fn checked(text: &str, most: usize, also: impl Fn(char) -> bool) -> Result<String, TextError> {
    if text.chars().any(|sign| sign.is_control() && !also(sign)) {
        return Err(TextError::ControlCharacter);
    }
    let text = text.trim();
    if text.chars().count() > most { Err(TextError::TooLong(most)) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused_but_a_memo_may_have_lines() {
        assert_eq!(line("a\u{0}b", 9), Err(TextError::ControlCharacter));
        assert_eq!(line("a\nb", 9), Err(TextError::ControlCharacter));
        assert_eq!(line("  ", 9), Err(TextError::Empty));
        assert_eq!(line("十个字十个字十个字十", 9), Err(TextError::TooLong(9)));
        assert_eq!(memo("a\nb"), Ok("a\nb".into()));
        assert_eq!(memo("a\u{7f}b"), Err(TextError::ControlCharacter));
    }
}
