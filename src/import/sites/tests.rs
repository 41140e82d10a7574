//! Lists as they are published, and as they go wrong.
