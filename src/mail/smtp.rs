//! Letters to a mail server, one connection and one envelope each, and never longer than the deadline.
//!
//! The library's timeout covers connecting and each single read or write, so a server that drips a byte now and then
//! could hold a send for ever. Each send therefore runs on a thread of its own and is waited for until the deadline.
//! A thread that overstays is left behind: it takes no further step (between steps it looks at the deadline), and ends
//! with its next socket timeout. Only a server that keeps dripping holds it longer; how many may be left behind at
//! once is limited, and beyond that the channel pauses.

use crate::domain::letter::Letter;
use crate::mail::conversation::{Conversation, Progress};
use crate::mail::message::{Sender, message};
use crate::mail::{Accepted, SendFailure};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Sends that may hang on a server at once before the channel pauses.
pub const MAX_UNDER_WAY: usize = 8;

/// How the connection is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear and must become encrypted before anything is said.
    #[default]
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// In the clear, credentials included: for a server on the same machine.
    None,
}

/// Where the mail server is and how it is spoken to.
#[derive(Clone)]
pub struct SmtpOptions {
    /// Its name, as its certificate has it.
    pub host: String,
    /// Its port: 587 for `STARTTLS`, 465 for TLS.
    pub port: u16,
    /// How the connection is kept private.
    pub security: Security,
    /// With whose credentials; none to send without.
    pub username: Option<String>,
    /// The password that belongs to it.
    pub password: Option<String>,
    /// A PEM file of the authorities to trust, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// How long one letter may take, from connecting to the last answer.
    pub deadline: Duration,
}

/// The channel cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// The file of authorities cannot be read.
    #[error("mail.smtp.ca_file {path} cannot be read: {source}", path = path.display())]
    CaFileUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of authorities holds no certificate.
    #[error("mail.smtp.ca_file {path} holds no certificate in PEM form", path = path.display())]
    CaFileEmpty {
        /// The file.
        path: PathBuf,
    },
    /// Encryption cannot be set up.
    #[error("encryption to the mail server cannot be set up: {0}")]
    Encryption(#[from] lettre::transport::smtp::Error),
    /// A name without a password, or the other way round.
    #[error("mail.smtp.username and mail.smtp.password belong together: set both or neither")]
    HalfCredentials,
    /// A deadline of no length.
    #[error("mail.smtp.deadline_seconds must be at least 1")]
    NoTime,
}

/// A mail server, ready to be spoken to.
pub struct Smtp {
    talk: Arc<Talk>,
    sender: Sender,
    deadline: Duration,
    under_way: Arc<AtomicUsize>,
}

/// What a conversation needs to know.
pub(super) struct Talk {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) tls: Option<TlsParameters>,
    pub(super) credentials: Option<Credentials>,
}

impl Smtp {
    /// Reads the authorities and makes the channel ready. Connects to nothing yet.
    pub fn new(options: SmtpOptions, sender: Sender) -> Result<Smtp, SmtpSetupError> {
        if options.deadline.is_zero() {
            return Err(SmtpSetupError::NoTime);
        }
        let tls = match options.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(encryption(&options)?),
        };
        let credentials = match (options.username, options.password) {
            (Some(username), Some(password)) => Some(Credentials::new(username, password)),
            (None, None) => None,
            _ => return Err(SmtpSetupError::HalfCredentials),
        };
        let talk = Talk { host: options.host, port: options.port, security: options.security, tls, credentials };
        Ok(Smtp { talk: Arc::new(talk), sender, deadline: options.deadline, under_way: Arc::default() })
    }

    pub(super) fn domain(&self) -> &str {
        self.sender.domain()
    }

    pub(super) fn describe(&self) -> String {
        format!("smtp {}:{}", self.talk.host, self.talk.port)
    }

    pub(super) fn send(&self, letter: &Letter) -> Result<Accepted, SendFailure> {
        let (envelope, bytes) =
            message(letter, &self.sender).map_err(|error| SendFailure::Dead { words: error.to_string() })?;
        let Some(place) = Place::take(&self.under_way) else {
            let words = format!("{MAX_UNDER_WAY} earlier sends still hang on {}", self.describe());
            return Err(SendFailure::Pause { words });
        };
        let progress = Progress::until(Instant::now() + self.deadline);
        let (talk, seen) = (Arc::clone(&self.talk), progress.clone());
        let (answer, outcome) = sync_channel(1);
        let spawned = thread::Builder::new().name("smtp-send".to_owned()).spawn(move || {
            let _place = place;
            let mut conversation = Conversation::new(&talk, seen);
            // Told before the farewell: a server that is slow to say goodbye has the letter all the same.
            let _told = answer.send(conversation.deliver(&envelope, &bytes));
            conversation.part();
        });
        if let Err(error) = spawned {
            return Err(SendFailure::Retry { words: format!("no thread for sending: {error}") });
        }
        match outcome.recv_timeout(self.deadline) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                let words = format!("no end after {:?}, {}", self.deadline, progress.step());
                Err(SendFailure::Retry { words })
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(SendFailure::Retry { words: format!("the send broke off, {}", progress.step()) })
            }
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.describe()).finish()
    }
}

impl fmt::Debug for SmtpOptions {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpOptions")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("username", &self.username)
            .field("ca_file", &self.ca_file)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

fn encryption(options: &SmtpOptions) -> Result<TlsParameters, SmtpSetupError> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(path) = &options.ca_file {
        let pem =
            std::fs::read(path).map_err(|source| SmtpSetupError::CaFileUnreadable { path: path.clone(), source })?;
        let marks = pem.windows(PEM_MARK.len()).any(|window| window == PEM_MARK);
        let certificate = Certificate::from_pem(&pem).ok().filter(|_| marks);
        let certificate = certificate.ok_or_else(|| SmtpSetupError::CaFileEmpty { path: path.clone() })?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    Ok(builder.build()?)
}

/// The library reads a file without any certificate as one that trusts nobody; better to say so at once.
const PEM_MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// One of the [`MAX_UNDER_WAY`] places; given back when the thread that holds it ends.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(taken: &Arc<AtomicUsize>) -> Option<Place> {
        let room = |taken: usize| (taken < MAX_UNDER_WAY).then_some(taken + 1);
        taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, room).ok().map(|_| Place(Arc::clone(taken)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
