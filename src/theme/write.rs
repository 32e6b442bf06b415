//! A theme as the text of a file that stands for itself.

use std::fmt::Write as _;

use ratatui::style::Modifier;

use super::{
    Colour, Role,
    load::{Ink, Look, Palette, Read},
};

/// Writes every role with all its parts and the colours they use: nothing is inherited any more.
pub(super) fn toml(read: &Read) -> String {
    let used: Vec<usize> =
        read.looks.iter().flat_map(|look| [look.fg, look.bg]).filter_map(|ink| ink?.named).collect();
    let mut text = String::from("[palette]\n");
    // a write into a text cannot fail
    for (_, (name, ink)) in read.palette.iter().enumerate().filter(|(index, _)| used.contains(index)) {
        let _ = writeln!(text, "{} = \"{}\"", key(name), value(ink.colour));
    }
    text.push_str("\n[styles]\n");
    for (look, role) in read.looks.iter().zip(Role::ALL) {
        let _ = writeln!(text, "# {}", role.about());
        let _ = writeln!(text, "{} = {}", role.name(), style(look, &read.palette));
    }
    text
}

fn style(look: &Look, palette: &Palette) -> String {
    let shown = |ink: Ink| match ink.named.and_then(|place| palette.get(place)) {
        Some((name, _)) => toml::Value::from(name.as_str()).to_string(),
        None => format!("\"{}\"", value(ink.colour)),
    };
    let colour = |name: &str, ink: Option<Ink>| ink.map(|ink| format!("{name} = {}", shown(ink)));
    let flag = |name: &str, modifier| look.modifier.contains(modifier).then(|| format!("{name} = true"));
    let parts: Vec<String> = [
        colour("fg", look.fg),
        colour("bg", look.bg),
        flag("bold", Modifier::BOLD),
        flag("dim", Modifier::DIM),
        flag("italic", Modifier::ITALIC),
        flag("underline", Modifier::UNDERLINED),
        flag("reverse", Modifier::REVERSED),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// A key, in quotes where it is no bare word.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        toml::Value::from(name).to_string()
    }
}

fn value(colour: Colour) -> String {
    match colour {
        Colour::Own => "own".to_owned(),
        Colour::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}
