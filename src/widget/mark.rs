//! Signs that carry a meaning, and the words that carry it where no signs are drawn.

use super::paint::{Piece, piece};
use crate::{
    text::{Text, Words},
    theme::{Role, Theme},
};

/// A sign before what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Done: a line said, an order won, a target reached.
    Done,
    /// Came to nothing.
    Lost,
    /// A process or a stage of it.
    Stage,
    /// A key node.
    Node,
    /// What comes next.
    Next,
    /// A coupon.
    Coupon,
    /// The notebook of one person.
    Notebook,
    /// A way of contact that was reached.
    Verified,
    /// A way of contact that reaches nobody.
    Dead,
    /// A record that runs, a screen that is live.
    Live,
    /// Something that waits for the store.
    Waiting,
    /// A place won.
    Up,
    /// A place lost.
    Down,
    /// What the next key is about, or the part that has the keys.
    Here,
    /// The column that is chosen.
    Chosen,
    /// How often something was tried.
    Times,
    /// A process without stages.
    Tag,
    /// Something that must not be overlooked.
    Alarm,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 18] = [
        Self::Done,
        Self::Lost,
        Self::Stage,
        Self::Node,
        Self::Next,
        Self::Coupon,
        Self::Notebook,
        Self::Verified,
        Self::Dead,
        Self::Live,
        Self::Waiting,
        Self::Up,
        Self::Down,
        Self::Here,
        Self::Chosen,
        Self::Times,
        Self::Tag,
        Self::Alarm,
    ];

    const fn sign(self) -> &'static str {
        match self {
            Self::Done | Self::Verified => "✓",
            Self::Lost | Self::Dead | Self::Times => "×",
            Self::Stage => "◆",
            Self::Node => "◎",
            Self::Next => "→",
            Self::Coupon => "¤",
            Self::Notebook => "✎",
            Self::Live => "●",
            Self::Waiting => "○",
            Self::Up | Self::Alarm => "▲",
            Self::Down => "▼",
            Self::Here => "▸",
            Self::Chosen => "▾",
            Self::Tag => "⚑",
        }
    }

    /// The word that stands for the sign; a mark of place needs none, the caret is there.
    const fn word(self) -> Option<Text> {
        Some(match self {
            Self::Done => Text("mark.done"),
            Self::Lost => Text("mark.lost"),
            Self::Stage => Text("mark.stage"),
            Self::Node => Text("mark.node"),
            Self::Next => Text("mark.next"),
            Self::Coupon => Text("mark.coupon"),
            Self::Notebook => Text("mark.notebook"),
            Self::Verified => Text("mark.verified"),
            Self::Dead => Text("mark.dead"),
            Self::Waiting => Text("mark.waiting"),
            Self::Up => Text("mark.up"),
            Self::Down => Text("mark.down"),
            Self::Times => Text("mark.times"),
            Self::Live | Self::Here | Self::Chosen | Self::Tag | Self::Alarm => return None,
        })
    }

    /// The sign alone, or its word.
    pub fn text<'a>(self, words: &'a Words, theme: &Theme) -> &'a str {
        if theme.manner().is_spoken() { self.word().map_or("", |word| words.say(word)) } else { self.sign() }
    }

    /// The sign and a blank, or its word and a blank.
    pub fn piece(self, role: Role, words: &Words, theme: &Theme) -> Piece<'static> {
        let text = self.text(words, theme);
        piece(if text.is_empty() { String::new() } else { format!("{text} ") }, role)
    }
}
