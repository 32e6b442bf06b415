//! Reading a keymap file: from text to wishes, every fault with its place.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::app::action::{ACTIONS, Act, Action, CHOICES, Context};
use crate::app::keymap::problem::Problem;
use crate::domain::clean::clean;
use crate::input::{Key, unreachable};
use crate::playbook::near::nearest;

/// Most keys of one action.
const KEYS_MAX: usize = 8;
/// Longest piece of the file that a message repeats, in characters.
const SAID_MAX: usize = 40;

/// A name as it stands in the file.
type Name<'a> = Spanned<Cow<'a, str>>;

/// What a keymap file asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wishes {
    pub file: String,
    pub entries: Vec<Entry>,
    pub choices: Option<Vec<char>>,
}

/// Keys for an action, everywhere or in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub id: &'static str,
    /// `None` for every context but the text field.
    pub context: Option<Context>,
    /// None at all unbinds.
    pub keys: Vec<Key>,
    pub line: usize,
    pub column: usize,
}

impl Entry {
    /// Whether it is about a row of the table in a context.
    pub fn is_about(&self, id: &str, context: Context) -> bool {
        self.id == id && self.context.map_or(context != Context::Text, |own| own == context)
    }
}

/// Reads the text of a keymap file.
pub(super) fn read(text: &str, file: &str) -> (Wishes, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader =
        Reader { text, wishes: Wishes { file: file.to_owned(), ..Wishes::default() }, problems: Vec::new() };
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let what = error.message().trim().replace('\n', " ");
        reader.wrong(at, what, "what cannot be read keeps its default");
    }
    let spoilt: Vec<usize> = reader.problems.iter().map(|problem| problem.line).collect();
    reader.root(table.get_ref());
    // the parser goes on behind a mistake, but what it makes of that line nobody meant
    reader.wishes.entries.retain(|entry| !spoilt.contains(&entry.line));
    // of two entries that cannot both be had the later gives way
    reader.wishes.entries.sort_by_key(|entry| (entry.line, entry.column));
    (reader.wishes, reader.problems)
}

struct Reader<'a> {
    text: &'a str,
    wishes: Wishes,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, at: usize, message: impl Into<String>, instead: impl Into<String>) {
        let (line, column) = place(self.text, at);
        let file = self.wishes.file.clone();
        // what stands in the file goes into what is said of it, and from there to a terminal
        let (message, instead) = (clean(&message.into()).into_owned(), instead.into());
        self.problems.push(Problem { file, line, column, message, instead });
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (name, value) in in_order(root) {
            let at = value.span().start;
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("keys", DeValue::Table(keys)) => self.keys(keys),
                ("keys", _) => self.wrong(at, "'keys' is not a table", "the defaults are used"),
                ("choices", value) => self.choices(at, value),
                (other, _) => {
                    let told = said(other);
                    let under = if known(other).is_some() { "; actions stand under [keys]" } else { "" };
                    let hint = hint(other, ["keys", "choices"].into_iter());
                    self.wrong(
                        name.span().start,
                        format!("there is nothing called '{told}' here{under}{hint}"),
                        "it is left out",
                    );
                }
            }
        }
    }

    /// `[keys]`: actions of every context, and a table for each context of its own.
    fn keys(&mut self, keys: &DeTable<'_>) {
        for (name, value) in in_order(keys) {
            let word = name.get_ref().as_ref();
            let context = Context::ALL.into_iter().find(|context| context.id() == folded(word));
            match (context, value.get_ref()) {
                (Some(context), DeValue::Table(own)) => {
                    for (name, value) in in_order(own) {
                        self.entry(Some(context), name, value);
                    }
                }
                (Some(context), _) => {
                    let id = context.id();
                    self.wrong(
                        name.span().start,
                        format!("'{id}' is a place, not an action; write [keys.{id}] and what acts there"),
                        "it is left out",
                    );
                }
                (None, DeValue::Table(_)) => {
                    let hint = hint(&folded(word), Context::ALL.into_iter().map(Context::id));
                    let told = said(word);
                    self.wrong(
                        name.span().start,
                        format!("there is no place '{told}'{hint}"),
                        "it is left out",
                    );
                }
                (None, _) => self.entry(None, name, value),
            }
        }
    }

    fn entry(&mut self, context: Option<Context>, name: &Name<'_>, value: &Spanned<DeValue<'_>>) {
        let word = name.get_ref().as_ref();
        let Some(rows) = self.rows(context, word, name.span().start) else { return };
        let Some(id) = rows.first().map(|row| row.id) else { return };
        if self.wishes.entries.iter().any(|entry| entry.id == id && entry.context == context) {
            self.wrong(name.span().start, format!("'{id}' stands twice"), "the first one is used");
            return;
        }
        let kept = kept(&rows, context);
        let Some(keys) = self.list(value, &kept, &rows) else { return };
        if keys.is_empty() && rows.iter().any(|row| is_way_out(row.act)) {
            let message = format!("'{id}' cannot be left without a key: it is the way on or out");
            self.wrong(value.span().start, message, kept);
            return;
        }
        if let Some(context) = context.filter(|context| context.spends_letters() || *context == Context::Text)
            && let Some(letter) = keys.iter().find(|key| key.typed().is_some_and(|c| is_spent(c, context)))
        {
            let what = if context == Context::Form { "text or options" } else { "text" };
            let message =
                format!("letters are {what} in {}: '{letter}' can be no action there", context.id());
            self.wrong(value.span().start, message, kept);
            return;
        }
        let (line, column) = place(self.text, value.span().start);
        self.wishes.entries.push(Entry { id, context, keys, line, column });
    }

    /// The rows of the table that a name means.
    fn rows(&mut self, context: Option<Context>, word: &str, at: usize) -> Option<Vec<&'static Action>> {
        let named = folded(word);
        let all: Vec<&Action> = ACTIONS.iter().filter(|row| row.id == named).collect();
        let here = |row: &Action| match context {
            Some(context) => row.contexts.contains(&context),
            None => !row.contexts.contains(&Context::Text),
        };
        let rows: Vec<&Action> = all.iter().copied().filter(|row| here(row)).collect();
        if !rows.is_empty() {
            return Some(rows);
        }
        let told = said(word);
        let message = match (all.is_empty(), context) {
            (true, _) => {
                let hint = hint(&named, ACTIONS.iter().filter(|row| here(row)).map(|row| row.id));
                format!("there is no action '{told}'{hint}")
            }
            (false, None) => format!("'{told}' is of the text field; write it under [keys.text]"),
            (false, Some(context)) => {
                let mut places: Vec<&str> =
                    all.iter().flat_map(|row| row.contexts).map(|place| place.id()).collect();
                places.dedup();
                format!("'{told}' does nothing in {}; it acts in {}", context.id(), places.join(", "))
            }
        };
        self.wrong(at, message, "it is left out");
        None
    }

    /// The keys of a value: one in quotes, or several in a list; `none` and an empty list are no key at all.
    fn list(&mut self, value: &Spanned<DeValue<'_>>, kept: &str, rows: &[&Action]) -> Option<Vec<Key>> {
        let one;
        let items: &[Spanned<DeValue<'_>>] = match value.get_ref() {
            DeValue::String(text) if text == "none" => return Some(Vec::new()),
            DeValue::Array(items) => items,
            DeValue::String(_) => {
                one = [value.clone()];
                &one
            }
            _ => {
                let message = "a key is written in quotes, several in a list: \"f5\" or [\"n\", \"f5\"]";
                self.wrong(value.span().start, message, kept);
                return None;
            }
        };
        if items.len() > KEYS_MAX {
            let message = format!("{} keys for one action, max {KEYS_MAX}", items.len());
            self.wrong(value.span().start, message, kept);
            return None;
        }
        let mut keys = Vec::new();
        for item in items {
            let at = item.span().start;
            let Some(text) = item.get_ref().as_str() else {
                self.wrong(at, "a key is written in quotes, such as \"f5\"", kept);
                return None;
            };
            match Key::parse(&spelled(text)) {
                Err(error) => {
                    let message = if text.chars().count() > SAID_MAX {
                        format!("there is no key '{}'", said(text))
                    } else {
                        error.to_string()
                    };
                    self.wrong(at, message, kept);
                    return None;
                }
                Ok(key) => {
                    let key = key.folded();
                    // what stops the program does stop it
                    let is_its_own = rows.iter().any(|row| row.defaults().any(|own| own == key));
                    if let Some(why) = unreachable(key).filter(|_| !is_its_own) {
                        self.wrong(at, format!("'{key}' cannot be used: {why}"), kept);
                        return None;
                    }
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
            }
        }
        Some(keys)
    }

    /// `choices = "123…"`: the keys of options.
    fn choices(&mut self, at: usize, value: &DeValue<'_>) {
        let kept = format!("'{CHOICES}' is used");
        let Some(text) = value.as_str() else {
            return self.wrong(at, "the keys of options are one text, such as choices = \"123456789\"", kept);
        };
        let mut seen: Vec<char> = Vec::new();
        for character in text.chars() {
            let key = Key::char(character).folded();
            match key.typed().filter(|c| !c.is_whitespace() && unreachable(key).is_none()) {
                None => return self.wrong(at, format!("'{character}' can be no key of an option"), kept),
                Some(c) if seen.contains(&c) => return self.wrong(at, format!("'{c}' stands twice"), kept),
                Some(c) => seen.push(c),
            }
        }
        if seen.is_empty() {
            return self.wrong(at, "options need at least one key", kept);
        }
        self.wishes.choices = Some(seen);
    }
}

/// What stands in a table, first to last: the parser sorts it by name.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Name<'t>, &'a Spanned<DeValue<'t>>)> {
    let mut items: Vec<_> = table.iter().collect();
    items.sort_by_key(|(name, _)| name.span().start);
    items
}

/// Whether a character is text or an option in a context that has need of its letters.
fn is_spent(character: char, context: Context) -> bool {
    // between the options of a form a blank is neither
    context != Context::Form || character != ' '
}

/// Actions that must have a key wherever they act.
pub(super) const fn is_way_out(act: Act) -> bool {
    matches!(act, Act::Accept | Act::Back | Act::Interrupt)
}

/// What is said of an entry that is not used.
pub(super) fn kept(rows: &[&Action], context: Option<Context>) -> String {
    let Some(first) = rows.first() else { return "the default is used".to_owned() };
    let keys: Vec<String> = first.defaults().map(|key| key.to_string()).collect();
    let keys = if keys.is_empty() { "no key".to_owned() } else { keys.join(" ") };
    let place = context.map_or_else(String::new, |context| format!(" in {}", context.id()));
    format!("'{}' keeps {keys}{place}", first.id)
}

/// A name as the table writes it.
fn folded(word: &str) -> String {
    word.replace('-', "_").to_lowercase()
}

fn known(word: &str) -> Option<&'static Action> {
    let named = folded(word);
    ACTIONS.iter().find(|row| row.id == named)
}

fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!("; did you mean '{near}'?"))
}

/// A piece of the file that a message may repeat: short, and without what controls a terminal.
fn said(text: &str) -> String {
    let mut said: String = text.chars().filter(|c| !c.is_control()).take(SAID_MAX).collect();
    if text.chars().count() > SAID_MAX {
        said.push('…');
    }
    said
}

/// Line and column of an offset, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// A key as the notation spells it: names in any case, single letters as they are written.
fn spelled(text: &str) -> String {
    let text = text.trim();
    match text.rsplit_once('-') {
        Some((held, last)) if last.chars().count() == 1 => format!("{}-{last}", held.to_lowercase()),
        None if text.chars().count() == 1 => text.to_owned(),
        _ => text.to_lowercase(),
    }
}
