//! The words of confirmations and drills.

use crate::domain::text::Text;

words! {
    FRESH = "計画の確認と訓練", "Confirmations and drills";
    NONE_YET = "確認も訓練も、まだ記録がありません。", "No confirmation and no drill is on record yet.";
    CONFIRMED = "ご家族と確認した", "confirmed with the family";
    DRILLED = "訓練をした", "drill held";
    CONFIRM_HELP = "ご家族と一緒に計画を読み直したら記録してください。いまの判定を覚えておき、あとで変わったことがあれば、何が変わったかを知らせます。12か月たつと、また確認の時期になります。", "Record it when you have read the plan again together with the family. What is found today is kept, and whatever changes later is named. After twelve months it is time again.";
    CONFIRM = "今日、ご家族と確認した", "Confirmed with the family today";
    OVERTAKEN = "この画面を開いてから、判定か計画が変わりました", "The verdict or the plan has changed since this page was opened";
    OVERTAKEN_HELP = "確認は記録していません。計画の画面を開き直し、変わったところをご家族と読んでから、もう一度記録してください。", "Nothing was recorded. Open the plan again, read with the family what has changed, and record it then.";
}
