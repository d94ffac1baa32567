//! One letter's talk with a mail server, step by step, and what a failure at each step means.
//!
//! The steps are spoken one by one on the library's connection rather than by its transport, because the step decides:
//! a 5xx about this letter ends the letter, the same number before it ends nobody's letter but shows a broken channel.

use crate::mail::smtp::{Security, Talk};
use crate::mail::{Accepted, SendFailure};
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::error::Error as _;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// How long a farewell may take after everything is settled.
const FAREWELL: Duration = Duration::from_secs(2);

/// A server's words are kept up to this length.
const MAX_WORDS_CHARS: usize = 500;

/// Replies that speak of credentials at whatever step: authentication needed, too weak, wrong, encryption needed.
const CREDENTIAL_CODES: [u16; 4] = [530, 534, 535, 538];

/// More than the server takes.
const TOO_BIG: u16 = 552;

/// Where a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connecting,
    Encrypting,
    Authenticating,
    NamingSender,
    NamingRecipient,
    OpeningMessage,
    SendingMessage,
}

const STEPS: [Step; 7] = [
    Step::Connecting,
    Step::Encrypting,
    Step::Authenticating,
    Step::NamingSender,
    Step::NamingRecipient,
    Step::OpeningMessage,
    Step::SendingMessage,
];

impl Step {
    /// Whether the server has not been told yet whose letter it is.
    const fn is_before_the_letter(self) -> bool {
        matches!(self, Step::Connecting | Step::Encrypting | Step::Authenticating)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Connecting => "while connecting",
            Step::Encrypting => "at STARTTLS",
            Step::Authenticating => "at AUTH",
            Step::NamingSender => "at MAIL FROM",
            Step::NamingRecipient => "at RCPT TO",
            Step::OpeningMessage => "at DATA",
            Step::SendingMessage => "after the message was sent",
        })
    }
}

/// The step and the deadline, seen from both threads.
#[derive(Clone)]
pub(super) struct Progress {
    step: Arc<AtomicU8>,
    until: Instant,
}

impl Progress {
    pub(super) fn until(until: Instant) -> Progress {
        Progress { step: Arc::default(), until }
    }

    /// Where the conversation is, in words.
    pub(super) fn step(&self) -> String {
        self.now().to_string()
    }

    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn now(&self) -> Step {
        STEPS.get(usize::from(self.step.load(Ordering::Acquire))).copied().unwrap_or(Step::Connecting)
    }

    /// Takes the next step, unless nobody waits for it any more.
    fn enter(&self, step: Step) -> Result<Duration, SendFailure> {
        let place = STEPS.iter().position(|known| *known == step).and_then(|place| u8::try_from(place).ok());
        self.step.store(place.unwrap_or(0), Ordering::Release);
        let left = self.left();
        if left.is_zero() { Err(SendFailure::Retry { words: format!("too late, {step}") }) } else { Ok(left) }
    }
}

/// One conversation.
pub(super) struct Conversation<'talk> {
    talk: &'talk Talk,
    progress: Progress,
    connection: Option<SmtpConnection>,
}

impl<'talk> Conversation<'talk> {
    pub(super) fn new(talk: &'talk Talk, progress: Progress) -> Conversation<'talk> {
        Conversation { talk, progress, connection: None }
    }

    /// From connecting to the answer to the final dot.
    pub(super) fn deliver(&mut self, envelope: &Envelope, message: &[u8]) -> Result<Accepted, SendFailure> {
        self.connect()?;
        if self.talk.security == Security::StartTls {
            self.encrypt()?;
        }
        self.authenticate()?;
        self.step(Step::NamingSender, |open| open.command(Mail::new(envelope.from().cloned(), Vec::new())))?;
        for recipient in envelope.to() {
            self.step(Step::NamingRecipient, |open| open.command(Rcpt::new(recipient.clone(), Vec::new())))?;
        }
        self.step(Step::OpeningMessage, |open| open.command(Data))?;
        let answer = self.step(Step::SendingMessage, |open| open.command(Whole(&String::from_utf8_lossy(message))))?;
        let words = answer.message().collect::<Vec<_>>().join(" ");
        Ok(Accepted { words: tidy(&format!("{} {words}", answer.code())) })
    }

    /// Says goodbye where there is somebody to say it to and time left; the answer changes nothing.
    pub(super) fn part(mut self) {
        let left = FAREWELL.min(self.progress.left());
        if let Some(open) = &mut self.connection
            && !left.is_zero()
            && !open.has_broken()
            && open.set_timeout(Some(left)).is_ok()
        {
            let _farewell = open.quit();
        }
    }

    fn connect(&mut self) -> Result<(), SendFailure> {
        let left = self.progress.enter(Step::Connecting)?;
        let address = (self.talk.host.as_str(), self.talk.port);
        let tls = self.talk.tls.as_ref().filter(|_| self.talk.security == Security::Tls);
        let opened = SmtpConnection::connect(address, Some(left), &ClientId::default(), tls, None);
        self.connection = Some(opened.map_err(|error| failure(Step::Connecting, &error))?);
        Ok(())
    }

    /// Without encryption nothing further is said: a server that does not offer it gets no letter.
    fn encrypt(&mut self) -> Result<(), SendFailure> {
        let Some(tls) = self.talk.tls.clone() else {
            return Err(SendFailure::Pause { words: "encryption is required and not set up".to_owned() });
        };
        self.step(Step::Encrypting, |open| open.starttls(&tls, &ClientId::default()))
    }

    fn authenticate(&mut self) -> Result<(), SendFailure> {
        let Some(credentials) = self.talk.credentials.clone() else { return Ok(()) };
        self.step(Step::Authenticating, |open| open.auth(DEFAULT_MECHANISMS, &credentials)).map(|_| ())
    }

    fn step<Answer>(
        &mut self,
        step: Step,
        speak: impl FnOnce(&mut SmtpConnection) -> Result<Answer, Error>,
    ) -> Result<Answer, SendFailure> {
        let left = self.progress.enter(step)?;
        let Some(open) = &mut self.connection else {
            return Err(SendFailure::Retry { words: format!("not connected, {step}") });
        };
        open.set_timeout(Some(left)).map_err(|error| SendFailure::Retry { words: format!("{step}: {error}") })?;
        speak(open).map_err(|error| failure(step, &error))
    }
}

/// A message with its final dot (RFC 5321, 4.5.2), spoken in one breath: the library writes the dot by itself, which
/// then waits 40 ms until the system acknowledges what went before.
struct Whole<'message>(&'message str);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.strip_suffix("\r\n").unwrap_or(self.0).split("\r\n") {
            let stuffing = if line.starts_with('.') { "." } else { "" };
            write!(f, "{stuffing}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// What an error at a step means for the letter.
fn failure(step: Step, error: &Error) -> SendFailure {
    let words = tidy(&format!("{step}: {error}"));
    let code: Option<u16> = error.status().map(u16::from);
    if code.is_some_and(|code| CREDENTIAL_CODES.contains(&code)) {
        return SendFailure::Pause { words };
    }
    if error.is_permanent() {
        return if is_of_the_channel(step, code) { SendFailure::Pause { words } } else { SendFailure::Dead { words } };
    }
    // No STARTTLS, no way of authenticating that both know; or a certificate that is not to be trusted.
    let cannot_agree = error.is_client() && step.is_before_the_letter();
    if cannot_agree || is_of_encryption(error) { SendFailure::Pause { words } } else { SendFailure::Retry { words } }
}

/// Whether a refusal for good would meet every letter alike. At `MAIL FROM` it is the sender who is refused, and all
/// letters have the same one; only its size is this letter's own (RFC 1870).
fn is_of_the_channel(step: Step, code: Option<u16>) -> bool {
    step.is_before_the_letter() || (step == Step::NamingSender && code != Some(TOO_BIG))
}

/// The library reports a failed handshake as a failed read: invalid data, with the encryption's own error inside.
/// (A reply that is not UTF-8 is invalid data too, but has nothing inside.)
fn is_of_encryption(error: &Error) -> bool {
    if error.is_tls() {
        return true;
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData && cause.get_ref().is_some())
}

/// One line of bounded length.
fn tidy(words: &str) -> String {
    let line: String = words.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_WORDS_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_does_not_end_the_message() {
        let spoken = |message| Whole(message).to_string();
        assert_eq!(spoken("a\r\n.\r\n..b\r\nc.\r\n"), "a\r\n..\r\n...b\r\nc.\r\n.\r\n");
        assert_eq!(spoken(".a"), "..a\r\n.\r\n");
        assert_eq!(spoken("a\r\n\r\n"), "a\r\n\r\n.\r\n");
    }
}
