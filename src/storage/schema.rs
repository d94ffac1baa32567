//! The tables, kept by hand: one schema for both databases. `tests/it/storage` holds it against the migrations.

diesel::table! {
    access_stamp (id) {
        id -> Integer,
        stamp -> Text,
    }
}

diesel::table! {
    units (code) {
        code -> Text,
        name -> Text,
        parent_code -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    projects (id) {
        id -> Text,
        fiscal_year -> Integer,
        code -> Text,
        name -> Text,
        unit_code -> Text,
        purpose -> Text,
        goals -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    plan_versions (id) {
        id -> Text,
        project_id -> Text,
        version -> Integer,
        effective_on -> Date,
        budget_fen -> Nullable<BigInt>,
        fiscal_fen -> Nullable<BigInt>,
        fiscal_own_fen -> Nullable<BigInt>,
        fiscal_upper_fen -> Nullable<BigInt>,
        other_fen -> Nullable<BigInt>,
        reason -> Text,
        document_no -> Nullable<Text>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        name -> Text,
        unit_code -> Text,
        purpose -> Text,
        goals -> Text,
    }
}

diesel::table! {
    plan_points (plan_id, point_on) {
        plan_id -> Text,
        point_on -> Date,
        planned_fen -> Nullable<BigInt>,
        written -> Text,
    }
}

diesel::table! {
    indicators (id) {
        id -> Text,
        project_id -> Text,
    }
}

diesel::table! {
    indicator_targets (plan_id, indicator_id) {
        plan_id -> Text,
        indicator_id -> Text,
        position -> Integer,
        level1 -> Text,
        level2 -> Text,
        name -> Text,
        description -> Text,
        target -> Text,
        basis -> Text,
        weight -> Nullable<Text>,
        kind -> Text,
        comparator -> Nullable<Text>,
        quantity -> Nullable<Text>,
        quantity_unit -> Nullable<Text>,
        quantity_per -> Nullable<Text>,
        due_on -> Nullable<Date>,
    }
}

diesel::table! {
    disbursements (id) {
        id -> Text,
        project_id -> Text,
        sequence -> BigInt,
        kind -> Text,
        amount_fen -> BigInt,
        counted -> Bool,
        paid_on -> Date,
        voucher_no -> Text,
        voucher_line -> Integer,
        source -> Text,
        payee -> Text,
        memo -> Text,
        reverses -> Nullable<Text>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    spend_month (project_id, month, source) {
        project_id -> Text,
        month -> Date,
        source -> Text,
        amount_fen -> BigInt,
    }
}

diesel::table! {
    readings (id) {
        id -> Text,
        project_id -> Text,
        indicator_id -> Text,
        observed_on -> Date,
        value -> Nullable<Text>,
        grade -> Nullable<Text>,
        done_on -> Nullable<Date>,
        note -> Text,
        evidence -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    alerts (id) {
        id -> Text,
        project_id -> Text,
        subject -> Text,
        rule -> Text,
        indicator_id -> Nullable<Text>,
        point_on -> Nullable<Date>,
        state -> Text,
        severity -> Text,
        opened_at -> Timestamp,
        updated_at -> Timestamp,
        follows -> Nullable<Text>,
        settled_by -> Nullable<Text>,
        opened_on -> Date,
        told_on -> Date,
        reminders -> Integer,
        escalated -> Integer,
        waived_until -> Nullable<Date>,
        waiver_announced -> Bool,
    }
}

diesel::table! {
    measures (id) {
        id -> Text,
        alert_id -> Text,
        disposition -> Nullable<Text>,
        document_no -> Text,
        what -> Text,
        owner -> Text,
        due_on -> Date,
        done_on -> Nullable<Date>,
        evidence -> Text,
        is_told_overdue -> Bool,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    check_runs (id) {
        id -> Text,
        fiscal_year -> Integer,
        as_of -> Date,
        cause -> Text,
        requested_by -> Text,
        rule_version -> Integer,
        started_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        projects -> BigInt,
        raised -> BigInt,
        reopened -> BigInt,
        worsened -> BigInt,
        eased -> BigInt,
        resolved -> BigInt,
        superseded -> BigInt,
        letters -> BigInt,
        failures -> Text,
        judged -> BigInt,
    }
}

diesel::table! {
    alert_events (id) {
        id -> Text,
        alert_id -> Text,
        sequence -> Integer,
        change -> Text,
        severity -> Text,
        as_of -> Date,
        at -> Timestamp,
        actor -> Text,
        run_id -> Nullable<Text>,
        rule_version -> Integer,
        plan_version -> Nullable<Integer>,
        explanation -> Text,
        inputs -> Text,
    }
}

diesel::table! {
    untold_events (event_id) {
        event_id -> Text,
        fiscal_year -> Integer,
    }
}

diesel::table! {
    letters (id) {
        id -> Text,
        run_id -> Nullable<Text>,
        to_email -> Text,
        to_name -> Text,
        role -> Text,
        severity -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        lease_until -> Nullable<Timestamp>,
        lease_token -> BigInt,
        last_words -> Nullable<Text>,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        attempts_allowed -> Integer,
        kind -> Text,
        references_ids -> Text,
    }
}

diesel::table! {
    letter_events (letter_id, event_id) {
        letter_id -> Text,
        event_id -> Text,
    }
}

diesel::table! {
    letter_units (letter_id, unit_code) {
        letter_id -> Text,
        unit_code -> Text,
    }
}

diesel::table! {
    contacts (id) {
        id -> Text,
        unit_code -> Text,
        project_code -> Nullable<Text>,
        role -> Text,
        email -> Text,
        name -> Text,
        recorded_at -> Timestamp,
        language -> Text,
        letters -> Text,
    }
}

diesel::table! {
    tokens (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        secret_sha256 -> Text,
        created_at -> Timestamp,
        expires_on -> Nullable<Date>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    token_units (token_id, unit_code) {
        token_id -> Text,
        unit_code -> Text,
    }
}

diesel::table! {
    answers (token_id, method, path, idempotency_key) {
        token_id -> Text,
        method -> Text,
        path -> Text,
        idempotency_key -> Text,
        body_sha256 -> Text,
        status -> Integer,
        body -> Text,
        location -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> Timestamp,
        actor -> Text,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        request_id -> Nullable<Text>,
        unit_code -> Nullable<Text>,
    }
}

diesel::table! {
    schedule_claims (job, due_at) {
        job -> Text,
        due_at -> Timestamp,
        claimed_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    commitments (id) {
        id -> Text,
        project_id -> Text,
        sequence -> BigInt,
        kind -> Text,
        amount_fen -> BigInt,
        committed_on -> Date,
        reference_no -> Text,
        contract_id -> Nullable<Text>,
        payee -> Text,
        memo -> Text,
        releases -> Nullable<Text>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    forecasts (id) {
        id -> Text,
        project_id -> Text,
        year_end_fen -> BigInt,
        as_of -> Date,
        reason -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    rule_sets (version) {
        version -> Integer,
        name -> Text,
        source -> Text,
        document -> Text,
        effective_on -> Nullable<Date>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    unjudged (project_id) {
        project_id -> Text,
    }
}
