//! How a row of a ledger compares with a child on record.

/// One thing that both may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Both say the same.
    Same,
    /// They say two things.
    Differs,
    /// One of them does not say it.
    Unknown,
}
