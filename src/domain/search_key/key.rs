//! The keys of a subject, and the ways a pair of characters is typed.

use std::collections::BTreeSet;

use super::sound::typed_readings;
use super::subject::entries;
use super::{Entry, Subject, is_character};

/// How many characters behind a pair are kept beside its key.
pub const REST_CHARS: usize = 5;
/// Stands behind the rest where the name is over with it and began with the pair.
pub const END: char = '$';
/// Stands before the reversed digits of a number.
pub(super) const NUMBER: char = '#';
/// Stands between the two syllables of a pair.
pub(super) const CUT: char = '\'';

/// Where in a name a key stands; the number is stored, and the higher comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Somewhere else.
    Inside,
    /// At its beginning.
    First,
    /// The name is nothing else.
    Alone,
}

impl Place {
    /// The number that stands for it in the database.
    pub const fn code(self) -> i64 {
        match self {
            Self::Inside => 1,
            Self::First => 2,
            Self::Alone => 3,
        }
    }

    /// The place a number of the database stands for.
    pub const fn of(code: i64) -> Self {
        match code {
            3 => Self::Alone,
            2 => Self::First,
            _ => Self::Inside,
        }
    }
}

/// One key of a customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Two neighbouring characters, a character that stands alone, a word, or `#` and the reversed digits of a number.
    pub text: String,
    /// Where it stands in its name.
    pub place: Place,
    /// Up to [`REST_CHARS`] characters that follow, and `$` where the name is over.
    pub rest: String,
}

impl Key {
    /// The key that a row of the database is.
    pub fn of(text: &str, place: i64, rest: &str) -> Self {
        Self { text: text.to_owned(), place: Place::of(place), rest: rest.to_owned() }
    }

    /// Whether it is a pair of characters, or one that stands alone: those are typed in the [`ways`] of theirs.
    pub fn is_pair(&self) -> bool {
        self.text.starts_with(is_character)
    }
}

/// The keys of a subject, each once.
///
/// 王小明 gives 王小 with 明 behind it, and 小明; a number gives one key, so that it is found by its end. The beginning of a
/// number and of an id is found by the contact itself.
pub fn keys(subject: &Subject) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for entry in entries(subject.as_str()) {
        match entry {
            Entry::Name(name) => of_name(name, &mut keys),
            Entry::Number(digits, _) => {
                let mut text: String = digits.chars().rev().collect();
                text.insert(0, NUMBER);
                keys.insert(Key { text, place: Place::Inside, rest: String::new() });
            }
            Entry::Id(_) => {}
        }
    }
    keys
}

fn of_name(name: &str, keys: &mut BTreeSet<Key>) {
    for (number, piece) in name.split(' ').enumerate() {
        let alone = piece.len() == name.len();
        let first = if number == 0 { Place::First } else { Place::Inside };
        if !piece.starts_with(is_character) {
            let place = if alone { Place::Alone } else { first };
            keys.insert(Key { text: piece.to_owned(), place, rest: String::new() });
            continue;
        }
        let chars: Vec<char> = piece.chars().collect();
        let mut from = chars.as_slice();
        while let Some((&here, behind)) = from.split_first() {
            let at_start = from.len() == chars.len();
            let (text, behind_pair) = match behind.split_first() {
                Some((&next, rest)) => (String::from_iter([here, next]), rest),
                None if at_start => (here.to_string(), behind),
                None => break,
            };
            let mut rest: String = behind_pair.iter().take(REST_CHARS).collect();
            if at_start && alone && behind_pair.len() <= REST_CHARS {
                rest.push(END);
            }
            let place = match (at_start, alone && behind_pair.is_empty()) {
                (true, true) => Place::Alone,
                (true, false) => first,
                (false, _) => Place::Inside,
            };
            keys.insert(Key { text, place, rest });
            from = behind;
        }
    }
}

/// The ways a pair of characters (or one that stands alone) is typed: its first character, its syllables with `'` between
/// them, its initials in capitals; in every reading.
///
/// 王小 is typed `王`, `wang'xiao`, `WX` (and, 王 being also read yù, `yu'xiao` and `YX`).
pub fn ways(pair: &str) -> BTreeSet<String> {
    let mut chars = pair.chars();
    let mut found = BTreeSet::new();
    let Some(first) = chars.next() else { return found };
    found.insert(first.to_string());
    let second = chars.next().map(typed_readings).unwrap_or_default();
    for one in typed_readings(first) {
        if second.is_empty() {
            found.insert(format!("{one}{CUT}"));
        }
        for two in &second {
            found.insert(format!("{one}{CUT}{two}"));
            found.insert(initials(&one, two));
        }
    }
    found
}

/// The initials of two syllables, as they are kept.
pub(super) fn initials(one: &str, two: &str) -> String {
    one.chars().take(1).chain(two.chars().take(1)).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::phone::PhoneNumber;

    fn of(name: &str) -> Vec<(String, Place, String)> {
        let mut subject = Subject::default();
        subject.name(name);
        keys(&subject).into_iter().map(|key| (key.text, key.place, key.rest)).collect()
    }

    fn key(text: &str, place: Place, rest: &str) -> (String, Place, String) {
        (text.to_owned(), place, rest.to_owned())
    }

    #[test]
    fn a_name_has_a_key_for_each_pair_of_neighbours() {
        assert_eq!(of("王小明"), [key("小明", Place::Inside, ""), key("王小", Place::First, "明$")]);
        assert_eq!(of("王芳"), [key("王芳", Place::Alone, "$")]);
        assert_eq!(of("王"), [key("王", Place::Alone, "$")]);
        assert_eq!(
            of("Anna王芳 (妈妈)"),
            [key("anna", Place::First, ""), key("妈妈", Place::Inside, ""), key("王芳", Place::Inside, "")]
        );
        assert_eq!(of("anna"), [key("anna", Place::Alone, "")]);
        let long = of("上海晨曦科技有限公司");
        assert_eq!(long.len(), 9);
        assert!(long.contains(&key("上海", Place::First, "晨曦科技有")));
        // the same pair twice is told apart by what follows
        assert_eq!(of("明明明").len(), 2);
    }

    #[test]
    fn the_keys_of_a_long_name_are_few() {
        assert!(of(&"重单曾还行长朝乐".repeat(40)).len() < super::super::NAME_CHARS_MAX);
        assert!(of(&"word ".repeat(500)).len() <= super::super::WORDS_MAX);
    }

    #[test]
    fn a_number_has_its_digits_backwards_and_an_id_no_key() {
        let mut subject = Subject::default();
        subject.number(&PhoneNumber::new("+8613800138000").unwrap());
        subject.id("wxid_7");
        let found: Vec<String> = keys(&subject).into_iter().map(|key| key.text).collect();
        assert_eq!(found, ["#0008310083168"]);
    }

    #[test]
    fn a_pair_is_typed_in_every_reading() {
        let has = |pair: &str, way: &str| assert!(ways(pair).contains(way), "{pair} {way}: {:?}", ways(pair));
        for way in ["王", "wang'xiao", "WX", "yu'xiao", "YX"] {
            has("王小", way);
        }
        for way in ["zhong'qing", "chong'qing", "ZQ", "CQ"] {
            has("重庆", way);
        }
        for way in ["lv'bu", "lu'bu", "LB"] {
            has("吕布", way);
        }
        has("王", "wang'");
        assert_eq!(ways("のは").len(), 1);
        has("王の", "wang'");
    }

    proptest! {
        #[test]
        fn no_name_makes_an_empty_key(name in "\\PC{0,40}|[\\u{4e00}-\\u{9fff}a-z ·-]{0,40}") {
            for (text, _, _) in of(&name) {
                prop_assert!(!text.is_empty() && !text.chars().any(char::is_control));
            }
        }
    }
}
