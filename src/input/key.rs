//! One key press.

/// A key press: which key, and what was held with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Whether Ctrl was held.
    pub ctrl: bool,
    /// Whether Alt (Option) was held.
    pub alt: bool,
    /// Whether Shift was held; never set for characters, which carry it in themselves.
    pub shift: bool,
}

/// Which key was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "every variant is named as the key is")]
pub enum KeyCode {
    Backspace,
    BackTab,
    /// A key that writes a character; letters as written, `U` is Shift with `u`.
    Char(char),
    Delete,
    Down,
    End,
    Enter,
    Esc,
    /// A function key, 1 to 24.
    F(u8),
    Home,
    Insert,
    Left,
    PageDown,
    PageUp,
    Right,
    Tab,
    Up,
}

impl Key {
    /// A character typed with nothing held.
    pub const fn char(character: char) -> Self {
        Self::plain(KeyCode::Char(character))
    }

    /// A character typed with Ctrl held.
    pub const fn ctrl(character: char) -> Self {
        Self { ctrl: true, ..Self::char(character) }
    }

    /// A key pressed with nothing held.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// The character this key writes into a text field; `None` for all others.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if !self.ctrl && !self.alt && !character.is_control() => Some(character),
            _ => None,
        }
    }

    /// The key as hotkeys know it: full-width characters become their ASCII ones, Chinese punctuation becomes what
    /// stands on the same key, letters with Ctrl become small. The case of a letter stays.
    #[must_use]
    pub fn folded(self) -> Self {
        let KeyCode::Char(character) = self.code else { return self };
        let mut folded = fold(character);
        if self.ctrl {
            folded = folded.to_ascii_lowercase();
        }
        Self { code: KeyCode::Char(folded), ..self }
    }

    /// Whether the key wrote a character of an input method, that is no hotkey and deserves a hint.
    pub fn is_ideograph(self) -> bool {
        matches!(self.folded().code, KeyCode::Char(character) if character > '\u{2E7F}')
    }
}

impl From<KeyCode> for Key {
    fn from(code: KeyCode) -> Self {
        Self::plain(code)
    }
}

impl From<char> for Key {
    fn from(character: char) -> Self {
        Self::char(character)
    }
}

fn fold(character: char) -> char {
    match character {
        // U+FF01 to U+FF5E mirror the printable ASCII characters.
        '\u{FF01}'..='\u{FF5E}' => {
            u32::from(character).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        '。' => '.',
        '、' => '/',
        '《' => '<',
        '》' => '>',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '【' => '[',
        '】' => ']',
        '「' => '{',
        '」' => '}',
        '￥' => '$',
        '…' => '^',
        '—' => '_',
        '·' => '`',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_characters_fold_to_their_keys() {
        for (typed, key) in [
            ('ａ', 'a'),
            ('Ａ', 'A'),
            ('１', '1'),
            ('！', '!'),
            ('？', '?'),
            ('：', ':'),
            ('，', ','),
            ('；', ';'),
            ('（', '('),
            ('）', ')'),
            ('／', '/'),
            ('。', '.'),
            ('、', '/'),
            ('\u{3000}', ' '),
            ('张', '张'),
            ('a', 'a'),
        ] {
            assert_eq!(Key::char(typed).folded(), Key::char(key), "{typed}");
        }
        assert_eq!(Key::ctrl('Ｐ').folded(), Key::ctrl('p'));
    }

    #[test]
    fn only_a_character_alone_is_typed() {
        assert_eq!(Key::char('张').typed(), Some('张'));
        assert_eq!(Key::ctrl('a').typed(), None);
        assert_eq!(Key::plain(KeyCode::Enter).typed(), None);
    }

    #[test]
    fn an_ideograph_is_told_from_a_full_width_letter() {
        assert!(Key::char('张').is_ideograph());
        assert!(!Key::char('ａ').is_ideograph());
        assert!(!Key::char('，').is_ideograph());
    }
}
