//! Does the database still say one thing? Its own integrity, and the roll-ups rebuilt from the ledger.

use super::Connection;
use super::backend;
use super::commitments;
use super::error::Error;
use super::rollups::{self, Difference};
use super::schema::{disbursements, projects};
use diesel::prelude::*;

/// What `milepost verify` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Projects looked at.
    pub projects: i64,
    /// Ledger entries added up.
    pub entries: i64,
    /// What does not fit among contracts, applications and their releases.
    pub commitments: Vec<String>,
    /// What the database's own check complains of.
    pub integrity: Vec<String>,
    /// Months in which roll-up and ledger differ.
    pub rollups: Vec<Difference>,
}

impl Findings {
    /// Whether everything agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.integrity.is_empty() && self.rollups.is_empty() && self.commitments.is_empty()
    }
}

/// Looks at everything; changes nothing.
pub fn verify(conn: &mut Connection) -> Result<Findings, Error> {
    Ok(Findings {
        projects: projects::table.count().get_result(conn)?,
        entries: disbursements::table.count().get_result(conn)?,
        commitments: commitments::misfits(conn)?,
        integrity: backend::integrity(conn)?,
        rollups: rollups::differences(conn)?,
    })
}
