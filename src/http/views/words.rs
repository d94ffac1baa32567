//! The words of closed lists, as answers write them and requests are told them.

use serde::Serialize;
use utoipa::ToSchema;

/// Describes words of closed lists: `Name: "what it says", ["word", …];`. The first word is the example.
macro_rules! words {
    ($($name:ident: $about:literal, [$($word:literal),+ $(,)?];)*) => {
        $(
            #[doc = $about]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
            pub struct $name(pub &'static str);

            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                    let words: &[&'static str] = &[$($word),+];
                    utoipa::openapi::ObjectBuilder::new()
                        .schema_type(utoipa::openapi::schema::Type::String)
                        .description(Some($about))
                        .enum_values(Some(words.iter().copied()))
                        .examples(words.first().map(|word| serde_json::Value::from(*word)))
                        .into()
                }
            }

            impl ToSchema for $name {}
        )*
    };
}

words! {
    ContactRoleWord: "What a person answers for: an officer for projects, a head for a unit, a leader told by escalation.",
        ["officer", "head", "leader"];
    LanguageWord: "A language of letters.", ["zh", "en"];
    LetterStyleWord: "One letter a run with everything in it, or one for each alert.", ["digest", "single"];
    StandingWord: "Where a project stands against its plan.",
        ["behind", "on_plan", "ahead", "overspent", "not_due", "no_plan"];
    AchievementWord: "Where an indicator stands against its target.",
        ["met", "on_track", "behind", "breached", "overdue", "not_due", "nothing_yet", "no_data"];
    ForecastWord: "How the year's end was reckoned: a person's figure, spending as it went so far, or what the plan still asks.",
        ["run_rate", "manual", "remaining_plan"];
    UnsaidWord: "Why a forecast cannot be said.",
        ["not_given", "no_day_passed", "no_plan", "nothing_planned", "out_of_range"];
    SeverityWord: "How much it matters.", ["warning", "notice", "critical"];
    RuleWord: "The rule that spoke.",
        ["spending.behind_plan_point", "spending.over_budget", "spending.far_ahead", "indicator.behind",
         "indicator.breached", "indicator.overdue", "spending.behind_time", "spending.behind_curve", "balance.work_gap",
         "indicator.recurring_missed", "figures.stale", "figures.missing", "plan_point.coming"];
    AlertStateWord: "Where an alert is in its life.",
        ["open", "acknowledged", "handling", "waived", "resolved", "superseded"];
    ChangeWord: "What happened to an alert.",
        ["raised", "reopened", "worsened", "eased", "resolved", "superseded", "acknowledged", "measure_set", "measure_done",
         "measure_overdue", "waived", "waiver_ending", "waiver_ended", "disposed", "reminded", "escalated"];
    LikelihoodWord: "Whether the year's goal will still be met: 确定能, 有可能, 完全不可能.",
        ["possible", "certain", "impossible"];
    DispositionWord: "What was decided after a grave deviation: 继续执行, 调整目标, 调减预算, 暂缓拨付, 收回资金.",
        ["adjust", "continue", "cut", "suspend", "recover"];
    RoleWord: "What a token may do.", ["clerk", "reviewer", "auditor", "admin"];
    TokenStateWord: "Whether a token can be used.", ["good", "expired", "revoked"];
    CauseWord: "Who asked for a check.", ["schedule", "api", "cli", "demo"];
    LetterKindWord: "What a letter is: everything of one run, what a posting turned critical, one matter alone, the month.",
        ["digest", "immediate", "single", "monthly"];
    LetterStateWord: "Where a letter is.", ["queued", "retrying", "sent", "dead", "cancelled"];
    KindWord: "What kind of entry it is.", ["payment", "refund", "prior_year_refund", "reversal"];
    PostedKindWord: "What kind of entry can be posted; a reversal has its own operation.",
        ["payment", "refund", "prior_year_refund"];
    SourceWord: "Where the money comes from.", ["fiscal_own", "fiscal_upper", "other"];
    CommitmentKindWord: "What binds the money: a contract signed, or an amount applied for.", ["contract", "application"];
    BatchModeWord: "What a refused entry does to the others of its batch.", ["all_or_nothing", "each"];
    OutcomeWord: "What became of an entry of a batch; one that is fine was not recorded because of another.",
        ["recorded", "fine", "refused"];
    FindingSeverityWord: "Whether somebody should look, or the plan is refused.", ["warning", "error"];
    GradeWord: "What was judged of an indicator in words.", ["met", "partly_met", "not_met"];
    ComparatorWord: "How a target compares.", ["≥", ">", "=", "<", "≤"];
    TargetKindWord: "What kind of target it is.",
        ["bound", "stated", "deadline", "monthly_deadline", "qualitative"];
}
