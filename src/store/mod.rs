//! Durable state, in SQLite or PostgreSQL: the only module that knows `sqlx`.
