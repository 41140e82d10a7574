//! The words of the map of the prefecture.

use crate::domain::text::Text;

words! {
    MENU = "全体の地図", "Map";
    TITLE = "全体の地図", "Map of the prefecture";
    HELP = "お子さんの家、避難先、災害の区域を重ねて見ます。地図と同じ内容が、横の一覧にあります。", "Homes, sites and hazard zones on one map. The list beside it says the same.";
    NOT_SAFE = "色がついていない場所は、安全という意味ではありません。地図のない川や市町村があります。", "A place without colour is not safe: some rivers and municipalities have no map.";
    INSIDE = "お子さんの家", "Homes";
    INSIDE_ANY = "すべての家", "all homes";
    INSIDE_OF = "の区域の中の家と、まだ分からない家", ": homes inside its zones, and those not known yet";
    EVERYWHERE = "県全体", "the whole prefecture";
    SITE_FILTER = "避難先を絞り込む（種類・開設レベル・指定・電源）", "Filter sites (kind, level, designation, power)";
    KIND = "避難先の種類", "Kind of site";
    LEVEL = "開設する警戒レベル", "Opens at level";
    LEVEL_BY = "までに開設", "or before";
    LEVEL_UNKNOWN = "未記入（分からない）", "not entered (unknown)";
    DESIGNATED = "指定されている災害（すべて）", "Designated for (all of)";
    CLOSED = "今日閉鎖しているものだけ", "only those closed today";
    POWER = "電源", "Power";
    LAYERS = "災害の区域（地図の色）", "Hazard zones (colours)";
    LAYERS_APPLY = "選んだ区域を描く", "Draw these zones";
    YELLOW = "土砂災害警戒区域（イエロー）", "landslide warning zone (yellow)";
    RED = "土砂災害特別警戒区域（レッド）", "special landslide warning zone (red)";
    NO_SET = "まだ取り込まれていません。この災害の区域は分かりません（安全という意味ではありません）。", "Not imported yet: where this hazard comes is unknown (this does not mean safe).";
    SILENT_ON = "対象になっていない市町村（区域は分かりません）", "Municipalities that it does not cover (unknown there)";
    HOMES = "お子さんの家", "Homes";
    INSIDE_HEAD = "区域の中", "Inside the zones";
    UNKNOWN_HEAD = "まだ分からない", "Not known yet";
    OUTSIDE_LEFT_OUT = "区域の外の家（一覧に出していません）", "Homes outside the zones (left out here)";
    UNTOLD = "住所を保護しているなどの理由で、地図と一覧に場所を出せないお子さん", "Children whose place is not shown, because their address is protected or not open to you";
    NO_HOMES = "あてはまる家はありません。", "No home matches.";
    NO_HOMES_HINT = "お子さんを登録するには、家族の様式を取り込みます（tomoshibi import families）。", "Children come with the sheet for families (tomoshibi import families).";
    NOT_YOURS = "この市町村のお子さんは、ここには出ません。見られるのは、その市町村の職員などだけです（お子さんがいないという意味ではありません）。避難先と区域は見られます。", "its children are not shown to you: only its own staff and those they are entrusted to see them. This does not mean that there are none. Its sites and zones are shown.";
    CONDITIONS = "この紙の条件：", "Shown on this sheet:";
    NO_PLACE = "地図上の位置が未確認", "not on the map: position to be confirmed";
    ROUGH = "およその位置：誤差", "approximate, to";
    MARKS = "記号", "Marks";
    MARK_HOME = "お子さんの家（？はおよその位置）", "a home (? where the place is approximate)";
    MARK_LEVEL = "数字は開設する警戒レベル、？は未記入、×は閉鎖中", "the digit is the level at which it opens, ? is not entered, × is closed";
    SITES = "避難先", "Sites";
    NO_SITES = "あてはまる避難先はありません。条件を減らすか、一覧を取り込んでください（tomoshibi import sites）。", "No site matches. Ask for less, or import a list (tomoshibi import sites).";
    OPENS_UNKNOWN = "開設レベル未記入", "level not entered";
    CLOSED_TODAY = "閉鎖中", "closed";
    UNJUDGED = "災害ごとの指定：不明", "designation unknown";
    FOR_NOTHING = "災害ごとの指定：なし", "designated for nothing";
    PLANNED = "計画", "plans";
    TILES_FAILED = "地図の一部を読み込めませんでした。色がない場所も、安全という意味ではありません。つながりを確かめて、ページを開き直してください。", "A part of the map could not be loaded: no colour there does not mean safe. Check the connection and open the page again.";
    NO_WEBGL = "このブラウザーでは地図を描けません。同じ内容が下の一覧にあります。", "This browser cannot draw the map. The list below says the same.";
    SHOW_ALL = "条件をすべて外す", "Remove every condition";
}
