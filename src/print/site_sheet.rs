//! The sheet of sites as XLSX. Every text is written as text: whatever a
//! published list or a person wrote, no spreadsheet runs it as a formula.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::domain::{
    hazard::Hazard,
    municipality::MunicipalityCode,
    site::{Designations, Site},
    site_entry::{EntryField, EntryText},
    site_sheet::FIXED,
    text::Lang,
};

/// One site of the sheet.
#[derive(Debug, Clone)]
pub struct SheetSite {
    /// The site.
    pub site: Site,
    /// The revision of what has been entered on it.
    pub revision: i64,
    /// For what it counts as designated; `None`: nobody says.
    pub judged: Option<Designations>,
    /// The emergency sites by which a shelter is judged.
    pub judged_by: Vec<String>,
}

/// How the sheet is used, line by line.
const GUIDE: [(&str, &str); 8] = [
    (
        "黄色の列に記入し、「避難先の表を読み込む」から送ってください。保存の前に、何が変わるかを一覧で確かめられます。",
        "Fill in the yellow columns and send the file back. Before anything is saved you see what would change.",
    ),
    (
        "消したセルは「不明」になります。この表にない避難先と、表から消した列は、いまのまま残ります。",
        "An emptied cell becomes unknown. Sites that are not in the sheet, and columns that you take out, stay as they are.",
    ),
    (
        "「避難先ID」と「版」の列は変えないでください。表を出したあとにだれかが記入した行は、断られます。",
        "Leave the columns 避難先ID and 版 as they are. A row that somebody has overtaken is refused.",
    ),
    (
        "直接避難：はい・いいえ・空（不明）。",
        "直接避難 (direct admission): はい (yes), いいえ (no), empty (unknown).",
    ),
    (
        "呼吸器のお子さんの受入れ：受け入れる・条件付きで受け入れる・受け入れられない・空（不明）。条件付きのときは、その条件も書いてください。",
        "呼吸器のお子さんの受入れ: 受け入れる (yes), 条件付きで受け入れる (on conditions, with the conditions beside it), 受け入れられない (no), empty (unknown).",
    ),
    (
        "電源：コンセント・確認した人・期限の三つがそろって「確認済み」になります。",
        "Power counts as confirmed when socket, by whom and until when are all given.",
    ),
    (
        "日付：2026-12-01、令和8年12月1日 など。",
        "Dates: 2026-12-01 and the like.",
    ),
    (
        "名称・住所など白い列は見るためのもので、読み込みません。",
        "The white columns are for reading only.",
    ),
];

/// The sheet.
pub fn workbook(sites: &[SheetSite]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("避難先")?;
    let head = Format::new().set_bold().set_text_wrap();
    let open = head.clone().set_background_color(0x00FF_F2CC);
    let columns = FIXED.iter().map(|name| (*name, &head));
    let entered: Vec<_> = EntryField::ALL.iter().map(|field| field.name()).collect();
    let entered = entered.iter().map(|name| (name.ja.as_ref(), &open));
    // Text, so that no program makes something else of what is typed.
    let as_text = Format::new().set_num_format("@");
    for (place, (name, format)) in (0_u16..).zip(columns.chain(entered)) {
        sheet.set_column_format(place, &as_text)?;
        let width = (name.chars().count() * 2 + 2).clamp(10, 28);
        sheet.set_column_width(place, width as f64)?;
        sheet.write_string_with_format(0, place, name, format)?;
    }
    for (row, site) in (1_u32..).zip(sites) {
        write_site(sheet, row, site, &as_text)?;
    }
    sheet.set_freeze_panes(1, 4)?;
    guide(book.add_worksheet().set_name("説明")?)?;
    book.save_to_buffer()
}

fn write_site(
    sheet: &mut Worksheet,
    row: u32,
    of: &SheetSite,
    as_text: &Format,
) -> Result<(), XlsxError> {
    let published = &of.site.published;
    let code = published.municipality;
    let fixed = [
        of.site.id.to_string(),
        of.revision.to_string(),
        published.kind.name().ja.into_owned(),
        published.name.clone(),
        published.address.clone(),
        code.map(|code| code.to_string()).unwrap_or_default(),
        code.as_ref().map_or("", MunicipalityCode::name).to_owned(),
        published.published_id.clone().unwrap_or_default(),
        designated(of.judged),
        of.judged_by.join("、"),
        published.accepted_persons.clone().unwrap_or_default(),
        published.note.clone().unwrap_or_default(),
        published.position.lat().to_string(),
        published.position.lon().to_string(),
        of.site.source.clone(),
        if of.site.withdrawn { "廃止" } else { "" }.to_owned(),
    ];
    let entry = EntryText::of(&of.site.entry);
    let entered = EntryField::ALL.iter().map(|field| match field {
        EntryField::Direct | EntryField::Generator | EntryField::Reception
            if !entry.get(*field).is_empty() =>
        {
            field.shown(entry.get(*field), Lang::Ja)
        }
        _ => entry.get(*field).to_owned(),
    });
    for (place, cell) in (0_u16..).zip(fixed.into_iter().chain(entered)) {
        if !cell.is_empty() {
            sheet.write_string_with_format(row, place, cell, as_text)?;
        }
    }
    Ok(())
}

fn designated(set: Option<Designations>) -> String {
    let Some(set) = set else {
        return "不明".to_owned();
    };
    let names: Vec<_> = set.iter().map(|hazard: Hazard| hazard.name().ja).collect();
    if names.is_empty() {
        "なし".to_owned()
    } else {
        names.join("、")
    }
}

fn guide(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 70)?;
    sheet.set_column_width(1, 70)?;
    for (row, (ja, en)) in (0_u32..).zip(GUIDE) {
        sheet.write_string_with_format(row, 0, ja, &wrapped)?;
        sheet.write_string_with_format(row, 1, en, &wrapped)?;
    }
    Ok(())
}
