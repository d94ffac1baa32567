//! Projects that come as values, and new versions of their plans.

use super::etag::{IfMatch, IfNoneMatch, seen, tagged, with_tag};
use super::projects::{KnownQuery, shown};
use super::{IdempotencyKey, answer_key, created, once as answered};
use crate::actions::create_project::{
    CreateProject, MAX_GOALS, MAX_INDICATORS, Proposal, ProposedIndicator, create_project, unit_named,
};
use crate::actions::once::{Once, once};
use crate::actions::revise_plan::{Change, RevisePlan, Revised, Revision, revise_plan};
use crate::actions::{books, lookup};
use crate::domain::access::Permission;
use crate::domain::calendar::FiscalYear;
use crate::domain::code::{ProjectCode, UnitCode};
use crate::domain::language::Language;
use crate::domain::plan::{Budget, MAX_POINTS, PlanError, PlanPoint, PlanPoints};
use crate::domain::text::{MAX_MEMO_CHARS, MAX_NAME_CHARS};
use crate::http::body::{self, DayGiven, YuanGiven, nullable};
use crate::http::guard::{guard, guard_project};
use crate::http::problem::{PLAN_CHANGED, PRECONDITION_REQUIRED, PROJECT_EXISTS, Problem, plan_tag};
use crate::http::respond::language;
use crate::http::{App, query, views};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Characters of a number or a short label.
const MAX_SHORT_CHARS: usize = 100;

/// A plan point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PointBody {
    /// The day by whose end the amount is promised: in the fiscal year, later than the point before.
    point_on: DayGiven,
    /// Cumulative since 1 January, never less than before; null where nothing is said.
    #[serde(deserialize_with = "nullable")]
    #[schema(required = true)]
    planned_yuan: Option<YuanGiven>,
}

/// An indicator with its target.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IndicatorBody {
    /// 一级指标.
    #[schema(min_length = 1, max_length = 200, example = "产出指标")]
    level1: String,
    /// 二级指标.
    #[schema(max_length = 200, example = "数量指标")]
    level2: String,
    /// 三级指标: its name.
    #[schema(min_length = 1, max_length = 200, example = "养护里程")]
    name: String,
    /// 绩效指标描述.
    #[schema(max_length = 2000, example = "完成养护的道路里程")]
    description: Option<String>,
    /// 指标值 as a document writes it; read by the same rules.
    #[schema(max_length = 2000, example = "≥50公里")]
    target: String,
    /// 指标值确定依据.
    #[schema(max_length = 2000, example = "年度工作计划")]
    basis: Option<String>,
    /// 权重.
    #[schema(max_length = 100, example = "10")]
    weight: Option<String>,
}

/// A project with its plan and its indicators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProjectBody {
    /// 项目编码, new in the year.
    #[schema(value_type = views::ProjectCode)]
    code: String,
    /// 项目名称: one line.
    #[schema(min_length = 1, max_length = 200, example = "道路养护项目")]
    name: String,
    /// A known unit.
    #[schema(value_type = views::UnitCode)]
    unit: String,
    /// 资金用途.
    #[schema(max_length = 2000, example = "用于县道日常养护")]
    purpose: Option<String>,
    /// 绩效目标, a line each.
    #[schema(max_items = 50, example = json!(["完成县道养护50公里"]))]
    goals: Option<Vec<String>>,
    /// 预算数; null where it is not settled yet.
    #[serde(deserialize_with = "nullable")]
    #[schema(required = true)]
    budget_yuan: Option<YuanGiven>,
    /// 财政资金.
    fiscal_yuan: Option<YuanGiven>,
    /// 本级安排.
    fiscal_own_yuan: Option<YuanGiven>,
    /// 上级补助.
    fiscal_upper_yuan: Option<YuanGiven>,
    /// 其他资金.
    other_yuan: Option<YuanGiven>,
    /// 资金支出计划, in order of date; at most 24.
    #[schema(max_items = 24)]
    points: Vec<PointBody>,
    /// 绩效指标; at most 200.
    #[schema(max_items = 200)]
    indicators: Vec<IndicatorBody>,
}

/// A new version of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevisionBody {
    /// The first day on which it is in force: in the year, not before that of the version before.
    effective_on: DayGiven,
    /// Why: 追加, 调减, …; one line.
    #[schema(min_length = 1, max_length = 2000, example = "年中追加")]
    reason: String,
    /// The approving document's number.
    #[schema(max_length = 100, example = "财预〔2024〕17号")]
    document_no: Option<String>,
    /// 调整后预算数; null where it is not settled.
    #[serde(deserialize_with = "nullable")]
    #[schema(required = true)]
    budget_yuan: Option<YuanGiven>,
    /// 财政资金.
    fiscal_yuan: Option<YuanGiven>,
    /// 本级安排.
    fiscal_own_yuan: Option<YuanGiven>,
    /// 上级补助.
    fiscal_upper_yuan: Option<YuanGiven>,
    /// 其他资金.
    other_yuan: Option<YuanGiven>,
    /// 资金支出计划 from the year's beginning, in order of date; at most 24.
    #[schema(max_items = 24)]
    points: Vec<PointBody>,
    /// 绩效指标; left out, they stay as they are.
    #[schema(max_items = 200)]
    indicators: Option<Vec<IndicatorBody>>,
    /// 项目名称; left out, it stays as it is.
    #[schema(min_length = 1, max_length = 200, example = "道路养护项目")]
    name: Option<String>,
    /// 资金用途; left out, it stays as it is.
    #[schema(max_length = 2000, example = "用于县道日常养护")]
    purpose: Option<String>,
    /// 绩效目标; left out, they stay as they are.
    #[schema(max_items = 50, example = json!(["完成县道养护50公里"]))]
    goals: Option<Vec<String>>,
}

/// Reads points one by one, so that a refusal names the one at fault.
fn points(year: FiscalYear, given: &[PointBody]) -> Result<PlanPoints, Problem> {
    if given.len() > MAX_POINTS {
        let english = PlanError::TooManyPoints.to_string();
        return Err(Problem::invalid("points", format!("至多 {MAX_POINTS} 个节点"), english));
    }
    let mut read = Vec::new();
    let mut points = PlanPoints::default();
    for (number, point) in given.iter().enumerate() {
        read.push(PlanPoint { on: point.point_on.0, planned: point.planned_yuan.map(|amount| amount.0) });
        points = PlanPoints::new(year, read.clone()).map_err(|error| {
            let (field, chinese) = match &error {
                PlanError::PointsFall { before, .. } => {
                    ("planned_yuan", format!("累计金额不得低于前一节点（{} 元）", before.yuan()))
                }
                PlanError::Negative(_) => ("planned_yuan", "金额不得小于零".to_owned()),
                PlanError::OutsideYear(day) => ("point_on", format!("{day} 不在 {year} 预算年度内")),
                PlanError::PointsOutOfOrder(_) | PlanError::TooManyPoints => {
                    ("point_on", "节点须按日期先后排列，且不得重复".to_owned())
                }
            };
            Problem::invalid(&format!("points[{number}].{field}"), chinese, error.to_string())
        })?;
    }
    Ok(points)
}

fn indicators(given: Vec<IndicatorBody>) -> Result<Vec<ProposedIndicator>, Problem> {
    if given.len() > MAX_INDICATORS {
        let english = format!("a project has at most {MAX_INDICATORS} indicators");
        return Err(Problem::invalid("indicators", format!("至多 {MAX_INDICATORS} 个指标"), english));
    }
    let each = given.into_iter().enumerate().map(|(number, one)| {
        let field = |name: &str| format!("indicators[{number}].{name}");
        let text = |name: &str, value: Option<&str>| body::optional_line(&field(name), value, MAX_MEMO_CHARS);
        Ok(ProposedIndicator {
            level1: body::line(&field("level1"), &one.level1, MAX_NAME_CHARS)?,
            level2: body::optional_line(&field("level2"), Some(&one.level2), MAX_NAME_CHARS)?,
            name: body::line(&field("name"), &one.name, MAX_NAME_CHARS)?,
            description: text("description", one.description.as_deref())?,
            target: text("target", Some(&one.target))?,
            basis: text("basis", one.basis.as_deref())?,
            weight: body::optional_line(&field("weight"), one.weight.as_deref(), MAX_SHORT_CHARS)?,
        })
    });
    each.collect()
}

fn goals(given: &[String]) -> Result<Vec<String>, Problem> {
    if given.len() > MAX_GOALS {
        let english = format!("a project has at most {MAX_GOALS} goals");
        return Err(Problem::invalid("goals", format!("至多 {MAX_GOALS} 条"), english));
    }
    let each = given.iter().enumerate();
    each.map(|(number, goal)| body::line(&format!("goals[{number}]"), goal, MAX_MEMO_CHARS)).collect()
}

impl ProjectBody {
    fn into_proposal(self, year: FiscalYear) -> Result<Proposal, Problem> {
        let of_code = |field: &'static str| {
            move |error: crate::domain::code::CodeError| Problem::invalid(field, "编码无效", error.to_string())
        };
        Ok(Proposal {
            code: ProjectCode::parse(&self.code).map_err(of_code("code"))?,
            name: body::line("name", &self.name, MAX_NAME_CHARS)?,
            unit: unit_named(UnitCode::parse(&self.unit).map_err(of_code("unit"))?),
            purpose: body::memo("purpose", self.purpose.as_deref())?,
            goals: goals(&self.goals.unwrap_or_default())?,
            budget: Budget {
                total: self.budget_yuan.map(|amount| amount.0),
                fiscal: self.fiscal_yuan.map(|amount| amount.0),
                fiscal_own: self.fiscal_own_yuan.map(|amount| amount.0),
                fiscal_upper: self.fiscal_upper_yuan.map(|amount| amount.0),
                other: self.other_yuan.map(|amount| amount.0),
            },
            points: points(year, &self.points)?,
            indicators: indicators(self.indicators)?,
        })
    }
}

impl RevisionBody {
    fn into_change(self, year: FiscalYear) -> Result<Change, Problem> {
        let document_no = body::optional_line("document_no", self.document_no.as_deref(), MAX_SHORT_CHARS)?;
        Ok(Change {
            revision: Revision {
                effective_on: self.effective_on.0,
                reason: body::line("reason", &self.reason, MAX_MEMO_CHARS)?,
                document_no: Some(document_no).filter(|number| !number.is_empty()),
            },
            name: self.name.map(|name| body::line("name", &name, MAX_NAME_CHARS)).transpose()?,
            purpose: self.purpose.map(|purpose| body::memo("purpose", Some(&purpose))).transpose()?,
            goals: self.goals.map(|given| goals(&given)).transpose()?,
            budget: Budget {
                total: self.budget_yuan.map(|amount| amount.0),
                fiscal: self.fiscal_yuan.map(|amount| amount.0),
                fiscal_own: self.fiscal_own_yuan.map(|amount| amount.0),
                fiscal_upper: self.fiscal_upper_yuan.map(|amount| amount.0),
                other: self.other_yuan.map(|amount| amount.0),
            },
            points: points(year, &self.points)?,
            indicators: self.indicators.map(indicators).transpose()?,
        })
    }
}

/// Records a project with its plan and its indicators.
///
/// The answer is the project as it is read back, with `findings`: what a document of it would have been doubted for.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects", tag = "Projects",
    params(IdempotencyKey),
    request_body = ProjectBody,
    responses((status = 201, description = "The project as recorded, with `findings`.", body = Object)),
    extensions(
        ("x-permission" = json!(Permission::RevisePlans.name())),
        ("x-problems" = json!([PROJECT_EXISTS.code])),
    ),
)]
pub async fn create(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = guard(&app, &request, Permission::RevisePlans).await?;
    let year = query::year(&path)?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<ProjectBody>(&request, payload, app.body_limit_bytes).await?;
    let proposal = read.value.into_proposal(year)?;
    let command = CreateProject { year, scope: caller.scope, proposal, actor: caller.actor };
    let (state, language, place) = (app.clone(), language(&request), request.path().to_owned());
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let made = create_project(conn, &command, moment)?;
                let location = format!("{place}/{}", made.record.project.code);
                let body = with(shown(&made.record), "findings", json!(views::findings(&made.findings, language)));
                created(read.sha256.clone(), &body, location)
            })
        })
        .await?;
    Ok(with_tag(answered(outcome), &plan_tag(1)))
}

/// Gives a plan its next version.
///
/// `If-Match` says which version is revised. The project is judged anew; the answer says where it stands now.
#[utoipa::path(
    post, path = "/api/v1/years/{year}/projects/{code}/plans", tag = "Projects",
    params(IdempotencyKey, IfMatch),
    request_body = RevisionBody,
    responses((status = 201, description = "The version as recorded, with `findings` and `comparison`.", body = Object)),
    extensions(
        ("x-permission" = json!(Permission::RevisePlans.name())),
        ("x-problems" = json!([PLAN_CHANGED.code, PRECONDITION_REQUIRED.code])),
    ),
)]
pub async fn revise(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::RevisePlans, &path.0, &path.1).await?;
    let key = answer_key(&caller, &request)?;
    let read = body::json::<RevisionBody>(&request, payload, app.body_limit_bytes).await?;
    let change = read.value.into_change(year)?;
    let command = RevisePlan { year, code, scope: caller.scope, seen: seen(&request), change, actor: caller.actor };
    let (state, language, place) = (app.clone(), language(&request), request.path().to_owned());
    let outcome = app
        .db
        .write(move |conn| {
            let moment = state.moment();
            once(conn, &key, &read.sha256, moment.now, |conn| {
                let revised = revise_plan(conn, &command, &state.judging, moment)?;
                let location = format!("{place}/{}", revised.kept.plan.version);
                created(read.sha256.clone(), &of_revision(&revised, moment.now, language), location)
            })
        })
        .await?;
    let tag = plan_tag(version_made(&outcome));
    Ok(with_tag(answered(outcome), &tag))
}

/// The version that an answer, new or again, tells of: the last segment of its `Location`.
fn version_made(outcome: &Once) -> i32 {
    let (Once::New(answer) | Once::Again(answer)) = outcome;
    let location = answer.location.as_deref().unwrap_or_default();
    location.rsplit('/').next().and_then(|version| version.parse().ok()).unwrap_or(0)
}

fn of_revision(revised: &Revised, now: DateTime<Utc>, language: Language) -> Value {
    let kept = &revised.kept;
    let body = json!(views::plan(&kept.plan, &kept.written, &kept.recorded_by));
    let body = with(body, "indicators", revised.indicators.iter().map(|kept| json!(views::indicator(kept))).collect());
    let body = with(body, "findings", json!(views::findings(&revised.findings, language)));
    with(body, "comparison", json!(views::comparison(&revised.figures, now, language)))
}

/// An object with a member more.
fn with(mut body: Value, name: &str, member: Value) -> Value {
    if let Value::Object(members) = &mut body {
        members.insert(name.to_owned(), member);
    }
    body
}

/// Reads one version of a plan, with the indicators that it promises.
#[utoipa::path(
    get, path = "/api/v1/years/{year}/projects/{code}/plans/{version}", tag = "Projects",
    params(KnownQuery, IfNoneMatch),
    responses(
        (status = 200, description = "The version, with `indicators`.", body = Object),
        (status = 304, description = "It is as the client has it."),
    ),
    extensions(("x-permission" = json!(Permission::ReadFigures.name()))),
)]
pub async fn version(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (caller, year, code) = guard_project(&app, &request, Permission::ReadFigures, &path.0, &path.1).await?;
    let (moment, known_at) = KnownQuery::read(&app, &request)?;
    // What is no number becomes the version that no plan has.
    let number = path.2.parse().unwrap_or(0);
    let (kept, indicators, latest) = app
        .db
        .read(move |conn| {
            let project = lookup::project_known(conn, year, &code, &caller.scope, known_at)?;
            let (kept, indicators) = books::version(conn, &project, number, moment.now)?;
            let latest = books::versions(conn, &project, moment.now)?.iter().map(|kept| kept.plan.version).max();
            Ok::<_, crate::actions::Error>((kept, indicators, latest.unwrap_or(0)))
        })
        .await?;
    let body = json!(views::plan(&kept.plan, &kept.written, &kept.recorded_by));
    let body = with(body, "indicators", indicators.iter().map(|kept| json!(views::indicator(kept))).collect());
    Ok(tagged(&request, &plan_tag(latest), &body))
}
