//! The ledger: read it, record a payment, reverse an entry.

use super::{IdempotencyKey, answer_key, created, ok, once as answered};
use crate::actions::callers::assert_unchanged;
use crate::actions::once::{AnswerKey, Once, once};
use crate::actions::record_disbursement::{RecordDisbursement, record_disbursement};
use crate::actions::reverse_disbursement::{ReverseDisbursement, reverse_disbursement};
use crate::actions::{Error, ledger, lookup};
use crate::domain::access::Permission;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::ProjectCode;
use crate::domain::disbursement::{Kind, Posting, ReversalOrder, Source, Voucher, VoucherError};
use crate::domain::text::{MAX_MEMO_CHARS, MAX_NAME_CHARS};
use crate::http::body::{self, DayGiven, YuanGiven};
use crate::http::guard::{Caller, guard_project, recall_project};
use crate::http::problem::{ALREADY_REVERSED, CONFLICT, Problem, VOUCHER_TAKEN};
use crate::http::respond::language;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// An entry to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostingBody {
    /// Greater than zero; a refund is told by its `kind`.
    pub(super) amount_yuan: YuanGiven,
    /// In the fiscal year, and not in the future.
    pub(super) paid_on: DayGiven,
    /// With `line_no` unique in the project and year among entries not reversed: one line.
    #[schema(min_length = 1, max_length = 100, example = "2024-03-0117")]
    pub(super) voucher_no: String,
    /// The line of the voucher; 1 unless given.
    #[schema(minimum = 1, maximum = 9999, example = 1)]
    pub(super) line_no: Option<i32>,
    /// `payment` unless given; a `refund` lowers this year's spending, a `prior_year_refund` is kept and not counted.
    #[schema(value_type = Option<views::PostedKindWord>)]
    pub(super) kind: Option<String>,
    /// Where the money comes from; `fiscal_own` unless given.
    #[schema(value_type = Option<views::SourceWord>)]
    pub(super) source: Option<String>,
    /// Who was paid: one line.
    #[schema(max_length = 200, example = "某建设工程有限公司")]
    pub(super) payee: Option<String>,
    /// What it was for; may have several lines.
    #[schema(max_length = 2000, example = "一季度道路养护款")]
    pub(super) memo: Option<String>,
}

impl PostingBody {
    pub(super) fn into_posting(self) -> Result<Posting, Problem> {
        let kind = query::word("kind", self.kind.as_deref(), |name| {
            Kind::from_name(name).filter(|kind| *kind != Kind::Reversal)
        });
        let source = query::word("source", self.source.as_deref(), Source::from_name)?;
        let voucher = Voucher::new(&self.voucher_no, self.line_no.unwrap_or(1)).map_err(of_voucher)?;
        Ok(Posting {
            kind: kind?.unwrap_or(Kind::Payment),
            amount: self.amount_yuan.0,
            paid_on: self.paid_on.0,
            voucher,
            source: source.unwrap_or_default(),
            payee: body::optional_line("payee", self.payee.as_deref(), MAX_NAME_CHARS)?,
            memo: body::memo("memo", self.memo.as_deref())?,
        })
    }
}

fn of_voucher(error: VoucherError) -> Problem {
    match error {
        VoucherError::Number(_) => {
            Problem::invalid("voucher_no", "凭证号为 1 到 100 个字，不含控制字符", error.to_string())
        }
        VoucherError::Line => Problem::invalid("line_no", "凭证行号为 1 到 9999", error.to_string()),
    }
}

/// Records one entry.
///
/// A payment above the budget is a fact and is recorded. The answer says where the project stands now.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/disbursements", tag = "Disbursements",
    params(IdempotencyKey),
    request_body = PostingBody,
    responses((status = 201, description = "The entry, and where the project stands with it.", body = views::Recorded)),
    extensions(
        ("x-permission" = json!(Permission::RecordActuals.name())),
        ("x-problems" = json!([VOUCHER_TAKEN.code])),
    ),
)]
pub async fn record(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    // Most posts ask the database once: the caller is recalled, and the writing transaction makes sure that nothing has
    // changed. Where anything is to be refused, or has changed, the database is asked as everywhere.
    let guarded = || guard_project(&app, &request, Permission::RecordActuals, &path.0, &path.1);
    let recalled = recall_project(&app, &request, Permission::RecordActuals, &path.0, &path.1);
    let is_recalled = recalled.is_some();
    let (caller, year, code) = match recalled {
        Some(recalled) => recalled,
        None => guarded().await?,
    };
    let read = match read_posting(&app, &caller, &request, payload).await {
        Ok(read) => read,
        Err(problem) => {
            if is_recalled {
                guarded().await?;
            }
            return Err(problem);
        }
    };
    let stamp = is_recalled.then(|| caller.stamp.clone());
    let outcome = match post(&app, &request, (caller, year, code), read.clone(), stamp).await {
        Err(Error::AccessChanged) => {
            let found = guarded().await?;
            post(&app, &request, found, read, None).await?
        }
        outcome => outcome?,
    };
    Ok(answered(outcome))
}

/// A posting as it was read, with what its answer will be kept under.
#[derive(Clone)]
struct Read {
    key: AnswerKey,
    sha256: String,
    posting: Posting,
}

async fn read_posting(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Read, Problem> {
    let key = answer_key(caller, request)?;
    let read = body::json::<PostingBody>(request, payload, app.body_limit_bytes).await?;
    Ok(Read { key, sha256: read.sha256, posting: read.value.into_posting()? })
}

/// Writes it; with a stamp, only if that still stands.
async fn post(
    app: &web::Data<App>,
    request: &HttpRequest,
    (caller, year, code): (Caller, FiscalYear, ProjectCode),
    Read { key, sha256, posting }: Read,
    stamp: Option<String>,
) -> Result<Once, Error> {
    let command = RecordDisbursement { year, code, scope: caller.scope, posting, actor: caller.actor };
    let (state, language, place) = (app.clone(), language(request), request.path().to_owned());
    let written = app.db.write(move |conn| {
        if let Some(stamp) = &stamp {
            assert_unchanged(conn, stamp)?;
        }
        let moment = state.moment();
        once(conn, &key, &sha256, moment.now, |conn| {
            let recorded = record_disbursement(conn, &command, &state.judging, moment)?;
            let location = format!("{place}/{}", recorded.entry.id);
            created(sha256.clone(), &views::recorded(&recorded, moment.now, language), location)
        })
    });
    written.await
}

/// Why and when an entry is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReversalBody {
    /// One line.
    #[schema(min_length = 1, max_length = 2000, example = "金额录错")]
    reason: String,
    /// Not before the day of the entry, in the fiscal year, and not in the future.
    paid_on: DayGiven,
}

/// Undoes one entry with another of the opposite sign.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/disbursements/{id}/reversal", tag = "Disbursements",
    params(IdempotencyKey),
    request_body = ReversalBody,
    responses((status = 201, description = "The reversing entry, and where the project stands with it.", body = views::Recorded)),
    extensions(
        ("x-permission" = json!(Permission::Reverse.name())),
        ("x-problems" = json!([ALREADY_REVERSED.code, CONFLICT.code])),
    ),
)]
pub async fn reverse(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::Reverse, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ReversalBody>(&request, payload, app.body_limit_bytes).await?;
    let order = ReversalOrder {
        reason: body::line("reason", &read.value.reason, MAX_MEMO_CHARS)?,
        paid_on: read.value.paid_on.0,
    };
    let entry = query::id(&path.2);
    let ledger_path = request.path().rsplitn(3, '/').last().unwrap_or_default().to_owned();
    let command = ReverseDisbursement { year, code, entry, scope: caller.scope, order, actor: caller.actor };
    let (state, language) = (app.clone(), language(&request));
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let recorded = reverse_disbursement(conn, &command, &state.judging, moment)?;
                let location = format!("{ledger_path}/{}", recorded.entry.id);
                created(read.sha256.clone(), &views::recorded(&recorded, moment.now, language), location)
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// How a ledger is narrowed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only entries paid on this day or later.
    #[param(value_type = Option<views::Day>)]
    from: Option<String>,
    /// Only entries paid up to this day, the day itself included.
    #[param(value_type = Option<views::Day>)]
    to: Option<String>,
    /// Only entries of this kind.
    #[param(value_type = Option<views::KindWord>)]
    kind: Option<String>,
    /// Only entries from this source.
    #[param(value_type = Option<views::SourceWord>)]
    source: Option<String>,
    /// Only entries with this voucher.
    #[param(example = "2024-03-0117")]
    voucher_no: Option<String>,
    /// Only what was recorded until then, reversals included; all unless given.
    #[param(value_type = Option<body::InstantGiven>)]
    known_at: Option<String>,
    /// Items on a page: 1 to 500, 50 unless given.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500, example = 50)]
    limit: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists a project's ledger, in order of sequence.
///
/// With `known_at` as it was then: entries recorded later are not there, and what was reversed later is not reversed.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/disbursements", tag = "Disbursements",
    params(ListQuery),
    responses((status = 200, description = "A page of entries.", body = views::Page<views::Disbursement>)),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn list(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let asked: ListQuery = query::query(&request)?;
    let voucher = asked.voucher_no.as_deref().map(|number| Voucher::new(number, 1).map_err(of_voucher)).transpose()?;
    let known_at = query::instant("known_at", asked.known_at.as_deref())?;
    let filter = ledger::Filter {
        known_at,
        from: query::day("from", asked.from.as_deref())?,
        to: query::day("to", asked.to.as_deref())?,
        kind: query::word("kind", asked.kind.as_deref(), Kind::from_name)?,
        source: query::word("source", asked.source.as_deref(), Source::from_name)?,
        voucher_no: voucher.map(|voucher| voucher.number),
    };
    let limit = query::limit(asked.limit.as_deref())?;
    let after = query::cursor_of_places(asked.cursor.as_deref())?;
    let (project, entries) = app
        .db
        .read(move |conn| {
            let project = lookup::project_known(conn, year, &code, &caller.scope, known_at)?;
            let entries = ledger::page(conn, &project, &filter, after, limit)?;
            Ok::<_, Error>((project, entries))
        })
        .await?;
    let last = entries.last().map(|(entry, _)| entry.sequence.to_string());
    let items = entries.iter().map(|(entry, undone)| views::disbursement(&project, entry, *undone)).collect();
    Ok(ok(&query::page(items, limit, last)))
}

/// Reads one entry.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/disbursements/{id}", tag = "Disbursements",
    responses((status = 200, description = "The entry.", body = views::Disbursement)),
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
    let (project, (entry, undone)) = app
        .db
        .read(move |conn| {
            let project = lookup::project(conn, year, &code, &caller.scope)?;
            let entry = ledger::entry(conn, &project, id)?;
            Ok::<_, Error>((project, entry))
        })
        .await?;
    Ok(ok(&views::disbursement(&project, &entry, undone)))
}
