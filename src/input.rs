//! Keys: what was pressed, how keys are written, and what of a terminal's events is let in.
//!
//! ```
//! use corral::input::{Key, KeyCode, keys};
//!
//! assert_eq!(Key::parse("ctrl-p").ok(), Some(Key::ctrl('p')));
//! assert_eq!(Key::from(KeyCode::F(5)).to_string(), "f5");
//! assert_eq!(keys("j j enter").map(|keys| keys.len()).ok(), Some(3));
//! ```
//!
//! Notation: a character stands for itself; `space`, `minus`, `enter`, `esc`, `tab`, `backtab`, `backspace`, `delete`,
//! `insert`, `home`, `end`, `pageup`, `pagedown`, `up`, `down`, `left`, `right`, `f1` to `f24`; before it any of
//! `ctrl-`, `alt-`, `shift-`. A capital letter is itself (`U`), never `shift-u`.
//!
//! A hotkey is looked up by [`Key::folded`], so that it works while an input method is in full-width mode; a character
//! typed into a text field is taken as it came. What a key does to a text field is an [`Edit`].

mod decoder;
mod edit;
mod event;
mod forbidden;
mod key;
mod notation;

pub use decoder::{Decoder, PASTE};
pub use edit::Edit;
pub use event::{Input, Mouse, MouseKind, Size};
pub use forbidden::{forbidden, unreachable};
pub use key::{Key, KeyCode};
pub use notation::{KeyError, keys};
