//! The store keeps its promises on every engine.

use std::collections::BTreeSet;

use sqlx::Row;
use tomoshibi::store::Store;

use crate::support::engines::{self, Database};

crate::on_every_engine!(processes_may_start_together);

async fn processes_may_start_together(db: Database) {
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = db.url.clone();
        starts.spawn(async move { Store::open(&url).await.map(drop) });
    }
    for start in starts.join_all().await {
        start.expect("every one of them opens the database");
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_nullability() {
    let sqlite = engines::sqlite();
    let Some(postgres) = engines::postgres().await else {
        return;
    };
    Store::open(&sqlite.url).await.expect("SQLite opens");
    Store::open(&postgres.url).await.expect("PostgreSQL opens");

    let pool = sqlx::SqlitePool::connect(&sqlite.url)
        .await
        .expect("a connection");
    let rows = sqlx::query(
        "select m.name as t, c.name as c, c.\"notnull\" as n from sqlite_master m, \
         pragma_table_info(m.name) c where m.type = 'table' and m.name not like '_sqlx%' \
         and m.name not like 'sqlite%'",
    )
    .fetch_all(&pool)
    .await
    .expect("the schema can be read");
    let left: BTreeSet<(String, String, bool)> = rows
        .iter()
        .map(|r| (r.get("t"), r.get("c"), r.get::<i64, _>("n") != 0))
        .collect();

    let pool = sqlx::PgPool::connect(&postgres.url)
        .await
        .expect("a connection");
    let rows = sqlx::query(
        "select table_name::text as t, column_name::text as c, is_nullable = 'NO' as n \
         from information_schema.columns where table_schema = 'public' \
         and table_name not like '\\_sqlx%'",
    )
    .fetch_all(&pool)
    .await
    .expect("the schema can be read");
    let right: BTreeSet<(String, String, bool)> = rows
        .iter()
        .map(|r| (r.get("t"), r.get("c"), r.get("n")))
        .collect();
    assert!(left.len() > 80, "the schema was not found");
    assert_eq!(left, right);
}
