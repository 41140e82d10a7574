//! The form of a child's devices and sources: which fields it has, in which sections.
//!
//! A field is named by its place in the record (`/internal_batteries/0/nominal_hours`),
//! as refusals name it.

use crate::{
    domain::text::Text,
    web::by_field::{Field, Kind, Section, Words, field},
};

const DEDICATED: &[Field] = &[
    field!("model", "メーカー・型番", "Maker and model", Kind::Line),
    field!(
        "nominal_hours",
        "公称の時間",
        "Nominal hours",
        Kind::Number("時間")
    ),
    field!(
        "checked_hours",
        "点検のときの時間",
        "Hours at the last check",
        Kind::Number("時間")
    ),
    field!("checked_on", "点検した日", "Checked on", Kind::Day),
    field!(
        "checked_by",
        "点検した人",
        "Checked by",
        Kind::Choice(Words::Checkers)
    ),
    field!(
        "never_checked",
        "一度も点検していない",
        "Never checked",
        Kind::YesNo
    ),
    field!(
        "made_on",
        "製造日（分からなければ、買った日・交換した日）",
        "Made (else bought or replaced) on",
        Kind::Day
    ),
    field!(
        "life_years",
        "メーカーの交換の目安",
        "Years until the maker has it replaced",
        Kind::Number("年")
    ),
    field!(
        "charge_percent",
        "ふだんの充電",
        "How full it is kept",
        Kind::Number("%")
    ),
];

/// Every section, in the order in which one walks from the child's bed outwards.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        at: "devices",
        title: Text::fixed("機器", "Devices"),
        help: Some(Text::fixed(
            "電気を使うものをすべて。「測ったW」は、お子さんの設定で測った値だけを入れてください。銘板の値は「定格」に。",
            "Everything that uses power. Measured watts are those of this child's device as it is set; what the plate says goes under rated.",
        )),
        is_list: true,
        fields: &[
            field!("kind", "種類", "Kind", Kind::Choice(Words::Devices)),
            field!("model", "メーカー・型番", "Maker and model", Kind::Line),
            field!(
                "measured_watts",
                "測ったW",
                "Measured watts",
                Kind::Number("W")
            ),
            field!(
                "rated_va",
                "定格VA（銘板）",
                "Rated VA (plate)",
                Kind::Number("VA")
            ),
            field!(
                "rated_watts",
                "定格W（銘板にVAがないとき）",
                "Rated watts (where the plate states no VA)",
                Kind::Number("W")
            ),
            field!(
                "hours_a_day",
                "1日に使う時間（吸引器とその他。ほかは、つけている間ずっと数えます）",
                "Hours a day (suction and others; everything else counts in full)",
                Kind::Number("時間")
            ),
            field!("oxygen_l_min", "酸素の流量", "Oxygen", Kind::Number("L/分")),
        ],
    },
    Section {
        at: "internal_batteries",
        title: Text::fixed("内蔵バッテリー", "Batteries inside the ventilator"),
        help: Some(Text::fixed(
            "時間は、病院の臨床工学技士か機器会社の点検の値を入れます。お子さんにつないだまま使い切らないでください。",
            "Hours come from a check by the hospital's engineer or the maker. Never run a battery down on the child.",
        )),
        is_list: true,
        fields: DEDICATED,
    },
    Section {
        at: "external_batteries",
        title: Text::fixed(
            "専用の外部バッテリー",
            "The ventilator's own external batteries",
        ),
        help: None,
        is_list: true,
        fields: DEDICATED,
    },
    Section {
        at: "portable_batteries",
        title: Text::fixed("ポータブル電源（市販の蓄電池）", "Portable batteries"),
        help: None,
        is_list: true,
        fields: &[
            field!("model", "メーカー・型番", "Maker and model", Kind::Line),
            field!(
                "nominal_wh",
                "容量（銘板）",
                "Watt-hours (plate)",
                Kind::Number("Wh")
            ),
            field!("output", "出力", "Output", Kind::Choice(Words::Outputs)),
            field!(
                "output_watts",
                "最大の出力",
                "Most watts",
                Kind::Number("W")
            ),
            field!(
                "volts",
                "電圧（100Vなら空欄）",
                "Volts (empty: 100)",
                Kind::Whole("V")
            ),
            field!("frequency_hz", "周波数", "Frequency", Kind::Whole("Hz")),
            field!("bought_on", "買った日", "Bought on", Kind::Day),
            field!(
                "charge_percent",
                "ふだんの充電",
                "How full it is kept",
                Kind::Number("%")
            ),
        ],
    },
    Section {
        at: "cars",
        title: Text::fixed("車からの電源", "Power from a car"),
        help: Some(Text::fixed(
            "避難先まで走る分のガソリンを除いた量を入れてください。",
            "Keep back what the way to the destination burns.",
        )),
        is_list: true,
        fields: &[
            field!("what", "だれの、どの車", "Whose, which", Kind::Line),
            field!(
                "litres",
                "電源に使えるガソリン",
                "Litres for power",
                Kind::Number("L")
            ),
            field!(
                "litres_an_hour",
                "停まったままの1時間の消費",
                "Burnt an hour, standing",
                Kind::Number("L/時")
            ),
            field!(
                "inverter_watts",
                "インバーター・コンセントの出力",
                "Inverter or socket",
                Kind::Number("W")
            ),
            field!("sine_wave", "正弦波", "Sine wave", Kind::YesNo),
            field!(
                "cable",
                "お子さんまでケーブルが届く",
                "A cable reaches the child",
                Kind::YesNo
            ),
        ],
    },
    Section {
        at: "generators",
        title: Text::fixed("発電機（必ず屋外で）", "Generators (outdoors only)"),
        help: Some(Text::fixed(
            "発電機はバッテリーを充電するものです。人工呼吸器を直接つなぐには、メーカーと主治医の両方の書面の承諾が要ります。",
            "A generator charges batteries. To feed the ventilator directly takes the written consent of both maker and physician.",
        )),
        is_list: true,
        fields: &[
            field!(
                "loaned",
                "センターから貸与されたもの",
                "Lent by the centre",
                Kind::YesNo
            ),
            field!("model", "機種", "Model", Kind::Line),
            field!(
                "rated_va",
                "定格VA（機種の一覧にあれば空欄）",
                "Rated VA (empty: the catalogue's)",
                Kind::Number("VA")
            ),
            field!("sine_wave", "正弦波", "Sine wave", Kind::YesNo),
            field!(
                "frequency_hz",
                "周波数の切替",
                "Frequency it is set to",
                Kind::Whole("Hz")
            ),
            field!(
                "charger_watts",
                "つなぐ充電器の合計",
                "Chargers on it, together",
                Kind::Number("W")
            ),
            field!(
                "feeds",
                "つなぐもの（分かればVAも）",
                "What hangs on it (and its VA)",
                Kind::Feeds
            ),
            field!(
                "maker_consent.given",
                "メーカーの書面の承諾（直接つなぐとき）",
                "The maker's written consent (to feed directly)",
                Kind::YesNo
            ),
            field!("maker_consent.on", "その日付", "Its date", Kind::Day),
            field!(
                "physician_consent.given",
                "主治医の書面の承諾（直接つなぐとき）",
                "The physician's written consent (to feed directly)",
                Kind::YesNo
            ),
            field!("physician_consent.on", "その日付", "Its date", Kind::Day),
            field!(
                "place.available",
                "屋外の置き場所がある",
                "There is a place outdoors",
                Kind::YesNo
            ),
            field!("place.what", "どこ", "Where", Kind::Line),
            field!(
                "place.above_water",
                "浸水の深さより高い",
                "Above the water that is expected",
                Kind::YesNo
            ),
            field!(
                "place.away_from_openings",
                "窓・戸・換気口から離れている",
                "Away from windows, doors and vents",
                Kind::YesNo
            ),
            field!(
                "place.rain_cover",
                "雨よけがある",
                "Rain is kept off",
                Kind::YesNo
            ),
            field!(
                "place.metres_to_room",
                "お子さんの部屋まで",
                "To the child's room",
                Kind::Number("m")
            ),
            field!(
                "cord_metres",
                "延長コードの長さ（なければ0）",
                "Extension cord (0: none)",
                Kind::Number("m")
            ),
            field!(
                "co_alarm",
                "一酸化炭素警報器がある",
                "Carbon monoxide alarm",
                Kind::YesNo
            ),
            field!(
                "owner_leave",
                "建物の持ち主の承諾",
                "Leave of the building's owner",
                Kind::Choice(Words::Leaves)
            ),
            field!(
                "last_run_on",
                "最後に負荷をつないで動かした日",
                "Last test run, with a load",
                Kind::Day
            ),
        ],
    },
    Section {
        at: "gasoline",
        title: Text::fixed(
            "保管しているガソリン（発電機のタンクも）",
            "Gasoline kept at the home (the generator's tank too)",
        ),
        help: None,
        is_list: true,
        fields: &[
            field!("litres", "量", "Litres", Kind::Number("L")),
            field!("bought_on", "買った日", "Bought on", Kind::Day),
        ],
    },
    Section {
        at: "canisters",
        title: Text::fixed("カセットボンベ", "Gas canisters"),
        help: None,
        is_list: true,
        fields: &[
            field!("count", "本数", "How many", Kind::Whole("本")),
            field!(
                "dated",
                "缶の底の日付",
                "Date on the bottom of the can",
                Kind::Day
            ),
        ],
    },
    Section {
        at: "cylinders",
        title: Text::fixed("酸素ボンベ", "Oxygen cylinders"),
        help: Some(Text::fixed(
            "「中の酸素」が分かればそれを、分からなければ容器の大きさと圧力を入れてください。",
            "Enter the litres of oxygen where they are known, else the size of the cylinder and its pressure.",
        )),
        is_list: true,
        fields: &[
            field!("gas_litres", "中の酸素", "Oxygen in it", Kind::Number("L")),
            field!(
                "litres",
                "容器の大きさ",
                "Size of the cylinder",
                Kind::Number("L")
            ),
            field!("mpa", "圧力", "Pressure", Kind::Number("MPa")),
            field!("count", "本数", "How many", Kind::Whole("本")),
        ],
    },
    Section {
        at: "",
        title: Text::fixed("電気がなくても使えるもの", "What needs no power"),
        help: None,
        is_list: false,
        fields: &[
            field!(
                "resuscitator.within_reach",
                "蘇生バッグが手の届くところにある",
                "A manual resuscitator is within reach",
                Kind::YesNo
            ),
            field!(
                "resuscitator.users",
                "蘇生バッグを使える人（1行に1人、続柄や名前）",
                "Who can use it (one a line)",
                Kind::Names
            ),
            field!(
                "hme.physician.given",
                "人工鼻を使ってよいと主治医が言っている",
                "The physician has agreed to a heat and moisture exchanger",
                Kind::YesNo
            ),
            field!("hme.physician.on", "その日付", "Its date", Kind::Day),
            field!(
                "hme.physician.by",
                "医師の名前",
                "Which physician",
                Kind::Line
            ),
            field!(
                "hme.at_home",
                "家にある人工鼻",
                "At home",
                Kind::Whole("個")
            ),
            field!(
                "oxygen_by_cylinder.given",
                "停電のとき、酸素濃縮器を止めてボンベで酸素を流してよいと主治医が言っている",
                "The physician has agreed that in a power cut the concentrator is switched off and cylinders give the oxygen",
                Kind::YesNo
            ),
            field!(
                "oxygen_by_cylinder.on",
                "その日付（ボンベ）",
                "Its date (cylinders)",
                Kind::Day
            ),
            field!(
                "oxygen_by_cylinder.by",
                "医師の名前（ボンベ）",
                "Which physician (cylinders)",
                Kind::Line
            ),
            field!(
                "manual_suction",
                "手動・足踏みの吸引器がある",
                "A manual or foot-driven suction",
                Kind::YesNo
            ),
        ],
    },
    Section {
        at: "",
        title: Text::fixed("届け出と連絡先", "Registration and contacts"),
        help: None,
        is_list: false,
        fields: &[
            field!(
                "registered_with_operator",
                "電力会社（送配電）に登録している",
                "Registered with the network operator",
                Kind::YesNo
            ),
            field!(
                "maker.name",
                "機器会社",
                "The ventilator's maker or dealer",
                Kind::Line
            ),
            field!(
                "maker.emergency_number",
                "夜もつながる電話番号",
                "Its number that answers by night",
                Kind::Telephone
            ),
            field!(
                "maker.delivers",
                "災害の前にバッテリーを届けてくれる",
                "It brings batteries when a disaster is forecast",
                Kind::YesNo
            ),
        ],
    },
];

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::domain::power::Equipment;

    /// The names of the fields of a part of the schema.
    fn properties(schema: &serde_json::Value, of: &str) -> Vec<String> {
        let part = if of.is_empty() {
            schema
        } else {
            &schema["$defs"][of]
        };
        let named = part["properties"].as_object();
        named
            .unwrap_or_else(|| panic!("{of} in {schema}"))
            .keys()
            .cloned()
            .collect()
    }

    #[test]
    fn every_field_of_the_record_stands_in_the_form() {
        let schema = serde_json::to_value(schema_for!(Equipment)).unwrap();
        let lists = [
            ("devices", "PoweredDevice"),
            ("internal_batteries", "DedicatedBattery"),
            ("external_batteries", "DedicatedBattery"),
            ("portable_batteries", "PortableBattery"),
            ("cars", "Car"),
            ("generators", "HomeGenerator"),
            ("gasoline", "Gasoline"),
            ("canisters", "Canisters"),
            ("cylinders", "Cylinder"),
        ];
        // Asked for in another way, or not at all where it says nothing to those who fill
        // in: how many can use the bag (who they are says it), volts of a generator.
        let elsewhere = ["volts"];
        for (at, of) in lists {
            let section = SECTIONS.iter().find(|section| section.at == at).expect(at);
            for name in properties(&schema, of) {
                let there = section
                    .fields
                    .iter()
                    .any(|field| field.at.split('.').next() == Some(&name));
                assert!(there || elsewhere.contains(&&*name), "{at}/{name}");
            }
        }
        let listed = |name: &str| {
            let sections = SECTIONS.iter();
            sections.clone().any(|section| section.at == name)
                || sections
                    .flat_map(|section| section.fields)
                    .any(|field| field.at.split('.').next() == Some(name))
        };
        for name in properties(&schema, "") {
            assert!(listed(&name), "{name}");
        }
    }
}
