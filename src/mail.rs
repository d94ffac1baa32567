//! The postman's three bags: SMTP, a folder of .eml files, and memory for tests. Each says of a failure whether it is
//! worth trying again; none of them decides when.

mod conversation;
mod folder;
mod memory;
mod message;
mod smtp;

pub use folder::Folder;
pub use memory::Memory;
pub use message::{Sender, SenderError};
pub use smtp::{Security, Smtp, SmtpOptions, SmtpSetupError};

use crate::domain::letter::Letter;

/// Carries letters. Blocking: it belongs on a thread of its own.
#[derive(Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, a file each.
    Folder(Folder),
    /// Into memory, for tests.
    Memory(Memory),
}

/// The letter is out of our hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What the server answered, or the file that was written.
    pub words: String,
}

/// The letter could not be handed over, and what that means for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// Not now: the server is busy, silent or away. The letter may have been accepted when an answer failed to come,
    /// so trying again can deliver it twice, under the same Message-ID; it cannot lose it.
    #[error("not now: {words}")]
    Retry {
        /// What went wrong, in the server's words where it spoke.
        words: String,
    },
    /// Never: the server refuses this letter for good.
    #[error("refused: {words}")]
    Dead {
        /// What went wrong, in the server's words.
        words: String,
    },
    /// No letter can go this way until somebody mends it: credentials, encryption, a folder that cannot be written.
    #[error("the channel needs mending: {words}")]
    Pause {
        /// What is to be mended.
        words: String,
    },
}

impl Mailer {
    /// Hands over one letter to its one recipient and says what became of it.
    pub fn send(&self, letter: &Letter) -> Result<Accepted, SendFailure> {
        match self {
            Mailer::Smtp(smtp) => smtp.send(letter),
            Mailer::Folder(folder) => folder.send(letter),
            Mailer::Memory(memory) => memory.send(letter),
        }
    }

    /// The domain after which its letters' Message-IDs are named.
    #[must_use]
    pub fn domain(&self) -> &str {
        match self {
            Mailer::Smtp(smtp) => smtp.domain(),
            Mailer::Folder(folder) => folder.domain(),
            Mailer::Memory(_) => "localhost",
        }
    }

    /// Where letters go, for the log and the command line: never with a password.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Mailer::Smtp(smtp) => smtp.describe(),
            Mailer::Folder(folder) => folder.describe(),
            Mailer::Memory(_) => "memory".to_owned(),
        }
    }
}
