//! What went wrong, as an `application/problem+json` document (RFC 9457), in Chinese or English.

use super::refusal;
use crate::actions::{Error, Misfit, Thing};
use crate::domain::disbursement::PostingError;
use crate::domain::language::Language;
use crate::storage::Error as StorageError;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Value, json};
use std::fmt;

/// A kind of problem: its stable code, its status and its title in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The stable part of `type`: `/problems/<code>`.
    pub code: &'static str,
    /// The status.
    pub status: u16,
    /// The title in Chinese.
    pub chinese: &'static str,
    /// The title in English.
    pub english: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:literal $code:literal, $chinese:literal, $english:literal;)*) => {
        $(
            #[doc = $english]
            pub const $name: Kind = Kind { code: $code, status: $status, chinese: $chinese, english: $english };
        )*
        /// Every kind of problem.
        pub const ALL_KINDS: &[Kind] = &[$($name),*];
    };
}

kinds! {
    BAD_REQUEST = 400 "bad-request", "请求无法读取", "The request cannot be read";
    NOT_JSON = 400 "not-json", "请求体不是 JSON", "The body is not JSON";
    KEY_MISSING = 400 "idempotency-key-missing", "缺少 Idempotency-Key", "The Idempotency-Key is missing";
    UNAUTHENTICATED = 401 "unauthenticated", "未提供有效令牌", "No valid token was given";
    FORBIDDEN = 403 "forbidden", "该令牌无权执行此操作", "The token's role may not do this";
    NOT_FOUND = 404 "not-found", "未找到", "There is no such thing";
    METHOD_NOT_ALLOWED = 405 "method-not-allowed", "不支持该方法", "The method is not allowed here";
    TIMEOUT = 408 "request-timeout", "请求超时", "The request took too long to arrive";
    CONFLICT = 409 "conflict", "与现有记录冲突", "It conflicts with what is recorded";
    VOUCHER_TAKEN = 409 "voucher-already-recorded", "该凭证已登记", "The voucher is recorded already";
    REFERENCE_TAKEN = 409 "reference-already-recorded", "该合同或申请单号已登记", "The contract's or application's number is recorded already";
    ALREADY_RELEASED = 409 "already-released", "该合同或申请已全部解除", "The commitment was wholly released already";
    PROJECT_EXISTS = 409 "project-already-recorded", "该项目已登记", "The project is recorded already";
    ALREADY_REVERSED = 409 "already-reversed", "该支出已被冲销", "The entry was reversed already";
    CHECK_BACKWARDS = 409 "check-backwards", "不能回到更早的日期正式检查", "A check cannot go back to an earlier day";
    ALERT_CLOSED = 409 "alert-closed", "该预警已关闭", "The alert is closed already";
    MEASURE_DONE = 409 "measure-carried-out-already", "该措施已登记完成", "The measure was carried out already";
    UNIT_EXISTS = 409 "unit-already-recorded", "该预算单位已登记", "The unit is recorded already";
    OWN_TOKEN = 409 "own-token", "不能撤销正在使用的令牌", "A token cannot take itself back";
    LETTER_NOT_STUCK = 409 "letter-not-stuck", "该信件无须重发", "The letter is not stuck";
    LETTER_NOT_WAITING = 409 "letter-not-waiting", "该信件已不能撤回", "The letter waits no more";
    CONTACT_EXISTS = 409 "contact-already-recorded", "该联系人已登记", "The contact is recorded already";
    RULES_CHANGED = 412 "rules-changed-meanwhile", "规则已有新版本", "The rules were changed meanwhile";
    PLAN_CHANGED = 412 "plan-changed-meanwhile", "计划已有新版本", "The plan was changed meanwhile";
    PAYLOAD_TOO_LARGE = 413 "body-too-large", "请求体过大", "The body is too large";
    PATH_TOO_LONG = 414 "path-too-long", "路径过长", "The path is too long";
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported-media-type", "请使用 application/json", "Send application/json";
    INVALID = 422 "invalid-value", "字段值无效", "A value is not acceptable";
    KEY_REUSED = 422 "idempotency-key-reused", "同一 Idempotency-Key 对应不同的请求体", "The Idempotency-Key was used with another body";
    BATCH_REFUSED = 422 "batch-refused", "批量登记未通过，全部未登记", "Nothing of the batch was recorded";
    PRECONDITION_REQUIRED = 428 "precondition-required", "缺少 If-Match", "The If-Match header is missing";
    TOO_MANY = 429 "too-many-requests", "请求过于频繁", "Too many requests";
    INTERNAL = 500 "internal", "服务内部错误", "The service failed";
    UNAVAILABLE = 503 "unavailable", "服务暂不可用，请稍后重试", "The service cannot answer now; try again later";
    STORAGE_FULL = 507 "storage-full", "存储空间已满，暂不能写入", "There is no room left to write; reading goes on";
}

/// The member that repeats an `ETag`.
const TAG_MEMBER: &str = "etag";

/// The entity tag of a plan whose latest version is that one.
#[must_use]
pub fn plan_tag(latest: i32) -> String {
    format!("\"plan-{latest}\"")
}

/// The entity tag of the rules: the version in force, and the latest on record.
#[must_use]
pub fn rules_tag(in_force: i32, latest: i32) -> String {
    format!("\"rules-{in_force}-{latest}\"")
}

/// Seconds after which a client should try again.
pub const RETRY_AFTER_SECONDS: u64 = 2;

/// One field at fault, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: a JSON field, a query parameter, a header or a path segment.
    pub field: String,
    /// What and how to mend it, in Chinese.
    pub chinese: String,
    /// What and how to mend it, in English.
    pub english: String,
}

/// A problem on its way to the client; the words are chosen when its language is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind.
    pub kind: Kind,
    /// What happened here, in Chinese.
    pub chinese: String,
    /// What happened here, in English.
    pub english: String,
    /// The fields at fault.
    pub errors: Vec<FieldError>,
    /// More members, by name.
    pub more: Vec<(&'static str, Value)>,
    /// Seconds after which trying again makes sense; none where the same request would fail again.
    pub retry_after_seconds: Option<u64>,
}

impl Problem {
    /// A problem with its detail in both languages.
    pub fn new(kind: Kind, chinese: impl Into<String>, english: impl Into<String>) -> Problem {
        Problem {
            kind,
            chinese: chinese.into(),
            english: english.into(),
            errors: Vec::new(),
            more: Vec::new(),
            retry_after_seconds: matches!(kind.status, 429 | 503 | 507).then_some(RETRY_AFTER_SECONDS),
        }
    }

    /// One field whose value is not acceptable.
    pub fn invalid(field: &str, chinese: impl Into<String>, english: impl Into<String>) -> Problem {
        let (chinese, english) = (chinese.into(), english.into());
        let mut problem = Problem::new(INVALID, format!("{field}：{chinese}"), format!("{field}: {english}"));
        problem.errors.push(FieldError { field: field.to_owned(), chinese, english });
        problem
    }

    /// Several fields at once.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Problem {
        let english = format!("{} value(s) are not acceptable", errors.len());
        let mut problem = Problem::new(INVALID, format!("有 {} 处需要更正", errors.len()), english);
        problem.errors = errors;
        problem
    }

    /// With the tag of what stands there now, also as `ETag`.
    #[must_use]
    pub fn with_tag(mut self, tag: &str) -> Problem {
        self.more.push((TAG_MEMBER, json!(tag)));
        self
    }

    /// The tag for the answer's `ETag`, where there is one.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.more.iter().find(|(name, _)| *name == TAG_MEMBER).and_then(|(_, value)| value.as_str())
    }

    /// There is no such thing, or it lies outside the token's units: the client cannot tell which.
    #[must_use]
    pub fn not_found(what: Thing) -> Problem {
        let chinese = match what {
            Thing::Project => "没有这个项目，或不在可见的预算单位范围内",
            Thing::Disbursement => "该项目没有这笔支出",
            Thing::Commitment => "该项目没有这份合同或支付申请",
            Thing::Forecast => "该项目没有这条全年预计",
            Thing::Plan => "该项目没有这个计划版本",
            Thing::Indicator => "该项目没有这个绩效指标",
            Thing::Reading => "该指标没有这条监测值",
            Thing::Alert => "没有这条预警，或不在可见的预算单位范围内",
            Thing::Measure => "该预警没有这项措施",
            Thing::Unit => "没有这个预算单位",
            Thing::Contact => "没有这个联系人，或不在可见的预算单位范围内",
            Thing::Letter => "没有这封信件，或不在可见的预算单位范围内",
            Thing::Token => "没有这个令牌",
            Thing::Rules => "没有这一版规则",
        };
        Problem::new(NOT_FOUND, chinese, format!("there is no such {what} in the token's units"))
    }

    /// The generic problem of a status that some library chose.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Problem {
        let kind = match status.as_u16() {
            401 => UNAUTHENTICATED,
            403 => FORBIDDEN,
            404 => NOT_FOUND,
            405 => METHOD_NOT_ALLOWED,
            408 => TIMEOUT,
            409 => CONFLICT,
            413 => PAYLOAD_TOO_LARGE,
            414 => PATH_TOO_LONG,
            415 => UNSUPPORTED_MEDIA_TYPE,
            422 => INVALID,
            429 => TOO_MANY,
            503 => UNAVAILABLE,
            400..500 => BAD_REQUEST,
            _ => INTERNAL,
        };
        Problem::new(kind, kind.chinese, kind.english)
    }

    /// The document, in a language.
    #[must_use]
    pub fn document(&self, language: Language, request_id: &str) -> Value {
        let errors: Vec<Value> = self
            .errors
            .iter()
            .map(|error| json!({ "field": error.field, "detail": language.pick(&error.chinese, &error.english) }))
            .collect();
        let mut document = json!({
            "type": format!("/problems/{}", self.kind.code),
            "title": language.pick(self.kind.chinese, self.kind.english),
            "status": self.kind.status,
            "detail": language.pick(&self.chinese, &self.english),
            "errors": errors,
            "request_id": request_id,
        });
        if let Value::Object(members) = &mut document {
            members.extend(self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
        document
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code, self.english)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// An empty response that carries the problem; the outermost layer writes it in the client's language.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let english = error.to_string();
        match error {
            Error::Storage(error) => Problem::from(error),
            Error::NotFound(what) => Problem::not_found(what),
            Error::Posting(error) => of_posting(&error),
            Error::Commitment(error) => refusal::of_commitment(&error),
            Error::ReferenceTaken { reference_no, first } => {
                let mut problem = Problem::new(REFERENCE_TAKEN, format!("{reference_no} 已经登记"), english);
                problem.more.push(("first", json!(first.to_string())));
                problem
            }
            Error::VoucherTaken { voucher, first } => {
                let chinese = format!("凭证 {} 第 {} 行已经登记", voucher.number, voucher.line);
                let mut problem = Problem::new(VOUCHER_TAKEN, chinese, english);
                problem.more.push(("first", json!(first.to_string())));
                problem
            }
            Error::AlreadyReversed { by } => {
                let mut problem = Problem::new(ALREADY_REVERSED, "该支出已被冲销，不能再次冲销", english);
                problem.more.push(("reversed_by", json!(by.to_string())));
                problem
            }
            Error::KeyReused => Problem::new(KEY_REUSED, KEY_REUSED.chinese, english),
            Error::ReadingMisfit(misfit) => of_misfit(misfit),
            Error::DayOutsideYear { field, day, year } => {
                Problem::invalid(field, format!("{day} 不在 {year} 预算年度内"), english)
            }
            Error::DayInFuture { field, day, today } => {
                Problem::invalid(field, format!("{day} 尚未到来，今天是 {today}"), english)
            }
            Error::CheckBackwards { last } => {
                let chinese = format!("该年度已检查到 {last}，更早的日期只能试算（dry_run）");
                let mut problem = Problem::new(CHECK_BACKWARDS, chinese, english);
                problem.more.push(("last_as_of", json!(last.to_string())));
                problem
            }
            Error::AlertClosed { .. }
            | Error::DayUnfit { .. }
            | Error::MeasureDone
            | Error::UnitExists(_)
            | Error::UnknownParent(_)
            | Error::UnitRing(_)
            | Error::TokenWithoutUnits(_)
            | Error::OwnToken
            | Error::LetterNotStuck { .. }
            | Error::LetterNotWaiting { .. } => refusal::of_house(&error, english),
            Error::AccessChanged => Problem::new(UNAVAILABLE, UNAVAILABLE.chinese, english),
            Error::ContactExists => Problem::new(CONTACT_EXISTS, CONTACT_EXISTS.chinese, english),
            Error::EffectiveTooEarly(before) => Problem::invalid(
                "effective_on",
                format!("生效日期不得早于上一版本（{before}），且须在预算年度内"),
                english,
            ),
            error @ (Error::ProjectExists(_)
            | Error::UnitUnknown(_)
            | Error::ProposalRefused(_)
            | Error::RevisesUnsaid { .. }
            | Error::PlanChanged { .. }) => refusal::of_plan(error),
            Error::Money(_) => Problem::invalid("amount_yuan", "金额超出可记录的范围", english),
            error @ (Error::RulesChanged { .. }
            | Error::RulesOutdated { .. }
            | Error::RulesTooEarly { .. }
            | Error::RulesUnreadable(_)
            | Error::RehearsalBusy
            | Error::RehearsalTooLarge { .. }
            | Error::RehearsalTooLong { .. }
            | Error::RulesUnsaid { .. }
            | Error::RulesMoved { .. }) => refusal::of_rules(error),
        }
    }
}

fn of_misfit(misfit: Misfit) -> Problem {
    let (field, chinese) = match misfit {
        Misfit::AsksForValue => ("value", "该指标为数值指标：请填 value"),
        Misfit::AsksForGrade => ("grade", "该指标为定性指标：请填 grade（met、partly_met 或 not_met）"),
        Misfit::AsksForDoneOn => ("done_on", "该指标为时限指标：请填 done_on"),
        Misfit::OutOfRange => ("value", "数值超出范围"),
        Misfit::DoneInFuture => ("done_on", "完成日期不能晚于今天"),
    };
    Problem::invalid(field, chinese, misfit.to_string())
}

fn of_posting(error: &PostingError) -> Problem {
    let english = error.to_string();
    match error {
        PostingError::AmountNotPositive => {
            Problem::invalid("amount_yuan", "金额必须大于零；退款请用 kind=refund", english)
        }
        PostingError::OutsideYear { paid_on, year } => {
            Problem::invalid("paid_on", format!("{paid_on} 不在 {year} 预算年度内"), english)
        }
        PostingError::InFuture { paid_on, today } => {
            Problem::invalid("paid_on", format!("{paid_on} 尚未到来，今天是 {today}"), english)
        }
        PostingError::BeforeOriginal(day) => {
            Problem::invalid("paid_on", format!("冲销日期不得早于原支出日期（{day}）"), english)
        }
        PostingError::ReversalOfReversal => Problem::new(CONFLICT, "冲销不能再被冲销，请重新登记支出", english),
        PostingError::Money(_) => Problem::invalid("amount_yuan", "金额超出可记录的范围", english),
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Problem {
        match error {
            StorageError::Unavailable(_) => {
                tracing::warn!(%error, "the database cannot serve now");
                Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
            }
            StorageError::Full(_) => {
                tracing::error!(%error, "nothing can be written");
                Problem::new(STORAGE_FULL, STORAGE_FULL.chinese, "nothing was written: the storage is full")
            }
            StorageError::Conflict(_) => {
                tracing::warn!(%error, "another record stood in the way");
                Problem::of_status(StatusCode::CONFLICT)
            }
            StorageError::Money(error) => {
                Problem::invalid("amount_yuan", "累计金额超出可记录的范围", error.to_string())
            }
            StorageError::Corrupt(_) | StorageError::Database(_) | StorageError::Panicked => {
                tracing::error!(%error, "the database failed");
                Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_speaks_both_languages_under_a_code_of_its_own() {
        let codes: BTreeSet<&str> = ALL_KINDS.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), ALL_KINDS.len(), "a code stands twice");
        for kind in ALL_KINDS {
            let problem = Problem::new(*kind, kind.chinese, kind.english);
            let said = |language, member: &str| problem.document(language, "")[member].as_str().unwrap().to_owned();
            for member in ["title", "detail"] {
                let (english, chinese) = (said(Language::English, member), said(Language::Chinese, member));
                assert!(english.is_ascii() && english.contains(' '), "{}: {english}", kind.code);
                assert!(
                    chinese.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign)),
                    "{}: {chinese}",
                    kind.code
                );
            }
            assert!((400..600).contains(&kind.status), "{}", kind.code);
            assert!(kind.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", kind.code);
        }
    }
}
