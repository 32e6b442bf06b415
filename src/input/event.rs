//! What a terminal reports, and what of it is let in.

use crossterm::event::{self as terminal, KeyEventKind, KeyModifiers};

use super::{Key, KeyCode};

/// Something that came from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The window of the terminal got the focus.
    FocusGained,
    /// The window of the terminal lost the focus.
    FocusLost,
    /// A key was pressed, or repeats.
    Key(Key),
    /// The mouse was used.
    Mouse(Mouse),
    /// A text was pasted: for text fields only, never keys.
    Paste(String),
    /// The screen has a new size.
    Resize(Size),
}

/// The size of a screen in cells, 1 to 500 wide and 1 to 200 high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// What the mouse did, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mouse {
    /// What it did.
    pub kind: MouseKind,
    /// Column, from 0 at the left.
    pub x: u16,
    /// Row, from 0 at the top.
    pub y: u16,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MouseKind {
    /// The left button went down.
    Click,
    /// The wheel turned towards the person.
    ScrollDown,
    /// The wheel turned away from the person.
    ScrollUp,
}

impl Size {
    /// Takes a reported size into the bounds: terminals and SSH clients report 0 × 0 and 65535 × 65535.
    pub fn clamped(width: u16, height: u16) -> Self {
        Self { width: width.clamp(1, 500), height: height.clamp(1, 200) }
    }
}

impl Input {
    /// Lets in an event of the local terminal; `None` for key releases and what no screen uses.
    pub fn from_terminal(event: terminal::Event) -> Option<Self> {
        match event {
            terminal::Event::FocusGained => Some(Self::FocusGained),
            terminal::Event::FocusLost => Some(Self::FocusLost),
            terminal::Event::Key(event) => key(event).map(Self::Key),
            terminal::Event::Mouse(event) => mouse(event).map(Self::Mouse),
            terminal::Event::Paste(text) => Some(Self::Paste(text)),
            terminal::Event::Resize(width, height) => Some(Self::Resize(Size::clamped(width, height))),
        }
    }
}

fn key(event: terminal::KeyEvent) -> Option<Key> {
    // Windows, and terminals with the kitty protocol, report the release as well: one Esc must not cancel twice.
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = event.modifiers;
    let shift = held.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        terminal::KeyCode::Backspace => KeyCode::Backspace,
        terminal::KeyCode::BackTab => KeyCode::BackTab,
        terminal::KeyCode::Tab if shift => KeyCode::BackTab,
        terminal::KeyCode::Char(letter) if shift && letter.is_ascii_lowercase() => {
            KeyCode::Char(letter.to_ascii_uppercase())
        }
        terminal::KeyCode::Char(character) => KeyCode::Char(character),
        terminal::KeyCode::Delete => KeyCode::Delete,
        terminal::KeyCode::Down => KeyCode::Down,
        terminal::KeyCode::End => KeyCode::End,
        terminal::KeyCode::Enter => KeyCode::Enter,
        terminal::KeyCode::Esc => KeyCode::Esc,
        terminal::KeyCode::F(number) => KeyCode::F(number),
        terminal::KeyCode::Home => KeyCode::Home,
        terminal::KeyCode::Insert => KeyCode::Insert,
        terminal::KeyCode::Left => KeyCode::Left,
        terminal::KeyCode::PageDown => KeyCode::PageDown,
        terminal::KeyCode::PageUp => KeyCode::PageUp,
        terminal::KeyCode::Right => KeyCode::Right,
        terminal::KeyCode::Tab => KeyCode::Tab,
        terminal::KeyCode::Up => KeyCode::Up,
        _ => return None,
    };
    let mut ctrl = held.contains(KeyModifiers::CONTROL);
    let mut alt = held.contains(KeyModifiers::ALT);
    // AltGr comes as Ctrl with Alt on Windows and writes a character that no one asked to have held keys on.
    if ctrl && alt && matches!(code, KeyCode::Char(character) if !character.is_ascii_alphanumeric()) {
        (ctrl, alt) = (false, false);
    }
    let shift = shift && !matches!(code, KeyCode::Char(_) | KeyCode::BackTab);
    Some(Key { code, ctrl, alt, shift })
}

fn mouse(event: terminal::MouseEvent) -> Option<Mouse> {
    let kind = match event.kind {
        terminal::MouseEventKind::Down(terminal::MouseButton::Left) => MouseKind::Click,
        terminal::MouseEventKind::ScrollDown => MouseKind::ScrollDown,
        terminal::MouseEventKind::ScrollUp => MouseKind::ScrollUp,
        _ => return None,
    };
    Some(Mouse { kind, x: event.column, y: event.row })
}

#[cfg(test)]
mod tests {
    use crossterm::event::{Event, KeyEvent, MouseButton, MouseEvent, MouseEventKind};

    use super::*;

    fn pressed(code: terminal::KeyCode, held: KeyModifiers) -> Option<Input> {
        Input::from_terminal(Event::Key(KeyEvent::new(code, held)))
    }

    #[test]
    fn a_release_is_dropped_and_a_repeat_is_kept() {
        let mut event = KeyEvent::new(terminal::KeyCode::Esc, KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(Input::from_terminal(Event::Key(event)), None);
        event.kind = KeyEventKind::Repeat;
        assert_eq!(Input::from_terminal(Event::Key(event)), Some(Input::Key(Key::plain(KeyCode::Esc))));
    }

    #[test]
    fn shift_lives_in_the_character() {
        let capital = Some(Input::Key(Key::char('U')));
        assert_eq!(pressed(terminal::KeyCode::Char('U'), KeyModifiers::SHIFT), capital);
        assert_eq!(pressed(terminal::KeyCode::Char('u'), KeyModifiers::SHIFT), capital);
        assert_eq!(
            pressed(terminal::KeyCode::Tab, KeyModifiers::SHIFT),
            Some(Input::Key(Key::plain(KeyCode::BackTab)))
        );
        assert_eq!(
            pressed(terminal::KeyCode::Up, KeyModifiers::SHIFT),
            Some(Input::Key(Key::parse("shift-up").unwrap()))
        );
    }

    #[test]
    fn alt_gr_writes_a_plain_character() {
        let held = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(pressed(terminal::KeyCode::Char('@'), held), Some(Input::Key(Key::char('@'))));
    }

    #[test]
    fn an_absurd_size_is_taken_into_bounds() {
        for (reported, taken) in [((0, 0), (1, 1)), ((65_535, 65_535), (500, 200)), ((80, 24), (80, 24))] {
            assert_eq!(
                Input::from_terminal(Event::Resize(reported.0, reported.1)),
                Some(Input::Resize(Size { width: taken.0, height: taken.1 }))
            );
        }
    }

    #[test]
    fn only_what_screens_use_of_the_mouse_is_let_in() {
        let event = |kind| {
            Input::from_terminal(Event::Mouse(MouseEvent {
                kind,
                column: 3,
                row: 4,
                modifiers: KeyModifiers::NONE,
            }))
        };
        assert_eq!(
            event(MouseEventKind::Down(MouseButton::Left)),
            Some(Input::Mouse(Mouse { kind: MouseKind::Click, x: 3, y: 4 }))
        );
        assert_eq!(event(MouseEventKind::Moved), None);
    }
}
