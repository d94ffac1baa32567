//! A mail server that takes everything at once and counts what it took: for thousands of letters.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A running server; it ends with the value.
pub struct Counter {
    pub port: u16,
    /// How often each Message-ID came.
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
    over: Arc<AtomicBool>,
}

impl Counter {
    pub fn start() -> Counter {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let counter = Counter { port, taken: Arc::default(), over: Arc::default() };
        let (taken, over) = (Arc::clone(&counter.taken), Arc::clone(&counter.over));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let taken = Arc::clone(&taken);
                // A service that is killed or stopped leaves connections behind: they are nobody's fault.
                thread::spawn(move || serve(&stream, &taken));
            }
        });
        counter
    }

    /// How often each Message-ID came so far.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        self.taken.lock().unwrap().clone()
    }

    /// How many letters came so far, each counted once.
    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: &TcpStream, taken: &Mutex<BTreeMap<String, usize>>) -> Option<()> {
    let say = |words: &str| { stream }.write_all(format!("{words}\r\n").as_bytes()).ok();
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    say("220 counter ESMTP")?;
    while let Some(line) = lines.next() {
        match line.split([' ', ':']).next()? {
            "DATA" => {
                say("354 go on")?;
                let mut id = None;
                for line in lines.by_ref().take_while(|line| line != ".") {
                    id = line.strip_prefix("Message-ID: ").map(str::to_owned).or(id);
                }
                *taken.lock().unwrap().entry(id.expect("a Message-ID")).or_insert(0) += 1;
                say("250 2.0.0 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Some(());
            }
            _ => say("250 ok")?,
        }
    }
    Some(())
}
