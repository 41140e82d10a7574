//! The columns of the sheet for families: the one table from which the
//! reader, the templates and `docs/import-formats.md` come.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::text::{Text, nfkc};

/// How many destinations a row has room for.
pub const DESTINATIONS: usize = 3;
/// How many supporters a row has room for.
pub const SUPPORTERS: usize = 3;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in English, which a header may use too: `destination1_kind`.
    pub key: String,
    /// Its header in Japanese: `避難先1_種別`.
    pub header: String,
    /// Another header that is read: `空床条件` for `合意空床条件`.
    pub also: Option<String>,
    /// What goes into it.
    pub about: Text,
    /// What the example row of the templates has in it; may be empty.
    pub example: &'static str,
}

/// A column of a group repeats with a number, or a hazard, in its name.
struct Part {
    key: &'static str,
    header: &'static str,
    about: Text,
    examples: &'static [&'static str],
}

/// `key "header": "what goes into it" / "the same in English", examples…;`
macro_rules! parts {
    ($($key:literal $header:literal: $ja:literal / $en:literal, $($example:literal)|+;)+) => {
        &[$(Part {
            key: $key,
            header: $header,
            about: Text::fixed($ja, $en),
            examples: &[$($example),+],
        }),+]
    };
}

const CHILD: &[Part] = parts! {
    "case" "整理番号": "必須。1人に1つ、英数字と - _ で32字まで。同じ番号の行は1つだけ。" / "Required. One for each child: up to 32 letters, digits, `-` or `_`; one row each.", "DEMO-1";
    "municipality" "市町村": "必須。市町村コード（5桁か6桁）または名前。" / "Required. The municipality's code (five or six digits) or name.", "熊本県人吉市";
    "name" "氏名": "お子さんの氏名。" / "The child's name.", "【デモ】灯 あかり";
    "kana" "フリガナ": "氏名の読み。" / "How the name is read.", "トモシビ アカリ";
    "born" "生年月日": "2018-04-02、令和元年5月1日、R1.5.1 など。" / "2018-04-02, 令和元年5月1日, R1.5.1 and the like.", "平成30年4月2日";
    "sex" "性別": "女・男・その他・未回答。" / "女 (female), 男 (male), その他 (other), 未回答 (not answered).", "女";
    "address" "住所": "住所または居所。" / "Address or abode.", "【デモ】人吉市灯町1-1";
    "reason" "事由": "避難支援を必要とする事由。" / "Why support is needed to evacuate.", "【デモ】人工呼吸器を使用";
    "contact1" "連絡先1": "電話番号、メールアドレスなど。" / "Telephone number, mail address, …", "096-000-0001";
    "contact1_who" "続柄1": "連絡先1がどなたのものか。" / "Whose the first contact is.", "母";
    "contact2" "連絡先2": "2つ目の連絡先。" / "A second contact.", "096-000-0002";
    "contact2_who" "続柄2": "連絡先2がどなたのものか。" / "Whose the second contact is.", "父";
    "coordinator" "コーディネーター": "担当コーディネーターの名前。電話とともに。" / "The coordinator's name, with the telephone number.", "【デモ】灯 しおり";
    "coordinator_phone" "コーディネーター電話": "担当コーディネーターの電話。" / "The coordinator's telephone number.", "096-000-0003";
    "on_roster" "名簿": "避難行動要支援者名簿に載っているか。はい・いいえ・空欄（不明）。" / "Whether the child is on the municipality's roster: はい, いいえ, or empty (unknown).", "はい";
    "roster_wish" "名簿の希望": "名簿への掲載の希望が記録されているか。はい・いいえ・空欄（不明）。" / "Whether a wish to be on it is recorded: はい, いいえ, or empty (unknown).", "はい";
};

const HOME: &[Part] = parts! {
    "lat" "緯度": "自宅の緯度（度、10進）。経度とともに。" / "Latitude of the home in decimal degrees, with the longitude.", "32.21";
    "lon" "経度": "自宅の経度（度、10進）。" / "Longitude of the home in decimal degrees.", "130.76";
    "accuracy" "位置の精度": "現地測位・建物・街区・町字。空欄は町字とみなす。" / "How the position was found: 現地測位 (surveyed), 建物 (building), 街区 (block), 町字 (centre of the town). Empty counts as 町字.", "建物";
    "floors" "階数": "建物の階数。" / "Storeys of the building.", "2";
    "room_floor" "居室の階": "お子さんの部屋の階。1は1階、-1またはB1は地下1階。" / "Storey of the child's room: 1 is the ground floor, -1 or B1 the first basement.", "1";
    "ventilator" "人工呼吸器": "機種名。機種が不明なら「あり」。" / "Maker and model; あり where the model is unknown.", "【デモ】ともしび呼吸器";
    "battery_hours" "バッテリー時間": "バッテリー全部で動く時間（時間）。" / "Hours that all batteries last together.", "8.5";
    "preparation_minutes" "準備分": "避難を決めてから玄関を出るまでの分。空欄は90分とみなす。" / "Minutes from the decision to the door. Empty counts as 90.", "60";
    "vehicle" "車": "お子さんと機器を運ぶ車。どなたの、どの車か。" / "The vehicle for the child and its devices: whose, which.", "【デモ】母の福祉車両";
};

/// Of `避難先1_…` to `避難先3_…`.
const DESTINATION: &[Part] = parts! {
    "kind" "種別": "指定緊急避難場所・指定避難所・福祉避難所・病院・短期入所・親戚・ホテル・屋内安全確保・その他。" / "What it is: 指定緊急避難場所 (emergency site), 指定避難所 (shelter), 福祉避難所 (welfare shelter), 病院 (hospital), 短期入所 (short stay), 親戚 (relatives), ホテル (hotel), 屋内安全確保 (stay upstairs), その他 (other).", "病院"|"親戚"|"";
    "site" "施設ID": "公表一覧の共通ID、または「公表者コード:ID」。" / "共通ID in the published list, or the publisher's `code:id`.", "E0000000000001"|""|"";
    "name" "名称": "避難先の名前。" / "Its name.", "【デモ】灯病院"|"【デモ】祖母の家"|"";
    "address" "住所": "避難先の住所。" / "Its address.", "【デモ】人吉市灯町2-2"|"【デモ】人吉市丘町3-3"|"";
    "lat" "緯度": "避難先の緯度（度、10進）。経度とともに。" / "Its latitude in decimal degrees, with the longitude.", "32.22"|"32.23"|"";
    "lon" "経度": "避難先の経度（度、10進）。" / "Its longitude in decimal degrees.", "130.77"|"130.78"|"";
    "hazards" "災害": "どの災害のときに行くか。洪水・土砂災害・高潮・地震・津波・大規模な火事・内水氾濫・火山現象・停電を「・」「、」「/」で区切る。空欄または「全て」はすべて。" / "For which hazards, separated by ・ 、 or /: 洪水 (flood), 土砂災害 (landslide), 高潮 (storm surge), 地震 (earthquake), 津波 (tsunami), 大規模な火事 (large fire), 内水氾濫 (inland flood), 火山現象 (volcano), 停電 (power cut). Empty or 全て: all.", "洪水・停電"|"全て"|"";
    "route" "経路": "そこまでの道。1行でよい。" / "The way there; one line will do.", "県道を東へ、灯橋は渡らない"|"市道を北へ"|"";
    "travel_by" "移動手段": "徒歩・車。" / "徒歩 (on foot) or 車 (by car).", "車"|"車"|"";
    "drill_minutes" "訓練分": "訓練で玄関から着くまでにかかった分。" / "Minutes from door to door in a drill.", "25"|""|"";
    "family_minutes" "家族見込み分": "ご家族の見込みの分。" / "Minutes as the family reckons.", "20"|"40"|"";
    "companions" "付添い人数": "付き添う人の数。" / "How many companions come along.", "2"|"2"|"";
    "lowest_floor" "最下階": "使える最も下の階。" / "The lowest storey that may be used.", "3"|""|"";
    "highest_floor" "最上階": "使える最も上の階。" / "The highest storey that may be used.", "5"|""|"";
    "power_socket" "電源コンセント": "停電のときに使えるコンセント。確認者・期限とともに。" / "The socket that works in a power cut, with who confirmed it and until when.", "3階病棟の非常用コンセント"|""|"";
    "power_by" "電源確認者": "電源を確認した人。" / "Who confirmed the power.", "【デモ】病院の設備係"|""|"";
    "power_until" "電源期限": "確認が有効な最後の日。" / "The last day on which that confirmation counts.", "2027-03-31"|""|"";
    "direct" "直接避難": "お子さんが直接行けるか。可・不可・空欄（不明）。" / "Whether it takes the child directly: 可 (yes), 不可 (no), or empty (unknown).", "可"|"可"|"";
    "agreed_with" "合意相手": "受入れを合意した相手。" / "Who there has agreed to receive the child.", "【デモ】小児科の看護師長"|""|"";
    "agreed_ward" "合意病棟": "どの病棟か。" / "Which ward.", "小児病棟"|""|"";
    "agreed_trigger" "合意きっかけ": "何をきっかけに受け入れるか。" / "From which trigger on.", "警戒レベル3"|""|"";
    "agreed_free_bed" "合意空床条件": "空床があるときに限るか。あり・なし・空欄（不明）。" / "Whether it depends on a free bed: あり (yes), なし (no), or empty (unknown).", "あり"|""|"";
    "agreed_phone" "合意電話": "夜間もつながる電話。" / "Telephone, also by night.", "096-000-0010"|""|"";
    "agreed_on" "合意日": "合意した日。" / "The day of the agreement.", "2026-05-01"|""|"";
    "tried_on" "試行日": "最後に試しに泊まった日。" / "The day on which the stay was last tried.", "2026-06-01"|""|"";
};

/// Of each hazard for which a plan may say when to leave.
const TRIGGER: &[Part] = parts! {
    "trigger" "きっかけ": "出発のきっかけ。3、警戒レベル3、高齢者等避難、「3 高齢者等避難」など。" / "When to leave: 3, 警戒レベル3, 高齢者等避難, `3 高齢者等避難`, …", "3 高齢者等避難"|"警戒レベル3"|"高齢者等避難"|"3"|"津波警報";
    "lead_minutes" "猶予分": "きっかけから災害が来るまでの分。" / "Minutes from this trigger to the hazard.", "180"|"120"|"180"|"60"|"40";
};

const TOO_LATE: &[Part] = parts! {
    "early_trigger" "台風の早めのきっかけ": "台風の前日、明るいうち、風が強まる前など。" / "What starts the plan before a typhoon: the day before, before dark, before the wind.", "台風の前日の昼まで";
    "too_late_room" "逃げ遅れ_部屋": "逃げ遅れたとき、どの部屋へ行くか。" / "When it is too late to leave: which room.", "2階の山と反対側の部屋";
    "too_late_take" "逃げ遅れ_持ち物": "その部屋へ持っていくもの。" / "What to take there.", "呼吸器、外部バッテリー、蘇生バッグ";
    "too_late_call" "逃げ遅れ_連絡先": "どこへ連絡するか。" / "Whom to call.", "119";
    "too_late_leaves" "逃げ遅れ_移動": "そのときも家から移動する計画か。する・しない・空欄。" / "Whether the plan travels even then: する (yes), しない (no), or empty.", "しない";
};

/// Of `支援者1_…` to `支援者3_…`.
const SUPPORTER: &[Part] = parts! {
    "name" "氏名": "避難支援等実施者の氏名または名称。" / "Name of the person or body that helps.", "【デモ】灯 まもる"|"【デモ】灯町自主防災会"|"";
    "address" "住所": "住所または居所。" / "Address or abode.", "【デモ】人吉市灯町1-1"|"【デモ】人吉市灯町5"|"";
    "contact" "連絡先": "電話番号など。" / "Telephone number or the like.", "096-000-0002"|"096-000-0020"|"";
    "relation" "続柄": "お子さんとの関係。" / "What they are to the child.", "父"|"地域"|"";
    "agreed" "同意": "名前を載せることと提供先の説明に同意したか。あり・なし・空欄（不明）。" / "Whether they agreed to be named and were told of the recipients: あり (yes), なし (no), or empty (unknown).", "あり"|"あり"|"";
};

const PAPERS: &[Part] = parts! {
    "consent_make" "作成の同意": "計画の作成への同意。あり・なし・空欄。" / "Consent to make the plan: あり (given), なし (refused), or empty.", "あり";
    "consent_make_on" "作成の同意日": "同意の日。" / "The day of that consent.", "2026-04-01";
    "consent_make_by" "同意者": "同意した人（法定代理人）。" / "By whom (legal representative).", "母";
    "explained_on" "説明日": "計画の提供について説明した日。" / "When it was explained how the plan will be given to others.", "2026-04-01";
    "explained_by" "説明者": "説明した人。" / "Who explained it.", "【デモ】市の担当者";
    "provide" "提供先": "平時の提供先と答え。「消防=同意(2026-04-01)、民生委員=拒否、医療的ケア児支援センター=未確認」のように書く。" / "To whom the plan is given in peacetime, and the answer: 消防=同意(2026-04-01)、民生委員=拒否、医療的ケア児支援センター=未確認.", "消防=同意(2026-04-01)、医療的ケア児支援センター=未確認、民生委員=拒否";
    "unread" "読めない項目": "紙にはあるが読み取れなかった項目の名前。「・」「、」「/」で区切る。" / "Items that stand on the paper but could not be read, by their Japanese names, separated by ・ 、 or /.", "避難経路";
    "has_plan" "計画": "個別避難計画があるか。あり・なし・空欄（不明）。" / "Whether there is a plan: あり (yes), なし (no), or empty (unknown).", "あり";
    "plan_dated" "計画日": "計画の日付。" / "The date of the plan.", "2026-04-10";
    "step" "段階": "計画がないとき、どこで止まっているか。未着手・申請前・申請済み・作成中・家族の確認待ち・家族が希望しない。" / "Where there is no plan, at which step it is stuck: 未着手 (not started), 申請前 (before the application), 申請済み (applied for), 作成中 (being written), 家族の確認待ち (waits for the family), 家族が希望しない (declined).", "";
    "step_since" "段階の開始日": "その段階になった日。" / "Since when.", "";
    "loan_started" "貸与開始日": "発電機の貸与を始めた日。" / "The day on which the loan of a generator began.", "2026-03-01";
};

/// The hazards for which a plan may say when to leave, as they stand in the
/// headers and keys.
pub const TRIGGER_HAZARDS: [crate::domain::hazard::Hazard; 5] = {
    use crate::domain::hazard::Hazard as H;
    [
        H::Flood,
        H::Landslide,
        H::StormSurge,
        H::InlandFlood,
        H::Tsunami,
    ]
};

/// Other headers for which people reach.
const fn also(key: &str) -> Option<&'static str> {
    match key.as_bytes() {
        b"contact1_who" => Some("連絡先1の続柄"),
        b"contact2_who" => Some("連絡先2の続柄"),
        b"ventilator" => Some("呼吸器"),
        b"family_minutes" => Some("見込み分"),
        b"agreed_free_bed" => Some("空床条件"),
        _ => None,
    }
}

static TABLE: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let single = |parts: &'static [Part]| {
        parts.iter().map(|part| Column {
            key: part.key.to_owned(),
            header: part.header.to_owned(),
            also: also(part.key).map(str::to_owned),
            about: part.about.clone(),
            example: part.examples[0],
        })
    };
    let numbered =
        |key: &'static str, header: &'static str, parts: &'static [Part], place: usize| {
            let number = place + 1;
            parts.iter().map(move |part| Column {
                key: format!("{key}{number}_{}", part.key),
                header: format!("{header}{number}_{}", part.header),
                also: also(part.key).map(|other| format!("{header}{number}_{other}")),
                about: part.about.clone(),
                example: part.examples[place],
            })
        };
    let mut table: Vec<Column> = single(CHILD).chain(single(HOME)).collect();
    for place in 0..DESTINATIONS {
        table.extend(numbered("destination", "避難先", DESTINATION, place));
    }
    for (place, hazard) in TRIGGER_HAZARDS.into_iter().enumerate() {
        table.extend(TRIGGER.iter().map(|part| Column {
            key: format!("{}_{}", part.key, hazard.code()),
            header: format!("{}_{}", part.header, hazard.name().ja),
            also: None,
            about: part.about.clone(),
            example: part.examples[place],
        }));
    }
    table.extend(single(TOO_LATE));
    for place in 0..SUPPORTERS {
        table.extend(numbered("supporter", "支援者", SUPPORTER, place));
    }
    table.extend(single(PAPERS));
    table
});

/// Every column, in the order of the templates.
pub fn columns() -> &'static [Column] {
    &TABLE
}

/// The form in which headers are compared: widths, spaces, case, の and marks
/// between words do not matter, nor a remark in brackets at the end.
fn header_form(text: &str) -> String {
    let text = nfkc(text).to_lowercase();
    let text = match text.trim().rsplit_once('(') {
        Some((head, rest)) if rest.ends_with(')') => head,
        _ => &text,
    };
    text.chars()
        .filter(|c| !c.is_whitespace() && !"_・.-:*※の\u{feff}".contains(*c))
        .collect()
}

/// Every name of every column, in the form in which they are compared.
static NAMES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let names = TABLE.iter().enumerate().flat_map(|(place, column)| {
        [
            Some(&column.header),
            Some(&column.key),
            column.also.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(move |name| (header_form(name), place))
    });
    names.collect()
});

/// The place in [`columns`] that a header names, in Japanese or English.
pub fn place_of(header: &str) -> Option<usize> {
    NAMES.get(&header_form(header)).copied()
}

/// The column whose name is nearest to a header that no column has; `None`
/// where none is near.
pub fn nearest(header: &str) -> Option<&'static Column> {
    let wanted: Vec<char> = header_form(header).chars().collect();
    let (distance, place) = NAMES
        .iter()
        .map(|(name, place)| (edits(&wanted, &name.chars().collect::<Vec<_>>()), *place))
        .min()?;
    (distance * 2 <= wanted.len()).then(|| &TABLE[place])
}

/// How many characters must be added, taken away or replaced (Levenshtein
/// 1965) to make one text of another.
pub(in crate::import) fn edits(a: &[char], b: &[char]) -> usize {
    let mut line: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = line[0];
        line[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = line[j + 1];
            line[j + 1] = replaced.min(diagonal + 1).min(line[j] + 1);
        }
    }
    line[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_columns_answer_to_one_name() {
        let others = columns().iter().filter(|c| c.also.is_some()).count();
        assert_eq!(NAMES.len(), columns().len() * 2 + others);
    }

    #[test]
    fn a_header_is_known_in_both_languages_and_any_width() {
        for (place, column) in columns().iter().enumerate() {
            assert_eq!(place_of(&column.header), Some(place));
            assert_eq!(place_of(&column.key.to_uppercase()), Some(place));
        }
        let place = place_of("避難先1_種別");
        for header in ["避難先１種別", " 避難先１・種別", "避難先1の種別（必須）"]
        {
            assert_eq!(place_of(header), place, "{header}");
        }
        assert_eq!(place_of("続柄3"), None);
    }

    #[test]
    fn a_header_with_a_slip_is_led_to_the_column_that_was_meant() {
        assert_eq!(nearest("フリガナー").unwrap().header, "フリガナ");
        assert_eq!(nearest("避難先1_種類").unwrap().header, "避難先1_種別");
        assert_eq!(nearest("munincipality").unwrap().key, "municipality");
        assert_eq!(nearest("ペットの名前と種類"), None);
    }
}
