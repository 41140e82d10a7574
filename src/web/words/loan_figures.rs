//! The words of what the catalogue says of a model.

use crate::domain::text::Text;

words! {
    TITLE = "機種の性能（カタログ）", "What the catalogue says of the models";
    RATED = "定格", "rated";
    VA_UNKNOWN = "定格VAは未確認", "rated VA not known";
    SINE = "正弦波", "sine wave";
    NOT_SINE = "正弦波ではない", "not a sine wave";
    SINE_UNKNOWN = "正弦波か未確認", "sine wave or not: not known";
    FIGURES = "数値", "figures";
    VERIFIED = "メーカー資料と照合", "compared with the maker's data sheet";
    NOT_VERIFIED = "メーカー資料との照合は未確認（まだだれもしていません）", "not yet compared with the maker's data sheet by anybody";
    NOT_LISTED = "カタログにない機種", "not in the catalogue";
    WARN_NOT_LISTED = "カタログにない機種です。定格・正弦波・燃料は未確認です。渡す前に、取扱説明書で正弦波（インバーター）・100V・定格出力を確かめてください。", "This model is not in the catalogue: rated output, sine wave and fuel are not known. Before it is handed over, look into its manual for sine wave (inverter), 100 V and rated output.";
    WARN_NOT_SINE = "正弦波ではありません。医療機器とその充電器には使えません。渡さないでください。", "It gives no sine wave and must feed no medical device and no charger of one: do not hand it over.";
    WARN_SINE = "正弦波かどうか未確認です。渡す前に、取扱説明書かメーカーで確かめてください。", "Nobody knows whether it gives a sine wave: look into its manual or ask the maker before it is handed over.";
}
