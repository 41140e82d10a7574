//! What a check says about a plan: the verdict of one rule, with its evidence.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use super::plan::overriding::Overridden;
use super::{hazard::Hazard, plan::document::Destination, text::Text};

macro_rules! rules {
    ($($name:ident = $code:literal, $source:literal, $ja:literal, $en:literal;)*) => {
        /// The code of a rule, in the order of the catalogue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum RuleCode {
            $(
                #[doc = $en]
                #[serde(rename = $code)]
                $name,
            )*
        }

        impl RuleCode {
            /// Every rule, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code: `DST-02`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The law, guideline or decision behind it.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$name => $source),* }
            }

            /// What it is about, in a few words.
            pub const fn title(self) -> Text {
                match self { $(Self::$name => Text::fixed($ja, $en)),* }
            }
        }
    };
}

rules! {
    Leg00 = "LEG-00", "災害対策基本法 第49条の14第1項", "個別避難計画がない", "no individual evacuation plan";
    Leg01 = "LEG-01", "災害対策基本法 第49条の10第2項第1号", "氏名", "name";
    Leg02 = "LEG-02", "災害対策基本法 第49条の10第2項第2号", "生年月日", "date of birth";
    Leg03 = "LEG-03", "災害対策基本法 第49条の10第2項第3号", "性別", "sex";
    Leg04 = "LEG-04", "災害対策基本法 第49条の10第2項第4号", "住所又は居所", "address";
    Leg05 = "LEG-05", "災害対策基本法 第49条の10第2項第5号", "連絡先", "contact";
    Leg06 = "LEG-06", "災害対策基本法 第49条の10第2項第6号", "支援を必要とする事由", "reason for support";
    Leg07 = "LEG-07", "災害対策基本法 第49条の14第3項第1号", "避難支援等実施者", "supporter";
    Leg08 = "LEG-08", "災害対策基本法 第49条の14第3項第2号", "避難先と避難経路", "destination and route";
    Leg09 = "LEG-09", "災害対策基本法 第49条の14第1項・第2項", "作成の同意と説明", "consent to the plan, and its explanation";
    Leg10 = "LEG-10", "災害対策基本法 第49条の15第2項", "平時の提供の同意", "consent to provide in peacetime";
    Leg11 = "LEG-11", "災害対策基本法 第49条の10", "避難行動要支援者名簿", "the municipality's roster";
    Dst01 = "DST-01", "避難情報に関するガイドライン（内閣府 2021）", "避難先がない", "no destination";
    Dst02 = "DST-02", "災害対策基本法 第49条の4、施行令 第20条の3", "災害種別の指定", "designation for the hazard";
    Dst03 = "DST-03", "避難情報に関するガイドライン（内閣府 2021）", "避難先の危険区域", "destination in a hazard zone";
    Dst04 = "DST-04", "福祉避難所の確保・運営ガイドライン（内閣府 2021）", "直接避難の可否", "direct admission";
    Dst05 = "DST-05", "本計画の基準（到着後12時間）", "避難先の電源", "power at the destination";
    Dst06 = "DST-06", "本計画の基準（移動速度は避難の検討で用いられる値）", "移動時間と猶予", "travel time and lead time";
    Dst07 = "DST-07", "本計画の基準（徒歩500m）", "徒歩の距離", "distance on foot";
    Dst08 = "DST-08", "災害対策基本法 第49条の4・第49条の7", "避難先の閉鎖・廃止", "site closed or withdrawn";
    Dst09 = "DST-09", "本計画の基準", "避難先の受入れ枠", "places at the destination";
    Dst10 = "DST-10", "福祉避難所の確保・運営ガイドライン（内閣府 2021）", "付添い人数", "companions";
    Dst11 = "DST-11", "本計画の基準", "第二の避難先", "second choice";
    Dst12 = "DST-12", "本計画の基準（車は水深0.3m）", "避難経路の危険区域", "hazard zones on the way";
    Dst13 = "DST-13", "本計画の基準（12か月）", "受入れの合意", "agreement with the receiving place";
    Lvl01 = "LVL-01", "避難情報に関するガイドライン（内閣府 2021）", "出発のきっかけが遅い", "start trigger too late";
    Lvl02 = "LVL-02", "避難情報に関するガイドライン（内閣府 2021）", "出発のきっかけがない", "no start trigger";
    Lvl03 = "LVL-03", "気象庁 防災気象情報の体系（2026年5月29日）、災害対策基本法 2021年改正", "使われなくなった名称", "a name no longer in force";
    Lvl04 = "LVL-04", "避難情報に関するガイドライン（内閣府 2021）", "警戒レベル5での移動", "travelling at level 5";
    Lvl05 = "LVL-05", "避難情報に関するガイドライン（内閣府 2021）", "逃げ遅れたとき", "too late to leave";
    Lvl06 = "LVL-06", "避難情報に関するガイドライン（内閣府 2021）", "台風の早めのきっかけ", "early trigger for a typhoon";
    Vrt01 = "VRT-01", "避難情報に関するガイドライン（内閣府 2021）", "屋内安全確保：家屋倒壊等氾濫想定区域", "staying upstairs: house collapse zone";
    Vrt02 = "VRT-02", "避難情報に関するガイドライン（内閣府 2021）", "屋内安全確保：部屋の高さ", "staying upstairs: storey of the room";
    Vrt03 = "VRT-03", "避難情報に関するガイドライン（内閣府 2021）、本計画の基準（24時間）", "屋内安全確保：水が引くまでの電源", "staying upstairs: power until the water has gone";
    Vrt04 = "VRT-04", "避難情報に関するガイドライン（内閣府 2021）", "屋内安全確保：土砂災害の区域", "staying upstairs: landslide zone";
    Vrt05 = "VRT-05", "避難情報に関するガイドライン（内閣府 2021）、本計画の基準（停電で昇降機が止まる）", "屋内安全確保：エレベーターなしで上がる", "staying upstairs: a way up without a lift";
    Vrt06 = "VRT-06", "避難情報に関するガイドライン（内閣府 2021）、本計画の基準（24時間）", "屋内安全確保：食事・水・薬", "staying upstairs: food, water and medicine";
    Pwr01 = "PWR-01", "本計画の基準（準備・移動と2時間）", "避難先に着くまでのバッテリー", "batteries until one arrives";
    Pwr02 = "PWR-02", "本計画の基準（8・24・72時間）、人命救助の72時間（内閣府）", "停電のときにもつ時間", "hours in a power cut";
    Pwr03 = "PWR-03", "災害対策マニュアル（国立成育医療研究センター 2019）、日本臨床工学技士会のマニュアル（2012）", "発電機と人工呼吸器の直結", "a ventilator fed by a generator";
    Pwr04 = "PWR-04", "医療機器の取扱説明書（正弦波・100V）、地域の周波数", "電源の波形・電圧・周波数", "wave, voltage and frequency";
    Pwr05 = "PWR-05", "本計画の基準（定格の8割、起動は3倍）", "発電機につなぐものの合計", "what hangs on the generator";
    Pwr06 = "PWR-06", "市町村の火災予防条例（少量危険物：ガソリン40L以上）", "ガソリンの保管量", "gasoline that is kept";
    Pwr07 = "PWR-07", "本計画の基準（ガソリン6か月）、日本ガス石油機器工業会（カセットボンベ7年）", "燃料の期限", "age of the fuel";
    Pwr08 = "PWR-08", "本計画の基準（毎月の試運転）", "発電機の試運転", "test run of the generator";
    Pwr09 = "PWR-09", "本計画の基準（12か月。メーカーの交換の目安2年）", "バッテリーの点検", "check of the batteries";
    Pwr10 = "PWR-10", "災害対策マニュアル（国立成育医療研究センター 2019）、人工呼吸器の取扱説明書", "蘇生バッグ", "manual resuscitator";
    Pwr11 = "PWR-11", "災害対策マニュアル（国立成育医療研究センター 2019）、主治医の了承", "停電のときの加湿", "humidifying without power";
    Pwr12 = "PWR-12", "災害対策マニュアル（国立成育医療研究センター 2019）", "電気のいらない吸引器", "suction without power";
    Pwr13 = "PWR-13", "本計画の基準（移動と2時間、残量の8割）", "酸素ボンベ", "oxygen cylinders";
    Pwr14 = "PWR-14", "携帯発電機の一酸化炭素中毒の注意（製品評価技術基盤機構 2023）", "発電機を動かす用意", "what the generator needs to run";
    Pwr15 = "PWR-15", "本計画の基準（準備・移動と60分）", "停電のときの出発の目安", "by when to leave in a power cut";
    Pwr16 = "PWR-16", "停電のときの連絡（送配電会社への登録）", "停電のときの連絡の備え", "whom to call in a power cut";
    Pwr17 = "PWR-17", "本計画の基準（嵐の12時間）", "嵐の間の電源", "power in a storm";
    Sup01 = "SUP-01", "本計画の基準（保護者1人だけにしない、抱える・押す人2人）", "手伝う人の数", "how many help";
    Sup02 = "SUP-02", "本計画の基準（同じ災害で動けなくなる）", "手伝う人の住まいの危険区域", "supporters in the same zone";
    Sup03 = "SUP-03", "災害対策基本法 第49条の15第2項", "手伝う人の同意", "the supporter's consent to be named";
    Rev01 = "REV-01", "本計画の基準（12か月。市町村の例：原則年1回更新）", "計画の確認から12か月", "twelve months since the plan was confirmed";
    Rev02 = "REV-02", "本計画の基準（確認のあとの変化）", "確認のあとに変わったこと", "what has changed since the plan was confirmed";
    Rev03 = "REV-03", "本計画の基準（12か月）", "訓練から12か月", "twelve months since a drill";
}

/// So many changes since a confirmation (REV-02) are told in its sentence; the
/// evidence has all.
pub const CHANGES_TOLD: usize = 6;

impl RuleCode {
    /// What it asks about, beside a word for the answer: several titles name the
    /// fault itself, and "no destination: no problem" says nothing.
    pub const fn topic(self) -> Text {
        match self {
            Self::Leg00 => Text::fixed("個別避難計画の有無", "an individual evacuation plan"),
            Self::Dst01 => Text::fixed("避難先の有無", "a destination"),
            Self::Dst08 => Text::fixed("避難先が使えるか", "whether the site is in use"),
            Self::Lvl01 => Text::fixed("出発のきっかけの時期", "when to start"),
            Self::Lvl02 => Text::fixed("出発のきっかけの有無", "a start trigger"),
            Self::Lvl03 => Text::fixed("警報などの名称", "names of warnings"),
            _ => self.title(),
        }
    }

    /// Whether it judges staying upstairs by place, room and power; how one gets up
    /// and what is kept there the family itself can say.
    pub const fn is_about_staying(self) -> bool {
        matches!(self, Self::Vrt01 | Self::Vrt02 | Self::Vrt03 | Self::Vrt04)
    }

    /// Whether it is about upkeep (fuel, test runs, the generator's papers): of
    /// whoever supports an evacuation it asks nothing that night.
    pub const fn is_about_upkeep(self) -> bool {
        matches!(
            self,
            Self::Pwr06 | Self::Pwr07 | Self::Pwr08 | Self::Pwr09 | Self::Pwr14 | Self::Pwr16
        )
    }

    /// Whether it is about the way out, the places and the time, which whoever
    /// supports an evacuation must know; not about papers and consents.
    pub const fn is_about_evacuating(self) -> bool {
        // Who carries the child names no place, and is needed that night.
        matches!(self, Self::Sup01)
            || !self.is_about_papers()
                && !self.is_about_freshness()
                && !self.is_about_upkeep()
                && !matches!(self, Self::Leg08)
    }

    /// Whether it judges devices and sources of power.
    pub fn is_about_power(self) -> bool {
        self.code().starts_with("PWR-")
    }

    /// Whether it judges how fresh the plan is.
    pub const fn is_about_freshness(self) -> bool {
        matches!(self, Self::Rev01 | Self::Rev02 | Self::Rev03)
    }

    /// Whether it judges papers alone, never a place or a way.
    pub const fn is_about_papers(self) -> bool {
        matches!(
            self,
            Self::Leg00
                | Self::Leg01
                | Self::Leg02
                | Self::Leg03
                | Self::Leg04
                | Self::Leg05
                | Self::Leg06
                | Self::Leg07
                | Self::Leg09
                | Self::Leg10
                | Self::Leg11
                | Self::Sup01
                | Self::Sup03
                | Self::Rev01
                | Self::Rev03
        )
    }

    /// What helps until a gap is closed, or a dangerous plan corrected
    /// (仮の対応), in words for the family. `None`: only a record is missing.
    pub const fn interim(self) -> Option<Text> {
        Some(match self {
            Self::Leg00 => Text::fixed(
                "計画ができるまで：台風や大雨の予報が出たら、早めに担当の方に電話し、行き先を一緒に決めておきましょう。",
                "Until there is a plan: when a typhoon or heavy rain is forecast, telephone your contact early and settle on a place together.",
            ),
            Self::Leg11 => Text::fixed(
                "名簿に載るまで：名簿による連絡が届きません。台風や大雨の予報が出たら、ご家族から市町村に電話してください。",
                "Until the child is on the roster nobody calls by it: when a typhoon or heavy rain is forecast, telephone the municipality yourselves.",
            ),
            Self::Dst01 => Text::fixed(
                "行き先が決まるまで：予報が出たら早めに担当の方に電話し、危険な区域の外で電源を使える場所（親戚宅、病院など）に移れるようにしておきましょう。",
                "Until there is a place: telephone your contact as soon as bad weather is forecast, and be ready to move to a place with power outside the zones (relatives, a hospital).",
            ),
            Self::Dst05 => Text::fixed(
                "電源が確かめられるまで：充電したバッテリーと充電器をすべて持って、早めに出発できるようにしておきましょう。",
                "Until the power is confirmed: take every charged battery and the chargers along, and be ready to leave early.",
            ),
            Self::Dst02 | Self::Dst03 | Self::Dst04 => Text::fixed(
                "新しい行き先が決まるまで：この場所には向かわず、計画の次の行き先か、担当の方と電話で決めた場所に避難します。",
                "Until there is a new place: do not go there, but to the next one in the plan or to the one settled with your contact by telephone.",
            ),
            Self::Lvl01 | Self::Lvl04 => Text::fixed(
                "決め直すまで：警戒レベル3（高齢者等避難）が出たら出発してください。台風のときはもっと早く出ます。",
                "Until it is settled: leave at level 3 (高齢者等避難, evacuation of the elderly and others), and earlier for a typhoon.",
            ),
            Self::Vrt01 | Self::Vrt02 | Self::Vrt03 | Self::Vrt04 | Self::Vrt06 => Text::fixed(
                "決め直すまで：自宅にとどまらず、警戒レベル3（高齢者等避難）で、計画の次の行き先か、担当の方と電話で決めた場所に避難します。",
                "Until it is settled: do not stay at home; at level 3 (高齢者等避難) go to the next place in the plan or to the one settled with your contact by telephone.",
            ),
            Self::Dst08 => Text::fixed(
                "新しい行き先が決まるまで：計画の次の行き先か、担当の方と電話で決めた場所に避難します。",
                "Until there is a new place: go to the next one in the plan, or to the one settled with your contact by telephone.",
            ),
            Self::Dst13 => Text::fixed(
                "合意ができるまで：出発の前に必ず受入れ先に電話し、入れるかどうかを確かめてください。",
                "Until there is an agreement: telephone the place before you leave and ask whether it can take you.",
            ),
            Self::Lvl02 => Text::fixed(
                "きっかけが決まるまで：警戒レベル3（高齢者等避難）が出たら出発してください。台風のときはもっと早く出ます。",
                "Until a start is settled: leave at level 3 (高齢者等避難, evacuation of the elderly and others), and earlier for a typhoon.",
            ),
            Self::Pwr01 => Text::fixed(
                "バッテリーがそろうまで：停電したら様子を見ずに、すぐに担当の方か避難先に電話し、出発の支度をしてください。台風の前は、停電の前に移ります。",
                "Until there are more batteries: when the power fails do not wait. Telephone your contact or the destination at once and get ready to leave; before a typhoon, move before the power fails.",
            ),
            Self::Pwr02 => Text::fixed(
                "バッテリーがそろうまで：機器会社か病院に予備のバッテリーを借りられるか聞き、台風の前は電源のある所に早めに移ってください。ふだんから100%に充電しておきます。",
                "Until there are more batteries: ask the maker or the hospital to lend one, move to a place with power early before a typhoon, and keep everything charged to 100 %.",
            ),
            Self::Pwr03 => Text::fixed(
                "決め直すまで：発電機（必ず屋外で）ではバッテリーを充電し、呼吸器はバッテリーで動かしてください。",
                "Until it is settled: let the generator (outdoors only) charge batteries, and run the ventilator from those.",
            ),
            Self::Pwr04 => Text::fixed(
                "替えるまで：その電源に、医療機器と充電器をつながないでください。",
                "Until it is replaced: hang neither medical devices nor chargers on that source.",
            ),
            Self::Pwr05 => Text::fixed(
                "決め直すまで：発電機（必ず屋外で）には、充電器を一つずつ順番につないでください。",
                "Until it is settled: hang one charger at a time on the generator (outdoors only).",
            ),
            Self::Pwr06 => Text::fixed(
                "減らすまで：ガソリンの缶を、火の気・日光・子どもの手から離し、風通しのよい屋外の物置に置いてください。",
                "Until it is less: keep the cans in a ventilated shed outdoors, away from fire, sun and children.",
            ),
            Self::Pwr09 => Text::fixed(
                "点検まで：公称の時間より早く切れるものとして、停電したら早めに移ってください（お子さんにつないだまま使い切って確かめない）。",
                "Until it is checked: expect it to end earlier than stated and move early in a power cut (never try it out by running it down on your child).",
            ),
            Self::Pwr10 => Text::fixed(
                "用意できるまで：すぐに主治医か訪問看護に電話してください。呼吸器が止まったら119番に電話してください。",
                "Until there is one: telephone the physician or the visiting nurses at once. If the ventilator stops, call 119.",
            ),
            Self::Pwr13 => Text::fixed(
                "ボンベがそろうまで：停電したらすぐに酸素の業者に電話し、早めに電源のある所に移ってください。",
                "Until there are more cylinders: when the power fails telephone the oxygen supplier at once, and move early to a place with power.",
            ),
            Self::Pwr15 => Text::fixed(
                "行き先が決まるまで：停電したら、すぐに担当の方に電話してください。",
                "Until there is a place to go to: telephone your contact as soon as the power fails.",
            ),
            Self::Sup01 => Text::fixed(
                "手伝う人が決まるまで：一人で抱えて動かないでください。予報が出たら早めに担当の方に電話し、来てくれる人を一緒に決めておきましょう。",
                "Until there are more hands: do not carry your child alone. As soon as bad weather is forecast, telephone your contact and settle together who comes.",
            ),
            Self::Lvl05 => Text::fixed(
                "決まるまで：外に出られないときは、呼吸器・バッテリー・吸引器・蘇生バッグを持って、崖や川から離れた、家の中でいちばん高い部屋に移り、119番に電話してください。",
                "Until it is settled: if you cannot leave, take ventilator, batteries, suction and manual resuscitator to the highest room away from slope and river, and call 119.",
            ),
            _ => return None,
        })
    }
}

impl std::fmt::Display for RuleCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// How bad a failing finding is; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 承認不可: the paper is unlawful, or following it kills.
    Blocker,
    /// 重大な不足: too little power, too few hands, an unconfirmed socket.
    Gap,
    /// 要確認: a reviewer has seen it.
    Warning,
    /// 助言: shown, nothing more.
    Advice,
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Self; 4] = [Self::Blocker, Self::Gap, Self::Warning, Self::Advice];

    /// The word in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blocker => "blocker",
            Self::Gap => "gap",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Blocker => Text::fixed("承認不可", "blocker"),
            Self::Gap => Text::fixed("重大な不足", "gap"),
            Self::Warning => Text::fixed("要確認", "warning"),
            Self::Advice => Text::fixed("助言", "advice"),
        }
    }
}

/// What a blocker blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    /// Approval, and with it sharing.
    Approval,
    /// Sharing only.
    Sharing,
}

/// The verdict of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It fires.
    Fails,
    /// Something it needs is unknown: never a pass.
    Unknown,
    /// It was looked at and holds.
    Holds,
}

/// Who can act on a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The family.
    Family,
    /// The coordinator who helps it.
    Coordinator,
    /// The municipality's disaster staff.
    Municipality,
    /// The support centre.
    Centre,
    /// The site, hospital or other place that would receive the child.
    Site,
}

impl Owner {
    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Coordinator => "coordinator",
            Self::Municipality => "municipality",
            Self::Centre => "centre",
            Self::Site => "site",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Family => Text::fixed("ご家族", "family"),
            Self::Coordinator => Text::fixed("コーディネーター", "coordinator"),
            Self::Municipality => Text::fixed("市町村", "municipality"),
            Self::Centre => Text::fixed("支援センター", "support centre"),
            Self::Site => Text::fixed("受入れ先", "receiving place"),
        }
    }
}

/// What a rule compared: numbers, data sets and their dates. For an unknown
/// outcome, `missing` names what nobody has said yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(pub Map<String, Value>);

impl Evidence {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more thing that was compared.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("evidence is plain data");
        self.0.insert(key.to_owned(), value);
        self
    }

    /// With one more thing, where there is one.
    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

/// The verdict of one rule on one plan (and one hazard, and one destination).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleCode,
    /// How bad it is, if it fails.
    pub severity: Severity,
    /// What it blocks; on blockers only.
    pub blocks: Option<Blocks>,
    /// The verdict.
    pub outcome: Outcome,
    /// The hazard it is about.
    pub hazard: Option<Hazard>,
    /// The destination it is about: a site's reference, else the destination's
    /// name.
    pub site: Option<String>,
    /// What was compared.
    pub evidence: Evidence,
    /// Who can act.
    pub owner: Owner,
    /// What they do next.
    pub next_step: Text,
    /// The sentence for staff.
    pub message: Text,
    /// The sentence for families: no codes, nothing about other users.
    pub message_family: Text,
    /// Whether families may read it at all (DST-09 is for staff).
    pub staff_only: bool,
    /// Who has said that it does not stop the plan, why, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

impl Finding {
    /// Whether it stops approval: nobody has overridden it.
    pub fn blocks_approval(&self) -> bool {
        self.outcome == Outcome::Fails
            && self.blocks == Some(Blocks::Approval)
            && self.overridden.is_none()
    }

    /// Whether it says of a destination that nobody goes there as things are: what stops the
    /// plan, and a place that is closed or takes nobody (DST-08). Nothing is said of whether
    /// it fails.
    pub fn stops_going_to(&self, place: &Destination) -> bool {
        let about = self.site.as_deref();
        let named = [place.site.as_deref(), place.name.as_deref()];
        (self.severity == Severity::Blocker || self.rule == RuleCode::Dst08)
            && (named.contains(&about) && about.is_some() || about == Some(place.label().as_str()))
    }

    /// What helps until it is closed, where it is a gap or stops approval.
    pub fn interim(&self) -> Option<Text> {
        let is_open = self.severity <= Severity::Gap && self.outcome == Outcome::Fails;
        // After a move the plan's next place is of no use either.
        let rule = match self.rule {
            RuleCode::Dst08 if self.severity == Severity::Blocker => RuleCode::Dst01,
            rule => rule,
        };
        rule.interim().filter(|_| is_open)
    }

    /// Whether it stops sharing: every failing blocker does that nobody has overridden.
    pub fn blocks_sharing(&self) -> bool {
        self.outcome == Outcome::Fails && self.blocks.is_some() && self.overridden.is_none()
    }

    /// The verdict without anything that tells where the home is: for whoever
    /// may not see a protected address. What concerns papers keeps its words;
    /// of everything else only what it is about is left, and which destination,
    /// without the hazard and what was compared.
    #[must_use]
    pub fn without_place(&self) -> Self {
        let mut told = Self {
            hazard: None,
            evidence: Evidence::new(),
            ..self.clone()
        };
        if !self.rule.is_about_papers() {
            told.message = self.rule.title();
            told.message_family = self.rule.title();
            told.next_step = Text::fixed(
                "住所が保護されているため、内容はここに示しません。住所を見られる担当者に電話で聞いてください。",
                "The address is protected, so the details are not shown here: ask, by telephone, somebody who may see it.",
            );
        }
        told
    }

    /// How soon somebody has to act, 0 first: what stops approval; gaps; what
    /// stops sharing alone, which costs nobody an hour of power; the others.
    pub fn urgency(&self) -> u8 {
        match (self.severity, self.blocks) {
            (Severity::Blocker, Some(Blocks::Sharing)) => 2,
            (Severity::Blocker, _) => 0,
            (Severity::Gap, _) => 1,
            (Severity::Warning, _) => 3,
            (Severity::Advice, _) => 4,
        }
    }

    /// The order of every list of findings: severity; the catalogue; hazard;
    /// site.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.severity, self.rule, self.hazard, &self.site).cmp(&(
            other.severity,
            other.rule,
            other.hazard,
            &other.site,
        ))
    }
}
