//! How keys are written, in keymaps, in help and in tests.

use std::{fmt, str::FromStr};

use super::{Key, KeyCode};

const NAMED: [(&str, KeyCode); 18] = [
    ("backspace", KeyCode::Backspace),
    ("backtab", KeyCode::BackTab),
    ("delete", KeyCode::Delete),
    ("down", KeyCode::Down),
    ("end", KeyCode::End),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("home", KeyCode::Home),
    ("insert", KeyCode::Insert),
    ("left", KeyCode::Left),
    ("minus", KeyCode::Char('-')),
    ("pagedown", KeyCode::PageDown),
    ("pageup", KeyCode::PageUp),
    ("right", KeyCode::Right),
    ("space", KeyCode::Char(' ')),
    ("tab", KeyCode::Tab),
    ("up", KeyCode::Up),
    ("full-space", KeyCode::Char('\u{3000}')),
];

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text names nothing.
    #[error("an empty text is no key; write one such as 'a', 'enter' or 'ctrl-p'")]
    Empty,
    /// The last part of the text is neither a character nor the name of a key.
    #[error("there is no key '{name}'; write one such as 'a', 'enter' or 'ctrl-p'")]
    Unknown {
        /// The part that is not known.
        name: String,
    },
}

impl Key {
    /// Reads a key from its notation, such as `a`, `U`, `ctrl-p`, `shift-up`, `f5`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut key = Self::char(' ');
        let mut rest = text;
        loop {
            let (held, after) = if let Some(after) = rest.strip_prefix("ctrl-") {
                (&mut key.ctrl, after)
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (&mut key.alt, after)
            } else if let Some(after) = rest.strip_prefix("shift-") {
                (&mut key.shift, after)
            } else {
                break;
            };
            *held = true;
            rest = after;
        }
        key.code = code(rest)?;
        // Shift lives in the character itself, and terminals report Shift with Tab as a key of its own.
        match key.code {
            KeyCode::Char(character) if key.shift => {
                key.code = KeyCode::Char(character.to_ascii_uppercase());
                key.shift = false;
            }
            KeyCode::Tab if key.shift => {
                key.code = KeyCode::BackTab;
                key.shift = false;
            }
            _ => {}
        }
        Ok(key)
    }
}

impl Key {
    /// The key as a person reads it on the screen and in documents, such as `Enter`, `Ctrl-P`, `PgUp`, `↑`.
    pub fn label(self) -> String {
        let mut label = String::new();
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                label.push_str(name);
            }
        }
        match self.code {
            KeyCode::Backspace => label.push_str("Backspace"),
            KeyCode::BackTab => label.push_str("Shift-Tab"),
            KeyCode::Char(' ') => label.push_str("Space"),
            KeyCode::Char(letter) if self.ctrl || self.alt => label.extend(letter.to_uppercase()),
            KeyCode::Char(character) => label.push(character),
            KeyCode::Delete => label.push_str("Del"),
            KeyCode::Down => label.push('↓'),
            KeyCode::End => label.push_str("End"),
            KeyCode::Enter => label.push_str("Enter"),
            KeyCode::Esc => label.push_str("Esc"),
            KeyCode::F(number) => label.extend(['F'].into_iter().chain(number.to_string().chars())),
            KeyCode::Home => label.push_str("Home"),
            KeyCode::Insert => label.push_str("Ins"),
            KeyCode::Left => label.push('←'),
            KeyCode::PageDown => label.push_str("PgDn"),
            KeyCode::PageUp => label.push_str("PgUp"),
            KeyCode::Right => label.push('→'),
            KeyCode::Tab => label.push_str("Tab"),
            KeyCode::Up => label.push('↑'),
        }
        label
    }
}

/// Reads keys with blanks between them, such as `j j enter`: for tests and demonstrations.
pub fn keys(text: &str) -> Result<Vec<Key>, KeyError> {
    text.split_whitespace().map(Key::parse).collect()
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(character) => write!(f, "{character}"),
            KeyCode::F(number) => write!(f, "f{number}"),
            other => write!(f, "{other:?}"),
        }
    }
}

fn code(name: &str) -> Result<KeyCode, KeyError> {
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (None, _) => return Err(KeyError::Empty),
        (Some(character), None) if !character.is_control() && !character.is_whitespace() => {
            return Ok(KeyCode::Char(character));
        }
        _ => {}
    }
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Ok(*code);
    }
    name.strip_prefix('f')
        .and_then(|number| number.parse().ok())
        .filter(|number| (1..=24).contains(number))
        .map(KeyCode::F)
        .ok_or_else(|| KeyError::Unknown { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_read_from_its_notation() {
        let shift = |code| Key { shift: true, ..Key::plain(code) };
        for (text, key) in [
            ("a", Key::char('a')),
            ("U", Key::char('U')),
            ("张", Key::char('张')),
            ("-", Key::char('-')),
            ("minus", Key::char('-')),
            ("ctrl--", Key::ctrl('-')),
            ("ctrl-p", Key::ctrl('p')),
            ("shift-u", Key::char('U')),
            ("shift-tab", Key::plain(KeyCode::BackTab)),
            ("shift-up", shift(KeyCode::Up)),
            ("alt-enter", Key { alt: true, ..Key::plain(KeyCode::Enter) }),
            ("f12", Key::plain(KeyCode::F(12))),
            ("space", Key::char(' ')),
        ] {
            assert_eq!(Key::parse(text), Ok(key), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        for text in ["", "ctrl-", "entre", "f0", "f25", "hyper-a", " "] {
            assert!(Key::parse(text).is_err(), "'{text}'");
        }
        let message = Key::parse("ctrl-entre").unwrap_err().to_string();
        assert!(message.starts_with("there is no key 'entre'"), "{message}");
    }

    #[test]
    fn keys_are_read_one_after_another() {
        assert_eq!(keys("j  j enter").unwrap(), [Key::char('j'), Key::char('j'), Key::plain(KeyCode::Enter)]);
        assert_eq!(keys("").unwrap(), []);
    }

    #[test]
    fn a_key_is_shown_as_it_is_printed_on_keyboards() {
        for (notation, label) in [
            ("enter", "Enter"),
            ("backtab", "Shift-Tab"),
            ("space", "Space"),
            ("ctrl-p", "Ctrl-P"),
            ("alt-b", "Alt-B"),
            ("ctrl-left", "Ctrl-←"),
            ("pageup", "PgUp"),
            ("f12", "F12"),
            ("U", "U"),
            ("u", "u"),
            ("?", "?"),
        ] {
            assert_eq!(Key::parse(notation).unwrap().label(), label);
        }
    }

    fn any_code() -> impl Strategy<Value = KeyCode> {
        prop_oneof![
            proptest::sample::select(NAMED.map(|(_, code)| code).to_vec()),
            (1u8..=24).prop_map(KeyCode::F),
            "[!-~张ａ]".prop_map(|text| KeyCode::Char(text.chars().next().unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(code in any_code(), ctrl: bool, alt: bool, shift: bool) {
            let shift = shift && !matches!(code, KeyCode::Char(_) | KeyCode::Tab);
            let key = Key { code, ctrl, alt, shift };
            prop_assert_eq!(Key::parse(&key.to_string()), Ok(key));
        }
    }
}
