//! Where the keys of those stand who may answer a term, and what each of these keys says.

use super::key::{CUT, END, NUMBER, REST_CHARS, initials};
use super::sound::{SYLLABLE_MAX, may_be_initials, may_be_syllable, spelled};
use super::{Closeness, Key, Place, Term};

/// A range of texts in code point order: `low` and what follows it up to, and without, `high`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first text.
    pub low: String,
    /// The first text behind the range.
    pub high: String,
}

/// One place to look for those who may answer a term. Together the look-ups of a term reach everybody who answers it; what is
/// found has still to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The keys of one pair of characters, with what follows them in a range.
    Pair {
        /// The pair.
        pair: String,
        /// What follows.
        rest: Range,
    },
    /// The keys of every pair that has a way to be typed in a range; of `first` only those that begin a name.
    Ways {
        /// The ways.
        ways: Range,
        /// Whether only the beginnings of names answer.
        first: bool,
    },
    /// The keys in a range, of words and of numbers from their end on.
    Keys(Range),
    /// Ways of contact in a range: numbers in E.164.
    Numbers(Range),
    /// Ways of contact in a range: ids.
    Ids(Range),
}

/// What a key says of whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The term is not answered by it.
    No,
    /// The term is answered so well.
    Yes(Closeness),
    /// What is kept beside the key is too short to say.
    Unsure,
}

impl Range {
    /// Everything that begins with `low`.
    pub fn beginning(low: &str) -> Self {
        let mut chars: Vec<char> = low.chars().collect();
        // the next text of the same length or shorter: the last character that has a successor is raised
        let mut raised = None;
        while raised.is_none()
            && let Some(last) = chars.pop()
        {
            raised = (last..=char::MAX).nth(1);
        }
        Self { low: low.to_owned(), high: chars.into_iter().chain(raised).collect() }
    }

    /// Nothing but one text: no key has a control character in it, and the least of all, NUL, not every engine can keep.
    pub fn only(text: &str) -> Self {
        Self { low: text.to_owned(), high: format!("{text}\u{1}") }
    }

    /// Every text that a rest can be.
    fn all() -> Self {
        Self { low: String::new(), high: char::MAX.to_string() }
    }
}

impl Term {
    /// Where to look for those who may answer.
    pub fn lookups(&self) -> Vec<Lookup> {
        match self {
            Self::Characters(typed) => vec![characters(typed)],
            Self::Letters(typed) => {
                let mut found = letters(typed);
                found.push(Lookup::Keys(Range::beginning(typed)));
                found.push(Lookup::Ids(Range::beginning(typed)));
                found
            }
            Self::Word(typed) => {
                vec![Lookup::Keys(Range::beginning(typed)), Lookup::Ids(Range::beginning(typed))]
            }
            Self::Digits(typed) => digits(typed),
        }
    }

    /// What a key says.
    pub fn judge(&self, key: &Key) -> Verdict {
        let yes = |found: Option<Closeness>| found.map_or(Verdict::No, Verdict::Yes);
        if let Some(reversed) = key.text.strip_prefix(NUMBER) {
            let Self::Digits(typed) = self else { return Verdict::No };
            let wanted: String = typed.chars().rev().collect();
            return match reversed.strip_prefix(&wanted) {
                None => Verdict::No,
                Some("") => Verdict::Yes(Closeness::Exact),
                Some(_) => Verdict::Yes(Closeness::Part),
            };
        }
        if !key.is_pair() {
            return match self {
                Self::Characters(_) => Verdict::No,
                Self::Letters(typed) | Self::Word(typed) | Self::Digits(typed) => {
                    let best = match key.place {
                        Place::Alone if key.text == *typed => Closeness::Exact,
                        Place::Alone | Place::First => Closeness::Beginning,
                        Place::Inside => Closeness::Part,
                    };
                    yes(key.text.starts_with(typed.as_str()).then_some(best))
                }
            };
        }
        let (rest, over) = match key.rest.strip_suffix(END) {
            Some(rest) => (rest, true),
            None => (key.rest.as_str(), false),
        };
        let cut = !over && rest.chars().count() == REST_CHARS;
        let first = key.place > Place::Inside;
        match self {
            Self::Characters(typed) => {
                let single = typed.chars().nth(1).is_none();
                let written = format!("{}{rest}", key.text);
                match written.strip_prefix(typed.as_str()) {
                    Some(_) if single && !first => Verdict::No,
                    Some("") if over => Verdict::Yes(Closeness::Exact),
                    Some(_) if first => Verdict::Yes(Closeness::Beginning),
                    Some(_) => Verdict::Yes(Closeness::Part),
                    None if cut && typed.starts_with(&written) => Verdict::Unsure,
                    None => Verdict::No,
                }
            }
            Self::Letters(typed) => {
                let chars: Vec<char> = key.text.chars().chain(rest.chars()).collect();
                let found = spelled(&chars, typed);
                match (first, found.any, found.two) {
                    (true, _, _) if found.whole && over => Verdict::Yes(Closeness::Exact),
                    (true, true, _) => Verdict::Yes(Closeness::Beginning),
                    (false, _, true) => Verdict::Yes(Closeness::Part),
                    _ if cut && found.beyond => Verdict::Unsure,
                    _ => Verdict::No,
                }
            }
            Self::Word(_) | Self::Digits(_) => Verdict::No,
        }
    }
}

fn characters(typed: &str) -> Lookup {
    let mut chars = typed.chars();
    let pair: String = chars.by_ref().take(2).collect();
    let rest: String = chars.take(REST_CHARS).collect();
    if pair.chars().nth(1).is_none() {
        return Lookup::Ways { ways: Range::only(typed), first: true };
    }
    let rest = if rest.is_empty() { Range::all() } else { Range::beginning(&rest) };
    Lookup::Pair { pair, rest }
}

/// The ways in which the first two characters behind a spelling are typed.
fn letters(typed: &str) -> Vec<Lookup> {
    let mut found = Vec::new();
    let mut ways = |ways: Range, first: bool| {
        let lookup = Lookup::Ways { ways, first };
        if !found.contains(&lookup) {
            found.push(lookup);
        }
    };
    for (one, rest) in syllables(typed) {
        // the second character is cut, whole, or its initial
        ways(Range::beginning(&format!("{one}{CUT}{rest}")), false);
        for (two, _) in syllables(rest) {
            ways(Range::only(&format!("{one}{CUT}{two}")), false);
        }
        if let Some(initial) = rest.chars().next().filter(|_| may_be_initials(rest)) {
            ways(Range::beginning(&format!("{one}{CUT}{initial}")), false);
        }
    }
    let mut chars = typed.chars();
    if let (Some(one), Some(two)) = (chars.next(), chars.next())
        && may_be_initials(typed)
    {
        ways(Range::only(&initials(&one.to_string(), &two.to_string())), false);
    }
    if typed.len() <= SYLLABLE_MAX {
        ways(Range::beginning(typed), true);
    }
    found
}

/// What was typed, cut behind a first whole syllable in every way that leaves something.
fn syllables(typed: &str) -> impl Iterator<Item = (&str, &str)> {
    (1..=SYLLABLE_MAX.min(typed.len().saturating_sub(1)))
        .filter_map(|at| typed.split_at_checked(at))
        .filter(|(one, _)| may_be_syllable(one))
}

fn digits(typed: &str) -> Vec<Lookup> {
    let reversed: String = typed.chars().rev().collect();
    let mut found = vec![
        Lookup::Keys(Range::beginning(&format!("{NUMBER}{reversed}"))),
        Lookup::Numbers(Range::beginning(&format!("+{typed}"))),
    ];
    // as it is dialled inside China: landlines with a zero, mobile numbers as they are
    let home = typed.strip_prefix('0').unwrap_or(typed);
    found.push(Lookup::Numbers(Range::beginning(&format!("+86{home}"))));
    found.push(Lookup::Keys(Range::beginning(typed)));
    found.push(Lookup::Ids(Range::beginning(typed)));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Search, Subject, keys, ways};
    use super::*;
    use crate::domain::phone::PhoneNumber;

    /// Answers one term over one subject's keys as the database would; `None` as well where a key is too short to say.
    fn by_keys(subject: &Subject, term: &Term) -> Result<Option<Closeness>, ()> {
        let inside = |range: &Range, text: &str| range.low.as_str() <= text && text < range.high.as_str();
        let keys = keys(subject);
        let mut best = None;
        for lookup in term.lookups() {
            for key in &keys {
                let reached = match &lookup {
                    Lookup::Pair { pair, rest } => key.text == *pair && inside(rest, &key.rest),
                    Lookup::Ways { ways: typed, first } => {
                        key.is_pair()
                            && (!first || key.place > Place::Inside)
                            && ways(&key.text).iter().any(|way| inside(typed, way))
                    }
                    Lookup::Keys(range) => inside(range, &key.text),
                    Lookup::Numbers(_) | Lookup::Ids(_) => false,
                };
                match term.judge(key) {
                    _ if !reached => {}
                    Verdict::Yes(found) => best = best.max(Some(found)),
                    Verdict::Unsure => return Err(()),
                    Verdict::No => {}
                }
            }
        }
        Ok(best)
    }

    fn subject(names: &[&str]) -> Subject {
        let mut subject = Subject::default();
        for name in names {
            subject.name(name);
        }
        subject
    }

    #[test]
    fn the_end_of_a_number_is_found_by_its_key() {
        let mut subject = Subject::default();
        subject.number(&PhoneNumber::new("+8613800138000").unwrap());
        for (typed, how) in
            [("8000", Some(Closeness::Part)), ("8613800138000", Some(Closeness::Exact)), ("0013", None)]
        {
            assert_eq!(by_keys(&subject, &Term::Digits(typed.to_owned())), Ok(how), "{typed}");
        }
    }

    #[test]
    fn a_range_ends_behind_the_last_text_that_begins_so() {
        let high = |low: &str| Range::beginning(low).high;
        assert_eq!(high("xiaom"), "xiaon");
        assert_eq!(high("\u{D7FF}"), "\u{E000}");
        assert_eq!(high("a\u{10FFFF}"), "b");
    }

    #[test]
    fn few_places_are_looked_at_for_the_longest_spelling() {
        for typed in ["wangxiaoming", "zhuangshuangshuang", "ananananananananan", "w", "xian", "wxm"] {
            let lookups = Term::Letters(typed.to_owned()).lookups();
            assert!(lookups.len() < 24, "{typed}: {}", lookups.len());
        }
    }

    /// A few characters with many readings and shared syllables, so that chance meets them.
    const CHARS: &str = "[王小明重庆单曾解仇吕布西安先欧阳长乐行我儿の]{1,9}";
    /// Letters of their pinyin.
    const LETTERS: &str = "[a-z]{1,3}|(wang|w|xiao|x|ming|m|chong|zhong|qing|q|shan|dan|lv|lu|bu|xi|an|xian|yang|er|e|le|yue|hang){1,6}";

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn keys_find_whom_the_definition_finds_and_as_close(
            names in prop::collection::vec(prop_oneof![CHARS, "[王小明安]{1,3} ?[a-c]{1,3}", "anna li", "[安西]{1,2} [王小]{1,2}"], 1..3),
            typed in prop_oneof![LETTERS, CHARS, "[a-c]{1,3}"],
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let subject = subject(&names);
            let search = Search::parse(&typed);
            for way in search.ways() {
                for term in way {
                    // a key that is too short to say is no wrong answer
                    if let Ok(found) = by_keys(&subject, term) {
                        prop_assert_eq!(found, term.closeness(subject.as_str()), "{:?} {}", names, typed);
                    }
                }
            }
        }
    }
}
