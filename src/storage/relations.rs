//! Which tables refer to which, so that the query builder lets them meet in one question.

#[allow(clippy::wildcard_imports, reason = "the macros below name nearly every table")]
use super::schema::*;

diesel::joinable!(unjudged -> projects (project_id));
diesel::joinable!(plan_versions -> projects (project_id));
diesel::joinable!(plan_points -> plan_versions (plan_id));
diesel::joinable!(indicator_targets -> plan_versions (plan_id));
diesel::joinable!(commitments -> projects (project_id));
diesel::joinable!(forecasts -> projects (project_id));
diesel::joinable!(disbursements -> projects (project_id));
diesel::joinable!(spend_month -> projects (project_id));
diesel::joinable!(readings -> projects (project_id));
diesel::joinable!(alerts -> projects (project_id));
diesel::joinable!(measures -> alerts (alert_id));
diesel::joinable!(alert_events -> alerts (alert_id));
diesel::joinable!(untold_events -> alert_events (event_id));
diesel::joinable!(letter_events -> letters (letter_id));
diesel::joinable!(letter_units -> letters (letter_id));
diesel::joinable!(projects -> units (unit_code));

diesel::allow_tables_to_appear_in_same_query!(
    units,
    projects,
    plan_versions,
    plan_points,
    indicators,
    indicator_targets,
    commitments,
    disbursements,
    forecasts,
    spend_month,
    readings,
    alerts,
    measures,
    check_runs,
    alert_events,
    untold_events,
    letters,
    letter_events,
    letter_units,
    contacts,
    tokens,
    token_units,
    answers,
    audit,
    schedule_claims,
    rule_sets,
    unjudged,
);

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    commitments::project_id,
    commitments::kind,
    commitments::contract_id,
);
