//! How a command fails: by the input's fault or by the world's.

use crate::actions::Error;
use crate::storage;
use std::process::ExitCode;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input cannot be accepted; the text names the place and the mend. Exit code 1.
    #[error("{0}")]
    Refused(String),
    /// Said already, on standard output. Exit code 1.
    #[error("已拒绝，未作任何改动。 Refused; nothing was changed.")]
    RefusedAsShown,
    /// The world stood in the way: a file, a database, a network. Exit code 3.
    #[error("{0}")]
    World(String),
}

impl Failure {
    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Refused(_) | Failure::RefusedAsShown => ExitCode::from(1),
            Failure::World(_) => ExitCode::from(3),
        }
    }

    /// A failure of the world, with its reason.
    pub fn world(error: impl std::fmt::Display) -> Failure {
        Failure::World(error.to_string())
    }

    /// A refusal, with its reason.
    pub fn refused(error: impl std::fmt::Display) -> Failure {
        Failure::Refused(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Storage(error) => Failure::from(error),
            error => Failure::refused(error),
        }
    }
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Failure {
        Failure::world(error)
    }
}

impl From<storage::OpenError> for Failure {
    fn from(error: storage::OpenError) -> Failure {
        match error {
            storage::OpenError::BadUrl(_) => Failure::refused(error),
            error => Failure::world(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::world(error)
    }
}
