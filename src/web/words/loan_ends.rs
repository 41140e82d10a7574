//! The words of extensions, ends, decisions of the prefecture, and loans for an
//! emergency.

use crate::domain::text::Text;

words! {
    GROUNDS = "返却を相談することになりそうな記録があります", "Something on record speaks for a return";
    GROUNDS_HELP = "返却日はご家族と相談して決めます。自動では終わりません。", "The day of return is agreed with the family. Nothing ends by itself.";
    GROUND_SET = "この理由で返却日を決める", "Set the day of return for this reason";
    EXTEND = "期間を延長する", "Extend the loan";
    EXTEND_HELP = "貸与は最長5年です。それを超えるときは、認めた人と理由を残します。", "A loan lasts five years at most. To go beyond, write down who approved it and why.";
    UNTIL = "新しい最後の日", "New last day";
    APPROVER = "認めた人・部署", "Approved by";
    EXTENDED = "延長", "extended";
    EXTENSIONS = "延長の記録", "Extensions";
    FAULT = "だれの責任か（センターの判断）", "Whose fault (as the centre decided)";
    COST = "費用（円。分からなければ空欄）", "Cost (yen; empty: not known)";
    LOSS_SHOWN = "紛失・使用不能についての判断", "What was decided on the loss";
    COST_SHOWN = "費用", "Cost";
    YEN = "円", "yen";
    BAD_COST = "0から10,000,000までの円で入れてください。分からなければ空欄にしてください。", "Yen from 0 to 10,000,000; empty where it is not known.";
    WORD = "市町村から連絡がありました", "A municipality has told the centre";
    WORD_SAYS = "貸与が終わったという連絡です。ご家族に確かめ、返却日を決めるか、終了を記録してください。センターが記録するまで、貸与は続いています。", "It says that the loan is over. Ask the family; set the day of return or record the end. Until the centre does, the loan goes on.";
    WORD_SEEN = "確かめた", "Looked into";
    WORD_SENT = "センターに知らせました", "The centre has been told";
    TOLD = "センターの貸与は、センターが終わらせます。いただいた内容をセンターに知らせました。貸与はまだ続いています。", "The centre ends its own loans. It has been told what you entered. The loan goes on for now.";
    UNIT_IS_OUT = "センターの発電機がまだこのお子さんのところにあります。センターに知らせました。センターが返却を記録したあとで、もう一度終わらせてください。", "A generator of the centre is still with this child. The centre has been told. End the case once the centre has recorded the return.";
    DOCUMENT = "県の決定通知の番号（県が決定する手続きのとき）", "Number of the prefecture's decision (where the prefecture decides)";
    BY_PREFECTURE = "この段階は県が決定します。県の決定の日付と番号を記録してください。", "The prefecture decides this stage: record the day and the number of its decision.";
    DECIDED_BY = "決定", "decided by";
    LEND = "緊急に貸し出す", "Lend it for an emergency";
    LEND_HELP = "停電や故障のときに、申請の手続きなしで貸し出します。登録のあるお子さんなら、貸与を受けていなくても貸せます。", "In a power cut or a breakdown, without the applications. To any child on record, also one without a loan.";
    LEND_NUMBER = "お子さんの整理番号", "Case number of the child";
    LEND_NAME = "お子さんの氏名（センターの一覧にいないとき）", "Name of the child (where the centre does not see it yet)";
    LEND_BORN = "生年月日（センターの一覧にいないとき）", "Day of birth (where the centre does not see it yet)";
    LEND_ON = "渡した日", "Handed over on";
    RETURN_ON = "返してもらう日", "Day of return";
    LENT_TO = "緊急の貸出先", "Lent for an emergency to";
    EMERGENCY_LENT = "緊急に貸し出している発電機", "Lent for an emergency";
    PUT_OFF = "返してもらう日を変える", "Set another day of return";
    FETCH = "引取りを記録する", "Record that it came back";
    FETCH_FROM = "引取り先の整理番号", "Case from which to fetch it";
    FETCH_HELP = "貸与は終わりましたが、発電機はまだご家族のところにあります。受け取ったら、付属品を確かめて記録してください。", "The loan is over and the unit is still with the family. When it is back, check the kit and record it.";
    FETCH_QUIETLY = "お子さんが亡くなられました。期限はなく、返還のお願いも出しません。ご家族の了承を得てから、静かに引き取ってください。", "The child has died. There is no due day and no letter asks for it. Fetch it quietly, once the family agrees.";
    OUT_SINCE = "から", "since";
}
