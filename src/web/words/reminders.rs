//! Words of reminders.

use crate::domain::text::Text;

words! {
    TITLE = "お知らせ（メール）", "Reminders";
    OPEN = "お知らせの記録を見る", "See the reminders";
    CONTACTS = "ご家族のメールアドレス", "The family\u{2019}s mail addresses";
    NO_CONTACTS = "まだありません。アドレスを登録するまで、期限のたびに電話が必要です。", "None yet: until there is one, every due day needs a telephone call.";
    ADDRESS = "メールアドレス", "Mail address";
    WHO = "どなたの", "Whose";
    WITH_LINK = "メールにリンクを入れる（入れると、ページを開けます）", "The mails carry a link (which opens the family\u{2019}s page)";
    BARE = "メールにリンクを入れない（リンクの付いたメールが届かないとき）", "The mails carry no link (where mail with links does not arrive)";
    MISSING = "お知らせのメールアドレスがまだです（なければ、期限のたびに電話します）。", "There is no mail address for reminders yet (without one, every due day is telephoned).";
    WITHOUT_LINK = "リンクなし", "without a link";
    ADD = "アドレスを登録する", "Put the address on record";
    ADD_HELP = "携帯電話の会社のアドレスには、届くように「指定受信」の設定をお願いしてください。名前や病名はメールに書かれません。合言葉だけが入ります。", "Ask families with a carrier\u{2019}s address to allow our sender. No name and no diagnosis stands in a mail, only the pass-phrase.";
    REMOVE = "このアドレスを外す", "Take this address out of use";
    IRREGULAR = "古い形のアドレスです。届かないことがあるので、電話番号など別の連絡先も確かめてください。", "An address of an old form, which some servers refuse: make sure of a second way to reach the family.";
    BOUNCED = "届きませんでした", "mail came back";
    DUES = "期限と、送ったお知らせ", "Due days, and what was sent";
    NO_TERMS = "いまお知らせする期限はありません。", "Nothing is due that would be reminded of.";
    DUE_ON = "期限", "due";
    MOVED = "変わる前の期限", "due before";
    ENDED = "終わった期限", "Due days that are over";
    ENDED_WHY_DONE = "済み", "done";
    ENDED_WHY_MOVED = "日が変わった", "the day moved";
    ENDED_WHY_STOPPED = "不要になった", "no longer owed";
    NEXT = "次のお知らせ", "Next";
    NO_NEXT = "この期限のお知らせはすべて終わりました。済むまで一覧に残ります。", "Every reminder of this day has gone out; it stays on the lists until it is done.";
    BY_TELEPHONE = "メールが届かないため電話で", "by telephone, since no mail reaches the family";
    IN_DIGEST = "次のまとめのメールで", "in the next digest";
    LATE = "遅れて", "late";
    VOID = "取り消し", "void";
    SUSPEND = "お知らせを止める", "Suspend the reminders";
    SUSPENDED = "お知らせを止めています", "Suspended";
    UNTIL = "この日まで", "Until";
    REASON = "理由", "Why";
    RESUME = "お知らせを再開する", "Go on with the reminders";
    SEE_CHANGE = "何が変わったかを計画で見る", "See in the plan what has changed";
    TELL_FAMILY = "ご家族に知らせる", "Tell the family";
    SILENT = "このお子さんの手続きは終わっています。お知らせはもう送られません。", "The procedures for this child are over: nothing is sent any more.";
    BY_SHEET = "発電機の貸与は、ご家族の表から分かっているだけです。申請・点検・返却の期限はお知らせされません。センターの台帳から取り込むと（発電機の貸与 → 台帳の取り込み）、お知らせが始まります。", "Of the generator that is lent a families' sheet alone tells: nobody is reminded of application, check and return. Once the centre brings its ledger in (loans, then the import of a ledger), reminders begin.";
    PHRASE = "合言葉", "Pass-phrase";
    PHRASE_HELP = "ご家族と決めた言葉です。どのメールにもこの言葉が入り、ご家族は本物のお知らせだと分かります。名前や病気・機器のことが分かる言葉は使えません。", "A word chosen with the family: every mail carries it, so that the family knows that it is ours. It names nobody and tells nothing of illness or devices.";
    PHRASE_NONE = "まだ決まっていません。電話や訪問のときに、ご家族と決めてください。", "Not chosen yet: choose one with the family on the telephone or at a visit.";
    PHRASE_KEEP = "合言葉を記録する", "Record the pass-phrase";
    BATTERY = "バッテリーの点検", "Checks of the batteries";
    BATTERY_NONE = "点検の記録がありません。前に病院かメーカーで点検した日が分かったら、入れてください。次の点検の時期をお知らせします。", "No check is on record. When you learn on which day the hospital or the maker checked the batteries last, enter it: the next check is then reminded of.";
    BATTERY_ADD = "点検を記録する", "Record a check";
    BATTERY_ON = "点検した日", "Checked on";
    BATTERY_BY = "点検した人", "Checked by";
    BATTERY_STRIKE = "この記録を取り消す", "Strike this record out";
    TASKS = "職員がすること", "To be done by staff";
    NOTE = "したこと・分かったこと", "What was done or said";
    TASK_DONE = "済んだことを記録する", "Record that it is done";
    INTO_FOLDER = "メールサーバーの設定がないため、メールは相手に届かず、サーバーのフォルダに入ります。実際に送るには、サーバーの管理者に設定（mail.server）を頼んでください。", "No mail server is set, so that mail goes into a folder of this server and reaches nobody. To send it, ask whoever runs the server to set mail.server.";
    STOPPED = "お知らせの予定が26時間以上作られていません。サーバーの管理者に知らせてください。期限はこの画面で確かめられます。", "No reminders were planned for more than 26 hours: tell whoever runs the server. What is due stands on this page.";
}
