//! The words of a plan that is written, handed in, decided on and given out.

use crate::domain::text::Text;

words! {
    TITLE = "計画の案", "Draft of the plan";
    BEGIN = "計画を書き始める", "Begin a plan";
    BEGIN_NEXT = "計画を書き直す（新しい案）", "Write the plan anew (a new draft)";
    BEGIN_HELP = "いまの計画は、新しい案が承認されるまで有効なままです。", "The plan in force stays so until the new draft is approved.";
    FROM_PAPER = "紙の計画を入力する", "A plan on paper is entered";
    NO_DRAFT = "書きかけの案はありません。", "There is no draft.";
    STEPS = "書く順番", "Steps";
    STEP = "段", "Step";
    STEP_OPEN = "まだ書いていません", "not written yet";
    STEP_WRITTEN = "書きました", "written";
    FAILS = "問題", "problems";
    UNKNOWN = "分からないこと", "not known";
    KEEP = "保存する", "Save";
    KEEP_AND_ON = "保存して次へ", "Save and go on";
    TO_STEPS = "段の一覧へ", "To the steps";
    TO_COURSE = "計画の進みへ", "To the course of the plan";
    TO_PLAN = "計画のページへ", "To the plan";
    SAVED_AT = "保存しました", "Saved";
    SAVED_BY = "最後に保存", "Last saved";
    SAVES_ITSELF = "書いたものは、数秒ごとに自動で保存されます。", "What you write saves itself every few seconds.";
    NOT_SAVED = "まだ保存していません。赤い欄を直してください。", "Not saved yet: correct the marked fields.";
    NO_NETWORK = "つながりません。書いたものはこの画面に残っています。つながったら「保存する」を押してください。", "No connection. What you wrote is still on this page: save it when you are connected again.";
    ALSO_HERE = "いま、ほかの人もこの案を開いています", "Somebody else has this draft open";
    CONFLICT = "同じ段を、ほかの人が先に保存しました。あなたの入力はまだ保存していません。", "Somebody else has saved this step first. What you typed is not saved yet.";
    CONFLICT_HELP = "違うところは次のとおりです。下の欄はあなたの入力です。そろえてから、もう一度保存してください。", "This is what differs. The fields below hold what you typed: bring the two together and save again.";
    THEIRS = "保存されているもの", "What is saved";
    MINE = "あなたの入力", "What you typed";
    NOTHING_THERE = "（なし）", "(nothing)";
    FINDINGS = "この段で見つかったこと", "What was found in this step";
    NO_FINDINGS = "この段で見つかった問題はありません。", "Nothing was found in this step.";
    TO_MEND = "市町村が直してほしいところ", "What the municipality wants mended";
    MENDED = "直した", "mended";
    MARK_MENDED = "直したことにする", "Mark as mended";
    MARK_OPEN = "まだ直していない", "Not mended yet";
    THREATS_HELP = "地図から読んだものです。書くところはありません。分からないものがあれば、自宅の位置を確かめてください。", "Read from the maps: nothing is to be written here. Where something is unknown, confirm the position of the home.";
    POSITION = "自宅の位置を確かめる", "Confirm the position of the home";
    CANDIDATES = "近くの候補（よい順）", "Places near by, the best first";
    CANDIDATES_HELP = "取り込んだ一覧から、この家の災害に照らして並べています。距離は直線です。道のりではありません。", "From the imported lists, ranked by what threatens this home. Distances are straight lines, never ways.";
    NO_CANDIDATES = "候補を出せません。自宅の位置か、避難先の一覧がまだありません。", "No candidates: the position of the home, or a list of sites, is missing.";
    ADD_IT = "この場所を加える", "Add this place";
    STRAIGHT = "直線", "straight line";
    SERVES = "使える災害", "Serves";
    AGAINST = "気になること", "What speaks against it";
    NOT_KNOWN = "分からないこと", "Not known of it";
    NOTHING_AGAINST = "問題は見つかっていません", "nothing was found against it";
    TO_EQUIPMENT = "機器と電源を記録する", "Write down devices and power";
    EQUIPMENT_ON_RECORD = "機器と電源の記録があります。時間はその記録から計算しています。", "Devices and sources are on record: hours are reckoned from them.";
    MUNICIPAL = "市町村の項目", "What the municipality asks for";
    ANOTHER = "もう1つ加える", "One more";
    READ_ALL = "案を全部読む", "Read the whole draft";
    WRONG = "直すところがあります。まだ保存していません。", "Some fields are to be corrected: nothing was saved.";
    WITH_GAPS_ENTERED = "紙にないところは、足りないものとして残ります。", "What the paper lacks stays as a gap.";
}
