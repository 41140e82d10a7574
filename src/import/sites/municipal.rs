//! The municipalities' standard open data (自治体標準オープンデータセット
//! 指定緊急避難場所一覧).

use super::{
    Columns, Faults, Hazard, MunicipalityCode, PublishedSite, Row, RowNote, SiteFile, SiteKind,
    SiteRecord, designations, empty_record, key, no_code, position, text, words, words_in_place,
};
use crate::{
    domain::data_set::DataSetKind,
    import::table::{Header, Record},
};

const FLAGS: &[(Hazard, &str)] = &[
    (Hazard::Flood, "災害種別_洪水"),
    (Hazard::Landslide, "災害種別_崖崩れ、土石流及び地滑り"),
    (Hazard::StormSurge, "災害種別_高潮"),
    (Hazard::Earthquake, "災害種別_地震"),
    (Hazard::Tsunami, "災害種別_津波"),
    (Hazard::Fire, "災害種別_大規模な火事"),
    (Hazard::InlandFlood, "災害種別_内水氾濫"),
    (Hazard::Volcano, "災害種別_火山現象"),
];

/// The code of the list: in the standard of 2022, and in the one before it.
const PUBLISHER: [&str; 2] = ["全国地方公共団体コード", "都道府県コード又は市区町村コード"];
/// The code of the place.
const TOWN: [&str; 2] = ["所在地_全国地方公共団体コード", "市区町村コード"];
const ADDRESS: &str = "所在地_連結表記";

/// Dashes by which such lists write "none".
const DASHES: &[&str] = &["-", "－", "―", "ー", "—", "‐", "−"];

/// The columns without which no such list is read.
pub(super) fn needed() -> Vec<&'static str> {
    let flags = FLAGS.iter().map(|(_, column)| *column);
    ["名称", "緯度", "経度"].into_iter().chain(flags).collect()
}

/// What has been seen of the list so far.
#[derive(Debug)]
pub(super) struct Form {
    publisher: Option<MunicipalityCode>,
    /// Of the first site: who publishes a list that does not say so.
    town: Option<MunicipalityCode>,
    columns: Columns,
    shifted: u64,
}

impl Form {
    /// The form of a list with this header.
    pub(super) fn of(header: &Header) -> Option<Self> {
        let all = needed().into_iter().all(|name| header.has(name));
        all.then(|| Self {
            publisher: None,
            town: None,
            columns: Columns {
                note: header.has("備考"),
                accepted_persons: false,
            },
            shifted: 0,
        })
    }

    /// What the file is, once it has been read.
    pub(super) fn file(self, encoding: &'static str) -> SiteFile {
        let publisher = self.publisher.or(self.town);
        let publisher = publisher.map(|c| c.to_string()).unwrap_or_default();
        let warnings = if self.shifted > 0 {
            let rows = self.shifted;
            vec![RowNote::new(
                0,
                Some("内線番号"),
                text!(
                    "{rows}件で「内線番号」から「連絡先FormURL」に、別の列（市区町村コード・地方公共団体名）の値が入っています。使わない列なので取り込みには影響しません。",
                    "in {rows} rows the columns 内線番号 to 連絡先FormURL hold values of other columns (code and name of the municipality). They are not used, so nothing is lost."
                ),
            )]
        } else {
            Vec::new()
        };
        SiteFile {
            format: "municipal-csv",
            encoding,
            kind: DataSetKind::EmergencySites,
            name: format!("自治体標準オープンデータ 指定緊急避難場所一覧 {publisher}"),
            publisher,
            warnings,
        }
    }

    /// A record.
    pub(super) fn of_record(&mut self, record: &Record<'_>) -> Row<SiteRecord> {
        let row = record.row;
        // Some lists end in rows that hold nothing but a dash.
        let says = |name: &str| record.get(name).is_some();
        if record.is_empty() || !(says("名称") || says("緯度") || says("経度")) {
            return empty_record(row);
        }
        let mut faults = Faults::new(row);
        if let Some((expected, found)) = record.cells_off() {
            faults.notes.push(RowNote::new(
                row,
                None,
                text!(
                    "列が{found}個あります（見出しは{expected}個）。カンマの過不足で列がずれています。",
                    "{found} cells where the header has {expected}: a comma too many or too few shifts the columns."
                ),
            ));
        }
        let get = |name: &str| record.get(name);
        // In some lists code, prefecture and town stand some columns too early.
        let shifted = get("内線番号").is_some_and(|v| MunicipalityCode::parse(v).is_ok())
            && get("連絡先メールアドレス").is_some_and(|v| !v.contains('@'));
        if shifted {
            self.shifted += 1;
        }
        let mut warnings = Vec::new();
        let mut code = |columns: [&'static str; 2]| {
            let (column, text) = columns.into_iter().find_map(|c| Some((c, get(c)?)))?;
            let code = MunicipalityCode::parse(text);
            if code.is_err() {
                warnings.push(RowNote::new(row, Some(column), no_code(text)));
            }
            code.ok()
        };
        let publisher = code(PUBLISHER);
        self.publisher = self.publisher.or(publisher);
        // An id means nothing without the list that gave it.
        let id = words(get("ID"))
            .zip(publisher.or(self.publisher))
            .map(|(id, code)| format!("{code}:{id}"));
        let name = words(get("名称")).unwrap_or_default();
        let address_column = if get(ADDRESS).is_some() {
            ADDRESS
        } else {
            "住所"
        };
        let address = words(get(address_column)).unwrap_or_default();
        words_in_place(("名称", &name), (address_column, &address), &mut faults);
        let municipality = code(TOWN)
            .or_else(|| MunicipalityCode::of_address(&address))
            .or_else(|| {
                let (prefecture, town) = (get("所在地_都道府県")?, get("所在地_市区町村")?);
                MunicipalityCode::of_name(&format!("{prefecture}{town}"))
            })
            // A prefecture publishes for its towns, and is none itself.
            .or_else(|| publisher.filter(|code| code.row().is_some()));
        self.town = self.town.or(municipality);
        let at = position(get("緯度"), get("経度"), &mut faults);
        let designated = designations(&get, FLAGS, DASHES, &mut faults);
        let kind = SiteKind::EmergencySite;
        let key = key(kind, id.as_deref(), municipality, &name, &address);
        let Some(position) = at.filter(|_| faults.notes.is_empty()) else {
            return Row::Rejected {
                row,
                notes: faults.notes,
                key: (id.is_some() || !name.is_empty()).then_some(key),
            };
        };
        Row::Accepted {
            row,
            record: SiteRecord {
                key,
                published: PublishedSite {
                    kind,
                    published_id: id,
                    municipality,
                    name,
                    address,
                    designations: Some(designated),
                    accepted_persons: None,
                    note: words(get("備考")),
                    position,
                },
                columns: self.columns,
            },
            warnings,
        }
    }
}
