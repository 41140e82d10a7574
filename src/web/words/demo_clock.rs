//! The words of the demonstration's clock.

use crate::domain::text::Text;

words! {
    TODAY = "【デモ】きょうの日付", "Demonstration: today is";
    SET = "日付を進める", "Set the date forward";
    HELP = "期限が近づくとどう見えるかを試すための時計です。先の日付にだけ進められ、戻せません。進めると、この画面以外のサインインはすべて終わります。", "A clock for trying what is seen when a date comes near. It goes forward only. When it is set, every sign-in but this one ends.";
    DAY = "進める日付", "Set it to";
    NOT_LATER = "いまの日付より後の日を選んでください。時計は戻せません。最初からやり直すときは、デモを起動し直してください。", "Choose a day after the present one: the clock cannot be set back. To begin anew, start the demonstration again.";
    TOO_FAR = "その日付までは進められません。次の日までにしてください：", "That is too far ahead. The last day is: ";
    DONE = "日付を進めました。", "The date was set.";
    LINKS = "ほかの役割でもう一度入るためのリンク", "Links to come in again in another role";
    LINKS_HELP = "前のリンクは期限が切れました。別のブラウザー（または、プライベートウィンドウ）で開いてください。", "The former links are over. Open these in another browser, or in a private window.";
    GO_ON = "はじめの画面へ", "To the first page";
}
