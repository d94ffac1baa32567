//! The whole-portfolio comparison: `cargo bench --bench portfolio [-- --projects 10000]`.
//!
//! Two SQLite files are seeded by direct inserts: so many projects with a plan of four points, and 20 or 200
//! disbursements each. In each is timed, best of some runs: the money of all projects by the action that
//! `GET …/comparison` asks, and the same by one plain statement on the same file. The cost must follow the projects, not
//! the disbursements. `-- --export FOLDER` leaves `ledger.csv`, `plan.csv` and `ledger.journal` (hledger, with the plan as
//! a `~` budget) of the last file there, for other programs: `duckdb -c "…"`, `hledger bal --budget`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::allow_attributes_without_reason, reason = "a bench says what it expects, as a test does")]

mod support;

/// The same as the service's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use milepost::actions::figures::{Known, examine_money};
use milepost::actions::{Error, Judging, Moment};
use milepost::domain::access::Scope;
use milepost::domain::calendar::FiscalYear;
use milepost::storage::{Connection, Db, Opening};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::house::{House, NOW};
use support::seed::{connection, numbers};
use support::words;

/// Projects, unless told otherwise.
const USUAL_PROJECTS: u32 = 10_000;
/// Disbursements of each project.
const EACH: [u32; 2] = [20, 200];
/// Runs of which the best is reported.
const RUNS: usize = 7;

fn main() {
    let projects = words::after("--projects").unwrap_or(USUAL_PROJECTS);
    println!("{projects} projects, best of {RUNS}, SQLite, {NOW}");
    println!("{:<20} {:>14} {:>14}", "disbursements each", "action", "plain SQL");
    for each in EACH {
        let house = House::sqlite(256);
        let mut conn = connection(&house);
        seed(&mut conn, projects, each);
        let db = Db::open(house.url(), Opening::MustExist).expect("the database opens");
        let (action, plain) = (best(|| by_action(&db)), best(|| by_statement(&mut conn)));
        println!("{each:<20} {:>11.1} ms {:>11.1} ms", millis(action), millis(plain));
        if let (Some(folder), 200) = (words::after::<PathBuf>("--export"), each) {
            export(&mut conn, &folder);
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn best(mut run: impl FnMut() -> usize) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            assert!(run() > 15, "the seeded projects are there");
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[0]
}

fn by_action(db: &Db) -> usize {
    let judging = Arc::new(Judging::by_record((1, 31), Arc::default()));
    let now = NOW.parse::<chrono::DateTime<chrono::FixedOffset>>().expect("an instant").to_utc();
    let today = "2024-07-16".parse().expect("a day");
    let known = Known::Now(Moment { now, today });
    let year = FiscalYear::new(2024).expect("a year");
    let asked = db.read(move |conn| {
        let rules = judging.rules_on(conn, today, known)?;
        examine_money(conn, year, (&Scope::Everything, None), today, known, &rules)
    });
    asked.wait().map_err(|error: Error| error).expect("figures").len()
}

/// What was due and what was spent, of each project, in one statement.
const STATEMENT: &str = "SELECT p.code,
    COALESCE((SELECT MAX(t.planned_fen) FROM plan_points t WHERE t.plan_id = v.id AND t.point_on <= '2024-07-16'), 0)
        AS due,
    COALESCE((SELECT SUM(m.amount_fen) FROM spend_month m WHERE m.project_id = p.id AND m.month <= '2024-07-01'), 0)
        - COALESCE((SELECT SUM(d.amount_fen) FROM disbursements d WHERE d.project_id = p.id AND d.counted
            AND d.paid_on > '2024-07-16' AND d.paid_on <= '2024-07-31'), 0) AS spent
    FROM projects p JOIN plan_versions v ON v.project_id = p.id WHERE p.fiscal_year = 2024 ORDER BY p.code";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = BigInt)]
    due: i64,
    #[diesel(sql_type = BigInt)]
    spent: i64,
}

fn by_statement(conn: &mut Connection) -> usize {
    let Connection::Sqlite(inner) = conn else { panic!("it is a SQLite file") };
    let lines: Vec<Line> = sql_query(STATEMENT).load(inner).expect("an answer");
    lines.iter().filter(|line| !line.code.is_empty() && line.due >= 0 && line.spent >= 0).count()
}

/// Projects with an even plan, and so many payments of one yuan each, spread over the days of the year so far.
fn seed(conn: &mut Connection, projects: u32, each: u32) {
    let id = |kind: u32, parts: &str| format!("printf('00000000-0000-7000-8{kind:03}-%012x', {parts})");
    let (project, plan, entry) = (id(1, "n"), id(2, "n"), id(3, &format!("n * {each} + k")));
    let (ns, ks) = (numbers(projects, "n"), numbers(each, "k"));
    let day = "date('2024-01-01', '+' || ((n * 7 + k * 13) % 197) || ' days')";
    let statements = format!(
        "BEGIN;
        INSERT INTO projects (id, fiscal_year, code, name, unit_code, purpose, goals, recorded_at)
            SELECT {project}, 2024, printf('99990124P%012d', n), '项目' || n, '333001', '', '', '2024-01-01 00:00:00'
            FROM {ns};
        INSERT INTO plan_versions (id, project_id, version, effective_on, budget_fen, reason, recorded_at, recorded_by,
                name, unit_code)
            SELECT {plan}, {project}, 1, '2024-01-01', 1000000, '', '2024-01-01 00:00:00', 'bench', '项目' || n, '333001'
            FROM {ns};
        INSERT INTO plan_points (plan_id, point_on, planned_fen, written)
            SELECT {plan}, column1, column2, '' FROM {ns}, (VALUES ('2024-03-31', 250000), ('2024-06-30', 500000),
                ('2024-09-30', 750000), ('2024-12-31', 1000000));
        INSERT INTO disbursements (id, project_id, sequence, kind, amount_fen, counted, paid_on, voucher_no, voucher_line,
                source, payee, memo, recorded_at, recorded_by)
            SELECT {entry}, {project}, k, 'payment', 100, 1, {day}, 'v' || k, 1, 'fiscal_own', '', '',
                '2024-07-16 00:00:00', 'bench'
            FROM {ns}, {ks};
        INSERT INTO spend_month (project_id, month, source, amount_fen)
            SELECT project_id, date(paid_on, 'start of month'), source, SUM(amount_fen) FROM disbursements
            WHERE counted GROUP BY 1, 2, 3;
        COMMIT; ANALYZE;"
    );
    conn.batch_execute(&statements).expect("a seeded file");
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Writes the ledger and the plan for other programs.
fn export(conn: &mut Connection, folder: &std::path::Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let Connection::Sqlite(inner) = conn else { panic!("it is a SQLite file") };
    let mut write = |name: &str, head: &str, query: &str| {
        let words: Vec<Word> = sql_query(query).load(inner).expect("an answer");
        let lines: Vec<String> = words.into_iter().map(|row| row.word).collect();
        std::fs::write(folder.join(name), format!("{head}{}\n", lines.join("\n"))).expect("a file");
    };
    let seeded = "p.code LIKE '9999%'";
    write(
        "ledger.csv",
        "code,paid_on,amount_fen\n",
        &format!(
            "SELECT p.code || ',' || d.paid_on || ',' || d.amount_fen AS word FROM disbursements d JOIN projects p ON p.id = d.project_id WHERE {seeded}"
        ),
    );
    write(
        "plan.csv",
        "code,point_on,planned_fen\n",
        &format!(
            "SELECT p.code || ',' || t.point_on || ',' || t.planned_fen AS word FROM plan_points t JOIN plan_versions v ON v.id = t.plan_id JOIN projects p ON p.id = v.project_id WHERE {seeded}"
        ),
    );
    write(
        "ledger.journal",
        "~ quarterly\n    expenses:budget  2500.00\n    assets\n\n",
        &format!(
            "SELECT d.paid_on || ' pay' || char(10) || '    expenses:' || p.code || '  ' || printf('%.2f', d.amount_fen / 100.0) || char(10) || '    assets' || char(10) AS word FROM disbursements d JOIN projects p ON p.id = d.project_id WHERE {seeded} ORDER BY d.paid_on"
        ),
    );
}
