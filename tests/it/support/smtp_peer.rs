//! A mail server that behaves as badly as a test wants it to: answers, keeps silent, drips or hangs up at each step,
//! and speaks STARTTLS under a certificate made for the occasion.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does when a step comes.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Answers with these lines.
    Say(&'static str),
    /// Says nothing and stays.
    Silence,
    /// One byte at a time, and never the end of a line.
    Drip,
    /// Hangs up.
    Close,
    /// Answers after so many milliseconds.
    Late(u64, &'static str),
    /// Of recipients only this one is refused, with these words.
    Refuse { only: &'static str, with: &'static str },
}

use Act::{Close, Drip, Late, Refuse, Say, Silence};

/// What the server does at each step.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    pub greeting: Act,
    pub ehlo: Act,
    pub starttls: Act,
    pub auth: Act,
    pub mail: Act,
    pub rcpt: Act,
    pub data: Act,
    pub dot: Act,
    pub quit: Act,
}

/// A server without faults, in the clear.
pub const SOUND: Script = Script {
    greeting: Say("220 peer ESMTP"),
    ehlo: Say("250-peer\r\n250 AUTH PLAIN LOGIN"),
    starttls: Say("502 no"),
    auth: Say("235 welcome"),
    mail: Say("250 ok"),
    rcpt: Say("250 ok"),
    data: Say("354 go on"),
    dot: Say("250 2.0.0 queued as 42"),
    quit: Say("221 bye"),
};

/// The same, which offers encryption.
pub const ENCRYPTING: Script =
    Script { ehlo: Say("250-peer\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"), starttls: Say("220 go"), ..SOUND };

/// A running server; it ends with the value.
pub struct Peer {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    received: Arc<Mutex<Vec<Receipt>>>,
    scripts: Arc<Mutex<Vec<Script>>>,
    over: Arc<AtomicBool>,
}

/// A message whose final dot the server has seen, whatever it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub to: String,
    pub message_id: String,
}

impl Peer {
    /// A server of that script, in the clear.
    pub fn start(script: Script) -> Peer {
        Peer::start_with(script, None)
    }

    /// A server of that script which can encrypt.
    pub fn start_with(script: Script, tls: Option<Arc<ServerConfig>>) -> Peer {
        Peer::in_turn(&[script], tls)
    }

    /// A server that follows another script with each connection, and the last one from then on.
    pub fn in_turn(scripts: &[Script], tls: Option<Arc<ServerConfig>>) -> Peer {
        Peer::on(TcpListener::bind("127.0.0.1:0").unwrap(), scripts, tls)
    }

    /// The same on a port that is known beforehand.
    pub fn on(listener: TcpListener, scripts: &[Script], tls: Option<Arc<ServerConfig>>) -> Peer {
        let port = listener.local_addr().unwrap().port();
        let peer = Peer {
            port,
            heard: Arc::default(),
            received: Arc::default(),
            scripts: Arc::default(),
            over: Arc::default(),
        };
        peer.behave(scripts);
        let (heard, received, over) = (Arc::clone(&peer.heard), Arc::clone(&peer.received), Arc::clone(&peer.over));
        let scripts = Arc::clone(&peer.scripts);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let talk = Talk { heard: Arc::clone(&heard), received: Arc::clone(&received), over: Arc::clone(&over) };
                let (tls, mut scripts) = (tls.clone(), scripts.lock().unwrap());
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                let script = if scripts.len() > 1 { scripts.pop().unwrap() } else { scripts[0] };
                drop(scripts);
                thread::spawn(move || serve(stream, script, tls, &talk));
            }
        });
        peer
    }

    /// Follows another script with each connection from now on, and the last one after that.
    pub fn behave(&self, scripts: &[Script]) {
        *self.scripts.lock().unwrap() = scripts.iter().rev().copied().collect();
    }

    /// The messages received so far, in order.
    pub fn received(&self) -> Vec<Receipt> {
        self.received.lock().unwrap().clone()
    }

    /// The commands heard so far.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

struct Talk {
    heard: Arc<Mutex<Vec<String>>>,
    received: Arc<Mutex<Vec<Receipt>>>,
    over: Arc<AtomicBool>,
}

fn serve(mut stream: TcpStream, script: Script, tls: Option<Arc<ServerConfig>>, talk: &Talk) {
    if talk.perform(&mut stream, script.greeting) && talk.until_starttls(&mut stream, script) {
        let connection = ServerConnection::new(tls.expect("the script needs a certificate")).unwrap();
        talk.until_starttls(&mut StreamOwned::new(connection, stream), script);
    }
}

impl Talk {
    /// Answers commands; true when encryption is to begin.
    fn until_starttls(&self, stream: &mut (impl Read + Write), script: Script) -> bool {
        let mut to = String::new();
        while let Some(line) = read_line(stream) {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            self.heard.lock().unwrap().push(line.clone());
            let act = match verb.as_str() {
                "EHLO" => script.ehlo,
                "STARTTLS" => script.starttls,
                "AUTH" => script.auth,
                "MAIL" => script.mail,
                "RCPT" => {
                    line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                    match script.rcpt {
                        Refuse { only, with } if to == only => Say(with),
                        Refuse { .. } => Say("250 ok"),
                        act => act,
                    }
                }
                "DATA" => script.data,
                "QUIT" => script.quit,
                _ => Say("500 what?"),
            };
            if !self.perform(stream, act) || verb == "QUIT" {
                return false;
            }
            if verb == "STARTTLS" && matches!(act, Say(said) if said.starts_with("220")) {
                return true;
            }
            if verb == "DATA" && matches!(act, Say(said) if said.starts_with("354")) {
                let mut message_id = String::new();
                loop {
                    match read_line(stream) {
                        None => return false,
                        Some(line) if line == "." => break,
                        Some(line) => {
                            if let Some(id) = line.strip_prefix("Message-ID: ") {
                                id.clone_into(&mut message_id);
                            }
                        }
                    }
                }
                self.received.lock().unwrap().push(Receipt { to: to.clone(), message_id });
                self.heard.lock().unwrap().push(".".to_owned());
                if !self.perform(stream, script.dot) {
                    return false;
                }
            }
        }
        false
    }

    /// Whether the conversation goes on.
    fn perform(&self, stream: &mut impl Write, act: Act) -> bool {
        match act {
            Say(said) => stream.write_all(format!("{said}\r\n").as_bytes()).and_then(|()| stream.flush()).is_ok(),
            Close => false,
            Late(milliseconds, said) => {
                thread::sleep(Duration::from_millis(milliseconds));
                self.perform(stream, Say(said))
            }
            Refuse { with, .. } => self.perform(stream, Say(with)),
            Silence => {
                self.while_wanted(|| true);
                false
            }
            Drip => {
                self.while_wanted(|| stream.write_all(b"2").and_then(|()| stream.flush()).is_ok());
                false
            }
        }
    }

    fn while_wanted(&self, mut act: impl FnMut() -> bool) {
        while !self.over.load(Ordering::Relaxed) && act() {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn read_line(stream: &mut impl Read) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).ok()? == 1 {
        line.push(byte[0]);
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            return Some(String::from_utf8_lossy(&line).into_owned());
        }
    }
    None
}

/// An authority of our own, and a server certificate under it.
pub struct Authority {
    /// The authority's certificate as a `ca_file` has it.
    pub pem: String,
    /// The server's side.
    pub server: Arc<ServerConfig>,
}

/// An authority that vouches for a server of that name or address.
pub fn authority(of: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let server_key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![of.to_owned()]).unwrap().signed_by(&server_key, &issuer).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], private)
        .unwrap();
    Authority { pem: root.pem(), server: Arc::new(config) }
}
