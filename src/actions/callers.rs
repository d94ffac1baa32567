//! Callers that were let in lately, remembered with the stamp under which that was found: while the stamp stands,
//! neither a token nor a unit nor a project's unit has changed, by this program or any other.
//!
//! What each request brings is looked at each time: its secret, and the day on which the token is to be good.

use super::Error;
use super::authenticate::{Authenticated, shows_good_token};
use super::lookup::{self, Named};
use crate::domain::access::Scope;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::storage::{Connection, access_stamp, projects, tokens};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Tokens and projects that are remembered, each; when there are more, all are forgotten.
const MAX_REMEMBERED: usize = 16_384;

/// A project as a request names it.
pub type Place = (FiscalYear, ProjectCode);

/// What a request shows of its caller.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The token's public part.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The day of the request.
    pub today: NaiveDate,
}

/// The callers remembered.
#[derive(Debug, Default)]
pub struct Callers(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    stamp: String,
    callers: HashMap<String, Authenticated>,
    units: HashMap<Place, UnitCode>,
}

impl Callers {
    /// Who a request comes from, if that is remembered and may see the project; nobody is asked whether it still
    /// holds. What is written on the strength of it must [`assert_unchanged`] first.
    #[must_use]
    pub fn recall(&self, shown: &Shown, project: &Place) -> Option<Authenticated> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = remembered.callers.get(&shown.id)?;
        let unit = remembered.units.get(project)?;
        (shows_good_token(shown, &known.token) && known.scope.covers(unit)).then(|| known.clone())
    }

    /// Who a request comes from, and whether the thing that it names lies outside the token's units; none where the
    /// token is unknown, wrong, expired or taken back — which of these, nobody is told.
    pub fn find(
        &self,
        conn: &mut Connection,
        shown: &Shown,
        named: Option<&Named>,
    ) -> Result<Option<(Authenticated, bool)>, Error> {
        let stamp = access_stamp::now(conn)?;
        let known = self.caller(&stamp, &shown.id);
        let known = match known {
            Some(known) => known,
            None => match self.look_up(conn, &shown.id, &stamp)? {
                Some(known) => known,
                None => return Ok(None),
            },
        };
        if !shows_good_token(shown, &known.token) {
            return Ok(None);
        }
        let outside = match named {
            None => false,
            Some(Named::Project(year, code)) => {
                // As `lookup::is_outside` has it, from memory.
                let unit = self.unit(conn, &(*year, code.clone()), &stamp)?;
                known.scope != Scope::Everything && unit.is_none_or(|unit| !known.scope.covers(&unit))
            }
            Some(named) => lookup::is_outside(conn, named, &known.scope)?,
        };
        Ok(Some((known, outside)))
    }

    fn caller(&self, stamp: &str, id: &str) -> Option<Authenticated> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        remembered.callers.get(id).filter(|_| remembered.stamp == stamp).cloned()
    }

    fn look_up(&self, conn: &mut Connection, id: &str, stamp: &str) -> Result<Option<Authenticated>, Error> {
        let Some(token) = tokens::find(conn, id)? else { return Ok(None) };
        let scope = lookup::scope_of(conn, &token)?;
        let known = Authenticated { token, scope, stamp: stamp.to_owned() };
        self.remember(stamp, |remembered| {
            remembered.callers.insert(id.to_owned(), known.clone());
        });
        Ok(Some(known))
    }

    fn unit(&self, conn: &mut Connection, project: &Place, stamp: &str) -> Result<Option<UnitCode>, Error> {
        {
            let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(unit) = remembered.units.get(project).filter(|_| remembered.stamp == stamp) {
                return Ok(Some(unit.clone()));
            }
        }
        let Some(found) = projects::find(conn, project.0, &project.1)? else { return Ok(None) };
        self.remember(stamp, |remembered| {
            remembered.units.insert(project.clone(), found.unit.clone());
        });
        Ok(Some(found.unit))
    }

    /// Adds to what is remembered under a stamp; forgets what was remembered under another.
    fn remember(&self, stamp: &str, add: impl FnOnce(&mut Remembered)) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_full = remembered.callers.len() >= MAX_REMEMBERED || remembered.units.len() >= MAX_REMEMBERED;
        if remembered.stamp != stamp || is_full {
            *remembered = Remembered { stamp: stamp.to_owned(), ..Remembered::default() };
        }
        add(&mut remembered);
    }
}

/// Refuses to go on where who may see what has changed since a caller was recalled.
pub fn assert_unchanged(conn: &mut Connection, known: &str) -> Result<(), Error> {
    if access_stamp::now(conn)? == known { Ok(()) } else { Err(Error::AccessChanged) }
}
