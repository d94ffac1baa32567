//! The two languages that Milepost speaks.

/// A language of messages, letters and problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese: screens, letters, forms, findings.
    #[default]
    Chinese,
    /// English: API problems unless asked otherwise.
    English,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub fn pick<'text>(self, chinese: &'text str, english: &'text str) -> &'text str {
        match self {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}
