//! The command line. Words and progress bars go to standard error, answers to
//! standard output.

mod audit;
mod binder;
mod bounce;
mod case;
mod check;
mod deadline;
mod demo;
mod holidays;
mod import;
mod keys;
mod outage;
mod outbox;
mod remind;
mod retention;
mod serve;
mod user;
mod warnings;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use chrono::NaiveDate;
use clap::{Parser, Subcommand};

use crate::{
    app::App,
    clock::SystemIds,
    config::{Config, ConfigError},
    domain::{
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    faults,
    seal::{KeyError, Keys},
    service::ServiceError,
    store::{Store, StoreError},
    text,
};

/// How a command ended; the highest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Done, but something was refused or fell short.
    FellShort = 1,
    /// The call or the configuration is wrong.
    WrongCall = 2,
    /// The machine failed: database, disk.
    Machine = 3,
}

/// Tomoshibi (灯): keeps children on home ventilators alive through disasters.
#[derive(Debug, Parser)]
#[command(name = "tomoshibi", version, about, disable_help_subcommand = true)]
struct Call {
    /// Configuration file (TOML).
    #[arg(long, global = true, value_name = "FILE", env = "TOMOSHIBI_CONFIG")]
    config: Option<PathBuf>,
    /// Database: sqlite:FILE or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Language of messages: ja or en.
    #[arg(long, global = true, default_value = "ja", value_name = "ja|en")]
    lang: Lang,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a demonstration: a fresh database with invented families, and the
    /// server on this machine.
    Demo {
        /// Port to listen on; 0 takes a free one.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Begin without families, sites and maps: accounts alone.
        #[arg(long)]
        empty: bool,
    },
    /// Start the server.
    Serve {
        /// Address and port to listen on.
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Without the metronome and the delivery loop.
        #[arg(long)]
        no_jobs: bool,
    },
    /// Read published files.
    Import(import::ImportCall),
    /// Check the stored plans.
    Check(check::CheckCall),
    /// Check one plan document, with no database.
    CheckFile(check::CheckFileCall),
    /// Count a period of months or years as the Civil Code does.
    Deadline(deadline::DeadlineCall),
    /// Plan the reminders of a day, by hand.
    Remind(remind::RemindCall),
    /// Who runs out of power when.
    Outage(outage::OutageCall),
    /// Write the night binder of a municipality: every child's sheet, as one PDF.
    Binder(binder::BinderCall),
    /// The mail that waits, failed or is held.
    Outbox {
        #[command(subcommand)]
        call: outbox::OutboxCall,
    },
    /// Read a mail that came back, from standard input.
    Bounce,
    /// Read telegrams of the weather agency into tonight's list.
    Warnings(warnings::WarningsCall),
    /// Accounts.
    User {
        #[command(subcommand)]
        call: user::UserCall,
    },
    /// The end of a case or of a loan.
    Case {
        #[command(subcommand)]
        call: case::CaseCall,
    },
    /// Write everything that is stored about a child into a file.
    Disclose(case::DiscloseCall),
    /// Erase what is due, or list it.
    Retention(retention::RetentionCall),
    /// The audit trail.
    Audit {
        #[command(subcommand)]
        call: audit::AuditCall,
    },
    /// The keys outside the database.
    Keys {
        #[command(subcommand)]
        call: KeysCall,
    },
    /// The configuration.
    Config {
        #[command(subcommand)]
        call: ConfigCall,
    },
    /// Print the JSON schema of a plan document.
    Schema,
    /// Write an empty sheet for `import families` (.csv or .xlsx).
    Template {
        /// The file to write.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCall {
    /// Put a new key in front and seal with it what older ones seal.
    Rotate,
}

#[derive(Debug, Subcommand)]
enum ConfigCall {
    /// Print the configuration in force, secrets as ***.
    Check,
}

/// Why a command did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The call is wrong.
    #[error("{}", .0.en)]
    Call(Text),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Service(ServiceError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Keys(error) => Self::Keys(error),
            other => Self::Service(other),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownEngine => Self::Call(Text::fixed(
                "データベースの指定は sqlite:ファイル か postgres://… です。",
                "a database is named sqlite:FILE or postgres://…",
            )),
            other => Self::Service(other.into()),
        }
    }
}

/// What every command is told.
struct Context {
    config: Config,
    lang: Lang,
}

impl Context {
    /// Opens the database that the configuration names, for a command that
    /// only looks: a mistyped name must not look like a database in which
    /// nothing is wrong.
    async fn known_app(&self) -> Result<App, Failure> {
        if let Some(file) = self.config.database.url.strip_prefix("sqlite:") {
            let file = file.trim_start_matches("//");
            let file = file.split('?').next().unwrap_or(file);
            if file != ":memory:" && !std::path::Path::new(file).exists() {
                return Err(Failure::Call(text!(
                    "データベースがありません：{file}。--database か設定ファイルの場所を確かめてください。はじめて使うときは、先に import か serve を実行すると作られます。",
                    "no such database: {file}. Check --database or the configuration; import and serve make a new one."
                )));
            }
        }
        self.app().await
    }

    /// Seals what a command has put into the audit trail, unless a server that
    /// runs on the same database is about to.
    async fn seal(&self, app: &App) -> Result<(), Failure> {
        crate::service::audit::seal_and_leave(app, app.ids.next()).await?;
        // What the command was for is done: that the seal is not kept is told, and
        // no failure of it.
        if let Err(error) = crate::service::audit::keep_head(app).await {
            let told = match self.lang {
                Lang::Ja => {
                    "操作の記録の最後の封を、鍵ファイルの隣に控えられません。tomoshibi audit verify で確かめてください"
                }
                Lang::En => {
                    "the last seal of the audit trail is not kept beside the key file: look with tomoshibi audit verify"
                }
            };
            eprintln!("{told} ({error})");
        }
        Ok(())
    }

    /// Opens the database that the configuration names, and makes it where it
    /// is not there yet.
    async fn app(&self) -> Result<App, Failure> {
        let office = holidays::office_days(&self.config)?;
        if let Some(file) = self.config.database.url.strip_prefix("sqlite:")
            && let Some(folder) = std::path::Path::new(file.trim_start_matches("//")).parent()
        {
            std::fs::create_dir_all(folder)?;
        }
        let store = Store::open(&self.config.database.url).await?;
        Ok(App::new(
            store,
            faults::clock(),
            Arc::new(SystemIds),
            self.config.clone(),
            Arc::new(Keys::open(&self.config.keys.file)?),
        )
        .with_office_days(office))
    }
}

/// Runs the program.
pub async fn main() -> ExitCode {
    let call = match Call::try_parse() {
        Ok(call) => call,
        Err(error) => {
            let wrong = error.use_stderr();
            // Nobody can be told when the terminal is gone.
            let _ = error.print();
            if wrong {
                eprintln!("{CALL_HELP}");
            }
            return ExitCode::from(if wrong { 2 } else { 0 });
        }
    };
    let lang = call.lang;
    match Box::pin(run(call)).await {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            let exit = match &failure {
                Failure::Call(_) | Failure::Config(_) | Failure::Keys(_) => Exit::WrongCall,
                Failure::Service(_) | Failure::Io(_) => Exit::Machine,
            };
            say(&failure, lang);
            ExitCode::from(exit as u8)
        }
    }
}

/// What stands below a message of the command line's own, which is English.
const CALL_HELP: &str = "呼び出し方が正しくありません。上の行に示された引数を直してください。使い方は tomoshibi --help、各コマンドの使い方は tomoshibi <コマンド> --help で表示します。";

/// Writes a line of an answer to standard output. Where nobody reads it any more
/// (`… | head`), the program ends quietly.
fn out(line: &str) {
    use std::io::Write;
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(Exit::Done as i32);
    }
}

/// Tells a person what failed and what to do.
fn say(failure: &Failure, lang: Lang) {
    match failure {
        Failure::Call(text) => eprintln!("{}", text.get(lang)),
        Failure::Config(error) => eprintln!("{error}"),
        Failure::Keys(error) => eprintln!(
            "{error} {}",
            match lang {
                Lang::Ja => "（設定の keys.file、環境変数 TOMOSHIBI_KEYS__FILE）",
                Lang::En => "(keys.file of the configuration, TOMOSHIBI_KEYS__FILE)",
            }
        ),
        Failure::Service(_) | Failure::Io(_) => {
            let head = match lang {
                Lang::Ja => "この機械かデータベースの問題で止まりました",
                Lang::En => "stopped by a failure of this machine or of the database",
            };
            eprint!("{head}: {failure}");
            let mut cause = std::error::Error::source(failure);
            while let Some(error) = cause {
                eprint!(": {error}");
                cause = error.source();
            }
            eprintln!();
            let next = match lang {
                Lang::Ja => {
                    "データベースの場所（--database、設定ファイルの database.url）、空き容量、サーバーが動いているかを確かめて、もう一度実行してください。"
                }
                Lang::En => {
                    "Check where the database is (--database, database.url of the configuration), free space, and whether its server runs; then try again."
                }
            };
            eprintln!("{next}");
        }
    }
}

async fn run(call: Call) -> Result<Exit, Failure> {
    let mut config = Config::read(call.config.as_deref())?;
    if let Some(url) = call.database {
        config.database.url = url;
    }
    let context = Context {
        config,
        lang: call.lang,
    };
    match call.command {
        Command::Demo { port, empty } => Box::pin(demo::run(context, (port, empty))).await,
        Command::Serve { listen, no_jobs } => serve::run(context, listen, !no_jobs).await,
        Command::Import(call) => import::run(&context, call).await,
        Command::Check(call) => check::stored(&context, &call).await,
        Command::CheckFile(call) => check::document(&context, call).await,
        Command::Deadline(call) => deadline::run(&context, &call),
        Command::Remind(call) => remind::run(&context, &call).await,
        Command::Bounce => bounce::run(&context).await,
        Command::Outage(call) => outage::run(&context, call).await,
        Command::Binder(call) => binder::run(&context, call).await,
        Command::Outbox { call } => outbox::run(&context, call).await,
        Command::Warnings(call) => warnings::run(&context, call).await,
        Command::User { call } => user::run(&context, call).await,
        Command::Case { call } => case::run(&context, call).await,
        Command::Disclose(call) => case::disclose(&context, call).await,
        Command::Retention(call) => retention::run(&context, call).await,
        Command::Audit { call } => audit::run(&context, call).await,
        Command::Keys {
            call: KeysCall::Rotate,
        } => keys::rotate(&context).await,
        Command::Config {
            call: ConfigCall::Check,
        } => {
            let office = holidays::office_days(&context.config)?;
            out(&context.config.shown());
            holidays::tell(&office, context.lang);
            Ok(Exit::Done)
        }
        Command::Schema => {
            out(&crate::service::check_file::schema());
            Ok(Exit::Done)
        }
        Command::Template { file } => import::template(&file),
    }
}

/// A municipality of the call (`--covers`, `--municipality`): one that is there.
fn parse_code(text: &str) -> Result<MunicipalityCode, String> {
    let code = MunicipalityCode::parse(text).map_err(|e| e.to_string())?;
    if code.row().is_none() {
        return Err(format!(
            "市町村の表にない番号です / no municipality has the code {code}"
        ));
    }
    Ok(code)
}

/// A day of the call (`--on`).
fn parse_day(text: &str) -> Result<NaiveDate, String> {
    crate::domain::calendar::era::parse_date(text).map_err(|bad| bad.to_string())
}
