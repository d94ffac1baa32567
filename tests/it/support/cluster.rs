//! A PostgreSQL cluster of a test's own, which may be killed: on a free port, in a folder of its own.

use super::patience::until;
use super::skip;
use diesel::{Connection as _, PgConnection};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A cluster; it is killed and removed when dropped.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    server: Option<Child>,
    /// Where it listens.
    pub port: u16,
}

/// How long the server may take to answer.
const READY_WITHIN: Duration = Duration::from_secs(40);

impl Cluster {
    /// Makes a cluster and starts its server; none where there is no PostgreSQL (counted as skipped, fails in CI).
    #[track_caller]
    pub fn start() -> Option<Cluster> {
        let Some(programs) = programs() else {
            skip("PostgreSQL's own programs (initdb, postgres)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("milepost-cluster-").tempdir_in("/tmp").expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let mut cluster = Cluster { programs, folder, server: None, port };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status().expect("chown runs");
            assert!(owned.success(), "the account postgres owns the folder");
        }
        let data = cluster.data();
        let made = cluster
            .program("initdb")
            .args(["-U", "milepost", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.start_again();
        Some(cluster)
    }

    /// The URL of its database, through another port if one is given.
    pub fn url(&self, port: Option<u16>) -> String {
        format!("postgres://milepost@127.0.0.1:{}/postgres", port.unwrap_or(self.port))
    }

    /// `kill -9` to the server, whose children end by themselves when they notice.
    pub fn kill(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        drop(server.kill());
        server.wait().expect("the server ends");
    }

    /// Starts the server on the folder as it is, and waits until it answers.
    pub fn start_again(&mut self) {
        self.start_only();
        let url = self.url(None);
        until("an answer of the cluster", READY_WITHIN, || {
            // The children of a killed server may still be there; then the new one refuses, and is tried again.
            if self.server.as_mut().is_some_and(|server| server.try_wait().is_ok_and(|ended| ended.is_some())) {
                self.start_only();
            }
            PgConnection::establish(&url).ok()
        });
    }

    fn start_only(&mut self) {
        // A killed server loses nothing that it wrote: the machine lives on.
        let options = ["listen_addresses=127.0.0.1", "timezone=UTC", "max_connections=60", "fsync=off"];
        let options = options.iter().flat_map(|option| ["-c", option]);
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        command.arg("-k").arg(self.folder.path()).args(options).stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(command.spawn().expect("postgres runs"));
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, under an account that it accepts. `setpriv` becomes the program: its id is the
    /// server's.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The newest server's folder of programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    found.retain(|folder| folder.join("initdb").exists());
    found.sort();
    found.pop()
}

fn is_root() -> bool {
    Path::new("/proc/self").exists() && Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n")
}
