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
        /// Mail to an address came back.
        Bounced = "bounced", "届かないアドレスを確かめる", "check an address from which mail came back";
        /// Mail could not be handed over.
        Failed = "failed", "送れなかったメールを確かめる", "look at mail that could not be sent";
        /// Nobody knows whether a mail has arrived.
        InDoubt = "in_doubt", "送れたか分からないメールを確かめる", "look at mail of which nobody knows whether it left";
    }
}

impl TaskKind {
    /// Whether it is about mail that does not arrive: then the family is telephoned.
    pub const fn wants_a_call(self) -> bool {
        matches!(self, Self::Telephone | Self::Bounced | Self::Failed)
    }

    /// Whether it came of a mail, and not of what somebody said.
    pub const fn is_about_mail(self) -> bool {
        matches!(
            self,
            Self::Telephone | Self::Bounced | Self::Failed | Self::InDoubt
        )
    }
}
