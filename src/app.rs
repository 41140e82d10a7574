//! What every request handler and command shares.
