//! A real mail server that is not ours: `smtp-sink` of Debian's package postfix, on a free port of this machine.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(10);

pub struct SmtpSink {
    process: Child,
    pub port: u16,
    folder: tempfile::TempDir,
}

/// One mail as it was received.
pub struct Received {
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    pub message: Vec<u8>,
}

impl SmtpSink {
    /// A server with these options besides its dump folder.
    pub fn start(options: &[&str]) -> SmtpSink {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program());
        // Started as root it insists on being told as whom to run.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.args(["-u", "root"]);
        }
        command.args(options).arg("-d").arg(folder.path().join("mail."));
        command.args([&format!("127.0.0.1:{port}"), "64"]).stderr(Stdio::null()).stdout(Stdio::null());
        let process = command.spawn().unwrap();
        let sink = SmtpSink { process, port, folder };
        sink.wait();
        sink
    }

    fn wait(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < START_LIMIT, "smtp-sink did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What was received so far, in no order.
    pub fn received(&self) -> Vec<Received> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| read(&fs::read(file.unwrap().path()).unwrap()))
            .filter(|mail| !mail.rcpt_to.is_empty())
            .collect()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn program() -> PathBuf {
    #[allow(clippy::disallowed_methods, reason = "where programs are found is no setting of the service")]
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join("smtp-sink"))
        .find(|file| file.is_file());
    found.expect("smtp-sink is not here: apt-get install --no-install-recommends postfix, or run scripts/test")
}

/// A dump begins with lines of the sink's own, the envelope among them.
fn read(dump: &[u8]) -> Received {
    let text = String::from_utf8_lossy(dump);
    let line = |name: &str| -> Vec<String> {
        text.lines()
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix(name))
            .map(|address| address.trim().trim_matches(['<', '>']).to_owned())
            .collect()
    };
    let mail_from = line("X-Mail-Args:").into_iter().next().unwrap_or_default();
    Received { mail_from, rcpt_to: line("X-Rcpt-Args:"), message: dump.to_vec() }
}
