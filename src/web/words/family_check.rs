//! The words of the yearly check on the family's page. Whatever names the generator says
//! that it is used outdoors.

use crate::domain::text::Text;

words! {
    TITLE = "年1回の確認", "Yearly check";
    INTRO = "今の様子を教えてください。分かるところだけで大丈夫です。見るのも、決めるのも、センターがします。", "Tell us how things are. What you know is enough: the centre looks at it and decides.";
    OUTDOORS = "発電機は必ず屋外で。家の中・玄関・車庫・車では、ぜったいに動かさないでください。この記入のために動かさなくて大丈夫です。", "The generator runs outdoors only: never in the house, an entrance, a garage or a car. You need not run it for this form.";
    UNTIL = "この日までに確認します：", "The check is due by ";
    AGREED = "お約束の日：", "Agreed day: ";
    REPLACES = "前に送ったものがあります。もう一度送ると、前のものと入れ替わります。", "You have sent this before. Sending it again replaces what you sent.";
    SENT_AT = "送った日時：", "Sent: ";
    UNKNOWN = "わからない", "I do not know";
    STARTED = "最近、動きましたか", "Has it started lately?";
    TRIED_ON = "最後に動かした日", "When it last ran";
    EMPTY = "（分からなければ、空けておいてください）", "(leave it empty if you do not know)";
    HOURS = "運転時間の表示があれば、その数字", "The figure on its hour counter, if it has one";
    USAGE = "使い方、困っていること", "How you use it, what is difficult";
    USAGE_HELP = "だれが動かせるか、重い、音が気になる、など。", "Who can start it; heavy, loud, and so on.";
    OIL = "オイル", "Oil";
    FUEL = "燃料を買った日", "When the fuel was bought";
    ABOUT = "（だいたいの日で大丈夫です。分からなければ、空けておいてください）", "(about is enough; leave it empty if you do not know)";
    PLACE = "外の置き場所", "Where it stands outdoors";
    PLACE_SAME = "前と同じ：", "As before: ";
    PLACE_OTHER = "変わった（下に書いてください）", "Somewhere else (write it below)";
    PLACE_WHERE = "置いている場所（外）", "Where it stands, outdoors";
    VENTILATED = "お子さんは、今もずっと呼吸器を使っていますか", "Is your child still on the ventilator all the time?";
    SAME_HOME = "今も同じ家に住んでいますか", "Do you still live in the same home?";
    WORDS = "ほかに伝えたいこと", "Anything else";
    PHOTOS = "写真（なくても大丈夫です。4枚まで）", "Photos (none are needed; up to four)";
    PHOTOS_HELP = "発電機（必ず屋外で）と、置いている場所が分かる写真です。お子さんやご家族の顔、家の中は写さないでください。場所や日時の情報は消してから保存します。", "Of the generator (outdoors only) and where it stands. No faces, and not the inside of your home. Place and time are removed before anything is kept.";
    PHOTOS_THERE = "送った写真", "Photos that you sent";
    PHOTO = "写真", "Photo";
    PHOTO_OUT = "外す", "Take out";
    CHOOSE_AGAIN = "写真はまだ送れていません。もう一度選んでください。ほかの答えは、そのまま残っています。", "The photos are not sent yet: choose them again. Your other answers are still here.";
    NOT_SENT = "まだ送っていません。下のボタンを押すと送ります。", "Nothing is sent yet: the button below sends it.";
    SEND = "この内容で送る", "Send this";
    SEND_AGAIN = "この内容で送り直す", "Send this instead";
    TAKE_BACK = "送ったものを取り消す", "Take back what I sent";
    TAKE_BACK_HELP = "書いたことと写真を消します。", "What you wrote and the photos are erased.";
    BACK = "送らずに戻る", "Back, without sending";
    HOME = "ご家族のページへ", "To your page";
    LATER = "今は記入の時期ではありません。", "It is not the time of the yearly check.";
    FROM = "次に記入できる日：", "You can fill it in from ";
    NOT_LENT = "今は、記入するものはありません。", "There is nothing to fill in now.";
    CALL = "気になることがあるときは、いつでもセンターに電話してください。", "If anything worries you, telephone the centre at any time.";

    FILL = "年1回の確認に答える", "Answer the yearly check";
    SEE = "送ったものを見る・直す", "See or change what you sent";
    CAN_FILL = "このページで答えられます。", "You can answer it on this page.";
    GOT = "センターに届きました。センターが見て、記録します。", "The centre has it. The centre looks at it, and records the check.";
    FILLED = "年1回の確認に答えました", "You answered the yearly check";
    DONE = "確認が済みました", "The check is done:";
    CALLS = "センターからお電話します。もうお話ししたときは、そのままで大丈夫です。", "The centre will telephone you. If you have spoken already, there is nothing to do.";

    NO_PICTURE = "は、写真として読めませんでした。ほかの写真を選んでください。", "could not be read as a photo. Please choose another one.";
    HEIC = "は、受け取れない形式（HEIC）です。iPhoneは「設定」→「カメラ」→「フォーマット」を「互換性優先」にして、撮り直してください。写真なしでも送れます。", "is of a kind that we cannot take (HEIC). On an iPhone choose Settings, Camera, Formats, Most Compatible, and take it again. You can also send without photos.";
    TOO_BIG = "は、大きすぎます（1枚12MBまで）。画質を下げて撮り直すか、写真なしで送ってください。", "is too large (12 MB at most). Take it with a lower quality, or send without photos.";
    TOO_MANY = "写真は4枚までです。選び直してください。", "Four photos at most: choose again.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_names_the_generator_says_outdoors_and_nothing_asks_to_run_it_down() {
        let named = ALL.iter().filter(|text| text.ja.contains("発電機"));
        assert!(named.clone().count() >= 2);
        for text in named {
            assert!(text.ja.contains("必ず屋外で"), "{}", text.ja);
            assert!(text.en.contains("outdoors only"), "{}", text.en);
        }
        for text in ALL {
            for word in ["使い切", "なくなるまで", "放電"] {
                assert!(!text.ja.contains(word), "{}", text.ja);
            }
        }
    }
}
