//! The words of the page of a child's devices and sources of power.

use crate::domain::text::Text;

words! {
    TITLE = "機器と電源", "Devices and power";
    EDIT = "機器と電源を記録する", "Write down devices and power";
    KEEP = "記録する", "Keep the record";
    EMPTY = "機器と電源がまだ記録されていません。蘇生バッグの場所と、バッテリーの時間から始めてください。", "Nothing is written down yet. Begin with where the manual resuscitator is, and with the hours of the batteries.";
    WRITTEN = "記録", "Written";
    LASTS = "電気が止まってから", "After the power fails";
    BY_BATTERIES = "バッテリーだけで", "On batteries alone";
    BY_ALL = "すべての電源で", "On all sources";
    IN_STORM = "暴風のあいだ（発電機は使えません）", "In a storm (no generator runs)";
    SAVINGS = "つなぐものを減らすと", "With less to feed";
    TABLE = "どの電源が、何時間目まで", "Which source carries which hours";
    FROM_HOUR = "何時間目から", "From hour";
    UNTIL_HOUR = "何時間目まで", "Until hour";
    SOURCE = "電源", "Source";
    RESTS_ON = "数字のもと", "What it rests on";
    DRAW = "機器が使う電気", "What the devices draw";
    WATTS = "W（余裕を見て1.2倍）", "W (with a margin of 1.2)";
    MISSING = "分かっていないこと", "Not known yet";
    LOWER_BOUND = "分からないものは数えていません。少なくともこの時間です。", "What is unknown is not counted: it lasts at least so long.";
    TRIGGER = "停電したら", "When the power fails";
    AT_ONCE = "停電したら、すぐに出発するか電話します。", "When the power fails, leave or telephone at once.";
    LEAVE_BY_BEFORE = "停電から", "Leave or telephone within";
    LEAVE_BY_AFTER = "までに、出発するか電話します。", "after the power has failed.";
    NO_TRIGGER = "何時間以内に出発するかが、まだ決まりません（バッテリーの時間か、停電のときの行き先までの時間が分かりません）。停電したら、すぐに出発するか電話します。", "By when to leave is not known yet (the hours of the batteries, or the way to the place for a power cut). Until then: leave or telephone at once.";
    RECKONED = "バッテリー、準備、移動、予備", "Batteries, preparation, travel, reserve";
    CUT_AT = "停電した時刻", "Power fails at";
    LEAVE_BY = "出発・電話はこの時刻まで", "Leave or telephone by";
    ENDS_AT = "バッテリーが終わる時刻", "Batteries end at";
    NEXT_DAY = "翌日", "next day";
    DAYS_LATER = "日後", "days later";
    FINDINGS = "電源の確認で見つかったこと", "What was found about power";
    REMARKS = "記録で確かめたいところ", "To be looked at again in the record";
    NONE_OF_THEM = "ありません（ないことを確かめた）", "There is none (that was asked)";
    ANOTHER = "もう1つ", "One more";
    NOTHING_SAID = "まだ聞いていません", "Not asked yet";
    CHOOSE = "（分からない）", "(not known)";
    YES = "はい", "yes";
    NO = "いいえ", "no";
    VA = "VA", "VA";
    FED_NOTHING = "何もつながない", "Nothing hangs on it";
    TOO_LONG = "長すぎます。200文字までにしてください。", "Too long: 200 characters at most.";
    NO_NUMBER = "数字だけを入れてください（例 8.5）。", "Enter figures alone (8.5).";
    NO_WHOLE = "整数を入れてください。", "Enter a whole number.";
    NO_CHOICE = "選び直してください。", "Choose one of the list.";
    NO_RECORD = "記録を読めませんでした。もう一度入れてください。", "The record could not be read: enter it again.";
    SAY_WHETHER = "ここを選んでください。横に書かれたことだけでは決められません。", "Choose here: what stands beside it does not decide it.";
    WRONG = "直すところがあります。まだ何も記録していません。", "Some fields are to be corrected: nothing was kept.";
    LOOK = "下の赤い欄を直して、もう一度記録してください。", "Correct the marked fields below and keep the record again.";
    PICTURE = "電源の時間の図", "Picture of the hours";
    TO_PLAN = "計画のページへ", "To the plan";
    TO_POWER = "機器と電源のページへ", "To devices and power";
    LOW = "未確認の数字", "not confirmed";
    NEVER_DOWN = "バッテリーは、お子さんにつないだまま使い切らないでください。", "Never run a battery down on the child.";
}
