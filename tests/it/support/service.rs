//! The service as a child process, and a client that speaks to it as anybody would.

use super::place::Place;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A running service; it is killed by its id when dropped.
pub struct Service {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// What answers.
    pub client: Client,
}

/// How long a service may take to say that it listens.
const READY_WITHIN: Duration = Duration::from_mins(1);

impl Service {
    /// Starts `milepost serve` and waits until it listens.
    pub fn start(place: &Place) -> Service {
        let mut command = place.command(&["serve"]);
        let log = OpenOptions::new().append(true).create(true).open(place.log_file()).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the service starts");
        let out = child.stdout.take().expect("its standard output");
        let (said, heard) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some(base) = line.strip_prefix("listening on ") {
                    drop(said.send(base.to_owned()));
                }
            }
        });
        let base = heard.recv_timeout(READY_WITHIN).expect("the service says that it listens");
        Service { child, client: Client::new(&base), base }
    }

    /// `kill -9`, while others still speak to it.
    pub fn kill_now(&self) {
        self.signal("-KILL");
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.kill_now();
        self.child.wait().expect("the service ends");
    }

    /// SIGTERM, while others still speak to it.
    pub fn ask_to_stop(&self) {
        self.signal("-TERM");
    }

    /// SIGSTOP: it stands still, and nobody is told.
    pub fn stand_still(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Waits for its end; gives the exit code.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("the service ends").code()
    }

    /// SIGTERM; gives the exit code.
    pub fn terminate(self) -> Option<i32> {
        self.ask_to_stop();
        self.wait()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args([name, &id]).status().expect("kill runs");
        assert!(sent.success(), "the service takes a signal");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An HTTP client without opinions: every status is an answer.
#[derive(Clone)]
pub struct Client {
    base: String,
    agent: ureq::Agent,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same answer, if it has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl Client {
    fn new(base: &str) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_mins(2)))
            .build();
        Client { base: base.to_owned(), agent: config.into() }
    }

    /// GET, with a token unless that is empty. `path` begins after `/api/v1` unless it begins with `//`.
    pub fn get(&self, token: &str, path: &str) -> Answer {
        self.get_with(token, path, &[])
    }

    /// The same with more headers.
    pub fn get_with(&self, token: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(self.address(path));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().and_then(finished).expect("the service answers")
    }

    /// POST of JSON under an idempotency key.
    pub fn post(&self, token: &str, path: &str, key: &str, body: &Value) -> Answer {
        let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key)];
        headers.retain(|(_, value)| !value.is_empty());
        self.send(token, path, &headers, body.to_string().as_bytes()).expect("the service answers")
    }

    /// PUT of JSON.
    pub fn put(&self, token: &str, path: &str, body: &Value) -> Answer {
        let request = self.agent.put(self.address(path)).header("Authorization", format!("Bearer {token}"));
        let request = request.header("Content-Type", "application/json");
        request.send(body.to_string().as_bytes()).and_then(finished).expect("the service answers")
    }

    /// DELETE.
    pub fn delete(&self, token: &str, path: &str) -> Answer {
        let request = self.agent.delete(self.address(path)).header("Authorization", format!("Bearer {token}"));
        request.call().and_then(finished).expect("the service answers")
    }

    /// POST of anything; an error where the service went away.
    pub fn send(&self, token: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.post(self.address(path));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send(body).and_then(finished)
    }

    /// Any method, with headers and a body unless that is empty.
    pub fn ask(&self, method: &str, token: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(self.address(path));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let agent = &self.agent;
        let answer = if body.is_empty() {
            agent.run(request.body(()).expect("a request"))
        } else {
            agent.run(request.body(body).expect("a request"))
        };
        answer.and_then(finished).expect("the service answers")
    }

    fn address(&self, path: &str) -> String {
        match path.strip_prefix("//") {
            Some(outside) => format!("{}/{outside}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        }
    }
}

fn finished(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let text = response.body_mut().read_to_string()?;
    Ok(Answer { status: response.status().as_u16(), headers, text })
}
