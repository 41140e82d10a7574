//! The rules, one file a family, in the order of the catalogue.
