//! Words in two languages, their widths, and the shapes of numbers.
//!
//! Every word a screen shows is asked for by its key; the words live in `text/en.toml` and `text/zh.toml`.
//! A missing key shows itself, so a gap is seen and never fatal; a test finds it first.
//!
//! ```
//! use corral::text::{Lang, Text, Words};
//!
//! const LEFT: Text = Text("common.left");
//!
//! let words = Words::new(Lang::En);
//! assert_eq!(words.say(Text("lane.call")), "Calls");
//! assert_eq!(words.fill(LEFT, &[("n", &42)]), "42 left");
//! assert_eq!(words.name("metric", "calls_dialed"), "Calls dialled");
//! ```
//!
//! Widths are counted in terminal cells, see [`width`]; numbers, money and durations are in [`mod@format`].
//!
//! To add words: put the same key under the same `[section]` into both files. Placeholders are `{n}`; English
//! chooses a form by `{n|call|calls}`. Words in a section named `label` (or `screen.label`) are at most
//! 16 cells wide, in one named `column` at most 12: a test says which are not.

pub mod format;
mod lang;
pub mod width;
mod words;

pub use lang::Lang;
pub use words::{Text, Words};
