//! Colours, and what of them a terminal can show.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// No colours: weight, underline and reverse only.
    None,
    /// The 16 named colours of the terminal.
    Sixteen,
    /// The 256 indexed colours.
    #[default]
    TwoFiftySix,
    /// 24 bits.
    True,
}

impl Depth {
    /// The values of the setting `colour`.
    pub const SETTINGS: [&str; 5] = ["auto", "none", "16", "256", "true"];

    /// Reads the value of the setting `colour`; `None` for `auto`, which asks the environment.
    ///
    /// # Errors
    /// Gives the value back where it is none.
    pub fn parse(text: &str) -> Result<Option<Self>, &str> {
        match text {
            "auto" => Ok(None),
            "none" => Ok(Some(Self::None)),
            "16" => Ok(Some(Self::Sixteen)),
            "256" => Ok(Some(Self::TwoFiftySix)),
            "true" => Ok(Some(Self::True)),
            wrong => Err(wrong),
        }
    }

    /// Chooses from the values of `NO_COLOR`, `COLORTERM` and `TERM` of a session.
    ///
    /// `NO_COLOR` counts when it is set to anything but nothing (no-color.org).
    pub fn from_environment(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if no_color.is_some_and(|value| !value.is_empty()) || term == "dumb" || term.starts_with("vt") {
            return Self::None;
        }
        if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            return Self::True;
        }
        if ["alacritty", "foot", "wezterm", "xterm-kitty", "xterm-ghostty"].contains(&term) {
            return Self::True;
        }
        if term.contains("256color") { Self::TwoFiftySix } else { Self::Sixteen }
    }
}

/// A colour as a theme names it: 24 bits, or the terminal's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The terminal's own foreground or background.
    Own,
    /// Red, green and blue, 0 to 255 each.
    Rgb(u8, u8, u8),
}

impl Colour {
    /// Reads `#rrggbb` or `own`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "own" {
            return Some(Self::Own);
        }
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self::Rgb(red, green, blue))
    }

    /// Resolves the colour to the nearest one a terminal of this depth shows.
    pub fn resolve(self, depth: Depth) -> Color {
        let Self::Rgb(red, green, blue) = self else { return Color::Reset };
        match depth {
            Depth::None => Color::Reset,
            Depth::Sixteen => nearest_of_sixteen([red, green, blue], &|_| true).unwrap_or(Color::Reset),
            Depth::TwoFiftySix => Color::Indexed(nearest_of_256([red, green, blue])),
            Depth::True => Color::Rgb(red, green, blue),
        }
    }
}

/// The 16 named colours with the values xterm gives them.
pub(super) const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// Of the sixteen colours the nearest one that `fits`.
///
/// A soft colour keeps its hue rather than its lightness: by plain distance every pastel would turn grey. Grey is taken
/// only where no other fits.
pub(super) fn nearest_of_sixteen(colour: [u8; 3], fits: &dyn Fn([u8; 3]) -> bool) -> Option<Color> {
    let [red, green, blue] = colour.map(i32::from);
    let (high, low) = (red.max(green).max(blue), red.min(green).min(blue));
    let colourful = high - low >= 40;
    let stretch = |part: i32| if colourful { (part - low) * 255 / (high - low) } else { part };
    let wanted = if colourful {
        let scale = |part: i32| stretch(part) * high / 255;
        [scale(red), scale(green), scale(blue)]
    } else {
        [red, green, blue]
    };
    let is_grey = |value: [u8; 3]| value.iter().max() == value.iter().min();
    SIXTEEN
        .iter()
        .filter(|(_, value)| fits(*value))
        .min_by_key(|(_, value)| (colourful && is_grey(*value), distance(wanted, value.map(i32::from))))
        .map(|(name, _)| *name)
}

fn nearest_of_256(colour: [u8; 3]) -> u8 {
    let wanted = colour.map(i32::from);
    // Indices 0 to 15 look different on every terminal: only the cube and the greys are safe.
    (16..=255).min_by_key(|index| distance(wanted, indexed(*index).map(i32::from))).unwrap_or(16)
}

/// The value of an indexed colour of the cube (16 to 231) or of the greys (232 to 255).
pub(super) fn indexed(index: u8) -> [u8; 3] {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |place: u8| STEPS.get(usize::from(place)).copied().unwrap_or(255);
    if let Some(grey) = index.checked_sub(232) {
        return [8 + grey * 10; 3];
    }
    let place = index.saturating_sub(16);
    [step(place / 36), step(place / 6 % 6), step(place % 6)]
}

/// Distance weighted by how well the eye tells the parts apart.
fn distance(a: [i32; 3], b: [i32; 3]) -> i32 {
    let [red, green, blue] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    3 * red * red + 6 * green * green + blue * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_the_depth() {
        for (no_color, colorterm, term, depth) in [
            (Some("1"), Some("truecolor"), Some("xterm-256color"), Depth::None),
            (Some(""), Some("truecolor"), Some("xterm-256color"), Depth::True),
            (None, Some("24bit"), Some("xterm"), Depth::True),
            (None, None, Some("xterm-256color"), Depth::TwoFiftySix),
            (None, None, Some("xterm"), Depth::Sixteen),
            (None, None, Some("linux"), Depth::Sixteen),
            (None, None, Some("dumb"), Depth::None),
            (None, None, None, Depth::Sixteen),
        ] {
            assert_eq!(Depth::from_environment(no_color, colorterm, term), depth, "{colorterm:?} {term:?}");
        }
    }

    #[test]
    fn a_colour_is_six_digits_or_the_terminals_own() {
        assert_eq!(Colour::parse("#15181e"), Some(Colour::Rgb(0x15, 0x18, 0x1e)));
        assert_eq!(Colour::parse("own"), Some(Colour::Own));
        for wrong in ["", "#", "#12345", "#1234567", "15181e", "#12345g", "red", "#1234五"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_colour_falls_to_the_nearest_one() {
        assert_eq!(Colour::Rgb(255, 0, 0).resolve(Depth::TwoFiftySix), Color::Indexed(196));
        assert_eq!(Colour::Rgb(8, 8, 8).resolve(Depth::TwoFiftySix), Color::Indexed(232));
        assert_eq!(Colour::Rgb(250, 0, 3).resolve(Depth::Sixteen), Color::LightRed);
        assert_eq!(Colour::Rgb(0, 0, 0).resolve(Depth::Sixteen), Color::Black);
        assert_eq!(Colour::Rgb(143, 197, 138).resolve(Depth::Sixteen), Color::Green);
        assert_eq!(Colour::Rgb(1, 2, 3).resolve(Depth::None), Color::Reset);
        assert_eq!(Colour::Rgb(1, 2, 3).resolve(Depth::True), Color::Rgb(1, 2, 3));
        assert_eq!(Colour::Own.resolve(Depth::True), Color::Reset);
    }
}
