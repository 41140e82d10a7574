//! Finding the town, and the number behind it, in a written address. Nothing is
//! guessed: what fits two towns is both of them, what fits none is none.

use super::text::nfkc;

/// How far variants of a character count as the same character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// Only what Unicode and the way of writing numbers make different.
    Spelling,
    /// Old forms of kanji, too, and the small kana within names.
    Variants,
}

/// Old and rare forms of kanji that addresses mix with the usual one, each pair a
/// single character. Of 斎 and 斉, and others that are two words, neither stands
/// for the other.
const VARIANTS: &[(char, char)] = &[
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('髙', '高'),
    ('澤', '沢'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('濱', '浜'),
    ('濵', '浜'),
    ('廣', '広'),
    ('國', '国'),
    ('龍', '竜'),
    ('櫻', '桜'),
    ('條', '条'),
    ('瀨', '瀬'),
    ('淵', '渕'),
    ('縣', '県'),
    ('學', '学'),
    ('壽', '寿'),
    ('榮', '栄'),
    ('豐', '豊'),
    ('藪', '薮'),
    ('鐵', '鉄'),
    ('靍', '鶴'),
    ('靏', '鶴'),
    ('舘', '館'),
    ('檜', '桧'),
    ('龜', '亀'),
    ('圓', '円'),
    ('會', '会'),
    ('寶', '宝'),
    ('德', '徳'),
    ('曾', '曽'),
    ('惠', '恵'),
    ('眞', '真'),
    ('澁', '渋'),
    ('萬', '万'),
];

/// The name of a town as lists and addresses are compared by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TownKey(String);

impl TownKey {
    /// The key of a name.
    pub fn of(name: &str) -> Self {
        let text = form(name, Fold::Spelling);
        Self(text.strip_prefix('字').unwrap_or(&text).to_owned())
    }

    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key that was stored.
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The town without its chōme, and which chōme it is.
    fn chome(&self) -> Option<(&str, &str)> {
        let head = self.0.strip_suffix("丁目")?;
        let base = head.trim_end_matches(|c: char| c.is_ascii_digit());
        (base.len() < head.len() && !base.is_empty()).then(|| head.split_at(base.len()))
    }
}

/// A number of a block (街区符号) or of a lot (地番) as it is compared: the first
/// number that is written.
pub fn block_key(text: &str) -> Option<String> {
    let text = form(text, Fold::Spelling);
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| digits.trim_start_matches('0').to_owned())
}

/// One place that an address may mean: the town's place in the list that was
/// searched, and the number behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Which of the towns.
    pub town: usize,
    /// The block or lot behind the town, where one is written.
    pub block: Option<String>,
}

/// The towns that an address may mean, among those of its municipality: `rest` is
/// the address without prefecture and municipality ([`within`]). Where it fits
/// several, the longest name counts; several of the same length are all given.
/// `towns` holds the key of each town and, behind it, of a koaza (小字) in it.
pub fn towns_meant(rest: &str, towns: &[(TownKey, TownKey)]) -> Vec<Meant> {
    for fold in [Fold::Spelling, Fold::Variants] {
        let rest = form(rest, fold);
        let rest = rest.strip_prefix('字').unwrap_or(&rest);
        let mut best: Vec<Meant> = Vec::new();
        let mut longest = 0;
        for (town, (key, koaza)) in towns.iter().enumerate() {
            let (key, koaza) = (folded(key, fold), folded(koaza, fold));
            let Some((length, block)) = fits(rest, &key, &koaza) else {
                continue;
            };
            if length > longest {
                longest = length;
                best.clear();
            }
            if length == longest {
                best.push(Meant { town, block });
            }
        }
        if !best.is_empty() {
            return best;
        }
    }
    Vec::new()
}

/// Towns whose names begin like the address does, for somebody to choose from.
pub fn towns_alike(rest: &str, towns: &[(TownKey, TownKey)]) -> Vec<usize> {
    let rest = form(rest, Fold::Variants);
    let rest = rest.strip_prefix('字').unwrap_or(&rest);
    let head: String = rest.chars().take(2).collect();
    if head.chars().count() < 2 {
        return Vec::new();
    }
    let alike = towns.iter().enumerate().filter(|(_, (key, koaza))| {
        koaza.0.is_empty() && folded(key, Fold::Variants).0.starts_with(&head)
    });
    alike.map(|(place, _)| place).collect()
}

fn folded(key: &TownKey, fold: Fold) -> TownKey {
    match fold {
        Fold::Spelling => key.clone(),
        Fold::Variants => TownKey(form(&key.0, fold)),
    }
}

/// How much of an address a town takes, and the block behind it; `None`: it is
/// another town.
fn fits(rest: &str, town: &TownKey, koaza: &TownKey) -> Option<(usize, Option<String>)> {
    if town.0.is_empty() {
        return None;
    }
    if let Some(behind) = rest.strip_prefix(town.0.as_str()) {
        let behind = behind.strip_prefix('小').unwrap_or(behind);
        let (in_koaza, behind_koaza) = match behind.strip_prefix('字') {
            Some(more) => (true, more),
            None => (false, behind),
        };
        if !koaza.0.is_empty() {
            let more = behind_koaza.strip_prefix(koaza.0.as_str())?;
            return ends_there(more).then(|| (town.0.len() + koaza.0.len(), block_key(more)));
        }
        // Behind 字 stands the name of a koaza, whether or not a list knows it.
        let block = block_key(behind.trim_start_matches('-'));
        return (in_koaza || ends_there(behind)).then_some((town.0.len(), block));
    }
    if !koaza.0.is_empty() {
        return None;
    }
    // 九品寺1-2-3 is 九品寺1丁目2番3号.
    let (base, number) = town.chome()?;
    let behind = rest.strip_prefix(base)?;
    if behind.is_empty() {
        // No number at all: it may be any of them.
        return Some((base.len(), None));
    }
    let behind = behind.strip_prefix(number)?;
    let block = match behind.strip_prefix('-') {
        Some(block) => block_key(block),
        None if behind.is_empty() => None,
        None => return None,
    };
    Some((base.len(), block))
}

/// Whether the name of a town can end before what follows it.
fn ends_there(behind: &str) -> bool {
    behind.is_empty()
        || behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '番' | '(' | ','))
        || ["甲", "乙", "丙", "丁", "無番地"].iter().any(|lot| {
            behind.strip_prefix(lot).is_some_and(|more| {
                more.is_empty() || more.starts_with(|c: char| c.is_ascii_digit())
            })
        })
}

/// An address without the names in front of its town, of which `names` are those
/// that the municipality is known by, the prefecture's first. `None`: it names
/// another municipality of `others`.
pub fn within(address: &str, prefecture: &str, names: &[&str], others: &[&str]) -> Option<String> {
    let text: String = nfkc(address)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let text = text.strip_prefix(prefecture).unwrap_or(&text);
    let longest = |names: &[&str]| {
        names
            .iter()
            .filter(|name| !name.is_empty() && text.starts_with(**name))
            .max_by_key(|name| name.len())
            .map(|name| name.len())
    };
    match (longest(names), longest(others)) {
        (Some(own), other) if other.is_none_or(|other| other <= own) => {
            Some(text[own..].to_owned())
        }
        (_, Some(_)) => None,
        (_, None) => Some(text.to_owned()),
    }
}

/// The form in which addresses and names of towns are compared.
fn form(text: &str, fold: Fold) -> String {
    let text: String = nfkc(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => '-',
            other => other,
        })
        .collect();
    let text = numbers(&text.replace("大字", ""));
    match fold {
        Fold::Spelling => text,
        Fold::Variants => variants(&text),
    }
}

/// A part of a town as an announcement of a power cut names it (「下城本町の一部」), in the
/// form in which [`names_place`] looks for it.
pub fn place_key(name: &str) -> String {
    let text: String = nfkc(name).chars().filter(|c| !c.is_whitespace()).collect();
    let ends = ["の一部", "一部", "の全域", "全域", "一円", "地区"];
    let bare = ends.iter().find_map(|end| text.strip_suffix(end));
    form(bare.unwrap_or(&text), Fold::Variants)
}

/// Whether an address may lie in a place of a [`place_key`]: it holds the name, with its
/// chōme where one is named. A name within a longer one counts too: for a list of those
/// to be telephoned one too many is no harm.
pub fn names_place(address: &str, key: &str) -> bool {
    if key.is_empty() {
        return false;
    }
    let address = form(address, Fold::Variants);
    if address.contains(key) {
        return true;
    }
    // 九品寺1-2-3 is 九品寺1丁目2番3号.
    let key = TownKey(key.to_owned());
    let Some((base, number)) = key.chome() else {
        return false;
    };
    address.match_indices(base).any(|(at, _)| {
        let behind = &address[at + base.len()..];
        // No number at all: it may be any of them.
        let Some(more) = behind.strip_prefix(number) else {
            return !behind.starts_with(|c: char| c.is_ascii_digit());
        };
        !more.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Kanji numerals before 丁目, 番 and 号 as digits, and what joins numbers as a dash.
fn numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..]
            .iter()
            .take_while(|c| digit(**c).is_some())
            .count();
        let after = &chars[at + run..];
        let counted = after.starts_with(&['丁', '目'])
            || after.first().is_some_and(|c| matches!(c, '番' | '号'));
        let value = (run > 0 && counted)
            .then(|| value(&chars[at..at + run]))
            .flatten();
        if let Some(value) = value {
            out.push_str(&value.to_string());
            at += run;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    joined(&out)
}

/// What stands between two numbers (番地の, 番, の, ー), as a dash.
fn joined(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after_digit = out.ends_with(|c: char| c.is_ascii_digit());
        let joint = ["番地の", "番地", "番の", "番", "の", "ノ", "ー"]
            .into_iter()
            .find(|joint| rest.starts_with(joint));
        if let Some(joint) = joint
            && after_digit
            && rest[joint.len()..].starts_with(|c: char| c.is_ascii_digit())
        {
            out.push('-');
            rest = &rest[joint.len()..];
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        _ => return None,
    })
}

/// The value of a kanji numeral below a thousand (二十三, 一〇); `None`: it is none.
fn value(numeral: &[char]) -> Option<u32> {
    let mut total = 0_u32;
    let mut current: Option<u32> = None;
    for c in numeral {
        match digit(*c)? {
            unit @ (10 | 100) => {
                total = total.checked_add(current.take().unwrap_or(1).checked_mul(unit)?)?;
            }
            figure => {
                current = Some(current.unwrap_or(0).checked_mul(10)?.checked_add(figure)?);
            }
        }
    }
    total
        .checked_add(current.unwrap_or(0))
        .filter(|value| *value < 1_000)
}

/// Old forms of kanji as the usual ones, and ヶ, が, の, 之 within a name as one
/// kana each.
fn variants(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_kanji = |place: Option<&char>| {
        place.is_some_and(|c| {
            ('\u{3400}'..='\u{9fff}').contains(c) || ('\u{f900}'..='\u{faff}').contains(c)
        })
    };
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let inside = at > 0 && is_kanji(chars.get(at - 1)) && is_kanji(chars.get(at + 1));
        out.push(match c {
            'ヶ' | 'ケ' | 'が' | 'ガ' | 'ヵ' if inside => 'ケ',
            'ノ' | 'の' | '之' | '乃' if inside => 'ノ',
            other => VARIANTS
                .iter()
                .find(|(old, _)| old == other)
                .map_or(*other, |(_, usual)| *usual),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_place_is_found_in_addresses() {
        for (address, place, found) in [
            ("熊本県人吉市大字下城本町1578-1", "下城本町の一部", true),
            ("熊本県人吉市下城本町1578-1", "下城本町", true),
            ("人吉市宝来町1", "下城本町", false),
            ("熊本市中央区九品寺1-2-3", "九品寺一丁目", true),
            ("熊本市中央区九品寺１丁目2番3号", "九品寺1丁目全域", true),
            ("熊本市中央区九品寺12-3", "九品寺1丁目", false),
            ("熊本市中央区九品寺2-1-1", "九品寺一丁目", false),
            // Which chōme nobody has written: it may be this one.
            ("熊本市中央区九品寺", "九品寺一丁目", true),
            ("熊本市北区龍田町", "竜田", true),
            ("人吉市下城本町1", "", false),
            ("人吉市下城本町1", "全域", false),
        ] {
            let key = place_key(place);
            assert_eq!(names_place(address, &key), found, "{address} {place} {key}");
        }
    }

    const TOWNS: [&str; 12] = [
        "麓町",
        "九品寺一丁目",
        "九品寺二丁目",
        "大字上陳",
        "春竹町大字春竹",
        "十禅寺町",
        "北",
        "北町",
        "鬼ヶ城町",
        "龍田",
        "井ノ口町",
        "本荘",
    ];

    fn keys(names: &[&str]) -> Vec<(TownKey, TownKey)> {
        names
            .iter()
            .map(|name| (TownKey::of(name), TownKey::of("")))
            .collect()
    }

    fn meant(rest: &str) -> Vec<(&'static str, Option<String>)> {
        let found = towns_meant(rest, &keys(&TOWNS));
        found
            .into_iter()
            .map(|one| (TOWNS[one.town], one.block))
            .collect()
    }

    fn one(town: &'static str, block: &str) -> Vec<(&'static str, Option<String>)> {
        vec![(town, Some(block.to_owned()).filter(|b| !b.is_empty()))]
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for written in [
            "九品寺1-2-3",
            "九品寺一丁目2番3号",
            "九品寺１丁目２－３",
            "九品寺 1丁目 2番地の3",
            "九品寺一丁目二番三号",
            "九品寺1の2の3",
            "九品寺1丁目02-3",
        ] {
            assert_eq!(meant(written), one("九品寺一丁目", "2"), "{written}");
        }
        assert_eq!(meant("麓町十八番地"), one("麓町", "18"));
        assert_eq!(meant("麓町18-5"), one("麓町", "18"));
        assert_eq!(meant("麓町"), one("麓町", ""));
        assert_eq!(meant("十禅寺町二百三番地"), one("十禅寺町", "203"));
    }

    #[test]
    fn oaza_and_aza_stand_there_or_not() {
        for written in ["大字上陳12", "上陳12", "上陳 12番地"] {
            assert_eq!(meant(written), one("大字上陳", "12"), "{written}");
        }
        assert_eq!(meant("上陳字前田123"), one("大字上陳", ""));
        assert_eq!(meant("春竹町春竹5"), one("春竹町大字春竹", "5"));
    }

    #[test]
    fn a_town_is_never_cut_out_of_a_longer_name() {
        assert_eq!(meant("北町3"), one("北町", "3"));
        assert_eq!(meant("北浦3"), Vec::new(), "another town that no list has");
        assert_eq!(meant("本荘町3"), Vec::new());
        assert_eq!(meant("九品寺町1-2"), Vec::new());
        assert_eq!(meant("九品寺12-3"), Vec::new(), "chōme 12, not 1");
        assert_eq!(meant(""), Vec::new());
    }

    #[test]
    fn a_town_without_its_chome_may_be_any_of_them() {
        let both = meant("九品寺");
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn a_number_behind_a_town_that_is_there_with_and_without_chome_is_both() {
        let towns = keys(&["白山", "白山一丁目"]);
        assert_eq!(towns_meant("白山1-2", &towns).len(), 2);
        assert_eq!(towns_meant("白山1丁目2", &towns).len(), 1);
        assert_eq!(towns_meant("白山一丁目2", &towns)[0].town, 1);
    }

    #[test]
    fn old_forms_count_only_where_the_written_one_is_not_there() {
        for (written, town) in [
            ("鬼が城町1", "鬼ヶ城町"),
            ("鬼ケ城町1", "鬼ヶ城町"),
            ("竜田1", "龍田"),
            ("井之口町1", "井ノ口町"),
        ] {
            assert_eq!(meant(written), one(town, "1"), "{written}");
        }
        let both = keys(&["高崎", "髙﨑"]);
        assert_eq!(towns_meant("髙﨑1", &both).len(), 1);
        assert_eq!(towns_meant("高﨑1", &both).len(), 2, "either may be meant");
    }

    #[test]
    fn a_koaza_is_nearer_than_its_town() {
        let towns = vec![
            (TownKey::of("大字上陳"), TownKey::of("")),
            (TownKey::of("大字上陳"), TownKey::of("前田")),
            (TownKey::of("大字上陳"), TownKey::of("中畑")),
        ];
        assert_eq!(
            towns_meant("上陳字前田12", &towns),
            [Meant {
                town: 1,
                block: Some("12".to_owned())
            }]
        );
        assert_eq!(towns_meant("上陳字奥12", &towns)[0].town, 0);
        assert_eq!(towns_meant("上陳12", &towns)[0].town, 0);
    }

    #[test]
    fn two_towns_of_one_name_are_both_meant() {
        let towns = keys(&["中町", "中町"]);
        assert_eq!(towns_meant("中町3", &towns).len(), 2);
    }

    #[test]
    fn names_in_front_are_taken_off_and_another_municipality_is_told() {
        let names = ["上益城郡益城町", "益城町"];
        let others = ["人吉市", "上益城郡御船町", "御船町"];
        for written in [
            "熊本県上益城郡益城町惣領1",
            "益城町 惣領1",
            "惣領1",
            "熊本県益城町惣領１",
        ] {
            assert_eq!(
                within(written, "熊本県", &names, &others).as_deref(),
                Some("惣領1"),
                "{written}"
            );
        }
        assert_eq!(within("熊本県人吉市麓町1", "熊本県", &names, &others), None);
    }

    #[test]
    fn towns_that_begin_alike_are_found() {
        let towns = keys(&TOWNS);
        assert_eq!(towns_alike("九品時1-2", &towns), [1, 2]);
        assert!(towns_alike("北", &towns).is_empty());
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #[test]
            fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
                let _ = towns_meant(&text, &keys(&TOWNS));
                let _ = within(&text, "熊本県", &["人吉市"], &["八代市"]);
                let _ = block_key(&text);
            }

            #[test]
            fn a_town_with_a_number_is_found_as_itself(place in 0..TOWNS.len(), number in 1_u32..2000) {
                let written = format!("{}{number}", TOWNS[place]);
                let found = towns_meant(&written, &keys(&TOWNS));
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].town, place);
                prop_assert_eq!(found[0].block.clone(), Some(number.to_string()));
            }
        }
    }
}
