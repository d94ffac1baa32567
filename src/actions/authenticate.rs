//! Who a bearer token belongs to. Secrets are compared as hashes, in constant time.

use super::{Error, lookup};
use crate::domain::access::{Scope, Token};
use crate::storage::{Connection, tokens};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A caller that has shown a good token.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The token.
    pub token: Token,
    /// What it may see.
    pub scope: Scope,
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The caller that shows this id and secret on a day; none where the token is unknown, wrong, expired or taken
/// back — which of these, nobody is told.
pub fn authenticate(
    conn: &mut Connection,
    id: &str,
    secret: &str,
    today: NaiveDate,
) -> Result<Option<Authenticated>, Error> {
    let shown = sha256_hex(secret.as_bytes());
    let Some(token) = tokens::find(conn, id)? else { return Ok(None) };
    let same: bool = shown.as_bytes().ct_eq(token.secret_sha256.as_bytes()).into();
    if !same || !token.is_good(today) {
        return Ok(None);
    }
    let scope = lookup::scope_of(conn, &token)?;
    Ok(Some(Authenticated { token, scope }))
}
