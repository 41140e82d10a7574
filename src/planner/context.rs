//! What a rule is told.
