//! A letter as an Internet message: text and HTML as alternatives, and the same bytes each time it is built.

use crate::domain::contact::EmailAddress;
use crate::domain::letter::{Letter, message_id};
use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::SystemTime;

/// From whom letters come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    mailbox: Mailbox,
}

/// Not a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a sender: write it as name@host.example or as \"A Name <name@host.example>\"")]
pub struct SenderError;

impl Sender {
    /// Reads `name@host.example` or `A Name <name@host.example>`.
    pub fn parse(text: &str) -> Result<Sender, SenderError> {
        let mailbox: Mailbox = text.trim().parse().map_err(|_| SenderError)?;
        let named = mailbox.name.as_deref().unwrap_or_default();
        EmailAddress::parse(mailbox.email.as_ref()).map_err(|_| SenderError)?;
        if named.chars().any(char::is_control) { Err(SenderError) } else { Ok(Sender { mailbox }) }
    }

    /// The host of its address, after which Message-IDs are named.
    pub(super) fn domain(&self) -> &str {
        self.mailbox.email.domain()
    }

    /// What letters in a folder carry where no sender is set: they go nowhere by themselves.
    pub fn of_this_machine() -> Result<Sender, SenderError> {
        Sender::parse("Milepost <milepost@localhost>")
    }
}

/// The letter cannot be made into a message.
#[derive(Debug, thiserror::Error)]
pub(super) enum MessageError {
    #[error("the recipient's address cannot be used: {0}")]
    Recipient(#[from] lettre::address::AddressError),
    #[error("the letter cannot be made into a message: {0}")]
    Message(#[from] lettre::error::Error),
}

/// The envelope with its one recipient, and the message's bytes.
pub(super) fn message(letter: &Letter, sender: &Sender) -> Result<(Envelope, Vec<u8>), MessageError> {
    let to: Address = letter.to.as_str().parse()?;
    let envelope = Envelope::new(Some(sender.mailbox.email.clone()), vec![to.clone()])?;
    let name = Some(one_line(&letter.to_name)).filter(|name| !name.is_empty());
    let (domain, header) = (sender.mailbox.email.domain(), HeaderName::new_from_ascii_str);
    let mut building = Message::builder()
        .message_id(Some(message_id(letter.id, domain)))
        .date(SystemTime::from(letter.created_at))
        .from(sender.mailbox.clone())
        .to(Mailbox::new(name, to))
        .subject(one_line(&letter.words.subject))
        // RFC 3834: nobody's holiday notice answers a machine.
        .raw_header(HeaderValue::new(header("Auto-Submitted"), "auto-generated".to_owned()))
        // The same in the words of a widespread server, which does not look at the header above. `Precedence` is left
        // out: RFC 2076 discourages it, and gateways put off what calls itself bulk.
        .raw_header(HeaderValue::new(header("X-Auto-Response-Suppress"), "All".to_owned()))
        // RFC 2919: what a mail program's rules sort by.
        .raw_header(HeaderValue::new(header("List-Id"), format!("Milepost budget warnings <milepost.{domain}>")));
    if let Some(newest) = letter.references.last() {
        let all: Vec<String> = letter.references.iter().map(|id| message_id(*id, domain)).collect();
        // RFC 5322, 3.6.4: oldest first, folded so that no line grows long.
        building = building
            .raw_header(HeaderValue::new(header("In-Reply-To"), message_id(*newest, domain)))
            .raw_header(HeaderValue::new(header("References"), all.join(" ")));
    }
    let message = building.envelope(envelope.clone()).multipart(alternatives(letter))?;
    Ok((envelope, message.formatted()))
}

/// Without line ends and other controls: they would begin a header of their own, and the library panics at them in a
/// name.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect::<String>().trim().to_owned()
}

/// The boundary derives from the letter, so that building it again gives the same file.
fn alternatives(letter: &Letter) -> MultiPart {
    MultiPart::alternative()
        .boundary(format!("=_{}", letter.id.simple()))
        .singlepart(SinglePart::plain(letter.words.text.clone()))
        .singlepart(SinglePart::html(letter.words.html.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for text in ["a@example.cn", "预算科 <a@example.cn>", "Milepost <milepost@localhost>"] {
            assert!(Sender::parse(text).is_ok(), "{text}");
        }
        for text in ["", "预算科", "a@", "a@b\r\nBcc: c@d", "张三@example.cn", "a@b, c@d"] {
            assert!(Sender::parse(text).is_err(), "{text:?}");
        }
        assert!(Sender::of_this_machine().is_ok());
    }
}
