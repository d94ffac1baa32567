//! Many ledger entries in one request: all of them or none, or each for itself.

use super::disbursements::PostingBody;
use super::{IdempotencyKey, answer_key, once as answered};
use crate::actions::once::{Answer, once_or};
use crate::actions::record_batch::{Batch, BatchError, Line, MAX_ENTRIES, Mode, RecordBatch, record_batch};
use crate::domain::access::Permission;
use crate::domain::code::ProjectCode;
use crate::domain::language::Language;
use crate::http::body::{self, DayGiven, YuanGiven};
use crate::http::guard::guard;
use crate::http::problem::{BATCH_REFUSED, NOT_FOUND, Problem, VOUCHER_TAKEN};
use crate::http::respond::{language, request_id};
use crate::http::{App, query, views};
use crate::storage::Error as StorageError;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Entries to record together.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    /// What a refused entry does to the others; `all_or_nothing` unless given.
    #[schema(value_type = Option<views::BatchModeWord>)]
    mode: Option<String>,
    /// 1 to 1,000 of them, of any projects of the year.
    #[schema(min_items = 1, max_items = 1000)]
    entries: Vec<EntryBody>,
}

/// One entry of a batch: a posting with its project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntryBody {
    /// The project's code.
    #[schema(value_type = views::ProjectCode)]
    project: String,
    /// Greater than zero; a refund is told by its `kind`.
    amount_yuan: YuanGiven,
    /// In the fiscal year, and not in the future.
    paid_on: DayGiven,
    /// With `line_no` unique in the project and year among entries not reversed: one line.
    #[schema(min_length = 1, max_length = 100, example = "2024-03-0117")]
    voucher_no: String,
    /// The line of the voucher; 1 unless given.
    #[schema(minimum = 1, maximum = 9999, example = 1)]
    line_no: Option<i32>,
    /// `payment` unless given.
    #[schema(value_type = Option<views::PostedKindWord>)]
    kind: Option<String>,
    /// Where the money comes from; `fiscal_own` unless given.
    #[schema(value_type = Option<views::SourceWord>)]
    source: Option<String>,
    /// Who was paid: one line.
    #[schema(max_length = 200, example = "某建设工程有限公司")]
    payee: Option<String>,
    /// What it was for; may have several lines.
    #[schema(max_length = 2000, example = "一季度道路养护款")]
    memo: Option<String>,
}

impl EntryBody {
    /// The entry as a single post of it would be read. A code that no project can have is a project that is not there.
    fn into_line(self) -> Result<Line, Problem> {
        let EntryBody { project, amount_yuan, paid_on, voucher_no, line_no, kind, source, payee, memo } = self;
        let project: ProjectCode = query::code(&project)?;
        let posting = PostingBody { amount_yuan, paid_on, voucher_no, line_no, kind, source, payee, memo };
        Ok(Line { project, posting: posting.into_posting()? })
    }
}

/// Records up to 1,000 entries under one key, each with its own result.
///
/// With `all_or_nothing` one refused entry refuses all: 422, with `results` that say which were fine. With `each` the others
/// are recorded: 201 where all were, 207 where some were, 422 where none was. An entry of the wrong shape refuses the request as
/// it stands, by its path (`entries[3].amount_yuan`). Each project is judged once, at the end.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/disbursements:batch", tag = "Disbursements",
    params(IdempotencyKey),
    request_body = BatchBody,
    responses(
        (status = 201, description = "All entries were recorded.", body = views::Batch),
        (status = 207, description = "Some entries were recorded (`each` only).", body = views::Batch),
    ),
    extensions(
        ("x-permission" = json!(Permission::RecordActuals.name())),
        ("x-problems" = json!([BATCH_REFUSED.code, NOT_FOUND.code, VOUCHER_TAKEN.code])),
    ),
)]
pub async fn record(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::RecordActuals).await?;
    let year = query::year(&path)?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<BatchBody>(&request, payload, app.body_limit_bytes).await?;
    let mode = query::word("mode", read.value.mode.as_deref(), Mode::from_name)?.unwrap_or_default();
    if !(1..=MAX_ENTRIES).contains(&read.value.entries.len()) {
        let english = format!("a batch has 1 to {MAX_ENTRIES} entries");
        return Err(Problem::invalid("entries", format!("须有 1 到 {MAX_ENTRIES} 笔"), english));
    }
    let (mut lines, mut at_the_door) = (Vec::new(), Vec::new());
    for entry in read.value.entries {
        let (line, problem) = entry.into_line().map_or_else(|problem| (None, Some(problem)), |line| (Some(line), None));
        lines.push(line);
        at_the_door.push(problem);
    }
    let command = RecordBatch { year, scope: caller.scope, mode, lines, actor: caller.actor };
    let (state, language, request_id) = (app.clone(), language(&request), request_id(&request));
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once_or(conn, &key, &read.sha256, moment.now, |conn| {
                let told = Told { mode, at_the_door, now: moment.now, language, request_id };
                match record_batch(conn, &command, &state.judging, moment) {
                    Ok(batch) => told.answer(batch, read.sha256.clone()),
                    Err(BatchError::Refused(batch)) => Err(told.refusal(batch)),
                    Err(BatchError::Failed(error)) => Err(Problem::from(error)),
                }
            })
        })
        .await?;
    Ok(answered(outcome))
}

/// How the outcome of a batch is told.
struct Told {
    mode: Mode,
    at_the_door: Vec<Option<Problem>>,
    now: DateTime<Utc>,
    language: Language,
    request_id: String,
}

impl Told {
    fn answer(self, batch: Batch, body_sha256: String) -> Result<Answer, Problem> {
        let (now, language) = (self.now, self.language);
        let recorded = batch.recorded();
        let comparisons =
            batch.figures.iter().map(|figures| json!(views::comparison(figures, now, language))).collect();
        let mode = views::BatchModeWord(self.mode.name());
        let results = self.results(batch, true);
        let refused = results.len() - recorded;
        let status = if refused == 0 { 201 } else { 207 };
        let body = views::Batch { mode, recorded, refused, results, comparisons };
        let body =
            serde_json::to_string(&body).map_err(|error| Problem::from(StorageError::Corrupt(error.to_string())))?;
        Ok(Answer { body_sha256, status, body, location: None })
    }

    fn refusal(self, batch: Batch) -> Problem {
        let count = batch.outcomes.len();
        let refused = count - batch.recorded();
        let english = format!("{refused} of {count} entries were refused, and nothing was recorded; see `results`");
        let chinese = format!("{count} 笔中有 {refused} 笔未通过，全部未登记；详见 results");
        let mut problem = Problem::new(BATCH_REFUSED, chinese, english);
        problem.more.push(("results", json!(self.results(batch, false))));
        problem
    }

    fn results(self, batch: Batch, is_recorded: bool) -> Vec<views::BatchResult> {
        let Told { at_the_door, language, request_id, .. } = self;
        let each = batch.outcomes.into_iter().zip(at_the_door).enumerate();
        each.map(|(index, (outcome, problem))| {
            let problem = match outcome {
                Some(Ok((project, entry))) => {
                    let disbursement = is_recorded.then(|| json!(views::disbursement(&project, &entry, None)));
                    let (status, word) = if is_recorded { (201, "recorded") } else { (424, "fine") };
                    return views::BatchResult {
                        index,
                        status,
                        outcome: views::OutcomeWord(word),
                        disbursement,
                        problem: None,
                    };
                }
                Some(Err(error)) => Problem::from(error),
                None => problem.unwrap_or_else(|| Problem::from(StorageError::Panicked)),
            };
            views::BatchResult {
                index,
                status: problem.kind.status,
                outcome: views::OutcomeWord("refused"),
                disbursement: None,
                problem: Some(problem.document(language, &request_id)),
            }
        })
        .collect()
    }
}
