//! How letters stand on the page: columns and hanging paragraphs of the plain-text part, colours of the HTML part. The
//! templates of every letter ask here.

use crate::render::width;

/// Columns of the plain-text part.
const TEXT_COLUMNS: usize = 78;

/// Columns of each figure in a row of the plain-text part; what is left is for a word.
const FIGURE_COLUMNS: usize = 13;

/// Columns of each figure where no word follows.
const WIDE_FIGURE_COLUMNS: usize = 15;

/// Columns of a name beside figures.
const NAME_COLUMNS: usize = 16;

/// A paragraph.
pub fn wrapped(text: &str, indent: usize) -> String {
    hanging(&" ".repeat(indent), text)
}

/// Two short texts in a line, where they fit.
pub fn side_by_side(one: &str, between: &str, other: &str) -> String {
    let line = format!("{one}{between}{other}");
    if width::columns(&line) <= TEXT_COLUMNS { line } else { format!("{}\n{}", wrapped(one, 0), wrapped(other, 0)) }
}

/// An item of a list.
pub fn numbered(number: impl std::fmt::Display, text: &str) -> String {
    hanging(&format!("{number}. "), text)
}

/// A paragraph of an item, behind its label.
pub fn labelled(label: &str, text: &str) -> String {
    hanging(&format!("   {label}"), text)
}

/// The same below another one with that label.
pub fn below(label: &str, text: &str) -> String {
    wrapped(text, 3 + width::columns(label))
}

/// Figures in their columns.
pub fn figures(figures: &[impl AsRef<str>]) -> String {
    figures.iter().map(|figure| width::right(&format!(" {}", figure.as_ref()), WIDE_FIGURE_COLUMNS)).collect()
}

/// The same beside a name.
pub fn named_figures(name: &str, cells: &[impl AsRef<str>]) -> String {
    let name = width::shorten(name, NAME_COLUMNS);
    format!("{name}{}{}", " ".repeat(NAME_COLUMNS - width::columns(&name)), figures(cells))
}

/// A line across.
pub fn rule() -> String {
    "-".repeat(TEXT_COLUMNS)
}

/// A paragraph whose further lines begin under its first word.
fn hanging(label: &str, text: &str) -> String {
    let indent = width::columns(label);
    let lines = width::wrap(text, TEXT_COLUMNS - indent);
    format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// The names of the columns: the last is of words.
pub fn head_row(columns: &[&str]) -> String {
    columns.split_last().map_or_else(String::new, |(word, figures)| line(figures.iter().copied(), word))
}

/// Columns of figures, given with their labels, and one of words.
pub fn row(cells: &[(&str, String)], word: &str) -> String {
    line(cells.iter().map(|(_, figure)| figure.as_str()), word)
}

/// A figure too wide for its column still keeps its distance.
fn line<'text>(cells: impl Iterator<Item = &'text str>, word: &str) -> String {
    let cells = cells.map(|cell| width::right(&format!(" {cell}"), FIGURE_COLUMNS));
    format!("{}    {word}", cells.collect::<String>())
}

/// The inline colour of a tone's text in a light room; the style sheet has those of a dark one.
pub fn ink(tone: &str) -> &'static str {
    colours(tone).0
}

/// The inline colour behind a tone's text.
pub fn wash(tone: &str) -> &'static str {
    colours(tone).1
}

/// The inline colour of a tone's bar.
pub fn fill(tone: &str) -> &'static str {
    colours(tone).2
}

/// Text, background and bar of a tone.
fn colours(tone: &str) -> (&'static str, &'static str, &'static str) {
    match tone {
        "critical" => ("#a8201a", "#fbeae8", "#c8382f"),
        "warning" => ("#8a5200", "#fdf1dc", "#d48a1c"),
        "notice" => ("#1f5c9e", "#e8f0f9", "#3f7fc4"),
        _ => ("#1d6b43", "#e6f4ec", "#3a9867"),
    }
}
