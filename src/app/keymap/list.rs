//! The keys as a list, for whoever shows all of them.

use crate::app::action::{ACTIONS, Action, Context};
use crate::app::keymap::Keymap;
use crate::input::Key;

/// From so many contexts on a row is told once for all of them instead of in each.
pub const COMMON: usize = 6;

/// An action with the keys it has in some contexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The action; its own keys and contexts are the defaults.
    pub action: &'static Action,
    /// The contexts in which it has these keys.
    pub contexts: Vec<Context>,
    /// The keys, the one that is shown first; none where it was taken away.
    pub keys: Vec<Key>,
}

/// Rows under one head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The context they are of; `None` for those of most contexts.
    pub context: Option<Context>,
    /// The rows, in table order.
    pub rows: Vec<Row>,
}

impl Row {
    /// The contexts of the screen that the action has other keys in, or none: what "everywhere" leaves out.
    pub fn missing(&self) -> Vec<Context> {
        let there = |context: &Context| *context == Context::Text || self.contexts.contains(context);
        Context::ALL.into_iter().filter(|context| !there(context)).collect()
    }

    /// The keys as a person reads them; a dash for none.
    pub fn shown(&self) -> String {
        let keys: Vec<String> = self.keys.iter().copied().map(Key::label).collect();
        if keys.is_empty() { "–".to_owned() } else { keys.join(" ") }
    }
}

impl Keymap {
    /// Every action with its keys, in table order; one that has other keys in other contexts stands several times.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for action in ACTIONS {
            for context in action.contexts {
                let keys: Vec<Key> = self.keys(*context, action.act).collect();
                match rows.iter_mut().find(|row| row.action.act == action.act && row.keys == keys) {
                    Some(row) => row.contexts.push(*context),
                    None => rows.push(Row { action, contexts: vec![*context], keys }),
                }
            }
        }
        rows
    }

    /// The same under heads: what is the same in most contexts first, then context by context.
    pub fn sections(&self) -> Vec<Section> {
        let (common, own): (Vec<Row>, Vec<Row>) =
            self.rows().into_iter().partition(|row| row.contexts.len() >= COMMON);
        let mut sections = vec![Section { context: None, rows: common }];
        for context in Context::ALL {
            let rows: Vec<Row> = own.iter().filter(|row| row.contexts.contains(&context)).cloned().collect();
            if !rows.is_empty() {
                sections.push(Section { context: Some(context), rows });
            }
        }
        sections
    }
}
