//! Corral: the terminal program a high-volume sales team works in all day.
//!
//! A house in floors; a file imports only from the floors below its own (`tests/it/layers.rs` checks it):
//!
//! | floor | what it is |
//! |---|---|
//! | [`domain`] | what sales work is: pure values and rules, no I/O, no clock |
//! | [`playbook`] | a team's method as data: TOML → diagnostics or a checked playbook; planning |
//! | [`store`] | Query → Answer, Change → Commit; SQL lives here and nowhere else |
//! | [`text`], [`theme`], [`input`] | words in two languages, roles → styles, keys |
//! | [`widget`] | drawing parts that know the theme and the words, never the trade |
//! | [`app`] | session state, layers, actions, undo; `update(Event) -> Vec<Effect>` |
//! | [`screen`], [`dialog`] | what a person sees: state, update, view |
//! | [`intake`], [`sample`] | lead files read into rows; a believable floor made up from a playbook |
//! | [`runtime`] | one session: events in, effects and frames out |
//! | [`ssh`] | the same sessions for terminals far away |
//! | [`cli`] | arguments → settings → a session or a headless command |

pub mod app;
pub mod cli;
pub mod dialog;
pub mod domain;
pub mod input;
pub mod intake;
pub mod playbook;
pub mod runtime;
pub mod sample;
pub mod screen;
#[cfg(unix)]
pub mod ssh;
pub mod store;
pub mod text;
pub mod theme;
pub mod widget;
