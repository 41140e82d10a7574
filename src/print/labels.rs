//! What keys and words of stored documents are called in Japanese.

use crate::domain::{
    access::Role,
    audit::Action,
    child::{PlanStep, Sex},
    consent::{ConsentForm, OrdinanceMode, Recipient},
    ending::{EndReason, LoanEndReason},
    hazard::Hazard,
    plan::{
        course::{Act, Stage},
        document::{Consideration, DestinationKind},
        giving::{Basis, Parts},
    },
    rights::{CorrectionField, ToldHow},
    text::Text,
};

/// Why a loan ended whose hand-over was taken back.
const NEVER_BEGUN: Text = Text::fixed(
    "誤って記録した貸与（始まっていない）",
    "recorded by mistake: it never began",
);

/// Keys in the order in which they are read.
const KEYS: &[(&str, &str)] = &[
    ("case", "整理番号"),
    ("name", "氏名・名称"),
    ("kana", "フリガナ"),
    ("born", "生年月日"),
    ("sex", "性別"),
    ("address", "住所"),
    ("contacts", "連絡先"),
    ("contact", "連絡先"),
    ("who", "だれの"),
    ("value", "番号・宛先"),
    ("reason", "支援を必要とする事由"),
    ("on_roster", "避難行動要支援者名簿に載っている"),
    ("roster_wish", "名簿に載る希望の記録"),
    ("has_plan", "計画がある"),
    ("stuck_step", "計画作りの段階"),
    ("stuck_since", "その段階の始まり"),
    ("battery_hours", "電池の時間"),
    ("pass_phrase", "合言葉"),
    ("created", "登録した日時"),
    ("changed", "最後に変更した日時"),
    ("ended_on", "終わった日"),
    ("ended_why", "終わった理由"),
    ("version", "版"),
    ("dated", "日付"),
    ("in_force_from", "効力の始まり"),
    ("in_force_until", "効力の終わり"),
    ("from", "いつから"),
    ("until", "いつまで"),
    ("started_on", "始まった日"),
    ("document", "内容"),
    ("child", "お子さん"),
    ("home", "自宅"),
    ("municipality", "市町村コード"),
    ("position", "位置"),
    ("lat", "緯度"),
    ("lon", "経度"),
    ("accuracy", "位置の精度"),
    ("floors", "建物の階数"),
    ("room_floor", "お子さんの部屋の階"),
    ("particulars", "くわしいこと"),
    ("household", "同居の家族"),
    ("usual_room", "普段いる部屋・寝室"),
    ("building", "建物のつくり"),
    ("built", "建てられた時期"),
    ("considerations", "避難のときに配慮すること"),
    ("consideration_words", "配慮すること（くわしく）"),
    ("doctor", "主治医・病院"),
    ("medicines", "薬"),
    ("services", "使っているサービス"),
    ("service_planner", "相談支援専門員"),
    ("safety_check", "安否確認の方法"),
    ("kept_at_home", "在宅避難の備え"),
    ("take_along", "持っていくもの"),
    ("at_destination", "避難先で気をつけること"),
    ("municipal", "市町村の項目"),
    ("item", "項目"),
    ("says", "内容"),
    ("people", "来る人数"),
    ("parent", "お子さんの親"),
    ("can_carry", "抱える・押すことができる"),
    ("lives_with_child", "お子さんと一緒に住んでいる"),
    ("task", "すること"),
    ("devices", "機器"),
    ("kind", "種別"),
    ("model", "機種"),
    ("watts", "消費電力（W）"),
    ("measured_watts", "測った消費電力（W）"),
    ("rated_va", "定格（VA）"),
    ("rated_watts", "定格（W）"),
    ("hours_a_day", "1日に動かす時間"),
    ("oxygen_l_min", "酸素の流量（L/分）"),
    ("internal_batteries", "内蔵バッテリー"),
    ("external_batteries", "専用外部バッテリー"),
    ("portable_batteries", "ポータブル電源"),
    ("nominal_hours", "公称の時間"),
    ("checked_hours", "点検のときの時間"),
    ("checked_on", "点検した日"),
    ("never_checked", "一度も点検していない"),
    ("made_on", "製造・購入の日"),
    ("life_years", "使用期間（年）"),
    ("charge_percent", "充電（%）"),
    ("nominal_wh", "容量（Wh）"),
    ("output", "出力"),
    ("output_watts", "出力（W）"),
    ("volts", "電圧（V）"),
    ("frequency_hz", "周波数（Hz）"),
    ("bought_on", "買った日"),
    ("cars", "車"),
    ("what", "内容"),
    ("litres", "リットル"),
    ("litres_an_hour", "1時間の消費（L）"),
    ("inverter_watts", "インバーター（W）"),
    ("sine_wave", "正弦波"),
    ("cable", "届くコード"),
    ("generators", "発電機"),
    ("loaned", "貸与の発電機"),
    ("charger_watts", "充電器（W）"),
    ("feeds", "つなぐもの"),
    ("maker_consent", "メーカーの了承"),
    ("physician_consent", "主治医の了承"),
    ("available", "あるか"),
    ("above_water", "水の上か"),
    ("away_from_openings", "窓や換気口から離れているか"),
    ("rain_cover", "雨よけ"),
    ("metres_to_room", "部屋までの距離（m）"),
    ("cord_metres", "延長コード（m）"),
    ("co_alarm", "一酸化炭素警報器"),
    ("owner_leave", "持ち主の承諾"),
    ("last_run_on", "最後の試運転"),
    ("gasoline", "ガソリン"),
    ("canisters", "カセットボンベ"),
    ("cylinders", "酸素ボンベ"),
    ("mpa", "圧力（MPa）"),
    ("gas_litres", "酸素の量（L）"),
    ("resuscitator", "蘇生バッグ"),
    ("within_reach", "手の届く所にあるか"),
    ("users", "使える人"),
    ("user_count", "使える人数"),
    ("hme", "人工鼻"),
    ("physician", "主治医の了承"),
    ("at_home", "家にある数"),
    (
        "oxygen_by_cylinder",
        "停電のとき濃縮器を止めてボンベにする了承",
    ),
    ("manual_suction", "手動・足踏みの吸引器"),
    ("registered_with_operator", "送配電会社への登録"),
    ("maker", "機器会社"),
    ("emergency_number", "緊急の電話番号"),
    ("delivers", "災害のとき届けるか"),
    ("upstairs", "上の階の備え"),
    ("without_lift", "エレベーターなしで上がれるか"),
    ("how", "どうやって"),
    ("food_hours", "食事（時間分）"),
    ("water_hours", "水（時間分）"),
    ("medicine_hours", "薬（時間分）"),
    ("oxygen", "酸素の確認"),
    ("preparation_minutes", "準備にかかる時間（分）"),
    ("vehicle", "移動に使う車"),
    ("destinations", "避難先"),
    ("site", "施設ID"),
    ("hazards", "対象の災害"),
    ("hazard", "災害"),
    ("route", "経路"),
    ("route_line", "経路の線"),
    ("travel_by", "移動手段"),
    ("drill_minutes", "訓練でかかった時間（分）"),
    ("family_minutes", "ご家族の見込み（分）"),
    ("companions", "一緒に行く人数"),
    ("lowest_floor", "使える一番下の階"),
    ("highest_floor", "使える一番上の階"),
    ("power", "確認済みの電源"),
    ("socket", "コンセント"),
    ("confirmed_by", "確認した人"),
    ("valid_until", "有効期限"),
    ("direct_allowed", "直接避難できる"),
    ("agreement", "受入れの合意"),
    ("with_whom", "合意の相手"),
    ("ward", "病棟"),
    ("from_trigger", "受入れのきっかけ"),
    ("subject_to_free_bed", "空床があるときに限る"),
    ("telephone", "電話"),
    ("tried_on", "試した日"),
    ("triggers", "出発のきっかけ"),
    ("level", "警戒レベル"),
    ("lead_minutes", "災害までの猶予（分）"),
    ("early_trigger", "台風の早めのきっかけ"),
    ("too_late", "逃げ遅れたとき"),
    ("room", "部屋"),
    ("take", "持って行くもの"),
    ("call", "電話する先"),
    ("leaves_home", "そのときも移動する"),
    ("supporters", "避難を手伝う人"),
    ("relation", "続柄"),
    ("agreed", "計画に載ることへの同意"),
    ("told_on", "計画に載っていることを知らせた日"),
    ("told_how", "知らせた方法"),
    ("withdrawn_on", "計画から外れた日"),
    ("consents", "同意と説明"),
    ("make", "計画を作る同意"),
    ("explained", "提供についての説明"),
    ("provide", "計画を渡す相手と同意"),
    ("recipient", "相手"),
    ("consent", "同意"),
    ("given", "同意した"),
    ("on", "日付"),
    ("by", "だれが"),
    ("ordinance", "条例の扱い"),
    ("unread", "紙にあるが読めない項目"),
    ("email", "宛先"),
    ("disabled", "停止した日時"),
    ("sessions", "サインインの記録の数"),
    ("links", "サインイン用リンクの数"),
    ("subject", "だれが"),
    ("ground", "根拠"),
    ("field", "申出の項目"),
    ("proposed", "申出の内容"),
    ("asked", "申出の日時"),
    ("answered", "回答の日時"),
    ("corrected", "訂正した"),
    ("answer", "回答"),
    ("day", "日"),
    ("place", "市町村コード"),
    ("action", "何を"),
    ("count", "回数"),
    ("review", "何をした"),
    ("held_on", "確認した日"),
    ("check_way", "確認の方法"),
    ("outcome", "結果"),
    ("usage", "使い方"),
    ("usage_note", "使い方のメモ"),
    ("condition", "発電機の状態"),
    ("hours_run", "運転時間（時間）"),
    ("load_watts", "つないだ機器の電力（W）"),
    ("oil_fine", "オイルはよい"),
    ("fuel_on", "燃料を買った日"),
    ("outdoor_place", "屋外の置き場所"),
    ("eligible", "貸与の条件"),
    ("check_note", "確認のメモ"),
    ("struck", "誤りとして取り消した"),
    ("added", "加えた日時"),
    ("bytes", "大きさ（バイト）"),
    ("taken_out", "取り除いた"),
    ("picture", "写真"),
    ("started", "動いたか"),
    ("tried_on", "動かした日"),
    ("oil", "オイル"),
    ("ventilated", "いまも必要か"),
    ("same_home", "同じ家か"),
    ("photos_kept", "写真の数"),
    ("told_at", "知らせた日時"),
    ("told", "知らせたこと"),
    ("ran", "動いた"),
    ("words", "ひとこと"),
    ("taken_back", "取り消した日時"),
    ("taken_back_why", "取り消した理由"),
    ("drilled_on", "訓練の日"),
    ("people", "来た人"),
    ("drill_to", "どこまで行ったか"),
    ("tried", "試したこと"),
    ("tried_other", "ほかに試したこと"),
    ("failures", "うまくいかなかったこと"),
    ("failed", "何が"),
    ("mender", "だれが直すか"),
    ("mender_name", "直す人の名前"),
    ("mend_by", "いつまでに"),
    ("mended_at", "直した日時"),
    ("mended_how", "どう直したか"),
    ("paper", "どの紙"),
    ("holder", "持っている人"),
    ("given_on", "渡した日"),
    ("of_version", "計画のどの版の紙か"),
    ("print_number", "紙の番号"),
    ("held_until", "持たなくなった日"),
    ("ended_how", "どう終わったか"),
    ("whose", "だれのアドレス"),
    ("with_link", "リンクを入れる"),
    ("mail_state", "届くか"),
    ("call_way", "方法"),
    ("spoken", "話した相手"),
    ("reached", "つながった"),
    ("said", "話したこと"),
    ("next_call", "次に連絡する日"),
    ("outcome", "電話の結果"),
    ("where_is", "お子さんのいた所"),
    ("power_now", "そこの電源"),
    ("hours_left", "バッテリーの残り（時間）"),
    ("needs", "要るもの"),
    ("next_call_at", "次に電話する時刻"),
    ("struck_out", "取り消した日時"),
    ("written", "書いた日時"),
    ("mail_subject", "件名"),
    ("mail_body", "本文"),
    ("reminder", "何のお知らせ"),
    ("due_on", "期限"),
    ("checked_by", "点検した人"),
    ("finding", "いちばんの問題"),
    ("next_step", "次にすること"),
    ("failing", "見つかった問題の数"),
    ("unknowns", "まだ分からないことの数"),
    ("stage", "段階"),
    ("act", "したこと"),
    ("done_at", "した日時"),
    ("said_words", "ことば"),
    ("said_on", "その日"),
    ("said_how", "聞いた方法"),
    ("gap", "不足"),
    ("owner", "だれが直すか"),
    ("gap_who", "担当者"),
    ("gap_until", "いつまでに"),
    ("interim", "仮の対応"),
    ("closed_at", "直した日時"),
    ("override_of", "例外を認めた判定"),
    ("override_reason", "例外の理由"),
    ("override_until", "例外の期限"),
    ("given_to", "渡した相手"),
    ("form", "方法"),
    ("consent_to", "渡す相手"),
    ("consented", "同意した"),
    ("answered_on", "答えた日"),
    ("answered_by", "答えた人"),
    ("capacity", "だれとして"),
    ("recorded_at", "記録した日時"),
    ("given_name", "相手の名前"),
    ("basis", "根拠"),
    ("given_parts", "渡したもの"),
    ("given_on", "渡した日"),
    ("struck_out_at", "取り消した日時"),
    ("schema_version", "様式の版"),
];

/// Words of keys whose word would mean something else elsewhere.
const WORDS: &[(&str, &str)] = &[
    ("person", "人"),
    ("body", "団体・事業所"),
    ("ventilator", "人工呼吸器"),
    ("humidifier", "加温加湿器"),
    ("suction", "吸引器"),
    ("concentrator", "酸素濃縮器"),
    ("monitor", "モニター"),
    ("other", "その他"),
    ("foot", "徒歩"),
    ("car", "車"),
    ("surveyed", "現地で測った（±10m）"),
    ("building", "建物（±30m）"),
    ("block", "街区（±100m）"),
    ("town_centroid", "町の代表点（±1km）"),
    ("name", "氏名"),
    ("born", "生年月日"),
    ("sex", "性別"),
    ("address", "住所"),
    ("contact", "連絡先"),
    ("reason", "事由"),
    ("supporters", "避難支援等実施者"),
    ("destinations", "避難先"),
    ("route", "避難経路"),
    ("consent_to_make", "作成の同意"),
    ("explanation", "説明"),
    ("consent_to_provide", "提供の同意"),
    ("triggers", "出発のきっかけ"),
    ("too_late", "逃げ遅れたとき"),
    ("early_trigger", "台風の早めのきっかけ"),
    ("vehicle", "移動手段"),
    ("agreement", "受入れの合意"),
    ("residence", "居住地の市町村として"),
    ("own", "ご家族として"),
    ("loan", "貸与をしているため（進み具合だけ）"),
    ("provision", "同意または条例による提供"),
    ("assignment", "担当として"),
    (
        "emergency",
        "緊急アクセス（災害対策基本法 第49条の15第3項）",
    ),
    ("stay", "滞在先の市町村として"),
    ("decided", "センターが決めた貸与の手続きの控え（読むだけ）"),
    ("operator", "運用者"),
    ("nobody", "サインインしていない人"),
];

/// Where a key stands in the order of reading, and what it is called.
pub(super) fn key(key: &str) -> (usize, &str) {
    KEYS.iter()
        .enumerate()
        .find(|(_, (known, _))| *known == key)
        .map_or((KEYS.len(), key), |(place, (_, label))| (place, label))
}

/// What a word of ours is called where it is the value of a key. Words that
/// people wrote are given back as they are.
pub(super) fn word(key: &str, value: &str) -> String {
    let named = match key {
        "considerations" => Consideration::from_code(value).map(Consideration::name),
        "stage" => Stage::from_code(value).map(Stage::name),
        "act" => Act::from_code(value).map(Act::name),
        "form" => ConsentForm::from_code(value).map(ConsentForm::name),
        "basis" => Basis::from_code(value).map(Basis::name),
        "given_parts" => Parts::from_code(value).map(Parts::name),
        "sex" => serde_json::from_value::<Sex>(value.into())
            .ok()
            .map(Sex::name),
        "hazard" | "hazards" => Hazard::ALL
            .into_iter()
            .find(|hazard| hazard.code() == value)
            .map(Hazard::name),
        "recipient" => serde_json::from_value::<Recipient>(value.into())
            .ok()
            .map(Recipient::name),
        "ordinance" => OrdinanceMode::from_code(value).map(OrdinanceMode::name),
        "stuck_step" => PlanStep::from_code(value).map(PlanStep::name),
        "kind" => serde_json::from_value::<DestinationKind>(value.into())
            .ok()
            .map(DestinationKind::name),
        "subject" => Role::from_code(value).map(Role::name),
        "action" => Action::from_code(value).map(Action::name),
        "field" => CorrectionField::from_code(value).map(CorrectionField::name),
        "told_how" => ToldHow::from_code(value).map(ToldHow::name),
        "ended_why" => EndReason::from_code(value)
            .map(EndReason::name)
            .or_else(|| LoanEndReason::from_code(value).map(LoanEndReason::name))
            .or_else(|| (value == "mistake").then_some(NEVER_BEGUN)),
        _ => None,
    };
    if let Some(name) = named {
        return name.ja.into_owned();
    }
    let coded = matches!(
        key,
        "kind" | "travel_by" | "accuracy" | "unread" | "ground" | "subject"
    );
    WORDS
        .iter()
        .find(|(known, _)| coded && *known == value)
        .map_or_else(|| value.to_owned(), |(_, word)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_plan_has_a_name() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
        let mut missing = Vec::new();
        let mut stack = vec![&schema];
        while let Some(node) = stack.pop() {
            match node {
                serde_json::Value::Object(map) => {
                    if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                        let unknown = properties.keys().filter(|name| key(name).0 == KEYS.len());
                        missing.extend(unknown.cloned());
                    }
                    stack.extend(map.values());
                }
                serde_json::Value::Array(list) => stack.extend(list),
                _ => {}
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_word_of_ours_is_translated_and_what_people_wrote_is_not() {
        assert_eq!(word("sex", "female"), "女");
        assert_eq!(word("kind", "ventilator"), "人工呼吸器");
        assert_eq!(word("kind", "hospital"), "病院");
        assert_eq!(word("vehicle", "car"), "car");
        assert_eq!(word("action", "read_plan"), "計画を見た");
    }

    #[test]
    fn every_ground_has_a_word() {
        for ground in crate::domain::access::Ground::ALL {
            assert_ne!(word("ground", ground.code()), ground.code());
        }
    }
}
