//! What a letter's text may fill in.

use crate::domain::text::Text;

macro_rules! placeholders {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $ja:literal, $en:literal, $example:literal;)*) => {
        /// Something that is filled in when the letter is made: `{{宛名}}`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Placeholder {
            $($(#[$doc])* $name,)*
        }

        impl Placeholder {
            /// Every placeholder.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word between the braces.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What comes in its place.
            pub const fn meaning(self) -> Text {
                match self { $(Self::$name => Text::fixed($ja, $en),)* }
            }

            /// An invented value, for previews.
            pub const fn example(self) -> &'static str {
                match self { $(Self::$name => $example,)* }
            }
        }
    };
}

placeholders! {
    /// Who gets the letter, without 様.
    Recipient = "宛名", "送り先の方の名前（様は付きません）", "who gets it", "【デモ】𠮷田 髙子";
    /// The child's name.
    Child = "お子さん", "お子さんの名前", "the child's name", "【デモ】𠮷田 灯";
    /// The number of the case.
    CaseNumber = "整理番号", "整理番号", "the number of the case", "K-0000";
    /// The programme.
    Programme = "事業名", "事業の名前", "the programme", "【デモ】生命の応援事業";
    /// Which of the two stages.
    Stage = "申請の種類", "「事業の利用申請」または「貸与の申請」", "which application", "事業の利用申請";
    /// The day of the application.
    AppliedOn = "申請日", "申請を受け付けた日", "the day of the application", "令和8年11月2日";
    /// What comes after a decision.
    NextStep = "次の手続き", "決定のあとの手続き", "what comes next", "次は、貸与の申請書を出してください。";
    /// Why: of a refusal, or of a return.
    Reason = "理由", "決定や返還の理由", "the reason", "【デモ】理由の文がここに入ります。";
    /// The generator: maker and model.
    Unit = "装置", "発電機のメーカーと型式", "the generator", "正弦波インバーター発電機【デモ】";
    /// Its serial number.
    Serial = "製造番号", "発電機の製造番号", "its serial number", "DEMO-000001";
    /// The day of the hand-over.
    LentOn = "貸与日", "引き渡した日", "the day of the hand-over", "令和8年11月21日";
    /// The last day of the loan.
    LentUntil = "貸与の期限", "貸与の最後の日", "the last day of the loan", "令和13年11月21日";
    /// The safe last day to apply for the plan.
    ApplyBy = "申請期限", "個別避難計画の作成を申請する期限（安全な日）", "the safe last day to apply for the plan", "令和9年5月21日（金）";
    /// The municipality's window.
    Window = "市町村の窓口", "個別避難計画を申請する窓口", "the municipality's window", "【デモ】市 福祉課";
    /// Its telephone.
    WindowTelephone = "窓口の電話", "その窓口の電話番号", "the telephone of that window", "0966-00-0000";
    /// The day of the return.
    ReturnBy = "返還日", "ご家族と決めた返還の日", "the day of the return", "令和9年3月26日（金）";
    /// The place of the return.
    ReturnPlace = "返還の場所", "返還の場所・受け取りの方法", "the place of the return", "【デモ】ご自宅（センターの職員がうかがいます）";
    /// When the training is.
    EventTime = "研修会の日時", "研修会の日時", "when the training is", "令和9年1月28日（木）13時30分から";
    /// Where the training is.
    EventPlace = "研修会の会場", "研修会の会場", "where the training is", "【デモ】支援センター 研修室";
    /// Until when to answer.
    AnswerBy = "申込期限", "研修会の申込みの期限", "until when to answer", "令和9年1月14日（木）";
    /// The centre's name.
    CentreName = "センター名", "支援センターの名前", "the centre's name", "【デモ】医療的ケア児支援センター";
    /// The centre's telephone.
    CentreTelephone = "センター電話", "支援センターの電話番号", "the centre's telephone", "096-000-0000";
}

impl Placeholder {
    /// The placeholder of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.word() == word)
    }
}
