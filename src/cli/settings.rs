//! `corral settings`: what is in effect and where it comes from, the file with every default, a check of a file.

use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::{Value, json};

use crate::cli::args::Settings as Asked;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::runtime::settings::{self, Problem, Setting, TABLE};

/// Settings that the command line or a variable names: the setting's name, where from, the value.
#[derive(Debug, Clone, Default)]
pub struct Given(Vec<(&'static str, &'static str, String)>);

impl Given {
    /// What the command line and the variables name.
    pub fn of(matches: &ArgMatches) -> Self {
        let given = TABLE.iter().filter(|row| !row.flag.is_empty()).filter_map(|row| {
            let from = match matches.value_source(row.flag)? {
                ValueSource::CommandLine => "option",
                ValueSource::EnvVariable => "variable",
                _ => return None,
            };
            let value = matches.get_raw(row.flag)?.next()?.to_string_lossy().into_owned();
            Some((row.name, from, toml::Value::String(value).to_string()))
        });
        Self(given.collect())
    }

    /// Whether the command line itself names a setting.
    pub fn is_typed(&self, name: &str) -> bool {
        self.find(name).is_some_and(|(from, _)| from == "option")
    }

    fn find(&self, name: &str) -> Option<(&'static str, &str)> {
        self.0.iter().find(|(named, _, _)| *named == name).map(|(_, from, value)| (*from, value.as_str()))
    }
}

/// Shows, writes out or checks; answers with the exit status.
pub fn run(local: &Local, given: &Given, asked: Option<&Asked>) -> Result<u8, Failure> {
    match asked {
        None | Some(Asked::Show) => show(local, given),
        Some(Asked::Default) => default(local),
        Some(Asked::Check { file }) => check(local, file.as_deref()),
    }
}

fn default(local: &Local) -> Result<u8, Failure> {
    let text = settings::written_out();
    let lines = || text.lines().map(str::to_owned).collect();
    output::answer(local.json, &json!({ "text": text }), lines).map(|()| 0)
}

fn show(local: &Local, given: &Given) -> Result<u8, Failure> {
    let place = &local.place;
    let rows: Vec<(&Setting, String, &str)> = TABLE
        .iter()
        .map(|row| match given.find(row.name) {
            Some((from, value)) => (row, value.to_owned(), from),
            None if place.named.contains(row.name) => (row, row.shown(&place.settings), "file"),
            None => (row, row.default.to_owned(), "default"),
        })
        .collect();
    let shape = json!({
        "file": place.settings_file.display().to_string(),
        "safe": place.safe,
        "settings": rows.iter().map(|(row, value, from)| json!({
            "name": row.name, "value": plain(value), "from": from,
        })).collect::<Vec<_>>(),
        "problems": place.problems.iter().map(problem).collect::<Vec<_>>(),
    });
    output::answer(local.json, &shape, || {
        let mut lines = vec![head(local)];
        lines.extend(rows.iter().map(|(row, value, from)| format!("{} = {value}  # {from}", row.name)));
        lines.extend(place.problems.iter().map(|problem| format!("# {problem}")));
        lines
    })?;
    Ok(0)
}

fn head(local: &Local) -> String {
    let file = local.place.settings_file.display();
    if local.place.safe {
        format!("# {file}: not read (--safe)")
    } else if local.place.settings_file.exists() {
        format!("# {file}")
    } else {
        format!("# {file}: not there; 'corral settings default' prints one to begin with")
    }
}

fn check(local: &Local, file: Option<&Path>) -> Result<u8, Failure> {
    let file = file.unwrap_or(&local.place.settings_file);
    let problems = settings::load(file).problems;
    let shape = json!({
        "ok": problems.is_empty(),
        "file": file.display().to_string(),
        "problems": problems.iter().map(problem).collect::<Vec<_>>(),
    });
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        if problems.is_empty() {
            lines.push(format!("{}: nothing wrong", file.display()));
        }
        lines
    })?;
    Ok(u8::from(!problems.is_empty()))
}

fn problem(problem: &Problem) -> Value {
    let Problem { file, line, column, message } = problem;
    json!({ "file": file.display().to_string(), "line": line, "column": column, "message": message })
}

/// A value of the file as JSON has it.
fn plain(value: &str) -> Value {
    let read = format!("x = {value}").parse::<toml::Table>().ok();
    read.and_then(|table| serde_json::to_value(table.get("x")?).ok()).unwrap_or_else(|| json!(value))
}
