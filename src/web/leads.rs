//! Whose plans lead to a site, as every page that changes one says it.

use super::children::{Line, line};
use crate::{domain::text::Lang, service::site_users::Leading};

/// Whose plans lead to a site, in words.
pub(super) struct Leads {
    /// The children that the visitor may see.
    pub lines: Vec<Line>,
    /// Those of whom the address is protected: how many.
    pub protected: u32,
    /// Those of others: how many.
    pub elsewhere: u32,
}

impl Leads {
    /// In words.
    pub(super) fn of(leading: Leading, lang: Lang) -> Self {
        let lines = leading.touched.into_iter();
        Self {
            lines: lines.map(|row| line(row, lang)).collect(),
            protected: leading.protected,
            elsewhere: leading.elsewhere,
        }
    }

    /// Nobody goes there.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.protected == 0 && self.elsewhere == 0
    }
}
