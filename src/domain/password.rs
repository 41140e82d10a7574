//! Which passwords are taken: long ones that nobody guesses first. Nothing is
//! asked of their letters (NIST SP 800-63B-4, 2025, 3.1.1.2: no rules of
//! composition, a list of those that are refused).

use super::text::nfkc;

/// The fewest characters (NIST SP 800-63B-4, 2025, asks for 15 where a password
/// stands alone and 8 beside a second factor; here there always is one).
pub const LEAST: usize = 12;

/// The most characters; the same source asks for 64 at least.
pub const MOST: usize = 200;

/// A password is refused when it can be put together from fewer pieces than
/// this: words of the list, runs of the keyboard, repetitions, other letters.
const FEWEST_PIECES: usize = 6;

/// What attackers try first: the head of published lists of leaked passwords,
/// and what is near at hand here.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "passphrase",
    "passcode",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "demo",
    "sample",
    "default",
    "login",
    "signin",
    "welcome",
    "letmein",
    "changeme",
    "secret",
    "master",
    "access",
    "system",
    "iloveyou",
    "love",
    "sunshine",
    "princess",
    "dragon",
    "monkey",
    "football",
    "baseball",
    "superman",
    "batman",
    "pokemon",
    "shadow",
    "trustno",
    "freedom",
    "whatever",
    "hello",
    "abc",
    "computer",
    "internet",
    "network",
    "server",
    "database",
    "office",
    "windows",
    "google",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "april",
    "august",
    "december",
    "sakura",
    "himawari",
    "arigatou",
    "arigato",
    "konnichiwa",
    "ohayou",
    "aishiteru",
    "daisuki",
    "nihon",
    "nippon",
    "japan",
    "tokyo",
    "toukyou",
    "kumamoto",
    "hitoyoshi",
    "kyushu",
    "fukuoka",
    "doraemon",
    "anpanman",
    "totoro",
    "naruto",
    "hanako",
    "tarou",
    "taro",
    "satou",
    "sato",
    "suzuki",
    "takahashi",
    "tanaka",
    "yamada",
    "watanabe",
    "bousai",
    "bosai",
    "saigai",
    "hinan",
    "yakusho",
    "shiyakusho",
    "kencho",
    "kenchou",
    "shien",
    "center",
    "centre",
    "kikikanri",
    "tomoshibi",
    "akari",
    "akarui",
    "himitsu",
    "pasuwado",
    "pasuwaado",
    "ban",
    "gou",
    "no1",
    "the",
    "パスワード",
    "ぱすわーど",
    "ひみつ",
    "さくら",
    "ありがとう",
    "こんにちは",
    "にほん",
    "日本",
    "防災",
    "災害",
    "避難",
    "役所",
    "市役所",
    "県庁",
    "危機管理",
    "支援",
    "センター",
    "令和",
    "平成",
    "昭和",
    "reiwa",
    "heisei",
    "showa",
    "shouwa",
];

/// Runs that fingers find: rows and columns of the keyboard, and what is
/// counted up. Each is read backwards as well.
const RUNS: &[&str] = &[
    "1234567890-^",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl;",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "!\"#$%&'()=~",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "abcdefghijklmnopqrstuvwxyz",
    "あいうえおかきくけこさしすせそたちつてとなにぬねの",
    "いろはにほへとちりぬるを",
];

/// A password that is taken, in the form in which it is hashed (NFKC, so that
/// one keyboard writes what another does).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPassword {
    /// Fewer characters than [`LEAST`].
    TooShort,
    /// More characters than [`MOST`].
    TooLong,
    /// It would be among the first that somebody tries.
    Common,
    /// It holds the person's address, or the name of this service.
    Named,
    /// It holds what no keyboard writes.
    NotText,
}

impl Password {
    /// A new password for the account with this address.
    pub fn new(text: &str, email: &str) -> Result<Self, BadPassword> {
        let password = Self::typed(text).ok_or(BadPassword::TooLong)?;
        let text = &password.0;
        if text.chars().any(|c| c.is_control() || c == '\u{fffd}') {
            return Err(BadPassword::NotText);
        }
        if text.chars().count() < LEAST {
            return Err(BadPassword::TooShort);
        }
        let plain = text.to_lowercase();
        let local = email.split('@').next().unwrap_or_default();
        let local = nfkc(local).to_lowercase();
        // Two letters of an address stand in half of all words.
        let names_person = local.chars().count() > 2 && plain.contains(&local);
        if names_person
            || ["tomoshibi", "ともしび", "灯"]
                .iter()
                .any(|n| plain.contains(n))
        {
            return Err(BadPassword::Named);
        }
        if pieces(&plain) < FEWEST_PIECES {
            return Err(BadPassword::Common);
        }
        Ok(password)
    }

    /// What somebody typed who signs in; `None` where it is too long to be
    /// anybody's: it is looked at no further.
    pub fn typed(text: &str) -> Option<Self> {
        // A character is at most four bytes; NFKC may make more of them.
        if text.len() > MOST * 4 {
            return None;
        }
        let text = nfkc(text);
        (text.chars().count() <= MOST).then_some(Self(text))
    }

    /// The bytes to be hashed, and for nothing else.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(***)")
    }
}

/// From how few pieces a text can be put together: a known word, a run of three
/// or more, what was there just before, or a single character.
fn pieces(text: &str) -> usize {
    let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut fewest = vec![0; letters.len() + 1];
    for end in 1..=letters.len() {
        fewest[end] = (0..end)
            .filter(|start| is_piece(&letters, *start, end))
            .map(|start| fewest[start] + 1)
            .min()
            .unwrap_or(end);
    }
    fewest[letters.len()]
}

fn is_piece(letters: &[char], start: usize, end: usize) -> bool {
    let part = &letters[start..end];
    let length = part.len();
    if length == 1 || part.iter().all(|c| *c == part[0]) {
        return true;
    }
    // What was there just before, once more.
    if start >= length && letters[start - length..start] == *part {
        return true;
    }
    // No word and no run is longer.
    if length > 32 {
        return false;
    }
    let text: String = part.iter().collect();
    let backwards: String = part.iter().rev().collect();
    let is_run = |run: &&str| run.contains(&text) || run.contains(&backwards);
    let is_year = length == 4 && (text.starts_with("19") || text.starts_with("20"));
    WORDS.contains(&text.as_str()) || (length > 2 && RUNS.iter().any(is_run)) || is_year
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), BadPassword> {
        Password::new(text, "yamamoto@example.jp").map(|_| ())
    }

    #[test]
    fn a_long_one_is_taken_whatever_its_letters() {
        for good in [
            "correct horse battery staple",
            "kawa no mukou ni ie",
            "川の向こうの赤い屋根の家まで",
            "xkqvjwzhgfpt",
            "vT9#mQ2!xLp7",
            &"長い文".repeat(5).replace('文', "い橋をわたる"),
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_attackers_try_first_is_refused_however_long() {
        for bad in [
            "passwordpassword",
            "Password1234",
            "P@ssw0rd2026!",
            "qwertyuiop12",
            "qwerty123456",
            "asdfghjklzxcvbnm",
            "1qaz2wsx3edc4rfv",
            "123456789012",
            "098765432109",
            "aaaaaaaaaaaa",
            "abcabcabcabcabc",
            "abcdefghijklm",
            "sakurasakura2026",
            "ｐａｓｓｗｏｒｄ１２３４",
            "パスワードパスワード12",
            "あいうえおかきくけこさし",
            "password password password",
            "kumamoto2026bousai",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::Common), "{bad}");
        }
    }

    #[test]
    fn the_own_address_and_the_name_of_the_service_are_refused() {
        for bad in [
            "my Yamamoto house in hills",
            "Tomoshibi kawa no mukou",
            "川の向こうの灯と赤い屋根の家",
        ] {
            assert_eq!(verdict(bad), Err(BadPassword::Named), "{bad}");
        }
        let short = Password::new("kawa no mukou ni ie", "a@example.jp");
        assert!(short.is_ok(), "one letter of an address is in every word");
    }

    #[test]
    fn length_is_counted_in_characters_after_normalisation() {
        assert_eq!(verdict("xkqvjwzhgfp"), Err(BadPassword::TooShort));
        assert_eq!(
            verdict("川の向こうの赤い屋根の"),
            Err(BadPassword::TooShort)
        );
        // ㍿ becomes four characters.
        assert_eq!(verdict("㍿川山橋"), Err(BadPassword::TooShort));
        assert_eq!(verdict("㍿㌔川山橋空海森"), Ok(()));
        let words = "kawa no mukou ni ie ga aru to iu "; // 33
        assert_eq!(verdict(&words.repeat(7)[..201]), Err(BadPassword::TooLong));
        assert_eq!(verdict(&"x".repeat(10_000)), Err(BadPassword::TooLong));
        assert_eq!(Password::typed(&"x".repeat(10_000)), None);
        let (wide, narrow) = ("ＸＫＱＶＪＷＺＨＧＦＰＴ", "XKQVJWZHGFPT");
        assert_eq!(Password::typed(wide), Password::typed(narrow));
        assert_eq!(verdict("xkqvjwzhgf\u{fffd}pt"), Err(BadPassword::NotText));
    }
}
