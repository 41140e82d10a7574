//! The words of what is taken back, corrected, and waited for.

use crate::domain::text::Text;

words! {
    UNDO = "この手続きの記録を取り消す", "Take this step back";
    UNDO_LAST = "最後の記録を取り消す", "Take the last step back";
    UNDO_TITLE = "間違えて記録した手続きを取り消す", "Take back a step that was recorded by mistake";
    UNDO_HELP = "取り消せるのは、最後に記録した手続きだけです。記録は消えず、線を引いて、取り消した人・日・理由と一緒に残ります。", "The last step alone can be taken back. Its record stays, struck out, with who took it back, when and why.";
    UNDO_NOTHING = "取り消せる手続きはありません。", "There is no step to take back.";
    UNDO_STEP = "取り消す手続き", "The step";
    UNDO_TO = "取り消した後の状態", "Where it stands then";
    UNDO_WITH = "一緒に元へ戻るもの", "What is undone with it";
    UNDO_BY_HAND = "手で行うこと", "To be done by hand";
    UNDO_WHY = "取り消す理由（お名前を書かないでください）", "Why it is taken back (write no names)";
    UNDO_DO = "取り消す", "Take it back";
    UNDO_DATE = "記録した日", "Recorded on";
    STRUCK = "取消し", "struck out";
    STRIKE_CHECK = "この確認の記録を取り消す", "Strike this check out";
    STRIKE_CHECK_HELP = "回数にも期限にも数えなくなります。確認の約束の日は戻りません。必要なら約束し直してください。", "It counts no more, for the dates and in the report. A day that was agreed does not come back: agree on one again where it is needed.";
    STRIKE_PLAN = "この申請日の記録を取り消す", "Strike this day out";
    STRIKE_PLAN_HELP = "正しい日があるときは、取り消してから記録し直してください。申請の期限は元に戻ります。", "Where there is a right day, record it afterwards. The date by which to apply is due again.";
    PLAN_DAYS = "計画の申請日の記録", "Days on which the plan was applied for";
    ENDED = "最近終わった手続き", "Loans that ended lately";
    ENDED_HELP = "終わった手続きは、次の日からセンターでは読めません。間違えて終わらせたときは、30日の間、整理番号からその手続きを取り消せます。お名前は表示しません。", "The centre does not read a loan that is over from the day after. Where it was ended by mistake, that step can be taken back by the case number for 30 days. No names are shown.";
    ENDED_NONE = "この30日に終わった手続きはありません。", "Nothing has ended in these 30 days.";
    ENDED_ON = "終わった日", "Ended on";
    CORRECT = "お子さんの登録を直す", "Correct the child's record";
    CORRECT_HELP = "氏名・読み・生年月日と申請者を直します。何を直したかではなく、直したことだけが操作の記録に残ります。", "Corrects name, reading, day of birth and applicant. The trail keeps that it was corrected, and not what was there.";
    CORRECT_PLAN = "計画の申請日は、貸与の画面で取り消して記録し直します。", "The day of the application for the plan is struck out and recorded anew on the page of the loan.";
    CORRECT_ASK = "このお子さんの登録は市町村が持っています。氏名・生年月日の訂正は、次の市町村に頼んでください。申請者の連絡先は、貸与の画面の「確認事項」で直せます。", "The municipality keeps this child: ask it to correct name and day of birth. Whom to telephone about the loan is corrected on the page of the loan.";
    CORRECT_OVER = "手続きは終わっています。終わらせたのが間違いなら、先にその手続きを取り消してください。", "The loan is over. If that was a mistake, take that step back first.";
    WAITS = "発電機を待っているお子さん", "Who waits for a unit";
    WAITS_NONE_READY = "在庫がありません。修理・調達・返却のどれかで1台入ったら、上から順に渡してください。", "No unit is ready. When one comes in (repaired, bought or returned), hand it over from the top.";
    WAITS_READY = "在庫があります。長く待っている順に並んでいます。", "There are units in stock. Those who have waited longest come first.";
    WAITS_FIRST = "最初の1台（貸与決定済み）", "the first one (approved)";
    WAITS_OTHER = "交換の1台（点検で不合格）", "another one (a check failed)";
    WAITS_DO_FIRST = "引き渡す", "hand it over";
    WAITS_DO_OTHER = "交換を記録する", "record the exchange";
    WAITS_PAGE = "代わりの発電機を待っています", "Waits for another unit";
    WAITS_PAGE_READY = "在庫があります。下の「交換」から記録してください。", "Units are in stock: record the exchange below.";
    WAITS_PAGE_NONE = "在庫がありません。ご家族は不合格になった発電機のままです。センターの一覧の「発電機を待っているお子さん」に並んでいます。", "No unit is ready: the family still has the one that failed. It stands on the desk under \"Who waits for a unit\".";
}
