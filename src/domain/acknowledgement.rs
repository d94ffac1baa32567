//! What a person says about an alert, in the columns of the official monitoring form (绩效运行监控表): causes of five
//! kinds (偏差原因分析), an explanation (原因说明), and how likely the goal still is (完成目标可能性).

/// The causes, each in a few words; at least one is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// 经费保障: money that came late, or not.
    pub funding: Option<String>,
    /// 制度保障: rules and procedures.
    pub institution: Option<String>,
    /// 人员保障: people.
    pub personnel: Option<String>,
    /// 硬件条件保障: sites and equipment.
    pub hardware: Option<String>,
    /// 其他: anything else.
    pub other: Option<String>,
}

impl Causes {
    /// The causes named, in the form's order, each with its name in the API.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("funding", &self.funding),
            ("institution", &self.institution),
            ("personnel", &self.personnel),
            ("hardware", &self.hardware),
            ("other", &self.other),
        ];
        all.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?))).collect()
    }
}

/// 完成目标可能性: whether the year's goal will still be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likelihood {
    /// 确定能.
    Certain,
    /// 有可能.
    Possible,
    /// 完全不可能.
    Impossible,
}

/// Every likelihood.
pub const ALL_LIKELIHOODS: [Likelihood; 3] = [Likelihood::Certain, Likelihood::Possible, Likelihood::Impossible];

impl Likelihood {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Likelihood::Certain => "certain",
            Likelihood::Possible => "possible",
            Likelihood::Impossible => "impossible",
        }
    }

    /// The likelihood of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Likelihood> {
        ALL_LIKELIHOODS.into_iter().find(|likelihood| likelihood.name() == name)
    }
}

/// A person's answer to an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What it comes from.
    pub causes: Causes,
    /// 原因说明.
    pub explanation: String,
    /// 完成目标可能性.
    pub likelihood: Likelihood,
}
