//! A reading as text, so that the API, the letters and the terminal write it alike.

use crate::domain::language::Language;
use crate::domain::reading::Observed;
use crate::render::figures::day;
use crate::render::words;

/// As the API writes it: `96.2`, `partly_met`, `2024-03-28`.
#[must_use]
pub fn text(observed: Observed) -> String {
    match observed {
        Observed::Value(value) => value.normalize().to_string(),
        Observed::Grade(grade) => grade.name().to_owned(),
        Observed::DoneOn(on) => on.to_string(),
    }
}

/// As a person reads it: `96.2`, `部分达成`, `2024年3月28日完成`.
#[must_use]
pub fn words(observed: Observed, language: Language) -> String {
    match (observed, language) {
        (Observed::Value(value), _) => value.normalize().to_string(),
        (Observed::Grade(grade), _) => words::grade(grade, language).to_owned(),
        (Observed::DoneOn(on), Language::Chinese) => format!("{}完成", day(on, language)),
        (Observed::DoneOn(on), Language::English) => format!("done on {on}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Grade;

    #[test]
    fn a_reading_is_written_without_needless_zeros() {
        for (observed, api, zh) in [
            (Observed::Value("96.20".parse().unwrap()), "96.2", "96.2"),
            (Observed::Value("100".parse().unwrap()), "100", "100"),
            (Observed::Grade(Grade::PartlyMet), "partly_met", "部分达成"),
            (Observed::DoneOn("2024-03-28".parse().unwrap()), "2024-03-28", "2024年3月28日完成"),
        ] {
            assert_eq!((text(observed).as_str(), words(observed, Language::Chinese).as_str()), (api, zh));
        }
    }
}
