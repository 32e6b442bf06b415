//! From wishes to keys: what two actions want on one key, or an outcome has, is not had.
//!
//! An entry that cannot be had is dropped whole, so that a key means the same wherever the entry speaks of it; then everything
//! is looked at anew, since the default that comes back may stand in the way of another entry. Each round drops one entry, and
//! without entries there are the defaults, which agree with each other.

use std::collections::HashMap;

use crate::app::action::{ACTIONS, Act, Action, Context};
use crate::app::keymap::Bound;
use crate::app::keymap::file::{Entry, Wishes, is_way_out, kept};
use crate::app::keymap::problem::Problem;
use crate::domain::lists::Lane;
use crate::input::Key;
use crate::playbook::Playbook;

/// The outcome keys of a playbook, and where they are pressed.
pub(super) fn outcomes(playbook: &Playbook) -> Vec<(Context, char)> {
    let mut keys = Vec::new();
    for outcome in &playbook.outcomes {
        keys.push((Context::Call, outcome.key));
        if outcome.lanes.iter().any(|lane| matches!(lane, Lane::Material | Lane::Coupon)) {
            keys.push((Context::Preview, outcome.key));
        }
    }
    keys
}

/// Settles wishes.
pub(super) fn settle(wishes: &Wishes, outcomes: &[(Context, char)]) -> (Vec<Bound>, Vec<Problem>) {
    let slots = slots(&wishes.entries);
    let mut live: Vec<bool> = vec![true; wishes.entries.len()];
    let mut problems = Vec::new();
    loop {
        let mut bound: Vec<Bound> = slots.iter().flat_map(|slot| slot.bind(&wishes.entries, &live)).collect();
        // the playbook's keys come before the table's
        bound.retain(|b| b.entry.is_some() || !covers(b, outcomes));
        let Some((entry, message)) = fault(&bound, outcomes) else {
            problems.sort();
            return (bound, problems);
        };
        let (Some(alive), Some(wrong)) = (live.get_mut(entry), wishes.entries.get(entry)) else {
            return (bound, problems);
        };
        *alive = false;
        problems.push(problem(&wishes.file, wrong, message));
    }
}

/// A row of the table in one of its contexts, and what the file says of it.
struct Slot {
    row: &'static Action,
    context: Context,
    /// The entry for this context.
    own: Option<usize>,
    /// The entry for everywhere.
    everywhere: Option<usize>,
}

/// Every row in every context, context by context and in table order.
fn slots(entries: &[Entry]) -> Vec<Slot> {
    let mut slots = Vec::new();
    for context in Context::ALL {
        for row in ACTIONS.iter().filter(|row| row.contexts.contains(&context)) {
            let find = |own: Option<Context>| {
                entries.iter().position(|entry| entry.context == own && entry.is_about(row.id, context))
            };
            slots.push(Slot { row, context, own: find(Some(context)), everywhere: find(None) });
        }
    }
    slots
}

impl Slot {
    /// The keys the slot has while these entries are used.
    fn bind(&self, entries: &[Entry], live: &[bool]) -> Vec<Bound> {
        let is_live = |index: &usize| live.get(*index).copied().unwrap_or(false);
        let index = self.own.filter(is_live).or_else(|| self.everywhere.filter(is_live));
        let mut keys: Vec<Key> = self.row.defaults().collect();
        if let Some(entry) = index.and_then(|index| entries.get(index)) {
            let usable = usable(entry, self.context);
            // letters alone for everywhere leave the keys of a place that needs its letters
            if !usable.is_empty() || entry.keys.is_empty() {
                keys = usable;
            }
        }
        let (context, act, id) = (self.context, self.row.act, self.row.id);
        keys.into_iter().map(|key| Bound { context, act, id, key, entry: index }).collect()
    }
}

fn problem(file: &str, entry: &Entry, message: String) -> Problem {
    let rows: Vec<&Action> = ACTIONS
        .iter()
        .filter(|row| row.contexts.iter().any(|context| entry.is_about(row.id, *context)))
        .collect();
    let instead = kept(&rows, entry.context);
    Problem { file: file.to_owned(), line: entry.line, column: entry.column, message, instead }
}

/// The keys of an entry that can act in a context.
fn usable(entry: &Entry, context: Context) -> Vec<Key> {
    entry.keys.iter().copied().filter(|key| entry.context.is_some() || can_act(*key, context)).collect()
}

/// Whether a key that is meant for everywhere acts in a context: where letters are text or options it does not.
pub(super) fn can_act(key: Key, context: Context) -> bool {
    !context.spends_letters() || key.typed().is_none()
}

fn covers(bound: &Bound, outcomes: &[(Context, char)]) -> bool {
    let typed = bound.key.typed();
    typed.is_some_and(|key| outcomes.contains(&(bound.context, key)))
}

/// The first thing that cannot be: the entry to drop, and why.
fn fault(bound: &[Bound], outcomes: &[(Context, char)]) -> Option<(usize, String)> {
    let mut seen: HashMap<(Context, Key), &Bound> = HashMap::new();
    for b in bound {
        if let Some(entry) = b.entry.filter(|_| covers(b, outcomes)) {
            let message = format!("'{}' is an outcome key of the playbook in {}", b.key, b.context.id());
            return Some((entry, message));
        }
        if let Some(other) = seen.insert((b.context, b.key), b)
            && let Some(fault) = collision(other, b)
        {
            return Some(fault);
        }
    }
    let in_text = |key: Key| seen.get(&(Context::Text, key)).copied();
    for b in bound.iter().filter(|b| b.context.has_text() && !moves(b.act)) {
        if let Some(fault) = in_text(b.key).and_then(|other| collision(b, other)) {
            return Some(fault);
        }
    }
    no_way_out(bound)
}

/// Two actions on one key: the one that the file asks for gives way, of two the later.
fn collision(one: &Bound, other: &Bound) -> Option<(usize, String)> {
    let (first, later) = if other.entry >= one.entry { (one, other) } else { (other, one) };
    let place = first.context.id();
    let place = if first.context == later.context {
        place.to_owned()
    } else {
        format!("{place}, and text is typed there")
    };
    let message = format!("'{}' is '{}' in {place}", later.key, first.id);
    Some((later.entry?, message))
}

/// Moves of a list stand beside those of the text field: the field has them while text is typed.
const fn moves(act: Act) -> bool {
    matches!(act, Act::Left | Act::Right | Act::Up | Act::Down | Act::Top | Act::Bottom)
}

/// Where text is typed, the way on and out needs a key that writes nothing.
fn no_way_out(bound: &[Bound]) -> Option<(usize, String)> {
    let ways = bound.iter().filter(|b| b.context.has_text() && (is_way_out(b.act) || b.act == Act::Start));
    for way in ways {
        let mut keys = bound.iter().filter(|b| b.context == way.context && b.act == way.act);
        if keys.all(|b| b.key.typed().is_some())
            && let Some(entry) = way.entry
        {
            let message = format!(
                "text is typed in {}, where '{}' is a letter: '{}' needs a key that writes nothing too",
                way.context.id(),
                way.key,
                way.id
            );
            return Some((entry, message));
        }
    }
    None
}
