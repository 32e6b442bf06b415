//! The terminal: what it says it can, and what is made of that.

use std::env;
use std::io::{self, IsTerminal as _};

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::cli::ui;
use crate::runtime::terminal::Pointer;
use crate::text::{Text, Words};
use crate::theme::Depth;

/// The window that is enough for everything.
const ENOUGH: (u16, u16) = (80, 24);

/// Looks at the terminal.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let (words, settings) = (&asked.words, &asked.place.settings);
    let mut at = Findings::new(Part::Terminal, words);
    let [input, output] = [io::stdin().is_terminal(), io::stdout().is_terminal()];
    let tty = json!({ "input": input, "output": output });
    if input && output {
        at.fine("tty", tty, words.say(Text("doctor.is_terminal")));
        if let Ok((width, height)) = crossterm::terminal::size() {
            let (value, said) = (json!({ "width": width, "height": height }), format!("{width} × {height}"));
            if width < ENOUGH.0 || height < ENOUGH.1 {
                at.warn("window", value, said, Text("doctor.small_next"));
            } else {
                at.fine("window", value, said);
            }
        }
    } else {
        // nothing wrong with that: commands work on a pipe
        at.fine("tty", tty, words.say(Text("doctor.is_pipe")));
    }
    let term = variable("TERM");
    if matches!(term.as_deref(), None | Some("dumb")) {
        at.warn("term", term.clone(), term.unwrap_or_else(|| none(words)), Text("doctor.term_next"));
    } else {
        at.fine("term", term.clone(), term.unwrap_or_default());
    }
    colours(&mut at, words);
    locale(&mut at, words);
    let ways: Vec<&str> = [("SSH_CONNECTION", "SSH"), ("TMUX", "tmux"), ("STY", "screen")]
        .into_iter()
        .filter(|(name, _)| variable(name).is_some())
        .map(|(_, way)| way)
        .collect();
    let said = if ways.is_empty() { words.say(Text("doctor.local")).to_owned() } else { ways.join(", ") };
    at.fine("way", ways, said);
    let mouse = ui::pointer(&asked.place) == Pointer::On;
    at.fine("mouse", mouse, on_or_off(mouse, words));
    at.fine("synchronized", settings.synchronized, on_or_off(settings.synchronized, words));
    at.all()
}

/// How many colours there are, and what says so.
fn colours(at: &mut Findings<'_>, words: &Words) {
    let named = |name: &str| variable(name).map(|value| format!("{name}={value}"));
    let depth = ui::depth();
    let by = match depth {
        Depth::None => named("NO_COLOR").or_else(|| named("TERM")),
        Depth::True => named("COLORTERM").or_else(|| named("TERM")),
        Depth::TwoFiftySix | Depth::Sixteen => named("TERM"),
    };
    let (id, text) = match depth {
        Depth::None => ("none", Text("doctor.colours_none")),
        Depth::Sixteen => ("16", Text("doctor.colours_16")),
        Depth::TwoFiftySix => ("256", Text("doctor.colours_256")),
        Depth::True => ("true", Text("doctor.colours_true")),
    };
    let by = by.unwrap_or_else(|| "TERM".to_owned());
    let value = json!({ "depth": id, "by": by, "no_color": variable("NO_COLOR").is_some(), "colorterm": variable("COLORTERM") });
    at.fine("colours", value, words.fill(Text("doctor.by"), &[("what", &words.say(text)), ("by", &by)]));
}

/// Whether texts are told to be UTF-8: the first variable that says something decides.
fn locale(at: &mut Findings<'_>, words: &Words) {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| Some((name, variable(name)?)));
    let Some((name, value)) = named else {
        at.warn("locale", (), none(words), Text("doctor.locale_next"));
        return;
    };
    let said = format!("{name}={value}");
    let small = value.to_ascii_lowercase();
    if small.contains("utf-8") || small.contains("utf8") {
        at.fine("locale", value, said);
    } else {
        at.warn("locale", value, said, Text("doctor.locale_next"));
    }
}

/// A variable that says something, without what would steer a terminal.
fn variable(name: &str) -> Option<String> {
    let value: String = env::var(name).ok()?.chars().filter(|c| !c.is_control()).collect();
    (!value.is_empty()).then_some(value)
}

fn none(words: &Words) -> String {
    words.say(Text("doctor.none")).to_owned()
}

fn on_or_off(on: bool, words: &Words) -> String {
    words.say(if on { Text("doctor.on") } else { Text("doctor.off") }).to_owned()
}
