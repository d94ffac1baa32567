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
}

use Act::{Close, Drip, Say, Silence};

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
    over: Arc<AtomicBool>,
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
        let mut scripts: Vec<Script> = scripts.iter().rev().copied().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let peer = Peer { port, heard: Arc::default(), over: Arc::default() };
        let (heard, over) = (Arc::clone(&peer.heard), Arc::clone(&peer.over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let (heard, over, tls) = (Arc::clone(&heard), Arc::clone(&over), tls.clone());
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                let script = if scripts.len() > 1 { scripts.pop().unwrap() } else { scripts[0] };
                thread::spawn(move || serve(stream, script, tls, &Talk { heard, over }));
            }
        });
        peer
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
        while let Some(line) = read_line(stream) {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            self.heard.lock().unwrap().push(line);
            let act = match verb.as_str() {
                "EHLO" => script.ehlo,
                "STARTTLS" => script.starttls,
                "AUTH" => script.auth,
                "MAIL" => script.mail,
                "RCPT" => script.rcpt,
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
                while read_line(stream).is_some_and(|line| line != ".") {}
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
