//! One line of text being edited.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::paint::{fill, narrow, put};
use crate::{
    input::Edit,
    text::width::{cells, graphemes},
    theme::{Role, Theme},
};

/// A line of text and the caret in it. Edits by what a person sees as one character.
///
/// Holds no control character, whatever was typed or pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextField {
    before: String,
    after: String,
    limit: Option<usize>,
}

impl TextField {
    /// A field that holds a text, the caret at its end.
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.paste(text);
        field
    }

    /// Takes no more than so many characters (Unicode scalar values).
    #[must_use]
    pub const fn limit(mut self, characters: usize) -> Self {
        self.limit = Some(characters);
        self
    }

    /// Does a step of editing.
    pub fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Backspace => self.backspace(),
            Edit::Delete => self.delete(),
            Edit::DeleteToEnd => self.after.clear(),
            Edit::DeleteToStart => self.before.clear(),
            Edit::DeleteWord => self.delete_word(),
            Edit::DeleteWordAfter => self.delete_word_after(),
            Edit::End => self.end(),
            Edit::Home => self.home(),
            Edit::Left => self.left(),
            Edit::Right => self.right(),
            Edit::Type(character) => self.insert(character),
            Edit::WordLeft => self.word_left(),
            Edit::WordRight => self.word_right(),
        }
    }

    /// Writes a character before the caret, if it is none that controls and there is room.
    pub fn insert(&mut self, character: char) {
        if !character.is_control() && self.room() > 0 {
            self.before.push(character);
        }
    }

    /// Writes a pasted text before the caret, as much as there is room for; newlines and tabs become blanks.
    pub fn paste(&mut self, text: &str) {
        let text = text.trim_end_matches(['\r', '\n']).replace("\r\n", " ");
        for character in text.chars() {
            self.insert(if matches!(character, '\n' | '\r' | '\t') { ' ' } else { character });
        }
    }

    /// Puts another text in place of the whole, the caret at its end.
    pub fn set(&mut self, text: &str) {
        self.clear();
        self.paste(text);
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        self.before.clear();
        self.after.clear();
    }

    /// Empties the field and answers with what it held.
    pub fn take(&mut self) -> String {
        let text = self.text();
        self.clear();
        text
    }

    /// Removes the character before the caret.
    pub fn backspace(&mut self) {
        let keep = self.before.len() - last(&self.before).len();
        self.before.truncate(keep);
    }

    /// Removes the character after the caret.
    pub fn delete(&mut self) {
        let first = first(&self.after).len();
        self.after.drain(..first);
    }

    /// Removes the word before the caret.
    pub fn delete_word(&mut self) {
        let keep = word_start(&self.before);
        self.before.truncate(keep);
    }

    /// Removes the word after the caret.
    pub fn delete_word_after(&mut self) {
        let end = word_end(&self.after);
        self.after.drain(..end);
    }

    /// Moves the caret one character to the left.
    pub fn left(&mut self) {
        let at = self.before.len() - last(&self.before).len();
        self.move_left_to(at);
    }

    /// Moves the caret one character to the right.
    pub fn right(&mut self) {
        let at = first(&self.after).len();
        self.move_right_by(at);
    }

    /// Moves the caret to the start of the word before it.
    pub fn word_left(&mut self) {
        self.move_left_to(word_start(&self.before));
    }

    /// Moves the caret to the end of the word after it.
    pub fn word_right(&mut self) {
        self.move_right_by(word_end(&self.after));
    }

    /// Moves the caret to the start.
    pub fn home(&mut self) {
        self.move_left_to(0);
    }

    /// Moves the caret to the end.
    pub fn end(&mut self) {
        self.move_right_by(self.after.len());
    }

    /// The text of the field.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// Whether the field holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// The field as it is drawn.
    pub fn view(&self) -> FieldView<'_> {
        FieldView { field: self, placeholder: Cow::Borrowed(""), focused: true }
    }

    fn room(&self) -> usize {
        let held = || self.before.chars().count() + self.after.chars().count();
        self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(held()))
    }

    fn move_left_to(&mut self, at: usize) {
        let moved = self.before.split_off(at);
        self.after.insert_str(0, &moved);
    }

    fn move_right_by(&mut self, count: usize) {
        let rest = self.after.split_off(count);
        self.before.push_str(&self.after);
        self.after = rest;
    }
}

/// How a field is drawn: what it asks for while empty, and whether it has the focus.
#[derive(Clone, Debug)]
pub struct FieldView<'a> {
    field: &'a TextField,
    placeholder: Cow<'a, str>,
    focused: bool,
}

impl<'a> FieldView<'a> {
    /// Says what the empty field asks for.
    #[must_use]
    pub fn placeholder(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.placeholder = text.into();
        self
    }

    /// Says whether the field has the focus; it has unless told.
    #[must_use]
    pub const fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// Draws the field in the first row of the area, scrolled so that the caret is in sight.
    ///
    /// Answers with the caret of a field that has the focus; the terminal's own cursor must be put there, since
    /// input methods compose at it.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return None;
        }
        let row = Rect { height: 1, ..area };
        let role = if self.focused { Role::InputFocus } else { Role::Input };
        fill(row, buf, theme.style(role));
        if self.field.is_empty() {
            put(row, buf, &self.placeholder, theme.ink(Role::Placeholder));
            return self.focused.then_some(Position { x: row.x, y: row.y });
        }
        let caret = cells(&self.field.before);
        // The caret itself takes the last cell.
        let hidden = (caret + 1).saturating_sub(usize::from(row.width));
        let text = self.field.text();
        let mut passed = 0;
        let mut shown = String::new();
        for (grapheme, wide) in graphemes(&text) {
            if passed >= hidden {
                shown.push_str(grapheme);
            } else if passed + wide > hidden {
                // Half of a wide character would stand at the left edge: blanks keep the rest in place.
                shown.extend(std::iter::repeat_n(' ', passed + wide - hidden));
            }
            passed += wide;
        }
        put_uncut(row, buf, &shown, theme.style(role));
        let x = row.x + narrow(caret - hidden).min(row.width - 1);
        self.focused.then_some(Position { x, y: row.y })
    }
}

/// Writes as much of a text as fits, without an ellipsis: what is being edited is only scrolled.
fn put_uncut(area: Rect, buf: &mut Buffer, text: &str, style: ratatui::style::Style) {
    let mut used = 0;
    let fits: String = graphemes(text)
        .take_while(|(_, wide)| {
            used += wide;
            used <= usize::from(area.width)
        })
        .map(|(grapheme, _)| grapheme)
        .collect();
    put(area, buf, &fits, style);
}

fn first(text: &str) -> &str {
    unicode_segmentation::UnicodeSegmentation::graphemes(text, true).next().unwrap_or_default()
}

fn last(text: &str) -> &str {
    unicode_segmentation::UnicodeSegmentation::graphemes(text, true).next_back().unwrap_or_default()
}

/// Where the word that ends the text starts; blanks after it belong to it.
fn word_start(text: &str) -> usize {
    unicode_segmentation::UnicodeSegmentation::split_word_bound_indices(text)
        .rev()
        .find(|(_, word)| !word.trim().is_empty())
        .map_or(0, |(at, _)| at)
}

/// Where the word that starts the text ends; blanks before it belong to it.
fn word_end(text: &str) -> usize {
    unicode_segmentation::UnicodeSegmentation::split_word_bound_indices(text)
        .find(|(_, word)| !word.trim().is_empty())
        .map_or(text.len(), |(at, word)| at + word.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn played(text: &str, edits: &[Edit]) -> (String, String) {
        let mut field = TextField::new(text);
        for edit in edits {
            field.edit(*edit);
        }
        (field.before, field.after)
    }

    #[test]
    fn editing_goes_by_what_is_seen_as_one_character() {
        use Edit::{
            Backspace, Delete, DeleteToEnd, DeleteToStart, DeleteWord, DeleteWordAfter, End, Home, Left,
            Right, Type, WordLeft, WordRight,
        };
        let cases: &[(&str, &[Edit], &str, &str)] = &[
            ("", &[Type('a'), Type('张'), Type(' '), Type('b')], "a张 b", ""),
            ("张小明", &[Backspace], "张小", ""),
            ("张小明", &[Left, Left, Delete], "张", "明"),
            ("e\u{301}", &[Backspace], "", ""),
            ("👨‍👩‍👧x", &[Left, Backspace], "", "x"),
            ("one two  ", &[DeleteWord], "one ", ""),
            ("one two", &[Home, WordRight], "one", " two"),
            ("one two", &[WordLeft, Type('x')], "one x", "two"),
            ("one two", &[Home, DeleteWordAfter], "", " two"),
            ("one two", &[Left, Left, DeleteToStart], "", "wo"),
            ("one two", &[Home, Right, DeleteToEnd, End], "o", ""),
            ("", &[Backspace, Delete, Left, Right, Home, End, DeleteWord, Type('\u{7}')], "", ""),
        ];
        for (text, edits, before, after) in cases {
            assert_eq!(played(text, edits), ((*before).to_owned(), (*after).to_owned()), "{text} {edits:?}");
        }
    }

    #[test]
    fn a_paste_keeps_to_one_line_and_to_the_limit() {
        let mut field = TextField::default();
        field.paste("one\r\ntwo\tthree\u{1b}[31m\n");
        assert_eq!(field.text(), "one two three[31m");
        let mut short = TextField::default().limit(3);
        short.paste("张小明是谁");
        assert_eq!(short.take(), "张小明");
        assert!(short.is_empty());
    }

    #[test]
    fn the_caret_stays_in_sight() {
        let theme = Theme::default();
        let area = Rect::new(2, 0, 6, 1);
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
        let field = TextField::new("张小明赵敏");
        let caret = field.view().render(area, &mut buf, &theme);
        // Ten cells and the caret in six: the last five cells are one half character (a blank) and two whole ones.
        assert_eq!(super::super::screen_text(&buf).trim_end(), "   赵敏");
        assert_eq!(caret, Some(Position { x: 7, y: 0 }));
    }

    #[test]
    fn an_empty_field_says_what_it_asks_for() {
        let theme = Theme::default();
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
        let field = TextField::default();
        let caret = field.view().placeholder("备注").render(buf.area, &mut buf, &theme);
        assert_eq!(super::super::screen_text(&buf).trim_end(), "备注");
        assert_eq!(caret, Some(Position { x: 0, y: 0 }));
        assert_eq!(field.view().focused(false).render(buf.area, &mut buf, &theme), None);
    }

    proptest! {
        #[test]
        fn any_edits_keep_the_caret_inside(text in "\\PC{0,20}", moves in proptest::collection::vec(0usize..11, 0..30), width in 1u16..12) {
            let edits = [
                Edit::Left,
                Edit::Right,
                Edit::Home,
                Edit::End,
                Edit::Backspace,
                Edit::Delete,
                Edit::DeleteWord,
                Edit::WordLeft,
                Edit::WordRight,
                Edit::Type('x'),
                Edit::Type('张'),
            ];
            let mut field = TextField::new(&text);
            for index in moves {
                field.edit(edits[index]);
            }
            let area = Rect::new(0, 0, width, 1);
            let mut buf = Buffer::empty(area);
            let caret = field.view().render(area, &mut buf, &Theme::default()).unwrap();
            prop_assert!(area.contains(caret));
        }
    }
}
