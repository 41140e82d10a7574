//! The columns of the sheet of sites that goes out and comes back: what a
//! municipality may fill in, and beside it what tells the sites apart.

/// The site's own id; it leads a row back to its site.
pub const ID: &str = "避難先ID";
/// The revision that the row was made of: a row that somebody has overtaken is
/// refused.
pub const REVISION: &str = "版";
/// 種類.
pub const KIND: &str = "種類";
/// 名称.
pub const NAME: &str = "名称";
/// 住所.
pub const ADDRESS: &str = "住所";
/// The five digits of its municipality or ward.
pub const CODE: &str = "市町村コード";
/// Its municipality or ward by name.
pub const TOWN: &str = "市町村";
/// 共通ID, or the id of its list.
pub const PUBLISHED_ID: &str = "共通ID";
/// For what it counts as designated.
pub const DESIGNATED: &str = "指定された災害";
/// By which emergency sites a shelter is judged.
pub const JUDGED_BY: &str = "判定のもとにした指定緊急避難場所";
/// 受入対象者.
pub const ACCEPTED: &str = "受入対象者";
/// 備考.
pub const NOTE: &str = "備考";
/// Degrees north.
pub const LATITUDE: &str = "緯度";
/// Degrees east.
pub const LONGITUDE: &str = "経度";
/// Which list says so.
pub const SOURCE: &str = "出典";
/// Whether it is in force.
pub const STATE: &str = "状態";

/// The columns that this program does not take back, in their order.
pub const FIXED: [&str; 16] = [
    ID,
    REVISION,
    KIND,
    NAME,
    ADDRESS,
    CODE,
    TOWN,
    PUBLISHED_ID,
    DESIGNATED,
    JUDGED_BY,
    ACCEPTED,
    NOTE,
    LATITUDE,
    LONGITUDE,
    SOURCE,
    STATE,
];
