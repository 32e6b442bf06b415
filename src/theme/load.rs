//! Reading theme files.

use std::{collections::HashMap, fmt};

use ratatui::style::{Color, Modifier, Style};

use super::{Colour, Depth, Role};

/// Longest chain of themes that inherit from each other.
const DEEPEST: usize = 8;

/// What a theme file says wrong; the style concerned keeps what it inherits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What is wrong and what to do about it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a theme says about one role before it is resolved to a depth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub fg: Option<Colour>,
    pub bg: Option<Colour>,
    pub modifier: Modifier,
}

pub(super) type Looks = [Look; Role::ALL.len()];

/// The text of a built-in theme.
pub(super) fn builtin(name: &str) -> Option<&'static str> {
    match name {
        "dark" => Some(include_str!("../../themes/dark.toml")),
        "light" => Some(include_str!("../../themes/light.toml")),
        "high-contrast" => Some(include_str!("../../themes/high-contrast.toml")),
        "colour-blind" => Some(include_str!("../../themes/colour-blind.toml")),
        "mono" => Some(include_str!("../../themes/mono.toml")),
        _ => None,
    }
}

/// Reads a theme and all it inherits from.
pub(super) fn looks(text: &str, loader: &dyn Fn(&str) -> Option<String>) -> (Looks, Vec<Warning>) {
    let mut reader = Reader { warnings: Vec::new() };
    let chain = reader.chain(text, loader);
    let mut looks = [Look::default(); Role::ALL.len()];
    let mut palette = HashMap::new();
    // The palettes first, root to leaf: an heir that only renames colours recolours what it inherits.
    for theme in &chain {
        reader.palette(theme, &mut palette);
    }
    for theme in &chain {
        reader.styles(theme, &palette, &mut looks);
    }
    (looks, reader.warnings)
}

/// Resolves what a theme says to the styles of a depth.
pub(super) fn resolve(looks: &Looks, depth: Depth) -> [Style; Role::ALL.len()] {
    let frame = looks.first().and_then(|text| text.bg).map(|colour| colour.resolve(depth));
    let mut styles = [Style::new(); Role::ALL.len()];
    for (style, (look, role)) in styles.iter_mut().zip(looks.iter().zip(Role::ALL)) {
        let fg = look.fg.map(|colour| colour.resolve(depth));
        let bg = look.bg.map(|colour| colour.resolve(depth));
        let mut modifier = look.modifier;
        // With few colours the background of a selection can fall together with that of the frame; reverse
        // keeps it visible.
        let vanished = bg.is_some() && (bg == frame || bg == Some(Color::Reset));
        if vanished && matches!(role, Role::Selected | Role::TabActive | Role::InputFocus | Role::Match) {
            modifier |= Modifier::REVERSED;
        }
        *style = Style { fg, bg, add_modifier: modifier, ..Style::new() };
        if depth == Depth::None {
            (style.fg, style.bg) = (None, None);
        }
    }
    styles
}

struct Reader {
    warnings: Vec<Warning>,
}

impl Reader {
    fn warn(&mut self, message: String) {
        self.warnings.push(Warning { message });
    }

    /// The theme and those it inherits from, the root first.
    fn chain(&mut self, text: &str, loader: &dyn Fn(&str) -> Option<String>) -> Vec<toml::Table> {
        let mut chain = Vec::new();
        let mut next = Some(text.to_owned());
        while let Some(text) = next.take() {
            let table: toml::Table = match text.parse() {
                Ok(table) => table,
                Err(error) => {
                    self.warn(format!(
                        "the theme is not TOML: {}; the default styles are used",
                        error.message()
                    ));
                    next = (chain.is_empty()).then(|| builtin("dark").unwrap_or_default().to_owned());
                    continue;
                }
            };
            for key in table.keys().filter(|key| !["inherits", "palette", "styles"].contains(&key.as_str())) {
                self.warn(format!("unknown key '{key}'; a theme has 'inherits', 'palette' and 'styles'"));
            }
            if let Some(parent) = table.get("inherits") {
                next = self.parent(parent, chain.len(), loader);
            }
            chain.push(table);
        }
        chain.reverse();
        chain
    }

    fn parent(
        &mut self,
        value: &toml::Value,
        depth: usize,
        loader: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let Some(name) = value.as_str() else {
            self.warn("'inherits' is not the name of a theme in quotes".to_owned());
            return None;
        };
        if depth >= DEEPEST {
            self.warn(format!("'{name}' is inherited in a circle, or deeper than {DEEPEST} themes"));
            return None;
        }
        let found = loader(name).or_else(|| builtin(name).map(str::to_owned));
        if found.is_none() {
            self.warn(format!("there is no theme '{name}' to inherit from"));
        }
        found
    }

    fn palette(&mut self, theme: &toml::Table, palette: &mut HashMap<String, Colour>) {
        let Some(table) = self.table(theme, "palette") else { return };
        for (name, value) in table {
            match value.as_str().and_then(Colour::parse) {
                Some(colour) => {
                    palette.insert(name.clone(), colour);
                }
                None => self.warn(format!("palette colour '{name}' is {value}; write '#rrggbb' or 'own'")),
            }
        }
    }

    fn styles(&mut self, theme: &toml::Table, palette: &HashMap<String, Colour>, looks: &mut Looks) {
        let Some(table) = self.table(theme, "styles") else { return };
        for (name, value) in table {
            let Some(look) = Role::named(name).and_then(|role| looks.get_mut(role as usize)) else {
                let hint = nearest(name, Role::ALL.into_iter().map(Role::name));
                self.warn(format!("unknown role '{name}'{hint}"));
                continue;
            };
            match value {
                toml::Value::String(_) => look.fg = self.colour(name, value, palette).or(look.fg),
                toml::Value::Table(parts) => *look = self.look(name, parts, palette),
                _ => self
                    .warn(format!("role '{name}' is {value}; write a colour or {{ fg = …, bold = true }}")),
            }
        }
    }

    fn look(&mut self, role: &str, parts: &toml::Table, palette: &HashMap<String, Colour>) -> Look {
        let mut look = Look::default();
        for (part, value) in parts {
            let modifier = match part.as_str() {
                "fg" => {
                    look.fg = self.colour(role, value, palette);
                    continue;
                }
                "bg" => {
                    look.bg = self.colour(role, value, palette);
                    continue;
                }
                "bold" => Modifier::BOLD,
                "dim" => Modifier::DIM,
                "italic" => Modifier::ITALIC,
                "reverse" => Modifier::REVERSED,
                "underline" => Modifier::UNDERLINED,
                _ => {
                    let known = ["fg", "bg", "bold", "dim", "italic", "reverse", "underline"];
                    self.warn(format!("role '{role}': unknown part '{part}'{}", nearest(part, known)));
                    continue;
                }
            };
            match value.as_bool() {
                Some(on) => look.modifier.set(modifier, on),
                None => self.warn(format!("role '{role}': '{part}' is {value}; write true or false")),
            }
        }
        look
    }

    fn colour(
        &mut self,
        role: &str,
        value: &toml::Value,
        palette: &HashMap<String, Colour>,
    ) -> Option<Colour> {
        let name = value.as_str().unwrap_or_default();
        let found = palette.get(name).copied().or_else(|| Colour::parse(name));
        if found.is_none() {
            let hint = nearest(name, palette.keys().map(String::as_str));
            self.warn(format!("role '{role}': no colour {value} in the palette{hint}"));
        }
        found
    }

    fn table<'a>(&mut self, theme: &'a toml::Table, key: &str) -> Option<&'a toml::Table> {
        let value = theme.get(key)?;
        if value.as_table().is_none() {
            self.warn(format!("'{key}' is not a table"));
        }
        value.as_table()
    }
}

/// `; did you mean 'x'?` for the candidate at most two edits away, else nothing.
fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    candidates
        .into_iter()
        .map(|candidate| (edits(wrong, candidate), candidate))
        .filter(|(edits, _)| *edits <= 2)
        .min()
        .map_or_else(String::new, |(_, candidate)| format!("; did you mean '{candidate}'?"))
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, right) in row.iter_mut().skip(1).zip(&b) {
            let cost = diagonal + usize::from(left != *right);
            diagonal = *cell;
            before = cost.min(*cell + 1).min(before + 1);
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}
