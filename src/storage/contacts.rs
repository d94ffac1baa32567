//! People who are told.

use super::Connection;
use super::error::Error;
use super::rows::{column, corrupt, project_code, unit_code, uuid, word};
use super::schema::contacts;
use super::units;
use crate::domain::access::Scope;
use crate::domain::code::ProjectCode;
use crate::domain::contact::{Contact, ContactRole, EmailAddress, LetterStyle};
use crate::domain::language::Language;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts)]
struct Row {
    id: String,
    unit_code: String,
    project_code: Option<String>,
    role: String,
    email: String,
    name: String,
    recorded_at: NaiveDateTime,
    language: String,
    letters: String,
}

impl Row {
    fn into_contact(self) -> Result<Contact, Error> {
        Ok(Contact {
            id: uuid(&self.id)?,
            unit: unit_code(&self.unit_code)?,
            project: self.project_code.as_deref().map(project_code).transpose()?,
            role: word(ContactRole::from_name(&self.role), "role", &self.role)?,
            email: EmailAddress::parse(&self.email).map_err(|_| corrupt("address", &self.email))?,
            name: self.name,
            language: word(Language::from_name(&self.language), "language", &self.language)?,
            letters: word(LetterStyle::from_name(&self.letters), "style of letters", &self.letters)?,
        })
    }
}

/// Records a contact.
pub fn insert(conn: &mut Connection, contact: &Contact, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::insert_into(contacts::table)
        .values(Row {
            id: contact.id.to_string(),
            unit_code: contact.unit.as_str().to_owned(),
            project_code: contact.project.as_ref().map(|code| code.as_str().to_owned()),
            role: contact.role.name().to_owned(),
            email: contact.email.as_str().to_owned(),
            name: contact.name.clone(),
            recorded_at: column(now),
            language: contact.language.name().to_owned(),
            letters: contact.letters.name().to_owned(),
        })
        .execute(conn)?;
    Ok(())
}

/// All contacts.
pub fn all(conn: &mut Connection) -> Result<Vec<Contact>, Error> {
    let rows: Vec<Row> = contacts::table.order(contacts::id).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_contact).collect()
}

/// One contact in a scope.
pub fn find(conn: &mut Connection, id: Uuid, scope: &Scope) -> Result<Option<Contact>, Error> {
    let row: Option<Row> =
        contacts::table.filter(contacts::id.eq(id.to_string())).select(Row::as_select()).first(conn).optional()?;
    let contact = row.map(Row::into_contact).transpose()?;
    Ok(contact.filter(|contact| scope.covers(&contact.unit)))
}

/// Takes a contact off the list.
pub fn delete(conn: &mut Connection, id: Uuid) -> Result<(), Error> {
    diesel::delete(contacts::table.filter(contacts::id.eq(id.to_string()))).execute(conn)?;
    Ok(())
}

/// What a list of contacts is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those named for this project.
    pub project: Option<ProjectCode>,
    /// Only in this role.
    pub role: Option<ContactRole>,
}

/// A page of the contacts in a scope, after an id.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: i64,
) -> Result<Vec<Contact>, Error> {
    let mut query = contacts::table.filter(contacts::id.gt(after)).into_boxed();
    if let Some(project) = &filter.project {
        query = query.filter(contacts::project_code.eq(project.as_str().to_owned()));
    }
    if let Some(role) = filter.role {
        query = query.filter(contacts::role.eq(role.name()));
    }
    if let Some(codes) = units::codes(scope) {
        query = query.filter(contacts::unit_code.eq_any(codes));
    }
    let rows: Vec<Row> = query.order(contacts::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_contact).collect()
}
