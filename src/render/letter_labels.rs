//! The fixed words of a letter in its reader's language: headings, columns, labels. One pair of templates prints either.

use crate::domain::language::Language;

/// A letter's fixed words.
pub struct Labels {
    /// The `lang` of the HTML part.
    pub lang: &'static str,
    /// A class of the HTML part by which wide figures get more room on a phone.
    pub class: &'static str,
    /// Between the parts of the heading's line in the text part.
    pub between: &'static str,
    /// In what amounts are given, beside a section's title.
    pub unit: &'static str,
    /// Between a section's title and that, in the text part.
    pub before_unit: &'static str,
    /// Before what time brought.
    pub note: &'static str,
    /// Before why.
    pub reason: &'static str,
    /// Before what is asked.
    pub request: &'static str,
    /// Before an item's badge, where it stands on a line of its own.
    pub state: &'static str,
    /// Over what is asked of the reader as a whole.
    pub requests: &'static str,
    /// Over what the figures rest on.
    pub basis: &'static str,
    /// Who wrote.
    pub footer: &'static str,
    /// Around a section's title in the text part.
    pub brackets: (&'static str, &'static str),
    /// Over the columns of money: due, spent, gap, share of plan, standing.
    pub columns: [&'static str; 5],
    /// The same of a plan point to come.
    pub coming_columns: [&'static str; 5],
}

/// The fixed words in a language.
pub fn labels(language: Language) -> &'static Labels {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

static CHINESE: Labels = Labels {
    lang: "zh-CN",
    class: "zh",
    between: "　",
    unit: "单位：万元",
    before_unit: "",
    note: "进展：",
    reason: "情况：",
    request: "要求：",
    state: "状态：",
    requests: "请您办理",
    basis: "数据口径",
    footer: "本邮件由 Milepost 预算执行监控自动发出，请勿直接回复。",
    brackets: ("【", "】"),
    columns: ["应支出", "已支出", "差额", "完成计划率", "状态"],
    coming_columns: ["节点计划", "已支出", "尚未支出", "完成计划率", "提示"],
};

static ENGLISH: Labels = Labels {
    lang: "en",
    class: "en",
    between: "  ",
    unit: "in yuan",
    before_unit: " ",
    note: "Since:  ",
    reason: "Why:    ",
    request: "To do:  ",
    state: "Status: ",
    requests: "What you are asked to do",
    basis: "About the figures",
    footer: "Sent by Milepost, the watch over budget execution. Please do not reply to this address.",
    brackets: ("[", "]"),
    columns: ["Due", "Spent", "Gap", "% of plan", "Status"],
    coming_columns: ["Planned", "Spent", "Still unpaid", "% of plan", "Notice"],
};
