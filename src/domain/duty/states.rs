//! What becomes of addresses, mails and what staff must do themselves.

coded! {
    /// Whether mail arrives at an address, as far as anybody knows.
    ContactState {
        /// Nothing came back.
        Works = "works", "使えます", "works";
        /// Mail came back for good.
        Bounced = "bounced", "届きませんでした", "mail came back";
    }
}

coded! {
    /// What a mail is.
    MailKind {
        /// A reminder to a family.
        Reminder = "reminder", "お知らせ", "reminder";
        /// What is due, to a member of staff.
        Digest = "digest", "職員へのまとめ", "digest for staff";
        /// A message that somebody wrote.
        Hand = "hand", "職員からの連絡", "message by hand";
        /// That a draft was returned, to whoever wrote it.
        Returned = "returned", "差し戻しのお知らせ", "draft returned";
        /// The yearly question to a place that receives.
        Place = "place", "施設への年1回の確認", "yearly question to a place";
        /// An urgent message.
        Urgent = "urgent", "至急の連絡", "urgent message";
    }
}

coded! {
    /// What became of a mail.
    MailState {
        /// It waits.
        Ready = "ready", "送信待ち", "waits";
        /// It is being handed over, or was when a worker died.
        HandingOver = "handing_over", "送信中", "being handed over";
        /// The server took it.
        Sent = "sent", "送信済み", "sent";
        /// The server refused it, or it was tried too often.
        Failed = "failed", "送れませんでした", "failed";
        /// Nobody knows whether the server took it, and the operator decides.
        Held = "held", "確認待ち（送れたか不明）", "held: in doubt";
        /// It was not sent, since it is no longer true.
        Void = "void", "送りませんでした（用が済んだため）", "void";
    }
}

coded! {
    /// What is to be done.
    TaskKind {
        /// A reminder is due, and no mail reaches the family.
        Telephone = "telephone", "メールが届かないご家族に電話する", "telephone a family that no mail reaches";
        /// A day of which a mail has told the family is off, and there is no other.
        DayOff = "day_off", "電話：約束の日がなくなったことを伝える", "telephone: an agreed day of which a mail has told is off";
        /// Mail to an address came back.
        Bounced = "bounced", "届かないアドレスを確かめる", "check an address from which mail came back";
        /// Mail could not be handed over.
        Failed = "failed", "送れなかったメールを確かめる", "look at mail that could not be sent";
        /// Nobody knows whether a mail has arrived.
        InDoubt = "in_doubt", "送れたか分からないメールを確かめる", "look at mail of which nobody knows whether it left";
        /// A family says that it needs help.
        NeedsHelp = "needs_help", "「助けが要る」：すぐ電話する", "says: we need help. Telephone at once";
        /// A family is at home in a power cut.
        PowerCut = "power_cut", "「停電中・家にいます」：電話して、あと何時間もつかをたずねる", "says: power cut, at home. Telephone, and ask how many hours are left";
        /// A family has evacuated.
        Evacuated = "evacuated", "「避難しました」：行き先と電源を確かめる", "says: evacuated. Find out where, and whether there is power";
        /// A family says that it has applied for the plan.
        SaysApplied = "says_applied", "「市町村に申請しました」：市町村で受け付けられたか確かめる", "says: applied for the plan. Find out whether the municipality has it";
        /// A family says that it will move.
        SaysMoving = "says_moving", "「引っ越します」：電話して、新しい住所と日をきく", "says: moving. Telephone, and ask where and when";
        /// A family asks for a call.
        CallBack = "call_back", "「電話をください」：電話する", "says: please telephone. Telephone";
        /// The generator did not run.
        UnitDidNotRun = "unit_did_not_run", "「発電機が動かない」：電話して、点検か交換を決める", "says: the generator did not run. Telephone, and settle a check or an exchange";
        /// A family has written down what it sees for the yearly check.
        FamilyCheck = "family_check", "年1回の確認：ご家族が記入しました。見て、確認を記録する", "yearly check: the family has filled in its part. Look at it, and record the check";
    }
}

impl TaskKind {
    /// Whether a child may be in danger: it comes before everything else.
    pub const fn presses(self) -> bool {
        matches!(self, Self::NeedsHelp | Self::PowerCut | Self::Evacuated)
    }

    /// Whether it is about a loan: nothing of it reaches a municipality without the
    /// family's consent to exchange loan data (`RULES.md`, "Duties").
    pub const fn is_of_the_loan(self) -> bool {
        matches!(self, Self::UnitDidNotRun | Self::FamilyCheck | Self::DayOff)
    }

    /// Whether it is the centre's alone: what it is about stands on pages that nobody
    /// else reads.
    pub const fn is_for_the_centre(self) -> bool {
        matches!(self, Self::FamilyCheck)
    }

    /// Whether the family is telephoned: mail does not arrive, or says nothing of it.
    pub const fn wants_a_call(self) -> bool {
        matches!(
            self,
            Self::Telephone | Self::DayOff | Self::Bounced | Self::Failed
        )
    }

    /// Whether it came of a mail, and not of what somebody said.
    pub const fn is_about_mail(self) -> bool {
        matches!(
            self,
            Self::Telephone | Self::Bounced | Self::Failed | Self::InDoubt
        )
    }
}
