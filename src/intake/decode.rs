//! Bytes to text: UTF-8 with or without BOM, UTF-16 with BOM, GBK; a file of another kind is named, never guessed at.

use crate::intake::detail::{Limit, Unsuitable};
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

/// Bytes that a document may have.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// A file as text.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// Whether the file ends in the middle of a character.
    pub cut: bool,
}

/// Why a file is not text.
#[derive(Debug, PartialEq, Eq)]
pub enum NotText {
    /// Beyond [`MAX_FILE_BYTES`].
    TooLarge(Limit),
    /// Another kind of file.
    Unsuitable(Unsuitable),
}

/// The file as text, if it is one.
pub fn decode(bytes: &[u8]) -> Result<Decoded, NotText> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(NotText::TooLarge(Limit::Bytes(MAX_FILE_BYTES)));
    }
    let decoded = decode_encoding(bytes).map_err(NotText::Unsuitable)?;
    if decoded.text.trim().is_empty() {
        return Err(NotText::Unsuitable(Unsuitable::Empty));
    }
    match control_character_line(&decoded.text) {
        Some(line) => Err(NotText::Unsuitable(Unsuitable::ControlCharacter { line })),
        None => Ok(decoded),
    }
}

fn decode_encoding(bytes: &[u8]) -> Result<Decoded, Unsuitable> {
    if let Some(kind) = other_kind(bytes) {
        return Err(Unsuitable::Kind(kind));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest).map_err(|line| Unsuitable::Encoding { line });
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return strictly(rest, encoding, 1).ok_or(Unsuitable::Encoding { line: 1 });
        }
    }
    utf8(bytes).or_else(|line| strictly(bytes, GB18030, 3).ok_or(Unsuitable::Encoding { line }))
}

/// UTF-8, or the line of the first byte that is none.
fn utf8(bytes: &[u8]) -> Result<Decoded, u32> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: text.to_owned(), cut: false }),
        Err(fault) => {
            let valid = bytes.get(..fault.valid_up_to()).unwrap_or_default();
            let text = std::str::from_utf8(valid).unwrap_or_default();
            if fault.error_len().is_none() && text.contains(|sign| !char::is_ascii(&sign)) {
                return Ok(Decoded { text: text.to_owned(), cut: true });
            }
            let line = text.matches('\n').count() + 1;
            Err(u32::try_from(line).unwrap_or(u32::MAX))
        }
    }
}

/// The text in that encoding; when only its last bytes do not fit, the text is cut.
fn strictly(bytes: &[u8], encoding: &'static Encoding, longest_tail: usize) -> Option<Decoded> {
    for tail in 0..=longest_tail {
        let whole = bytes.get(..bytes.len().checked_sub(tail)?)?;
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(whole) {
            return Some(Decoded { text: text.into_owned(), cut: tail > 0 });
        }
    }
    None
}

fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 9] = [
        (b"\x89PNG", "PNG"),
        (b"PK\x03\x04", "ZIP/DOCX/XLSX"),
        (b"PK\x05\x06", "ZIP"),
        (b"%PDF", "PDF"),
        (b"\xd0\xcf\x11\xe0", "DOC/XLS"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"\x1f\x8b", "GZIP"),
        (b"{\\rtf", "RTF"),
    ];
    KINDS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, kind)| *kind)
}

/// The line of the first control character that no text file has; Word's own page, line and cell marks are let pass.
fn control_character_line(text: &str) -> Option<u32> {
    let mut line = 1;
    for sign in text.chars() {
        match sign {
            '\n' => line += 1,
            '\t' | '\r' | '\u{7}' | '\u{b}' | '\u{c}' => {}
            _ if sign.is_control() => return Some(line),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "项目编码\t预算数 ≥95%";

    #[test]
    fn one_text_in_every_encoding_reads_alike() {
        let (gbk, _, _) = GB18030.encode(TEXT);
        let with_bom = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in [TEXT.as_bytes(), &with_bom, &gbk, &little, &big] {
            assert_eq!(decode(bytes), Ok(Decoded { text: TEXT.into(), cut: false }));
        }
    }

    #[test]
    fn a_file_cut_inside_a_character_is_known_as_cut() {
        let cut = |bytes: &[u8]| decode(bytes).map(|decoded| decoded.cut);
        assert_eq!(cut(&"表格".as_bytes()[..5]), Ok(true));
        let (gbk, _, _) = GB18030.encode("表格");
        assert_eq!(cut(&gbk[..3]), Ok(true));
        assert_eq!(cut(b"\xff\xfe\x68\x88\x68"), Ok(true));
    }

    #[test]
    fn a_file_of_another_kind_is_named() {
        for (bytes, why) in [
            (&b""[..], Unsuitable::Empty),
            (b"\xef\xbb\xbf \n", Unsuitable::Empty),
            (b"\x89PNG\r\n\x1a\n....", Unsuitable::Kind("PNG")),
            (b"PK\x03\x04....", Unsuitable::Kind("ZIP/DOCX/XLSX")),
            (b"one\ntwo\0", Unsuitable::ControlCharacter { line: 2 }),
            (b"a\n\xff\xff\xff\xff\xff\xff", Unsuitable::Encoding { line: 2 }),
        ] {
            assert_eq!(decode(bytes), Err(NotText::Unsuitable(why)));
        }
        let large = vec![b'a'; MAX_FILE_BYTES + 1];
        assert_eq!(decode(&large), Err(NotText::TooLarge(Limit::Bytes(MAX_FILE_BYTES))));
    }
}
