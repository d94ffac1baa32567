//! Is it alive, and can it serve: without a token.

use super::ok;
use crate::actions::gauges;
use crate::http::problem::{Problem, UNAVAILABLE};
use crate::http::{App, views};
use actix_web::{HttpResponse, web};

/// Says that the process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "Service",
    responses((status = 200, description = "The process answers.", body = views::Alive)),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn alive() -> HttpResponse {
    ok(&views::Alive { status: "ok" })
}

/// Says whether the service can do its work: its database answers, and what is due is being done. Where the schedule has
/// not been looked at for five minutes it is 503: requests are answered, and nobody is warned.
#[utoipa::path(
    get, path = "/readyz", tag = "Service",
    responses((status = 200, description = "The service can answer.", body = views::Ready)),
    extensions(("x-permission" = json!("none"))),
)]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let runs = app.db.read(move |conn| gauges::last_runs(conn, now)).await?;
    let pulse = app.heartbeat.pulse();
    if !pulse.is_alive {
        let english = "the scheduler has not looked at what is due for minutes; see the log and restart the service";
        return Err(Problem::new(UNAVAILABLE, "定时任务已停止响应，请查看日志并重启服务", english));
    }
    let missing = app.judging.workdays.missing_on(app.moment().today);
    let warnings = missing.into_iter().map(|year| {
        format!(
            "the working days of {year} are not known: Monday to Friday are counted until calendar.workdays_file has the year"
        )
    });
    let post = app.post.seen();
    let paused = post.paused.as_ref().map(|words| format!("letters wait until the mail channel is mended: {words}"));
    Ok(ok(&views::Ready {
        status: "ready",
        version: env!("CARGO_PKG_VERSION"),
        scheduler: views::scheduler_state(pulse, runs),
        postman: views::postman_state(post),
        warnings: warnings.chain(paused).collect(),
    }))
}
