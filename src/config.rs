//! The configuration: one file, the environment, and the command line, in
//! this order of growing weight.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::parameters::Parameters;

/// Everything that an operator may set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the data are.
    pub database: Database,
    /// The server.
    pub server: Server,
    /// The maps.
    pub map: Map,
    /// The planner's parameters.
    pub planner: Parameters,
}

/// Where the data are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
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
    /// The file or the environment says something that cannot be.
    #[error("the configuration is wrong: {0} / 設定に誤りがあります")]
    Wrong(#[from] config::ConfigError),
    /// The named file is not there.
    #[error("there is no configuration file {0} / 設定ファイルがありません")]
    Missing(PathBuf),
}

impl Config {
    /// Reads the file (if one is named) and the environment
    /// (`TOMOSHIBI_DATABASE__URL`, `TOMOSHIBI_SERVER__LISTEN`, …).
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
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
                    .source(Some(
                        // Only names with a section: TOMOSHIBI_REQUIRE_… and the
                        // like belong to the tests.
                        std::env::vars()
                            .filter(|(name, _)| {
                                name.starts_with("TOMOSHIBI_") && name.contains("__")
                            })
                            .collect(),
                    )),
            )
            .build()?;
        Ok(settings.try_deserialize()?)
    }

    /// The configuration as a file would hold it, secrets as `***`.
    pub fn shown(&self) -> String {
        let mut shown = self.clone();
        shown.database.url = without_password(&self.database.url);
        serde_json::to_string_pretty(&shown).expect("a configuration becomes JSON")
    }
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

    #[test]
    fn an_unknown_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.toml");
        std::fs::write(&file, "[planner]\npreparation_minute = 60\n").unwrap();
        let error = Config::read(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("preparation_minute"), "{error}");
    }
}
