//! Where the plan of a child is stuck: whose move it is, since when, and what a
//! municipality has answered, with the sentence of the law to answer with.

use chrono::{Months, NaiveDate};

use super::duty::Mover;
use crate::domain::{child::PlanStep, text::Text};

coded! {
    /// What a municipality has answered when it was asked for a plan.
    MunicipalAnswer {
        /// It counts the child as nobody for its roster.
        NotOnRoster = "not_on_roster", "名簿の対象外と言われた", "says that the child is not for its roster";
        /// It asks for a handbook of disability.
        NoHandbook = "no_handbook", "障害者手帳がないと言われた", "asks for a handbook of disability";
        /// It has others first, or no capacity.
        NotYet = "not_yet", "今年度は作れない・順番待ちと言われた", "says: not this year, others come first";
        /// It has no form or nobody in charge.
        NoForm = "no_form", "申請書や担当がないと言われた", "has no form, or nobody in charge";
        /// It wants the family to find supporters first.
        FindSupporters = "find_supporters", "支援者を先に見つけるよう言われた", "wants the family to find supporters first";
        /// It has begun.
        Begun = "begun", "受け付けた・作り始めた", "has taken it and begun";
        /// Something else.
        Other = "other", "その他（言葉で記録）", "something else (in words)";
    }
}

coded! {
    /// How an answer came.
    AnswerWay {
        /// By telephone.
        Telephone = "telephone", "電話", "telephone";
        /// By letter or mail.
        Letter = "letter", "文書・メール", "letter";
        /// At the counter.
        Counter = "counter", "窓口・面談", "at the counter";
    }
}

/// What to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What to say.
    pub say: Text,
    /// The words of the law, in Japanese.
    pub law: &'static str,
    /// Where they stand.
    pub source: Text,
}

/// 災害対策基本法 第49条の10第1項 (昭和36年法律第223号; the section is of 2013).
const ROSTER: &str = "市町村長は、当該市町村に居住する要配慮者のうち、災害が発生し、又は災害が発生するおそれがある場合に自ら避難することが困難な者であつて、その円滑かつ迅速な避難の確保を図るため特に支援を要するもの（中略）の把握に努めるとともに、（中略）名簿（中略）を作成しておかなければならない。";
/// 災害対策基本法 第8条第2項第15号.
const CARE: &str = "高齢者、障害者、乳幼児その他の特に配慮を要する者（以下「要配慮者」という。）";
/// 災害対策基本法 第49条の14第1項 (since 2021-05-20).
const PLAN: &str = "市町村長は、（中略）名簿情報に係る避難行動要支援者ごとに、（中略）個別避難計画（中略）を作成するよう努めなければならない。";

impl MunicipalAnswer {
    /// What to answer with, where the law says something to it.
    pub const fn reply(self) -> Option<Reply> {
        Some(match self {
            Self::NotOnRoster => Reply {
                say: Text::fixed(
                    "名簿に載るかどうかは「自ら避難することが困難で、特に支援を要するか」で決まります。人工呼吸器を使うお子さんは当てはまります。市町村の地域防災計画にある「その他、支援が必要な人」の枠で、本人（ご家族）の希望として載せるよう頼んでください。",
                    "Who belongs on the roster is whoever cannot evacuate alone and needs particular support, as a child on a ventilator does. Ask for the entry by the family's wish under \"others who need support\" of the regional disaster plan.",
                ),
                law: ROSTER,
                source: Text::fixed(
                    "災害対策基本法 第49条の10第1項",
                    "Basic Act on Disaster Management, Art. 49-10 (1)",
                ),
            },
            Self::NoHandbook => Reply {
                say: Text::fixed(
                    "法律は手帳を条件にしていません。乳幼児も要配慮者です。NICUから帰ったばかりで手帳がまだないことは、よくあります。",
                    "The law asks for no handbook: infants are named. Children who have just come home from a NICU often have none yet.",
                ),
                law: CARE,
                source: Text::fixed(
                    "災害対策基本法 第8条第2項第15号",
                    "Basic Act on Disaster Management, Art. 8 (2) xv",
                ),
            },
            Self::NotYet => Reply {
                say: Text::fixed(
                    "計画の作成は努力義務で、順番があります。呼吸器のお子さんを優先するよう頼み、いつ始まるかを日付で聞いてください。ご家族と支援者が書いた計画を渡して、個別避難計画として扱ってもらう方法もあります。",
                    "To make the plan is a duty to make an effort, and there is an order. Ask that a child on a ventilator comes first, and for a date; or hand over a plan that the family has written, to be taken as the individual plan.",
                ),
                law: PLAN,
                source: Text::fixed(
                    "災害対策基本法 第49条の14第1項",
                    "Basic Act on Disaster Management, Art. 49-14 (1)",
                ),
            },
            Self::NoForm | Self::FindSupporters => Reply {
                say: Text::fixed(
                    "作るのは市町村です。決まった様式や、決まった支援者がいなくても、申し込んだ日を記録してもらい、だれが担当になるかを聞いてください。貸与の条件は「申請」で満たされます。",
                    "It is the municipality that makes the plan. Even without a form or supporters, have the day of the application noted and ask who will be in charge. The condition of the loan is met by applying.",
                ),
                law: PLAN,
                source: Text::fixed(
                    "災害対策基本法 第49条の14第1項",
                    "Basic Act on Disaster Management, Art. 49-14 (1)",
                ),
            },
            Self::Begun | Self::Other => return None,
        })
    }
}

/// So many months without an application, or without an answer to one, and the
/// centre asks: half of what the family has to apply (the loan's condition, 6
/// months), a quarter of the year that a first plan takes in practice.
pub const ASK_MONTHS: u32 = 3;

/// Where the plan of a child waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standstill {
    /// The step; `None`: nobody has said.
    pub step: Option<PlanStep>,
    /// Whose move it is.
    pub mover: Mover,
    /// Since when; `None`: not known.
    pub since: Option<NaiveDate>,
}

impl Standstill {
    /// Of a child without a plan: the step on record, and when the family applied.
    /// An application that is on record comes before a step from before it.
    pub fn of(
        step: Option<PlanStep>,
        since: Option<NaiveDate>,
        applied_on: Option<NaiveDate>,
    ) -> Self {
        let before = matches!(
            step,
            None | Some(PlanStep::NotStarted | PlanStep::BeforeApplication)
        );
        let (step, since) = match applied_on {
            Some(day) if before => (Some(PlanStep::Applied), Some(day)),
            _ => (step, since),
        };
        let mover = match step {
            Some(PlanStep::BeforeApplication | PlanStep::WaitingForFamily) | None => Mover::Family,
            Some(PlanStep::NotStarted | PlanStep::Applied | PlanStep::Drafting) => {
                Mover::Municipality
            }
            Some(PlanStep::Declined) => Mover::Centre,
        };
        Self { step, mover, since }
    }

    /// Whether it is time to ask: three months without a step. Not knowing since
    /// when is a reason to ask, too.
    pub fn wants_asking(&self, today: NaiveDate) -> bool {
        self.since.is_none_or(|since| {
            since
                .checked_add_months(Months::new(ASK_MONTHS))
                .is_some_and(|day| day <= today)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_application_on_record_moves_the_wait_to_the_municipality() {
        let before = Some(PlanStep::BeforeApplication);
        let stands = Standstill::of(before, Some(day("2026-04-01")), None);
        assert_eq!(stands.mover, Mover::Family);
        let applied = Standstill::of(before, Some(day("2026-04-01")), Some(day("2026-08-01")));
        assert_eq!(applied.mover, Mover::Municipality);
        assert_eq!(applied.since, Some(day("2026-08-01")));
        // A later step stays what it is.
        let family = Some(PlanStep::WaitingForFamily);
        let later = Standstill::of(family, Some(day("2026-10-01")), Some(day("2026-08-01")));
        assert_eq!((later.mover, later.step), (Mover::Family, family));
    }

    #[test]
    fn the_centre_asks_after_three_months_or_when_nobody_knows() {
        let since = |since| Standstill::of(None, since, None);
        let today = day("2026-11-21");
        assert!(since(None).wants_asking(today));
        assert!(since(Some(day("2026-08-21"))).wants_asking(today));
        assert!(!since(Some(day("2026-08-22"))).wants_asking(today));
    }

    #[test]
    fn a_refusal_is_answered_with_the_law_and_its_article() {
        let reply = MunicipalAnswer::NotOnRoster.reply().unwrap();
        assert!(reply.law.contains("自ら避難することが困難な者"));
        assert!(reply.source.ja.contains("第49条の10"));
        for answer in MunicipalAnswer::ALL {
            let open = matches!(answer, MunicipalAnswer::Begun | MunicipalAnswer::Other);
            assert_eq!(answer.reply().is_none(), open, "{answer:?}");
        }
    }
}
