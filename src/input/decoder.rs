//! Bytes of a terminal far away to what is let in: for terminals that come over a network.
//!
//! A state machine that takes any bytes: whatever comes and however it is cut, the same input comes out, nothing is kept
//! beyond fixed limits, and no sequence swallows what follows it for ever. An `Esc` alone and the beginning of a sequence
//! look alike, so whoever feeds it waits a moment while [`Decoder::is_pending`] and then calls [`Decoder::flush`].

mod sequence;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::Input;
use sequence::Meaning;

/// Longest parameters of a sequence, in bytes.
const SEQUENCE: usize = 64;
/// Longest answer of a terminal (a colour, a clipboard), in bytes: longer ones are skipped to their end.
const STRING: usize = 4_096;
/// Longest pasted text, in bytes: what is beyond it is left out.
pub const PASTE: usize = 64 * 1_024;
/// What ends a pasted text.
const PASTED: &[u8] = b"\x1b[201~";

/// What a byte is taken as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Text and keys.
    #[default]
    Ground,
    /// After `Esc`.
    Escape,
    /// After `Esc O`.
    Single,
    /// After `Esc [`.
    Sequence,
    /// After `Esc [ [`: function keys of the Linux console.
    Console,
    /// The three bytes of a mouse report in the old way.
    OldMouse,
    /// In an answer of the terminal, up to its end.
    String,
    /// After an `Esc` in it.
    StringEscape,
    /// In a sequence that is too long, up to its end.
    Skip,
    /// In a character of so many bytes.
    Character(usize),
    /// In a pasted text.
    Paste,
}

/// The decoder of one terminal.
#[derive(Debug, Default)]
pub struct Decoder {
    state: State,
    /// Whether an `Esc` came right before: Alt was held.
    alt: bool,
    kept: Vec<u8>,
    /// How much of the end of a pasted text has come.
    ending: usize,
}

impl Decoder {
    /// Takes bytes in; what they mean is put behind what is in `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for byte in bytes {
            self.byte(*byte, out);
        }
    }

    /// Whether something has begun that is a key of its own if nothing follows within a moment.
    pub fn is_pending(&self) -> bool {
        !matches!(self.state, State::Ground | State::Paste)
    }

    /// Takes what has begun as it stands: nothing followed.
    pub fn flush(&mut self, out: &mut Vec<Input>) {
        match self.state {
            State::Ground | State::Paste => return,
            State::Escape => self.key(KeyCode::Esc, out),
            State::Sequence if self.kept.is_empty() => self.alt_key('[', out),
            State::Single => self.alt_key('O', out),
            State::String => {
                if let [opener] = *self.kept.as_slice() {
                    self.alt_key(char::from(opener), out);
                }
            }
            _ => {}
        }
        self.rest();
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) {
        match self.state {
            State::Ground => self.plain(byte, out),
            State::Escape => self.after_escape(byte, out),
            State::Single => {
                if let Some(code) = sequence::single(byte) {
                    self.key(code, out);
                }
                self.rest();
            }
            State::Console => {
                if let Some(number) = byte.checked_sub(b'A').filter(|number| *number < 5) {
                    self.key(KeyCode::F(number + 1), out);
                }
                self.rest();
            }
            State::Sequence => self.in_sequence(byte, out),
            State::OldMouse => {
                self.kept.push(byte);
                if let [button, x, y] = *self.kept.as_slice() {
                    put(sequence::old_mouse(button, x, y), out);
                    self.rest();
                }
            }
            State::String => match byte {
                // an answer: nobody asked
                0x07 => self.rest(),
                0x1b => self.state = State::StringEscape,
                _ => self.keep(byte, STRING),
            },
            State::StringEscape if byte == b'\\' => self.rest(),
            State::StringEscape => {
                // not its end: what began was none, and a new sequence begins here
                self.rest();
                self.state = State::Escape;
                self.byte(byte, out);
            }
            State::Skip => match byte {
                0x07 | 0x40..=0x7e => self.rest(),
                0x1b => self.begin(),
                _ => {}
            },
            State::Character(length) => self.in_character(byte, length, out),
            State::Paste => self.in_paste(byte, out),
        }
    }

    fn plain(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            0x1b => return self.state = State::Escape,
            b'\r' => self.key(KeyCode::Enter, out),
            b'\t' => self.key(KeyCode::Tab, out),
            0x7f => self.key(KeyCode::Backspace, out),
            0 => self.control(' ', out),
            1..=0x1a => self.control(char::from(byte - 1 + b'a'), out),
            0x1c..=0x1f => self.control(char::from(byte - 0x1c + b'4'), out),
            0x20..=0x7e => self.character(char::from(byte), out),
            0xc2..=0xf4 => {
                self.kept.push(byte);
                let length = if byte < 0xe0 { 2 } else { 3 + usize::from(byte >= 0xf0) };
                return self.state = State::Character(length);
            }
            // no character begins like this
            _ => {}
        }
        self.rest();
    }

    fn after_escape(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            b'[' => self.state = State::Sequence,
            b'O' => self.state = State::Single,
            b']' | b'P' | b'_' | b'^' | b'X' => {
                self.kept.push(byte);
                self.state = State::String;
            }
            // pressed several times: each is a key
            0x1b if self.alt => put(Some(Event::Key(KeyCode::Esc.into())), out),
            0x1b => self.alt = true,
            _ => {
                self.alt = true;
                self.state = State::Ground;
                self.plain(byte, out);
            }
        }
    }

    fn in_sequence(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            b'[' if self.kept.is_empty() => self.state = State::Console,
            b'M' if self.kept.is_empty() => self.state = State::OldMouse,
            0x20..=0x3f => self.keep(byte, SEQUENCE),
            0x40..=0x7e => {
                let meaning = sequence::meaning(&self.kept, byte, self.alt);
                self.rest();
                match meaning {
                    Meaning::Paste => self.state = State::Paste,
                    Meaning::Event(event) => put(Some(event), out),
                    Meaning::Nothing => {}
                }
            }
            0x1b => self.begin(),
            _ => self.rest(),
        }
    }

    fn in_character(&mut self, byte: u8, length: usize, out: &mut Vec<Input>) {
        if byte & 0xc0 != 0x80 {
            // cut short: what comes now is itself
            self.rest();
            return self.plain(byte, out);
        }
        self.kept.push(byte);
        if self.kept.len() < length {
            return;
        }
        let read = std::str::from_utf8(&self.kept).ok().and_then(|text| text.chars().next());
        // the C1 controls are two bytes long
        if let Some(character) = read.filter(|character| !character.is_control()) {
            self.character(character, out);
        }
        self.rest();
    }

    fn in_paste(&mut self, byte: u8, out: &mut Vec<Input>) {
        if PASTED.get(self.ending) == Some(&byte) {
            self.ending += 1;
            if self.ending == PASTED.len() {
                let text = String::from_utf8_lossy(&self.kept).into_owned();
                self.rest();
                self.kept = Vec::new();
                out.push(Input::Paste(text));
            }
            return;
        }
        // what looked like the end was text; its first byte is nowhere else in it, so only this one can begin it anew
        let looked = PASTED.get(..self.ending).unwrap_or_default();
        for byte in looked {
            pasted(&mut self.kept, *byte);
        }
        self.ending = usize::from(PASTED.first() == Some(&byte));
        if self.ending == 0 {
            pasted(&mut self.kept, byte);
        }
    }

    /// Keeps a byte of what has begun; what is too long is skipped.
    fn keep(&mut self, byte: u8, most: usize) {
        self.kept.push(byte);
        if self.kept.len() > most {
            self.rest();
            self.state = State::Skip;
        }
    }

    /// Gives up what has begun: a new one begins.
    fn begin(&mut self) {
        self.rest();
        self.state = State::Escape;
    }

    fn rest(&mut self) {
        self.state = State::Ground;
        self.alt = false;
        self.ending = 0;
        self.kept.clear();
        // a long answer must not cost memory ever after
        self.kept.shrink_to(SEQUENCE);
    }

    const fn held(&self) -> KeyModifiers {
        if self.alt { KeyModifiers::ALT } else { KeyModifiers::NONE }
    }

    fn key(&self, code: KeyCode, out: &mut Vec<Input>) {
        put(Some(Event::Key(KeyEvent::new(code, self.held()))), out);
    }

    fn character(&self, character: char, out: &mut Vec<Input>) {
        self.key(KeyCode::Char(character), out);
    }

    fn control(&self, character: char, out: &mut Vec<Input>) {
        let held = self.held() | KeyModifiers::CONTROL;
        put(Some(Event::Key(KeyEvent::new(KeyCode::Char(character), held))), out);
    }

    fn alt_key(&mut self, character: char, out: &mut Vec<Input>) {
        self.alt = true;
        self.character(character, out);
    }
}

/// Lets an event in, where any screen uses it.
fn put(event: Option<Event>, out: &mut Vec<Input>) {
    out.extend(event.and_then(Input::from_terminal));
}

fn pasted(text: &mut Vec<u8>, byte: u8) {
    if text.len() < PASTE {
        text.push(byte);
    }
}

#[cfg(test)]
mod tests;
