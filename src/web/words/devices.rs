//! The words of the page of the catalogue of devices.

use crate::domain::text::Text;

words! {
    TITLE = "機器の一覧（消費電力とバッテリー）", "What is known of the models of devices";
    MENU = "機器の一覧", "Models of devices";
    HELP = "お子さんの機器の数値です。お子さんごとの「停電から何時間」は、ここにある数値から計算されます（お子さんの機器で測った値や点検した時間があれば、それが先です）。はじめの数値はプログラムに付いてきたもので、メーカーの資料とは照合していません。ここで直すと、その機種を使うすべてのお子さんの時間が計算し直されます。空欄は「分からない」で、0ではありません。", "What is known of children's devices. The hours of each child after a power cut are computed from it (what was measured or checked on a child's own device counts first). The first figures came with the program, and nobody has compared them with the makers' data sheets. A correction here has the hours of every child with that model computed anew. Empty means not known, never zero.";
    KIND = "種類", "kind";
    MAKER = "メーカー", "maker";
    MODEL = "機種", "model";
    RATED_VA = "銘板の定格（VA）", "rated, on the plate (VA)";
    RATED_WATTS = "銘板の定格（W）", "rated, on the plate (W)";
    RATED_HELP = "定格は発電機の大きさを決めるためだけに使い、時間の計算には使いません。", "Rated figures size a generator and never count for hours.";
    MEASURED_WATTS = "実測の消費電力（W）", "measured watts (W)";
    MEASURED_HELP = "測ったなかで、いちばん大きい値を入れてください。", "Enter the highest that was measured.";
    WATTS_CONFIDENCE = "Wの確かさ", "how well the watts are known";
    INTERNAL_HOURS = "内蔵バッテリーの公称時間", "nominal hours of the battery inside";
    EXTERNAL_HOURS = "専用の外部バッテリー1個の公称時間", "nominal hours of one external battery made for it";
    HOURS_CONFIDENCE = "時間の確かさ", "how well the hours are known";
    SOURCE = "出典（何のどのページか、だれがいつ測ったか）", "source (which page of what, or who measured it and when)";
    NOTE = "メモ", "note";
    VERIFIED_BY = "照合した人", "compared by";
    VERIFIED_ON = "照合した日", "compared on";
    LOW = "未確認の数字", "not confirmed";
    LOW_HELP = "この機種の未確認の数字に頼る時間には、「未確認の数字」と表示されます。メーカーに確かめて、直してください。", "Hours that rest on these figures are marked as not confirmed: ask the maker, and correct them.";
    TAKE_BACK = "元の数値に戻す", "Take back to the figures of the program";
    TAKE_OUT = "この機種を一覧から外す", "Take this model out of the list";
    TAKEN_BACK = "元に戻した", "taken back";
    CORRECT = "直す・照合を記録する", "Correct it, or record a comparison";
    ADD = "機種を加える", "Add a model";
    ADDED = "ここで加えた機種です。", "This model was added here.";
    CORRECTED = "ここで直した数値です。プログラムが新しくなっても上書きされません。", "These figures were corrected here; no new version of the program overwrites them.";
    OPEN = "機器の一覧を開く", "Open the list of devices";
    GENERATORS = "発電機のカタログ", "The catalogue of generators";
}
