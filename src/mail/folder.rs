//! Letters as .eml files: what a demonstration, a mail client or a clerk can open. A file is there whole or not at all.

use crate::domain::letter::Letter;
use crate::mail::message::{Sender, message};
use crate::mail::{Accepted, SendFailure};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder of letters.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    sender: Sender,
}

impl Folder {
    /// Letters will lie in this folder; it is created with the first one.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, sender: Sender) -> Folder {
        Folder { path: path.into(), sender }
    }

    pub(super) fn domain(&self) -> &str {
        self.sender.domain()
    }

    pub(super) fn describe(&self) -> String {
        format!("folder {}", self.path.display())
    }

    /// Writes `{id}.eml`. The same letter writes the same file with the same bytes.
    pub(super) fn send(&self, letter: &Letter) -> Result<Accepted, SendFailure> {
        let (_, bytes) =
            message(letter, &self.sender).map_err(|error| SendFailure::Dead { words: error.to_string() })?;
        let file = self.path.join(format!("{}.eml", letter.id));
        let part = self.path.join(format!(".{}.eml.part", letter.id));
        self.write(&part, &file, &bytes)
            .map_err(|error| SendFailure::Pause { words: format!("{}: {error}", file.display()) })?;
        Ok(Accepted { words: file.display().to_string() })
    }

    fn write(&self, part: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let mut open = File::create(part)?;
        open.write_all(bytes)?;
        open.sync_all()?;
        fs::rename(part, file)?;
        File::open(&self.path)?.sync_all()
    }
}
