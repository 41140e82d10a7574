//! Importing published files.
