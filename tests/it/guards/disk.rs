//! A full disk, a file that cannot be written and a file that somebody else holds: nothing acknowledged is lost, reads
//! go on, and writes go on without a restart once the fault is gone.

use crate::support::bureau::{DISPATCH, UNIT, open_books, sample_plan};
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::service::{Answer, Service};
use crate::support::skip;
use diesel::connection::SimpleConnection;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a recovery may take on a busy machine.
const RECOVERED_WITHIN: Duration = Duration::from_secs(20);

fn post(service: &Service, token: &str, number: usize) -> Answer {
    let memo = "m".repeat(400);
    let body =
        json!({ "amount_yuan": "1.00", "paid_on": "2024-06-28", "voucher_no": format!("v{number}"), "memo": memo });
    service.client.post(token, &format!("/years/2024/projects/{DISPATCH}/disbursements"), &format!("k{number}"), &body)
}

fn readable(service: &Service, token: &str) {
    service.client.get(token, &format!("/years/2024/projects/{DISPATCH}/comparison?as_of=2024-06-30")).expect(200);
    service.client.get("", "//readyz").expect(200);
}

/// A refusal that says to come back.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, kind: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.json()["type"], format!("/problems/{kind}"));
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
}

/// The acknowledged posts are in the ledger, each once, and those that were refused and not tried again are not.
fn assert_in_ledger(place: &Place, acknowledged: &[usize]) {
    let mut found = place.words("SELECT voucher_no AS word FROM disbursements");
    let mut expected: Vec<String> = acknowledged.iter().map(|number| format!("v{number}")).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(place.json(&["verify"])["clean"], true);
}

/// A small file system of its own; it is taken away when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this account may not mount (counted as skipped).
    #[track_caller]
    fn at(folder: &Path) -> Option<SmallDisk> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(folder.to_owned()));
        }
        skip("an account that may mount a file system");
        None
    }

    /// Takes what room there is left.
    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).output());
    }
}

#[test]
fn on_a_full_disk_posts_are_507_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(&folder.path().join("disk")) else { return };
    let place = Place::with_url(&format!("sqlite://{}", disk.0.join("milepost.db").display()));
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    let mut acknowledged = Vec::new();
    for number in 0..5 {
        post(&service, &token, number).expect(201);
        acknowledged.push(number);
    }
    for round in 1..=2 {
        disk.fill();
        // What the log has room for already is still taken.
        let mut refused = Vec::new();
        for number in round * 1_000..round * 1_000 + 400 {
            let answer = post(&service, &token, number);
            if answer.status == 201 {
                acknowledged.push(number);
                continue;
            }
            assert_refused(&answer, 507, "storage-full");
            refused.push(number);
            readable(&service, &token);
            if refused.len() == 3 {
                break;
            }
        }
        assert_eq!(refused.len(), 3, "the disk was full");
        disk.make_room();
        until("a post that is taken", RECOVERED_WITHIN, || {
            (post(&service, &token, refused[0]).status == 201).then_some(())
        });
        for number in refused {
            post(&service, &token, number).expect(201);
            acknowledged.push(number);
        }
    }
    assert_eq!(service.terminate(), Some(0));
    assert_in_ledger(&place, &acknowledged);
}

#[test]
fn on_a_full_disk_everybody_in_the_batch_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(&folder.path().join("disk")) else { return };
    let place = Place::with_url(&format!("sqlite://{}", disk.0.join("milepost.db").display()));
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    disk.fill();
    let answers: Vec<(usize, Answer)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..24)
            .map(|client| {
                let (service, token) = (&service, &token);
                scope.spawn(move || {
                    let numbers = client * 100..client * 100 + 20;
                    numbers.map(|number| (number, post(service, token, number))).collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 201);
    assert!(refused.len() > 24, "{} were refused", refused.len());
    for (_, answer) in &refused {
        assert_refused(answer, 507, "storage-full");
    }
    disk.make_room();
    let mut acknowledged: Vec<usize> = accepted.into_iter().map(|(number, _)| number).collect();
    post(&service, &token, 9_999).expect(201);
    acknowledged.push(9_999);
    assert_eq!(service.terminate(), Some(0));
    assert_in_ledger(&place, &acknowledged);
}

#[test]
fn a_file_that_another_process_holds_is_503_until_it_lets_go() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    post(&service, &token, 1).expect(201);
    let mut other = place.connection();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (2..10)
            .map(|number| {
                let (service, token) = (&service, &token);
                scope.spawn(move || {
                    let asked = Instant::now();
                    (post(service, token, number), asked.elapsed())
                })
            })
            .collect();
        while clients.iter().any(|client| !client.is_finished()) {
            readable(&service, &token);
        }
        for client in clients {
            let (answer, took) = client.join().unwrap();
            assert_refused(&answer, 503, "unavailable");
            assert!(took < Duration::from_secs(10), "{took:?}");
        }
    });
    other.batch_execute("ROLLBACK").unwrap();
    until("a post that is taken", RECOVERED_WITHIN, || (post(&service, &token, 2).status == 201).then_some(()));
    assert_eq!(service.terminate(), Some(0));
    // Whoever was refused and did not come back: its post was not made, for nobody waited for it any more.
    assert_in_ledger(&place, &[1, 2]);
}

/// Makes files immutable, for anybody; false where the account or the file system does not do that.
fn immutable(files: &[PathBuf], is_so: bool) -> bool {
    let mode = if is_so { "+i" } else { "-i" };
    Command::new("chattr").arg(mode).args(files).output().is_ok_and(|output| output.status.success())
}

#[test]
fn files_that_cannot_be_written_are_503_until_they_can() {
    let place = Place::sqlite();
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    let service = Service::start(&place);
    post(&service, &token, 1).expect(201);
    let files = [place.file("milepost.db"), place.file("milepost.db-wal")];
    if !immutable(&files, true) {
        return skip("an account and a file system that make a file immutable");
    }
    let refused = post(&service, &token, 2);
    let again = post(&service, &token, 3);
    readable(&service, &token);
    assert!(immutable(&files, false));
    assert_refused(&refused, 503, "unavailable");
    assert_refused(&again, 503, "unavailable");
    until("a post that is taken", RECOVERED_WITHIN, || (post(&service, &token, 2).status == 201).then_some(()));
    assert_eq!(service.terminate(), Some(0));
    assert_in_ledger(&place, &[1, 2]);
}
