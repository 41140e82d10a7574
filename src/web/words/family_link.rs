//! The words of how families come in again.

use crate::domain::text::Text;

words! {
    TELL = "電話で伝えるコードを出す", "Make a code to tell over the telephone";
    TELL_HELP = "ご家族から電話があったら、いったん切って、登録されている番号にかけ直してください。", "When a family calls, hang up and call back the number on record.";
    CALLED_BACK = "登録されている番号にかけ直しました", "I called back the number on record";
    CALL_BACK_FIRST = "コードは出していません。登録されている番号にかけ直してから、印を付けてください。", "No code was made. Call back the number on record first, and tick that you did.";
    NO_ACCOUNT = "このお子さんのご家族のアカウントがまだありません。市町村の職員が、計画のページの「ご家族のアカウントを作る」で作ります。", "No family has an account for this child yet. Staff of the municipality make one on the plan's page.";
    MAKE = "ご家族のアカウントを作る", "Make the family's account";
    MAKE_HELP = "ご家族のメールアドレスを入力すると、リンクとコードを1回だけ表示します。ご家族にだけ渡してください。", "Enter the family's mail address: its link and code are shown once. Give them to the family and nobody else.";
    MADE = "ご家族のアカウントを作りました", "The family's account is made";
    SHOWN_ONCE = "リンクとコードは、この画面を閉じると二度と表示できません。どちらか一方で入れます。90日使えます。ご家族にだけ渡してください。", "Link and code cannot be shown again once this page is closed. Either one lets the family in, for 90 days. Give them to the family and nobody else.";
    HAS_ONE = "このお子さんのご家族には、もうアカウントがあります。電話で伝えるコードを出してください。", "This child's family has an account already: make a code to tell over the telephone.";
    READ_ALOUD = "このコードを読み上げてください", "Read this code aloud";
    READ_HELP = "ご家族は次のページで入力します。1回だけ使えます。新しく出すと、前のコードは使えなくなります。この画面を離れると、もう表示できません。", "The family types it on the page below. It works once, a newer one ends it, and it cannot be shown again.";
    HOLDS_UNTIL = "まで使えます。", "is when it ends.";
    FAMILY = "ご家族の入り方", "How the family comes in";
    NO_FAMILY = "ご家族のアカウントはまだありません。", "The family has no account yet.";
    END_WAYS = "ご家族のリンクとサインインをすべて終わらせる", "End every link and session of the family";
    END_WAYS_HELP = "リンクがほかの人に渡った心配があるときに押します。リンク、サインイン中の端末、カレンダーがすべて終わります。そのあと、電話で伝えるコードで入り直してもらってください。", "When the link may be in other hands: every link, session and calendar ends. Then tell the family a code over the telephone.";
    BACK_TO_PLAN = "計画へ戻る", "Back to the plan";
    LOST = "リンクをなくした・期限が切れたご家族へ", "Families whose link is lost or over";
    LOST_HELP = "登録しているメールアドレスを入力してください。担当の市町村に、新しいリンクが要ることを伝えます。", "Enter the mail address on record. Your municipality is told that you need a new link.";
    MAIL = "メールアドレス", "Mail address";
    ASK = "新しいリンクを求める", "Ask for a new link";
    TOO_MANY = "この場所から続けて何度も送られたので、しばらく受け付けません。15分ほど待つか、市町村の防災担当に電話してください。", "Too many were sent from here. Wait a quarter of an hour, or telephone your municipality.";
    ASKED = "受け付けました。登録のあるアドレスであれば、担当の市町村から電話などで連絡します。お急ぎのときは、市町村の防災担当に電話してください。", "Received. If the address is on record, your municipality will contact you. If it is urgent, telephone them.";
    CALL_NOW = "停電や避難で、いま困っているときは、リンクを待たずに電話してください。", "In trouble now, in a power cut or on the way: telephone, do not wait for the link.";
    WAITING = "新しいリンクを求めています", "Families that ask for a new link";
    WAITING_HELP = "登録されている番号に電話し、計画のページからコードを出して伝えてください。", "Call the number on record, and tell a code from the plan's page.";
}
