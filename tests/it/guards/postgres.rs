//! A PostgreSQL server that is killed, started again, or swallowed by the network, under posting clients that try
//! again with the same key.

use crate::support::bureau::{DISPATCH, UNIT, open_books, sample_plan};
use crate::support::cluster::Cluster;
use crate::support::patience::until;
use crate::support::place::Place;
use crate::support::proxy::Proxy;
use crate::support::service::{Answer, Service};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 12;
/// What the contract says, with what a machine may take whose two cores are busy with other tests.
const REFUSED_WITHIN: Duration = Duration::from_millis(5_000 + 2_500);
const READY_WITHIN: Duration = Duration::from_secs(10 + 5);

/// Clients that post for as long as it lasts, each post until it is taken.
struct Clients {
    is_over: AtomicBool,
    taken: Mutex<BTreeMap<String, String>>,
    refused: AtomicUsize,
    slowest: Mutex<Duration>,
}

impl Clients {
    fn post_until_over(&self, service: &Service, token: &str, client: usize) {
        for number in 0.. {
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            let voucher = format!("c{client}-{number}");
            let answer = self.post_until_taken(service, token, &voucher);
            let id = answer.json()["id"].as_str().unwrap().to_owned();
            self.taken.lock().unwrap().insert(voucher, id);
        }
    }

    fn post_until_taken(&self, service: &Service, token: &str, voucher: &str) -> Answer {
        let body = json!({ "amount_yuan": "1.00", "paid_on": "2024-06-28", "voucher_no": voucher });
        loop {
            let asked = Instant::now();
            let path = format!("/years/2024/projects/{DISPATCH}/disbursements");
            let answer = service.client.post(token, &path, voucher, &body);
            let mut slowest = self.slowest.lock().unwrap();
            *slowest = slowest.max(asked.elapsed());
            drop(slowest);
            match answer.status {
                201 => return answer,
                503 => {
                    assert!(answer.header("retry-after").is_some(), "{}", answer.text);
                    self.refused.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(50));
                }
                _ => panic!("{} {}", answer.status, answer.text),
            }
        }
    }

    fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

/// Ends the clients when it goes out of scope.
struct Over<'clients>(&'clients AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A server behind a proxy, a service, and clients; `trouble` happens among them.
fn through(trouble: impl FnOnce(&mut Cluster, &Proxy, &Service, &Clients)) {
    let Some(mut cluster) = Cluster::start() else { return };
    let proxy = Proxy::to(cluster.port);
    let place = Place::with_url(&cluster.url(None));
    open_books(&place, &sample_plan());
    place.at("2024-07-01T09:00:00+08:00");
    let token = place.token("clerk", &[UNIT]);
    place.set("database.url", &cluster.url(Some(proxy.port)));
    let service = Service::start(&place);
    let clients = Clients {
        is_over: AtomicBool::new(false),
        taken: Mutex::default(),
        refused: AtomicUsize::new(0),
        slowest: Mutex::default(),
    };
    std::thread::scope(|scope| {
        // Also where the trouble itself fails: clients that post for ever would hide why.
        let _end = Over(&clients.is_over);
        for number in 0..CLIENTS {
            let (clients, service, token) = (&clients, &service, &token);
            scope.spawn(move || clients.post_until_over(service, token, number));
        }
        let calm = |taken: usize| {
            until("posts that are taken", Duration::from_mins(1), || (clients.count() > taken).then_some(()));
        };
        calm(50);
        trouble(&mut cluster, &proxy, &service, &clients);
        calm(clients.count() + 50);
    });
    let slowest = *clients.slowest.lock().unwrap();
    assert!(slowest < REFUSED_WITHIN, "somebody waited {slowest:?}");
    assert!(clients.refused.load(Ordering::SeqCst) > 0, "the trouble was felt");
    assert_eq!(service.terminate(), Some(0));

    place.set("database.url", place.url());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in place.words("SELECT voucher_no || ' ' || id AS word FROM disbursements") {
        let (voucher, id) = word.split_once(' ').unwrap();
        found.entry(voucher.to_owned()).or_default().push(id.to_owned());
    }
    let accepted = clients.taken.into_inner().unwrap();
    for (voucher, id) in &accepted {
        assert_eq!(found.get(voucher), Some(&vec![id.clone()]), "{voucher} stands in the ledger once");
    }
    assert_eq!(found.len(), accepted.len());
    assert_eq!(place.json(&["verify"])["clean"], true);
}

/// The service says in time that its database is gone, and that it lives itself.
fn assert_not_ready(service: &Service) {
    until("a service that is not ready", Duration::from_secs(15), || {
        let asked = Instant::now();
        let answer = service.client.get("", "//readyz");
        assert!(asked.elapsed() < REFUSED_WITHIN, "{:?}", asked.elapsed());
        (answer.status == 503).then_some(())
    });
    service.client.get("", "//healthz").expect(200);
}

/// What the database knows is left out where it does not answer.
fn assert_no_stale_numbers(service: &Service) {
    let metrics = service.client.get("", "//metrics").expect(200).text;
    assert!(metrics.contains("\nmilepost_database_up 0\n") && !metrics.contains("milepost_letters{"), "{metrics}");
}

fn assert_ready_again(service: &Service) {
    let is_ready = || (service.client.get("", "//readyz").status == 200).then_some(());
    until("a service that is ready again", READY_WITHIN, is_ready);
}

#[test]
fn a_postgres_that_is_killed_and_started_again_loses_and_doubles_nothing() {
    through(|cluster, _, service, _| {
        cluster.kill();
        assert_not_ready(service);
        assert_no_stale_numbers(service);
        cluster.start_again();
        assert_ready_again(service);
        // And once more, without anybody being told.
        cluster.kill();
        cluster.start_again();
        assert_ready_again(service);
    });
}

#[test]
fn a_postgres_behind_a_network_that_swallows_everything_loses_and_doubles_nothing() {
    through(|_, proxy, service, clients| {
        proxy.swallow();
        assert_not_ready(service);
        // What was swallowed is delivered late: a commit that nobody waited for is found by its key.
        proxy.forward_again();
        assert_ready_again(service);
        let count = clients.count();
        until("posts that are taken", Duration::from_mins(1), || (clients.count() > count + 20).then_some(()));

        proxy.swallow();
        assert_not_ready(service);
        // What was swallowed is lost, with its connections.
        proxy.begin_anew();
        assert_ready_again(service);
    });
}
