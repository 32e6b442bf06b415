//! Keys that let a name, a number or a WeChat id be found while it is being typed.
//!
//! What a customer is found by is kept once as a packed [`Subject`]; from it come a few [`Key`]s, one a pair of
//! characters, a word, a number. How a pair is *typed* (by its first character, in pinyin, by initials) is kept once a
//! pair and not once a customer: see [`ways`]. A [`Search`] says what was typed, [`Search::closeness`] whether and how well
//! a subject answers it, and [`Lookup`] where the keys of those who may answer stand.
//!
//! Keys are compared as bytes (`COLLATE "C"` on PostgreSQL), which is code point order in UTF-8: ranges count on it.

mod key;
mod lookup;
mod sound;
mod subject;
mod term;

use std::borrow::Cow;

pub use key::{END, Key, Place, REST_CHARS, keys, ways};
pub use lookup::{Lookup, Range, Verdict};
pub use subject::{Entry, Subject};
pub use term::{Closeness, Search, Term};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::clean::clean;

/// Only the first so many characters of a name are kept to be found by. What stands behind them is not found.
pub const NAME_CHARS_MAX: usize = 24;
/// Only the first so many words of a name are kept to be found by.
pub const WORDS_MAX: usize = 8;
/// The longest word or id that is kept, in characters.
pub const WORD_CHARS_MAX: usize = 40;

/// An id, such as that of WeChat, as it is compared: compatibility form, lower case, without spaces.
pub fn folded_id(id: &str) -> String {
    clean(id).nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// A name as it is compared: its runs of characters and its words, with one space between them.
///
/// `Anna王芳 (妈妈)` is `anna 王芳 妈妈`; the middle dot of 买买提·艾力 does not cut. Compatibility form, lower case, without
/// accents, cut to [`NAME_CHARS_MAX`] characters and [`WORDS_MAX`] words.
pub fn canonical(name: &str) -> Cow<'_, str> {
    if name.chars().all(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')) && name.chars().count() <= NAME_CHARS_MAX {
        return Cow::Borrowed(name);
    }
    let (mut chars_left, mut words_left) = (NAME_CHARS_MAX, WORDS_MAX);
    let mut pieces: Vec<String> = Vec::new();
    for run in runs(&folded(&clean(name))) {
        let piece: String = match run {
            Run::Characters(run) => {
                let kept: String = run.chars().take(chars_left).collect();
                chars_left -= kept.chars().count();
                kept
            }
            Run::Word(word) if words_left > 0 => {
                words_left -= 1;
                word.chars().take(WORD_CHARS_MAX).collect()
            }
            Run::Word(_) => continue,
        };
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    Cow::Owned(pieces.join(" "))
}

/// A name as it is compared: compatibility form, lower case, without accents.
fn folded(name: &str) -> String {
    let decomposed = name.nfkd().filter(|&c| !is_combining_mark(c) || is_cjk_mark(c));
    decomposed.nfc().flat_map(char::to_lowercase).collect()
}

/// Voicing marks of kana are part of the letter.
fn is_cjk_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}')
}

/// A stretch of a name or of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    /// Characters written without spaces: Chinese, kana, Hangul.
    Characters(String),
    /// Letters and digits of any other script, with `_` and `-` inside.
    Word(String),
}

/// Cuts folded text into runs; a middle dot inside a name (买买提·艾力) does not cut.
fn runs(folded: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for c in folded.chars() {
        if matches!(c, '·' | '•' | '・' | '‧') {
            continue;
        }
        if !(is_character(c) || c.is_alphanumeric() || open && matches!(c, '_' | '-')) {
            open = false;
            continue;
        }
        match (runs.last_mut().filter(|_| open), is_character(c)) {
            (Some(Run::Characters(run)), true) | (Some(Run::Word(run)), false) => run.push(c),
            (_, true) => runs.push(Run::Characters(c.to_string())),
            (_, false) if matches!(c, '_' | '-') => {}
            (_, false) => runs.push(Run::Word(c.to_string())),
        }
        open = true;
    }
    runs
}

/// Says whether a character is one of those that are written without spaces between words.
fn is_character(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3105}'..='\u{318E}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_case_accents_signs_and_width() {
        for (name, compared) in [
            ("王小明", "王小明"),
            ("José  O'Neil-Smith ＡＮＮＡ", "jose o neil-smith anna"),
            ("Anna王芳 (妈妈)", "anna 王芳 妈妈"),
            ("买买提·艾力", "买买提艾力"),
            ("ﾔﾏﾀﾞ", "ヤマダ"),
            ("  ", ""),
        ] {
            assert_eq!(canonical(name), compared, "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(canonical(&"重庆".repeat(40)).chars().count(), NAME_CHARS_MAX);
        assert_eq!(canonical(&"word ".repeat(500)).split(' ').count(), WORDS_MAX);
        assert_eq!(canonical(&"w".repeat(500)).len(), WORD_CHARS_MAX);
    }

    #[test]
    fn an_id_is_folded() {
        assert_eq!(folded_id(" WXID_Ａb 1 "), "wxid_ab1");
        assert_eq!(folded_id("  "), "");
    }
}
