//! Plan versions with their points and indicator targets.

use super::Connection;
use super::backend::on_either;
use super::error::Error;
use super::projects::Selection;
use super::rows::{column, corrupt, instant, unit_code, uuid, word};
use super::schema::{indicator_targets, indicators, plan_points, plan_versions};
use crate::domain::indicator::{Comparator, Indicator, KeptIndicator, Quantity, Target};
use crate::domain::money::Fen;
use crate::domain::plan::{Budget, Plan, PlanHistory, PlanPoint, PlanPoints};
use crate::domain::project::Heading;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::str::FromStr;
use uuid::Uuid;

/// A plan version on its way into the database.
pub struct NewPlan<'values> {
    /// The version's own id.
    pub id: Uuid,
    /// The project's own id.
    pub project: Uuid,
    /// What it says.
    pub plan: &'values Plan,
    /// Its cells as written, in the order of the points.
    pub written: &'values [String],
    /// The targets that it promises.
    pub indicators: &'values [KeptIndicator],
    /// Who recorded it.
    pub recorded_by: &'values str,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_versions)]
struct VersionRow {
    id: String,
    project_id: String,
    version: i32,
    effective_on: NaiveDate,
    budget_fen: Option<i64>,
    fiscal_fen: Option<i64>,
    fiscal_own_fen: Option<i64>,
    fiscal_upper_fen: Option<i64>,
    other_fen: Option<i64>,
    reason: String,
    document_no: Option<String>,
    recorded_at: NaiveDateTime,
    recorded_by: String,
    name: String,
    unit_code: String,
    purpose: String,
    goals: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = indicator_targets)]
struct TargetRow {
    plan_id: String,
    indicator_id: String,
    position: i32,
    level1: String,
    level2: String,
    name: String,
    description: String,
    target: String,
    basis: String,
    weight: Option<String>,
    kind: String,
    comparator: Option<String>,
    quantity: Option<String>,
    quantity_unit: Option<String>,
    quantity_per: Option<String>,
    due_on: Option<NaiveDate>,
}

/// Records a plan version with its points and targets; indicators that are not known yet get their identity.
pub fn insert(conn: &mut Connection, new: &NewPlan<'_>) -> Result<(), Error> {
    let plan = new.plan;
    let fen = |amount: Option<Fen>| amount.map(Fen::get);
    diesel::insert_into(plan_versions::table)
        .values(VersionRow {
            id: new.id.to_string(),
            project_id: new.project.to_string(),
            version: plan.version,
            effective_on: plan.effective_on,
            budget_fen: fen(plan.budget.total),
            fiscal_fen: fen(plan.budget.fiscal),
            fiscal_own_fen: fen(plan.budget.fiscal_own),
            fiscal_upper_fen: fen(plan.budget.fiscal_upper),
            other_fen: fen(plan.budget.other),
            reason: plan.reason.clone(),
            document_no: plan.document_no.clone(),
            recorded_at: column(plan.recorded_at),
            recorded_by: new.recorded_by.to_owned(),
            name: plan.heading.name.clone(),
            unit_code: plan.heading.unit.as_str().to_owned(),
            purpose: plan.heading.purpose.clone(),
            goals: plan.heading.goals.join("\n"),
        })
        .execute(conn)?;
    let blank = String::new();
    for (place, point) in plan.points.as_slice().iter().enumerate() {
        diesel::insert_into(plan_points::table)
            .values((
                plan_points::plan_id.eq(new.id.to_string()),
                plan_points::point_on.eq(point.on),
                plan_points::planned_fen.eq(fen(point.planned)),
                plan_points::written.eq(new.written.get(place).unwrap_or(&blank)),
            ))
            .execute(conn)?;
    }
    insert_targets(conn, new)
}

fn insert_targets(conn: &mut Connection, new: &NewPlan<'_>) -> Result<(), Error> {
    let known: Vec<String> = indicators::table
        .filter(indicators::project_id.eq(new.project.to_string()))
        .select(indicators::id)
        .load(conn)?;
    for (place, kept) in new.indicators.iter().enumerate() {
        let id = kept.id.to_string();
        if !known.contains(&id) {
            diesel::insert_into(indicators::table)
                .values((indicators::id.eq(&id), indicators::project_id.eq(new.project.to_string())))
                .execute(conn)?;
        }
        let position = i32::try_from(place).unwrap_or(i32::MAX);
        diesel::insert_into(indicator_targets::table)
            .values(target_row(new.id.to_string(), id, position, &kept.promise))
            .execute(conn)?;
    }
    Ok(())
}

fn target_row(plan_id: String, indicator_id: String, position: i32, promise: &Indicator) -> TargetRow {
    let bound = promise.target_read.bound();
    let due_on = match promise.target_read {
        Target::Deadline { due_on } => Some(due_on),
        _ => None,
    };
    TargetRow {
        plan_id,
        indicator_id,
        position,
        level1: promise.level1.clone(),
        level2: promise.level2.clone(),
        name: promise.name.clone(),
        description: promise.description.clone(),
        target: promise.target.clone(),
        basis: promise.basis.clone(),
        weight: promise.weight.map(|weight| weight.to_string()),
        kind: promise.target_read.kind().to_owned(),
        comparator: bound.map(|(comparator, _)| comparator.sign().to_owned()),
        quantity: bound.map(|(_, quantity)| quantity.value.to_string()),
        quantity_unit: bound.map(|(_, quantity)| quantity.unit.clone()),
        quantity_per: bound.and_then(|(_, quantity)| quantity.per.clone()),
        due_on,
    }
}

impl TargetRow {
    fn into_indicator(self) -> Result<KeptIndicator, Error> {
        let target_read = self.target_read()?;
        let weight = self.weight.as_deref().map(decimal).transpose()?;
        Ok(KeptIndicator {
            id: uuid(&self.indicator_id)?,
            promise: Indicator {
                level1: self.level1,
                level2: self.level2,
                name: self.name,
                description: self.description,
                target: self.target,
                target_read,
                basis: self.basis,
                weight,
            },
        })
    }

    fn target_read(&self) -> Result<Target, Error> {
        match self.kind.as_str() {
            "bound" => Ok(Target::Bound { comparator: self.comparator()?, quantity: self.quantity()? }),
            "stated" => Ok(Target::Stated { suggested: self.comparator()?, quantity: self.quantity()? }),
            "deadline" => {
                Ok(Target::Deadline { due_on: self.due_on.ok_or_else(|| corrupt("deadline", &self.indicator_id))? })
            }
            "monthly_deadline" => Ok(Target::MonthlyDeadline),
            "qualitative" => Ok(Target::Qualitative),
            other => Err(corrupt("target kind", other)),
        }
    }

    fn comparator(&self) -> Result<Comparator, Error> {
        let sign = self.comparator.as_deref().unwrap_or_default();
        word(Comparator::from_sign(sign), "comparator", sign)
    }

    fn quantity(&self) -> Result<Quantity, Error> {
        Ok(Quantity {
            value: decimal(self.quantity.as_deref().unwrap_or_default())?,
            unit: self.quantity_unit.clone().unwrap_or_default(),
            per: self.quantity_per.clone(),
        })
    }
}

fn decimal(text: &str) -> Result<Decimal, Error> {
    Decimal::from_str(text).map_err(|_| corrupt("number", text))
}

/// A project's plan version with what only its own record needs.
#[derive(Clone, Debug)]
pub struct KeptPlan {
    /// The version's own id.
    pub id: Uuid,
    /// The version.
    pub plan: Plan,
    /// Its cells as written.
    pub written: Vec<String>,
    /// Who recorded it.
    pub recorded_by: String,
}

/// Every plan version of the projects selected, in order of version, by the project's own id.
pub fn kept(conn: &mut Connection, selection: &Selection) -> Result<HashMap<Uuid, Vec<KeptPlan>>, Error> {
    let rows: Vec<VersionRow> = on_either!(conn, |conn| plan_versions::table
        .filter(plan_versions::project_id.eq_any(selection.ids()))
        .order((plan_versions::project_id, plan_versions::version))
        .select(VersionRow::as_select())
        .load(conn))?;
    let points: Vec<(String, NaiveDate, Option<i64>, String)> = on_either!(conn, |conn| plan_points::table
        .inner_join(plan_versions::table)
        .filter(plan_versions::project_id.eq_any(selection.ids()))
        .order((plan_points::plan_id, plan_points::point_on))
        .select((plan_points::plan_id, plan_points::point_on, plan_points::planned_fen, plan_points::written))
        .load(conn))?;
    let mut points_of: HashMap<String, Vec<(PlanPoint, String)>> = HashMap::new();
    for (plan, on, planned, written) in points {
        points_of.entry(plan).or_default().push((PlanPoint { on, planned: planned.map(Fen::new) }, written));
    }
    let mut plans: HashMap<Uuid, Vec<KeptPlan>> = HashMap::new();
    for row in rows {
        let (points, written) = points_of.remove(&row.id).unwrap_or_default().into_iter().unzip();
        let points =
            PlanPoints::new(selection.fiscal_year(), points).map_err(|error| corrupt("plan", &error.to_string()))?;
        plans.entry(uuid(&row.project_id)?).or_default().push(row.into_plan(points, written)?);
    }
    Ok(plans)
}

impl VersionRow {
    fn into_plan(self, points: PlanPoints, written: Vec<String>) -> Result<KeptPlan, Error> {
        let fen = |amount: Option<i64>| amount.map(Fen::new);
        Ok(KeptPlan {
            id: uuid(&self.id)?,
            written,
            recorded_by: self.recorded_by,
            plan: Plan {
                version: self.version,
                effective_on: self.effective_on,
                recorded_at: instant(self.recorded_at),
                heading: Heading {
                    name: self.name,
                    unit: unit_code(&self.unit_code)?,
                    purpose: self.purpose,
                    goals: self.goals.lines().map(str::to_owned).collect(),
                },
                budget: Budget {
                    total: fen(self.budget_fen),
                    fiscal: fen(self.fiscal_fen),
                    fiscal_own: fen(self.fiscal_own_fen),
                    fiscal_upper: fen(self.fiscal_upper_fen),
                    other: fen(self.other_fen),
                },
                points,
                reason: self.reason,
                document_no: self.document_no,
            },
        })
    }
}

/// The plan history of each project selected.
pub fn histories(conn: &mut Connection, selection: &Selection) -> Result<HashMap<Uuid, PlanHistory>, Error> {
    let kept = kept(conn, selection)?;
    let history = |plans: Vec<KeptPlan>| PlanHistory(plans.into_iter().map(|kept| kept.plan).collect());
    Ok(kept.into_iter().map(|(project, plans)| (project, history(plans))).collect())
}

/// The indicators that each plan version of the projects selected promises, by project and version, in order.
pub fn targets(
    conn: &mut Connection,
    selection: &Selection,
) -> Result<HashMap<(Uuid, i32), Vec<KeptIndicator>>, Error> {
    let rows: Vec<(String, i32, TargetRow)> = on_either!(conn, |conn| indicator_targets::table
        .inner_join(plan_versions::table)
        .filter(plan_versions::project_id.eq_any(selection.ids()))
        .order((indicator_targets::plan_id, indicator_targets::position))
        .select((plan_versions::project_id, plan_versions::version, TargetRow::as_select()))
        .load(conn))?;
    let mut targets: HashMap<(Uuid, i32), Vec<KeptIndicator>> = HashMap::new();
    for (project, version, row) in rows {
        targets.entry((uuid(&project)?, version)).or_default().push(row.into_indicator()?);
    }
    Ok(targets)
}

/// The project that an indicator belongs to.
pub fn project_of_indicator(conn: &mut Connection, indicator: Uuid) -> Result<Option<Uuid>, Error> {
    let project: Option<String> = indicators::table
        .filter(indicators::id.eq(indicator.to_string()))
        .select(indicators::project_id)
        .first(conn)
        .optional()?;
    project.map(|project| uuid(&project)).transpose()
}
