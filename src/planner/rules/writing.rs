//! How a verdict is written down.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::There;
use crate::{
    domain::{
        data_set::DataSet,
        finding::{Blocks, Evidence, Finding, Outcome, Owner, RuleCode, Severity},
        hazard::Hazard,
        plan::document::Destination,
        text::Text,
    },
    planner::exposure::{HazardExposure, WhyUnknown, citation},
};

/// What a failing rule says.
pub(crate) struct Says {
    /// To staff.
    pub staff: Text,
    /// To families: warm and plain, no codes, nothing about other users.
    pub family: Text,
    /// What the owner does next; both read it.
    pub next: Text,
}

/// A verdict being written.
#[derive(Debug, Clone)]
pub(crate) struct About {
    rule: RuleCode,
    severity: Severity,
    blocks: Option<Blocks>,
    hazard: Option<Hazard>,
    site: Option<String>,
    /// The place for people.
    label: Option<Text>,
    staff_only: bool,
    evidence: Evidence,
}

/// Begins a verdict. A blocker stops approval unless it says otherwise.
pub(crate) fn about(rule: RuleCode, severity: Severity) -> About {
    About {
        rule,
        severity,
        blocks: (severity == Severity::Blocker).then_some(Blocks::Approval),
        hazard: None,
        site: None,
        label: None,
        staff_only: false,
        evidence: Evidence::new(),
    }
}

/// The name of a destination for people, in both languages where it has none
/// of its own.
pub(crate) fn label_of(destination: &Destination) -> Text {
    super::given(destination.name.as_deref())
        .or_else(|| super::given(destination.site.as_deref()))
        .map_or_else(
            || destination.kind.name(),
            |name| Text::new(name.to_owned(), name.to_owned()),
        )
}

impl About {
    pub fn sharing_only(mut self) -> Self {
        self.blocks = Some(Blocks::Sharing);
        self
    }

    pub fn staff_only(mut self) -> Self {
        self.staff_only = true;
        self
    }

    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self.blocks = (severity == Severity::Blocker).then_some(Blocks::Approval);
        self
    }

    pub fn hazard(mut self, hazard: Hazard) -> Self {
        self.hazard = Some(hazard);
        self
    }

    pub fn at(mut self, there: There<'_>) -> Self {
        let label = match &there.facts.site {
            Some(site) => {
                let name = &site.published.name;
                Text::new(name.clone(), name.clone())
            }
            None => label_of(there.destination),
        };
        let reference = super::given(there.destination.site.as_deref());
        self.site = Some(reference.map_or_else(|| label.ja.to_string(), str::to_owned));
        self.label = Some(label);
        self
    }

    pub fn with(mut self, key: &'static str, value: impl Serialize) -> Self {
        self.evidence = self.evidence.with(key, value);
        self
    }

    pub fn with_some(mut self, key: &'static str, value: Option<impl Serialize>) -> Self {
        self.evidence = self.evidence.with_some(key, value);
        self
    }

    /// Cites the data sets behind a verdict: one as `data_set`, several as
    /// `data_sets`.
    pub fn citing(self, sets: &[Arc<DataSet>]) -> Self {
        match sets {
            [] => self,
            [one] => self.with("data_set", citation(one)),
            several => {
                let cited: Vec<Value> = several.iter().map(|set| citation(set)).collect();
                self.with("data_sets", cited)
            }
        }
    }

    /// Cites the list that the site stands in.
    pub fn citing_list(self, there: There<'_>) -> Self {
        match &there.facts.site {
            Some(site) => self.with("list", &site.source),
            None => self,
        }
    }

    /// What the map says at the home.
    pub fn home(self, exposure: &HazardExposure) -> Self {
        let zone = exposure.zone();
        self.with_some("home_zone", zone.map(|zone| zone.class))
            .with_some("home_zone_name", zone.and_then(|zone| zone.name.as_ref()))
            .citing(exposure.data_sets())
    }

    /// It fires. A verdict about a place begins with the place's name, in every
    /// sentence.
    pub fn fails(self, owner: Owner, says: Says) -> Finding {
        let says = match &self.label {
            Some(label) => {
                let name = |text: Text| say!("{}：{}", "{}: {}"; label, text);
                Says {
                    staff: name(says.staff),
                    family: name(says.family),
                    next: name(says.next),
                }
            }
            None => says,
        };
        self.finding(Outcome::Fails, owner, says)
    }

    /// It was looked at and holds; `sentence` is read by staff and families.
    pub fn holds(self, sentence: Text) -> Finding {
        let says = Says {
            staff: sentence.clone(),
            family: sentence,
            next: Text::fixed("今することはありません。", "Nothing to do now."),
        };
        self.finding(Outcome::Holds, Owner::Municipality, says)
    }

    /// Something it needs is unknown: what, who can answer, and how.
    pub fn unknown(self, owner: Owner, missing: &Text, next: Text) -> Finding {
        let subject = self.subject();
        let title = self.rule.title();
        let says = Says {
            staff: say!(
                "{}「{}」を確かめられません。分からないこと：{}。",
                "{}cannot judge \"{}\". Not known: {}.";
                subject, title, missing
            ),
            family: say!(
                "{}まだ分からないことがあります：{}。一緒に確かめましょう。",
                "{}something is not known yet: {}. Let us find out together.";
                subject, missing
            ),
            next,
        };
        self.with("missing", missing)
            .finding(Outcome::Unknown, owner, says)
    }

    /// What it needs stands on the paper, but could not be read.
    pub fn unread(self, title: &Text) -> Finding {
        let missing = say!(
            "{}（紙にはあるが読めない）",
            "{} (on the paper, but unread)";
            title
        );
        let next = say!(
            "元の計画書の「{}」を読み直し、読めなければご家族に電話して聞く。",
            "Read the original paper again ({}); if it cannot be read, telephone the family.";
            title
        );
        self.unknown(Owner::Municipality, &missing, next)
    }

    /// The rule cannot judge because of the home's (or a place's) exposure.
    pub fn unknown_exposure(self, why: WhyUnknown) -> Finding {
        self.unknown(why.owner(), &why.missing(), why.next_step())
    }

    /// It would fire if the hazard hit the home for sure: unknown where that is
    /// unknown, else it fires.
    pub fn fails_if_hit(self, home: &HazardExposure, owner: Owner, says: Says) -> Finding {
        match home {
            HazardExposure::Unknown { why, .. } => {
                let missing = say!(
                    "自宅が危険な区域に入るか。それには{}が要ります",
                    "whether the home is in danger, which takes {}";
                    why.missing()
                );
                let next = why.next_step();
                self.unknown(why.owner(), &missing, next)
            }
            _ => self.fails(owner, says),
        }
    }

    /// `洪水・○○小学校：`, as far as the verdict is about either.
    fn subject(&self) -> Text {
        match (self.hazard.map(Hazard::name), &self.label) {
            (Some(hazard), Some(label)) => say!("{}・{}：", "{}, {}: "; hazard, label),
            (Some(one), None) => say!("{}：", "{}: "; one),
            (None, Some(one)) => say!("{}：", "{}: "; one),
            (None, None) => Text::fixed("", ""),
        }
    }

    fn finding(self, outcome: Outcome, owner: Owner, says: Says) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.severity,
            blocks: self.blocks,
            outcome,
            hazard: self.hazard,
            site: self.site,
            evidence: self.evidence,
            owner,
            next_step: says.next,
            message: says.staff,
            message_family: says.family,
            staff_only: self.staff_only,
            overridden: None,
        }
    }
}
