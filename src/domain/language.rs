//! The two languages that Milepost speaks.

/// A language of messages, letters and problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Chinese: screens, letters, forms, findings.
    #[default]
    Chinese,
    /// English: API problems unless asked otherwise.
    English,
}

impl Language {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Language::Chinese => "zh",
            Language::English => "en",
        }
    }

    /// The language of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Language> {
        [Language::Chinese, Language::English].into_iter().find(|language| language.name() == name)
    }

    /// The text in this language.
    #[must_use]
    pub fn pick<'text>(self, chinese: &'text str, english: &'text str) -> &'text str {
        match self {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}
