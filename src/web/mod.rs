//! Pages. A handler takes, calls and shows; it decides nothing.
