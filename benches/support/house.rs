//! A fresh database with the sample plan, and the real service on it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MILEPOST: &str = env!("CARGO_BIN_EXE_milepost");
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plan-2024.txt");
/// In the middle of a month, so that part of what is spent is summed from the ledger and not from a roll-up.
pub const NOW: &str = "2024-07-16T09:00:00+08:00";

/// A folder with a database of its own. At the end the service on it is killed by its id, and the books must be whole.
pub struct House {
    folder: PathBuf,
    url: String,
    max_batch: usize,
    now: &'static str,
    service: Option<Child>,
    /// `127.0.0.1:PORT`, once the service listens.
    pub address: String,
    /// A clerk's token.
    pub token: String,
    /// The codes of the sample plan's projects.
    pub codes: Vec<String>,
}

impl House {
    /// A SQLite file under `target/tmp`, whose commits carry at most so many verbs, with the sample plan.
    pub fn sqlite(max_batch: usize) -> House {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        let url = format!("sqlite://{}", folder.join("milepost.db").display());
        House::at(folder, url, max_batch)
    }

    /// An empty PostgreSQL database at a URL, with the sample plan.
    pub fn postgres(url: &str) -> House {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
        House::at(folder, url.to_owned(), 256)
    }

    fn at(folder: PathBuf, url: String, max_batch: usize) -> House {
        std::fs::create_dir_all(&folder).expect("a folder");
        let (address, token, codes) = (String::new(), String::new(), codes());
        let mut house = House { folder, url, max_batch, now: NOW, service: None, address, token, codes };
        house.told(&["import", "plan", PLAN, "--year", "2024", "--json"]);
        // Puts the rule set on record, by which every bench judges.
        house.told(&["check", "--year", "2024", "--json"]);
        let made = house.told(&["token", "create", "--name", "bench", "--role", "clerk", "--unit", "333001", "--json"]);
        made["token"].as_str().expect("a token").clone_into(&mut house.token);
        house
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts the service; says how long it took to listen.
    pub fn serve(&mut self) -> Duration {
        let begun = Instant::now();
        let mut service = self.command(&["serve"]).spawn().expect("the service starts");
        let mut said = String::new();
        BufReader::new(service.stdout.as_mut().expect("its output")).read_line(&mut said).expect("a line");
        said.trim().strip_prefix("listening on http://").expect("an address").clone_into(&mut self.address);
        self.service = Some(service);
        begun.elapsed()
    }

    /// Runs a command and reads its JSON.
    pub fn told(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).output().expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MILEPOST);
        command.args(arguments).current_dir(&self.folder).stdout(Stdio::piped()).stderr(Stdio::null());
        command.env("MILEPOST__DATABASE__URL", &self.url).env("MILEPOST__HTTP__LISTEN", "127.0.0.1:0");
        command.env("MILEPOST__DATABASE__MAX_BATCH", self.max_batch.to_string());
        command.env("MILEPOST__CLOCK__FIXED_AT", self.now);
        command
    }

    /// Processor time that the service has used; nothing where the system has no `/proc`.
    pub fn processor(&self) -> Duration {
        processor(&self.id())
    }

    /// Resident memory of the service in KiB; nothing where the system has no `/proc`.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// The most memory that the service ever held, in KiB.
    pub fn highest_memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// At which instant the next service stands.
    pub fn set_clock(&mut self, now: &'static str) {
        self.now = now;
    }

    /// Kills the service, if there is one.
    pub fn stop(&mut self) {
        if let Some(mut service) = self.service.take() {
            service.kill().expect("the service can be killed");
            service.wait().expect("the service ends");
        }
    }

    fn id(&self) -> String {
        self.service.as_ref().map(|service| service.id().to_string()).unwrap_or_default()
    }

    /// Kills the service, if there is one, and checks the books.
    pub fn close(&mut self) {
        self.stop();
        let verified = self.command(&["verify"]).output().expect("verify runs");
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.close();
        }
        if let Some(mut service) = self.service.take() {
            drop(service.kill());
            drop(service.wait());
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Bytes of the program.
pub fn binary_bytes() -> u64 {
    std::fs::metadata(MILEPOST).expect("the binary").len()
}

/// Processor time that a process has used: its id, or `self`.
pub fn processor(id: &str) -> Duration {
    const TICKS_A_SECOND: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND)
}

fn codes() -> Vec<String> {
    let plan = std::fs::read_to_string(PLAN).expect("the sample plan");
    let is_code = |word: &&str| word.len() == 21 && word.starts_with("130605");
    let mut codes: Vec<String> = plan.split_whitespace().filter(is_code).map(str::to_owned).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 15, "the sample plan has fifteen projects");
    codes
}
