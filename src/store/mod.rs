//! Durable state, in SQLite or PostgreSQL.
//!
//! This is the only module that knows `sqlx`. A query is written once, in SQL
//! that both engines read; [`run`] compiles it for each driver. The few
//! statements that must differ are written side by side with [`by_engine`].
//!
//! Every query on a child's case takes the [`Reader`](crate::domain::access::Reader)
//! and today, and contains the literal of [`visible`]: a page that forgets to
//! check still shows nothing.

mod access;
mod accounts;
mod audit;
mod binders;
mod calendar;
mod case_writes;
mod cases;
mod contacts;
mod credentials;
mod data_sets;
mod derived;
mod devices;
mod diagnosis;
mod disclosure;
mod drills;
mod emergency;
mod ends;
mod equipment;
mod erasure;
mod family;
mod family_check;
mod family_links;
mod guesses;
mod hand_over;
mod homes;
mod imports;
mod letters;
mod life;
mod loans;
mod moves;
mod night;
mod ordinances;
mod place_inquiries;
mod positions;
mod protection;
mod reads;
mod reminders;
mod review;
mod rights;
mod sessions;
mod site_history;
mod sites;
mod sweep;
mod towns;
mod trail;

pub use accounts::{Account, LinkKind, NewAccount, NewLink};
pub use audit::{Seal, StoredEvent};
pub use binders::{Holds, MadeBinder, StoredBinder};
pub use calendar::CaseDates;
pub use case_writes::{CaseChange, CaseContent};
pub use cases::{CaseForCheck, Located};
pub use credentials::{Credentials, Sealed, WaitingLink};
pub use data_sets::{BoundaryRow, DataSetRow, NewDataSet, ZoneBatch, ZoneRow};
pub use derived::{Basis, Confirmed, DerivedRow, FigureRow, ListedCase, StaleCase};
pub use devices::DeviceChange;
pub use diagnosis::{DistrictCase, DistrictCases};
pub use disclosure::{
    AccessFacts, AccountFacts, HomeFacts, LoanFacts, StoredCase, VersionFacts, Views,
};
pub use drills::{DrillTask, HeldPaper, NewPaper, StoredDrill, Unpractised, VersionDays};
pub use emergency::{Decision, DecisionRow, EmergencyRow};
pub use ends::KeptCase;
pub use equipment::StoredEquipment;
pub use erasure::{CaseToErase, Left};
pub use family::FamilyAnswer;
pub use family_check::{Became, NewFamilyCheck, StoredFamilyCheck};
pub use family_links::{FamilyWays, LinkRequest};
pub use guesses::Guess;
pub use imports::{DataSetFacts, ImportRun, NamedCase, NewImportRun};
pub use letters::{LetterVersion, NewLetterVersion};
pub use life::{
    CourseLine, GivenOut, LookingOn, NewConsent, NewCourse, NewDraft, NewGiven, NewOverride,
    SavedStep, StageLine, Stages, StoredConsent, StoredDefect, StoredDraft, StoredGap,
    StoredOverride, VersionLine,
};
pub use loans::{
    CheckFacts, ChecksAbout, DutyCount, DutyLine, EmergencyLoan, Ended, Extension, FileToErase,
    Hand as LoanHand, KnownChild, LedgerFile, LedgerLoan, LedgerQuestion, LoanFile, LoanWord,
    ModelChange, NewUnit, PastLoan, PastStep, PhotoFacts, PhotoSize, RowIs, Running, SchemeTable,
    Stated, StepDecision, Stopped, StoredAnswer, StoredCheck, StoredLoan, StoredPhoto,
    StoredScheme, StoredUnit, StuckChild, TakenStep, Undone, UnitEvent, UnitWait, UnitWith,
    VisitLine, WaitingFile, Window,
};
pub use moves::NewStay;
pub use night::{LastTelegram, NewNightLevel, NewOutage, NewTelegram, NightCase, SiteReport};
pub use place_inquiries::PlaceInquiry;
pub use positions::{HomeToConfirm, HomeToFind, NewPosition, PositionLine};
pub use reminders::{
    Claimed, DueCase, DueTerm, LeaseLost, MailContact, MessageFamily, MessageMail, NewCall,
    NewContact, NewMail, NewMessage, NewNotice, NewTerm, OwnFamily, PlanDays, StaffTask,
    StoredBatteryCheck, StoredCall, StoredMail, StoredMessage, StoredNotice, StoredTerm,
    Suspension, Tick, UnreachedStaff, UnsentNotice,
};
pub use review::ReviewLine;
pub use rights::{CorrectionRow, person_key};
pub use sessions::{NewSession, SessionRow};
pub use site_history::{
    EntryRow, ImportedChange, NewSiteBatch, OwnVersion, SiteBatchRow, SiteImport,
};
pub use sites::{SiteChange, SiteUpsert, StoredSite};
pub use sweep::Swept;
pub use towns::{BlockRow, TownPoint, TownRow, TownSource};
pub use trail::{TRAIL_PAGE, TrailFilter, TrailRow};

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a start waits for another process that is opening the same file.
const OPENING_LIMIT: Duration = Duration::from_secs(30);

/// How long a request waits for a connection of PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a unit of work is tried again after a serialization failure.
const RETRIES: u32 = 8;

/// What can go wrong in the store. Absence is not an error: look-ups give an
/// `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database error")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("could not migrate the database")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not one that this program writes.
    #[error("{table}.{column} holds an impossible value")]
    Corrupt {
        /// The table it is in.
        table: &'static str,
        /// The column it is in.
        column: &'static str,
    },
    /// The lock next to a SQLite file could not be taken.
    #[error("could not lock the database file")]
    Lock(#[source] std::io::Error),
    /// Another process kept the lock next to a SQLite file for too long.
    #[error("another process has been opening the database for 30 seconds")]
    LockBusy,
    /// The address of the database names neither engine.
    #[error("a database address starts with `sqlite:` or `postgres:`")]
    UnknownEngine,
}

impl StoreError {
    /// Whether the same work may succeed when it is begun again.
    fn is_retryable(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    /// Reads on their way into the audit trail.
    reads: Arc<reads::Reads>,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// A unit of work. Dropped without [`Tx::commit`], it leaves no trace.
pub enum Tx {
    #[doc(hidden)]
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    #[doc(hidden)]
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Store {
    /// Opens the database at `url` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = if url.starts_with("sqlite:") {
            let options = url
                .parse::<SqliteConnectOptions>()?
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                // Lists of a whole municipality are read at once: fewer changes between
                // the thread that reads and the one that waits, and pages stay in memory
                // (16 MiB a connection).
                .row_buffer_size(1024)
                .pragma("cache_size", "-16384")
                // What is deleted or replaced is overwritten with zeros at once.
                .pragma("secure_delete", "on");
            let alone = first_start_lock(options.get_filename()).await?;
            make_private(options.get_filename()).map_err(StoreError::Lock)?;
            // SQLite has one writer; queueing for it here is fairer than
            // fighting for its lock.
            let writer = SqlitePoolOptions::new()
                .max_connections(1)
                .connect_with(options.clone())
                .await?;
            SQLITE.run(&writer).await?;
            drop(alone);
            let readers = SqlitePoolOptions::new()
                .max_connections(4)
                .connect_with(options.read_only(true).create_if_missing(false))
                .await?;
            Pools::Sqlite { readers, writer }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new()
                .max_connections(8)
                .acquire_timeout(PATIENCE)
                .connect(url)
                .await?;
            POSTGRES.run(&pool).await?;
            Pools::Postgres(pool)
        } else {
            return Err(StoreError::UnknownEngine);
        };
        Ok(Self {
            pools,
            reads: Arc::default(),
        })
    }

    /// Starts a unit of work that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            // Taking the write lock at once, not on the first write, is what
            // keeps a unit of work from failing half way with SQLITE_BUSY.
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE")
                    .await?,
            ),
        })
    }

    /// Starts a unit of work that only adds to the audit trail, or seals it: it
    /// need not agree with what others write at the same time.
    pub async fn append(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { .. } => self.begin().await?,
            Pools::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                    .await?,
            ),
        })
    }

    /// What tells this database from every other, and from one that is made anew in
    /// its place; nothing that somebody who writes to its tables could change: of
    /// SQLite where the file lies and which one it is, of PostgreSQL where its server
    /// is and the number that it gave the database.
    pub async fn identity(&self) -> Result<String, StoreError> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let options = readers.connect_options();
                let about = || -> std::io::Result<String> {
                    let path = std::fs::canonicalize(options.get_filename())?;
                    let held = std::fs::metadata(&path)?;
                    // Not every file system knows when a file was made.
                    let made = held.created().ok();
                    let (path, device, inode) = (path.display(), held.dev(), held.ino());
                    Ok(format!("sqlite {path} {device} {inode} {made:?}"))
                };
                about().map_err(StoreError::Lock)
            }
            Pools::Postgres(pool) => {
                let options = pool.connect_options();
                let number: i64 = sqlx::query_scalar(
                    "select cast(oid as bigint) from pg_database where datname = current_database()",
                )
                .fetch_one(pool)
                .await?;
                let (host, port) = (options.get_host(), options.get_port());
                Ok(format!("postgres {host} {port} {number}"))
            }
        }
    }

    /// Starts a unit of work that only reads, all from one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }
}

/// Does a unit of work that writes, and commits it. On PostgreSQL it is begun
/// again, up to 8 times, when another one got in its way: the body must touch
/// nothing but the [`Tx`]. A macro, because a closure of this kind cannot yet
/// be sent between threads as handlers must be.
#[macro_export]
macro_rules! in_tx {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let mut tries = 0;
        loop {
            let mut unit = $store.begin().await?;
            let outcome = {
                let $tx = &mut unit;
                async { $body }.await
            };
            if let Some(done) = $crate::store::finish(unit, outcome, &mut tries).await {
                break done;
            }
        }
    }};
}

/// Commits a unit of work that went well; `None`: another one got in its way,
/// and it is to be begun again. For [`in_tx`](crate::in_tx).
#[doc(hidden)]
pub async fn finish<T, E: From<StoreError> + AsStoreError>(
    tx: Tx,
    outcome: Result<T, E>,
    tries: &mut u32,
) -> Option<Result<T, E>> {
    let outcome = match outcome {
        Ok(value) => tx.commit().await.map(|()| value).map_err(E::from),
        Err(error) => {
            drop(tx);
            Err(error)
        }
    };
    let again = *tries < RETRIES
        && outcome
            .as_ref()
            .err()
            .and_then(E::as_store_error)
            .is_some_and(StoreError::is_retryable);
    *tries += 1;
    (!again).then_some(outcome)
}

/// An error that may hold a [`StoreError`], so that [`Store::write`] can tell
/// whether to begin again.
pub trait AsStoreError {
    /// The store's part of it.
    fn as_store_error(&self) -> Option<&StoreError>;
}

impl AsStoreError for StoreError {
    fn as_store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Makes the file of a new database for its owner alone: it holds names and homes.
/// The files that SQLite puts beside it take over who may read them.
fn make_private(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    drop(file);
    Ok(())
}

/// Waits until no other process is opening the database at `path`.
///
/// Two things happen at a first start that SQLite and sqlx do not guard:
/// switching to WAL fails at once when somebody else holds a lock, and the
/// SQLite migrator, unlike the PostgreSQL one, locks nothing.
async fn first_start_lock(path: &Path) -> Result<File, StoreError> {
    let path = path.with_added_extension("lock");
    let waiting = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        file.lock()?;
        Ok(file)
    });
    tokio::time::timeout(OPENING_LIMIT, waiting)
        .await
        .map_err(|_| StoreError::LockBusy)?
        .expect("taking a lock does not panic")
        .map_err(StoreError::Lock)
}

impl Tx {
    /// Makes the work last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// The revision of everything that findings depend on besides the case
    /// itself: sites, zones, settings, and how many plan to go where.
    pub async fn world_revision(&mut self) -> Result<i64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select revision from world where id = 1")
                .fetch_one(conn)
                .await?
        }))
    }

    /// Says that findings may have changed everywhere.
    pub async fn turn_world(&mut self) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update world set revision = revision + 1 where id = 1")
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}

/// Runs one statement on whichever engine `tx` is on. The body is compiled
/// once for each driver, so its types are checked for both.
macro_rules! run {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Picks the text of the engine that `tx` is on.
macro_rules! by_engine {
    ($tx:expr, sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(_) => $sqlite,
            $crate::store::Tx::Postgres(_) => $postgres,
        }
    };
}

use {by_engine, run};

/// Instants are stored as Unix milliseconds: the one form that both engines
/// order and compare alike.
const fn to_millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

fn from_millis(
    millis: i64,
    table: &'static str,
    column: &'static str,
) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or(StoreError::Corrupt { table, column })
}

/// Reads a stored JSON text.
fn from_json<T: serde::de::DeserializeOwned>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, column })
}

/// Writes a value as JSON text.
fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our types become JSON")
}

/// Reads a stored calendar date.
fn from_day(
    text: Option<&str>,
    table: &'static str,
    column: &'static str,
) -> Result<Option<NaiveDate>, StoreError> {
    text.map(|t| t.parse().map_err(|_| StoreError::Corrupt { table, column }))
        .transpose()
}

/// Bytes that sort as Japanese readers expect (Unicode collation, `ja`);
/// stored, so that both engines sort alike.
pub fn sort_key(reading: &str) -> Vec<u8> {
    use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
    use std::sync::LazyLock;
    static JA: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
        let locale = icu_locale_core::locale!("ja");
        Collator::try_new(
            CollatorPreferences::from(&locale),
            icu_collator::options::CollatorOptions::default(),
        )
        .expect("Japanese collation is compiled in")
    });
    let mut key = Vec::new();
    let reading = crate::domain::text::search_form(reading);
    let Ok(()) = JA.write_sort_key_to(&reading, &mut key);
    key
}
