//! The words of photos of the yearly check.

use crate::domain::text::Text;

words! {
    PHOTOS = "写真（4枚まで）", "Photos (up to four)";
    PHOTOS_HELP = "発電機と置き場所が分かるように撮ってください。お子さんやご家族の顔、家の中は写さないでください。JPEG・PNG、1枚12MB・合わせて40MBまで。場所や日時などの情報は消し、縮小して保存します。", "Show the unit and where it stands; no faces of the child or the family, and not the inside of the home. JPEG or PNG, up to 12 MB each and 40 MB together. They are kept smaller, without place, time or maker.";
    CHOOSE_AGAIN = "写真はまだ保存していません。もう一度選んでください。", "The photos are not kept yet: choose them again.";
    TOO_MANY = "写真は1回の確認に4枚までです。選び直してください。", "A check has four photos at most: choose again.";
    ADD = "写真を加える", "Add photos";
    LAST = "前回の写真", "Photos of the last check";
    TAKE_OUT = "写真を取り除く", "Take a photo out";
    TAKE_OUT_HELP = "写真のデータは消え、元に戻せません。取り除いたことと理由は残ります。", "The picture is erased for good; that it was there, and why it is gone, stays.";
    WHY = "取り除く理由", "Why it is taken out";
    GONE = "取り除いた写真", "Taken out";
}
