//! A TCP proxy that can stop forwarding without closing anything, as a network that swallows everything does.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A proxy on a port of its own.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    hole: Arc<Hole>,
}

struct Hole {
    is_black: AtomicBool,
    is_over: AtomicBool,
    target: AtomicU16,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Forwards to a port of this machine.
    pub fn to(target: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let hole = Arc::new(Hole {
            is_black: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            target: AtomicU16::new(target),
            open: Mutex::default(),
        });
        let shared = Arc::clone(&hole);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let hole = Arc::clone(&shared);
                std::thread::spawn(move || hole.forward(client));
            }
        });
        Proxy { port, hole }
    }

    /// Swallows everything from now on; connections stay open and new ones are accepted.
    pub fn swallow(&self) {
        self.hole.is_black.store(true, Ordering::SeqCst);
    }

    /// Forwards again. What was swallowed meanwhile is delivered now, late.
    pub fn forward_again(&self) {
        self.hole.is_black.store(false, Ordering::SeqCst);
    }

    /// Forwards again, but closes every connection there was.
    pub fn begin_anew(&self) {
        for stream in self.hole.open.lock().unwrap().drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
        self.forward_again();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.hole.is_over.store(true, Ordering::SeqCst);
        self.begin_anew();
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Hole {
    fn forward(self: Arc<Hole>, client: TcpStream) {
        self.wait_for_light();
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.target.load(Ordering::SeqCst))) else {
            return drop(client.shutdown(Shutdown::Both));
        };
        let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        self.open.lock().unwrap().extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        let hole = Arc::clone(&self);
        std::thread::spawn(move || hole.copy(from, to));
        self.copy(server, client);
    }

    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            self.wait_for_light();
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Both));
        drop(from.shutdown(Shutdown::Both));
    }

    fn wait_for_light(&self) {
        while self.is_black.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
