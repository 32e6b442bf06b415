//! Keys that let a name, a number or a WeChat id be found while it is being typed.
//!
//! One table `search_key(key, kind, customer)` answers every search with equalities and ranges over its primary
//! key: no full-text engine, the same statements on both databases. Keys are compared as bytes (`COLLATE "C"`
//! on PostgreSQL), which is code point order in UTF-8; [`KeyMatch::Range`] counts on it.

mod term;

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti;
pub use term::{KeyMatch, Lookup, SearchTerm};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::clean::clean;
use crate::domain::phone::PhoneNumber;

/// What a key is made of; the number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// One or two neighbouring characters of a Chinese, Japanese or Korean name.
    Gram,
    /// A word of a name in another script, lower case without accents.
    Word,
    /// The pinyin of a name from one of its syllables on, without tones; ü is written `v`, and `u` beside it.
    Pinyin,
    /// The first letters of the pinyin from one of its syllables on.
    Initials,
    /// The digits of a telephone number, with and without country code.
    Phone,
    /// The digits of a telephone number from the last to the first.
    PhoneReversed,
    /// A WeChat id, lower case.
    WeChat,
}

impl KeyKind {
    /// The number that stands for the kind in the database.
    pub const fn code(self) -> i64 {
        match self {
            Self::Gram => 1,
            Self::Word => 2,
            Self::Pinyin => 3,
            Self::Initials => 4,
            Self::Phone => 5,
            Self::PhoneReversed => 6,
            Self::WeChat => 7,
        }
    }
}

/// Only the first so many characters of a name get grams: 47 keys at most. What stands behind them is not found.
pub const NAME_CHARS_MAX: usize = 24;
/// Only the first so many characters get pinyin keys, and only the first so many words word keys.
pub const SYLLABLES_MAX: usize = 8;
/// At most so many pinyin spellings from one syllable on, for names with many characters of several readings.
pub const SPELLINGS_MAX: usize = 16;
/// The longest word or WeChat key, in characters.
pub const WORD_CHARS_MAX: usize = 40;

/// The keys of a name, sorted, each once.
///
/// 王小明 gives its characters, 王小 and 小明, `wangxiaoming`, `xiaoming`, `ming`, `wxm`, `xm` and `m`; 重庆 is
/// found as `zhongqing` and as `chongqing`. The counts are capped: see [`NAME_CHARS_MAX`] and its neighbours.
pub fn keys_of_name(name: &str) -> Vec<(KeyKind, String)> {
    let mut keys = BTreeSet::new();
    let (mut chars_left, mut words_left, mut syllables_left) = (NAME_CHARS_MAX, SYLLABLES_MAX, SYLLABLES_MAX);
    for run in runs(&folded(&clean(name))) {
        match run {
            Run::Characters(run) => {
                let run: Vec<char> = run.chars().take(chars_left).collect();
                chars_left -= run.len();
                keys.extend(run.iter().map(|c| (KeyKind::Gram, c.to_string())));
                keys.extend(run.windows(2).map(|pair| (KeyKind::Gram, pair.iter().collect())));
                let spoken = run.get(..syllables_left.min(run.len())).unwrap_or_default();
                syllables_left -= spoken.len();
                keys.extend(pinyin_keys(spoken));
            }
            Run::Word(word) if words_left > 0 => {
                words_left -= 1;
                keys.insert((KeyKind::Word, word.chars().take(WORD_CHARS_MAX).collect()));
            }
            Run::Word(_) => {}
        }
    }
    keys.into_iter().collect()
}

/// The keys of a telephone number: its digits as they are typed at home and from abroad, and reversed.
pub fn keys_of_phone(phone: &PhoneNumber) -> Vec<(KeyKind, String)> {
    let digits = phone.digits();
    let mut keys = BTreeSet::from([
        (KeyKind::Phone, digits.to_owned()),
        (KeyKind::PhoneReversed, digits.chars().rev().collect()),
    ]);
    let national: String = phone.national().chars().filter(char::is_ascii_digit).collect();
    keys.insert((KeyKind::Phone, national));
    keys.into_iter().collect()
}

/// The key of a WeChat id; none for an empty one.
pub fn keys_of_wechat(id: &str) -> Vec<(KeyKind, String)> {
    let key: String = folded_id(id).chars().take(WORD_CHARS_MAX).collect();
    if key.is_empty() { Vec::new() } else { vec![(KeyKind::WeChat, key)] }
}

/// A WeChat id as it is compared: compatibility form, lower case, without spaces.
pub fn folded_id(id: &str) -> String {
    clean(id).nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// A name as it is compared: compatibility form, lower case, without accents.
pub(crate) fn folded(name: &str) -> String {
    let decomposed = name.nfkd().filter(|&c| !is_combining_mark(c) || is_cjk_mark(c));
    decomposed.nfc().flat_map(char::to_lowercase).collect()
}

/// Voicing marks of kana are part of the letter.
fn is_cjk_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}')
}

/// A stretch of a name or of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Characters written without spaces: Chinese, kana, Hangul.
    Characters(String),
    /// Letters and digits of any other script, with `_` and `-` inside.
    Word(String),
}

/// Cuts folded text into runs; a middle dot inside a name (买买提·艾力) does not cut.
pub(crate) fn runs(folded: &str) -> Vec<Run> {
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

/// The pinyin keys from every syllable on.
fn pinyin_keys(chars: &[char]) -> BTreeSet<(KeyKind, String)> {
    let readings: Vec<Vec<String>> = chars.iter().map(|&c| readings(c)).collect();
    // Built from the end: the spellings from a syllable on are its readings before those of the next one.
    let mut spellings = vec![(String::new(), String::new())];
    let mut keys = BTreeSet::new();
    for here in readings.iter().rev() {
        if here.is_empty() {
            spellings = vec![(String::new(), String::new())];
            continue;
        }
        let mut longer = Vec::with_capacity(SPELLINGS_MAX);
        for (full, initials) in &spellings {
            for reading in here {
                let initial: String = reading.chars().take(1).collect();
                longer.push((format!("{reading}{full}"), format!("{initial}{initials}")));
            }
        }
        longer.truncate(SPELLINGS_MAX);
        for (full, initials) in &longer {
            keys.insert((KeyKind::Pinyin, full.clone()));
            keys.insert((KeyKind::Initials, initials.clone()));
        }
        spellings = longer;
    }
    keys
}

/// The readings of a character without tones, the commonest first; none for a character that has no pinyin.
fn readings(c: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    let mut add = |reading: String| {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    for reading in c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain) {
        add(reading.replace('ü', "v"));
        if reading.contains('ü') {
            add(reading.replace('ü', "u"));
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(name: &str, kind: KeyKind) -> Vec<String> {
        keys_of_name(name).into_iter().filter(|(k, _)| *k == kind).map(|(_, key)| key).collect()
    }

    #[test]
    fn a_chinese_name_has_grams_pinyin_and_initials() {
        assert_eq!(keys("王小明", KeyKind::Gram), ["小", "小明", "明", "王", "王小"]);
        let initials = keys("王小明", KeyKind::Initials);
        for typed in ["wxm", "xm", "m"] {
            assert!(initials.contains(&typed.to_owned()), "{initials:?}");
        }
        let pinyin = keys("王小明", KeyKind::Pinyin);
        for spelled in ["wangxiaoming", "xiaoming", "ming"] {
            assert!(pinyin.contains(&spelled.to_owned()), "{pinyin:?}");
        }
    }

    #[test]
    fn a_character_of_several_readings_is_found_by_each() {
        let has = |name: &str, spelled: &str| {
            assert!(keys(name, KeyKind::Pinyin).contains(&spelled.to_owned()), "{name} {spelled}");
        };
        has("重庆", "zhongqing");
        has("重庆", "chongqing");
        has("单", "dan");
        has("单", "shan");
        has("曾", "zeng");
        has("曾", "ceng");
        has("吕布", "lvbu");
        has("吕布", "lubu");
        let initials = keys("重庆", KeyKind::Initials);
        assert!(initials.contains(&"cq".to_owned()) && initials.contains(&"zq".to_owned()), "{initials:?}");
    }

    #[test]
    fn a_name_in_letters_has_its_words_without_case_and_accents() {
        assert_eq!(keys("José  O'Neil-Smith ＡＮＮＡ", KeyKind::Word), ["anna", "jose", "neil-smith", "o"]);
    }

    #[test]
    fn mixed_names_are_cut_where_the_script_changes() {
        assert_eq!(keys("Anna王芳 (妈妈)", KeyKind::Gram), ["妈", "妈妈", "王", "王芳", "芳"]);
        assert_eq!(keys("Anna王芳 (妈妈)", KeyKind::Word), ["anna"]);
        assert!(keys("买买提·艾力", KeyKind::Gram).contains(&"提艾".to_owned()));
    }

    #[test]
    fn the_keys_of_a_long_name_are_few() {
        let long = "重单曾还行长朝乐".repeat(40);
        assert!(keys_of_name(&long).len() <= 2 * NAME_CHARS_MAX + 2 * SYLLABLES_MAX * SPELLINGS_MAX);
        assert!(keys_of_name(&"word ".repeat(500)).len() <= SYLLABLES_MAX);
    }

    #[test]
    fn a_number_has_its_digits_forwards_and_backwards() {
        let phone = PhoneNumber::new("+8613800138000").unwrap();
        assert_eq!(
            keys_of_phone(&phone),
            [
                (KeyKind::Phone, "13800138000".to_owned()),
                (KeyKind::Phone, "8613800138000".to_owned()),
                (KeyKind::PhoneReversed, "0008310083168".to_owned()),
            ]
        );
        let landline = PhoneNumber::new("+862162345678").unwrap();
        assert!(keys_of_phone(&landline).contains(&(KeyKind::Phone, "02162345678".to_owned())));
    }

    #[test]
    fn a_wechat_id_is_folded() {
        assert_eq!(keys_of_wechat(" WXID_Ａb 1 "), [(KeyKind::WeChat, "wxid_ab1".to_owned())]);
        assert_eq!(keys_of_wechat("  "), []);
    }

    proptest! {
        #[test]
        fn no_name_makes_an_empty_key(name in "\\PC{0,40}|[\\u{4e00}-\\u{9fff}a-z ·-]{0,40}") {
            for (_, key) in keys_of_name(&name) {
                prop_assert!(!key.is_empty() && !key.chars().any(char::is_control));
            }
        }
    }
}
