//! One session: events in, effects and frames out.
//!
//! [`terminal`] switches the local terminal into our modes and back; [`output`] turns frames into the fewest bytes.

pub mod output;
pub mod terminal;
