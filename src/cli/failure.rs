//! How a command fails: by the input's fault or by the world's.

use crate::actions::Error;
use crate::http::problem::Problem;
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
            error => Failure::Refused(in_both(error)),
        }
    }
}

/// A refusal in Chinese, with English below it: the words that the service uses as well.
pub fn in_both(error: Error) -> String {
    let problem = Problem::from(error);
    format!("{}\n({})", problem.chinese, problem.english)
}

impl From<storage::Error> for Failure {
    fn from(error: storage::Error) -> Failure {
        Failure::world(error)
    }
}

impl From<storage::OpenError> for Failure {
    fn from(error: storage::OpenError) -> Failure {
        let chinese = match &error {
            storage::OpenError::BadUrl(_) => "数据库地址无法识别",
            storage::OpenError::Missing(_) => {
                "数据库不存在，请先导入计划（milepost import plan）或启动服务（milepost serve）"
            }
            storage::OpenError::NewerSchema(_) => "数据库由更新版本的程序建立，请使用新版程序",
            storage::OpenError::OlderSchema => {
                "数据库版本较旧，请先运行一次 milepost serve 或 milepost import 完成升级"
            }
            storage::OpenError::UnsafeSqlite(_) => "程序内置的 SQLite 版本不安全，请更换程序",
            storage::OpenError::Migration(_) => "数据库升级失败",
            storage::OpenError::Unreachable(_) => "数据库无法打开",
        };
        let words = format!("{chinese}\n({error})");
        if matches!(error, storage::OpenError::BadUrl(_)) { Failure::Refused(words) } else { Failure::World(words) }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::world(error)
    }
}
