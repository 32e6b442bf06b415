//! One session: events in, effects and frames out.
//!
//! [`session`] is the loop: it takes events from the terminal, the store and the clock, gives them to the app one at a
//! time, performs the effects, and draws when something changed. [`terminal`] switches the local terminal into our modes
//! and back; [`output`] turns frames into the fewest bytes; [`clock`] is where the time comes from; [`clipboard`],
//! [`dial`], [`drafts`] and [`settings`] are the rest of the outside world, each failing softly and saying so.

pub mod backups;
pub mod clipboard;
pub mod clock;
pub mod crash;
pub mod dial;
pub mod drafts;
pub mod files;
pub mod hangup;
pub mod invitation;
pub mod log;
pub mod matches;
pub mod open;
pub mod outbox;
pub mod output;
pub mod paint;
pub mod password;
pub mod person;
pub mod pin;
pub mod questions;
pub mod reports;
pub mod retention;
pub mod rollover;
pub mod session;
pub mod settings;
pub mod signals;
pub mod steady;
pub mod terminal;
pub mod totp;
pub mod trail;
