//! The tables of words, and how a sentence is filled in.

use std::{
    collections::HashMap,
    fmt,
    fmt::Write as _,
    sync::{Arc, OnceLock},
};

use super::Lang;

const EN: &str = include_str!("en.toml");
const ZH: &str = include_str!("zh.toml");

/// The key of a word or a sentence, such as `Text("today.title")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(pub &'static str);

/// All words of one language: read once a session, with the first that is said; cheap to clone.
#[derive(Clone)]
pub struct Words {
    lang: Lang,
    table: Arc<OnceLock<HashMap<String, String>>>,
}

impl Words {
    /// The words of a language. The first one said reads them, which costs about a millisecond.
    pub fn new(lang: Lang) -> Self {
        Self { lang, table: Arc::default() }
    }

    /// Reads the words where they have not been read: for a thread that has nothing else to do.
    pub fn make_ready(&self) {
        self.table();
    }

    fn table(&self) -> &HashMap<String, String> {
        self.table.get_or_init(|| read(source(self.lang)))
    }

    /// Names the language these words are in.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Says a word; a key without words says itself.
    pub fn say(&self, text: Text) -> &str {
        self.table().get(text.0).map_or(text.0, String::as_str)
    }

    /// Says a sentence with its placeholders filled in: `{n}` by the value named `n`, `{n|call|calls}` by the
    /// first form when that value is shown as `1`, else by the second. A placeholder without a value stays.
    pub fn fill(&self, text: Text, values: &[(&str, &dyn fmt::Display)]) -> String {
        fill(self.say(text), values)
    }

    /// Names a member of a closed list, such as `("metric", "calls_valid")`; without words the id names itself.
    pub fn name<'a>(&'a self, group: &str, id: &'a str) -> &'a str {
        self.table().get(&format!("{group}.{id}")).map_or(id, String::as_str)
    }

    /// Whether there are words for a key made at run time.
    pub fn has(&self, key: &str) -> bool {
        self.table().contains_key(key)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({}, {} keys)", self.lang, self.table().len())
    }
}

const fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => EN,
        Lang::Zh => ZH,
    }
}

/// The flat table of a words file. The files are part of the program and a test reads them, so one that cannot
/// be read leaves every key to say itself rather than stopping a session.
fn read(source: &str) -> HashMap<String, String> {
    let mut table = HashMap::new();
    if let Ok(tree) = source.parse::<toml::Table>() {
        flatten("", &tree, &mut table);
    }
    table
}

fn flatten(prefix: &str, tree: &toml::Table, table: &mut HashMap<String, String>) {
    for (name, value) in tree {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(words) => {
                table.insert(key, words.clone());
            }
            toml::Value::Table(inner) => flatten(&key, inner, table),
            _ => {}
        }
    }
}

fn fill(sentence: &str, values: &[(&str, &dyn fmt::Display)]) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((inside, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let mut parts = inside.split('|');
        let name = parts.next().unwrap_or_default();
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        match (value, parts.next(), parts.next()) {
            (Some(value), Some(one), Some(many)) => out.push_str(if value == "1" { one } else { many }),
            (Some(value), _, _) => out.push_str(&value),
            (None, _, _) => {
                let _ = write!(out, "{{{inside}}}");
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use super::*;
    use crate::text::width::cells;

    fn tables() -> [(Lang, BTreeMap<String, String>); 2] {
        Lang::ALL.map(|lang| {
            let tree: toml::Table = source(lang).parse().unwrap();
            let mut table = HashMap::new();
            flatten("", &tree, &mut table);
            (lang, table.into_iter().collect())
        })
    }

    fn names(sentence: &str) -> BTreeSet<&str> {
        sentence
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(inside, _)| inside.split('|').next().unwrap())
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let [(_, en), (_, zh)] = tables();
        let gaps: Vec<_> = en.keys().filter(|key| !zh.contains_key(*key)).collect();
        let extra: Vec<_> = zh.keys().filter(|key| !en.contains_key(*key)).collect();
        assert!(gaps.is_empty() && extra.is_empty(), "only in en.toml: {gaps:?}; only in zh.toml: {extra:?}");
        assert!(en.len() > 100, "the words were read: {}", en.len());
    }

    #[test]
    fn both_languages_have_the_same_placeholders() {
        let [(_, en), (_, zh)] = tables();
        for (key, words) in &en {
            assert_eq!(names(words), names(&zh[key]), "{key}");
        }
    }

    #[test]
    fn no_words_are_empty_or_carry_spaces_at_an_end() {
        for (lang, table) in tables() {
            for (key, words) in table {
                assert!(!words.is_empty() && words.trim() == words, "{lang} {key} '{words}'");
                assert!(!words.chars().any(char::is_control), "{lang} {key} has a control character");
            }
        }
    }

    #[test]
    fn labels_and_column_heads_are_narrow() {
        for (lang, table) in tables() {
            for (key, words) in table {
                let section = key.rsplit('.').nth(1).unwrap_or_default();
                let most = match section {
                    "label" => 16,
                    "column" => 12,
                    _ => continue,
                };
                assert!(cells(&words) <= most, "{lang} {key} '{words}' is wider than {most} cells");
            }
        }
    }

    #[test]
    fn every_key_written_in_the_sources_has_words() {
        let words = Words::new(Lang::En);
        let mut missing = Vec::new();
        let mut seen = 0;
        for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let source = fs::read_to_string(&file).unwrap();
            let shown = source.split("#[cfg(test)]").next().unwrap();
            for line in shown.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for part in line.split("Text(\"").skip(1) {
                    let key = part.split('"').next().unwrap();
                    seen += 1;
                    if !words.has(key) {
                        missing.push(format!("{}: {key}", file.display()));
                    }
                }
            }
        }
        assert!(seen > 0, "the sources were read");
        assert!(missing.is_empty(), "keys without words:\n{}", missing.join("\n"));
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
        found
    }

    #[test]
    fn a_missing_key_says_itself() {
        let words = Words::new(Lang::Zh);
        assert_eq!(words.say(Text("no.such.word")), "no.such.word");
        assert_eq!(words.name("metric", "invented"), "invented");
    }

    #[test]
    fn a_sentence_is_filled_in() {
        for (sentence, expected) in [
            ("{n} {n|call|calls}", "1 call"),
            ("{n} of {total}", "1 of 30"),
            ("{total} {total|call|calls} left", "30 calls left"),
            ("{who} left", "{who} left"),
            ("a { b", "a { b"),
            ("no braces", "no braces"),
        ] {
            assert_eq!(fill(sentence, &[("n", &1), ("total", &30)]), expected, "{sentence}");
        }
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(fill("{a} {b}", &[("a", &"{b}"), ("b", &2)]), "{b} 2");
    }
}
