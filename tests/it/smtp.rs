//! Letters handed to real mail servers, good and bad, and to a folder; what arrives is parsed back and compared.

use crate::support::matters::{DISPATCH, facts, matter};
use crate::support::smtp_peer::{Act, ENCRYPTING, Peer, SOUND, Script, authority};
use crate::support::smtp_sink::SmtpSink;
use mail_parser::MessageParser;
use milepost::domain::alert::Change;
use milepost::domain::contact::{ContactRole, EmailAddress};
use milepost::domain::letter::{Composed, Letter};
use milepost::mail::{Folder, Mailer, Memory, Security, SendFailure, Sender, Smtp, SmtpOptions, SmtpSetupError};
use milepost::render::warning_letter::compose;
use std::time::{Duration, Instant};
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(1);

/// What a deadline may be overrun by on a busy machine.
const SLACK: Duration = Duration::from_secs(1);

fn letter(number: u128, to: &str) -> Letter {
    let words = compose(&facts(ContactRole::Officer, vec![matter(&DISPATCH, "31.00", Change::Raised)]));
    Letter {
        id: Uuid::from_u128(number),
        to: EmailAddress::parse(to).unwrap(),
        to_name: "李四".into(),
        words,
        created_at: "2024-07-01T00:30:05Z".parse().unwrap(),
        references: Vec::new(),
    }
}

fn sender() -> Sender {
    Sender::parse("预算执行监控 <milepost@budget.example>").unwrap()
}

fn options(port: u16) -> SmtpOptions {
    SmtpOptions {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        username: None,
        password: None,
        ca_file: None,
        deadline: DEADLINE,
    }
}

fn mailer(options: SmtpOptions) -> Mailer {
    Mailer::Smtp(Smtp::new(options, sender()).unwrap())
}

fn with_credentials(port: u16) -> SmtpOptions {
    SmtpOptions { username: Some("clerk".into()), password: Some("s3cret".into()), ..options(port) }
}

fn send_to(script: Script) -> Result<String, SendFailure> {
    let peer = Peer::start(script);
    mailer(with_credentials(peer.port)).send(&letter(7, "li.si@example.cn")).map(|accepted| accepted.words)
}

/// The kind of a failure, for tables.
fn kind(outcome: &Result<String, SendFailure>) -> &'static str {
    match outcome {
        Ok(_) => "accepted",
        Err(SendFailure::Retry { .. }) => "retry",
        Err(SendFailure::Dead { .. }) => "dead",
        Err(SendFailure::Pause { .. }) => "pause",
    }
}

fn assert_same_letter(bytes: &[u8], letter: &Letter) {
    let parsed = MessageParser::default().parse(bytes).unwrap();
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(parsed.subject(), Some(letter.words.subject.as_str()));
    assert_eq!(lines(&parsed.body_text(0).unwrap()), lines(&letter.words.text));
    assert_eq!(lines(&parsed.body_html(0).unwrap()), lines(&letter.words.html));
    assert_eq!((parsed.text_body_count(), parsed.html_body_count(), parsed.attachment_count()), (1, 1, 0));
    assert_eq!(parsed.message_id(), Some(format!("{}@budget.example", letter.id).as_str()));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2024-07-01T00:30:05Z");
    assert_eq!(parsed.header("Auto-Submitted").and_then(|header| header.as_text()), Some("auto-generated"));
    let (from, to) = (parsed.from().unwrap().first().unwrap(), parsed.to().unwrap().first().unwrap());
    assert_eq!((from.name(), from.address()), (Some("预算执行监控"), Some("milepost@budget.example")));
    assert_eq!((to.name(), to.address()), (Some("李四"), Some(letter.to.as_str())));
    assert!(bytes.is_ascii(), "a server without 8BITMIME could not take it");
}

#[test]
fn a_real_server_receives_each_letter_whole_and_for_one_person() {
    let sink = SmtpSink::start(&[]);
    let letters = [letter(1, "li.si@example.cn"), letter(2, "wang.wu@example.cn")];
    let mailer = mailer(SmtpOptions { deadline: Duration::from_secs(20), ..options(sink.port) });
    for letter in &letters {
        let accepted = mailer.send(letter).unwrap();
        assert!(accepted.words.starts_with("250 "), "{}", accepted.words);
    }
    let mut received = sink.received();
    received.sort_by_key(|mail| mail.rcpt_to.clone());
    assert_eq!(received.len(), 2);
    for (mail, letter) in received.iter().zip(&letters) {
        assert_eq!(mail.mail_from, "milepost@budget.example");
        assert_eq!(mail.rcpt_to, [letter.to.as_str()]);
        assert_same_letter(&mail.message, letter);
    }
}

#[test]
fn a_real_server_s_refusal_at_each_step_says_what_becomes_of_the_letter() {
    for (option, steps, expected) in [
        ("-r", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."], ["retry"; 6]),
        ("-q", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."], ["retry"; 6]),
        ("-Q", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."], ["retry"; 6]),
        ("-f", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."], ["pause", "pause", "pause", "dead", "dead", "dead"]),
    ] {
        for (step, expected) in steps.into_iter().zip(expected) {
            let sink = SmtpSink::start(&[option, step]);
            let mailer = mailer(SmtpOptions { deadline: Duration::from_secs(20), ..options(sink.port) });
            let outcome = mailer.send(&letter(1, "li.si@example.cn")).map(|accepted| accepted.words);
            assert_eq!(kind(&outcome), expected, "{option} {step}: {outcome:?}");
        }
    }
}

#[test]
fn a_reply_s_number_and_step_decide() {
    let at_rcpt = |said| Script { rcpt: Act::Say(said), ..SOUND };
    for (script, expected) in [
        (SOUND, "accepted"),
        (Script { greeting: Act::Say("421 too busy"), ..SOUND }, "retry"),
        (Script { greeting: Act::Say("554 no service here"), ..SOUND }, "pause"),
        (at_rcpt("450 4.2.1 greylisted"), "retry"),
        (at_rcpt("452 4.2.2 full"), "retry"),
        (at_rcpt("550 5.1.1 no such user"), "dead"),
        (Script { auth: Act::Say("535 5.7.8 wrong"), ..SOUND }, "pause"),
        (Script { auth: Act::Say("454 4.7.0 not now"), ..SOUND }, "retry"),
        (Script { ehlo: Act::Say("250 peer without AUTH"), ..SOUND }, "pause"),
        (Script { mail: Act::Say("550 5.7.1 sender rejected"), ..SOUND }, "pause"),
        (Script { mail: Act::Say("501 5.1.7 bad sender"), ..SOUND }, "pause"),
        (Script { mail: Act::Say("552 5.3.4 message too big"), ..SOUND }, "dead"),
        (Script { mail: Act::Say("451 4.3.0 try later"), ..SOUND }, "retry"),
        (Script { mail: Act::Say("530 5.7.0 authenticate first"), ..SOUND }, "pause"),
        (Script { dot: Act::Say("554 5.7.1 looks like spam"), ..SOUND }, "dead"),
        (Script { dot: Act::Say("451 4.3.0 try later"), ..SOUND }, "retry"),
        (Script { greeting: Act::Say("hello there"), ..SOUND }, "retry"),
        (Script { dot: Act::Close, ..SOUND }, "retry"),
    ] {
        let outcome = send_to(script);
        assert_eq!(kind(&outcome), expected, "{script:?}: {outcome:?}");
    }
}

#[test]
fn a_refusal_keeps_the_server_s_words() {
    let outcome = send_to(Script { rcpt: Act::Say("550-5.1.1 no\r\n550 5.1.1 such user"), ..SOUND });
    let Err(SendFailure::Dead { words }) = outcome else { panic!("{outcome:?}") };
    assert!(words.contains("RCPT TO") && words.contains("550") && words.contains("such user"), "{words}");
}

#[test]
fn silence_at_any_step_ends_with_the_deadline() {
    let cases = [Act::Silence, Act::Drip].into_iter().flat_map(|act| {
        [
            (Script { greeting: act, ..SOUND }, "while connecting"),
            (Script { ehlo: act, ..SOUND }, "while connecting"),
            (Script { auth: act, ..SOUND }, "at AUTH"),
            (Script { mail: act, ..SOUND }, "at MAIL FROM"),
            (Script { rcpt: act, ..SOUND }, "at RCPT TO"),
            (Script { data: act, ..SOUND }, "at DATA"),
            (Script { dot: act, ..SOUND }, "after the message was sent"),
        ]
    });
    std::thread::scope(|scope| {
        for (script, step) in cases {
            scope.spawn(move || {
                let started = Instant::now();
                let outcome = send_to(script);
                let Err(SendFailure::Retry { words }) = &outcome else { panic!("{script:?}: {outcome:?}") };
                assert!(words.contains(step), "{script:?}: {words}");
                assert!(started.elapsed() < DEADLINE + SLACK, "{script:?}: {:?}", started.elapsed());
            });
        }
    });
}

#[test]
fn a_server_that_does_not_say_goodbye_has_the_letter_all_the_same() {
    let started = Instant::now();
    let outcome = send_to(Script { quit: Act::Silence, ..SOUND });
    assert_eq!(outcome.unwrap(), "250 2.0.0 queued as 42");
    assert!(started.elapsed() < DEADLINE);
}

#[test]
fn sends_left_behind_by_a_dripping_server_are_limited() {
    let peer = Peer::start(Script { greeting: Act::Drip, ..SOUND });
    let mailer = mailer(SmtpOptions { deadline: Duration::from_millis(200), ..options(peer.port) });
    let send = |number| mailer.send(&letter(number, "li.si@example.cn")).map(|accepted| accepted.words);
    for number in 0..8 {
        assert_eq!(kind(&send(number)), "retry");
    }
    let ninth = send(9);
    assert_eq!(kind(&ninth), "pause", "{ninth:?}");
    drop(peer);
    let started = Instant::now();
    while kind(&send(10)) == "pause" {
        assert!(started.elapsed() < Duration::from_secs(10), "the threads left behind never ended");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn sends_left_behind_by_a_silent_server_end_by_themselves() {
    let peer = Peer::start(Script { data: Act::Silence, ..SOUND });
    let mailer = mailer(SmtpOptions { deadline: Duration::from_millis(200), ..options(peer.port) });
    for number in 0..20 {
        let outcome = mailer.send(&letter(number, "li.si@example.cn")).map(|accepted| accepted.words);
        assert_eq!(kind(&outcome), "retry", "{number}: {outcome:?}");
    }
}

#[test]
fn nobody_at_the_port_is_worth_another_try() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = mailer(options(port)).send(&letter(1, "li.si@example.cn")).map(|accepted| accepted.words);
    assert_eq!(kind(&outcome), "retry", "{outcome:?}");
}

fn encrypted(port: u16, pem: &str, folder: &tempfile::TempDir, security: Security) -> SmtpOptions {
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem).unwrap();
    SmtpOptions { security, ca_file: Some(ca_file), ..with_credentials(port) }
}

#[test]
fn starttls_under_an_authority_of_the_house_carries_credentials_and_letter() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), authority("127.0.0.1"));
    let peer = Peer::start_with(ENCRYPTING, Some(authority.server.clone()));
    let mailer = mailer(encrypted(peer.port, &authority.pem, &folder, Security::StartTls));
    assert_eq!(mailer.send(&letter(1, "li.si@example.cn")).unwrap().words, "250 2.0.0 queued as 42");
    let heard: Vec<String> =
        peer.heard().iter().map(|line| line.split([' ', ':']).next().unwrap().to_owned()).collect();
    assert_eq!(heard[..8], ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."]);
}

#[test]
fn a_certificate_of_a_stranger_gets_neither_password_nor_letter() {
    let (folder, house, stranger) = (tempfile::tempdir().unwrap(), authority("127.0.0.1"), authority("127.0.0.1"));
    let elsewhere = authority("other.example");
    for (server, pem) in [(&stranger.server, &house.pem), (&elsewhere.server, &elsewhere.pem)] {
        for security in [Security::StartTls, Security::Tls] {
            let script = if security == Security::Tls { SOUND } else { ENCRYPTING };
            let peer = Peer::start_with(script, Some(server.clone()));
            let mailer = mailer(encrypted(peer.port, pem, &folder, security));
            let outcome = mailer.send(&letter(1, "li.si@example.cn")).map(|accepted| accepted.words);
            assert_eq!(kind(&outcome), "pause", "{security:?}: {outcome:?}");
            let heard = peer.heard().concat();
            assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
        }
    }
}

#[test]
fn a_server_without_starttls_gets_no_letter() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), authority("127.0.0.1"));
    for script in [SOUND, Script { starttls: Act::Say("454 4.7.0 not now"), ..ENCRYPTING }] {
        let peer = Peer::start(script);
        let mailer = mailer(encrypted(peer.port, &authority.pem, &folder, Security::StartTls));
        let outcome = mailer.send(&letter(1, "li.si@example.cn")).map(|accepted| accepted.words);
        let expected = if peer.heard().iter().any(|line| line == "STARTTLS") { "retry" } else { "pause" };
        assert_eq!(kind(&outcome), expected, "{outcome:?}");
        let heard = peer.heard().concat();
        assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
    }
}

#[test]
fn a_channel_that_cannot_be_set_up_says_what_to_mend_and_never_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let empty = encrypted(1, "no certificate", &folder, Security::StartTls);
    assert!(!format!("{empty:?}").contains("s3cret"));
    assert!(matches!(Smtp::new(empty, sender()), Err(SmtpSetupError::CaFileEmpty { .. })));
    let missing = SmtpOptions { ca_file: Some(folder.path().join("none.pem")), security: Security::Tls, ..options(1) };
    assert!(matches!(Smtp::new(missing, sender()), Err(SmtpSetupError::CaFileUnreadable { .. })));
    let half = SmtpOptions { password: None, ..with_credentials(1) };
    assert!(matches!(Smtp::new(half, sender()), Err(SmtpSetupError::HalfCredentials)));
    let ready = mailer(with_credentials(1));
    assert!(!format!("{ready:?} {}", ready.describe()).contains("s3cret"));
}

#[test]
fn a_folder_holds_one_whole_file_per_letter_however_often_it_is_sent() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a/b/letters");
    let mailer = Mailer::Folder(Folder::new(&path, sender()));
    let letter = letter(3, "li.si@example.cn");
    mailer.send(&letter).unwrap();
    let file = path.join(format!("{}.eml", letter.id));
    let first = std::fs::read(&file).unwrap();
    assert_same_letter(&first, &letter);
    mailer.send(&letter).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), first);
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_to_be_mended() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a-file");
    std::fs::write(&path, "in the way").unwrap();
    let outcome = Mailer::Folder(Folder::new(&path, sender())).send(&letter(3, "li.si@example.cn"));
    assert_eq!(kind(&outcome.map(|accepted| accepted.words)), "pause");
}

#[test]
fn the_bytes_of_a_letter_keep_to_the_rules_of_mail() {
    let place = tempfile::tempdir().unwrap();
    let mut letter = letter(6, "li.si@example.cn");
    letter.words.text.push_str(&"很长的一行".repeat(400));
    letter.references = (1..=10).map(Uuid::from_u128).collect();
    Mailer::Folder(Folder::new(place.path(), sender())).send(&letter).unwrap();
    let bytes = std::fs::read(place.path().join(format!("{}.eml", letter.id))).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    assert!(head.split("\r\n").all(|line| line.len() <= 78), "{head}");
    assert_eq!(body.matches("charset=utf-8").count(), 2, "{body}");
    let unfolded = head.replace("\r\n ", " ");
    let line = |name: &str| {
        let lines: Vec<&str> = unfolded.split("\r\n").filter_map(|line| line.strip_prefix(name)).collect();
        assert_eq!(lines.len(), 1, "{name} {unfolded}");
        lines[0].trim().to_owned()
    };
    let id = |number: u128| format!("<{}@budget.example>", Uuid::from_u128(number));
    assert_eq!(line("Message-ID:"), id(6));
    assert_eq!(line("In-Reply-To:"), id(10));
    assert_eq!(line("References:"), (1..=10).map(id).collect::<Vec<_>>().join(" "));
    assert_eq!(line("List-Id:"), "Milepost budget warnings <milepost.budget.example>");
    assert_eq!(line("Auto-Submitted:"), "auto-generated");
    assert_eq!(line("X-Auto-Response-Suppress:"), "All");
    assert_eq!(line("Date:"), "Mon, 01 Jul 2024 00:30:05 +0000");
    assert!(line("Subject:").is_ascii() && line("MIME-Version:") == "1.0");
    assert_same_letter(&bytes, &letter);
}

#[test]
fn a_subject_cannot_smuggle_a_header_in() {
    let place = tempfile::tempdir().unwrap();
    let mut letter = letter(4, "li.si@example.cn");
    letter.words = Composed { subject: "a\r\nBcc: x@y.example\r\n\r\nbody".into(), ..letter.words };
    letter.to_name = "a\r\nBcc: x@y.example".into();
    Mailer::Folder(Folder::new(place.path(), sender())).send(&letter).unwrap();
    let bytes = std::fs::read(place.path().join(format!("{}.eml", letter.id))).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert!(parsed.bcc().is_none(), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(parsed.to().unwrap().iter().count(), 1);
}

#[test]
fn memory_keeps_letters_and_fails_when_told() {
    let memory = Memory::default();
    let mailer = Mailer::Memory(memory.clone());
    memory.fail_next(SendFailure::Retry { words: "busy".into() });
    assert!(mailer.send(&letter(5, "li.si@example.cn")).is_err());
    mailer.send(&letter(5, "li.si@example.cn")).unwrap();
    assert_eq!(memory.letters().len(), 1);
}
