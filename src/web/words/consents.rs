//! Words of the consents to a plan.

use crate::domain::text::Text;

words! {
    TITLE = "計画への同意", "Consents to the plan";
    OPEN = "同意の記録を開く", "Open the consents";
    NOW = "いまの同意", "What counts now";
    NOTHING = "同意の記録はまだありません。計画をだれに渡すことになるかを説明し、作ってよいか、渡してよいかを聞いて、下に記録してください。", "Nothing is on record yet. Explain to whom the plan would be given, ask whether it may be made and given, and write the answers down below.";
    NOTHING_READ = "同意の記録はまだありません。", "Nothing is on record yet.";
    OF_DRAFT = "有効な計画がまだないので、書きかけの案と、ここに記録した答えによります。", "No plan is in force yet: this is what the draft says, with the answers below.";
    TO_MAKE = "計画を作ること", "making the plan";
    TO_GIVE = "渡すこと", "giving it to";
    YES = "同意している", "agreed";
    NO = "同意していない", "not agreed";
    NOT_ASKED = "まだ聞いていない", "not asked yet";
    ON = "答えた日", "On";
    NO_DAY = "日付の記録なし", "no day on record";
    FORM = "方法", "Form";
    EXPLAINED = "説明", "Explained";
    NOT_EXPLAINED = "説明の記録なし", "no explanation on record";
    AGAIN = "18歳になったので、ご本人に聞き直してください", "of age: ask the person itself";
    OF_AGE = "18歳になった日", "Eighteen since";
    OF_AGE_HELP = "この日からは、親権者ではなくご本人（または成年後見人など）の答えを記録します。前の同意は、聞き直すまでそのまま数えます。", "From that day on the answers are the person's own, or a guardian's. What was answered before counts until it is asked again.";
    FETCH = "すでに渡してあります。返してもらうか、捨ててもらうよう電話してください", "It was given already: telephone and ask for it back, or to have it destroyed";
    VERSION = "版", "version";
    RECORD = "答えを記録する", "Write an answer down";
    RECORD_HELP = "同意・不同意・取り消しのどれも、聞いたその日から数えます。計画を書き直す必要はありません。取り消されたら「同意していない」を選びます。", "A consent, a refusal or a revocation counts from its day on; the plan need not be written anew. For a revocation choose \"not agreed\".";
    WHOM = "だれに渡すこと（計画を作ることなら選ばない）", "Giving it to whom (none: making the plan)";
    NAME = "相手の名前（○○消防署など。なくてもよい）", "Their name (may be left empty)";
    SAID = "答え", "The answer";
    BY_LABEL = "答えた人（母、本人など）", "Who answered (mother, the person itself)";
    CAPACITY = "だれとして", "As whom";
    EXPLAINED_ON = "説明した日（計画をだれに渡すことになるか）", "Explained on (to whom the plan would be given)";
    EXPLAINED_BY = "説明した人", "Explained by";
    LEAFLET = "使った説明書", "Which leaflet";
    HISTORY = "記録", "What was written down";
    NO_HISTORY = "この画面での記録はまだありません。計画に書かれた同意は上の表にあります。", "Nothing was written down here yet; what the plan itself says is above.";
    ERASED = "消去されました", "erased";
    WRITTEN_BY = "記録", "written down by";
    STRIKE = "まちがい：取り消す", "A mistake: strike it out";
    STRUCK = "取り消し済み", "struck out";
    ORDINANCE = "この市町村の条例", "The municipality's ordinance";
    TO_CHANGE = "新しく渡してよい相手を増やすとき、計画を作ること自体をやめたいときは、市町村か担当のコーディネーターに電話してください。その日から数えます。", "To agree to somebody new, or to have no plan any more, telephone the municipality or your coordinator: it counts from that day on.";
    TAKE_BACK = "渡すのをやめる", "Do not give it any more";
    TAKE_BACK_HELP = "きょうから、この相手には計画を渡しません。すでに渡した紙は、市町村が返してもらいます。災害のときにこの相手が助けに来られなくなることがあります。まちがえたときは、下の「記録」から取り消せます。", "From today on the plan is not given to them. What they were given is asked back by the municipality. They may not be able to come in a disaster. A mistake can be struck out below, under \"What was written down\".";
    TAKE_BACK_DO = "きょうからやめる", "From today on";
    CHOOSE_ANSWER = "「同意している」か「同意していない」を選んでください。", "Choose \"agreed\" or \"not agreed\".";
    CHOOSE_CAPACITY = "だれとして答えたかを選んでください。", "Choose as whom the answer was given.";
    CHOOSE_FORM = "方法を選んでください。", "Choose in which form.";
    WHO_ANSWERED = "答えた人を書いてください（60文字まで）。", "Write down who answered (up to 60 characters).";
}
