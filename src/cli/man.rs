//! `corral man`: the manual page of every command, with the keys in force.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::app::keymap::{Keymap, Section};
use crate::cli::args::Args;
use crate::cli::keys;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::text::{Lang, Text, Words};

/// What each exit status means.
const STATUS: [(&str, &str); 3] = [
    ("0", "It is done."),
    (
        "1",
        "It was refused or failed; the reason is on standard error, with --json as an object with a stable code.",
    ),
    ("2", "The command was used wrongly."),
];

/// The files, as they are found unless something names others.
const FILES: [(&str, &str); 7] = [
    ("~/.local/share/corral/corral.db", "The database, unless --db, CORRAL_DB or the settings name another."),
    ("~/.config/corral/settings.toml", "Choices of the person at this machine."),
    ("~/.config/corral/keys.toml", "Keys; corral keys default prints one to start from."),
    ("~/.config/corral/themes/*.toml", "Themes of one's own."),
    ("~/.local/state/corral/drafts", "Notes under way, kept from the first letter on."),
    (
        "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME",
        "Take the place of ~/.config, ~/.local/share, ~/.local/state.",
    ),
    ("NO_COLOR", "Where it is set to anything, nothing is shown in colour."),
];

/// Prints the manual page, or writes those of all commands into a folder.
///
/// # Errors
/// When the folder or standard output cannot be written.
pub fn man(local: &Local, folder: Option<&Path>) -> Result<(), Failure> {
    let keymap = keys::load(&local.place).keymap;
    let page = page(&keymap)?;
    let Some(folder) = folder else { return output::text(&page) };
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)?;
    fs::write(folder.join("corral.1"), page)?;
    Ok(())
}

fn command() -> clap::Command {
    // "corral help import" would have a page of its own for every command
    Args::command().disable_help_subcommand(true)
}

/// The page of the program itself.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn page(keymap: &Keymap) -> io::Result<String> {
    let man = Man::new(command());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    page.push_str(&keys_section(keymap, &Words::new(Lang::En)));
    section(&mut page, "EXIT STATUS", &STATUS);
    section(&mut page, "FILES", &FILES);
    let mut version = Vec::new();
    man.render_version_section(&mut version)?;
    page.push_str(&String::from_utf8_lossy(&version));
    Ok(page)
}

fn section(page: &mut String, head: &str, items: &[(&str, &str)]) {
    let _ = writeln!(page, ".SH \"{head}\"");
    for (term, told) in items {
        let _ = writeln!(page, ".TP\n\\fB{}\\fR\n{}", roff(term), roff(told));
    }
}

fn keys_section(keymap: &Keymap, words: &Words) -> String {
    let mut text = String::from(".SH KEYS\n");
    let _ = writeln!(
        text,
        "{}",
        roff(
            "The keys that act now are always shown in the last line of the screen. The outcome keys of a call are the \
             playbook's and stand at the foot of the screen."
        )
    );
    for part in keymap.sections() {
        text.push_str(&keys_part(&part, words));
    }
    text
}

fn keys_part(part: &Section, words: &Words) -> String {
    let head = part.context.map_or_else(
        || words.say(Text("keys_file.everywhere")),
        |context| words.name("context", context.id()),
    );
    let mut text = format!(".SS \"{}\"\n", roff(head).replace('"', "\\(dq"));
    for row in &part.rows {
        let but: Vec<&str> = if part.context.is_none() {
            row.missing().iter().map(|context| words.name("context", context.id())).collect()
        } else {
            Vec::new()
        };
        let but = if but.is_empty() { String::new() } else { format!(" (but not in: {})", but.join(", ")) };
        let label = format!("{}{but}", words.say(row.action.label));
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", roff(&row.shown()), roff(&label));
    }
    text
}

/// A text that roff prints as it is, on one line.
fn roff(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\(rs"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '\n' => out.push(' '),
            other => out.push(other),
        }
    }
    if out.starts_with('.') { format!("\\&{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remapped_key_stands_in_the_page() {
        let page = |keymap: &Keymap| page(keymap).unwrap();
        let before = page(&Keymap::default());
        assert!(before.contains(".TP\n\\fBu\\fR\nUndo"), "{before}");
        let (keymap, problems) = Keymap::load("[keys]\nundo = \"ctrl-o\"\n", "keys.toml");
        assert!(problems.is_empty());
        let after = page(&keymap);
        assert!(after.contains(".TP\n\\fBCtrl\\-O\\fR\nUndo") && !after.contains("\\fBu\\fR\nUndo"));
    }

    #[test]
    fn the_page_has_what_a_manual_page_has_and_only_requests_that_roff_knows() {
        let page = page(&Keymap::default()).unwrap();
        for head in ["NAME", "SYNOPSIS", "OPTIONS", "SUBCOMMANDS", "KEYS", "\"EXIT STATUS\"", "\"FILES\""] {
            assert!(page.contains(&format!(".SH {head}\n")), "{head}");
        }
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let known =
                [".SH", ".SS", ".TP", ".TH", ".ie", ".el", ".br", ".RS", ".RE", ".PP", ".IP", ".\\\""];
            assert!(known.iter().any(|request| line.starts_with(request)), "{line}");
        }
    }

    #[test]
    fn nothing_in_a_text_is_taken_for_a_request() {
        assert_eq!(roff(".so x"), "\\&.so x");
        assert_eq!(roff("a\\b-'"), "a\\(rsb\\-\\(aq");
    }
}
