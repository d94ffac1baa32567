//! What people say about an alert: acknowledgements, and that it is over.

use super::{IdempotencyKey, alerts, answer_key, kept, once as answered};
use crate::actions::acknowledge_alert::{AcknowledgeAlert, acknowledge_alert};
use crate::actions::lookup::Named;
use crate::actions::once::once;
use crate::actions::resolve_alert::{ResolveAlert, resolve_alert};
use crate::domain::access::Permission;
use crate::domain::acknowledgement::{Acknowledgement, Causes, Likelihood};
use crate::domain::text::MAX_MEMO_CHARS;
use crate::http::guard::guard_named;
use crate::http::problem::{ALERT_CLOSED, Problem};
use crate::http::{App, body, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
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
    responses((status = 200, description = "The alert as it stands now.")),
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
    let alert = query::id(&path);
    let caller = guard_named(&app, &request, Permission::Acknowledge, Named::Alert(alert)).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<AcknowledgementBody>(&request, payload, app.body_limit_bytes).await?;
    let answer = read.value.into_answer()?;
    let command = AcknowledgeAlert { alert, scope: caller.scope, answer, actor: caller.actor };
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let told = acknowledge_alert(conn, &command, &state.judging, moment)?;
                kept(read.sha256.clone(), &alerts::told(&told))
            })
        })
        .await?;
    Ok(answered(outcome))
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
    responses((status = 200, description = "The alert as it stands now.")),
    extensions(
        ("x-permission" = json!(Permission::Acknowledge.name())),
        ("x-problems" = json!([ALERT_CLOSED.code])),
    ),
)]
pub async fn resolve(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let alert = query::id(&path);
    let caller = guard_named(&app, &request, Permission::Acknowledge, Named::Alert(alert)).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ResolutionBody>(&request, payload, app.body_limit_bytes).await?;
    let reason = body::line("reason", &read.value.reason, MAX_MEMO_CHARS)?;
    let command = ResolveAlert { alert, scope: caller.scope, reason, actor: caller.actor };
    let state = app.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let told = resolve_alert(conn, &command, &state.judging, moment)?;
                kept(read.sha256.clone(), &alerts::told(&told))
            })
        })
        .await?;
    Ok(answered(outcome))
}
