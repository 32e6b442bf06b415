//! Keys that cannot be relied on: no default may use them, and some nobody may.

use super::{Key, KeyCode};

/// Why a key may not be a default; `None` when it may.
///
/// Many keyboards need `AltGr` for some characters, and terminals send some held keys as other keys.
pub fn forbidden(key: Key) -> Option<&'static str> {
    if let Some(why) = unreachable(key) {
        return Some(why);
    }
    match key.code {
        KeyCode::Char('[' | ']' | '{' | '}' | '\\' | '@' | '|' | '~' | '#' | '^' | '`' | '€') => {
            Some("needs AltGr or a dead key on many keyboards")
        }
        KeyCode::Char(_) if key.alt => Some("input methods and window managers take it"),
        KeyCode::Char(character) if !character.is_ascii() => Some("is not on every keyboard"),
        _ => None,
    }
}

/// Why a key cannot do anything at any keyboard, so that not even a person's own keymap may use it; `None` when it can.
pub fn unreachable(key: Key) -> Option<&'static str> {
    match key.folded().code {
        KeyCode::Char('h' | 'i' | 'm' | 'j' | '[') if key.ctrl => Some("terminals send it as another key"),
        KeyCode::Char('c' | 'z' | 's' | 'q') if key.ctrl => {
            Some("terminals or their users expect it to stop something")
        }
        KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab if key.ctrl || key.alt || key.shift => {
            Some("terminals do not tell it from the key alone")
        }
        KeyCode::Char(_) if key.is_ideograph() => Some("an input method writes it, no key does"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_cannot_be_relied_on_are_forbidden() {
        for text in [
            "[",
            "]",
            "{",
            "}",
            "\\",
            "@",
            "|",
            "~",
            "ctrl-h",
            "ctrl-i",
            "ctrl-j",
            "ctrl-m",
            "ctrl-[",
            "ctrl-enter",
            "shift-enter",
            "alt-tab",
            "ctrl-c",
            "alt-x",
            "张",
        ] {
            assert!(forbidden(Key::parse(text).unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn a_person_may_use_what_the_own_keyboard_has_and_the_terminal_sends() {
        for text in ["[", "@", "ö", "alt-b", "ctrl-g", "f12"] {
            assert_eq!(unreachable(Key::parse(text).unwrap()), None, "{text}");
        }
        for text in ["张", "ctrl-i", "ctrl-[", "shift-enter", "ctrl-c", "ctrl-Ｉ"] {
            assert!(unreachable(Key::parse(text).unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn ordinary_keys_may_be_defaults() {
        for text in [
            "a", "U", "1", "/", "?", ":", "enter", "esc", "tab", "backtab", "ctrl-p", "f1", "space",
            "shift-up",
        ] {
            assert_eq!(forbidden(Key::parse(text).unwrap()), None, "{text}");
        }
    }
}
