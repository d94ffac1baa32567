//! Contracts and applications: money bound and not paid.

use super::{IdempotencyKey, answer_key, created, ok, once as answered};
use crate::actions::commit::{self, Bound, Desk, Filter};
use crate::actions::once::{Answer, once};
use crate::actions::{Error, lookup};
use crate::domain::access::Permission;
use crate::domain::commitment::{CommitmentKind, MAX_REFERENCE_CHARS, ReleaseOrder, Undertaking};
use crate::domain::text::{MAX_MEMO_CHARS, MAX_NAME_CHARS};
use crate::http::body::{self, DayGiven, YuanGiven};
use crate::http::guard::guard_project;
use crate::http::problem::{ALREADY_RELEASED, CONFLICT, Problem, REFERENCE_TAKEN};
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A contract or an application to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CommitmentBody {
    /// What binds the money.
    #[schema(value_type = views::CommitmentKindWord)]
    kind: String,
    /// Greater than zero.
    amount_yuan: YuanGiven,
    /// The day on which it was signed or applied for: in the fiscal year, and not in the future.
    committed_on: DayGiven,
    /// Unique in the project, year and kind among those not wholly released: one line.
    #[schema(min_length = 1, max_length = 100, example = "HT-2024-017")]
    reference_no: String,
    /// Of an application: the contract that it draws on. Its amount is then not committed a second time.
    #[schema(value_type = Option<views::Id>, example = json!(null))]
    contract: Option<String>,
    /// Who is to receive it: one line.
    #[schema(max_length = 200, example = "某建设工程有限公司")]
    payee: Option<String>,
    /// What it is for; may have several lines.
    #[schema(max_length = 2000, example = "道路养护合同")]
    memo: Option<String>,
}

impl CommitmentBody {
    fn into_undertaking(self) -> Result<Undertaking, Problem> {
        let kind = query::word("kind", Some(&self.kind), CommitmentKind::from_name)?;
        Ok(Undertaking {
            kind: kind.unwrap_or(CommitmentKind::Contract),
            amount: self.amount_yuan.0,
            committed_on: self.committed_on.0,
            reference_no: body::line("reference_no", &self.reference_no, MAX_REFERENCE_CHARS)?,
            contract: self.contract.as_deref().map(query::id),
            payee: body::optional_line("payee", self.payee.as_deref(), MAX_NAME_CHARS)?,
            memo: body::memo("memo", self.memo.as_deref())?,
        })
    }
}

/// Records a contract or an application.
///
/// It is shown as committed in comparisons, never counts as spent, and no rule looks at it.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/commitments", tag = "Commitments",
    params(IdempotencyKey),
    request_body = CommitmentBody,
    responses((status = 201, description = "The commitment as recorded.", body = views::Commitment)),
    extensions(
        ("x-permission" = json!(Permission::RecordActuals.name())),
        ("x-problems" = json!([REFERENCE_TAKEN.code])),
    ),
)]
pub async fn commit(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::RecordActuals, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<CommitmentBody>(&request, payload, app.body_limit_bytes).await?;
    let undertaking = read.value.into_undertaking()?;
    let desk = Desk { year, code, scope: caller.scope, actor: caller.actor };
    let place = request.path().to_owned();
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let bound = commit::commit(conn, &desk, &undertaking, moment)?;
                kept(&bound, &read.sha256, &place)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// A 201 for an entry, below the place of its project's commitments.
fn kept(bound: &Bound, sha256: &str, place: &str) -> Result<Answer, Error> {
    let (entry, left) = &bound.entry;
    created(sha256.to_owned(), &views::commitment(&bound.project, entry, *left), format!("{place}/{}", entry.id))
}

/// How much, when and why a commitment is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {
    /// Greater than zero and at most what is left; all of that unless given.
    amount_yuan: Option<YuanGiven>,
    /// Not before the day of the commitment, in the fiscal year, and not in the future.
    released_on: DayGiven,
    /// One line.
    #[schema(min_length = 1, max_length = 2000, example = "合同已付清")]
    reason: String,
}

/// Takes a commitment back, whole or in part: because it was paid, or came to nothing.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/commitments/{id}/release", tag = "Commitments",
    params(IdempotencyKey),
    request_body = ReleaseBody,
    responses((status = 201, description = "The release as recorded.", body = views::Commitment)),
    extensions(
        ("x-permission" = json!(Permission::RecordActuals.name())),
        ("x-problems" = json!([ALREADY_RELEASED.code, CONFLICT.code])),
    ),
)]
pub async fn release(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::RecordActuals, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ReleaseBody>(&request, payload, app.body_limit_bytes).await?;
    let order = ReleaseOrder {
        amount: read.value.amount_yuan.map(|amount| amount.0),
        released_on: read.value.released_on.0,
        reason: body::line("reason", &read.value.reason, MAX_MEMO_CHARS)?,
    };
    let id = query::id(&path.2);
    let desk = Desk { year, code, scope: caller.scope, actor: caller.actor };
    let place = request.path().rsplitn(3, '/').last().unwrap_or_default().to_owned();
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let bound = commit::release(conn, &desk, id, &order, moment)?;
                kept(&bound, &read.sha256, &place)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// How the list is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only contracts, or only applications; releases of them included.
    #[param(value_type = Option<views::CommitmentKindWord>)]
    kind: Option<String>,
    /// Not dated before that day.
    #[param(value_type = Option<body::DayGiven>)]
    from: Option<String>,
    /// Not dated after that day.
    #[param(value_type = Option<body::DayGiven>)]
    to: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists a project's commitments and their releases, in order of sequence.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/commitments", tag = "Commitments",
    params(ListQuery),
    responses((status = 200, description = "A page of commitments.", body = views::Page<views::Commitment>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: ListQuery = query::query(&request)?;
    let filter = Filter {
        kind: query::word("kind", asked.kind.as_deref(), CommitmentKind::from_name)?,
        from: query::day("from", asked.from.as_deref())?,
        to: query::day("to", asked.to.as_deref())?,
    };
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_places(asked.cursor.as_deref())?;
    let (project, entries) = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let entries = commit::page(conn, &project, filter, after, limit)?;
            Ok::<_, Error>((project, entries))
        })
        .await?;
    let last = entries.last().map(|(entry, _)| entry.sequence.to_string());
    let items = entries.iter().map(|(entry, left)| views::commitment(&project, entry, *left)).collect();
    Ok(ok(&query::page(items, limit, last)))
}

/// Reads one commitment.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/commitments/{id}", tag = "Commitments",
    responses((status = 200, description = "The commitment, and what of it is left.", body = views::Commitment)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn one(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    query::none(&request)?;
    let id = query::id(&path.2);
    let (project, (entry, left)) = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let entry = commit::one(conn, &project, id)?;
            Ok::<_, Error>((project, entry))
        })
        .await?;
    Ok(ok(&views::commitment(&project, &entry, left)))
}
