//! The words of the audit trail's pages.

use crate::domain::text::Text;

words! {
    TRAIL = "監査記録", "Audit trail";
    TRAIL_HELP = "だれが、いつ、どこから、何を見て、何を変えたか。新しい順です。お子さんは整理番号だけで示します。", "Who saw or changed what, when and from where; the latest first. Children are named by case number only.";
    HISTORY = "だれが見たか", "Who has looked";
    HISTORY_HELP = "お子さんの情報を見た人、変えた人の記録です。新しい順です。心当たりのないものがあれば、市町村の防災担当か支援センターに電話してください。", "Everybody who saw or changed what is kept about your child, the latest first. If there is something you cannot explain, telephone your municipality or the support centre.";
    HISTORY_EMPTY = "まだ記録はありません。", "Nothing yet.";
    TRAIL_EMPTY = "この条件の記録はありません。", "No event matches.";
    AT = "いつ", "When";
    WHO = "だれが", "Who";
    WHAT = "何を", "What";
    ABOUT = "対象", "About";
    FROM_WHERE = "どこから", "From";
    ONE_CASE = "整理番号で絞る", "Only this case";
    SHOW = "表示する", "Show";
    ONE_ACCOUNT = "1つのアカウントだけを表示しています。", "Only one account is shown.";
    SHOW_ALL = "すべて表示する", "Show all";
    EARLIER = "これより前の記録", "Earlier events";
    CHILDREN_COUNT = "人", "children";
    OPERATOR = "運用者（コマンド）", "operator (command line)";
    NOBODY = "サインインしていない人", "somebody not signed in";
    YOU = "あなた", "you";
    AT_THE_MACHINE = "サーバー", "the server";
    VERIFY_HELP = "記録が書き換えられていないことは、サーバーで tomoshibi audit verify を実行すると確かめられます。", "That nothing was changed afterwards is verified on the server with: tomoshibi audit verify.";
    ONE_PRINT = "印刷物の番号で探す", "Find a print by its number";
    BAD_PRINT = "印刷物の番号の形ではありません。紙の右上にある P-7F3K-2M9Q のような番号を入力してください。", "This is no number of a print: it stands at the top right of the sheet, like P-7F3K-2M9Q.";
    BAD_CASE = "整理番号の形ではありません。英数字とハイフンで、K-0001 のように入力してください。", "This is no case number: letters, digits and hyphens, like K-0001.";
}
