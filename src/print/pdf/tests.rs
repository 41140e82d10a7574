use serde_json::{Value, json};

use super::{
    PdfError,
    engine::{Desk, each_text},
    fonts, ready,
};

/// What a template of one line prints.
fn printed(source: &str, data: &Value) -> Result<String, PdfError> {
    let source = format!("#import \"paper.typ\": *\n{source}");
    let desk = Desk::with("test", &source, serde_json::to_vec(data).unwrap())?;
    let document = desk.lay_out()?;
    let mut text = String::new();
    for page in document.pages() {
        each_text(&page.frame, &mut |item| text.push_str(&item.text));
    }
    Ok(text)
}

#[test]
fn a_name_that_is_markup_prints_as_it_is() {
    for name in [
        "#read(\"/etc/passwd\")",
        "*x* _y_ `z` $a$ <b> @c = d",
        "#panic()",
        "\\u{41} #{1+1} // 注",
        "【デモ】#sys.inputs",
    ] {
        let shown = printed(
            "#show: sheet.with(\"t\")\n#data.name #given(data.name) #plain(data.name)",
            &json!({ "name": name }),
        )
        .unwrap()
        .replace('\u{200b}', "");
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(bare(&shown), bare(&name.repeat(3)), "{shown}");
    }
}

#[test]
fn a_template_reads_no_file_no_package_and_no_clock() {
    for source in [
        "#read(\"/etc/passwd\")",
        "#read(\"/etc/hostname\", encoding: none)",
        "#image(\"/usr/share/pixmaps/debian-logo.png\")",
        "#include \"/Cargo.toml\"",
        "#import \"@preview/rubby:0.10.2\": *",
        "#datetime.today()",
    ] {
        let error = printed(source, &json!({})).unwrap_err();
        assert!(
            matches!(error, PdfError::Template { line: 2, .. }),
            "{source}: {error:?}"
        );
    }
}

#[test]
fn what_is_said_of_a_failure_quotes_no_data() {
    let error = printed("#panic(data.name)", &json!({ "name": "【デモ】秘密" })).unwrap_err();
    assert!(!error.to_string().contains("秘密"), "{error}");
    assert!(!error.text().ja.contains("秘密"));
    assert!(
        format!("{error:?}").contains("秘密"),
        "the test is of no use: {error:?}"
    );
}

#[test]
fn an_absent_font_names_the_package_and_prints_nothing() {
    let empty = tempfile::tempdir().unwrap();
    let Err(error) = fonts::load(&[empty.path()]) else {
        panic!("fonts out of nowhere");
    };
    assert!(error.to_string().contains("fonts-noto-cjk"), "{error}");
    assert!(error.text().ja.contains("fonts-noto-cjk"));
    // A file of another kind under the name of the font is no font either.
    for file in ["NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"] {
        std::fs::write(empty.path().join(file), "no font").unwrap();
    }
    assert!(matches!(
        fonts::load(&[empty.path()]),
        Err(PdfError::NoFonts { .. })
    ));
    ready().expect("this machine has the font");
}

#[test]
fn an_unknown_typeface_in_a_template_is_an_error_and_no_blank_page() {
    let error = printed("#set text(font: \"Comic Sans\")\nあ", &json!({})).unwrap_err();
    assert!(matches!(error, PdfError::Template { .. }), "{error:?}");
}

#[test]
fn a_character_that_the_typeface_lacks_is_told() {
    let source = "#import \"paper.typ\": *\n#show: sheet.with(\"t\")\n#data.name";
    let paper = |name: &str| {
        let data = serde_json::to_vec(&json!({ "name": name })).unwrap();
        Desk::with("test", source, data).unwrap().print().unwrap()
    };
    assert_eq!(paper("𠮷田 髙橋 﨑山 𣘺本 葛󠄀城").unprintable.len(), 0);
    let rare = paper("𪚥").unprintable;
    assert_eq!(rare.into_iter().collect::<String>(), "𪚥");
}

/// The bytes of a font's name and of its glyphs, as a PDF holds them.
#[test]
fn the_pdf_carries_a_subset_of_the_font_and_of_nothing_else() {
    let source = "#import \"paper.typ\": *\n#show: sheet.with(\"t\")\n電源 *電池*";
    let paper = Desk::with("test", source, b"{}".to_vec())
        .unwrap()
        .print()
        .unwrap();
    assert!(paper.bytes.starts_with(b"%PDF-"));
    assert_eq!(paper.pages, 1);
    let text = String::from_utf8_lossy(&paper.bytes);
    assert!(
        text.contains("+NotoSansCJKjp-Regular"),
        "embedded as a subset"
    );
    assert!(text.contains("+NotoSansCJKjp-Bold"));
    assert!(text.contains("/FontFile3"));
    assert!(paper.bytes.len() < 60_000, "{} bytes", paper.bytes.len());
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let data = json!({ "name": "【デモ】𠮷田 灯" });
    let once = || {
        let source =
            "#import \"paper.typ\": *\n#show: sheet.with(\"t\")\n#data.name #ruby[停電][ていでん]";
        Desk::with("test", source, serde_json::to_vec(&data).unwrap())
            .unwrap()
            .print()
            .unwrap()
    };
    assert_eq!(once(), once());
}
