//! What the person wrote: settings, keys, themes, with their faults counted.

use std::fs;

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::cli::{keys, ui};
use crate::text::Text;
use crate::theme::Theme;

/// Looks at the person's own files.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let (words, place) = (&asked.words, &asked.place);
    let mut at = Findings::new(Part::Own, words);
    if place.safe {
        at.fine("settings", "safe", words.say(Text("doctor.safe")));
        return at.all();
    }
    let file = &place.settings_file;
    let there = file.exists();
    let faults = place.problems.len();
    tell(
        &mut at,
        asked,
        "settings",
        (&file.display().to_string(), there, faults),
        Text("doctor.settings_next"),
    );

    let loaded = keys::load(place);
    let path = &place.keys.path;
    let counted = (&*path.display().to_string(), path.exists(), loaded.problems.len());
    tell(&mut at, asked, "keys", counted, Text("doctor.keys_next"));

    let depth = ui::depth();
    let name = asked.theme.as_deref().unwrap_or("dark");
    if Theme::NAMES.contains(&name) {
        at.fine("theme", name, words.fill(Text("doctor.builtin"), &[("name", &name)]));
        return at.all();
    }
    let folder = place.themes();
    let file = folder.join(name).with_extension("toml");
    let read = |name: &str| fs::read_to_string(folder.join(name).with_extension("toml")).ok();
    let Some(text) = read(name) else {
        let said = words.fill(Text("doctor.no_theme"), &[("path", &file.display())]);
        at.warn("theme", name, said, Text("doctor.no_theme_next"));
        return at.all();
    };
    let (_, warnings) = Theme::load(&text, &read, depth);
    let counted = (&*file.display().to_string(), true, warnings.len());
    tell(&mut at, asked, "theme", counted, Text("doctor.theme_next"));
    at.all()
}

/// A file, whether it is there, and its faults.
fn tell(
    at: &mut Findings<'_>,
    asked: &Asked,
    id: &'static str,
    (path, there, faults): (&str, bool, usize),
    next: Text,
) {
    let words = &asked.words;
    let value = json!({ "path": path, "exists": there, "faults": faults });
    let values: [(&str, &dyn std::fmt::Display); 2] = [("path", &path), ("n", &faults)];
    match (there, faults) {
        (_, 1..) => at.warn(id, value, words.fill(Text("doctor.faults"), &values), next),
        (true, 0) => at.fine(id, value, words.fill(Text("doctor.no_faults"), &values)),
        (false, 0) => at.fine(id, value, words.fill(Text("doctor.defaults"), &values)),
    }
}
