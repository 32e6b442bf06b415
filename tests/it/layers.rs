//! The house in floors: a file names only what lies below it (architecture.md).

use std::path::{Path, PathBuf};

/// Who may name whom. A floor may always name itself. Screens open dialogs, not the other way round.
const MAY: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("playbook", &["domain"]),
    ("store", &["domain", "playbook"]),
    ("text", &[]),
    ("theme", &[]),
    ("input", &[]),
    ("widget", &["text", "theme", "input"]),
    (
        "app",
        &[
            "domain",
            "playbook",
            "store::query",
            "store::change",
            "store::error",
            "store::StoreError",
            "text",
            "theme",
            "input",
            "widget",
        ],
    ),
    (
        "screen",
        &[
            "app",
            "dialog",
            "widget",
            "domain",
            "playbook",
            "store::query",
            "store::change",
            "store::error",
            "store::StoreError",
            "text",
            "theme",
            "input",
        ],
    ),
    (
        "dialog",
        &[
            "app",
            "widget",
            "domain",
            "playbook",
            "store::query",
            "store::change",
            "store::error",
            "store::StoreError",
            "text",
            "theme",
            "input",
        ],
    ),
    ("intake", &["domain", "playbook", "store"]),
    ("sample", &["domain", "playbook", "store"]),
    (
        "runtime",
        &["domain", "playbook", "store", "text", "theme", "input", "widget", "app", "screen", "dialog"],
    ),
    (
        "ssh",
        &[
            "domain", "playbook", "store", "text", "theme", "input", "widget", "app", "screen", "dialog",
            "runtime",
        ],
    ),
];

/// Macros of the crate's root, which belong to the store.
const MACROS: [&str; 2] = ["sql", "values"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The floor of a file: the first part of its path under `src`; `None` for those that may name everything.
fn floor(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let name = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
    (!["lib", "main", "cli"].contains(&name.as_str())).then_some(name)
}

/// Source without comments: what a comment names is not imported.
fn code(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path after `crate::`, with groups taken apart: `crate::{a::b, c}` is `a::b` and `c`.
fn named(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        if source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        spread("", &source[at + 7..], &mut found);
    }
    found
}

/// Reads one path at the start of `rest`, following a group in braces; answers how many bytes it took.
fn spread(before: &str, rest: &str, found: &mut Vec<String>) -> usize {
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let path = format!("{before}{}", &rest[..word]);
    if !rest[word..].starts_with('{') {
        found.push(path);
        return word;
    }
    let mut at = word + 1;
    while at < rest.len() {
        match rest[at..].chars().next().unwrap() {
            '}' => return at + 1,
            c if c.is_whitespace() || c == ',' => at += 1,
            _ => {
                let took = spread(&path, &rest[at..], found);
                // a renamed import: what follows "as" is no path
                let next = at + took.max(1);
                at = next + rest[next..].find([',', '}']).unwrap_or(0);
            }
        }
    }
    at
}

fn allowed(floor: &str, path: &str) -> bool {
    let Some((_, below)) = MAY.iter().find(|(name, _)| *name == floor) else { return false };
    let first = path.split("::").next().unwrap();
    first == floor
        || (floor == "store" && MACROS.contains(&first))
        || below.iter().any(|b| path == *b || path.starts_with(&format!("{b}::")))
}

#[test]
fn nothing_names_what_lies_above_it() {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
    let mut wrong = Vec::new();
    let mut looked = 0;
    for path in paths {
        let Some(floor) = floor(&path) else { continue };
        let source = code(&std::fs::read_to_string(&path).unwrap());
        for name in named(&source) {
            looked += 1;
            if !allowed(&floor, &name) {
                wrong.push(format!("{}: {floor} may not name {name}", path.display()));
            }
        }
    }
    assert!(looked > 100, "only {looked} imports were found: the search is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The folder behind which the engines stand, and what knows the form of other programs' files.
const SEAM: [&str; 2] = ["store/engine", "intake/table/kind.rs"];

/// Lines of code (no comments) that name an engine.
fn engines_named(source: &str) -> Vec<usize> {
    let names = |line: &str| {
        let words = line.split("//").next().unwrap_or_default().to_lowercase();
        ["sqlite", "postgres", "pragma", "pg_"].iter().any(|name| words.contains(name))
    };
    source.lines().enumerate().filter(|(_, line)| names(line)).map(|(at, _)| at + 1).collect()
}

#[test]
fn no_engine_is_named_outside_the_seam() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&src, &mut paths);
    let (mut wrong, mut inside) = (Vec::new(), 0);
    for path in paths {
        let named = engines_named(&std::fs::read_to_string(&path).unwrap());
        let place = path.strip_prefix(&src).unwrap().with_extension("");
        let place = place.to_str().unwrap();
        if SEAM.iter().any(|seam| place.starts_with(seam.trim_end_matches(".rs"))) {
            inside += named.len();
        } else {
            wrong.extend(named.into_iter().map(|line| format!("{}:{line}", path.display())));
        }
    }
    assert!(inside > 50, "only {inside} lines were found inside: the search is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(engines_named("let a = 1; // of SQLite\nuse x::Sqlite;\n\"PRAGMA y\""), [2, 3]);
}

#[test]
fn an_upward_import_is_found_in_every_shape() {
    let source = code(
        "use crate::{domain::id::{UserId, TeamId as T}, store::Db};\nlet x: crate::runtime::Clock; // crate::cli\n\
         use crate::store::query::{self, Answer};",
    );
    let names = named(&source);
    assert_eq!(
        names,
        [
            "domain::id::UserId",
            "domain::id::TeamId",
            "store::Db",
            "runtime::Clock",
            "store::query::self",
            "store::query::Answer"
        ]
    );
    assert!(!allowed("domain", "store::Db"));
    assert!(!allowed("app", "store::Db") && allowed("app", "store::query::Answer"));
    assert!(allowed("store", "sql") && !allowed("app", "sql"));
    assert!(!allowed("widget", "app::Session") && allowed("runtime", "app::Session"));
}
