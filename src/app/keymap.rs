//! What a key means where.
//!
//! The defaults are the table's ([`ACTIONS`]). A keymap file changes them, for all contexts or for one; what is wrong in
//! it is told with its place and keeps its default, so that nothing in the file can stop the program:
//!
//! ```
//! use corral::app::action::{Act, Context};
//! use corral::app::keymap::Keymap;
//! use corral::input::Key;
//!
//! let text = "[keys]\nundo = \"R\"\n\n[keys.call]\nnote = [\"n\", \"ctrl-n\"]\nskip = \"foo\"\n";
//! let (keymap, problems) = Keymap::load(text, "keys.toml");
//! assert_eq!(keymap.key(Context::Board, Act::Undo), Some(Key::char('R')));
//! assert_eq!(keymap.key(Context::Call, Act::Skip), Some(Key::char('s')));
//! assert!(problems[0].to_string().starts_with("keys.toml:6:8: there is no key 'foo'"));
//! ```

mod file;
mod list;
mod problem;
mod settle;
mod template;

pub use list::{Row, Section};
pub use problem::Problem;
pub use template::template;

use crate::app::action::{ACTIONS, Act, Action, CHOICES, Context};
use crate::app::keymap::file::Wishes;
use crate::input::{Edit, Key};
use crate::playbook::Playbook;

/// Keys of every action in every context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bound: Vec<Bound>,
    choices: Vec<char>,
    wishes: Wishes,
}

/// A key that does something in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    context: Context,
    act: Act,
    id: &'static str,
    key: Key,
    /// The place of the entry of the file that says so; `None` for a default.
    entry: Option<usize>,
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// An action.
    Act(Act),
    /// A step of editing the text field that has the keys.
    Edit(Edit),
    /// Nothing of the table: an outcome of the playbook, an option of a list, or nothing at all.
    Other,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::settled(Wishes::default(), &[]).0
    }
}

impl Keymap {
    /// Reads a keymap file. `file` stands in messages. Every problem found, in the order of the text; what it concerns
    /// keeps its default.
    pub fn load(text: &str, file: &str) -> (Self, Vec<Problem>) {
        let (wishes, mut problems) = file::read(text, file);
        let (keymap, unsettled) = Self::settled(wishes, &[]);
        problems.extend(unsettled);
        problems.sort();
        (keymap, problems)
    }

    /// The same keymap beside a playbook: an outcome key is never covered by an action. What of the file does so is told and
    /// keeps its default.
    #[must_use]
    pub fn beside(&self, playbook: &Playbook) -> (Self, Vec<Problem>) {
        Self::settled(self.wishes.clone(), &settle::outcomes(playbook))
    }

    /// What a key asks for in a context. While text is typed a character is text, and the keys of the text field come before
    /// those of the context around it.
    pub fn meaning(&self, context: Context, key: Key, typing: bool) -> Meaning {
        if let Some(character) = key.typed().filter(|_| typing) {
            return Meaning::Edit(Edit::Type(character));
        }
        let key = key.folded();
        let at = |context| self.bound.iter().find(|bound| bound.context == context && bound.key == key);
        let found = if typing { at(Context::Text).or_else(|| at(context)) } else { at(context) };
        match found.map(|bound| bound.act) {
            Some(Act::Field(edit)) => Meaning::Edit(edit),
            Some(act) => Meaning::Act(act),
            None => Meaning::Other,
        }
    }

    /// The first key of an action in a context: the one that is shown.
    pub fn key(&self, context: Context, act: Act) -> Option<Key> {
        self.keys(context, act).next()
    }

    /// Every key of an action in a context, the one that is shown first.
    pub fn keys(&self, context: Context, act: Act) -> impl Iterator<Item = Key> {
        self.bound.iter().filter(move |b| b.context == context && b.act == act).map(|b| b.key)
    }

    /// The key of an action in a context as a person reads it; a dash where it has none.
    pub fn label(&self, context: Context, act: Act) -> String {
        self.key(context, act).map_or_else(|| "–".to_owned(), Key::label)
    }

    /// The actions of a context in table order.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &'static Action> {
        ACTIONS.iter().filter(move |action| action.contexts.contains(&context))
    }

    /// Whether an action has the keys of the table in a context.
    pub fn is_default(&self, context: Context, action: &Action) -> bool {
        self.keys(context, action.act).eq(action.defaults())
    }

    /// The keys of options where nothing names others, in order.
    pub fn choices(&self) -> impl Iterator<Item = char> {
        self.choices.iter().copied()
    }

    /// The place of the option that a character chooses.
    pub fn choice(&self, character: char) -> Option<usize> {
        self.choices.iter().position(|known| *known == character)
    }

    /// The keys that wishes come to, and what cannot be had.
    fn settled(wishes: Wishes, outcomes: &[(Context, char)]) -> (Self, Vec<Problem>) {
        let (bound, problems) = settle::settle(&wishes, outcomes);
        let choices = wishes.choices.clone().unwrap_or_else(|| CHOICES.chars().collect());
        (Self { bound, choices, wishes }, problems)
    }
}

#[cfg(test)]
mod tests;
