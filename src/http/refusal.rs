//! Refusals of plans, of commitments, and of those who keep house and answer for alerts, as problems.

use super::problem::{
    ALERT_CLOSED, ALREADY_RELEASED, CONFLICT, FieldError, LETTER_NOT_STUCK, LETTER_NOT_WAITING, MEASURE_DONE,
    OWN_TOKEN, PLAN_CHANGED, PRECONDITION_REQUIRED, PROJECT_EXISTS, Problem, RULES_CHANGED, UNAVAILABLE, UNIT_EXISTS,
    plan_tag, rules_tag,
};
use crate::actions::{Error, chain_words};
use crate::domain::commitment::CommitmentError;
use crate::domain::language::Language;
use actix_web::http::StatusCode;
use serde_json::json;

/// Why a project or a version of its plan was refused; of any other error, what it is otherwise.
pub fn of_plan(error: Error) -> Problem {
    let english = error.to_string();
    match error {
        Error::ProjectExists(code) => {
            Problem::new(PROJECT_EXISTS, format!("项目 {code} 在该年度已登记，请修订其计划"), english)
        }
        Error::UnitUnknown(unit) => Problem::invalid("unit", format!("没有预算单位 {unit}，请先登记"), english),
        Error::ProposalRefused(doubts) => Problem::invalid_fields(
            doubts
                .iter()
                .filter(|doubt| doubt.refuses())
                .map(|doubt| FieldError {
                    field: doubt.field.clone(),
                    chinese: doubt.says(Language::Chinese),
                    english: doubt.says(Language::English),
                })
                .collect(),
        ),
        Error::RevisesUnsaid { latest } => {
            let chinese = "请在 If-Match 头中写明所修订计划的 ETag";
            Problem::new(PRECONDITION_REQUIRED, chinese, english).with_tag(&plan_tag(latest))
        }
        Error::PlanChanged { latest } => {
            let chinese = format!("计划已有第 {latest} 版，请读取后再修订");
            Problem::new(PLAN_CHANGED, chinese, english).with_tag(&plan_tag(latest))
        }
        error => Problem::from(error),
    }
}

/// Why a rule set was refused; of any other error, what it is otherwise.
pub fn of_rules(error: Error) -> Problem {
    let english = error.to_string();
    match error {
        Error::RulesUnreadable(faults) => Problem::invalid_fields(
            faults
                .by_key()
                .map(|(field, fault)| FieldError {
                    field: field.to_owned(),
                    chinese: format!("规则文件此处有误：{fault}"),
                    english: fault.to_owned(),
                })
                .collect(),
        ),
        Error::RulesChanged { version } => Problem::invalid(
            "version",
            format!("第 {version} 版规则已登记且内容不同，请为修改后的规则递增版本号"),
            english,
        ),
        Error::RulesOutdated { version, latest } => Problem::invalid(
            "version",
            format!("第 {version} 版规则不高于已登记的第 {latest} 版；要恢复旧规则，请给它新的版本号"),
            english,
        ),
        Error::RulesTooEarly { before } => {
            Problem::invalid("effective_on", format!("规则的生效日期不得早于上一版（{before}）"), english)
        }
        Error::RehearsalBusy => Problem::new(UNAVAILABLE, "另一次规则试演正在进行，请稍后再试", english),
        Error::RehearsalTooLarge { projects, days, most } => Problem::invalid(
            "from",
            format!("{projects} 个项目 × {days} 天超过一次试演的上限 {most}，请缩短日期范围"),
            english,
        ),
        Error::RehearsalTooLong { most } => {
            Problem::invalid("year", format!("该年度的支出记录超过一次试演的上限 {most} 条"), english)
        }
        Error::RulesUnsaid { in_force, latest } => {
            let chinese = "请在 If-Match 头中写明所读规则的 ETag";
            Problem::new(PRECONDITION_REQUIRED, chinese, english).with_tag(&rules_tag(in_force, latest))
        }
        Error::RulesMoved { in_force, latest } => {
            let chinese = format!("规则已有第 {latest} 版，请读取后再登记");
            Problem::new(RULES_CHANGED, chinese, english).with_tag(&rules_tag(in_force, latest))
        }
        error => Problem::from(error),
    }
}

/// Why a commitment or its release was refused.
pub fn of_commitment(error: &CommitmentError) -> Problem {
    let english = error.to_string();
    match error {
        CommitmentError::AmountNotPositive => Problem::invalid("amount_yuan", "金额必须大于零", english),
        CommitmentError::OutsideYear { field, day, year } => {
            Problem::invalid(field, format!("{day} 不在 {year} 预算年度内"), english)
        }
        CommitmentError::InFuture { field, day, today } => {
            Problem::invalid(field, format!("{day} 尚未到来，今天是 {today}"), english)
        }
        CommitmentError::ContractOfContract => Problem::invalid("contract", "只有支付申请可以指明所属合同", english),
        CommitmentError::NoSuchContract => Problem::invalid("contract", "该项目没有这份合同，或合同已解除", english),
        CommitmentError::BeforeOriginal(day) => {
            Problem::invalid("released_on", format!("解除日期不得早于原登记日期（{day}）"), english)
        }
        CommitmentError::ReleaseOfRelease => Problem::new(CONFLICT, "解除记录不能再被解除，请重新登记", english),
        CommitmentError::NothingLeft => Problem::new(ALREADY_RELEASED, ALREADY_RELEASED.chinese, english),
        CommitmentError::MoreThanLeft { left } => {
            Problem::invalid("amount_yuan", format!("未解除的金额只有 {} 元", left.yuan()), english)
        }
        CommitmentError::Money(_) => Problem::invalid("amount_yuan", "金额超出可记录的范围", english),
    }
}

/// Refusals of those who keep house and answer for alerts.
pub fn of_house(error: &Error, english: String) -> Problem {
    match error {
        Error::AlertClosed { state } => {
            let mut problem = Problem::new(ALERT_CLOSED, "该预警已关闭，不能再确认或解除", english);
            problem.more.push(("state", json!(state.name())));
            problem
        }
        Error::MeasureDone => Problem::new(MEASURE_DONE, "该措施已登记完成", english),
        Error::DayUnfit { field, from, to, .. } => {
            Problem::invalid(field, format!("日期须在 {from} 至 {to} 之间"), english)
        }
        Error::UnitExists(code) => Problem::new(UNIT_EXISTS, format!("预算单位 {code} 已登记"), english),
        Error::UnknownParent(parent) => {
            Problem::invalid("parent", format!("上级单位 {parent} 尚未登记，请先登记上级单位"), english)
        }
        Error::UnitRing(chain) => {
            let chinese = format!("单位不能成为自己的上级：{}", chain_words(chain));
            Problem::invalid("parent", chinese, english)
        }
        Error::TokenWithoutUnits(_) => Problem::invalid("units", "除 admin 外须至少指定一个预算单位", english),
        Error::OwnToken => Problem::new(OWN_TOKEN, "这是当前请求使用的令牌：请用另一令牌撤销，或在命令行撤销", english),
        Error::LetterNotWaiting { state, in_hand } => {
            let mut problem =
                Problem::new(LETTER_NOT_WAITING, "信件正在发送、已送达、已放弃或已撤回，不能再撤回", english);
            problem.more.push(("state", json!(state.name())));
            problem.more.push(("in_hand", json!(in_hand)));
            problem
        }
        Error::LetterNotStuck { state, in_hand } => {
            let mut problem = Problem::new(LETTER_NOT_STUCK, "信件已在队列中、正在发送或已送达，无须重发", english);
            problem.more.push(("state", json!(state.name())));
            problem.more.push(("in_hand", json!(in_hand)));
            problem
        }
        _ => Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
