//! The keymap file with every default written out.

use std::fmt::Write as _;

use crate::app::action::{ACTIONS, Action, CHOICES, Context};
use crate::app::keymap::settle::can_act;
use crate::input::Key;
use crate::text::{Text, Words};

/// From so many places on they are not named one by one.
const MANY: usize = 5;

/// Writes a keymap file that says what the table says: every action with its label beside it. It loads to the defaults.
pub fn template(words: &Words) -> String {
    let mut text = String::new();
    for told in [
        Text("keys_file.what"),
        Text("keys_file.keys"),
        Text("keys_file.places"),
        Text("keys_file.letters"),
        Text("keys_file.outcomes"),
    ] {
        let _ = writeln!(text, "# {}", words.say(told));
    }
    let _ = writeln!(text, "\n# {}\nchoices = \"{CHOICES}\"", words.say(Text("keys_file.choices")));
    let _ = writeln!(text, "\n# {}\n[keys]", words.say(Text("keys_file.everywhere")));
    for row in ACTIONS.iter().filter(|row| is_first(row)) {
        let _ = writeln!(text, "{}", line(row, words));
    }
    for context in Context::ALL {
        let own: Vec<&Action> = ACTIONS.iter().filter(|row| is_own(row, context)).collect();
        if own.is_empty() {
            continue;
        }
        let id = context.id();
        let _ = writeln!(text, "\n# {}\n[keys.{id}]", words.name("context", id));
        for row in own {
            let _ = writeln!(text, "{}", line(row, words));
        }
    }
    text
}

/// The first row of an action outside the text field: what is said for everywhere.
fn is_first(row: &Action) -> bool {
    first(row).is_some_and(|first| first.contexts == row.contexts)
}

fn first(row: &Action) -> Option<&'static Action> {
    ACTIONS.iter().find(|other| other.id == row.id && !other.contexts.contains(&Context::Text))
}

/// Whether a context must say a row for itself: it has other keys there than what is said for everywhere comes to.
fn is_own(row: &Action, context: Context) -> bool {
    if !row.contexts.contains(&context) || context == Context::Text {
        return row.contexts.contains(&context);
    }
    let said: Vec<Key> =
        first(row).into_iter().flat_map(Action::defaults).filter(|key| can_act(*key, context)).collect();
    !said.is_empty() && !row.defaults().eq(said)
}

fn line(row: &Action, words: &Words) -> String {
    let quoted: Vec<String> = row.keys.iter().map(|key| format!("\"{key}\"")).collect();
    let value = match quoted.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let mut comment = words.say(row.label).to_owned();
    if row.contexts.len() < MANY {
        let places: Vec<&str> =
            row.contexts.iter().map(|context| words.name("context", context.id())).collect();
        comment = format!("{comment} · {}", places.join(", "));
    }
    let said = format!("{} = {value}", row.id);
    format!("{said:<44} # {comment}")
}
