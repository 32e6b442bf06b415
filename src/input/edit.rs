//! What is done in a text field.

/// One step of editing a line of text. Which key asks for it is the keymap's; a character that is typed is always itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edit {
    /// Removes the character before the caret.
    Backspace,
    /// Removes the character after the caret.
    Delete,
    /// Removes everything after the caret.
    DeleteToEnd,
    /// Removes everything before the caret.
    DeleteToStart,
    /// Removes the word before the caret.
    DeleteWord,
    /// Removes the word after the caret.
    DeleteWordAfter,
    /// Moves the caret to the end.
    End,
    /// Moves the caret to the start.
    Home,
    /// Moves the caret one character to the left.
    Left,
    /// Moves the caret one character to the right.
    Right,
    /// Writes a character before the caret.
    Type(char),
    /// Moves the caret to the start of the word before it.
    WordLeft,
    /// Moves the caret to the end of the word after it.
    WordRight,
}
