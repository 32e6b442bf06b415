//! How much room there is, and what is done with it.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint::{clear, draw, piece};
use crate::theme::{Role, Theme};

/// The narrowest window a screen is drawn in, in cells.
pub const LEAST_WIDTH: u16 = 40;
/// The lowest window a screen is drawn in, in rows.
pub const LEAST_HEIGHT: u16 = 12;
/// From this width on parts stand beside each other.
const ROOMY_WIDTH: u16 = 60;
/// From this height on every part has rows of its own.
const ROOMY_HEIGHT: u16 = 16;

/// How a screen is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Everything at its place, parts beside each other where they fit.
    Roomy,
    /// One part at a time, one line above and one below, dialogs over the whole screen: small windows.
    Compact,
    /// One part at a time as lines to be read from top to bottom: screen readers and braille, at any size.
    Spoken,
}

impl Shape {
    /// The shape of a window of this size under this theme.
    pub const fn of(window: Rect, theme: &Theme) -> Self {
        if theme.manner().is_spoken() {
            Self::Spoken
        } else if window.width < ROOMY_WIDTH || window.height < ROOMY_HEIGHT {
            Self::Compact
        } else {
            Self::Roomy
        }
    }

    /// Whether one part at a time is shown.
    pub const fn is_narrow(self) -> bool {
        !matches!(self, Self::Roomy)
    }
}

/// Whether a window is large enough for a screen.
pub const fn is_enough(window: Rect) -> bool {
    window.width >= LEAST_WIDTH && window.height >= LEAST_HEIGHT
}

/// The row of what was just said on a screen that is read aloud: always the same, above the keys.
pub fn notice_row(window: Rect) -> Rect {
    Rect { y: window.bottom().saturating_sub(2), height: 1, ..window }.intersection(window)
}

/// What a window that is too small shows: one line that says so.
pub fn too_small(window: Rect, said: &str, buf: &mut Buffer, theme: &Theme) {
    clear(window, buf, theme);
    let row = Rect { y: window.y + window.height / 2, height: window.height.min(1), ..window };
    draw(&[piece(said, Role::Text)], row.intersection(window), buf, theme);
}
