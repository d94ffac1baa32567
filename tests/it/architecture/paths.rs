//! From tokens to the paths that a file names: in `use` trees of every shape, and inline.

use std::collections::BTreeSet;

use super::scan::Token;

/// A path as resolved from where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it leads to.
    pub target: Target,
    /// Its line, counted from 1.
    pub line: usize,
    /// Whether it is handed on by `pub use`.
    pub is_public: bool,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Something of ours: the words after `crate`.
    Ours(Vec<String>),
    /// Something of another crate: its name and the words after it.
    Crate(Vec<String>),
}

struct RawPath {
    words: Vec<String>,
    line: usize,
    is_public: bool,
}

/// The paths in a file of the module `module`, that lead to our modules or to one of the `crates`.
pub fn named(tokens: &[Token], module: &[String], crates: &[String]) -> Vec<Named> {
    let mut reader = PathReader {
        tokens,
        at: 0,
        module: module.to_vec(),
        inline: Vec::new(),
        depth: 0,
        raw: Vec::new(),
        local: BTreeSet::new(),
    };
    reader.read();
    let PathReader { raw, local, .. } = reader;
    let resolved = raw.into_iter().filter_map(|(path, module)| {
        let target = resolve(&path.words, &module, crates, &local)?;
        Some(Named { target, line: path.line, is_public: path.is_public })
    });
    resolved.collect()
}

struct PathReader<'t> {
    tokens: &'t [Token],
    at: usize,
    module: Vec<String>,
    /// The depths at which the inline modules that we are in began.
    inline: Vec<usize>,
    depth: usize,
    raw: Vec<(RawPath, Vec<String>)>,
    /// Names that the file itself gives to something: they hide a crate of the same name.
    local: BTreeSet<String>,
}

impl PathReader<'_> {
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text.as_str())
    }

    fn is_word(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(Token::is_word)
    }

    fn before(&self) -> &str {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or("", |token| token.text.as_str())
    }

    fn read(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            match token.text.as_str() {
                "use" if self.text(1) != "<" => self.read_use(),
                "extern" if self.text(1) == "crate" => {
                    let path = RawPath {
                        words: vec![String::new(), self.text(2).to_owned()],
                        line: token.line,
                        is_public: false,
                    };
                    self.raw.push((path, self.module.clone()));
                    self.at += 3;
                }
                "mod" if self.is_word(1) => self.enter_module(),
                "{" => {
                    self.depth += 1;
                    self.at += 1;
                }
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inline.last() == Some(&self.depth) {
                        self.inline.pop();
                        self.module.pop();
                    }
                    self.at += 1;
                }
                "::" if !self.goes_on_from_before() && self.is_word(1) => self.read_inline(vec![String::new()]),
                _ if token.is_word() && self.text(1) == "::" && self.before() != "::" => self.read_inline(Vec::new()),
                _ => self.at += 1,
            }
        }
    }

    /// Whether the `::` here follows a word or a closing `>`, so that no path begins with it.
    fn goes_on_from_before(&self) -> bool {
        let is_word = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(Token::is_word);
        is_word || self.before() == ">"
    }

    fn enter_module(&mut self) {
        let name = self.text(1).to_owned();
        self.local.insert(name.clone());
        if self.text(2) == "{" {
            self.inline.push(self.depth);
            self.module.push(name);
        }
        self.at += 2;
    }

    fn read_inline(&mut self, mut words: Vec<String>) {
        let line = self.tokens[self.at].line;
        loop {
            if self.text(0) == "::" {
                self.at += 1;
            }
            if !self.is_word(0) {
                break;
            }
            words.push(self.text(0).to_owned());
            self.at += 1;
            if self.text(0) != "::" {
                break;
            }
        }
        self.raw.push((RawPath { words, line, is_public: false }, self.module.clone()));
    }

    fn read_use(&mut self) {
        let is_public = matches!(self.before(), "pub" | ")");
        self.at += 1;
        let module = self.module.clone();
        let mut found = Vec::new();
        self.read_tree(&[], &mut found);
        for (words, line) in found {
            self.raw.push((RawPath { words, line, is_public }, module.clone()));
        }
    }

    /// Reads one branch of a `use` tree: a path, then nothing, an alias, a star or a group of further branches.
    fn read_tree(&mut self, above: &[String], found: &mut Vec<(Vec<String>, usize)>) {
        let mut words = above.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        if self.text(0) == "::" && words.is_empty() {
            words.push(String::new());
        }
        loop {
            if self.text(0) == "::" {
                self.at += 1;
            }
            match self.text(0) {
                "{" => return self.read_group(&words, found),
                "*" => {
                    words.push("*".to_owned());
                    self.at += 1;
                }
                "self" if !words.is_empty() => self.at += 1,
                _ if self.is_word(0) => {
                    words.push(self.text(0).to_owned());
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            if self.text(0) != "::" {
                break;
            }
        }
        let mut name = words.last().cloned().unwrap_or_default();
        if self.text(0) == "as" {
            self.text(1).clone_into(&mut name);
            self.at += 2;
        }
        // `use tokio;` gives no new name to the crate: it names it.
        if words.len() > 1 {
            self.local.insert(name);
        }
        found.push((words, line));
    }

    fn read_group(&mut self, words: &[String], found: &mut Vec<(Vec<String>, usize)>) {
        self.at += 1;
        while !matches!(self.text(0), "}" | "") {
            if self.text(0) == "," {
                self.at += 1;
            } else {
                self.read_tree(words, found);
            }
        }
        self.at += 1;
    }
}

/// Where a path leads, seen from `module`; None where it stays within the file's own names.
fn resolve(words: &[String], module: &[String], crates: &[String], local: &BTreeSet<String>) -> Option<Target> {
    let (first, rest) = words.split_first()?;
    match first.as_str() {
        "crate" | "milepost" => Some(Target::Ours(rest.to_vec())),
        "self" => Some(Target::Ours([module, rest].concat())),
        "super" => {
            let up = words.iter().take_while(|word| *word == "super").count();
            let base = module.get(..module.len().checked_sub(up)?)?;
            Some(Target::Ours([base, words.get(up..)?].concat()))
        }
        "" => Some(Target::Crate(rest.to_vec())),
        name if crates.iter().any(|known| known == name) && !local.contains(name) => {
            Some(Target::Crate(words.to_vec()))
        }
        _ => None,
    }
}
