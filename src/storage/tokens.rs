//! Tokens, by their public part. A secret is never stored.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::rows::{column, instant, unit_code, word};
use super::schema::{token_units, tokens};
use crate::domain::access::{Role, Token};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
struct Row {
    id: String,
    name: String,
    role: String,
    secret_sha256: String,
    created_at: NaiveDateTime,
    expires_on: Option<NaiveDate>,
    revoked_at: Option<NaiveDateTime>,
}

/// Records a token.
pub fn insert(conn: &mut Connection, token: &Token) -> Result<(), Error> {
    diesel::insert_into(tokens::table)
        .values(Row {
            id: token.id.clone(),
            name: token.name.clone(),
            role: token.role.name().to_owned(),
            secret_sha256: token.secret_sha256.clone(),
            created_at: column(token.created_at),
            expires_on: token.expires_on,
            revoked_at: token.revoked_at.map(column),
        })
        .execute(conn)?;
    for unit in &token.units {
        diesel::insert_into(token_units::table)
            .values((token_units::token_id.eq(&token.id), token_units::unit_code.eq(unit.as_str())))
            .execute(conn)?;
    }
    Ok(())
}

/// The token of that public part.
pub fn find(conn: &mut Connection, id: &str) -> Result<Option<Token>, Error> {
    let row: Option<Row> = on_either!(conn, |conn| tokens::table
        .filter(tokens::id.eq(id))
        .select(Row::as_select())
        .get_result(conn)
        .optional())?;
    row.map(|row| into_token(conn, row)).transpose()
}

/// All tokens, oldest first.
pub fn all(conn: &mut Connection) -> Result<Vec<Token>, Error> {
    let rows: Vec<Row> = tokens::table.order((tokens::created_at, tokens::id)).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(|row| into_token(conn, row)).collect()
}

/// A page of all tokens, by id, after an id.
pub fn page(conn: &mut Connection, after: &str, limit: i64) -> Result<Vec<Token>, Error> {
    let rows: Vec<Row> = tokens::table
        .filter(tokens::id.gt(after))
        .order(tokens::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| into_token(conn, row)).collect()
}

/// Takes a token back. False where there is none of that id, or it was taken back before.
pub fn revoke(conn: &mut Connection, id: &str, at: chrono::DateTime<chrono::Utc>) -> Result<bool, Error> {
    let revoked = diesel::update(tokens::table.filter(tokens::id.eq(id)).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(column(at)))
        .execute(conn)?;
    Ok(revoked == 1)
}

fn into_token(conn: &mut Connection, row: Row) -> Result<Token, Error> {
    let units: Vec<String> = on_either!(conn, |conn| token_units::table
        .filter(token_units::token_id.eq(&row.id))
        .order(token_units::unit_code)
        .select(token_units::unit_code)
        .load(conn))?;
    Ok(Token {
        role: word(Role::from_name(&row.role), "role", &row.role)?,
        id: row.id,
        name: row.name,
        units: units.iter().map(|unit| unit_code(unit)).collect::<Result<_, _>>()?,
        secret_sha256: row.secret_sha256,
        created_at: instant(row.created_at),
        expires_on: row.expires_on,
        revoked_at: row.revoked_at.map(instant),
    })
}
