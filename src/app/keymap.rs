//! What a key means where.

use crate::app::action::{ACTIONS, Act, Action, Context};
use crate::input::{Key, KeyCode};

/// Keys of every action; the defaults are the table's.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: Vec<(Key, &'static Action)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let bound = ACTIONS
            .iter()
            .flat_map(|action| {
                action.keys.iter().filter_map(move |key| Some((Key::parse(key).ok()?, action)))
            })
            .collect();
        Self { bound }
    }
}

impl Keymap {
    /// The action of a key in a context. While text is typed, printable keys and the editing keys are text.
    pub fn act(&self, context: Context, key: Key, typing: bool) -> Option<Act> {
        let key = if typing { key } else { key.folded() };
        if typing && is_text(key) {
            return None;
        }
        self.bound
            .iter()
            .find(|(bound, action)| *bound == key && action.contexts.contains(&context))
            .map(|(_, a)| a.act)
    }

    /// The first key of an action, as shown.
    pub fn key(&self, act: Act) -> Option<Key> {
        self.bound.iter().find(|(_, action)| action.act == act).map(|(key, _)| *key)
    }

    /// Every key of an action, the one that is shown first.
    pub fn keys(&self, act: Act) -> impl Iterator<Item = Key> {
        self.bound.iter().filter(move |(_, action)| action.act == act).map(|(key, _)| *key)
    }

    /// The actions of a context in table order, with their keys.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &'static Action> {
        ACTIONS.iter().filter(move |action| action.contexts.contains(&context))
    }
}

fn is_text(key: Key) -> bool {
    key.typed().is_some()
        || matches!(
            key.code,
            KeyCode::Backspace
                | KeyCode::Delete
                | KeyCode::Left
                | KeyCode::Right
                | KeyCode::Home
                | KeyCode::End
        )
}
