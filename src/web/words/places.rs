//! Words of the places that receive a child on a ventilator.

use crate::domain::text::Text;

words! {
    MENU = "受入れ先", "Places that receive";
    TITLE = "呼吸器のお子さんの受入れ先", "Places that receive a child on a ventilator";
    HELP = "福祉避難所と病院、そして受入れの答えを記入したほかの避難先が並びます。だれも確かめていない施設は「不明」で、「受け入れる」とは数えません。", "Welfare shelters and hospitals, and every other site on which an answer is written. What nobody has asked is unknown, and never counts as a yes.";
    EMPTY = "受入れ先がまだありません。避難先一覧で病院や短期入所（市町村は福祉避難所も）を追加するか、避難先の一覧を取り込んでください。", "There is no place yet. Add a hospital or a short stay (a municipality: a welfare shelter too) in the list of sites, or import a list.";
    EMPTY_READ = "受入れ先がまだありません。市町村が福祉避難所を、市町村やセンターが病院を追加すると、ここに並びます。", "There is no place yet. They appear here once a municipality has added a welfare shelter, or a municipality or the centre a hospital.";
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
    REGISTERED = "事前登録しているお子さんの数（施設の数え方で）", "Children registered beforehand, as the place counts";
    REGISTERED_WORD = "事前登録", "registered";
    AGREEMENT = "市町村との協定の内容（例：停電のとき個室1つ、空床があるとき）", "The municipality's agreement (for example: one room in a power cut, if a bed is free)";
    AGREED_ON = "協定の日", "Date of the agreement";
    AGREED_WORD = "協定", "agreement";
    MAIL_WORD = "年1回の確認のメール", "Mail for the yearly confirmation";
    MAIL = "年1回の確認を送るメール（書くと、1年たつ前に自動でたずねます）", "Mail for the yearly confirmation (where given, the place is asked before a year is over)";
    BY_PLACE = "施設の返事（メール）", "the place itself (by mail)";
    ASKED_BY_MAIL = "メールで確認中（送った日）", "asked by mail on";
    REMINDED = "もう一度送った日", "asked once more on";
    TELEPHONE = "メールに返事がありません。施設に電話し、確かめた日を記入してください。", "No answer to the mails: telephone the place, and write down the day.";
    ANSWERED_CHANGED = "施設から「変わりました」の返事", "The place says that something has changed";
    ENTER_IT = "施設の画面で書き換え、確かめた日を入れてください。", "Correct it on the page of the site, with the day on which it was confirmed.";
    READ_IT = "書き換えたので、この返事を片付ける", "It is corrected: put the answer away";
    ANSWERS_COUNT = "返事が来ている施設", "Places that have answered";
    TELEPHONE_COUNT = "メールに返事がなく、電話する施設", "Places to telephone: no answer to the mails";
    CONFIRMED = "最後の確認", "Last confirmed";
    NEVER = "未確認：施設に電話し、受入れを確かめて記入してください", "never: telephone the place, ask, and write it down";
    OVER = "1年以上前：もう一度確かめてください", "more than a year ago: ask once more";
    DUE = "最後の確認が1年以上前か、未確認のものだけ", "Only those confirmed more than a year ago, or never";
    DUE_COUNT = "確認が要る受入れ先", "To be asked";
    SHEET = "表を出す（XLSX）", "As a sheet (XLSX)";
    PLANNED = "行く計画の数", "Plans that lead here";
    ASK = "施設の答え", "What the place says";
}
