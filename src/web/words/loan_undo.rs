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
    ENDED = "終わった申請・貸与", "Applications and loans that are over";
    ENDED_HELP = "認めない決定・取下げ・返却・紛失で終わったものです。番号を開くと、記録と決定の通知を読んで印刷できます（書き込みはできません）。間違えて終わらせたときは、30日の間、その手続きを取り消せます。お子さんが亡くなって終えたものは、30日の間、番号だけを表示します。", "What was refused, withdrawn, returned or lost. The number leads to its record and its letters, to read and print; nothing can be written there. Where it was ended by mistake, that step can be taken back for 30 days. What ended with a death is shown for 30 days, by its number alone.";
    ENDED_KEPT = "申請・貸与が終わってから{}年間、ここに残ります。", "It stays here for {} years from its end.";
    ENDED_NONE = "終わった申請・貸与はありません。", "Nothing is over.";
    ENDED_READ = "記録を読む", "Read the record";
    KEPT = "この申請・貸与は終わっています。センターが決めたことの控えとして、読むことと、決定の通知を印刷することができます。", "This is over. It is kept as what the centre has decided: it can be read, and its letters printed.";
    AGAIN = "このお子さんの相談をもう一度始める", "Begin a new enquiry for this child";
    AGAIN_HELP = "前の申請の内容を写します。日付と、変わったところを直してください。前の申請は、記録として残ります。", "What was said in the former application is filled in: correct the day and what has changed. The former application stays on record.";
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
