//! By which rules is judged: the set in force on a day, as far as it was known. The sets are rows, so that every process
//! on a database judges alike and the past can be judged again as it was.

use super::Error;
use super::figures::Known;
use crate::domain::rule::{Rules, in_force};
use crate::domain::workdays::WorkingDays;
use crate::intake::rule_file::read_rules;
use crate::storage::{self, Connection, rule_sets};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// A rule set with the calendar in whose working days it counts: what judging a day takes.
#[derive(Debug)]
pub struct Ruling {
    rules: Rules,
    /// The calendar.
    pub workdays: Arc<WorkingDays>,
}

/// Whoever needs only the thresholds takes the rules of it.
impl Deref for Ruling {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

/// What judging needs beside the figures.
#[derive(Debug)]
pub struct Judging {
    candidate: Option<Arc<Ruling>>,
    /// Sets once read from their rows: a set never changes under its version.
    read: Mutex<HashMap<i32, Arc<Ruling>>>,
    /// Month and day of the next year until which a year is still judged.
    pub year_closes_on: (u32, u32),
    /// The calendar of working days, in which deadlines count.
    pub workdays: Arc<WorkingDays>,
}

impl Judging {
    /// Judges by the sets on record.
    #[must_use]
    pub fn by_record(year_closes_on: (u32, u32), workdays: Arc<WorkingDays>) -> Judging {
        Judging { candidate: None, read: Mutex::default(), year_closes_on, workdays }
    }

    /// Judges every day by one set that need not be on record: a trial.
    #[must_use]
    pub fn by(candidate: Rules, year_closes_on: (u32, u32), workdays: Arc<WorkingDays>) -> Judging {
        let candidate = Ruling { rules: candidate, workdays: Arc::clone(&workdays) };
        Judging { candidate: Some(Arc::new(candidate)), ..Judging::by_record(year_closes_on, workdays) }
    }

    /// The rules in force on a day, as far as they were known.
    pub fn rules_on(&self, conn: &mut Connection, as_of: NaiveDate, known: Known) -> Result<Arc<Ruling>, Error> {
        if let Some(candidate) = &self.candidate {
            return Ok(Arc::clone(candidate));
        }
        let known_at = match known {
            Known::Now(_) => None,
            Known::At(moment) => Some(moment.now),
        };
        let version = in_force(&rule_sets::tenures(conn)?, as_of, known_at);
        self.rules_of(conn, version.unwrap_or_default())
    }

    /// The rules of one version.
    pub fn rules_of(&self, conn: &mut Connection, version: i32) -> Result<Arc<Ruling>, Error> {
        if let Some(candidate) = &self.candidate {
            return Ok(Arc::clone(candidate));
        }
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned();
        if let Some(rules) = known {
            return Ok(rules);
        }
        let impossible = |what: String| Error::from(storage::Error::Corrupt(format!("rule set {version}: {what}")));
        let set = rule_sets::find(conn, version)?.ok_or_else(|| impossible("not on record".to_owned()))?;
        let rules = read_rules(&set.document).map_err(|error| impossible(error.to_string()))?;
        let rules = Arc::new(Ruling { rules, workdays: Arc::clone(&self.workdays) });
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(version, Arc::clone(&rules));
        Ok(rules)
    }
}
