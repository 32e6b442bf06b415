//! What the program's own text says: documents are compared with it where it has no list to ask for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A public or private field of a struct.
#[derive(Debug)]
pub struct Field {
    /// Its name as files write it.
    pub name: String,
}

/// The Rust files under a folder, in order; none where there is no such folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The fields of a struct, by the name serde gives them.
pub fn fields(code: &str, name: &str) -> Vec<Field> {
    let body = code.split_once(&format!("struct {name} {{")).expect("the struct").1;
    let mut found = Vec::new();
    let mut renamed = None;
    for line in body.lines().map(str::trim).take_while(|line| *line != "}") {
        if let Some(rename) = line.strip_prefix("#[serde(rename = \"") {
            renamed = rename.split('"').next().map(str::to_owned);
        } else if let Some((name, _)) = line.trim_start_matches("pub ").split_once(": ")
            && !line.starts_with("///")
        {
            found.push(Field { name: renamed.take().unwrap_or_else(|| name.to_owned()) });
        }
    }
    found
}

/// The texts that the arms of a `match` name, and the one it is read as where nothing is said.
pub fn arms(code: &str, head: &str) -> BTreeSet<String> {
    let body = code.split_once(head).expect("the match").1;
    let body = body.split_once("other =>").expect("its last arm").0;
    let arms = body.lines().map(str::trim).filter_map(|line| line.strip_prefix('"'));
    arms.filter_map(|arm| arm.split_once("\" =>")).map(|(word, _)| word.to_owned()).collect()
}

/// The texts that stand right behind one of `heads`, over line breaks.
pub fn after(code: &str, heads: &[&str]) -> Vec<String> {
    let program = code.split("#[cfg(test)]").next().unwrap_or_default();
    let parts = heads.iter().flat_map(|head| program.split(head).skip(1));
    parts
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        // a pattern that looks for the text is nobody who says it
        .filter(|(_, rest)| !rest.starts_with(", .."))
        .map(|(word, _)| word.to_owned())
        .filter(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
        .collect()
}

/// Every code a refusal or failure can carry.
pub fn error_codes(src: &Path) -> BTreeSet<String> {
    let heads =
        ["invalid(", "refuse(", "Failure::failed(", "Self::failed(", "code: ", "rule: ", "StoreError::held("];
    let mut codes: BTreeSet<String> =
        files(src).iter().flat_map(|file| after(&fs::read_to_string(file).unwrap(), &heads)).collect();
    for (file, head) in [("store/error.rs", "pub fn code("), ("store/work/held.rs", "const fn word(")] {
        let code = fs::read_to_string(src.join(file)).unwrap();
        let body = code.split_once(head).expect("the function").1;
        codes.extend(after(body, &["=> "]));
    }
    codes
}
