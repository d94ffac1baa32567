//! A check when everything lags: `cargo bench --bench check [-- --projects 50000]`.
//!
//! So many projects with six indicators each, in a hundred units with an officer and a head, and a leader above them
//! all: nothing is paid, and every indicator stands at nothing. The real service judges them (`POST …/checks`), while a
//! client posts one disbursement after another and another asks `/healthz`. Reported: the time of the first check, of
//! one a day later that finds nothing new, and of one some weeks later that reminds and escalates; letters (one per
//! person), alerts, the service's memory at its highest, and the slowest answer of the two clients meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::cast_precision_loss, reason = "sizes for people")]
#![allow(clippy::allow_attributes_without_reason, reason = "a bench says what it expects, as a test does")]

mod support;

use diesel::connection::SimpleConnection;
use milepost::storage::Connection;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use support::house::House;
use support::seed::{connection, numbers};
use support::words;

/// Projects, unless told otherwise.
const USUAL_PROJECTS: u32 = 50_000;
/// Indicators of each.
const EACH: u32 = 6;
/// Units, each with an officer and a head.
const UNITS: u32 = 100;

fn main() {
    let projects = words::after("--projects").unwrap_or(USUAL_PROJECTS);
    let mut house = House::sqlite(256);
    seed(&mut connection(&house), projects);
    let admin = house.told(&["token", "create", "--name", "bench-admin", "--role", "admin", "--json"]);
    let admin = admin["token"].as_str().expect("a token").to_owned();
    println!("{projects} projects x {EACH} indicators, all lagging, SQLite");
    for (what, now) in [
        ("first check", "2024-07-16T09:00:00+08:00"),
        ("the next day", "2024-07-17T09:00:00+08:00"),
        ("six weeks later", "2024-08-27T09:00:00+08:00"),
    ] {
        house.set_clock(now);
        house.serve();
        let idle = house.memory_kib();
        let over = Arc::new(AtomicBool::new(false));
        let posting = watch(&house, &over, post);
        let looking = watch(&house, &over, look);
        let begun = Instant::now();
        let checked = ask(&house.address, &admin, "/api/v1/years/2024/checks", &json!({}));
        let took = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        let (posts, looks) = (posting.join().expect("posts"), looking.join().expect("looks"));
        println!(
            "{what}: {:.1} s, raised {}, letters {}; memory {:.0} MB idle, {:.0} MB at its highest; meanwhile slowest post \
             {:.2} s of {}, slowest /healthz {:.3} s of {}",
            took.as_secs_f64(),
            checked["alerts"]["raised"],
            checked["letters"],
            idle as f64 / 1024.0,
            house.highest_memory_kib() as f64 / 1024.0,
            posts.slowest.as_secs_f64(),
            posts.said(),
            looks.slowest.as_secs_f64(),
            looks.said(),
        );
        house.stop();
    }
}

/// What a client met with while a check ran.
#[derive(Default)]
struct Meanwhile {
    slowest: Duration,
    answered: u32,
    refused: u32,
}

impl Meanwhile {
    fn said(&self) -> String {
        format!("{} ({} refused)", self.answered + self.refused, self.refused)
    }
}

fn watch(
    house: &House,
    over: &Arc<AtomicBool>,
    once: fn(&str, &str, &str, u32) -> bool,
) -> thread::JoinHandle<Meanwhile> {
    let (address, token, code) = (house.address.clone(), house.token.clone(), house.codes[0].clone());
    let over = Arc::clone(over);
    thread::spawn(move || {
        let mut met = Meanwhile::default();
        for number in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let begun = Instant::now();
            let answered = once(&address, &token, &code, number);
            met.slowest = met.slowest.max(begun.elapsed());
            *if answered { &mut met.answered } else { &mut met.refused } += 1;
            thread::sleep(Duration::from_millis(20));
        }
        met
    })
}

fn post(address: &str, token: &str, code: &str, number: u32) -> bool {
    let key = format!("{}-{address}-{number}", std::process::id());
    let body = json!({ "amount_yuan": "1.00", "paid_on": "2024-07-01", "voucher_no": format!("{address}-{number}"),
        "source": "fiscal_own" });
    let url = format!("http://{address}/api/v1/years/2024/projects/{code}/disbursements");
    let agent = agent();
    let request = agent.post(&url).header("Authorization", format!("Bearer {token}")).header("Idempotency-Key", key);
    request.send_json(&body).is_ok_and(|answer| answer.status() == 201)
}

fn look(address: &str, _: &str, _: &str, _: u32) -> bool {
    agent().get(format!("http://{address}/healthz")).call().is_ok_and(|answer| answer.status() == 200)
}

fn ask(address: &str, token: &str, path: &str, body: &Value) -> Value {
    let agent = agent();
    let request = agent.post(format!("http://{address}{path}")).header("Authorization", format!("Bearer {token}"));
    let mut answer = request.send_json(body).expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.body_mut().read_json().expect("JSON")
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(10)))
        .build()
        .into()
}

/// No statistics are made: of tables that are still empty they would mislead the query planner for the whole run.
/// Projects with an even plan of which nothing is paid, their indicators read once at nothing, and the people.
fn seed(conn: &mut Connection, projects: u32) {
    let id = |kind: u32, parts: &str| format!("printf('00000000-0000-7000-8{kind:03}-%012x', {parts})");
    let (project, plan) = (id(1, "n"), id(2, "n"));
    let (indicator, reading) = (id(3, &format!("n * {EACH} + k")), id(4, &format!("n * {EACH} + k")));
    let (ns, ks, us) = (numbers(projects, "n"), numbers(EACH, "k"), numbers(UNITS, "u"));
    let unit = format!("printf('444%03d', n % {UNITS} + 1)");
    let statements = format!(
        "BEGIN;
        INSERT INTO units (code, name, parent_code, recorded_at) VALUES ('444', '全县', NULL, '2024-01-01 00:00:00');
        INSERT INTO units (code, name, parent_code, recorded_at)
            SELECT printf('444%03d', u), '单位' || u, '444', '2024-01-01 00:00:00' FROM {us};
        INSERT INTO contacts (id, unit_code, project_code, role, email, name, recorded_at)
            SELECT {}, printf('444%03d', u), NULL, 'officer', 'o' || u || '@example.invalid', '经办' || u, '2024-01-01 00:00:00' FROM {us};
        INSERT INTO contacts (id, unit_code, project_code, role, email, name, recorded_at)
            SELECT {}, printf('444%03d', u), NULL, 'head', 'h' || u || '@example.invalid', '科长' || u, '2024-01-01 00:00:00' FROM {us};
        INSERT INTO contacts (id, unit_code, project_code, role, email, name, recorded_at)
            VALUES ({}, '444', NULL, 'leader', 'leader@example.invalid', '局长', '2024-01-01 00:00:00');
        INSERT INTO projects (id, fiscal_year, code, name, unit_code, purpose, goals, recorded_at)
            SELECT {project}, 2024, printf('99990124P%012d', n), '项目' || n, {unit}, '', '', '2024-01-01 00:00:00' FROM {ns};
        INSERT INTO plan_versions (id, project_id, version, effective_on, budget_fen, reason, recorded_at, recorded_by,
                name, unit_code)
            SELECT {plan}, {project}, 1, '2024-01-01', 10000000, '', '2024-01-01 00:00:00', 'bench', '项目' || n, {unit} FROM {ns};
        INSERT INTO plan_points (plan_id, point_on, planned_fen, written)
            SELECT {plan}, column1, column2, '' FROM {ns}, (VALUES ('2024-03-31', 2500000), ('2024-06-30', 5000000),
                ('2024-10-31', 7500000), ('2024-12-31', 10000000));
        INSERT INTO indicators (id, project_id) SELECT {indicator}, {project} FROM {ns}, {ks};
        INSERT INTO indicator_targets (plan_id, indicator_id, position, level1, level2, name, description, target, basis,
                kind, comparator, quantity, quantity_unit)
            SELECT {plan}, {indicator}, k, '产出指标', '数量指标', '检查次数' || k, '', '≥100次', '年度计划', 'bound', '≥', '100', '次'
            FROM {ns}, {ks};
        INSERT INTO readings (id, project_id, indicator_id, observed_on, value, note, evidence, recorded_at, recorded_by)
            SELECT {reading}, {project}, {indicator}, '2024-07-10', '0', '', '', '2024-07-10 00:00:00', 'bench' FROM {ns}, {ks};
        INSERT INTO unjudged (project_id) SELECT {project} FROM {ns};
        COMMIT;",
        id(5, "u"),
        id(6, "u"),
        id(7, "1"),
    );
    conn.batch_execute(&statements).expect("a seeded file");
}
