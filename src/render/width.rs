//! Columns as a terminal or a fixed-width mail reader counts them: a Chinese sign takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Signs that must not begin a line.
const CLOSING: &str = "，。、；：！？）》”’】%,.;:!?)";

/// What stands where a text was shortened.
const CUT: char = '…';

/// The columns that a text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A sign's columns at most; the sign that asks for a coloured picture widens the one before it by a column.
fn sign_columns(sign: char) -> usize {
    if sign == '\u{fe0f}' { 1 } else { sign.width().unwrap_or(0) }
}

/// The text with blanks before it, up to so many columns.
pub fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The text shortened to so many columns by taking out its middle: names of one unit often begin alike, and the
/// end tells them apart.
pub fn shorten(text: &str, most: usize) -> String {
    shorten_by(text, most, sign_columns)
}

/// The text shortened to so many signs, in the same way.
pub fn shorten_signs(text: &str, most: usize) -> String {
    shorten_by(text, most, |_| 1)
}

fn shorten_by(text: &str, most: usize, size: fn(char) -> usize) -> String {
    if text.chars().map(size).sum::<usize>() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(size(CUT));
    let tail: String = taken(text.chars().rev(), room / 2, size).into_iter().rev().collect();
    let tail_size: usize = tail.chars().map(size).sum();
    let head: String = taken(text.chars(), room - tail_size, size).into_iter().collect();
    if most == 0 { String::new() } else { format!("{head}{CUT}{tail}") }
}

fn taken(signs: impl Iterator<Item = char>, room: usize, size: fn(char) -> usize) -> Vec<char> {
    let mut used = 0;
    signs
        .take_while(|sign| {
            used += size(*sign);
            used <= room
        })
        .collect()
}

/// The text in lines of at most so many columns. Numbers and words stay whole, and a closing sign may stand over
/// the edge rather than begin a line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = columns(&line) + columns(&piece) <= width;
        let hangs = piece.chars().count() == 1 && CLOSING.contains(&piece);
        if !fits && !hangs && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end_matches(' ').to_owned());
        }
        for sign in piece.chars() {
            if columns(&line) + sign_columns(sign) > width && !hangs && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            if !(line.is_empty() && sign == ' ') {
                line.push(sign);
            }
        }
    }
    lines.push(line);
    lines
}

/// Runs of ASCII without blanks, and every other sign by itself.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_word = false;
    for sign in text.chars() {
        let of_word = sign.is_ascii_graphic();
        match pieces.last_mut() {
            Some(word) if in_word && of_word => word.push(sign),
            _ => pieces.push(sign.to_string()),
        }
        in_word = of_word;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_middle_is_taken_out_and_the_end_kept() {
        let name = "住建局综合业务资金--财政专网组网专线";
        assert_eq!(shorten(name, 21), "住建局综合…网组网专线");
        assert_eq!(shorten(name, 40), name);
        assert_eq!(shorten_signs(name, 9), "住建局综…组网专线");
    }

    #[test]
    fn numbers_stay_whole_and_closing_signs_hang() {
        assert_eq!(wrap("截至6月应支出45.39万元，实际", 16), ["截至6月应支出", "45.39万元，实际"]);
        assert_eq!(wrap("应支出万元。差", 10), ["应支出万元。", "差"]);
    }

    proptest! {
        #[test]
        fn no_text_is_wider_than_asked_and_wrapping_loses_nothing(text in "[\\PC]{0,60}", width in 2_usize..60) {
            prop_assert!(columns(&shorten(&text, width)) <= width);
            let kept = |text: &str| text.chars().filter(|sign| *sign != ' ').collect::<String>();
            prop_assert_eq!(kept(&wrap(&text, width).concat()), kept(&text));
        }
    }
}
