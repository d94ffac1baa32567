//! What a rehearsal needs of the books: read from either database, written into a scratch one as it stands.

use super::Error;
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::contact::Contact;
use crate::domain::disbursement::Disbursement;
use crate::domain::indicator::KeptIndicator;
use crate::domain::project::Project;
use crate::domain::reading::Reading;
use crate::storage::plans::{self, KeptPlan, NewPlan};
use crate::storage::projects::{self, Selection};
use crate::storage::rule_sets::{self, RuleSet};
use crate::storage::units::{self, UnitRow};
use crate::storage::{Connection, contacts, disbursements, readings, rollups};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use uuid::Uuid;

/// Ledger entries that are copied at most.
pub const MAX_ENTRIES: usize = 500_000;
/// Ledger entries read at a time.
const PAGE: i64 = 1_000;

/// A year's books, as far as checks look at them.
pub struct Copied {
    /// Every rule set on record.
    pub rule_sets: Vec<RuleSet>,
    units: Vec<UnitRow>,
    contacts: Vec<Contact>,
    projects: Vec<Project>,
    plans: HashMap<Uuid, Vec<KeptPlan>>,
    targets: HashMap<(Uuid, i32), Vec<KeptIndicator>>,
    readings: HashMap<Uuid, Vec<Reading>>,
    ledgers: Vec<(Uuid, Vec<Disbursement>)>,
}

/// Reads a year's projects in a scope, with what is on record of them, and the people of that scope.
pub fn gather(conn: &mut Connection, year: FiscalYear, scope: Scope) -> Result<Copied, Error> {
    let selection = Selection::year(year, scope.clone());
    let projects = projects::select(conn, &selection)?;
    // Counted before anything is read: what is too long is refused at once.
    if disbursements::count(conn, &selection)? > MAX_ENTRIES {
        return Err(Error::RehearsalTooLong { most: MAX_ENTRIES });
    }
    let mut ledgers = Vec::new();
    for project in &projects {
        ledgers.push((project.id, ledger(conn, project.id)?));
    }
    let mut contacts = contacts::all(conn)?;
    contacts.retain(|contact| scope.covers(&contact.unit));
    Ok(Copied {
        rule_sets: rule_sets::all(conn)?,
        units: units::all(conn)?,
        contacts,
        plans: plans::kept(conn, &selection)?,
        targets: plans::targets(conn, &selection)?,
        readings: readings::known(conn, &selection, DateTime::<Utc>::MAX_UTC)?,
        projects,
        ledgers,
    })
}

fn ledger(conn: &mut Connection, project: Uuid) -> Result<Vec<Disbursement>, Error> {
    let (mut ledger, mut after) = (Vec::new(), 0);
    loop {
        let page = disbursements::page(conn, project, &disbursements::Filter::default(), after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(ledger) };
        after = last.sequence;
        ledger.extend(page.into_iter().map(|(entry, _)| entry));
    }
}

impl Copied {
    /// Writes it all into an empty database, to be judged by these sets.
    pub fn write(&self, conn: &mut Connection, rule_sets: &[RuleSet]) -> Result<(), Error> {
        for set in rule_sets {
            rule_sets::insert(conn, set)?;
        }
        let now = DateTime::<Utc>::UNIX_EPOCH;
        // First each by itself: a unit may be named before the one above it.
        for row in &self.units {
            units::put(conn, &UnitRow { parent: None, ..row.clone() }, now)?;
        }
        for row in self.units.iter().filter(|row| row.parent.is_some()) {
            units::put(conn, row, now)?;
        }
        for contact in &self.contacts {
            contacts::insert(conn, contact, now)?;
        }
        for project in &self.projects {
            projects::insert(conn, project)?;
            self.write_plans(conn, project.id)?;
            for reading in self.readings.get(&project.id).into_iter().flatten() {
                readings::insert(conn, project.id, reading)?;
            }
        }
        for (project, ledger) in &self.ledgers {
            for entry in ledger {
                disbursements::insert(conn, *project, entry)?;
                rollups::add(conn, *project, entry)?;
            }
        }
        Ok(())
    }

    fn write_plans(&self, conn: &mut Connection, project: Uuid) -> Result<(), Error> {
        for kept in self.plans.get(&project).into_iter().flatten() {
            let indicators = self.targets.get(&(project, kept.plan.version)).map_or(&[][..], Vec::as_slice);
            plans::insert(
                conn,
                &NewPlan {
                    id: kept.id,
                    project,
                    plan: &kept.plan,
                    written: &kept.written,
                    indicators,
                    recorded_by: &kept.recorded_by,
                },
            )?;
        }
        Ok(())
    }
}
