//! Dates with Japanese eras (令和).
