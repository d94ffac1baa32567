//! The field's words for our names, in Chinese and in English: one word per concept, kept in one place.

use crate::domain::acknowledgement::{Acknowledgement, Likelihood};
use crate::domain::alert::Change;
use crate::domain::contact::ContactRole;
use crate::domain::language::Language;
use crate::domain::measure::Disposition;
use crate::domain::reading::Grade;
use crate::domain::rule::{Rule, Severity};
use crate::domain::verdict::{Achievement, Standing};

/// Where a project's spending stands.
#[must_use]
pub fn standing(standing: Standing, language: Language) -> &'static str {
    let (chinese, english) = match standing {
        Standing::Overspent => ("超预算", "over budget"),
        Standing::NotDue => ("未到节点", "not due"),
        Standing::Ahead => ("超前", "ahead"),
        Standing::OnPlan => ("正常", "on plan"),
        Standing::Behind => ("滞后", "behind"),
        Standing::NoPlan => ("无计划", "no plan"),
    };
    language.pick(chinese, english)
}

/// How grave a verdict is.
#[must_use]
pub fn severity(severity: Severity, language: Language) -> &'static str {
    let (chinese, english) = match severity {
        Severity::Notice => ("提示", "notice"),
        Severity::Warning => ("预警", "warning"),
        Severity::Critical => ("严重", "critical"),
    };
    language.pick(chinese, english)
}

/// A standing with its severity, as tables show it: `滞后（严重）`.
#[must_use]
pub fn graded_standing(of: Standing, grave: Option<Severity>, language: Language) -> String {
    let word = standing(of, language);
    match (grave, language) {
        (None, _) => word.to_owned(),
        (Some(grave), Language::Chinese) => format!("{word}（{}）", severity(grave, language)),
        (Some(grave), Language::English) => format!("{word} ({})", severity(grave, language)),
    }
}

/// Where an indicator stands.
#[must_use]
pub fn achievement(achievement: Achievement, language: Language) -> &'static str {
    let (chinese, english) = match achievement {
        Achievement::Met => ("已达标", "met"),
        Achievement::OnTrack => ("进展正常", "on track"),
        Achievement::Behind => ("进度滞后", "behind"),
        Achievement::Breached => ("未达标", "not met"),
        Achievement::Overdue => ("逾期", "overdue"),
        Achievement::NotDue => ("未到期", "not due"),
        Achievement::NothingYet => ("尚未发生", "nothing yet"),
        Achievement::NoData => ("暂无数据", "no data"),
    };
    language.pick(chinese, english)
}

/// What happened to an alert.
#[must_use]
pub fn change(change: Change, language: Language) -> &'static str {
    let (chinese, english) = match change {
        Change::Raised => ("新增", "new"),
        Change::Reopened => ("再次出现", "back again"),
        Change::Worsened => ("加重", "worse"),
        Change::Eased => ("减轻", "eased"),
        Change::Resolved => ("已恢复正常", "resolved"),
        Change::Superseded => ("已转入新节点", "superseded"),
        Change::Acknowledged => ("已确认原因", "acknowledged"),
        Change::MeasureSet => ("已定整改措施", "measure set"),
        Change::MeasureDone => ("整改措施已完成", "measure carried out"),
        Change::MeasureOverdue => ("整改措施逾期", "measure overdue"),
        Change::Waived => ("暂不预警", "set aside"),
        Change::WaiverEnding => ("暂不预警即将到期", "waiver ending"),
        Change::WaiverEnded => ("暂不预警已到期", "waiver over"),
        Change::Disposed => ("已定处置意见", "disposition decided"),
        Change::Reminded => ("提醒", "reminder"),
        Change::Escalated => ("逾期未答复", "escalated"),
    };
    language.pick(chinese, english)
}

/// What a rule is about.
#[must_use]
pub fn rule(rule: Rule, language: Language) -> &'static str {
    let (chinese, english) = match rule {
        Rule::BehindPlanPoint => ("支出滞后", "spending behind plan"),
        Rule::OverBudget => ("支出超预算", "spending over budget"),
        Rule::FarAhead => ("支出超前", "spending far ahead of plan"),
        Rule::IndicatorBehind => ("绩效指标进度滞后", "indicator behind"),
        Rule::IndicatorBreached => ("绩效指标未达标", "indicator not met"),
        Rule::IndicatorOverdue => ("绩效指标逾期", "indicator overdue"),
        Rule::BehindTime => ("支出偏离序时进度", "spending off the year's pace"),
        Rule::BehindCurve => ("支出进度未达规定比例", "spending below the curve"),
        Rule::WorkGap => ("工作进度与支出进度不匹配", "work and spending far apart"),
        Rule::RecurringMissed => ("按月事项逾期", "recurring deadline missed"),
        Rule::FiguresStale => ("久未入账", "no postings for long"),
        Rule::FiguresMissing => ("监测数据未报", "figures missing"),
        Rule::PlanPointComing => ("支出计划节点临近", "plan point coming"),
    };
    language.pick(chinese, english)
}

/// The same in a cell beside figures, where the rule's own word would be too long.
#[must_use]
pub fn rule_briefly(of: Rule, language: Language) -> &'static str {
    let (chinese, english) = match of {
        Rule::BehindPlanPoint => return standing(Standing::Behind, language),
        Rule::OverBudget => return standing(Standing::Overspent, language),
        Rule::FarAhead => return standing(Standing::Ahead, language),
        Rule::BehindTime => ("偏离序时", "off pace"),
        Rule::BehindCurve => ("未达比例", "below curve"),
        Rule::WorkGap => ("工作不符", "work gap"),
        other => return rule(other, language),
    };
    language.pick(chinese, english)
}

/// As what a person is told.
#[must_use]
pub fn role(role: ContactRole, language: Language) -> &'static str {
    let (chinese, english) = match role {
        ContactRole::Officer => ("项目负责人", "project officer"),
        ContactRole::Head => ("单位负责人", "head of unit"),
        ContactRole::Leader => ("局领导", "bureau leader"),
    };
    language.pick(chinese, english)
}

/// A person's judgement of a qualitative target.
#[must_use]
pub fn grade(grade: Grade, language: Language) -> &'static str {
    let (chinese, english) = match grade {
        Grade::Met => ("达成", "met"),
        Grade::PartlyMet => ("部分达成", "partly met"),
        Grade::NotMet => ("未达成", "not met"),
    };
    language.pick(chinese, english)
}

/// What was decided after a grave deviation.
#[must_use]
pub fn disposition(disposition: Disposition, language: Language) -> &'static str {
    let (chinese, english) = match disposition {
        Disposition::Continue => ("继续执行", "continue"),
        Disposition::Adjust => ("调整目标", "adjust the target"),
        Disposition::Cut => ("调减预算", "cut the budget"),
        Disposition::Suspend => ("暂缓拨付", "suspend payment"),
        Disposition::Recover => ("收回资金", "recover the money"),
    };
    language.pick(chinese, english)
}

/// A kind of cause on the monitoring form, by its name in the API.
#[must_use]
pub fn cause(name: &str, language: Language) -> &str {
    let chinese = match name {
        "funding" => "经费保障",
        "institution" => "制度保障",
        "personnel" => "人员保障",
        "hardware" => "硬件条件保障",
        _ => "其他",
    };
    language.pick(chinese, name)
}

/// How likely a goal still is.
#[must_use]
pub fn likelihood(likelihood: Likelihood, language: Language) -> &'static str {
    let (chinese, english) = match likelihood {
        Likelihood::Certain => ("确定能", "certain"),
        Likelihood::Possible => ("有可能", "possible"),
        Likelihood::Impossible => ("完全不可能", "impossible"),
    };
    language.pick(chinese, english)
}

/// Signs with which a person may have ended a part of an answer.
const OWN_STOPS: [char; 7] = ['。', '；', '，', '.', ';', ',', ' '];

/// A person's answer to an alert, as one sentence after the form's columns.
#[must_use]
pub fn acknowledgement(answer: &Acknowledgement, language: Language) -> String {
    let (colon, stop) = (language.pick("：", ": "), language.pick("；", "; "));
    let named = answer.causes.named();
    let causes = named.iter().map(|(name, text)| format!("{}{colon}{text}", cause(name, language)));
    let rest = [
        format!("{}{colon}{}", language.pick("原因说明", "explanation"), answer.explanation),
        format!("{}{colon}{}", language.pick("完成目标可能性", "likelihood"), likelihood(answer.likelihood, language)),
    ];
    // A person's own full stop would stand before ours.
    let said = causes.chain(rest).map(|part| part.trim_end_matches(OWN_STOPS).to_owned());
    said.collect::<Vec<_>>().join(stop)
}
