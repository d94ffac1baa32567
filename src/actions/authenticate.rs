//! Who a bearer token belongs to. Secrets are compared as hashes, in constant time; tokens are made on the
//! command line.

use super::Error;
use super::callers::Shown;
use crate::domain::access::{Actor, Scope, Token};
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, tokens, units};
use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A caller that has shown a good token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The token.
    pub token: Token,
    /// What it may see.
    pub scope: Scope,
    /// The stamp under which this was found.
    pub stamp: String,
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Whether a request shows the secret of a token that is good on its day.
#[must_use]
pub fn shows_good_token(shown: &Shown, token: &Token) -> bool {
    let same: bool = sha256_hex(shown.secret.as_bytes()).as_bytes().ct_eq(token.secret_sha256.as_bytes()).into();
    same && token.is_good(shown.today)
}

/// Records a token. Says which of its units are not known yet: they may come with a later import.
pub fn create_token(
    conn: &mut Connection,
    token: &Token,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let mut unknown = Vec::new();
    for unit in &token.units {
        if units::find(conn, unit)?.is_none() {
            unknown.push(unit.to_string());
        }
    }

    tokens::insert(conn, token)?;
    let after = json!({ "name": token.name, "role": token.role.name(), "expires_on": token.expires_on.map(|day| day.to_string()),
        "units": token.units.iter().map(ToString::to_string).collect::<Vec<_>>() });
    let deed = Deed { action: "create_token", entity: "token", entity_id: &token.id, before: None, after: Some(after) };
    audit::append(conn, &deed, actor, now)?;
    Ok(unknown)
}

/// Takes a token back.
pub fn revoke_token(conn: &mut Connection, id: &str, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    if !tokens::revoke(conn, id, now)? {
        return Err(Error::NotFound(super::Thing::Token));
    }
    let (before, after) = (Some(json!({ "revoked": false })), Some(json!({ "revoked": true })));
    let deed = Deed { action: "revoke_token", entity: "token", entity_id: id, before, after };
    audit::append(conn, &deed, actor, now)?;
    Ok(())
}
