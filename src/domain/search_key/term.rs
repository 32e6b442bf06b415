//! What a person typed, turned into look-ups over the search keys.

use super::{KeyKind, Run, SYLLABLES_MAX, WORD_CHARS_MAX, folded, folded_id, runs};
use crate::domain::clean::clean;

/// How the key of a look-up is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMatch {
    /// The key is this.
    Exact {
        /// The kind of key to look among.
        kind: KeyKind,
        /// The key.
        key: String,
    },
    /// The key begins with `low`, that is `low <= key < high` in code point order.
    Range {
        /// The kind of key to look among.
        kind: KeyKind,
        /// The first key of the range.
        low: String,
        /// The first key behind the range.
        high: String,
    },
}

/// One way to answer what was typed: the customers that have *every* one of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The keys, all of which a customer must have; never empty.
    pub all: Vec<KeyMatch>,
    /// Texts that the folded name must contain (see [`Lookup::accepts`]), where keys alone find too much.
    pub recheck: Vec<String>,
}

/// What a person typed into a search field. A customer answers it that answers *any* of the look-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerm {
    /// The ways to answer, likeliest first; empty when too little was typed to search for.
    pub lookups: Vec<Lookup>,
}

/// More words than this are not looked up: the first ones narrow enough.
const WORDS_MAX: usize = 3;
/// A number is searched from so many digits on.
const DIGITS_MIN: usize = 3;

impl SearchTerm {
    /// Decides which keys answer what was typed.
    ///
    /// One Chinese character or two are one key; three and more are the first and last pair together, then the
    /// text checked. Letters are the beginning of the pinyin, the initials, a word or a WeChat id. Three digits
    /// and more are the beginning or the end of a number. Several words must all be found.
    pub fn parse(typed: &str) -> Self {
        let typed = clean(typed);
        if let Some(digits) = dialled(&typed) {
            return Self { lookups: digit_lookups(&digits) };
        }
        let mut lookups = vec![Lookup { all: Vec::new(), recheck: Vec::new() }];
        let runs = runs(&folded(&typed));
        for run in runs.iter().take(WORDS_MAX) {
            let ways = match run {
                Run::Characters(run) => vec![character_lookup(run)],
                Run::Word(word) => word_lookups(word, runs.len() > 1),
            };
            lookups = lookups.iter().flat_map(|before| ways.iter().map(|way| before.and(way))).collect();
        }
        lookups.retain(|lookup| !lookup.all.is_empty());
        // Pinyin typed with spaces between the syllables, and ids with signs that cut words.
        let letters: String = runs.iter().map_while(Run::letters).collect();
        if runs.len() > 1 && runs.iter().all(|run| run.letters().is_some()) {
            lookups.push(Lookup::of(prefix(KeyKind::Pinyin, &as_pinyin(&letters))));
        }
        let id = folded_id(&typed);
        if runs.len() > 1 && id.is_ascii() && !typed.contains(' ') {
            lookups.push(Lookup::of(prefix(KeyKind::WeChat, &id)));
        }
        Self { lookups }
    }
}

impl Lookup {
    /// Says whether a name found by the keys really has what was typed.
    pub fn accepts(&self, name: &str) -> bool {
        if self.recheck.is_empty() {
            return true;
        }
        let runs = runs(&folded(&clean(name)));
        self.recheck.iter().all(|wanted| {
            runs.iter().any(|run| matches!(run, Run::Characters(text) if text.contains(wanted.as_str())))
        })
    }

    fn of(key: KeyMatch) -> Self {
        Self { all: vec![key], recheck: Vec::new() }
    }

    fn and(&self, other: &Self) -> Self {
        Self {
            all: self.all.iter().chain(&other.all).cloned().collect(),
            recheck: self.recheck.iter().chain(&other.recheck).cloned().collect(),
        }
    }
}

impl Run {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Word(word) if word.bytes().all(|b| b.is_ascii_lowercase()) => Some(word),
            _ => None,
        }
    }
}

/// The digits of a number typed with its usual signs, when nothing else was typed.
fn dialled(typed: &str) -> Option<String> {
    let folded: String = folded(typed);
    let signs = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '+' | '.' | '/');
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let only = !digits.is_empty() && folded.chars().all(|c| c.is_ascii_digit() || signs(c));
    let abroad = || digits.strip_prefix("0086").map(|national| format!("86{national}"));
    only.then(|| abroad().unwrap_or_else(|| digits.clone()))
}

fn digit_lookups(digits: &str) -> Vec<Lookup> {
    let mut lookups = Vec::new();
    if digits.len() >= DIGITS_MIN {
        let reversed: String = digits.chars().rev().collect();
        lookups.push(Lookup::of(prefix(KeyKind::Phone, digits)));
        lookups.push(Lookup::of(prefix(KeyKind::PhoneReversed, &reversed)));
    }
    lookups.push(Lookup::of(prefix(KeyKind::WeChat, digits)));
    lookups.push(Lookup::of(prefix(KeyKind::Word, digits)));
    lookups
}

fn character_lookup(run: &str) -> Lookup {
    let chars: Vec<char> = run.chars().take(super::NAME_CHARS_MAX).collect();
    let gram = |pair: &[char]| KeyMatch::Exact { kind: KeyKind::Gram, key: pair.iter().collect() };
    let mut pairs = chars.windows(2);
    match (pairs.next(), pairs.next_back()) {
        (Some(first), Some(last)) => {
            Lookup { all: vec![gram(first), gram(last)], recheck: vec![chars.iter().collect()] }
        }
        (Some(only), None) => Lookup::of(gram(only)),
        _ => Lookup::of(gram(&chars)),
    }
}

/// The ways a word in letters and digits is found; one among several words is part of a name, not of an id.
fn word_lookups(word: &str, among_others: bool) -> Vec<Lookup> {
    let word: String = word.chars().take(WORD_CHARS_MAX).collect();
    let mut lookups = Vec::new();
    if word.bytes().all(|b| b.is_ascii_lowercase()) {
        let spelled = as_pinyin(&word);
        lookups.push(Lookup::of(prefix(KeyKind::Pinyin, &spelled)));
        if word.len() <= SYLLABLES_MAX {
            lookups.push(Lookup::of(prefix(KeyKind::Initials, &word)));
        }
    }
    if among_others && word.len() >= DIGITS_MIN && word.bytes().all(|b| b.is_ascii_digit()) {
        let reversed: String = word.chars().rev().collect();
        lookups.push(Lookup::of(prefix(KeyKind::Phone, &word)));
        lookups.push(Lookup::of(prefix(KeyKind::PhoneReversed, &reversed)));
    }
    lookups.push(Lookup::of(prefix(KeyKind::Word, &word)));
    if !among_others {
        lookups.push(Lookup::of(prefix(KeyKind::WeChat, &word)));
    }
    lookups
}

/// What was typed as pinyin, as the keys spell it: `lyu` of passports is `lv`.
fn as_pinyin(typed: &str) -> String {
    typed.replace("lyu", "lv").replace("nyu", "nv")
}

/// The range of keys that begin with `low`.
fn prefix(kind: KeyKind, low: &str) -> KeyMatch {
    let mut chars: Vec<char> = low.chars().collect();
    // The next string of the same length or shorter: the last character that has a successor is raised.
    let mut raised = None;
    while raised.is_none()
        && let Some(last) = chars.pop()
    {
        raised = (last..=char::MAX).nth(1);
    }
    let high = chars.into_iter().chain(raised).collect();
    KeyMatch::Range { kind, low: low.to_owned(), high }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::{keys_of_name, keys_of_phone, keys_of_wechat};
    use super::*;
    use crate::domain::phone::PhoneNumber;

    /// Answers a search over one customer's keys as the database would.
    fn found(name: &str, phone: &str, wechat: &str, typed: &str) -> bool {
        let mut keys = keys_of_name(name);
        keys.extend(keys_of_phone(&PhoneNumber::new(phone).unwrap()));
        keys.extend(keys_of_wechat(wechat));
        let has = |key_match: &KeyMatch| match key_match {
            KeyMatch::Exact { kind, key } => keys.contains(&(*kind, key.clone())),
            KeyMatch::Range { kind, low, high } => {
                keys.iter().any(|(k, key)| k == kind && low <= key && key < high)
            }
        };
        SearchTerm::parse(typed)
            .lookups
            .iter()
            .any(|lookup| lookup.all.iter().all(has) && lookup.accepts(name))
    }

    #[rstest]
    #[case("王")]
    #[case("小明")]
    #[case("王小明")]
    #[case("wang")]
    #[case("xiaom")]
    #[case("XIAOMING")]
    #[case("wxm")]
    #[case("xm")]
    #[case("wang xiaoming")]
    #[case("wang xiao ming")]
    #[case("138")]
    #[case("8000")]
    #[case("138 0013")]
    #[case("+86 138")]
    #[case("0086138")]
    #[case("１３８")]
    #[case("wxid_7")]
    #[case("WXID_77-ab")]
    #[case("王 8000")]
    #[case("小明 wang")]
    fn a_customer_is_found_as_typed(#[case] typed: &str) {
        assert!(found("王小明", "+8613800138000", "wxid_77-AB", typed));
    }

    #[rstest]
    #[case("")]
    #[case("  ")]
    #[case("李")]
    #[case("王明")]
    #[case("明小")]
    #[case("小明王")]
    #[case("139")]
    #[case("0013")]
    #[case("00")]
    #[case("zhang")]
    #[case("王 9999")]
    fn another_customer_is_not_found(#[case] typed: &str) {
        assert!(!found("王小明", "+8613800138000", "wxid_77", typed));
    }

    #[test]
    fn three_characters_are_checked_against_the_name() {
        let term = SearchTerm::parse("明王小明");
        let [lookup] = term.lookups.as_slice() else { panic!("{term:?}") };
        assert!(lookup.accepts("小明王小明月"));
        assert!(!lookup.accepts("小明明王"));
        // 王小 and 小王 are both there, 王小王 is not.
        assert!(!found("王小明小王", "+8613800138000", "", "王小王"));
    }

    #[test]
    fn readings_and_accents_do_not_hide_a_name() {
        for typed in ["zhongq", "chongq", "zq", "cq"] {
            assert!(found("重庆", "+8613800138000", "", typed), "{typed}");
        }
        for typed in ["lvb", "lub", "lyub", "lb"] {
            assert!(found("吕布", "+8613800138000", "", typed), "{typed}");
        }
        for typed in ["jose", "José", "gar", "jose garcia", "garcia jo"] {
            assert!(found("José García", "+8613800138000", "", typed), "{typed}");
        }
        assert!(found("张三", "+862162345678", "", "021-6234"));
        assert!(found("张三", "+862162345678", "", "5678"));
    }

    #[test]
    fn a_prefix_range_ends_behind_its_last_key() {
        let range = |low: &str| match prefix(KeyKind::Word, low) {
            KeyMatch::Range { high, .. } => high,
            KeyMatch::Exact { .. } => String::new(),
        };
        assert_eq!(range("xiaom"), "xiaon");
        assert_eq!(range("\u{D7FF}"), "\u{E000}");
        assert_eq!(range("a\u{10FFFF}"), "b");
    }

    proptest! {
        #[test]
        fn every_part_of_a_short_name_finds_it(name in "[\\u{4e00}-\\u{9fa5}]{1,8}", from in 0..8_usize, len in 1..8_usize) {
            let part: String = name.chars().skip(from).take(len).collect();
            prop_assume!(!part.is_empty());
            prop_assert!(found(&name, "+8613800138000", "", &part), "{} in {}", part, name);
        }

        #[test]
        fn anything_may_be_typed(typed in "\\PC{0,30}") {
            for lookup in SearchTerm::parse(&typed).lookups {
                prop_assert!(!lookup.all.is_empty());
            }
        }
    }
}
