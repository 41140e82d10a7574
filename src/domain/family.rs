//! What a family tells with one tap.

use super::duty::TaskKind;

coded! {
    /// What a family says on its page.
    AnswerKind {
        /// 停電中・家にいます
        AtHome = "at_home", "停電中・家にいます", "Power cut: we are at home";
        /// 避難しました
        Evacuated = "evacuated", "避難しました", "We have evacuated";
        /// 助けが要る
        NeedHelp = "need_help", "助けが要る", "We need help";
        /// It is over.
        AllWell = "all_well", "もう大丈夫です", "All is well again";
        /// 市町村に申請しました
        Applied = "applied", "市町村に申請しました", "We have applied to the municipality";
        /// 発電機を動かしました
        RanGenerator = "ran_generator", "発電機を動かしました", "We ran the generator";
        /// 燃料を入れ替えました
        RenewedFuel = "renewed_fuel", "燃料を入れ替えました", "We renewed the fuel";
        /// 引っ越します
        Moving = "moving", "引っ越します", "We are moving";
        /// 電話をください
        CallUs = "call_us", "電話をください", "Please telephone us";
    }
}

impl AnswerKind {
    /// Whether it says how the family is in an emergency.
    pub const fn of_emergency(self) -> bool {
        matches!(
            self,
            Self::AtHome | Self::Evacuated | Self::NeedHelp | Self::AllWell
        )
    }

    /// Whether its task is over with the next word of an emergency: a call for help
    /// stands until a person has looked.
    pub const fn gives_way(self) -> bool {
        matches!(self, Self::AtHome | Self::Evacuated)
    }

    /// Whether staff are told at once, by mail.
    pub const fn told_at_once(self) -> bool {
        matches!(self, Self::AtHome | Self::Evacuated | Self::NeedHelp)
    }

    /// Whether it has a day: that of the application, of the run, or on which the fuel
    /// was bought.
    pub const fn has_day(self) -> bool {
        self.moves_duties()
    }

    /// Whether due days are counted anew from what it says.
    pub const fn moves_duties(self) -> bool {
        matches!(self, Self::Applied | Self::RanGenerator | Self::RenewedFuel)
    }

    /// Whether it is about the generator that is lent.
    pub const fn is_of_the_loan(self) -> bool {
        matches!(self, Self::RanGenerator | Self::RenewedFuel)
    }

    /// Whether it can say more in a line of its own: where to, when, what.
    pub const fn has_words(self) -> bool {
        !matches!(self, Self::AllWell | Self::Applied | Self::RenewedFuel)
    }

    /// What staff have to do about it; `None`: nothing. `ran`: whether the generator
    /// ran as it should.
    pub const fn task(self, ran: Option<bool>) -> Option<TaskKind> {
        match self {
            Self::NeedHelp => Some(TaskKind::NeedsHelp),
            Self::AtHome => Some(TaskKind::PowerCut),
            Self::Evacuated => Some(TaskKind::Evacuated),
            Self::Applied => Some(TaskKind::SaysApplied),
            Self::Moving => Some(TaskKind::SaysMoving),
            Self::CallUs => Some(TaskKind::CallBack),
            Self::RanGenerator => match ran {
                Some(false) => Some(TaskKind::UnitDidNotRun),
                _ => None,
            },
            Self::AllWell | Self::RenewedFuel => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_something_is_somebodys_task() {
        for kind in AnswerKind::ALL {
            let nothing_to_do = matches!(
                kind,
                AnswerKind::AllWell | AnswerKind::RanGenerator | AnswerKind::RenewedFuel
            );
            assert_eq!(kind.task(Some(true)).is_none(), nothing_to_do, "{kind:?}");
            if kind.told_at_once() {
                let task = kind.task(None).expect("a task");
                assert!(task.presses(), "{kind:?}");
            }
        }
        let broken = AnswerKind::RanGenerator.task(Some(false));
        assert_eq!(broken, Some(TaskKind::UnitDidNotRun));
    }
}
