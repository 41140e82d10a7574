//! Generators in stock, and what goes with each.

coded! {
    /// Where a unit stands.
    UnitState {
        /// In stock, ready to be lent.
        Ready = "ready", "在庫", "in stock";
        /// Lent within the programme.
        Lent = "lent", "貸与中", "lent";
        /// Lent for an emergency, outside the two stages.
        EmergencyLent = "emergency_lent", "緊急貸出中", "lent for an emergency";
        /// Its loan has stopped or was ended: it is still with the family.
        ToFetch = "to_fetch", "返却待ち（貸与は終了）", "to be fetched (the loan is over)";
        /// The child has died: it is fetched when the family agrees, and nothing
        /// asks for it.
        ToFetchQuietly = "to_fetch_quietly", "引取り待ち（ご家族の了承を得て、静かに）", "to be fetched quietly, with the family's agreement";
        /// Being repaired or looked at.
        InRepair = "in_repair", "点検・修理中", "in repair";
        /// Not to be found.
        Lost = "lost", "紛失", "lost";
        /// Out of use for good.
        Retired = "retired", "廃棄", "retired";
    }
}

coded! {
    /// What is handed over with a generator, and comes back with it.
    KitItem {
        /// 延長コード
        Cord = "cord", "延長コード", "extension cord";
        /// 燃料缶
        FuelCan = "fuel_can", "燃料缶", "fuel can";
        /// エンジンオイル
        Oil = "oil", "エンジンオイル", "engine oil";
        /// 一酸化炭素警報器
        CoAlarm = "co_alarm", "一酸化炭素警報器", "carbon monoxide alarm";
        /// 取扱説明書
        Manual = "manual", "取扱説明書", "manual";
    }
}

coded! {
    /// What happened to a unit.
    UnitEventKind {
        /// It was put on record.
        Registered = "registered", "登録", "put on record";
        /// What is entered on it was changed.
        Changed = "changed", "登録内容の変更", "changed";
        /// It was handed over.
        HandedOver = "handed_over", "引渡し", "handed over";
        /// It was lent for an emergency.
        LentForEmergency = "lent_for_emergency", "緊急の貸し出し", "lent for an emergency";
        /// Its loan is over and it is to be fetched.
        ToFetch = "to_fetch", "引取り待ち", "to be fetched";
        /// It came back.
        CameBack = "came_back", "返却", "came back";
        /// It was reported lost.
        Lost = "lost", "紛失・使用不能", "lost";
        /// Its state was set by hand.
        StateSet = "state_set", "状態の変更", "state set";
        /// Its model or serial number was mistyped.
        Corrected = "corrected", "型式・製造番号の訂正", "model or serial number corrected";
        /// A hand-over was taken back: it never went out.
        NeverOut = "never_out", "引渡しの取消し（渡していない）", "hand-over taken back: it never went out";
        /// A return or a loss was taken back: it is still with the family.
        StillOut = "still_out", "返却・紛失の取消し（ご家族のところにある）", "return or loss taken back: it is still with the family";
    }
}

impl UnitState {
    /// Whether it can be handed over.
    pub const fn is_free(self) -> bool {
        matches!(self, Self::Ready)
    }

    /// Whether it is to be fetched from a family whose loan is over.
    pub const fn is_to_fetch(self) -> bool {
        matches!(self, Self::ToFetch | Self::ToFetchQuietly)
    }

    /// Whether there is anything to put a label on.
    pub const fn is_in_use(self) -> bool {
        !matches!(self, Self::Lost | Self::Retired)
    }

    /// The states that somebody may set by hand: the others follow from a
    /// hand-over and a return.
    pub const fn settable() -> [Self; 4] {
        [Self::Ready, Self::InRepair, Self::Lost, Self::Retired]
    }
}
