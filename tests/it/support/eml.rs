//! A letter as a mail program reads it.

use mail_parser::{Address, MessageParser};

/// What a person sees of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eml {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Eml {
    /// Parses a message.
    pub fn parse(bytes: &[u8]) -> Eml {
        let message = MessageParser::default().parse(bytes).expect("a message");
        let to = message.to().and_then(Address::first).expect("a recipient");
        Eml {
            to: format!("{} <{}>", to.name().unwrap_or_default(), to.address().unwrap_or_default()),
            subject: message.subject().expect("a subject").to_owned(),
            text: message.body_text(0).expect("a text part").replace("\r\n", "\n"),
            html: message.body_html(0).expect("an HTML part").into_owned(),
        }
    }

    /// Recipient and subject in one line, for a list.
    pub fn line(&self) -> String {
        format!("{}　{}", self.to.split(' ').next().unwrap_or_default(), self.subject)
    }

    /// Recipient, subject and text, for a snapshot.
    pub fn shown(&self) -> String {
        format!("收件人：{}\n主题：{}\n\n{}", self.to, self.subject, self.text.trim_end())
    }
}

/// Letters one below the other.
pub fn shown(letters: &[Eml]) -> String {
    let rule = format!("\n\n{}\n\n", "=".repeat(78));
    letters.iter().map(Eml::shown).collect::<Vec<_>>().join(&rule)
}
