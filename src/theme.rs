//! Roles to styles: a screen names a meaning, the theme answers with a style.
//!
//! A theme is a TOML file: what it inherits, a palette, and a style a role. Five are built in: `dark`, `light`,
//! `high-contrast`, `colour-blind`, `mono`. Styles are resolved to what the terminal can show when the theme is
//! loaded, so drawing asks for nothing but a [`Role`].
//!
//! ```
//! use corral::theme::{Depth, Role, Theme};
//!
//! let depth = Depth::from_environment(None, Some("truecolor"), Some("xterm-256color"));
//! let theme = Theme::builtin("dark", depth).unwrap_or_default();
//! let style = theme.style(Role::Promised);
//! assert!(style.fg.is_some());
//! ```
//!
//! Most roles set a foreground only and leave the background, so that they keep their meaning on a selected row:
//! draw the pieces first, then lay [`Role::Selected`] over the row. `Role::Text` carries the background of the
//! whole frame: fill the frame with it before anything else.
//!
//! A theme file cannot stop the program: what it says wrong comes back as [`Warning`]s and is left at its default.

mod colour;
mod faint;
mod load;
mod manner;
mod near;
mod resolve;
mod role;
mod sight;
mod tree;
mod warning;
mod write;

use ratatui::style::Style;

pub use colour::{Colour, Depth};
pub use manner::Manner;
pub use role::Role;
pub use warning::Warning;

/// A style for every role, resolved to one colour depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: String,
    depth: Depth,
    manner: Manner,
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// Names the built-in themes, the default first.
    pub const NAMES: [&'static str; 5] = ["dark", "light", "high-contrast", "colour-blind", "mono"];

    /// Loads a built-in theme; `None` when there is none of that name.
    ///
    /// Without colours ([`Depth::None`]) every name gives `mono`, which shows by weight, underline and reverse
    /// what the others show by colour.
    pub fn builtin(name: &str, depth: Depth) -> Option<Self> {
        load::builtin(name)?;
        let shown = if depth == Depth::None { "mono" } else { name };
        // nothing is wrong in these, which a test looks for: what warnings cost is saved at every start
        Some(Self::of(&load::read(load::builtin(shown)?, &|_| None), depth).named(shown))
    }

    fn of(read: &load::Read, depth: Depth) -> Self {
        let styles = resolve::resolve(&read.looks, depth);
        Self { name: "custom".to_owned(), depth, manner: Manner::Drawn, styles }
    }

    /// Loads a theme from the text of its file.
    ///
    /// `loader` finds the text of a theme it inherits from; built-in names are known without it. Nothing in the
    /// text can fail: what is wrong is said in the warnings and keeps the style it inherits.
    pub fn load(text: &str, loader: &dyn Fn(&str) -> Option<String>, depth: Depth) -> (Self, Vec<Warning>) {
        let read = load::read(text, loader);
        let mut warnings: Vec<Warning> =
            read.faults.iter().map(|(at, message)| read.warning(*at, message.clone(), false)).collect();
        warnings.extend(faint::warnings(&read));
        (Self::of(&read, depth), warnings)
    }

    /// Writes a theme as a file that stands for itself: every role, and the colours they use.
    ///
    /// `text` and `loader` as for [`Theme::load`]; a start for a theme of one's own.
    pub fn whole(text: &str, loader: &dyn Fn(&str) -> Option<String>) -> String {
        write::toml(&load::read(text, loader))
    }

    /// The text of the file of a built-in theme; `None` when there is none of that name.
    pub fn builtin_text(name: &str) -> Option<&'static str> {
        load::builtin(name)
    }

    /// Gives the theme the name it is chosen by.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Gives the theme the characters its screens are made of.
    #[must_use]
    pub const fn drawn(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// Tells which characters screens are made of.
    pub const fn manner(&self) -> Manner {
        self.manner
    }

    /// Names the theme.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells the colour depth the styles were resolved to.
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// Answers with the style of a role for text laid over what is there: roles that only carry the ground of an
    /// area (the frame, a dialog, the header) leave the background alone.
    pub fn ink(&self, role: Role) -> Style {
        let mut style = self.style(role);
        if matches!(role, Role::Text | Role::Popup | Role::Header) {
            style.bg = None;
        }
        style
    }

    /// Answers with the style of a role, its background included.
    pub fn style(&self, role: Role) -> Style {
        // The array has an entry for every role, in the order of the enum.
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

impl Default for Theme {
    /// The `dark` theme in 256 colours.
    fn default() -> Self {
        Self::builtin("dark", Depth::TwoFiftySix).unwrap_or_else(|| Self {
            name: String::new(),
            depth: Depth::None,
            manner: Manner::Drawn,
            styles: [Style::new(); Role::ALL.len()],
        })
    }
}

#[cfg(test)]
mod tests;
