//! Records money actually spent, and re-examines the project in the same breath.

use super::check_project::{Occasion, check_figures, check_project, day_of_posting};
use super::figures::{Figures, Known, examine_one};
use super::tell::{Telling, tell};
use super::{Error, Judging, Moment, lookup};
use crate::domain::access::{Actor, Scope};
use crate::domain::alert::Change;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Disbursement, Posting};
use crate::domain::project::Project;
use crate::domain::rule::Severity;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, disbursements, rollups};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

/// What is to be recorded, where, and by whom.
#[derive(Clone, Debug)]
pub struct RecordDisbursement {
    /// The fiscal year.
    pub year: FiscalYear,
    /// The project's code.
    pub code: ProjectCode,
    /// What the caller may see.
    pub scope: Scope,
    /// What was paid.
    pub posting: Posting,
    /// Who says so.
    pub actor: Actor,
}

/// An entry that stands in the ledger, and where the project stands with it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The entry.
    pub entry: Disbursement,
    /// The project's figures as of today, or of the year's nearest day.
    pub figures: Figures,
}

/// Records one entry: ledger, roll-up, audit row, alerts, and a letter at once where it turned something critical.
pub fn record_disbursement(
    conn: &mut Connection,
    command: &RecordDisbursement,
    judging: &Judging,
    moment: Moment,
) -> Result<Recorded, Error> {
    // What the body says by itself is refused before anything is looked for.
    command.posting.check(command.year, moment.today)?;
    let project = lookup::project_for_writing(conn, command.year, &command.code, &command.scope)?;

    let entry = accept(conn, &project, &command.posting, &command.actor, moment)?;

    write_entry(conn, &project, &entry, "record_disbursement", &command.actor, moment)?;
    let examined = re_examine(conn, &project, &command.actor, judging, moment)?;
    tell_critical(conn, &[(project, examined.turned_critical)], judging, moment)?;
    Ok(Recorded { entry, figures: examined.figures })
}

/// The entry that a posting becomes, if the ledger takes it.
pub fn accept(
    conn: &mut Connection,
    project: &Project,
    posting: &Posting,
    actor: &Actor,
    moment: Moment,
) -> Result<Disbursement, Error> {
    posting.check(project.year, moment.today)?;
    let (sequence, is_known) = disbursements::place(conn, project.id, &posting.voucher)?;
    if is_known && let Some(holder) = disbursements::holder(conn, project.id, &posting.voucher)? {
        return Err(Error::VoucherTaken { voucher: posting.voucher.clone(), first: holder.id });
    }
    Ok(posting.clone().into_entry(Uuid::now_v7(), sequence, moment.now, &actor.name)?)
}

/// Writes an entry with its roll-up and its audit row.
pub fn write_entry(
    conn: &mut Connection,
    project: &Project,
    entry: &Disbursement,
    action: &str,
    actor: &Actor,
    moment: Moment,
) -> Result<(), Error> {
    disbursements::insert(conn, project.id, entry)?;
    rollups::add(conn, project.id, entry)?;
    let id = entry.id.to_string();
    let after = Some(as_json(project, entry));
    let unit = Some(&project.unit);
    let deed = Deed { action, entity: "disbursement", entity_id: &id, unit, before: None, after };
    audit::append(conn, &deed, actor, moment.now)?;
    Ok(())
}

/// A project judged anew after a posting.
pub struct Examined {
    /// Its figures as of today, or of the year's nearest day.
    pub figures: Figures,
    /// The day for which it was judged, if something about it turned critical.
    pub turned_critical: Option<NaiveDate>,
}

/// Judges the project anew and writes its alerts' events.
pub fn re_examine(
    conn: &mut Connection,
    project: &Project,
    actor: &Actor,
    judging: &Judging,
    moment: Moment,
) -> Result<Examined, Error> {
    let today = project.year.nearest(moment.today);
    let rules = judging.rules_on(conn, today, Known::Now(moment))?;
    let figures = examine_one(conn, project, today, Known::Now(moment), &rules)?;
    let Some(as_of) = day_of_posting(conn, project.year, judging, moment)? else {
        return Ok(Examined { figures, turned_critical: None });
    };
    let occasion = Occasion { as_of, run: None, actor, moment };
    // The figures of one day are the same to the judge and to the reader: nothing that is judged changes them.
    let events = if as_of == today {
        check_figures(conn, &figures, rules.version, &occasion)?
    } else {
        check_project(conn, project, judging, &occasion)?
    };
    let is_critical = events.iter().any(|event| {
        event.severity == Severity::Critical
            && matches!(event.change, Change::Raised | Change::Reopened | Change::Worsened)
    });
    Ok(Examined { figures, turned_critical: Some(as_of).filter(|_| is_critical) })
}

/// Tells at once what turned critical, one letter per person however many projects it was; the rest waits for the
/// next check's digest.
pub fn tell_critical(
    conn: &mut Connection,
    examined: &[(Project, Option<NaiveDate>)],
    judging: &Judging,
    moment: Moment,
) -> Result<(), Error> {
    let Some(as_of) = examined.iter().find_map(|(_, day)| *day) else { return Ok(()) };
    let projects: Vec<Project> =
        examined.iter().filter(|(_, day)| day.is_some()).map(|(project, _)| project.clone()).collect();
    let Some(year) = projects.first().map(|project| project.year) else { return Ok(()) };
    tell(conn, year, Telling::Critical { projects: &projects }, as_of, judging, moment)?;
    Ok(())
}

fn as_json(project: &Project, entry: &Disbursement) -> Value {
    json!({
        "project": project.code.as_str(), "fiscal_year": project.year.number(), "sequence": entry.sequence,
        "kind": entry.kind.name(), "amount_yuan": entry.amount.yuan(), "paid_on": entry.paid_on.to_string(),
        "voucher_no": entry.voucher.number, "line_no": entry.voucher.line, "source": entry.source.name(),
        "reverses": entry.reverses.map(|id| id.to_string()),
    })
}
