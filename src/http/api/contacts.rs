//! People who are told.

use super::{IdempotencyKey, answer_key, created, no_content, ok, once as answered};
use crate::actions::add_contact::add_contact;
use crate::actions::lookup::{self, Named};
use crate::actions::once::once;
use crate::actions::remove_contact::remove_contact;
use crate::actions::watch::{self, ContactFilter};
use crate::domain::access::Permission;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::contact::{Contact, ContactRole, EmailAddress, LetterStyle};
use crate::domain::language::Language;
use crate::domain::text::MAX_NAME_CHARS;
use crate::http::guard::{guard, guard_named};
use crate::http::problem::{CONTACT_EXISTS, NOT_FOUND, Problem};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A person who is to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactBody {
    /// A known unit; the contact covers those below it.
    #[schema(value_type = views::UnitCode)]
    unit: String,
    /// Only this project; left out for all of the unit's.
    #[schema(value_type = Option<views::ProjectCode>)]
    project: Option<String>,
    /// What the person answers for.
    #[schema(value_type = views::ContactRoleWord)]
    role: String,
    /// Where letters go.
    #[schema(max_length = 254, example = "li.si@example.cn")]
    email: String,
    /// The person's name: one line.
    #[schema(min_length = 1, max_length = 200, example = "李四")]
    name: String,
    /// In which language letters are written; Chinese unless given.
    #[serde(default = "chinese")]
    #[schema(value_type = Option<views::LanguageWord>)]
    language: String,
    /// One letter a run, or one for each alert; one a run unless given.
    #[serde(default = "digest")]
    #[schema(value_type = Option<views::LetterStyleWord>)]
    letters: String,
}

fn chinese() -> String {
    Language::Chinese.name().to_owned()
}

fn digest() -> String {
    LetterStyle::Digest.name().to_owned()
}

impl ContactBody {
    fn into_contact(self) -> Result<Contact, Problem> {
        let of_code = |field: &'static str| {
            move |error: crate::domain::code::CodeError| Problem::invalid(field, "编码无效", error.to_string())
        };
        let role = ContactRole::from_name(&self.role)
            .ok_or_else(|| Problem::invalid("role", "须为 officer、head 或 leader", "one of officer, head, leader"))?;
        let email = EmailAddress::parse(&self.email)
            .map_err(|error| Problem::invalid("email", "不是有效的电子邮箱地址", error.to_string()))?;
        let language = Language::from_name(&self.language)
            .ok_or_else(|| Problem::invalid("language", "须为 zh 或 en", "one of zh, en"))?;
        let letters = LetterStyle::from_name(&self.letters)
            .ok_or_else(|| Problem::invalid("letters", "须为 digest 或 single", "one of digest, single"))?;
        Ok(Contact {
            id: Uuid::now_v7(),
            unit: UnitCode::parse(&self.unit).map_err(of_code("unit"))?,
            project: self.project.as_deref().map(ProjectCode::parse).transpose().map_err(of_code("project"))?,
            role,
            email,
            name: body::line("name", &self.name, MAX_NAME_CHARS)?,
            language,
            letters,
        })
    }
}

/// Records a contact.
///
/// The same person in the same place twice is refused.
#[utoipa::path(
    post, path = "/api/v1/contacts", tag = "Contacts",
    params(IdempotencyKey),
    request_body = ContactBody,
    responses((status = 201, description = "The contact as recorded.", body = views::Contact)),
    extensions(
        ("x-permission" = json!(Permission::KeepHouse.name())),
        ("x-problems" = json!([NOT_FOUND.code, CONTACT_EXISTS.code])),
    ),
)]
pub async fn add(app: web::Data<App>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::KeepHouse).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ContactBody>(&request, payload, app.body_limit_bytes).await?;
    let contact = read.value.into_contact()?;
    let (state, actor) = (app.clone(), caller.actor);
    let outcome = app
        .db
        .write(move |conn| {
            let now = state.moment().now;
            once(conn, &key, &read.sha256, now, |conn| {
                add_contact(conn, &contact, &actor, now)?;
                let location = format!("/api/v1/contacts/{}", contact.id);
                created(read.sha256.clone(), &views::contact(&contact), location)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// How a list of contacts is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only contacts of this unit and those below it.
    #[param(value_type = Option<views::UnitCode>)]
    unit: Option<String>,
    /// Only contacts named for this project.
    #[param(value_type = Option<views::ProjectCode>)]
    project: Option<String>,
    /// Only contacts in this role.
    #[param(value_type = Option<views::ContactRoleWord>)]
    role: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists contacts of the token's units, oldest first.
#[utoipa::path(
    get, path = "/api/v1/contacts", tag = "Contacts",
    params(ListQuery),
    responses((status = 200, description = "A page of contacts.", body = views::Page<views::Contact>)),
    extensions(("x-permission" = json!(Permission::ReadContacts.name()))),
)]
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::ReadContacts).await?;
    let asked: ListQuery = query::query(&request)?;
    let unit = query::unit(asked.unit.as_deref())?;
    let filter = ContactFilter {
        project: query::project(asked.project.as_deref())?,
        role: query::word("role", asked.role.as_deref(), ContactRole::from_name)?,
    };
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_ids(asked.cursor.as_deref())?;
    let contacts = app
        .db
        .read(move |conn| {
            let scope = lookup::narrowed(conn, &caller.scope, unit.as_ref())?;
            watch::contacts(conn, &scope, &filter, &after, limit)
        })
        .await?;
    let last = contacts.last().map(|contact| contact.id.to_string());
    Ok(ok(&query::page(contacts.iter().map(views::contact).collect(), limit, last)))
}

/// Reads one contact.
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}", tag = "Contacts",
    responses((status = 200, description = "The contact.", body = views::Contact)),
    extensions(("x-permission" = json!(Permission::ReadContacts.name()))),
)]
pub async fn one(app: web::Data<App>, request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::ReadContacts, Named::Contact(id)).await?;
    query::none(&request)?;
    let contact = app.db.read(move |conn| watch::contact(conn, &caller.scope, id)).await?;
    Ok(ok(&views::contact(&contact)))
}

/// Takes a person off the list: people leave.
///
/// Letters that were decided on are sent all the same.
#[utoipa::path(
    delete, path = "/api/v1/contacts/{id}", tag = "Contacts",
    responses((status = 204, description = "The person is told no more.")),
    extensions(("x-permission" = json!(Permission::KeepHouse.name()))),
)]
pub async fn remove(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = query::id(&path);
    let caller = guard_named(&app, &request, Permission::KeepHouse, Named::Contact(id)).await?;
    query::none(&request)?;
    let state = app.clone();
    app.db.write(move |conn| remove_contact(conn, id, &caller.scope, &caller.actor, state.moment().now)).await?;
    Ok(no_content())
}
