//! Tokens: made, listed, taken back. The secret leaves the house once, with the answer that makes it; here only its
//! hash is kept.

use super::authenticate::sha256_hex;
use super::{Error, Thing};
use crate::domain::access::{Actor, Role, Token};
use crate::domain::code::UnitCode;
use crate::storage::audit::{self, Deed};
use crate::storage::{Connection, tokens, units};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

/// What a new token is to be.
#[derive(Clone, Debug)]
pub struct TokenWish {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The units that it may see, with those below them; none with [`Role::Admin`].
    pub units: Vec<UnitCode>,
    /// The last day on which it is good.
    pub expires_on: Option<NaiveDate>,
}

/// A new token and the text that its holder keeps.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: Token,
    /// `mp_<id>_<secret>`: shown once, kept nowhere.
    pub shown: String,
    /// Units of it that are not known yet; they may come with a later import.
    pub unknown_units: Vec<UnitCode>,
}

/// Makes a token of 32 random bytes and records it. Only an admin's may be without units, and is: it sees everything.
pub fn issue_token(conn: &mut Connection, wish: TokenWish, actor: &Actor, now: DateTime<Utc>) -> Result<Issued, Error> {
    if wish.units.is_empty() && wish.role != Role::Admin {
        return Err(Error::TokenWithoutUnits(wish.role));
    }
    let mut units = if wish.role == Role::Admin { Vec::new() } else { wish.units };
    units.sort();
    units.dedup();
    let known = units::all(conn)?;
    let unknown_units = units.iter().filter(|unit| !known.iter().any(|row| row.unit.code == **unit)).cloned().collect();

    let id = sha256_hex(&rand::random::<[u8; 16]>()).chars().take(12).collect::<String>();
    let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let shown = format!("mp_{id}_{secret}");
    let token = Token {
        id,
        name: wish.name,
        role: wish.role,
        units,
        secret_sha256: sha256_hex(secret.as_bytes()),
        created_at: now,
        expires_on: wish.expires_on,
        revoked_at: None,
    };

    tokens::insert(conn, &token)?;
    let after = json!({
        "name": token.name, "role": token.role.name(), "expires_on": token.expires_on.map(|day| day.to_string()),
        "units": token.units.iter().map(UnitCode::as_str).collect::<Vec<_>>(),
    });
    let deed = Deed {
        action: "create_token",
        entity: "token",
        entity_id: &token.id,
        unit: None,
        before: None,
        after: Some(after),
    };
    audit::append(conn, &deed, actor, now)?;
    Ok(Issued { token, shown, unknown_units })
}

/// Takes a token back; one that was taken back before stays so. `spoken_with` is the token of the request itself, which
/// cannot be taken back by it: nobody locks himself out by accident.
pub fn revoke_token(
    conn: &mut Connection,
    id: &str,
    spoken_with: Option<&str>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    token(conn, id)?;
    if spoken_with == Some(id) {
        return Err(Error::OwnToken);
    }
    if !tokens::revoke(conn, id, now)? {
        return Ok(());
    }
    let (before, after) = (Some(json!({ "revoked": false })), Some(json!({ "revoked": true })));
    let deed = Deed { action: "revoke_token", entity: "token", entity_id: id, unit: None, before, after };
    Ok(audit::append(conn, &deed, actor, now)?)
}

/// A page of all tokens, by id, after an id.
pub fn page(conn: &mut Connection, after: &str, limit: i64) -> Result<Vec<Token>, Error> {
    Ok(tokens::page(conn, after, limit)?)
}

/// One token.
pub fn token(conn: &mut Connection, id: &str) -> Result<Token, Error> {
    tokens::find(conn, id)?.ok_or(Error::NotFound(Thing::Token))
}
