//! A fresh database on each engine.

use sqlx::{Connection as _, Executor as _};
use uuid::Uuid;

/// A fresh, empty database; its files go when this is dropped.
pub struct Database {
    /// Its address.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
    /// On PostgreSQL: the server, and the name there.
    made: Option<(String, String)>,
}

impl Drop for Database {
    /// Five hundred databases on PostgreSQL are ten gigabytes: each goes with its test. A
    /// thread of its own, since the test's runtime cannot wait here.
    fn drop(&mut self) {
        let Some((base, name)) = self.made.take() else {
            return;
        };
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = sqlx::PgConnection::connect(&base).await?;
                let text = format!("drop database if exists {name} with (force)");
                admin.execute(sqlx::AssertSqlSafe(text)).await?;
                admin.close().await
            })?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        });
        // What could not be dropped goes with the server.
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("a database of the tests stays until the server ends: {error}");
        }
    }
}

/// On SQLite.
pub fn sqlite() -> Database {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Database {
        url: format!("sqlite:{}", folder.path().join("t.db").display()),
        _folder: Some(folder),
        made: None,
    }
}

/// On the PostgreSQL server of the tests; `None` where there is none and none
/// is required.
pub async fn postgres() -> Option<Database> {
    let Ok(base) = std::env::var("TOMOSHIBI_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("TOMOSHIBI_REQUIRE_POSTGRES").is_none(),
            "TOMOSHIBI_TEST_POSTGRES must name a server: run `make test`"
        );
        eprintln!("NOT RUN on PostgreSQL: no TOMOSHIBI_TEST_POSTGRES (make test starts one)");
        return None;
    };
    #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
    let name = format!("t{}", Uuid::new_v4().simple());
    let admin = sqlx::PgPool::connect(&base)
        .await
        .expect("the tests' server answers");
    admin
        .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
        .await
        .expect("the tests' server makes a database");
    admin.close().await;
    let (server, _) = base.rsplit_once('/').expect("an address with a database");
    let url = format!("{server}/{name}");
    Some(Database {
        url,
        _folder: None,
        made: Some((base, name)),
    })
}

/// Runs each named `async fn(Database)` on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_every_engine {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $( #[tokio::test] async fn $name() {
                super::$name($crate::support::engines::sqlite()).await;
            } )*
        }
        mod on_postgres {
            $( #[tokio::test] async fn $name() {
                if let Some(db) = $crate::support::engines::postgres().await {
                    super::$name(db).await;
                }
            } )*
        }
    };
}
