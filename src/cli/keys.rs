//! `corral keys`: the keys in force, what is wrong with a keymap file, and a file to start from.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::app::Context;
use crate::app::keymap::{self, Keymap, Problem, Row, Section};
use crate::cli::args::Keys;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::cli::session::Local;
use crate::store::{Db, engine};
use crate::text::Words;
use crate::text::width::{cells, pad};

/// Longest keymap file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The keymap of a file, and what is wrong in it.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The keys.
    pub keymap: Keymap,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Runs a keys command; answers with the exit status.
pub fn run(local: &mut Local, wanted: Option<&Keys>) -> Result<u8, Failure> {
    match wanted {
        None => show(local).map(|()| 0),
        Some(Keys::Check { file }) => check(local, file.as_deref()),
        Some(Keys::Default) => output::text(&keymap::template(&local.words)).map(|()| 0),
    }
}

/// The keymap in use, without regard to a playbook; a file that is not there is an empty one, unless somebody named it.
pub fn load(place: &Place) -> Loaded {
    if place.safe {
        return Loaded::default();
    }
    let file = &place.keys;
    match read(&file.path) {
        Ok(loaded) => loaded,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !file.is_named => Loaded::default(),
        Err(error) => unread(&file.path, &error),
    }
}

/// The keymap in use beside the playbook worked by, where one is known.
fn in_force(local: &mut Local) -> Loaded {
    let loaded = load(&local.place);
    beside(local, loaded)
}

fn beside(local: &mut Local, mut loaded: Loaded) -> Loaded {
    let me = match local.login() {
        _ if !engine::may_be_there(&local.place.db) => return loaded,
        Some(_) => local.me(),
        None => local.me_of(Db::SYSTEM),
    };
    // without a playbook there are no outcome keys to heed
    if let Ok(me) = me {
        let (keymap, problems) = loaded.keymap.beside(&me.playbook);
        loaded.keymap = keymap;
        loaded.problems.extend(problems);
        loaded.problems.sort();
        loaded.problems.dedup();
    }
    loaded
}

fn read(path: &Path) -> io::Result<Loaded> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    let bytes = fs::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let (keymap, problems) = Keymap::load(text.trim_start_matches('\u{feff}'), &path.display().to_string());
    Ok(Loaded { keymap, problems })
}

fn unread(path: &Path, error: &io::Error) -> Loaded {
    let problem = Problem {
        file: path.display().to_string(),
        line: 1,
        column: 1,
        message: format!("the file cannot be read ({error})"),
        instead: "the defaults are used".to_owned(),
    };
    Loaded { keymap: Keymap::default(), problems: vec![problem] }
}

fn check(local: &mut Local, file: Option<&Path>) -> Result<u8, Failure> {
    let loaded = match file {
        None => in_force(local),
        Some(path) => {
            let loaded = read(path).unwrap_or_else(|error| unread(path, &error));
            beside(local, loaded)
        }
    };
    let problems = loaded.problems;
    let shape = json!({ "ok": problems.is_empty(), "problems": shapes(&problems) });
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.push(match problems.len() {
            0 => "no problems".to_owned(),
            1 => "1 problem".to_owned(),
            n => format!("{n} problems"),
        });
        lines
    })?;
    Ok(u8::from(!problems.is_empty()))
}

fn shapes(problems: &[Problem]) -> Value {
    let shape = |problem: &Problem| {
        json!({
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "message": problem.message,
            "hint": problem.instead,
        })
    };
    problems.iter().map(shape).collect()
}

fn show(local: &mut Local) -> Result<(), Failure> {
    let loaded = in_force(local);
    let rows = loaded.keymap.rows();
    let keys: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "action": row.action.id,
                "label": local.words.say(row.action.label),
                "keys": row.keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "contexts": row.contexts.iter().map(|context| context.id()).collect::<Vec<_>>(),
                "default": row.keys.iter().copied().eq(row.action.defaults()),
            })
        })
        .collect();
    let file = local.place.keys.path.exists().then(|| local.place.keys.path.display().to_string());
    let choices: String = loaded.keymap.choices().collect();
    let shape =
        json!({ "file": file, "keys": keys, "choices": choices, "problems": shapes(&loaded.problems) });
    let words = local.words.clone();
    for problem in loaded.problems.iter().filter(|_| !local.json) {
        output::note(&format!("corral: {problem}"));
    }
    output::answer(local.json, &shape, || {
        loaded.keymap.sections().iter().flat_map(|section| lines(section, &words)).collect()
    })
}

/// Where a row of most contexts acts, the shorter way round; nothing for everywhere.
fn places(row: &Row) -> String {
    let ids = |contexts: &[Context]| contexts.iter().map(|c| c.id()).collect::<Vec<_>>().join(" ");
    match row.missing().as_slice() {
        [] => String::new(),
        few if few.len() <= row.contexts.len() => format!("  (not: {})", ids(few)),
        _ => format!("  ({})", ids(&row.contexts)),
    }
}

/// A head and its rows: keys, what they do, the name for a keymap file, and the places where the head does not say.
fn lines(section: &Section, words: &Words) -> Vec<String> {
    let head = section.context.map_or_else(
        || words.say(crate::text::Text("keys_file.everywhere")),
        |c| words.name("context", c.id()),
    );
    let mut lines = vec![head.to_owned()];
    let wide = section.rows.iter().map(|row| cells(&row.shown())).max().unwrap_or(0);
    for row in &section.rows {
        let label = words.say(row.action.label);
        let but = if section.context.is_none() { places(row) } else { String::new() };
        let mark = if row.keys.iter().copied().eq(row.action.defaults()) { ' ' } else { '*' };
        lines.push(format!("{mark} {}  {}  {}{but}", pad(&row.shown(), wide), pad(label, 20), row.action.id));
    }
    lines.push(String::new());
    lines
}
