//! A keep-alive connection on which any bytes can be sent, well-formed or not.

use super::service::Answer;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(40);

/// One connection.
pub struct Wire {
    out: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Wire {
    /// Connects to `http://127.0.0.1:PORT`.
    pub fn to(base: &str) -> Wire {
        let out = TcpStream::connect(base.strip_prefix("http://").expect("an address")).expect("a connection");
        out.set_read_timeout(Some(DEADLINE)).unwrap();
        let answers = BufReader::new(out.try_clone().unwrap());
        Wire { out, answers }
    }

    /// Sends a request with a body and its length, and reads the answer.
    pub fn ask(&mut self, line: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!("{line} HTTP/1.1\r\nHost: milepost\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        self.send(head.as_bytes());
        self.send(body);
        self.answer(line.starts_with("HEAD "))
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.out.write_all(bytes).expect("the service takes it");
    }

    /// Reads the next answer; panics where the connection is dropped instead.
    pub fn answer(&mut self, is_to_head: bool) -> Answer {
        let status = self.line().split(' ').nth(1).expect("a status").parse().expect("a number");
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, text: String::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        if !is_to_head {
            let mut body = vec![0; length];
            self.answers.read_exact(&mut body).expect("a body");
            answer.text = String::from_utf8(body).expect("UTF-8");
        }
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.answers.read_line(&mut line).expect("a line"), 0, "the connection was dropped");
        line.trim_end().to_owned()
    }
}
