//! The words of what a family has filled in for the yearly check, as the centre reads it.

use crate::domain::text::Text;

words! {
    REPORT = "ご家族の記入", "What the family wrote";
    HELP = "下の欄に写してあります。「問題なし・問題あり」は、見たうえでセンターが選んでください。ご家族の記入だけでは、合格にも不合格にもなりません。記録すると、写真も確認の記録に移ります。", "It is filled in below. Whether something is in order is for you to choose: what a family writes neither passes nor fails. When the check is recorded its photos go with it.";
    WRITTEN = "記入した日時", "Written";
    AGAIN = "書き直したもの", "written anew";
    STANDS_OUT = "気をつけて見るところ", "Look at this first";
    OTHER_UNIT = "発電機を交換する前の記入です。運転時間・オイル・燃料は写していません。", "Written before the unit was exchanged: hours, oil and fuel are not filled in below.";
    NOTHING = "すべて「わからない」です。電話で確かめてください。", "Everything is \"I do not know\": please telephone.";
    TRIED = "動いたか", "Whether it starts";
    TRIED_ON = "最後に動かした日", "When it last ran";
    USAGE = "使い方・困っていること", "How it is used, what is difficult";
    PLACE = "屋外の置き場所", "Where it stands outdoors";
    VENTILATED = "今もずっと呼吸器を使っているか", "Still ventilated all the time";
    SAME_HOME = "今も同じ家か", "Still in the same home";
    WORDS = "ほかに伝えたいこと", "Anything else";
    PHOTO = "ご家族の写真", "Photo of the family";
    ASIDE = "確認を記録せずに閉じる", "Close without a check";
    ASIDE_HELP = "代わりに電話や訪問で確かめるときなどに使います。ご家族のページには「センターからお電話します」と出ます。", "Where it is done by telephone or a visit instead. The family's page says that the centre will telephone.";
    ASIDE_WHY = "どうしたか（例：代わりに電話で確認した）", "What was done instead (telephoned, for instance)";
    ASIDE_DO = "閉じる", "Close it";
    LOOK = "ご家族の記入を見て、確認を記録する", "Look at it, and record the check";
    CAME = "年1回の確認：ご家族が記入しました", "Yearly check: the family has filled in its part";
}
