//! The documents say what the program does: generated parts are up to date, links lead somewhere, commands parse, examples
//! are read by the readers they are for.
//!
//! `UPDATE_DOCS=1 cargo test --test it docs` writes the generated parts anew.

pub(crate) mod generated;
mod markdown;
mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use corral::app::action::ACTIONS;
use corral::app::keymap::Keymap;
use corral::cli::args::Args;
use corral::domain::code::FieldCode;
use corral::domain::lists::Entity;
use corral::intake::mapping::{self, Target, Vocabulary};
use corral::playbook::{embedded, source as books};
use corral::text::{Lang, Words};
use corral::theme::{Depth, Theme};

use markdown::Document;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and everything in `docs/`.
fn documents() -> Vec<Document> {
    let mut paths = vec![PathBuf::from("README.md")];
    let folder = std::fs::read_dir(root().join("docs")).unwrap();
    paths.extend(
        folder
            .map(|entry| PathBuf::from("docs").join(entry.unwrap().file_name()))
            .filter(|path| path.extension().is_some_and(|end| end == "md")),
    );
    paths.sort();
    paths.iter().map(|path| Document::read(root(), path)).collect()
}

fn document(name: &str) -> Document {
    Document::read(root(), Path::new(name))
}

/// The words in the first column of a document's tables under this head.
pub(crate) fn first_column(name: &str, head: &str) -> BTreeSet<String> {
    document(name).first_column(head)
}

#[test]
fn generated_parts_are_what_the_program_says() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut unused: BTreeSet<&str> = generated::NAMES.iter().copied().collect();
    for document in documents() {
        let fresh = document.with_parts(&mut |name| {
            unused.remove(name);
            generated::part(name).unwrap_or_else(|| panic!("{}: no part '{name}'", document.name))
        });
        if fresh == document.text {
            continue;
        }
        assert!(
            update,
            "{} is out of date; 'UPDATE_DOCS=1 cargo test --test it docs' writes it anew",
            document.name
        );
        std::fs::write(root().join(&document.name), fresh).unwrap();
    }
    assert!(unused.is_empty(), "parts that stand in no document: {unused:?}");
}

#[test]
fn every_link_leads_somewhere() {
    // pictures are taken from the running program: until the first is there, links to them wait
    let pictures = root().join("docs/pictures").is_dir();
    let mut dead = Vec::new();
    for document in documents() {
        let folder = root().join(&document.name).parent().unwrap().to_owned();
        for link in document.links() {
            if link.contains("://") || (!pictures && link.contains("pictures/")) {
                continue;
            }
            let (file, place) = link.split_once('#').map_or((link.as_str(), None), |(f, p)| (f, Some(p)));
            let target = if file.is_empty() { root().join(&document.name) } else { folder.join(file) };
            let found = target.exists()
                && place.is_none_or(|place| {
                    let text = std::fs::read_to_string(&target).unwrap_or_default();
                    markdown::headings(&text).iter().any(|heading| heading == place)
                });
            if !found {
                dead.push(format!("{}: {link}", document.name));
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn every_promise_of_security_names_a_test_that_is_there() {
    let promises = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut named = 0;
    for line in promises.lines().filter(|line| line.starts_with("| ") && !line.contains("Held by")) {
        let named_by = line.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for name in named_by.split(", ").map(|name| name.trim_matches('`')) {
            let (place, held) = name.rsplit_once("::").unwrap_or_else(|| panic!("no test is named: {line}"));
            let path = if place.starts_with("src/") {
                root().join(place)
            } else {
                root().join("tests/it").join(place.replace("::", "/")).with_extension("rs")
            };
            let code = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(code.contains(&format!("fn {held}(")), "{name} is no test any more: {line}");
            named += 1;
        }
    }
    assert!(named > 40, "only {named} tests are named");
}

#[test]
fn every_document_is_reached_from_the_readme() {
    let linked: BTreeSet<String> = document("README.md").links().into_iter().collect();
    for document in documents().iter().filter(|d| d.name != "README.md") {
        assert!(linked.contains(&document.name), "the README does not link to {}", document.name);
    }
}

#[test]
fn no_document_names_a_place_on_somebodys_machine() {
    for document in documents() {
        for place in ["/home/", "/root/", "/tmp/", "/Users/", "C:\\"] {
            assert!(!document.text.contains(place), "{} names '{place}'", document.name);
        }
    }
}

#[test]
fn the_readme_has_its_two_commands_and_what_they_need() {
    let readme = document("README.md");
    let commands: Vec<String> = readme.blocks("sh").into_iter().flat_map(|b| shell_lines(&b)).collect();
    let at = |wanted: &str| commands.iter().position(|line| line == wanted);
    assert_eq!(at("cargo run --release -- demo"), Some(0), "{commands:?}");
    assert_eq!(at("cargo test"), Some(1), "{commands:?}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    assert!(readme.text.contains(&format!("Rust {}", rust.trim_matches('"'))), "which Rust is needed");
}

#[test]
fn every_command_that_is_shown_is_one_that_can_be_typed() {
    let mut seen = 0;
    for document in documents() {
        for line in document.blocks("sh").into_iter().flat_map(|block| shell_lines(&block)) {
            let words = shell_words(&line);
            let typed: Vec<&str> = words.iter().map(String::as_str).collect();
            let typed = match typed.as_slice() {
                ["corral", ..] => typed.clone(),
                ["cargo", "run", "--release", "--", rest @ ..] => [&["corral"], rest].concat(),
                _ => continue,
            };
            seen += 1;
            if let Err(error) = Args::try_parse_from(typed) {
                let asked = matches!(
                    error.kind(),
                    clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion
                );
                assert!(asked, "{}: '{line}': {error}", document.name);
            }
        }
    }
    assert!(seen > 40, "only {seen} commands were found");
}

#[test]
fn every_json_that_is_shown_is_json() {
    let mut seen = 0;
    for document in documents() {
        for block in document.blocks("json") {
            serde_json::from_str::<serde_json::Value>(&block)
                .unwrap_or_else(|e| panic!("{}: {e} in\n{block}", document.name));
            seen += 1;
        }
        for block in document.blocks("jsonl") {
            for line in block.lines() {
                serde_json::from_str::<serde_json::Value>(line)
                    .unwrap_or_else(|e| panic!("{}: {e} in\n{line}", document.name));
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "only {seen} were found");
}

#[test]
fn the_fields_and_verbs_of_a_line_are_all_told() {
    let headless = document("docs/headless.md");
    let code = std::fs::read_to_string(root().join("src/cli/lines.rs")).unwrap();
    let told = headless.first_column("Field");
    let fields: BTreeSet<String> =
        source::fields(&code, "Line").into_iter().map(|field| field.name).collect();
    assert_eq!(told, fields, "the fields of a line");
    let told = headless.first_column("`do`");
    let verbs = source::arms(&code, "match line.command");
    assert_eq!(told, verbs, "what a line can do");
}

#[test]
fn every_error_code_is_told_with_what_to_do() {
    let told = document("docs/troubleshooting.md").first_column("Code");
    let codes = source::error_codes(&root().join("src"));
    assert!(codes.contains("missing") && codes.contains("quiet_hours") && codes.contains("no_reach"));
    let missing: Vec<_> = codes.difference(&told).collect();
    assert!(missing.is_empty(), "docs/troubleshooting.md lacks {missing:?}");
    let gone: Vec<_> = told.difference(&codes).collect();
    assert!(gone.is_empty(), "docs/troubleshooting.md tells of {gone:?}, which the program does not say");
}

#[test]
fn the_kinds_of_difference_that_are_told_are_those_that_verify_names() {
    let folder = root().join("src/store/verify");
    let kinds: BTreeSet<String> = source::files(&folder)
        .iter()
        .chain([&root().join("src/store/verify.rs")])
        .flat_map(|file| source::after(&std::fs::read_to_string(file).unwrap(), &["report.differs("]))
        .collect();
    let told = document("docs/trust.md").first_column("Kind");
    let untold: Vec<_> = kinds.difference(&told).collect();
    assert!(untold.is_empty(), "docs/trust.md lacks {untold:?}");
}

/// In the guides a key followed by a label in italics, as in `` `F3` *Next stage* ``, is an action of the table.
#[test]
fn keys_named_with_their_label_are_those_of_the_table() {
    let mut seen = 0;
    for document in documents() {
        for (key, label) in document.keys_with_labels() {
            seen += 1;
            let words = [Words::new(Lang::En), Words::new(Lang::Zh)];
            let is_it = ACTIONS.iter().any(|action| {
                words.iter().any(|words| words.say(action.label) == label)
                    && action.keys.iter().any(|bound| generated::key(bound) == key)
            });
            assert!(is_it, "{}: no action '{label}' on {key}", document.name);
        }
    }
    assert!(seen > 20, "only {seen} were found");
}

#[test]
fn the_mapping_that_is_shown_is_read() {
    let import = document("docs/import.md");
    let book = books::load_text("edu-english", embedded::text("edu-english").unwrap()).unwrap().playbook;
    let fields = book.fields.iter().filter(|f| matches!(f.on, Entity::Customer | Entity::Person));
    let vocabulary = Vocabulary {
        fields: fields
            .map(|f| Target { code: FieldCode::clone(&f.code), names: vec![f.name.zh.clone()] })
            .collect(),
        roles: book.roles.iter().map(|role| role.code.clone()).collect(),
    };
    let list = import.blocks("csv").remove(0);
    let headers: Vec<String> = list.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let shown = import.blocks("toml").remove(0);
    let read = mapping::read(&shown, Path::new("shown.toml"), &headers, &vocabulary);
    let read = read.unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(read.reaches() && read.columns.len() >= 5);
}

#[test]
fn the_theme_that_is_shown_loads_without_a_word() {
    let shown = document("docs/themes.md").blocks("toml").remove(0);
    let (_, warnings) = Theme::load(&shown, &|_| None, Depth::True);
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn the_keys_that_are_shown_load_without_a_word() {
    let shown = document("docs/keys.md").blocks("toml").remove(0);
    let (keymap, problems) = Keymap::load(&shown, "keys.toml");
    assert!(problems.is_empty(), "{problems:?}");
    assert_ne!(keymap, Keymap::default());
}

#[test]
fn the_settings_that_are_shown_are_read() {
    let shown = document("docs/settings.md").blocks("toml").remove(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, shown).unwrap();
    let loaded = corral::runtime::settings::load(&file);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    assert!(loaded.settings.dial.iter().any(|part| part.contains("{phone}")));
}

/// The commands of a block: no comments, no prompts; what goes on after a backslash is one line.
fn shell_lines(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let lines = joined.lines().map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The words of a command up to a pipe or a redirection, quotes taken off.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, '|' | '>' | '<') => break,
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, letter) => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
