//! How a screen is drawn, whatever its colours: with lines and signs, in plain characters, or to be read aloud.

/// Which characters a screen is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Lines, bars and signs of Unicode, each of one cell in every usual font.
    #[default]
    Drawn,
    /// The same layout in ASCII: for fonts without box drawing, and for terminals that draw ambiguous signs two
    /// cells wide.
    Ascii,
    /// For screen readers and braille: no lines, no bars, no signs; words instead, one thing under another, the caret on
    /// the line that matters, nothing that changes by itself.
    Spoken,
}

impl Manner {
    /// The values of the setting `glyphs`.
    pub const SETTINGS: [&str; 3] = ["auto", "drawn", "ascii"];

    /// Chooses from the setting `glyphs` and the value of `TERM`: the console of Linux and terminals of old know few
    /// signs. `None` where the setting has no such value.
    pub fn of(setting: Option<&str>, term: Option<&str>) -> Option<Self> {
        let term = term.unwrap_or_default();
        match setting.unwrap_or("auto") {
            "auto" if term == "linux" || term == "dumb" || term.starts_with("vt") => Some(Self::Ascii),
            "ascii" => Some(Self::Ascii),
            "drawn" | "auto" => Some(Self::Drawn),
            _ => None,
        }
    }

    /// Whether the screen is made to be read aloud or felt.
    pub const fn is_spoken(self) -> bool {
        matches!(self, Self::Spoken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_terminals_get_plain_characters_unless_told_otherwise() {
        for (setting, term, expected) in [
            (None, Some("xterm-256color"), Some(Manner::Drawn)),
            (None, Some("linux"), Some(Manner::Ascii)),
            (Some("auto"), Some("vt220"), Some(Manner::Ascii)),
            (Some("drawn"), Some("linux"), Some(Manner::Drawn)),
            (Some("ascii"), Some("xterm"), Some(Manner::Ascii)),
            (Some("emoji"), Some("xterm"), None),
        ] {
            assert_eq!(Manner::of(setting, term), expected, "{setting:?} {term:?}");
        }
    }
}
