//! `milepost check`: the same verb as `POST …/checks`.

use super::books;
use super::failure::Failure;
use super::letters;
use super::out;
use super::setup::{Setup, actor, year};
use crate::actions::check_all_projects::{CheckAll, Checked, check_all_projects, dry_run};
use crate::actions::figures::day_asked;
use crate::actions::{Error, Judging};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::http::views;
use crate::storage::{Db, Opening};
use chrono::NaiveDate;
use clap::Args;
use std::sync::Arc;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The fiscal year.
    #[arg(long, value_parser = year)]
    year: FiscalYear,
    /// The day for which it is judged; today (or the year's last day) unless given.
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// Only say what would change.
    #[arg(long)]
    dry_run: bool,
    /// Leave the letters in the outbox; `serve` or `letters send` sends them.
    #[arg(long)]
    no_send: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// Checks a year, shows where its projects stand, and sends the letters that follow.
pub fn run(setup: &Setup, args: &CheckArgs) -> Result<(), Failure> {
    let db = setup.open(Opening::MustExist)?;
    let moment = setup.moment();
    let as_of = day_asked(args.year, args.as_of, moment)?;
    let command = CheckAll { year: args.year, as_of, cause: "cli", actor: actor(), tell: true };
    let busy = out::busy("正在检查…");
    let judging = if args.dry_run { setup.trial(&db)? } else { setup.judging(&db)? };
    let checked = if args.dry_run {
        let judging = Arc::clone(&judging);
        let tried = db.read(move |conn| dry_run(conn, &command, Scope::Everything, &judging, moment));
        tried.wait().map_err(|error: Error| Failure::from(error))?
    } else {
        check_all_projects(&db, &command, &judging, moment, || setup.clock.now())?
    };
    busy.finish_and_clear();
    report(setup, &judging, &db, &checked, args)?;
    for year in setup.missing_workdays() {
        out::note(&format!(
            "⚠ 缺少 {year} 年的放假调休安排，工作日暂按周一至周五计算：请设置 calendar.workdays_file  (working days of {year} are not known)"
        ));
    }
    if args.dry_run || args.no_send {
        return Ok(());
    }
    if setup.is_quiet() {
        out::note("现在是静默时段，信件留在发件箱  (quiet hours: letters wait in the outbox)");
        return Ok(());
    }
    let round = letters::send_due(setup, &db)?;
    out::note(&letters::told(setup, round)?);
    Ok(())
}

fn report(setup: &Setup, judging: &Arc<Judging>, db: &Db, checked: &Checked, args: &CheckArgs) -> Result<(), Failure> {
    if args.json {
        out::say_json(&views::checked(checked, args.dry_run, &Scope::Everything));
        return Ok(());
    }
    books::show(&books::figures(setup, judging, db, checked.run.year, checked.run.as_of)?)?;
    out::say(&format!("\n{}", summary(checked, args.dry_run)));
    Ok(())
}

/// What a check came to, in words.
pub fn summary(checked: &Checked, dry_run: bool) -> String {
    let (run, counts) = (&checked.run, checked.run.counts);
    let title = if dry_run { "试算 dry run" } else { "检查 check" };
    let judged = if counts.judged < counts.projects {
        format!("（有变化而重新判定 {} 个）", counts.judged)
    } else {
        String::new()
    };
    let mut text = format!(
        "{title} {} · 截至 {} · 项目 {} 个{judged} · 预警：新增 {} 重新 {} 加重 {} 减轻 {} 解除 {} 接替 {} · 信件 {} 封",
        run.year,
        run.as_of,
        counts.projects,
        counts.raised,
        counts.reopened,
        counts.worsened,
        counts.eased,
        counts.resolved,
        counts.superseded,
        counts.letters
    );
    if checked.without_recipient > 0 {
        let count = checked.without_recipient;
        text.extend([format!("\n⚠ 有 {count} 项预警没有收件人，待登记联系人后告知：milepost contact add  (matters without a recipient wait)")]);
    }
    for failure in &run.failures {
        text.extend(["\n✗ 无法判定 could not be judged: ", failure.as_str()]);
    }
    text
}
