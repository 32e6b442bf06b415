//! As much of Markdown as the documents use.

use std::collections::BTreeSet;
use std::path::Path;

/// What a generated part begins with; the name and ` -->` follow.
const BEGIN: &str = "<!-- generated: ";
/// What a generated part ends with.
const END: &str = "<!-- end -->";

/// A document and where it stands.
#[derive(Debug)]
pub struct Document {
    /// Its path from the root, with `/`.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Document {
    pub fn read(root: &Path, path: &Path) -> Self {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{name}: {e}"));
        Self { name, text }
    }

    /// The text with every generated part replaced by what `part` makes of its name.
    pub fn with_parts(&self, part: &mut dyn FnMut(&str) -> String) -> String {
        let mut fresh = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let (name, after) = after.split_once(" -->").unwrap_or_else(|| panic!("{}: a marker", self.name));
            let (_, after) =
                after.split_once(END).unwrap_or_else(|| panic!("{}: part '{name}' does not end", self.name));
            let told = part(name);
            fresh.push_str(&[before, BEGIN, name, " -->\n\n", told.trim(), "\n\n", END].concat());
            rest = after;
        }
        fresh + rest
    }

    /// The fenced blocks of a language.
    pub fn blocks(&self, language: &str) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut open: Option<(String, Vec<&str>)> = None;
        for line in self.text.lines() {
            match (&mut open, line.trim_start().strip_prefix("```")) {
                (None, Some(language)) => open = Some((language.trim().to_owned(), Vec::new())),
                (Some((of, lines)), Some(_)) => {
                    if of == language {
                        blocks.push(lines.join("\n"));
                    }
                    open = None;
                }
                (Some((_, lines)), None) => lines.push(line),
                (None, None) => {}
            }
        }
        blocks
    }

    /// The lines outside fenced blocks.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut fenced = false;
        self.text.lines().filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
    }

    /// The targets of links and pictures.
    pub fn links(&self) -> Vec<String> {
        let targets = self.prose().flat_map(|line| line.split("](").skip(1));
        targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
    }

    /// The code spans in the first column of the tables whose first heading is `heading`.
    pub fn first_column(&self, heading: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        // which kind of table this line stands in; `None` outside of tables
        let mut inside: Option<bool> = None;
        for line in self.prose() {
            let Some(row) = line.strip_prefix('|') else {
                inside = None;
                continue;
            };
            let cell = row.split('|').next().unwrap_or_default().trim();
            if inside.is_none() {
                inside = Some(cell == heading);
            } else if inside == Some(true) {
                found.extend(cell.split('`').skip(1).step_by(2).map(str::to_owned));
            }
        }
        found
    }

    /// Code spans that a text in italics follows at once.
    pub fn keys_with_labels(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for line in self.prose() {
            let spans: Vec<&str> = line.split('`').collect();
            for pair in spans.windows(2).skip(1).step_by(2) {
                let [key, after] = pair else { continue };
                let label = after.strip_prefix(" *").filter(|rest| !rest.starts_with('*'));
                if let Some((label, _)) = label.and_then(|rest| rest.split_once('*')) {
                    found.push(((*key).to_owned(), label.to_owned()));
                }
            }
        }
        found
    }
}

/// The anchors of a text's headings.
pub fn headings(text: &str) -> Vec<String> {
    let lines =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    lines
        .map(|heading| {
            let kept = heading.to_lowercase().replace(' ', "-");
            kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
        })
        .collect()
}
