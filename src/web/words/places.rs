//! Words of the places that receive a child on a ventilator.

use crate::domain::text::Text;

words! {
    MENU = "受入れ先", "Places that receive";
    TITLE = "呼吸器のお子さんの受入れ先", "Places that receive a child on a ventilator";
    HELP = "福祉避難所と病院、そして受入れの答えを記入したほかの避難先が並びます。だれも確かめていない施設は「不明」で、「受け入れる」とは数えません。", "Welfare shelters and hospitals, and every other site on which an answer is written. What nobody has asked is unknown, and never counts as a yes.";
    EMPTY = "受入れ先がまだありません。避難先一覧で福祉避難所や病院を追加するか、避難先の一覧を取り込んでください。", "There is no place yet. Add a welfare shelter or a hospital in the list of sites, or import a list.";
    EMPTY_READ = "受入れ先がまだありません。市町村が福祉避難所や病院を追加すると、ここに並びます。", "There is no place yet. They appear here once a municipality has added a welfare shelter or a hospital.";
    NOT_FOUND = "この条件に合う受入れ先はありません。", "No place matches.";
    RECEPTION = "呼吸器のお子さんの受入れ", "Takes a child on a ventilator";
    CONDITIONS = "受入れの条件（条件付きのときに書く。200字まで）", "On which conditions (where there are some; up to 200 characters)";
    UNKNOWN = "不明（まだ確認していません）", "unknown (nobody has asked)";
    POWER = "停電のときの電源", "Power in a power cut";
    SOCKETS = "停電時に使えるコンセントの数", "Sockets fed in a power cut";
    SOCKETS_WORD = "コンセント", "sockets";
    GENERATOR = "自家発電", "Generator";
    GENERATOR_HOURS = "自家発電が続く時間（時間。分からなければ空）", "Hours the generator runs (empty where unknown)";
    HOURS = "時間", "h";
    HOURS_UNKNOWN = "続く時間は不明", "hours unknown";
    PHONE_DAY = "施設の電話（昼）", "Telephone by day";
    PHONE_NIGHT = "施設の電話（夜間・休日）", "Telephone by night and on holidays";
    PHONES = "電話", "Telephone";
    DAY = "昼", "day";
    NIGHT = "夜間", "night";
    CONTACT = "施設の担当者", "Whom to ask for";
    ASKED_ON = "施設に確かめた日", "Confirmed by the place on";
    ASKED_OF = "施設のだれに、どう確かめたか（例：施設長、電話）", "With whom, and how (for example: the head, by telephone)";
    CONFIRMED = "最後の確認", "Last confirmed";
    NEVER = "未確認：施設に電話し、受入れを確かめて記入してください", "never: telephone the place, ask, and write it down";
    OVER = "1年以上前：もう一度確かめてください", "more than a year ago: ask once more";
    DUE = "最後の確認が1年以上前か、未確認のものだけ", "Only those confirmed more than a year ago, or never";
    DUE_COUNT = "確認が要る受入れ先", "To be asked";
    SHEET = "表を出す（XLSX）", "As a sheet (XLSX)";
    PLANNED = "行く計画の数", "Plans that lead here";
    ASK = "施設の答え", "What the place says";
}
