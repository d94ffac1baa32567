//! What people say about an alert: acknowledgements, measures and dispositions, that it is set aside, that it is over.

use super::{IdempotencyKey, answer_key, kept, once as answered};
use crate::actions::answer_alert::Asked;
use crate::actions::give_answer::{Answer, give_answer};
use crate::actions::lookup::Named;
use crate::actions::once::once;
use crate::actions::set_measure::Wanted;
use crate::domain::access::Permission;
use crate::domain::acknowledgement::{Acknowledgement, Causes, Likelihood};
use crate::domain::measure::Disposition;
use crate::domain::text::{MAX_MEMO_CHARS, MAX_NAME_CHARS};
use crate::http::body::DayGiven;
use crate::http::guard::guard_named;
use crate::http::problem::{ALERT_CLOSED, MEASURE_DONE, Problem};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// A person's answer to an alert, in the columns of the monitoring form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcknowledgementBody {
    /// What it comes from: at least one.
    causes: views::Causes,
    /// 原因说明; may have several lines.
    #[schema(min_length = 1, max_length = 2000, example = "上级资金 9 月下达，四季度集中支付。")]
    explanation: String,
    /// 完成目标可能性.
    #[schema(value_type = views::LikelihoodWord)]
    likelihood: String,
}

impl AcknowledgementBody {
    fn into_answer(self) -> Result<Acknowledgement, Problem> {
        let views::Causes { funding, institution, personnel, hardware, other } = self.causes;
        let causes = Causes {
            funding: cause("causes.funding", funding)?,
            institution: cause("causes.institution", institution)?,
            personnel: cause("causes.personnel", personnel)?,
            hardware: cause("causes.hardware", hardware)?,
            other: cause("causes.other", other)?,
        };
        if causes.named().is_empty() {
            let english = "name at least one of funding, institution, personnel, hardware, other";
            return Err(Problem::invalid("causes", "五类原因至少填写一项", english));
        }
        let explanation = body::memo("explanation", Some(&self.explanation))?;
        if explanation.is_empty() {
            return Err(Problem::invalid("explanation", "不能为空", "must not be empty"));
        }
        let likelihood = Likelihood::from_name(&self.likelihood).ok_or_else(|| {
            let english = "one of certain, possible, impossible";
            Problem::invalid("likelihood", "须为 certain、possible 或 impossible", english)
        })?;
        Ok(Acknowledgement { causes, explanation, likelihood })
    }
}

/// A cause that was named; an empty one was not.
fn cause(field: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    Ok(Some(body::memo(field, text.as_deref())?).filter(|text| !text.is_empty()))
}

/// Acknowledges an alert: names its causes and says how likely the goal still is.
///
/// The alert stays active and is told of again when it worsens. Once more corrects what was said; both stay in `events`,
/// each with the figures of its moment.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/acknowledgement", tag = "Alerts",
    params(IdempotencyKey),
    request_body = AcknowledgementBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Acknowledge.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn acknowledge(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let read = |body: AcknowledgementBody| body.into_answer().map(Answer::Acknowledge);
    give(&app, &request, (query::id(&path), Permission::Acknowledge), payload, read).await
}

/// What is to be done about an alert.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeasureBody {
    /// What is done.
    #[schema(min_length = 1, max_length = 2000, example = "倒排工期，8月底前完成验收并支付进度款")]
    what: String,
    /// Who answers for it.
    #[schema(min_length = 1, max_length = 200, example = "李四")]
    owner: String,
    /// The last day in time: today or later, two years ahead at most.
    #[schema(value_type = views::Day)]
    due_on: DayGiven,
}

/// Records a measure (整改措施) with its owner and deadline.
///
/// From here on the alert is being handled: it is not escalated, and not told again while the measure is in time. When
/// the day has passed and nothing says that it was carried out, people are told.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/measures", tag = "Alerts",
    params(IdempotencyKey),
    request_body = MeasureBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Acknowledge.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn set_measure(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let read = |body: MeasureBody| {
        let what = body::line("what", &body.what, MAX_MEMO_CHARS)?;
        let owner = body::line("owner", &body.owner, MAX_NAME_CHARS)?;
        Ok(Answer::SetMeasure(Wanted { disposition: None, what, owner, due_on: body.due_on.0 }))
    };
    give(&app, &request, (query::id(&path), Permission::Acknowledge), payload, read).await
}

/// That a measure was carried out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompletionBody {
    /// When; not in the future.
    #[schema(value_type = views::Day)]
    done_on: DayGiven,
    /// What shows it.
    #[schema(min_length = 1, max_length = 2000, example = "验收单 2024-08-027")]
    evidence: String,
}

/// Records that a measure or a disposition was carried out, with its evidence.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/measures/{measure}/completion", tag = "Alerts",
    params(IdempotencyKey),
    request_body = CompletionBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Acknowledge.name())),
        ("x-problems" = json!([ALERT_CLOSED.code, MEASURE_DONE.code])),
    ),
)]
pub async fn carry_out(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let measure = query::id(&path.1);
    let read = |body: CompletionBody| {
        let evidence = body::line("evidence", &body.evidence, MAX_MEMO_CHARS)?;
        Ok(Answer::CarryOut { measure, done_on: body.done_on.0, evidence })
    };
    give(&app, &request, (query::id(&path.0), Permission::Acknowledge), payload, read).await
}

/// What follows from a grave deviation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DispositionBody {
    /// What was decided.
    #[schema(value_type = views::DispositionWord)]
    disposition: String,
    /// The document that decided it.
    #[schema(min_length = 1, max_length = 200, example = "财预〔2024〕31号")]
    document_no: String,
    /// What is to be done.
    #[schema(min_length = 1, max_length = 2000, example = "调减本年预算20万元，统筹用于民生支出")]
    what: String,
    /// Who answers for it.
    #[schema(min_length = 1, max_length = 200, example = "预算科")]
    owner: String,
    /// The last day in time: today or later, two years ahead at most.
    #[schema(value_type = views::Day)]
    due_on: DayGiven,
}

/// Records what follows from a grave deviation (处置意见): continue, adjust, cut, suspend or recover.
///
/// It stands among the alert's measures; that it was carried out is recorded the same way.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/disposition", tag = "Alerts",
    params(IdempotencyKey),
    request_body = DispositionBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Decide.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn dispose(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let read = |body: DispositionBody| {
        let disposition = Disposition::from_name(&body.disposition).ok_or_else(|| {
            let english = "one of continue, adjust, cut, suspend, recover";
            Problem::invalid("disposition", "须为 continue、adjust、cut、suspend 或 recover", english)
        })?;
        let document_no = body::line("document_no", &body.document_no, MAX_NAME_CHARS)?;
        let what = body::line("what", &body.what, MAX_MEMO_CHARS)?;
        let owner = body::line("owner", &body.owner, MAX_NAME_CHARS)?;
        let disposition = Some((disposition, document_no));
        Ok(Answer::SetMeasure(Wanted { disposition, what, owner, due_on: body.due_on.0 }))
    };
    give(&app, &request, (query::id(&path), Permission::Decide), payload, read).await
}

/// Why an alert is set aside, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaiverBody {
    /// Why; one line.
    #[schema(min_length = 1, max_length = 2000, example = "中央资金9月下达，届时集中支付")]
    reason: String,
    /// The last day on which it is: today or later, a year ahead at most.
    #[schema(value_type = views::Day)]
    until: DayGiven,
}

/// Sets an alert aside, with a reason and an end.
///
/// While it is, nobody is reminded and nothing is escalated. Its end is announced some working days before. After that
/// day the alert is open again if its rule still speaks; and at once when the matter becomes graver. Once more while it
/// is set aside: another reason, another end.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/waiver", tag = "Alerts",
    params(IdempotencyKey),
    request_body = WaiverBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Decide.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn waive(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let read = |body: WaiverBody| {
        let reason = body::line("reason", &body.reason, MAX_MEMO_CHARS)?;
        Ok(Answer::Waive { reason, until: body.until.0 })
    };
    give(&app, &request, (query::id(&path), Permission::Decide), payload, read).await
}

/// Why an alert is over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResolutionBody {
    /// Why; one line.
    #[schema(min_length = 1, max_length = 2000, example = "已与财政部门确认调整支付计划")]
    reason: String,
}

/// Closes an alert by hand, with a reason.
///
/// Nobody is told. It stays closed while its rule says the same; it opens again when it becomes graver than it was, or
/// when its rule was content in between and speaks again. The next plan point raises an alert of its own.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/resolution", tag = "Alerts",
    params(IdempotencyKey),
    request_body = ResolutionBody,
    responses((status = 200, description = "The alert as it stands now.", body = views::AlertStory)),
    extensions(
        ("x-permission" = json!(Permission::Decide.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn resolve(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let read = |body: ResolutionBody| {
        let reason = body::line("reason", &body.reason, MAX_MEMO_CHARS)?;
        Ok(Answer::Resolve { reason })
    };
    give(&app, &request, (query::id(&path), Permission::Decide), payload, read).await
}

/// Guards the door, reads the body, and records the answer once for its key.
async fn give<Said: DeserializeOwned>(
    app: &web::Data<App>,
    request: &HttpRequest,
    (alert, permission): (uuid::Uuid, Permission),
    payload: web::Payload,
    read: impl FnOnce(Said) -> Result<Answer, Problem>,
) -> Result<HttpResponse, Problem> {
    let caller = guard_named(app, request, permission, Named::Alert(alert)).await?;
    let key = answer_key(&caller, request)?;
    let body = body::json::<Said>(request, payload, app.body_limit_bytes).await?;
    let (said, sha256) = (read(body.value)?, body.sha256);
    let asked = Asked { alert, scope: caller.scope, actor: caller.actor };
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &sha256, moment.now, |conn| {
                let told = give_answer(conn, &asked, &said, &state.judging, moment)?;
                kept(sha256.clone(), &views::alert_story(&told))
            })
        })
        .await?;
    Ok(answered(outcome))
}
