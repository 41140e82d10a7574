//! The words of the administrator's pages.

use crate::domain::text::Text;

words! {
    ACCOUNTS = "アカウントの管理", "Accounts";
    ACCOUNTS_HELP = "だれがこの仕組みに入れるかを管理します。この役割では、計画やお子さんの情報は見られません。", "Who may come in. With this role neither plans nor children can be seen.";
    NAME = "名前", "Name";
    EMAIL = "メールアドレス", "Mail address";
    ROLE = "役割", "Role";
    PLACE = "市町村", "Municipality";
    NO_PLACE = "（市町村の職員だけ選びます）", "(for municipal staff only)";
    STATE = "状態", "State";
    IN_USE = "使用中", "in use";
    INVITED = "招待中（まだ設定していません）", "invited (not set up yet)";
    OUT_OF_USE = "停止中", "out of use";
    SIGNED_IN = "最後のサインイン", "Last sign-in";
    NEVER = "まだありません", "never";
    ADD = "アカウントを作る", "Make an account";
    ADD_HELP = "作ると、招待のリンクとコードを1回だけ表示します。本人にだけ渡してください。", "The invitation's link and code are shown once. Give them to that person and nobody else.";
    FAMILY_ACCOUNTS = "ご家族のアカウントは、市町村がお子さんの計画のページで作ります。", "A family's account is made by its municipality, on the page of the child's plan.";
    DISABLE = "停止する", "Take out of use";
    RENEW = "新しいリンクを出す", "New link";
    RENEWED = "新しいリンクを出しました", "A new link";
    ADDED = "アカウントを作りました", "The account is made";
    DISABLED = "停止しました。サインイン中の端末も終わりました。", "Out of use; its sessions have ended.";
    SHOWN_ONCE = "リンクとコードは、この画面を閉じると二度と表示できません。どちらか一方で入れます。7日以内に、本人にだけ渡してください。", "Link and code cannot be shown again once this page is closed. Either one opens the account. Give them to that person alone, within seven days.";
    LINK = "リンク", "Link";
    CODE = "コード", "Code";
    UNKNOWN = "そのアカウントは使われていません。一覧を確かめてください。", "This account is not in use: look at the list.";
    LAST_ADMINISTRATOR = "アカウント管理者がいなくなってしまうので、できません。先に別の管理者を作ってください。", "Nobody would be left to keep accounts. Make another administrator first.";
    TAKEN = "その宛先のアカウントはもうあります。別の宛先にするか、一覧から新しいリンクを出してください。", "This address has an account already: use another one, or give that account a new link from the list.";
    NEEDS_PLACE = "市町村の職員と宿直には、市町村を選んでください。", "Choose the municipality of municipal staff and night duty.";
    NOT_OF_ROLE = "市町村を選ぶのは、市町村の職員と宿直だけです。", "Only municipal staff and night duty have a municipality.";
    BAD_ADDRESS = "メールアドレスの形になっていません。a@example.jp のように入力してください。", "This is no mail address: write it like a@example.jp.";
    BAD_NAME = "名前を1〜100文字で入力してください。", "Give a name of 1 to 100 characters.";
    HAND_OVER = "引き継ぎ（異動・退職）", "Hand-over";
    HAND_OVER_HELP = "異動・退職する人と後任を選び、まとめて引き継ぎます。異動する人はすぐに入れなくなり、担当していたお子さんは後任に移ります。途中でひとつでも誤りがあれば、何も変わりません。", "Choose who leaves and who follows, and hand over in one step. Who leaves can no longer come in; the children in their hands go to who follows. If anything is wrong, nothing changes.";
    STAYS = "変わらない", "stays";
    LEAVES_NEW = "異動・退職（後任は新しい人）", "leaves; somebody new follows";
    LEAVES_COLLEAGUE = "異動・退職（後任は今いる人）", "leaves; a colleague follows";
    LEAVES_NOBODY = "異動・退職（後任なし）", "leaves; nobody follows";
    NEW_NAME = "後任の名前", "Successor's name";
    NEW_EMAIL = "後任のメールアドレス", "Successor's mail address";
    COLLEAGUE = "後任（今いる人）", "Colleague who follows";
    DO_HAND_OVER = "まとめて引き継ぐ", "Hand over";
    HANDED_OVER = "引き継ぎました", "Handed over";
    GIVEN = "移ったお子さん", "Children given over";
    NOTHING = "異動・退職する人が選ばれていません。", "Nobody was chosen to leave.";
    NOT_A_COLLEAGUE = "後任には、同じ役割・同じ市町村で、残る人を選んでください。", "A colleague who follows must have the same role and place, and stay.";
    REPEATED = "この引き継ぎは済んでいます。リンクは最初の1回だけ表示しました。必要なら一覧から新しいリンクを出してください。", "This hand-over is done; its links were shown the first time. Give new ones from the list if needed.";
    NO_STAFF = "職員のアカウントがまだありません。", "There is no account of staff yet.";
    COLLEAGUES = "この市町村のアカウント", "Accounts of this municipality";
    COLLEAGUES_HELP = "知らない人がいたら、すぐにアカウントの管理者に電話してください。", "If there is somebody you do not know, telephone whoever keeps the accounts at once.";
}
