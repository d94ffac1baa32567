//! `milepost demo`: a sample year in a new folder, from the plan to the warning letters, with nothing configured.

use super::books;
use super::check::summary;
use super::failure::Failure;
use super::house::{issue, record_contact};
use super::import::apply_plan;
use super::letters::send_due;
use super::out;
use super::serve::serve;
use super::setup::{Setup, actor};
use crate::actions::Moment;
use crate::actions::check_all_projects::{CheckAll, check_all_projects};
use crate::actions::import_actuals::{self, ImportActuals, import_actuals};
use crate::actions::import_file::ImportError;
use crate::actions::import_readings::{self, ImportReadings, import_readings};
use crate::actions::issue_token::TokenWish;
use crate::actions::record_reading::Observation;
use crate::clock::{Clock, local_to_utc};
use crate::config::Transport;
use crate::domain::access::Role;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::contact::{Contact, ContactRole, EmailAddress, LetterStyle};
use crate::domain::language::Language;
use crate::domain::reading::Observed;
use crate::intake::actuals_csv::read_actuals;
use crate::intake::plan::{PlanDocument, read_plan};
use crate::intake::readings_csv::read_readings;
use crate::storage::{Db, Opening};
use chrono::{Datelike, NaiveDate};
use clap::Args;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use uuid::Uuid;

const PLAN: &[u8] = include_bytes!("../../examples/plan-2024.txt");
const ACTUALS: &[u8] = include_bytes!("../../examples/actuals-2024.csv");
const READINGS: &[u8] = include_bytes!("../../examples/readings-2024.csv");
const YEAR: i32 = 2024;
const UNIT: &str = "333001";
/// Folders that are tried before a name must be given.
const MAX_FOLDERS: u32 = 99;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// A new or empty folder for the database and the letters; `milepost-demo` unless given.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// End after the check.
    #[arg(long)]
    no_serve: bool,
}

/// Plays the sample year up to the June point, shows what came of it, and serves it.
pub fn run(mut setup: Setup, args: &DemoArgs) -> Result<(), Failure> {
    let folder = make_folder(args.folder.as_deref())?;
    let letters = folder.join("letters");
    setup.settings.mail.transport = Transport::Folder(letters.clone());
    let live_clock = setup.clock.clone();
    let db = Db::open(&format!("sqlite://{}", folder.join("milepost.db").display()), Opening::MayCreate)?;
    out::say(&format!("Milepost 演示 demo · 文件夹 folder: {}", folder.display()));

    let year = FiscalYear::new(YEAR).map_err(Failure::world)?;
    let document = plan_of_the_year(&mut setup, &db, year)?;
    replay(&mut setup, &db, year)?;
    people(&setup, &db, &document)?;
    check_june(&mut setup, &db, year)?;
    show_letters(&letters)?;

    setup.clock = live_clock;
    if args.no_serve {
        return Ok(());
    }
    let unit = UnitCode::parse(UNIT).map_err(Failure::world)?;
    let now = setup.moment().now;
    let wish = TokenWish { name: "demo".to_owned(), role: Role::Reviewer, units: vec![unit], expires_on: None };
    let shown = issue(&db, wish, now)?.shown;
    let code = document.projects.first().map(|project| project.code.to_string()).unwrap_or_default();
    let listener = listen(setup.settings.http.listen)?;
    serve(setup, db, listener, move |address| invite(address, &shown, &code))
}

fn make_folder(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let is_free =
        |folder: &Path| std::fs::read_dir(folder).map_or(!folder.exists(), |mut inside| inside.next().is_none());
    let folder = match asked {
        Some(folder) if is_free(folder) => folder.to_owned(),
        Some(folder) => {
            return Err(Failure::Refused(format!(
                "{} 不是空文件夹，请另选一个 (not empty: name a new folder)",
                folder.display()
            )));
        }
        None => (1..=MAX_FOLDERS)
            .map(|number| if number == 1 { "milepost-demo".to_owned() } else { format!("milepost-demo-{number}") })
            .map(PathBuf::from)
            .find(|folder| is_free(folder))
            .ok_or_else(|| Failure::refused("--folder: name a new folder"))?,
    };
    std::fs::create_dir_all(&folder).map_err(|error| Failure::World(format!("{}: {error}", folder.display())))?;
    Ok(folder)
}

/// Sets the demo's clock to a time of day in the configured zone.
fn set_clock(setup: &mut Setup, day: NaiveDate, hour: u32) -> Result<Moment, Failure> {
    let local = day.and_hms_opt(hour, 0, 0).ok_or_else(|| Failure::world("no such hour"))?;
    setup.clock = Clock::Fixed(local_to_utc(local, setup.settings.calendar.zone));
    Ok(setup.moment())
}

fn date(month: u32, day: u32) -> Result<NaiveDate, Failure> {
    NaiveDate::from_ymd_opt(YEAR, month, day).ok_or_else(|| Failure::world("no such day"))
}

fn plan_of_the_year(setup: &mut Setup, db: &Db, year: FiscalYear) -> Result<PlanDocument, Failure> {
    set_clock(setup, date(1, 8)?, 9)?;
    let document = read_plan(PLAN, year).map_err(Failure::world)?;
    apply_plan(setup, db, &document, None, false)?;
    let (budget, blanks) = document.budget_total().map_err(Failure::world)?;
    out::say(&format!(
        "① 导入计划 plan: 项目 {} 个，指标 {} 个，预算 {} 万元（{blanks} 个未填报），核对提示 {} 条",
        document.projects.len(),
        document.indicator_count(),
        budget.wan(),
        document.findings.len()
    ));
    Ok(document)
}

/// Hands the sample payments and readings in month by month, on the first day of the next month, as an office does.
fn replay(setup: &mut Setup, db: &Db, year: FiscalYear) -> Result<(), Failure> {
    let (mut paid, mut read) = (0, 0);
    for month in 1..=6 {
        let moment = set_clock(setup, date(month + 1, 1)?, 8)?;
        let lines: Vec<import_actuals::Line> = read_actuals(ACTUALS, year)
            .map_err(Failure::world)?
            .into_iter()
            .filter(|row| row.posting.paid_on.month() == month)
            .map(|row| import_actuals::Line { number: row.line, project: row.project, posting: row.posting })
            .collect();
        let observations: Vec<import_readings::Line> = read_readings(READINGS, year)
            .map_err(Failure::world)?
            .into_iter()
            .filter(|row| known_on(row.observed_on, row.observed.observed()).month() == month)
            .map(|row| import_readings::Line {
                number: row.line,
                project: row.project,
                indicator: row.indicator,
                observation: Observation {
                    observed_on: row.observed_on,
                    observed: row.observed.observed(),
                    note: row.note,
                    evidence: row.evidence,
                },
            })
            .collect();
        (paid, read) = (paid + lines.len(), read + observations.len());
        let judging = setup.judging(db)?;
        db.write(move |conn| {
            let actuals = ImportActuals { year, lines, dry_run: false, actor: actor() };
            import_actuals(conn, &actuals, &judging, moment)?;
            let readings = ImportReadings { year, lines: observations, dry_run: false, actor: actor() };
            import_readings(conn, &readings, &judging, moment)
        })
        .wait()
        .map_err(|error| match error {
            ImportError::Failed(error) => Failure::from(error),
            ImportError::NotApplied(outcome) => {
                Failure::World(format!("the sample was refused: {:?}", outcome.refused))
            }
        })?;
    }
    out::say(&format!("② 登记支出 payments: {paid} 笔（虚构），监测值 readings: {read} 条（虚构）"));
    Ok(())
}

/// The day on which an observation can be known: of a deadline kept late, the day on which it was kept.
fn known_on(observed_on: NaiveDate, observed: Observed) -> NaiveDate {
    match observed {
        Observed::DoneOn(day) => day.max(observed_on),
        Observed::Value(_) | Observed::Grade(_) => observed_on,
    }
}

/// Invented people: an officer for the unit, one for a single project, and the head of the office.
fn people(setup: &Setup, db: &Db, document: &PlanDocument) -> Result<(), Failure> {
    let special = document.projects.get(3).map(|project| project.code.clone());
    let people: [(Option<ProjectCode>, ContactRole, &str, &str); 3] = [
        (None, ContactRole::Officer, "zhang.ke@example.invalid", "张可"),
        (special, ContactRole::Officer, "wang.lin@example.invalid", "王林"),
        (None, ContactRole::Head, "li.ming@example.invalid", "李明"),
    ];
    for (project, role, email, name) in people {
        let contact = Contact {
            id: Uuid::now_v7(),
            unit: UnitCode::parse(UNIT).map_err(Failure::world)?,
            project,
            role,
            email: EmailAddress::parse(email).map_err(Failure::world)?,
            name: name.to_owned(),
            language: Language::Chinese,
            letters: LetterStyle::Digest,
        };
        record_contact(db, contact, setup.moment().now)?;
    }
    Ok(())
}

fn check_june(setup: &mut Setup, db: &Db, year: FiscalYear) -> Result<(), Failure> {
    let moment = set_clock(setup, date(7, 1)?, 9)?;
    let as_of = date(6, 30)?;
    let command = CheckAll { year, as_of, cause: "demo", actor: actor(), tell: true };
    let checked = check_all_projects(db, &command, &setup.judging(db)?, moment, || setup.clock.now())?;
    out::say("③ 检查6月底节点 the June point（单位：万元）\n");
    books::show(&books::figures(setup, &setup.judging(db)?, db, year, as_of)?)?;
    out::say(&format!("\n{}", summary(&checked, false)));
    send_due(setup, db)?;
    Ok(())
}

fn show_letters(folder: &Path) -> Result<(), Failure> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    out::say("④ 预警信 letters:");
    for file in files {
        out::say(&format!("   {}", file.display()));
    }
    Ok(())
}

/// The configured address, or a free port beside it.
fn listen(asked: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(asked)
        .or_else(|_| TcpListener::bind(SocketAddr::new(asked.ip(), 0)))
        .map_err(|error| Failure::World(format!("{asked}: {error}")))
}

fn invite(address: SocketAddr, token: &str, code: &str) {
    let base = format!("http://{address}/api/v1");
    out::say(&format!(
        "⑤ 服务 service\n\nlistening on http://{address}\ntoken {token}\n\n\
         试一试 try (Ctrl-C 结束 ends it):\n\n\
         curl -sS -H 'Authorization: Bearer {token}' '{base}/years/{YEAR}/projects/{code}/comparison?as_of=2024-06-30'\n\n\
         curl -sS -H 'Authorization: Bearer {token}' '{base}/years/{YEAR}/alerts?state=open&severity=critical'\n\n\
         curl -sS -X POST -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' \
         -d '{{\"amount_yuan\": \"1000.00\", \"paid_on\": \"2024-06-28\", \"voucher_no\": \"试-2024-06-0001\"}}' \
         '{base}/years/{YEAR}/projects/{code}/disbursements'\n"
    ));
}
