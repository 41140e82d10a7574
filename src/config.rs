//! The configuration: one file, the environment, and the command line, in
//! this order of growing weight.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{
    duty::ReminderSettings,
    loan::LoanSettings,
    mail::{MailSettings, Secret},
    parameters::Parameters,
    retention::Retention,
    text::Text,
};

/// Everything that an operator may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the data are.
    pub database: Database,
    /// The server.
    pub server: Server,
    /// What seals and signs.
    pub keys: KeyFile,
    /// The maps.
    pub map: Map,
    /// The planner's parameters.
    pub planner: Parameters,
    /// Emergency access.
    pub emergency: Emergency,
    /// How long what is kept.
    pub retention: Retention,
    /// The days on which offices are open.
    pub calendar: Calendar,
    /// The loan programme.
    pub loans: LoanSettings,
    /// The mail.
    pub mail: MailSettings,
    /// The reminders.
    pub reminders: ReminderSettings,
    /// The night binders.
    pub binder: BinderSettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: Database::default(),
            server: Server::default(),
            keys: KeyFile::default(),
            map: Map::default(),
            planner: Parameters::default(),
            emergency: Emergency::default(),
            retention: Retention::default(),
            calendar: Calendar::default(),
            loans: LoanSettings::default(),
            mail: MailSettings {
                maildir: default_state_folder().join("mail"),
                ..MailSettings::default()
            },
            reminders: ReminderSettings::default(),
            binder: BinderSettings::default(),
        }
    }
}

/// The days on which offices are open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// The Cabinet Office's list of holidays (`syukujitsu.csv`), which corrects
    /// what is computed from the Act. Without it the Act alone counts.
    pub holidays_file: Option<PathBuf>,
}

/// The night binders (夜間綴り).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinderSettings {
    /// A folder into which every binder is put when it is made, as `night-binder-CODE.pdf`,
    /// readable by its owner alone. Whoever can read the folder reads every child's plan.
    pub folder: Option<PathBuf>,
}

/// Emergency access (災害対策基本法 第49条の15第3項).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Emergency {
    /// For how many hours it may be opened, or extended, at once; the law names
    /// no limit, a day is ours.
    pub hours: u32,
}

impl Default for Emergency {
    fn default() -> Self {
        Self { hours: 24 }
    }
}

/// Where the data are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// A file that holds the address, password and all, and nothing else: for
    /// secrets that neither the configuration nor the environment should hold.
    pub url_file: Option<PathBuf>,
}

/// The server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: String,
    /// How people reach it: printed links begin with it; with `https:` the
    /// session cookie is sent over TLS only. Empty: `http://` and the address.
    pub public_url: String,
    /// The address of the proxy in front, which speaks TLS. Without one the
    /// server answers on this machine only.
    pub trusted_proxy: Option<std::net::IpAddr>,
}

/// What seals and signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFile {
    /// The file of the keys. It stands outside the database, and its copies
    /// apart from the copies of the database.
    pub file: PathBuf,
}

/// The maps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Map {
    /// Whether browsers may fetch the background tiles of the Geospatial
    /// Information Authority (地理院タイル). Off: the map needs no internet.
    pub gsi_tiles: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: format!(
                "sqlite:{}",
                default_state_folder().join("tomoshibi.db").display()
            ),
            url_file: None,
        }
    }
}

impl Default for KeyFile {
    fn default() -> Self {
        Self {
            file: default_state_folder().join("tomoshibi.keys"),
        }
    }
}

impl Server {
    /// How people reach it, without a slash at the end.
    pub fn address(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: String::new(),
            trusted_proxy: None,
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or the environment says something that cannot be. The text
    /// quotes no line of the file, since the line may hold a password.
    #[error("the configuration is wrong: {0} / 設定に誤りがあります")]
    Wrong(String),
    /// The named file is not there.
    #[error("there is no configuration file {0} / 設定ファイルがありません")]
    Missing(PathBuf),
    /// A key that means nothing here.
    #[error("the configuration has no key {key}{} / 設定に {key} という項目はありません{}",
        nearest.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default(),
        nearest.as_ref().map(|near| format!("。{near} のことですか")).unwrap_or_default())]
    Unknown {
        /// The key as it stands there, with its section.
        key: String,
        /// The known one that is written most alike.
        nearest: Option<String>,
    },
    /// A value stands there in two ways.
    #[error(
        "the configuration gives both {0} and {0}_file; keep one / {0} と {0}_file の両方があります。片方だけにしてください"
    )]
    Twice(&'static str),
    /// What is set of the mail or of reminders cannot be.
    #[error("{} / {}", .0.en, .0.ja)]
    Mail(Text),
    /// A file that should hold a secret cannot be read, or is empty.
    #[error("{key} names {file}, which cannot be read or is empty / {key} のファイル {file} が読めないか、空です", file = file.display())]
    Secret {
        /// The key that names the file.
        key: &'static str,
        /// The file.
        file: PathBuf,
    },
}

impl From<config::ConfigError> for ConfigError {
    fn from(error: config::ConfigError) -> Self {
        // A syntax error comes with the line it was found in, between `|`.
        let words: Vec<String> = error
            .to_string()
            .lines()
            .filter(|line| {
                !line
                    .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
                    .starts_with('|')
            })
            .map(|line| line.trim().to_owned())
            .collect();
        Self::Wrong(words.join(": "))
    }
}

impl Config {
    /// Reads the file (if one is named) and the environment
    /// (`TOMOSHIBI_DATABASE__URL`, `TOMOSHIBI_SERVER__LISTEN`, …).
    ///
    /// # Errors
    /// A file that is missing or no TOML, a key that nobody knows, a value
    /// that cannot be, a secret given twice or in a file that cannot be read.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let ours = std::env::vars().filter(|(name, _)| name.starts_with("TOMOSHIBI_"));
        Self::from_file_and(file, ours.collect())
    }

    fn from_file_and(
        file: Option<&Path>,
        mut environment: std::collections::HashMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let known = known_keys();
        if let Some(error) = environment.keys().find_map(|name| one_line(name, &known)) {
            return Err(error);
        }
        // Only names with a section: TOMOSHIBI_REQUIRE_… and the like belong to
        // the tests.
        environment.retain(|name, _| name.contains("__"));
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::Missing(file.to_owned()));
            }
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        let settings = builder
            .add_source(
                config::Environment::with_prefix("TOMOSHIBI")
                    .prefix_separator("_")
                    .separator("__")
                    .try_parsing(true)
                    .source(Some(environment)),
            )
            .build()?;
        let given = keys(&settings.clone().try_deserialize::<serde_json::Value>()?);
        if let Some(key) = given.iter().find(|key| !known.contains(key)) {
            return Err(ConfigError::Unknown {
                key: key.clone(),
                nearest: nearest(key, &known),
            });
        }
        let mut config: Self = settings.try_deserialize()?;
        if let Some(file) = &config.database.url_file {
            if given.iter().any(|key| key == "database.url") {
                return Err(ConfigError::Twice("database.url"));
            }
            config.database.url = secret("database.url_file", file)?;
        }
        // A [mail] section without its folder.
        if !given.iter().any(|key| key == "mail.maildir") {
            config.mail.maildir = Self::default().mail.maildir;
        }
        if let Some(file) = &config.mail.password_file {
            config.mail.password = Secret::new(secret("mail.password_file", file)?);
        }
        config.mail.check().map_err(ConfigError::Mail)?;
        config.reminders.check().map_err(ConfigError::Mail)?;
        Ok(config)
    }

    /// The configuration as a file would hold it, secrets as `***`.
    pub fn shown(&self) -> String {
        let mut shown = self.clone();
        shown.database.url = without_password(&self.database.url);
        serde_json::to_string_pretty(&shown).expect("a configuration becomes JSON")
    }
}

/// What is wrong with a name of the environment that has a section of ours, but one
/// line where two are due: it would be passed over in silence.
fn one_line(name: &str, known: &[String]) -> Option<ConfigError> {
    let rest = name.strip_prefix("TOMOSHIBI_")?;
    let (section, key) = rest.split_once('_')?;
    let section = section.to_lowercase();
    let ours = known.iter().any(|k| k.starts_with(&format!("{section}.")));
    if !ours || key.starts_with('_') {
        return None;
    }
    let meant = nearest(&format!("{section}.{}", key.to_lowercase()), known);
    let named = |key: String| format!("TOMOSHIBI_{}", key.to_uppercase().replace('.', "__"));
    Some(ConfigError::Unknown {
        key: name.to_owned(),
        nearest: meant.map(named),
    })
}

/// What a file with a secret holds, without the newline that editors add.
fn secret(key: &'static str, file: &Path) -> Result<String, ConfigError> {
    let held = std::fs::read_to_string(file).unwrap_or_default();
    match held.trim() {
        "" => Err(ConfigError::Secret {
            key,
            file: file.to_owned(),
        }),
        text => Ok(text.to_owned()),
    }
}

/// Every key of a tree of settings, with its section: `server.listen`.
fn keys(tree: &serde_json::Value) -> Vec<String> {
    let serde_json::Value::Object(entries) = tree else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (name, value) in entries {
        match value {
            serde_json::Value::Object(inner) if !inner.is_empty() => {
                all.extend(keys(value).iter().map(|key| format!("{name}.{key}")));
            }
            // A section without a line in it says nothing.
            serde_json::Value::Object(_) => {}
            _ => all.push(name.clone()),
        }
    }
    all
}

/// Every key that means something.
fn known_keys() -> Vec<String> {
    keys(&serde_json::to_value(Config::default()).expect("a configuration becomes JSON"))
}

/// The known key that is written most like this one; none where nothing is
/// like it.
fn nearest(key: &str, known: &[String]) -> Option<String> {
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(key, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate.clone())
}

/// A database address without its password.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        None => url.to_owned(),
    }
}

/// `$STATE_DIRECTORY`, else `$XDG_STATE_HOME/tomoshibi`, else
/// `~/.local/state/tomoshibi`.
fn default_state_folder() -> PathBuf {
    let var = |name| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    var("STATE_DIRECTORY")
        .or_else(|| var("XDG_STATE_HOME").map(|p| p.join("tomoshibi")))
        .or_else(|| var("HOME").map(|p| p.join(".local/state/tomoshibi")))
        .unwrap_or_else(|| PathBuf::from("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://tomoshibi:hi@d/n@db.example/t"),
            "postgres://tomoshibi:***@db.example/t"
        );
        assert_eq!(
            without_password("sqlite:/var/lib/t.db"),
            "sqlite:/var/lib/t.db"
        );
    }

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_file_and(Some(&file), environment.collect())
    }

    #[test]
    fn an_unknown_key_is_refused_and_the_nearest_known_one_is_named() {
        let wrong = [
            (
                "[planner]\npreparation_minute = 60\n",
                "planner.preparation_minutes",
            ),
            (
                "[server]\npublic-url = \"https://t.example\"\n",
                "server.public_url",
            ),
            ("[datebase]\nurl = \"sqlite:t.db\"\n", "database.url"),
        ];
        for (text, meant) in wrong {
            let error = read(text, &[]).unwrap_err();
            assert!(
                matches!(&error, ConfigError::Unknown { nearest: Some(near), .. } if near == meant),
                "{error}"
            );
            assert!(error.to_string().contains(meant), "{error}");
        }
        let error = read("", &[("TOMOSHIBI_SERVER__LISTN", "127.0.0.1:80")]).unwrap_err();
        assert!(error.to_string().contains("server.listen"), "{error}");
        let error = read("", &[("TOMOSHIBI_SERVER_LISTN", "127.0.0.1:80")]).unwrap_err();
        assert!(
            matches!(&error, ConfigError::Unknown { nearest: Some(near), .. }
                if near == "TOMOSHIBI_SERVER__LISTEN"),
            "{error}"
        );
        assert!(read("", &[("TOMOSHIBI_REQUIRE_POSTGRES", "1")]).is_ok());
        let error = read("[zzz]\nq = 1\n", &[]).unwrap_err();
        assert!(
            matches!(&error, ConfigError::Unknown { nearest: None, .. }),
            "{error}"
        );
    }

    #[test]
    fn what_is_wrong_in_a_file_is_said_without_its_line() {
        let error = read("[database]\nurl = \"postgres://t:geheim@db/t\n", &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(!error.contains("geheim"), "{error}");
    }

    #[test]
    fn the_password_of_the_mail_stands_in_a_file_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail");
        std::fs::write(&file, "geheim\n").unwrap();
        let named = format!(
            "[mail]\nserver = \"relay.example.jp\"\nfrom = \"desk@example.jp\"\nuser = \"desk\"\npassword_file = {:?}\n",
            file.display().to_string()
        );
        let config = read(&named, &[]).unwrap();
        assert_eq!(config.mail.password.expose(), "geheim");
        assert_eq!(config.mail.maildir, Config::default().mail.maildir);
        let shown = config.shown();
        assert!(!shown.contains("geheim") && shown.contains("\"password\": \"***\""));

        let error = read("[mail]\npassword = \"geheim\"\n", &[]).unwrap_err();
        assert!(error.to_string().contains("mail.password_file"), "{error}");
        let error = read("[mail]\non_dout = \"hold\"\n", &[]).unwrap_err();
        assert!(error.to_string().contains("mail.on_doubt"), "{error}");
        let error = read("[mail]\nfrom = \"desk example.jp\"\n", &[]).unwrap_err();
        assert!(!error.to_string().contains("desk"), "{error}");
        let plain = "[mail]\nserver = \"relay.example.jp\"\nsecurity = \"none\"\n";
        let error = read(plain, &[]).unwrap_err();
        assert!(error.to_string().contains("mail.security"), "{error}");
    }

    #[test]
    fn a_secret_may_stand_in_a_file_of_its_own_but_not_in_two_places() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("url");
        std::fs::write(&file, "postgres://t:geheim@db/t\n").unwrap();
        let named = format!("[database]\nurl_file = {:?}\n", file.display().to_string());
        let config = read(&named, &[]).unwrap();
        assert_eq!(config.database.url, "postgres://t:geheim@db/t");
        assert!(!config.shown().contains("geheim"));

        let twice = read(&named, &[("TOMOSHIBI_DATABASE__URL", "sqlite:t.db")]);
        assert!(matches!(twice, Err(ConfigError::Twice("database.url"))));

        for held in ["", " \n"] {
            std::fs::write(&file, held).unwrap();
            assert!(matches!(read(&named, &[]), Err(ConfigError::Secret { .. })));
        }
        std::fs::remove_file(&file).unwrap();
        assert!(matches!(read(&named, &[]), Err(ConfigError::Secret { .. })));
    }
}
