//! Refusals of plans and of commitments, as problems.

use super::problem::{
    ALREADY_RELEASED, CONFLICT, FieldError, PLAN_CHANGED, PRECONDITION_REQUIRED, PROJECT_EXISTS, Problem,
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
            Problem::new(PRECONDITION_REQUIRED, chinese, english).with_tag(latest)
        }
        Error::PlanChanged { latest } => {
            let chinese = format!("计划已有第 {latest} 版，请读取后再修订");
            Problem::new(PLAN_CHANGED, chinese, english).with_tag(latest)
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
