//! From a source file's text to its words and signs, without comments, literals and what is compiled for tests only.

/// A word, a `::` or a sign, with its line counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

impl Token {
    /// Whether it is a name or keyword.
    pub fn is_word(&self) -> bool {
        self.text.starts_with(is_word_sign)
    }
}

/// The tokens that the service is built from.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut scanner = Scanner { rest: text.chars().collect(), at: 0, line: 1 };
    while let Some(token) = scanner.next_token() {
        all.push(token);
    }
    without_tests(&all)
}

fn is_word_sign(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    line: usize,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> char {
        self.rest.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn step(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.peek(0) == '\n');
            self.at += 1;
        }
    }

    fn skip_while(&mut self, goes_on: impl Fn(&Self) -> bool) {
        while self.at < self.rest.len() && goes_on(self) {
            self.step(1);
        }
    }

    fn next_token(&mut self) -> Option<Token> {
        loop {
            match (self.peek(0), self.peek(1)) {
                _ if self.at >= self.rest.len() => return None,
                (sign, _) if sign.is_whitespace() => self.step(1),
                ('/', '/') => self.skip_while(|s| s.peek(0) != '\n'),
                ('/', '*') => self.skip_block_comment(),
                ('"', _) => self.skip_string(),
                ('\'', _) => self.skip_character_or_lifetime(),
                (sign, _) if is_word_sign(sign) => {
                    if !self.skip_prefixed_string() {
                        return Some(self.word());
                    }
                }
                (':', ':') => return Some(self.sign(2)),
                _ => return Some(self.sign(1)),
            }
        }
    }

    fn word(&mut self) -> Token {
        if self.peek(0) == 'r' && self.peek(1) == '#' && is_word_sign(self.peek(2)) {
            self.step(2); // a raw name, such as r#type
        }
        let (start, line) = (self.at, self.line);
        self.skip_while(|s| is_word_sign(s.peek(0)));
        Token { text: self.rest[start..self.at].iter().collect(), line }
    }

    fn sign(&mut self, length: usize) -> Token {
        let token = Token { text: self.rest[self.at..self.at + length].iter().collect(), line: self.line };
        self.step(length);
        token
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.rest.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => {
                    depth += 1;
                    self.step(2);
                }
                ('*', '/') => {
                    depth -= 1;
                    self.step(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.step(1),
            }
        }
    }

    fn skip_string(&mut self) {
        self.step(1);
        while self.at < self.rest.len() && self.peek(0) != '"' {
            self.step(if self.peek(0) == '\\' { 2 } else { 1 });
        }
        self.step(1);
    }

    fn skip_character_or_lifetime(&mut self) {
        if self.peek(1) == '\\' {
            self.step(3); // the sign after the backslash may itself be a quote
            self.skip_while(|s| s.peek(0) != '\'');
            self.step(1);
        } else if self.peek(2) == '\'' {
            self.step(3);
        } else {
            self.step(1);
            self.skip_while(|s| is_word_sign(s.peek(0)));
        }
    }

    /// Skips `b"…"`, `c"…"`, `b'…'`, `r"…"`, `br#"…"#` and their like, if the word that begins here is one.
    fn skip_prefixed_string(&mut self) -> bool {
        let prefix = (0..2).take_while(|ahead| "bcr".contains(self.peek(*ahead))).count();
        let hashes = (0..256).take_while(|hash| self.peek(prefix + hash) == '#').count();
        let is_raw = prefix > 0 && self.peek(prefix - 1) == 'r';
        match self.peek(prefix + hashes) {
            '"' if is_raw => {
                self.step(prefix + hashes + 1);
                self.skip_while(|s| s.peek(0) != '"' || (1..=hashes).any(|ahead| s.peek(ahead) != '#'));
                self.step(1 + hashes);
            }
            '"' if prefix > 0 && hashes == 0 => {
                self.step(prefix);
                self.skip_string();
            }
            '\'' if prefix == 1 && hashes == 0 && self.peek(0) == 'b' => {
                self.step(1);
                self.skip_character_or_lifetime();
            }
            _ => return false,
        }
        true
    }
}

/// Leaves out every item under `#[cfg(test)]`, and the whole of a file under `#![cfg(test)]`.
fn without_tests(all: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        let inner = usize::from(all.get(at + 1).is_some_and(|next| next.text == "!"));
        let end = if token.text == "#" { attribute_end(all, at + inner) } else { None };
        match end {
            Some(end) if is_for_tests(&all[at..end]) && inner == 1 => return kept,
            Some(end) if is_for_tests(&all[at..end]) => at = item_end(all, end),
            _ => {
                kept.push(token.clone());
                at += 1;
            }
        }
    }
    kept
}

/// Where the attribute that begins at the `#` (or its `!`) ends.
fn attribute_end(all: &[Token], start: usize) -> Option<usize> {
    if all.get(start + 1)?.text != "[" {
        return None;
    }
    let mut depth = 0;
    for (place, token) in all.iter().enumerate().skip(start + 1) {
        depth += depth_change(token);
        if depth == 0 {
            return Some(place + 1);
        }
    }
    None
}

fn is_for_tests(attribute: &[Token]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.text == word);
    has("cfg") && has("test") && !has("not") && !has("any")
}

/// Where the item that begins here ends, its further attributes included.
fn item_end(all: &[Token], mut start: usize) -> usize {
    while all.get(start).is_some_and(|token| token.text == "#") {
        let Some(end) = attribute_end(all, start) else { break };
        start = end;
    }
    let mut depth = 0;
    for (place, token) in all.iter().enumerate().skip(start) {
        depth += depth_change(token);
        match token.text.as_str() {
            _ if depth < 0 => return place,
            ";" | "}" if depth == 0 => return place + 1,
            _ => {}
        }
    }
    all.len()
}

fn depth_change(token: &Token) -> i32 {
    match token.text.as_str() {
        "{" | "(" | "[" => 1,
        "}" | ")" | "]" => -1,
        _ => 0,
    }
}
