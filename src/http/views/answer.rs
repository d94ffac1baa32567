//! What people said about an alert, as JSON.

use super::{Day, Instant, LikelihoodWord};
use crate::actions::acknowledge_alert::acknowledged;
use crate::actions::resolve_alert::resolved_by_hand;
use crate::actions::waive_alert::waived;
use crate::actions::watch::Event;
use crate::domain::acknowledgement;
use crate::domain::alert::Alert;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Causes of the monitoring form (偏差原因分析): at least one, each in a few words.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Causes {
    /// 经费保障.
    #[schema(max_length = 2000, example = "上级资金尚未下达")]
    pub funding: Option<String>,
    /// 制度保障.
    #[schema(max_length = 2000, example = "招标程序延长")]
    pub institution: Option<String>,
    /// 人员保障.
    #[schema(max_length = 2000, example = "项目负责人调离")]
    pub personnel: Option<String>,
    /// 硬件条件保障.
    #[schema(max_length = 2000, example = "施工场地未移交")]
    pub hardware: Option<String>,
    /// 其他.
    #[schema(max_length = 2000, example = "汛期停工")]
    pub other: Option<String>,
}

/// What a person said about an alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct Acknowledgement {
    /// Who.
    #[schema(example = "reviewer")]
    by: String,
    /// When.
    at: Instant,
    /// What it comes from.
    causes: Causes,
    /// 原因说明.
    #[schema(example = "上级资金 9 月下达，四季度集中支付。")]
    explanation: String,
    /// 完成目标可能性.
    likelihood: LikelihoodWord,
}

/// That a person closed an alert, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolution {
    /// Who.
    #[schema(example = "reviewer")]
    by: String,
    /// When.
    at: Instant,
    /// Why.
    #[schema(example = "已与财政部门确认调整支付计划")]
    reason: String,
}

/// That a person set an alert aside, until when and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waiver {
    /// Who.
    #[schema(example = "reviewer")]
    by: String,
    /// When.
    at: Instant,
    /// The last day on which it is set aside.
    until: Day,
    /// Why.
    #[schema(example = "中央资金9月下达，届时集中支付")]
    reason: String,
}

/// Who set the alert aside and why, while it is.
#[must_use]
pub fn waiver(alert: &Alert, events: &[Event]) -> Option<Waiver> {
    let until = alert.waiver?.until;
    let (event, reason) = waived(events)?;
    Some(Waiver { by: event.actor.clone(), at: Instant(event.at), until: Day(until), reason })
}

/// The acknowledgement that holds, of an alert's story: none since it was last opened gives none.
#[must_use]
pub fn acknowledgement(events: &[Event]) -> Option<Acknowledgement> {
    let (event, answer) = acknowledged(events)?;
    let acknowledgement::Causes { funding, institution, personnel, hardware, other } = answer.causes;
    Some(Acknowledgement {
        by: event.actor.clone(),
        at: Instant(event.at),
        causes: Causes { funding, institution, personnel, hardware, other },
        explanation: answer.explanation,
        likelihood: LikelihoodWord(answer.likelihood.name()),
    })
}

/// Who closed the alert and why, where a person did.
#[must_use]
pub fn resolution(events: &[Event]) -> Option<Resolution> {
    let (event, reason) = resolved_by_hand(events)?;
    Some(Resolution { by: event.actor.clone(), at: Instant(event.at), reason })
}
