//! What a sequence of bytes means that a terminal sends for a key or the mouse.
//!
//! Known are the keys of xterm and those that follow it, of rxvt, and the reports of the kitty protocol; what is none of these is
//! an answer to a question that nobody asked.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

/// Parameters that are read; the rest is left out.
const PARAMETERS: usize = 4;
/// Parts of one.
const PARTS: usize = 3;
/// Largest number that is told apart: beyond every character.
const LARGEST: u32 = 1 << 21;

/// What a sequence means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// Something pressed.
    Event(Event),
    /// A pasted text begins.
    Paste,
    /// Nothing to us.
    Nothing,
}

/// The numbers of a sequence.
#[derive(Debug, Default)]
struct Numbers {
    read: [[u32; PARTS]; PARAMETERS],
    count: usize,
}

impl Numbers {
    /// Reads them; `None` for what is no list of numbers.
    fn of(text: &[u8]) -> Option<Self> {
        let mut numbers = Self { count: 1, ..Self::default() };
        let mut part = 0_usize;
        for byte in text {
            match byte {
                b'0'..=b'9' => {
                    let place = numbers.read.get_mut(numbers.count - 1).and_then(|parts| parts.get_mut(part));
                    if let Some(number) = place {
                        *number =
                            number.saturating_mul(10).saturating_add(u32::from(byte - b'0')).min(LARGEST);
                    }
                }
                b';' => (numbers.count, part) = (numbers.count + 1, 0),
                b':' => part += 1,
                _ => return None,
            }
        }
        Some(numbers)
    }

    fn at(&self, place: usize, part: usize) -> u32 {
        self.read.get(place).and_then(|parts| parts.get(part)).copied().unwrap_or(0)
    }
}

/// What `Esc [`, its parameters and its last byte mean; `alt` where an `Esc` more came before.
pub(super) fn meaning(parameters: &[u8], last: u8, alt: bool) -> Meaning {
    if let Some(rest) = parameters.strip_prefix(b"<") {
        let numbers = Numbers::of(rest).filter(|_| matches!(last, b'M' | b'm'));
        return event(numbers.and_then(|numbers| sgr_mouse(&numbers, last)));
    }
    let Some(numbers) = Numbers::of(parameters) else { return Meaning::Nothing };
    let is_bare = parameters.is_empty();
    match last {
        b'~' if numbers.at(0, 0) == 200 => Meaning::Paste,
        b'I' if is_bare => Meaning::Event(Event::FocusGained),
        b'O' if is_bare => Meaning::Event(Event::FocusLost),
        _ => event(key(&numbers, last, (is_bare, alt))),
    }
}

/// The key that `Esc O` and a byte mean.
pub(super) fn single(byte: u8) -> Option<KeyCode> {
    match byte {
        b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S' => letter(byte),
        b'I' => Some(KeyCode::Tab),
        b'M' => Some(KeyCode::Enter),
        // the number pad
        b'j'..=b'y' => Some(KeyCode::Char(char::from(byte - 0x40))),
        _ => None,
    }
}

/// A mouse report in the old way.
pub(super) fn old_mouse(button: u8, x: u8, y: u8) -> Option<Event> {
    let place = |byte: u8| u16::from(byte.saturating_sub(33));
    let button = u32::from(button.saturating_sub(32));
    // which button is let go is not told
    let released = button & 3 == 3 && button & 0xc0 == 0;
    mouse(button, (place(x), place(y)), released)
}

fn event(event: Option<Event>) -> Meaning {
    event.map_or(Meaning::Nothing, Meaning::Event)
}

fn sgr_mouse(numbers: &Numbers, last: u8) -> Option<Event> {
    let place = |number: u32| u16::try_from(number).unwrap_or(u16::MAX).saturating_sub(1);
    let at = (place(numbers.at(1, 0)), place(numbers.at(2, 0)));
    mouse(numbers.at(0, 0), at, last == b'm')
}

fn mouse(button: u32, (column, row): (u16, u16), released: bool) -> Option<Event> {
    let modifiers = held((button >> 2 & 7) + 1);
    let which = match button & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let kind = match (button & 0xc0, button & 0x20 != 0) {
        (0x40, false) => match button & 3 {
            0 => MouseEventKind::ScrollUp,
            1 => MouseEventKind::ScrollDown,
            2 => MouseEventKind::ScrollLeft,
            _ => MouseEventKind::ScrollRight,
        },
        (0, true) => MouseEventKind::Moved,
        (0, false) if released => MouseEventKind::Up(which),
        (0, false) if button & 3 < 3 => MouseEventKind::Down(which),
        _ => return None,
    };
    Some(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
}

fn key(numbers: &Numbers, last: u8, (is_bare, alt): (bool, bool)) -> Option<Event> {
    let mut held = held(numbers.at(1, 0));
    if alt {
        held |= KeyModifiers::ALT;
    }
    let code = match last {
        // F3 with something held looks like an answer about the cursor, whose first number is a row
        b'R' if numbers.count > 1 && numbers.at(0, 0) != 1 => None,
        b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S' if numbers.count <= 2 => letter(last),
        // rxvt
        b'a'..=b'd' if is_bare => {
            held |= KeyModifiers::SHIFT;
            letter(last.to_ascii_uppercase())
        }
        b'Z' => Some(KeyCode::BackTab),
        b'u' if numbers.count <= 3 && !is_bare => {
            let shifted = numbers.at(0, 1);
            if held.contains(KeyModifiers::SHIFT) && shifted != 0 {
                held -= KeyModifiers::SHIFT;
                point(shifted, held)
            } else {
                point(numbers.at(0, 0), held)
            }
        }
        b'~' if numbers.at(0, 0) == 27 && numbers.count == 3 => point(numbers.at(2, 0), held),
        b'~' => numbered(numbers.at(0, 0)),
        _ => None,
    }?;
    let kind = match numbers.at(1, 1) {
        2 => KeyEventKind::Repeat,
        3 => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, held, kind)))
}

/// What was held, as xterm counts it.
fn held(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let known = [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)];
    known.into_iter().filter(|(bit, _)| bits & bit != 0).fold(KeyModifiers::NONE, |held, (_, key)| held | key)
}

const fn letter(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(byte - b'P' + 1),
        _ => return None,
    })
}

/// The keys that are counted: `Esc [ 5 ~`.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        // the numbering has gaps where other terminals had other keys
        11..=15 => function(number - 10)?,
        17..=21 => function(number - 11)?,
        23..=26 => function(number - 12)?,
        28 | 29 => function(number - 13)?,
        31..=34 => function(number - 14)?,
        _ => return None,
    })
}

fn function(number: u32) -> Option<KeyCode> {
    u8::try_from(number).ok().map(KeyCode::F)
}

/// The key of a character's number, or of one of the kitty protocol's.
fn point(number: u32, held: KeyModifiers) -> Option<KeyCode> {
    Some(match number {
        9 if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        13 | 57_414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57_376..=57_387 => function(number - 57_376 + 13)?,
        57_399..=57_408 => KeyCode::Char(char::from_digit(number - 57_399, 10)?),
        57_409 => KeyCode::Char('.'),
        57_410 => KeyCode::Char('/'),
        57_411 => KeyCode::Char('*'),
        57_412 => KeyCode::Char('-'),
        57_413 => KeyCode::Char('+'),
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        // keys that write nothing: Shift alone, media keys
        57_344..=63_743 => return None,
        _ => KeyCode::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    })
}
