//! How letters leave the house.

use std::path::PathBuf;

use lettre::message::Mailbox;

use super::reader::{Read, Reader, Refused};
use super::values::{QuietHours, Secret};

/// The section `mail`.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `mail.transport` with what belongs to it.
    pub transport: Transport,
    /// `mail.from`: the sender, an address or `Name <address>`. Always there with [`Transport::Smtp`].
    pub from: Option<String>,
    /// `mail.retry_first_seconds`: how long after a first failure a letter is tried again.
    pub retry_first_seconds: u32,
    /// `mail.quiet_hours`: when nothing is sent, on the wall clock of `calendar.zone`.
    pub quiet_hours: Option<QuietHours>,
}

impl Mail {
    /// Seconds that the carrier may take for one letter.
    #[must_use]
    pub fn slowest_seconds(&self) -> u32 {
        match &self.transport {
            Transport::Folder(_) => 10,
            Transport::Smtp(smtp) => smtp.deadline_seconds,
        }
    }
}

/// By which way letters leave.
#[derive(Clone, Debug)]
pub enum Transport {
    /// As .eml files in this folder (`mail.folder`).
    Folder(PathBuf),
    /// Through a mail server.
    Smtp(Smtp),
}

/// The section `mail.smtp`.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// The server's name; not empty.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the connection is kept from being read.
    pub security: Security,
    /// The account at the server, if it wants one.
    pub login: Option<Login>,
    /// A PEM file with the authority that signed the server's certificate.
    pub ca_file: Option<PathBuf>,
    /// How long one delivery may take, from connecting to the server's last word.
    pub deadline_seconds: u32,
}

/// An account at a mail server.
#[derive(Clone, Debug)]
pub struct Login {
    /// The account's name.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

/// How the connection to a mail server is kept from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear and must turn to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Folder,
    Smtp,
}

impl Mail {
    pub(super) fn read(reader: &mut Reader) -> Read<Self> {
        let way = reader.take("mail.transport", |text| match text {
            "folder" => Ok(Way::Folder),
            "smtp" => Ok(Way::Smtp),
            _ => Err("write folder or smtp".to_owned()),
        });
        let folder = reader.take("mail.folder", |text| match text {
            "" => Err("name a folder, such as letters".to_owned()),
            _ => Ok(PathBuf::from(text)),
        });
        let from = reader.take_optional("mail.from", |text| match text.parse::<Mailbox>() {
            Ok(_) => Ok(text.to_owned()),
            Err(error) => Err(format!("{error}; write an address, or Name <address>")),
        });
        let retry_first_seconds = reader.take_number("mail.retry_first_seconds", 1, 86_400);
        let quiet_hours = reader.take_optional("mail.quiet_hours", QuietHours::parse);
        let smtp = Smtp::read(reader, way == Ok(Way::Smtp));
        if way == Ok(Way::Smtp) && from == Ok(None) {
            reader.refuse("mail.from", "not set", "mail.transport is smtp: write the sender's address");
        }
        let transport = match way? {
            Way::Folder => Transport::Folder(folder?),
            Way::Smtp => Transport::Smtp(smtp?),
        };
        Ok(Self { transport, from: from?, retry_first_seconds: retry_first_seconds?, quiet_hours: quiet_hours? })
    }
}

impl Smtp {
    fn read(reader: &mut Reader, is_used: bool) -> Read<Self> {
        let host = reader.take("mail.smtp.host", |text| {
            let is_name = text.chars().all(|sign| sign.is_ascii_alphanumeric() || "-._:[]".contains(sign));
            if is_name {
                Ok(text.to_owned())
            } else {
                Err("write the server's name alone, such as smtp.host.example".to_owned())
            }
        });
        let port = reader.take("mail.smtp.port", |text| match text.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err("write a whole number from 1 to 65535".to_owned()),
        });
        let security = reader.take("mail.smtp.security", |text| match text {
            "starttls" => Ok(Security::StartTls),
            "tls" => Ok(Security::Tls),
            "none" => Ok(Security::None),
            _ => Err("write starttls, tls or none".to_owned()),
        });
        let login = Login::read(reader);
        let ca_file = reader.take_existing_path("mail.smtp.ca_file");
        let deadline_seconds = reader.take_number("mail.smtp.deadline_seconds", 1, 3_600);
        if is_used && host.as_deref() == Ok("") {
            reader.refuse("mail.smtp.host", "not set", "mail.transport is smtp: write the mail server's name");
        }
        Ok(Self {
            host: host?,
            port: port?,
            security: security?,
            login: login?,
            ca_file: ca_file?,
            deadline_seconds: deadline_seconds?,
        })
    }
}

impl Login {
    fn read(reader: &mut Reader) -> Read<Option<Self>> {
        let username = reader.take_optional("mail.smtp.username", |text| Ok(text.to_owned()));
        let password =
            reader.take_secret("mail.smtp.password", |text| Ok((!text.is_empty()).then(|| Secret::new(text))));
        match (username?, password?) {
            (None, None) => Ok(None),
            (Some(username), Some(password)) => Ok(Some(Self { username, password })),
            (Some(_), None) => {
                let mend =
                    "mail.smtp.username is set: give the password too, best as MILEPOST__MAIL__SMTP__PASSWORD_FILE";
                reader.refuse("mail.smtp.password", "not set", mend);
                Err(Refused)
            }
            (None, Some(_)) => {
                reader.refuse("mail.smtp.username", "not set", "mail.smtp.password is set: give the username too");
                Err(Refused)
            }
        }
    }
}
