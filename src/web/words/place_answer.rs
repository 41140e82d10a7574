//! Words of the page on which a place answers the yearly question.

use crate::domain::text::Text;

words! {
    TITLE = "受入れの確認", "Your yearly confirmation";
    ASKS = "から、年に一度の確認です", "asks you once a year";
    HELP = "下は、災害のときの受入れについて、いま登録されている内容です。あてはまるボタンを1回押してください。", "This is what is on record about whom you take in a disaster. Press the button that fits, once.";
    RECORD = "登録されている内容", "On record";
    WHO = "お名前（書かなくてもかまいません）", "Your name (may be left out)";
    WORDS = "「変わりました」のとき：何が変わりましたか（500字まで）", "If something has changed: what (up to 500 characters)";
    WORDS_MISSING = "何が変わったかを書いてから、「変わりました」を押してください。", "Write what has changed, then press the button.";
    TOO_LONG = "長すぎます。何が変わったかは500字まで、お名前は60字までで書いてください。", "Too long: up to 500 characters for what has changed, up to 60 for your name.";
    NO_ANSWER = "3つのボタンのどれかを押してください。", "Press one of the three buttons.";
    THANKS = "ありがとうございました", "Thank you";
    KEPT_SAME = "「変わりません」と記録しました。次は約1年後におたずねします。", "It is on record that nothing has changed. You will be asked again in about a year.";
    KEPT_CHANGED = "変わったことを市町村に伝えました。担当者が内容を書き換えます。確かめるため、お電話することがあります。", "The municipality has been told what has changed and will correct it; it may telephone you.";
    KEPT_NO = "「受け入れられない」と記録しました。こちらを行き先にしているご家族には、市町村が別の行き先を探します。", "It is on record that you take no child. The municipality looks for other places for the families that meant to come.";
    MISTAKE = "押しまちがえたとき、あとで変わったときは、電話してください：", "If you pressed the wrong button, or something changes later, telephone:";
    MISTAKE_NO_NUMBER = "押しまちがえたとき、あとで変わったときは、市町村の担当に電話してください。", "If you pressed the wrong button, or something changes later, telephone the municipality.";
    BEFORE = "この確認は、もう済んでいます", "This is answered already";
    OVER = "この確認のページは終わりました", "This page is over";
    OVER_HELP = "期限が過ぎたか、リンクが途中で切れています。市町村の担当に電話してください。", "It is too late, or the link is cut off. Telephone the municipality.";
}
