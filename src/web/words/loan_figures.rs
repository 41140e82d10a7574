//! The words of what the catalogue says of a model.

use crate::domain::text::Text;

words! {
    TITLE = "機種の性能（カタログ）", "What the catalogue says of the models";
    RATED = "定格", "rated";
    VA_UNKNOWN = "定格VAは未確認", "rated VA not known";
    SINE = "正弦波", "sine wave";
    NOT_SINE = "正弦波ではない", "not a sine wave";
    SINE_UNKNOWN = "正弦波か未確認", "sine wave or not: not known";
    PAGE_HELP = "貸し出す機種の数値です。はじめの数値はプログラムに付いてきたもので、メーカーの資料とは照合していません。取扱説明書を見て、直し、照合した人と日を入れてください。ここで直した数値は、プログラムが新しくなっても上書きされません。空欄は「分からない」で、0ではありません。", "What is known of the models that are lent. The first figures came with the program, and nobody has compared them with the makers' data sheets: look into the manual, correct them, and say who compared them and when. What is corrected here is never overwritten by a new version of the program. Empty means not known, never zero.";
    MAKER = "メーカー", "maker";
    RATED_VA = "定格出力（VA）", "rated output (VA)";
    WAVE = "波形", "wave";
    FUEL = "燃料", "fuel";
    CAPACITY = "タンク（L）またはボンベの本数", "tank (litres), or canisters at once";
    PER_HOUR_RATED = "1時間に使う量（定格負荷、Lまたは本）", "burnt an hour at rated load (litres or canisters)";
    PER_HOUR_QUARTER = "1時間に使う量（4分の1負荷、Lまたは本）", "burnt an hour at a quarter of the load (litres or canisters)";
    SOURCE = "出典（何のどのページか）", "source (which page of what)";
    CONFIDENCE = "確かさ", "how well it is known";
    COMPARED = "メーカー資料との照合", "Comparison with the maker's data sheet";
    COMPARED_HELP = "すべての数値をメーカーの資料と見比べたときだけ、入れてください。数値を直したときは、もう一度見比べてください。", "Enter these only when every figure was compared with the maker's data sheet; after a correction compare them again.";
    VERIFIED_BY = "照合した人", "compared by";
    VERIFIED_ON = "照合した日", "compared on";
    UNVERIFIED = "照合していません", "not compared yet";
    OF_FILE = "プログラムに付いてきた数値です。", "As it came with the program.";
    CHANGES = "直した記録", "What was changed";
    CORRECT = "直す・照合を記録する", "Correct it, or record a comparison";
    ADD = "機種を加える", "Add a model";
    OPEN = "機種のカタログを開く", "Open the catalogue of models";
    FIGURES = "数値", "figures";
    VERIFIED = "メーカー資料と照合", "compared with the maker's data sheet";
    NOT_VERIFIED = "メーカー資料との照合は未確認（まだだれもしていません）", "not yet compared with the maker's data sheet by anybody";
    NOT_LISTED = "カタログにない機種", "not in the catalogue";
    WARN_NOT_LISTED = "カタログにない機種です。定格・正弦波・燃料は未確認です。渡す前に、取扱説明書で正弦波（インバーター）・100V・定格出力を確かめてください。", "This model is not in the catalogue: rated output, sine wave and fuel are not known. Before it is handed over, look into its manual for sine wave (inverter), 100 V and rated output.";
    WARN_NOT_SINE = "正弦波ではありません。医療機器とその充電器には使えません。渡さないでください。", "It gives no sine wave and must feed no medical device and no charger of one: do not hand it over.";
    WARN_SINE = "正弦波かどうか未確認です。渡す前に、取扱説明書かメーカーで確かめてください。", "Nobody knows whether it gives a sine wave: look into its manual or ask the maker before it is handed over.";
    LOADS = "この発電機に一度につなぐもの（定格の8割まで）", "What hangs on it at once (80 % of its rating at most)";
    FITS = "収まります", "within it";
    LOAD_UNKNOWN = "まだ分かりません", "not known yet";
    TOO_MUCH = "超えます", "too much";
    LOAD = "つなぐもの（起動を含む）", "Hanging on it (with the start)";
    LIMIT = "定格の8割", "80 % of its rating";
    A_FILLING = "燃料1回の充電で動く時間", "Hours of a filling while it charges";
    NOT_KNOWN = "分からない", "unknown";
    NOT_YOURS = "機器の記録は、市町村かコーディネーターがします。引渡しの席で銘板のVAを写し、その人に伝えてください。", "The municipality or the coordinator records the devices: copy the plates' volt-amperes at the hand-over and tell them.";
    TO_RECORD = "お子さんの機器と電源の記録を見る・直す", "See or correct the child's devices and sources";
}
