//! The columns of the families' sheet: one table from which the reader, the
//! empty sheet and `docs/import-formats.md` come.

/// A column: its Japanese name, its English one, what to write, an example.
pub struct Column {
    /// The name in the sheet.
    pub ja: &'static str,
    /// The other name that is read.
    pub en: &'static str,
    /// What to write, in Japanese.
    pub help_ja: &'static str,
    /// The same in English.
    pub help_en: &'static str,
    /// What the example row says.
    pub example: &'static str,
}

const fn c(
    ja: &'static str,
    en: &'static str,
    help_ja: &'static str,
    help_en: &'static str,
    example: &'static str,
) -> Column {
    Column {
        ja,
        en,
        help_ja,
        help_en,
        example,
    }
}

const YES_NO: &str = "はい・いいえ。空欄＝不明";
const YES_NO_EN: &str = "はい or いいえ; empty: unknown";
const DATE: &str = "日付（2026-04-01、令和8年4月1日 など）";
const DATE_EN: &str = "a date, in any usual spelling";

/// Every column that stands once.
pub const SINGLE: &[Column] = &[
    c(
        "整理番号",
        "case",
        "必須。英数字と - _ 。個人名を入れない",
        "required; letters, digits, - and _; never a name",
        "K-0001",
    ),
    c(
        "市町村",
        "municipality",
        "必須。コード（43203）か名称（熊本県人吉市）",
        "required; code or name with prefecture",
        "43203",
    ),
    c(
        "氏名",
        "name",
        "お子さんの氏名",
        "the child's name",
        "【デモ】灯 ひかり",
    ),
    c(
        "フリガナ",
        "kana",
        "氏名の読み",
        "its reading",
        "アカリ ヒカリ",
    ),
    c("生年月日", "born", DATE, DATE_EN, "令和4年4月1日"),
    c(
        "性別",
        "sex",
        "女・男・その他・未回答",
        "女, 男, その他 or 未回答",
        "女",
    ),
    c(
        "住所",
        "address",
        "住所又は居所",
        "address",
        "熊本県人吉市【デモ】町1-1",
    ),
    c(
        "事由",
        "reason",
        "支援を必要とする事由",
        "why support is needed",
        "人工呼吸器を常時使用",
    ),
    c(
        "連絡先1",
        "contact1",
        "電話など",
        "telephone or other contact",
        "090-0000-0001",
    ),
    c(
        "連絡先1の続柄",
        "contact1_who",
        "誰の連絡先か",
        "whose",
        "母",
    ),
    c(
        "連絡先2",
        "contact2",
        "電話など",
        "telephone or other contact",
        "",
    ),
    c("連絡先2の続柄", "contact2_who", "誰の連絡先か", "whose", ""),
    c(
        "コーディネーター電話",
        "coordinator_phone",
        "担当コーディネーターの電話",
        "the coordinator's telephone",
        "096-000-0001",
    ),
    c(
        "名簿",
        "on_roster",
        "避難行動要支援者名簿に載っているか。はい・いいえ。空欄＝不明",
        YES_NO_EN,
        "はい",
    ),
    c(
        "名簿の希望",
        "roster_wish",
        "名簿への掲載の希望を記録したか。はい・いいえ。空欄＝不明",
        YES_NO_EN,
        "",
    ),
    c(
        "緯度",
        "lat",
        "度（32.2…）。空欄＝不明",
        "degrees north",
        "32.2101",
    ),
    c(
        "経度",
        "lon",
        "度（130.7…）。空欄＝不明",
        "degrees east",
        "130.7625",
    ),
    c(
        "位置の精度",
        "accuracy",
        "現地測位・建物・街区・町字。空欄＝町字と同じ扱い",
        "現地測位, 建物, 街区 or 町字",
        "建物",
    ),
    c(
        "階数",
        "floors",
        "建物の階数",
        "storeys of the building",
        "2",
    ),
    c(
        "居室の階",
        "room_floor",
        "お子さんの部屋の階（1＝1階）",
        "storey of the child's room",
        "1",
    ),
    c("呼吸器", "ventilator", "機種名", "ventilator model", ""),
    c(
        "バッテリー時間",
        "battery_hours",
        "全部のバッテリーの合計時間。空欄＝不明",
        "hours of all batteries together",
        "9",
    ),
    c(
        "準備分",
        "preparation_minutes",
        "決めてから玄関を出るまでの分",
        "minutes from the decision to the door",
        "60",
    ),
    c(
        "車",
        "vehicle",
        "お子さんと機器を運べる車。なければ空欄",
        "a vehicle that takes child and devices",
        "自家用車（ワゴン）",
    ),
    c(
        "台風の早めのきっかけ",
        "early_trigger",
        "前日・暗くなる前・風が強まる前など",
        "the day before, before dark, before the wind",
        "前日の昼に出る",
    ),
    c(
        "逃げ遅れ_部屋",
        "too_late_room",
        "逃げ遅れたときの部屋",
        "room, when it is too late to leave",
        "2階の寝室",
    ),
    c(
        "逃げ遅れ_持ち物",
        "too_late_take",
        "そこへ持っていく物",
        "what to take there",
        "呼吸器、蘇生バッグ、吸引器",
    ),
    c(
        "逃げ遅れ_連絡先",
        "too_late_call",
        "連絡先（119 など）",
        "whom to call",
        "119",
    ),
    c(
        "逃げ遅れ_移動",
        "too_late_leaves",
        "警戒レベル5でも家を出る計画か。はい・いいえ",
        YES_NO_EN,
        "いいえ",
    ),
    c(
        "作成の同意",
        "consent_make",
        "はい・いいえ。空欄＝記録なし",
        YES_NO_EN,
        "はい",
    ),
    c(
        "作成の同意日",
        "consent_make_on",
        DATE,
        DATE_EN,
        "2026-04-01",
    ),
    c(
        "同意者",
        "consent_make_by",
        "同意した人（親権者など）",
        "who consented",
        "母",
    ),
    c(
        "説明日",
        "explained_on",
        "提供について説明した日",
        "when providing was explained",
        "2026-03-20",
    ),
    c(
        "説明者",
        "explained_by",
        "説明した人",
        "who explained it",
        "防災課",
    ),
    c(
        "提供先",
        "provide",
        "消防=同意(2026-04-01)、民生委員=未確認、警察=拒否 のように",
        "recipient=answer(date), separated by 、",
        "消防=同意(2026-04-01)",
    ),
    c(
        "読めない項目",
        "unread",
        "紙にあるが読めない項目（氏名、生年月日、性別、住所、連絡先、事由、支援者、避難先、経路、作成の同意、説明、提供の同意、きっかけ、逃げ遅れ、早めのきっかけ、移動手段、合意）",
        "items on paper that could not be read",
        "",
    ),
    c(
        "計画",
        "has_plan",
        "個別避難計画があるか。あり・なし。空欄＝不明",
        "あり or なし; empty: unknown",
        "あり",
    ),
    c("計画日", "plan_dated", DATE, DATE_EN, "2026-04-10"),
    c(
        "段階",
        "step",
        "計画がない場合：未着手・申請前・申請済み・作成中・家族の確認待ち・家族が希望しない",
        "where a missing plan is stuck",
        "",
    ),
    c("段階の開始日", "step_since", DATE, DATE_EN, ""),
    c(
        "貸与開始日",
        "loan_started",
        "発電機の貸与を始めた日",
        "when the loan of a generator began",
        "",
    ),
];

/// The columns of each of three destinations; `避難先1の` stands before.
pub const DESTINATION: &[Column] = &[
    c(
        "種別",
        "kind",
        "指定緊急避難場所・指定避難所・福祉避難所・病院・短期入所・親戚・ホテル・屋内安全確保・その他",
        "kind of place",
        "指定緊急避難場所",
    ),
    c(
        "施設ID",
        "site",
        "共通ID（E43…）",
        "id of a listed site",
        "E4320390001201",
    ),
    c("名称", "name", "名称", "name", "【デモ】ひかり小学校"),
    c("住所", "address", "住所", "address", ""),
    c(
        "緯度",
        "lat",
        "施設IDがない場所だけ",
        "only without an id",
        "",
    ),
    c(
        "経度",
        "lon",
        "施設IDがない場所だけ",
        "only without an id",
        "",
    ),
    c(
        "災害",
        "hazards",
        "洪水・土砂災害・高潮・地震・津波・大規模な火事・内水氾濫・火山現象・停電。空欄＝全て",
        "hazards, separated by ・; empty: all",
        "",
    ),
    c(
        "経路",
        "route",
        "1行でよい",
        "one line will do",
        "県道を東へ500m",
    ),
    c("移動手段", "travel_by", "徒歩・車", "徒歩 or 車", "車"),
    c(
        "訓練分",
        "drill_minutes",
        "訓練でかかった分",
        "minutes in a drill",
        "15",
    ),
    c(
        "見込み分",
        "family_minutes",
        "家族の見込みの分",
        "minutes as the family reckons",
        "",
    ),
    c(
        "付添い人数",
        "companions",
        "一緒に行く人数",
        "companions",
        "1",
    ),
    c(
        "最下階",
        "lowest_floor",
        "使える一番下の階",
        "lowest usable storey",
        "",
    ),
    c(
        "最上階",
        "highest_floor",
        "使える一番上の階",
        "highest usable storey",
        "",
    ),
    c(
        "電源コンセント",
        "power_socket",
        "どのコンセントか",
        "which socket",
        "",
    ),
    c(
        "電源確認者",
        "power_by",
        "誰が確認したか",
        "who confirmed it",
        "",
    ),
    c(
        "電源期限",
        "power_until",
        "いつまで有効か",
        "until when",
        "",
    ),
    c("直接避難", "direct", YES_NO, YES_NO_EN, ""),
    c(
        "合意の相手",
        "agreed_with",
        "病院・短期入所の誰と",
        "agreement with whom",
        "",
    ),
    c("合意の病棟", "agreed_ward", "病棟", "ward", ""),
    c(
        "合意のきっかけ",
        "agreed_trigger",
        "どのきっかけから",
        "from which trigger",
        "",
    ),
    c(
        "空床条件",
        "agreed_free_bed",
        "空床が条件か。はい・いいえ",
        YES_NO_EN,
        "",
    ),
    c(
        "合意の電話",
        "agreed_phone",
        "夜間も通じる電話",
        "telephone, also by night",
        "",
    ),
    c("合意日", "agreed_on", DATE, DATE_EN, ""),
    c("試行日", "tried_on", "最後に試した日", "last tried on", ""),
];

/// The columns of each of three supporters; `支援者1の` stands before.
pub const SUPPORTER: &[Column] = &[
    c(
        "氏名",
        "name",
        "氏名又は名称",
        "name of a person or body",
        "【デモ】灯 太郎",
    ),
    c(
        "住所",
        "address",
        "住所又は居所",
        "address",
        "熊本県人吉市【デモ】町1-2",
    ),
    c("連絡先", "contact", "電話など", "contact", "090-0000-0002"),
    c("続柄", "relation", "お子さんとの関係", "relation", "父"),
    c(
        "同意",
        "agreed",
        "計画に名前が載ることの同意。はい・いいえ。空欄＝未確認",
        YES_NO_EN,
        "はい",
    ),
];

/// The hazards that have a start trigger: the names after `きっかけ_` and
/// `猶予分_`.
pub const TRIGGER_HAZARDS: &[(&str, &str)] = &[
    ("洪水", "flood"),
    ("土砂災害", "landslide"),
    ("高潮", "storm_surge"),
    ("内水氾濫", "inland_flood"),
    ("津波", "tsunami"),
];

/// How many destinations, and how many supporters, a row holds.
pub const REPEATED: usize = 3;

/// A column of the sheet as it stands there.
pub struct SheetColumn {
    /// Japanese name.
    pub ja: String,
    /// English name.
    pub en: String,
    /// What to write.
    pub help_ja: String,
    /// The same in English.
    pub help_en: String,
    /// What the example row says.
    pub example: String,
}

/// Every column of the sheet, in its order.
pub fn sheet() -> Vec<SheetColumn> {
    let own = |c: &Column, before_ja: &str, before_en: &str, example: bool| SheetColumn {
        ja: format!("{before_ja}{}", c.ja),
        en: format!("{before_en}{}", c.en),
        help_ja: c.help_ja.to_owned(),
        help_en: c.help_en.to_owned(),
        example: if example {
            c.example.to_owned()
        } else {
            String::new()
        },
    };
    let mut all: Vec<SheetColumn> = SINGLE.iter().map(|c| own(c, "", "", true)).collect();
    for (ja, en) in TRIGGER_HAZARDS {
        let first = *ja == "洪水";
        all.push(SheetColumn {
            ja: format!("きっかけ_{ja}"),
            en: format!("trigger_{en}"),
            help_ja: "警戒レベル（3）か情報の名称（高齢者等避難）".to_owned(),
            help_en: "level (3) or name of the information".to_owned(),
            example: if first { "3".to_owned() } else { String::new() },
        });
        all.push(SheetColumn {
            ja: format!("猶予分_{ja}"),
            en: format!("lead_minutes_{en}"),
            help_ja: "きっかけから災害までの分。空欄＝不明".to_owned(),
            help_en: "minutes from the trigger to the hazard".to_owned(),
            example: if first {
                "240".to_owned()
            } else {
                String::new()
            },
        });
    }
    for n in 1..=REPEATED {
        let (ja, en) = (format!("避難先{n}の"), format!("destination{n}_"));
        all.extend(DESTINATION.iter().map(|c| own(c, &ja, &en, n == 1)));
    }
    for n in 1..=REPEATED {
        let (ja, en) = (format!("支援者{n}の"), format!("supporter{n}_"));
        all.extend(SUPPORTER.iter().map(|c| own(c, &ja, &en, n == 1)));
    }
    all
}
