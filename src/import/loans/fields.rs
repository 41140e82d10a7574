//! What the columns of a ledger say, and the headings that people give them.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::text::key_form;

/// What a column of a ledger says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Number,
    Name,
    Kana,
    Born,
    Municipality,
    Model,
    Serial,
    LentOn,
    ReturnDue,
    ReturnedOn,
    ReturnReason,
    UseAppliedOn,
    UseDecidedOn,
    LoanAppliedOn,
    LoanDecidedOn,
    CheckedOn,
    CheckResult,
    PlanAppliedOn,
    Note,
}

use Field::{
    Born, CheckResult, CheckedOn, Kana, LentOn, LoanAppliedOn, LoanDecidedOn, Model, Municipality,
    Name, Note, Number, PlanAppliedOn, ReturnDue, ReturnReason, ReturnedOn, Serial, UseAppliedOn,
    UseDecidedOn,
};

/// The headings that each goes by; the first is how we call it.
pub(super) const HEADINGS: [(Field, &[&str]); 19] = [
    (
        Number,
        &[
            "管理番号",
            "ケース番号",
            "整理番号",
            "台帳番号",
            "貸与番号",
            "受付番号",
        ],
    ),
    (
        Name,
        &[
            "氏名",
            "お子さんの氏名",
            "お子様氏名",
            "児童氏名",
            "児氏名",
            "対象児氏名",
            "対象者氏名",
            "利用者氏名",
            "利用者名",
            "借受者氏名",
            "本人氏名",
            "児童名",
            "患者氏名",
            "患者名",
            "名前",
            "お名前",
            "お子さん氏名",
            "お子様の氏名",
            "児童の氏名",
            "対象児童氏名",
        ],
    ),
    (
        Kana,
        &[
            "ふりがな",
            "フリガナ",
            "氏名ふりがな",
            "氏名フリガナ",
            "氏名カナ",
            "カナ",
            "カナ氏名",
            "よみ",
            "よみがな",
            "読み",
            "読み仮名",
            "お子さんふりがな",
            "児童ふりがな",
        ],
    ),
    (
        Born,
        &[
            "生年月日",
            "誕生日",
            "お子さんの生年月日",
            "児童生年月日",
            "児生年月日",
        ],
    ),
    (
        Municipality,
        &[
            "市町村",
            "市町村名",
            "市区町村",
            "市区町村名",
            "居住市町村",
            "住所地市町村",
            "居住地",
            "居住地市町村",
            "住所地",
            "自治体",
            "自治体名",
        ],
    ),
    (
        Model,
        &[
            "機種",
            "機種名",
            "型式",
            "型番",
            "型名",
            "品名",
            "発電機",
            "発電機機種",
            "発電機型式",
            "発電機名",
            "貸与機種",
            "発電機の機種",
        ],
    ),
    (
        Serial,
        &[
            "製造番号",
            "シリアル",
            "シリアル番号",
            "シリアルNo",
            "シリアルナンバー",
            "製造No",
            "機番",
            "機械番号",
            "機体番号",
            "S/N",
            "SN",
            "SerialNo",
            "Serial",
            "発電機番号",
            "発電機製造番号",
            "発電機シリアル番号",
        ],
    ),
    (
        LentOn,
        &[
            "貸与日",
            "引渡日",
            "引渡し日",
            "引き渡し日",
            "貸出日",
            "貸与開始日",
            "貸与年月日",
            "引渡年月日",
            "貸出年月日",
            "貸与貸与日",
            "貸与引渡日",
            "貸与期間開始日",
        ],
    ),
    (
        ReturnDue,
        &[
            "返却予定日",
            "返還予定日",
            "返却期限",
            "返還期限",
            "返却期限日",
            "貸与期限",
            "貸与期限日",
            "貸与終了予定日",
            "返却予定",
            "返却返却予定日",
            "貸与満了日",
        ],
    ),
    (
        ReturnedOn,
        &[
            "返却日",
            "返還日",
            "返却年月日",
            "返還年月日",
            "返却返却日",
            "返還返還日",
        ],
    ),
    (
        ReturnReason,
        &[
            "返却理由",
            "返還理由",
            "返却の理由",
            "返還の理由",
            "終了理由",
            "貸与終了理由",
            "返却返却理由",
            "返却事由",
        ],
    ),
    (
        UseAppliedOn,
        &[
            "利用申請日",
            "事業利用申請日",
            "利用申請年月日",
            "利用申請受付日",
            "利用申請申請日",
            "事業利用申請申請日",
        ],
    ),
    (
        UseDecidedOn,
        &[
            "利用決定日",
            "事業利用決定日",
            "利用決定年月日",
            "利用承認日",
            "利用申請決定日",
            "利用申請承認日",
            "事業利用申請決定日",
        ],
    ),
    (
        LoanAppliedOn,
        &[
            "貸与申請日",
            "貸与申請年月日",
            "貸与申請受付日",
            "貸与申請申請日",
        ],
    ),
    (
        LoanDecidedOn,
        &[
            "貸与決定日",
            "貸与決定年月日",
            "貸与承認日",
            "貸与申請決定日",
            "貸与申請承認日",
        ],
    ),
    (
        CheckedOn,
        &[
            "最終点検日",
            "点検日",
            "直近点検日",
            "前回点検日",
            "最終点検年月日",
            "点検年月日",
            "点検実施日",
            "点検点検日",
            "最終点検実施日",
            "点検最終点検日",
        ],
    ),
    (
        CheckResult,
        &[
            "点検結果",
            "最終点検結果",
            "点検の結果",
            "直近点検結果",
            "点検点検結果",
        ],
    ),
    (
        PlanAppliedOn,
        &[
            "計画申請日",
            "個別避難計画申請日",
            "個別避難計画の申請日",
            "計画作成申請日",
            "個別避難計画作成申請日",
            "計画申請年月日",
            "個別計画申請日",
        ],
    ),
    (
        Note,
        &["備考", "備考欄", "摘要", "メモ", "特記事項", "特記"],
    ),
];

/// Every heading in the form in which they are compared.
static FORMS: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let of = |(field, names): &(Field, &'static [&'static str])| {
        let field = *field;
        names.iter().map(move |name| (heading_form(name), field))
    };
    HEADINGS.iter().flat_map(of).collect()
});

impl Field {
    /// How we call it.
    pub(super) fn name(self) -> &'static str {
        let row = HEADINGS.iter().find(|(field, _)| *field == self);
        row.map_or("", |(_, names)| names[0])
    }

    /// What a heading means; `None`: nothing that is read.
    pub(super) fn of(heading: &str) -> Option<Self> {
        FORMS.get(&heading_form(heading)).copied()
    }
}

/// A heading without spaces, marks and what stands in brackets behind it:
/// `生年月日（和暦）` is 生年月日.
fn heading_form(heading: &str) -> String {
    let form = key_form(heading).to_lowercase();
    let bare = form.split('(').next().filter(|bare| !bare.is_empty());
    let bare = bare.unwrap_or(&form);
    bare.trim_matches([
        '※', '*', ':', '・', '.', '●', '○', '■', '【', '】', '[', ']',
    ])
    .replace("no.", "no")
    .replace("番号no", "番号")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

    use super::*;

    #[test]
    fn no_heading_means_two_columns() {
        let mut seen = BTreeSet::new();
        for (field, names) in HEADINGS {
            for name in names {
                assert!(seen.insert(heading_form(name)), "{}: {name}", field.name());
                assert_eq!(Field::of(name), Some(field), "{name}");
            }
        }
    }

    #[test]
    fn a_heading_is_known_in_any_width_and_with_a_remark_behind_it() {
        for heading in [
            "製造番号",
            "製造 番号",
            "※製造番号",
            "製造番号（本体）",
            "Ｓ／Ｎ",
            "ｼﾘｱﾙ番号",
            "serial no.",
        ] {
            assert_eq!(Field::of(heading), Some(Field::Serial), "{heading}");
        }
        assert_eq!(Field::of("申請日"), None);
        assert_eq!(Field::of("終了日"), None);
    }

    const BEGIN: &str = "<!-- headings of the ledger: UPDATE_DOCS=1 cargo test --lib loans -->\n";
    const END: &str = "<!-- end of the headings -->";

    #[test]
    fn the_page_for_users_lists_every_heading() {
        let mut list = "| 項目 | 読む見出し / headings that are read |\n|---|---|\n".to_owned();
        for (field, names) in HEADINGS {
            writeln!(list, "| {} | {} |", field.name(), names.join("、")).unwrap();
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import-formats.md");
        let page = fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap();
        let (found, after) = rest.split_once(END).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, format!("{before}{BEGIN}{list}{END}{after}")).unwrap();
            return;
        }
        assert!(found == list, "run UPDATE_DOCS=1 cargo test --lib loans");
    }
}
