//! Reading theme files.

use ratatui::style::Modifier;

use super::{
    Colour, Role, Warning,
    near::hint,
    tree::{self, Entry, Place, Value},
};

/// Longest chain of themes that inherit from each other.
const DEEPEST: usize = 8;
/// The parts of a style.
const PARTS: [&str; 7] = ["fg", "bg", "bold", "dim", "italic", "reverse", "underline"];

/// A colour, where the file says it, and its place in the palette where it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ink {
    pub colour: Colour,
    pub at: Place,
    pub named: Option<usize>,
}

/// What a theme says about one role before it is resolved to a depth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub fg: Option<Ink>,
    pub bg: Option<Ink>,
    pub modifier: Modifier,
}

pub(super) type Looks = [Look; Role::ALL.len()];

/// What was read of a theme and all it inherits from.
#[derive(Debug)]
pub(super) struct Read {
    pub looks: Looks,
    pub palette: Palette,
    /// The names of the files read, the theme asked for (which has none) first.
    pub files: Vec<Option<String>>,
    pub faults: Vec<(Place, String)>,
}

impl Read {
    /// A fault with the name of its file.
    pub fn warning(&self, at: Place, message: String, faint: bool) -> Warning {
        let plain = |text: String| text.chars().filter(|c| !steers(*c)).collect::<String>();
        let theme = self.files.get(at.file).cloned().flatten().map(plain);
        let message = plain(message);
        Warning { theme, line: at.line, column: at.column, message, faint }
    }
}

/// Whether a character steers a terminal or the direction of text: what stands in a file goes into what is said of it.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

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

/// Reads a theme and all it inherits from. Roles that none of them speaks of are those of `dark`.
pub(super) fn read(text: &str, loader: &dyn Fn(&str) -> Option<String>) -> Read {
    let mut reader = Reader { faults: Vec::new(), files: Vec::new() };
    let chain = reader.chain(text, loader);
    let mut looks = [Look::default(); Role::ALL.len()];
    let mut palette = Palette::new();
    // The palettes first, root to leaf: an heir that only renames colours recolours what it inherits.
    for theme in chain.iter().rev() {
        reader.palette(theme, &mut palette);
    }
    for theme in chain.iter().rev() {
        reader.styles(theme, &palette, &mut looks);
    }
    reader.faults.sort_by_key(|(at, _)| *at);
    Read { looks, palette, files: reader.files, faults: reader.faults }
}

/// The theme under all others.
const ROOT: &str = "dark";

fn root() -> Option<(Option<String>, String)> {
    builtin(ROOT).map(|text| (Some(ROOT.to_owned()), text.to_owned()))
}

/// The colours by their names, in the order they were met.
pub(super) type Palette = Vec<(String, Ink)>;

struct Reader {
    faults: Vec<(Place, String)>,
    files: Vec<Option<String>>,
}

impl Reader {
    fn fault(&mut self, at: Place, message: String) {
        self.faults.push((at, message));
    }

    /// The theme and those it inherits from, the one asked for first.
    fn chain(&mut self, text: &str, loader: &dyn Fn(&str) -> Option<String>) -> Vec<Vec<Entry>> {
        let mut chain = Vec::new();
        let mut next = Some((None, text.to_owned()));
        while let Some((name, text)) = next.take() {
            self.files.push(name);
            let (theme, faults) = tree::read(&text, chain.len());
            self.faults.extend(faults);
            for entry in &theme {
                if !["inherits", "palette", "styles"].contains(&entry.key.as_str()) {
                    let key = &entry.key;
                    let near = hint(key, ["inherits", "palette", "styles"]);
                    let said =
                        format!("unknown key '{key}'; a theme has 'inherits', 'palette' and 'styles'{near}");
                    self.fault(entry.at, said);
                }
            }
            let parent = theme.iter().find(|entry| entry.key == "inherits").cloned();
            chain.push(theme);
            next = match parent {
                Some(parent) => self.parent(&parent, loader),
                // what a theme leaves out looks like the default, not like a blank
                None if builtin(ROOT) != Some(text.as_str()) => root(),
                None => None,
            };
        }
        chain
    }

    fn parent(
        &mut self,
        entry: &Entry,
        loader: &dyn Fn(&str) -> Option<String>,
    ) -> Option<(Option<String>, String)> {
        let at = entry.value_at;
        let Value::Text(name) = &entry.value else {
            self.fault(
                at,
                format!("'inherits' is {}; write the name of a theme in quotes", entry.value.said()),
            );
            return root();
        };
        if self.files.iter().any(|file| file.as_ref() == Some(name)) {
            let mut circle: Vec<&str> = self.files.iter().flatten().map(String::as_str).collect();
            circle.push(name);
            let said = format!("'{name}' is inherited in a circle: {}", circle.join(" → "));
            self.fault(at, said);
            return root();
        }
        if self.files.len() >= DEEPEST {
            self.fault(at, format!("too deep: '{name}' would be one more than the {DEEPEST} themes that may inherit from each other"));
            return root();
        }
        // the names of the built-in themes are theirs, here as on the command line
        let found = builtin(name).map(str::to_owned).or_else(|| loader(name));
        if found.is_none() {
            let near = hint(name, super::Theme::NAMES);
            self.fault(at, format!("there is no theme '{name}' to inherit from; 'dark' is used{near}"));
            return root();
        }
        found.map(|text| (Some(name.clone()), text))
    }

    fn palette(&mut self, theme: &[Entry], palette: &mut Palette) {
        for entry in self.table(theme, "palette") {
            let colour = match &entry.value {
                Value::Text(text) => Colour::parse(text),
                _ => None,
            };
            if let Some(colour) = colour {
                let place = palette.iter().position(|(name, _)| *name == entry.key);
                let place = place.unwrap_or_else(|| {
                    palette.push((entry.key.clone(), Ink { colour, at: entry.value_at, named: None }));
                    palette.len() - 1
                });
                if let Some((_, ink)) = palette.get_mut(place) {
                    *ink = Ink { colour, at: entry.value_at, named: Some(place) };
                }
            } else {
                let said = entry.value.said();
                let message = format!("palette colour '{}' is {said}; write '#rrggbb' or 'own'", entry.key);
                self.fault(entry.value_at, message);
            }
        }
    }

    fn styles(&mut self, theme: &[Entry], palette: &Palette, looks: &mut Looks) {
        for entry in self.table(theme, "styles") {
            let name = &entry.key;
            let Some(look) = Role::named(name).and_then(|role| looks.get_mut(role as usize)) else {
                let near = hint(name, Role::ALL.into_iter().map(Role::name));
                self.fault(entry.at, format!("unknown role '{name}'{near}"));
                continue;
            };
            match &entry.value {
                Value::Text(_) => look.fg = self.colour(name, &entry, palette).or(look.fg),
                Value::Table(parts) => *look = self.look(name, parts, palette, *look),
                other => {
                    let said = other.said();
                    self.fault(
                        entry.value_at,
                        format!("role '{name}' is {said}; write a colour or {{ fg = …, bold = true }}"),
                    );
                }
            }
        }
    }

    /// A style written as a table stands for itself; a part that cannot be read stays as it was inherited.
    fn look(&mut self, role: &str, parts: &[Entry], palette: &Palette, inherited: Look) -> Look {
        let mut look = Look::default();
        for part in parts {
            let modifier = match part.key.as_str() {
                "fg" => {
                    look.fg = self.colour(role, part, palette).or(inherited.fg);
                    continue;
                }
                "bg" => {
                    look.bg = self.colour(role, part, palette).or(inherited.bg);
                    continue;
                }
                "bold" => Modifier::BOLD,
                "dim" => Modifier::DIM,
                "italic" => Modifier::ITALIC,
                "reverse" => Modifier::REVERSED,
                "underline" => Modifier::UNDERLINED,
                unknown => {
                    let near = hint(unknown, PARTS);
                    self.fault(part.at, format!("role '{role}': unknown part '{unknown}'{near}"));
                    continue;
                }
            };
            match &part.value {
                Value::Flag(on) => look.modifier.set(modifier, *on),
                other => {
                    let said = other.said();
                    self.fault(
                        part.value_at,
                        format!("role '{role}': '{}' is {said}; write true or false", part.key),
                    );
                }
            }
        }
        look
    }

    fn colour(&mut self, role: &str, entry: &Entry, palette: &Palette) -> Option<Ink> {
        let at = entry.value_at;
        let Value::Text(name) = &entry.value else {
            let said = entry.value.said();
            self.fault(
                at,
                format!("role '{role}': the colour is {said}; write a palette name, '#rrggbb' or 'own'"),
            );
            return None;
        };
        let own = Colour::parse(name).map(|colour| Ink { colour, at, named: None });
        let known = palette.iter().find(|(known, _)| known == name).map(|(_, ink)| *ink);
        // a colour changed by an heir is the heir's: it is there that it reads badly
        let named = known.map(|ink| Ink { at: if ink.at.file < at.file { ink.at } else { at }, ..ink });
        let found = named.or(own);
        if found.is_none() {
            let message = if name.starts_with('#') {
                format!("role '{role}': '{name}' is no colour; write six digits, as in '#1f6feb'")
            } else {
                let near = hint(name, palette.iter().map(|(known, _)| known.as_str()));
                format!("role '{role}': no colour '{name}' in the palette{near}")
            };
            self.fault(at, message);
        }
        found
    }

    fn table(&mut self, theme: &[Entry], key: &str) -> Vec<Entry> {
        let Some(entry) = theme.iter().find(|entry| entry.key == key) else { return Vec::new() };
        if let Value::Table(entries) = &entry.value {
            return entries.clone();
        }
        self.fault(
            entry.value_at,
            format!("'{key}' is {}; write it as a table, [{key}]", entry.value.said()),
        );
        Vec::new()
    }
}
