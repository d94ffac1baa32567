//! Refusals of plans and of commitments, as problems.

use super::problem::{
    ALREADY_RELEASED, CONFLICT, FieldError, PLAN_CHANGED, PRECONDITION_REQUIRED, PROJECT_EXISTS, Problem,
    RULES_CHANGED, plan_tag, rules_tag,
};
use crate::actions::Error;
use crate::domain::commitment::CommitmentError;
use crate::domain::language::Language;

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
