//! Everything that is stored about a child as one file: JSON for machines, and one
//! page of HTML that needs nothing else and prints well.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::labels;
use crate::domain::id::CaseNumber;

/// Everything that is stored about a child.
#[derive(Debug, Clone, Serialize)]
pub struct Disclosure {
    /// The case.
    pub case: CaseNumber,
    /// When the file was made, in Japan.
    pub made: String,
    /// The number of the sheet.
    pub number: String,
    /// Who had it made.
    pub made_by: String,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// One part of a disclosure.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// What it is called.
    pub title: &'static str,
    /// A word on what stands here, or does not.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub note: &'static str,
    /// What is stored.
    pub content: Value,
}

const STYLE: &str = "body{font-family:sans-serif;line-height:1.6;max-width:50rem;margin:1rem auto;padding:0 1rem}\
h2{border-bottom:2px solid #b45f06;margin-top:1.5rem}dl{margin:.2rem 0 .2rem .2rem;border-left:2px solid #ddd;padding-left:.6rem}\
dt{color:#555;font-size:.9rem}dd{margin:0 0 .3rem 1rem;white-space:pre-line;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.2rem .4rem;text-align:left;vertical-align:top}\
.note{color:#555;font-size:.9rem}.head{text-align:right;font-size:.9rem}@page{margin:14mm}";

impl Disclosure {
    /// As JSON.
    ///
    /// # Panics
    /// Never: what is in it becomes JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a disclosure becomes JSON")
    }

    /// As one page of HTML.
    pub fn html(&self) -> String {
        let mut page = String::new();
        let case = &self.case;
        let (made, number, by) = (
            escaped(&self.made),
            escaped(&self.number),
            escaped(&self.made_by),
        );
        put(
            &mut page,
            &format!(
                "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{case} 登録内容</title><style>{STYLE}</style></head><body>\n"
            ),
        );
        put(
            &mut page,
            &format!(
                "<p class=\"head\">取扱注意（個人情報）　{number}　{made}　{by}</p>\n<h1>登録されている内容（整理番号 {case}）</h1>\n<p>個人情報の保護に関する法律 第76条による開示のための写しです。間違いがあれば、訂正を申し出ることができます（第90条）。使うのをやめるよう求めることもできます（第98条）。</p>\n"
            ),
        );
        for part in &self.parts {
            put(&mut page, &format!("<h2>{}</h2>\n", escaped(part.title)));
            if !part.note.is_empty() {
                put(
                    &mut page,
                    &format!("<p class=\"note\">{}</p>\n", escaped(part.note)),
                );
            }
            value(&mut page, "", &part.content);
        }
        put(&mut page, "</body></html>\n");
        page
    }
}

/// Bytes in letters and digits (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |place: usize| usize::from(three.get(place).copied().unwrap_or(0));
        let all = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4_usize {
            let letter = (all >> (18 - 6 * place)) & 0x3f;
            text.push(if place > three.len() {
                '='
            } else {
                char::from(LETTERS[letter])
            });
        }
    }
    text
}

fn put(page: &mut String, text: &str) {
    page.push_str(text);
}

/// Text as it may stand in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn value(page: &mut String, key: &str, content: &Value) {
    match content {
        Value::Null => put(page, "記録なし"),
        Value::Bool(yes) => put(page, if *yes { "はい" } else { "いいえ" }),
        Value::Number(number) => {
            let _ = write!(page, "{number}");
        }
        // Pictures are our own bytes in letters and digits.
        Value::String(text) if key == "picture" => {
            let _ = write!(
                page,
                "<img src=\"{}\" alt=\"\" style=\"max-width:100%\">",
                escaped(text)
            );
        }
        Value::String(text) => put(page, &escaped(&labels::word(key, text))),
        Value::Array(list) if list.is_empty() => put(page, "なし"),
        Value::Array(list) => array(page, key, list),
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(name, _)| labels::key(name).0);
            put(page, "<dl>");
            for (name, inner) in entries {
                let _ = write!(page, "<dt>{}</dt><dd>", escaped(labels::key(name).1));
                value(page, name, inner);
                put(page, "</dd>\n");
            }
            put(page, "</dl>\n");
        }
    }
}

fn array(page: &mut String, key: &str, list: &[Value]) {
    let plain = list.iter().all(|one| !one.is_object() && !one.is_array());
    if plain {
        for (place, one) in list.iter().enumerate() {
            if place > 0 {
                put(page, "、");
            }
            value(page, key, one);
        }
        return;
    }
    // Many short rows of the same form are a table.
    let flat = |one: &Value| {
        one.as_object().is_some_and(|map| {
            map.len() <= 6 && map.values().all(|v| !v.is_object() && !v.is_array())
        })
    };
    let names = |one: &Value| -> Vec<String> {
        let mut names: Vec<String> = one
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, _)| k.clone())
            .collect();
        names.sort_by_key(|name| labels::key(name).0);
        names
    };
    let columns = names(&list[0]);
    if list.len() > 1 && list.iter().all(|one| flat(one) && names(one) == columns) {
        put(page, "<table><thead><tr>");
        for name in &columns {
            let _ = write!(page, "<th>{}</th>", escaped(labels::key(name).1));
        }
        put(page, "</tr></thead><tbody>\n");
        for one in list {
            put(page, "<tr>");
            for name in &columns {
                put(page, "<td>");
                value(page, name, &one[name]);
                put(page, "</td>");
            }
            put(page, "</tr>\n");
        }
        put(page, "</tbody></table>\n");
        return;
    }
    for one in list {
        value(page, key, one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_rfc_4648_says() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }

    #[test]
    fn what_people_wrote_is_no_markup() {
        let disclosure = Disclosure {
            case: CaseNumber::parse("K-1").unwrap(),
            made: "2026-11-21".to_owned(),
            number: "P-0000-0000".to_owned(),
            made_by: "<b>".to_owned(),
            parts: vec![Part {
                title: "お子さん",
                note: "",
                content: serde_json::json!({"name": "<script>", "sex": "female", "x": [{"a": 1}, {"a": 2}]}),
            }],
        };
        let page = disclosure.html();
        assert!(
            !page.contains("<script>") && !page.contains("<b>"),
            "{page}"
        );
        assert!(
            page.contains("&lt;script&gt;") && page.contains("<dd>女"),
            "{page}"
        );
        assert!(page.contains("<td>2</td>"), "{page}");
    }
}
