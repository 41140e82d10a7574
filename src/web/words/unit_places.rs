//! The words of where units are.

use crate::domain::text::Text;

words! {
    PLACE = "保管場所と地図の位置", "Where it is kept";
    HELP = "住所や建物の名前を書き、地図を押すか、緯度・経度を書いて保存します。位置のある在庫の発電機は「全体の地図」に出ます。位置は空欄でもかまいません。", "Write the address or the building; press on the map, or type latitude and longitude. A unit in stock with a position is on the map of the prefecture. The position may stay empty.";
    WHERE = "保管場所（住所・建物・棚など）", "Kept at (address, building, shelf)";
    HALF = "緯度と経度は、両方書くか、両方空欄にしてください。", "Give both latitude and longitude, or neither.";
    BAD = "緯度は20〜46、経度は122〜154の数です。逆になっていないか確かめてください。", "Latitude is a number from 20 to 46, longitude one from 122 to 154: are they in the wrong order?";
    NO_ACCURACY = "位置がどのくらい正確かを選んでください。", "Choose how exactly the position is known.";
    XLSX = "在庫の表（XLSX）", "The stock as XLSX";
    CSV = "在庫の表（CSV）", "The stock as CSV";
    SHEET = "発電機の在庫", "generators";
    LAT = "緯度", "latitude";
    LON = "経度", "longitude";
    HOW = "位置の精度", "accuracy of the position";
    ON_MAP = "発電機", "Generators";
    ON_MAP_HELP = "在庫は保管場所に、貸与中はお子さんの家に示します（家を見られる方だけ）。", "Those in stock where they are kept, lent ones at the homes that you may see.";
    ON_MAP_NONE = "示せる発電機はありません。", "There is no generator to be shown.";
    SHOW_ALL = "発電機をすべて示す", "show all generators";
    SHOW_READY = "在庫だけ示す", "those in stock alone";
    SHOW_NONE = "発電機は示さない", "show none";
    MARK_READY = "在庫の発電機", "generator in stock";
    MARK_LENT = "貸与中の発電機（お子さんの家）", "lent generator (at the child's home)";
    MARK_OTHER = "点検・修理中の発電機", "generator in repair";
    AT_HOME = "この方の家", "at the home of";
}
