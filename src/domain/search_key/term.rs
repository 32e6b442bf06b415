//! What a person typed, and whether and how well somebody answers it.

use super::sound::{as_pinyin, spelled};
use super::subject::entries;
use super::{
    Entry, NAME_CHARS_MAX, Run, Subject, WORD_CHARS_MAX, canonical, folded, folded_id, is_character, runs,
};
use crate::domain::clean::clean;

/// More words than this are not looked for: the first ones narrow enough.
const TERMS_MAX: usize = 3;
/// A number is searched from so many digits on.
pub(super) const DIGITS_MIN: usize = 3;
/// The digits of a number of mainland China with the zero that is dialled before one of another town.
const TRUNK_DIGITS: usize = 12;

/// How well somebody answers what was typed, the better the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closeness {
    /// It stands somewhere inside, or is the end of a number, or a tag.
    Part,
    /// It is the beginning of a name, a number or an id.
    Beginning,
    /// It is the whole of it.
    Exact,
}

/// One thing that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Characters of a name. One must be its beginning, two and more stand anywhere.
    Characters(String),
    /// Letters: a word's beginning, an id's, or pinyin. One syllable or initial must be the beginning of a name, two and more
    /// stand anywhere.
    Letters(String),
    /// Letters and digits, or letters of another script: the beginning of a word or an id.
    Word(String),
    /// Three digits and more: the beginning or the end of a number, else as a word.
    Digits(String),
}

/// What was typed into a search field. It is answered by whoever answers every term of any of the ways to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    ways: Vec<Vec<Term>>,
    /// What was typed, as names are compared.
    typed: String,
}

impl Search {
    /// Reads what was typed. Nothing that can be looked for has no ways.
    pub fn parse(typed: &str) -> Self {
        let cleaned = clean(typed);
        let typed = canonical(&cleaned).into_owned();
        if let Some(digits) = dialled(&cleaned) {
            return Self { ways: vec![vec![Term::digits(digits)]], typed };
        }
        let runs = runs(&folded(&cleaned));
        let terms: Vec<Term> = runs.iter().take(TERMS_MAX).map(Term::of).collect();
        let several = terms.len() > 1;
        let mut ways = vec![terms];
        ways.retain(|terms| !terms.is_empty());
        // pinyin typed with spaces between the syllables, and ids with signs that cut words
        let letters: Option<String> = runs.iter().map(Run::letters).collect();
        if let Some(letters) = letters.filter(|_| several) {
            ways.push(vec![Term::Letters(as_pinyin(&letters))]);
        }
        let id = folded_id(&cleaned);
        if several && id.is_ascii() && !cleaned.contains(' ') {
            ways.push(vec![Term::Word(id)]);
        }
        Self { ways, typed }
    }

    /// The ways to read it, the likeliest first; each is a list of terms, all of which must be answered.
    pub fn ways(&self) -> &[Vec<Term>] {
        &self.ways
    }

    /// How well a packed subject answers one of the ways; `tagged` says how well its tags answer a term. Several terms are a part,
    /// unless together they are what a name is or begins with.
    pub fn closeness(
        &self,
        way: &[Term],
        subject: &str,
        tagged: impl Fn(&Term) -> Option<Closeness>,
    ) -> Option<Closeness> {
        if let [only] = way {
            return only.closeness(subject).max(tagged(only));
        }
        for term in way {
            term.closeness(subject).max(tagged(term))?;
        }
        // together they may be what a name begins with
        let names = entries(subject).filter_map(|entry| match entry {
            Entry::Name(name) => begins(name, &self.typed),
            Entry::Number(..) | Entry::Id(_) => None,
        });
        Some(names.max().unwrap_or(Closeness::Part))
    }

    /// Whether somebody of that name answers.
    pub fn finds(&self, name: &str) -> bool {
        let mut subject = Subject::default();
        subject.name(name);
        self.ways.iter().any(|way| self.closeness(way, subject.as_str(), |_| None).is_some())
    }
}

impl Term {
    fn of(run: &Run) -> Self {
        match run {
            Run::Characters(run) => Self::Characters(run.chars().take(NAME_CHARS_MAX).collect()),
            Run::Word(word) => {
                let word: String = word.chars().take(WORD_CHARS_MAX).collect();
                if word.bytes().all(|b| b.is_ascii_lowercase()) {
                    Self::Letters(as_pinyin(&word))
                } else if word.bytes().all(|b| b.is_ascii_digit()) {
                    Self::digits(word)
                } else {
                    Self::Word(word)
                }
            }
        }
    }

    fn digits(digits: String) -> Self {
        if digits.len() < DIGITS_MIN { Self::Word(digits) } else { Self::Digits(digits) }
    }

    /// The text that was typed.
    pub fn text(&self) -> &str {
        match self {
            Self::Characters(text) | Self::Letters(text) | Self::Word(text) | Self::Digits(text) => text,
        }
    }

    /// How well a packed subject answers.
    pub fn closeness(&self, subject: &str) -> Option<Closeness> {
        entries(subject).filter_map(|entry| self.of_entry(entry)).max()
    }

    fn of_entry(&self, entry: Entry<'_>) -> Option<Closeness> {
        match entry {
            Entry::Name(name) => self.of_name(name),
            Entry::Number(abroad, home) => self.of_number(abroad, home),
            Entry::Id(id) => self.of_id(id),
        }
    }

    /// How well a name answers that is written as names are compared.
    pub fn of_name(&self, name: &str) -> Option<Closeness> {
        let pieces = name.split(' ').enumerate();
        let alone = |piece: &str| piece.len() == name.len();
        pieces
            .filter_map(|(number, piece)| {
                let best = match (self, piece.starts_with(is_character)) {
                    (Self::Characters(typed), true) => written(piece, typed, number == 0)?,
                    (Self::Letters(typed), true) => read(piece, typed, number == 0)?,
                    (Self::Letters(text) | Self::Word(text) | Self::Digits(text), false) => {
                        begins(piece, text)?
                    }
                    _ => return None,
                };
                Some(match best {
                    Closeness::Exact if !alone(piece) => Closeness::Beginning.min(place(number)),
                    other => other.min(if alone(piece) { Closeness::Exact } else { place(number) }),
                })
            })
            .max()
    }

    /// How well a number answers: its digits with the country code, and as it is dialled at home.
    pub fn of_number(&self, abroad: &str, home: &str) -> Option<Closeness> {
        let Self::Digits(typed) = self else { return None };
        let forms = [begins(abroad, typed), begins(home, typed)];
        let ends = abroad.ends_with(typed.as_str()).then_some(Closeness::Part);
        forms.into_iter().flatten().chain(ends).max()
    }

    /// How well an id answers.
    pub fn of_id(&self, id: &str) -> Option<Closeness> {
        match self {
            Self::Characters(_) => None,
            Self::Letters(text) | Self::Word(text) | Self::Digits(text) => begins(id, text),
        }
    }

    /// How well a tag answers that goes by one of some names.
    pub fn of_tag<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<Closeness> {
        let found = names.into_iter().any(|name| canonical(name).starts_with(self.text()));
        found.then_some(Closeness::Part)
    }
}

/// The best that the piece of a name can be: the first is its beginning.
fn place(number: usize) -> Closeness {
    if number == 0 { Closeness::Beginning } else { Closeness::Part }
}

fn begins(whole: &str, typed: &str) -> Option<Closeness> {
    match whole.strip_prefix(typed)? {
        "" => Some(Closeness::Exact),
        _ => Some(Closeness::Beginning),
    }
}

/// How well a piece in characters has what was typed.
fn written(piece: &str, typed: &str, first: bool) -> Option<Closeness> {
    let single = typed.chars().nth(1).is_none();
    match begins(piece, typed) {
        Some(found) if first || !single => Some(found),
        _ if single => None,
        _ => piece.contains(typed).then_some(Closeness::Part),
    }
}

/// How well a piece in characters reads as was typed.
fn read(piece: &str, typed: &str, first: bool) -> Option<Closeness> {
    let chars: Vec<char> = piece.chars().collect();
    let start = spelled(&chars, typed);
    if start.whole && (first || start.two) {
        return Some(Closeness::Exact);
    }
    if start.any && (first || start.two) {
        return Some(Closeness::Beginning);
    }
    let mut behind = chars.as_slice();
    while let Some((_, rest)) = behind.split_first() {
        if spelled(rest, typed).two {
            return Some(Closeness::Part);
        }
        behind = rest;
    }
    None
}

impl Run {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Word(word) if word.bytes().all(|b| b.is_ascii_lowercase()) => Some(word),
            _ => None,
        }
    }
}

/// The digits of a number typed with its usual signs, when nothing else was typed; without what is dialled before the country
/// code (`0086`) or before a mobile number of another town (`0`).
fn dialled(typed: &str) -> Option<String> {
    let folded: String = folded(typed);
    let signs = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '+' | '.' | '/');
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let only = !digits.is_empty() && folded.chars().all(|c| c.is_ascii_digit() || signs(c));
    if !only {
        return None;
    }
    if let Some(national) = digits.strip_prefix("0086") {
        return Some(format!("86{national}"));
    }
    match digits.strip_prefix('0') {
        Some(mobile) if digits.len() == TRUNK_DIGITS && mobile.starts_with('1') => Some(mobile.to_owned()),
        _ => Some(digits),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::domain::phone::PhoneNumber;

    fn found(names: &[&str], phone: &str, wechat: &str, typed: &str) -> Option<Closeness> {
        let mut subject = Subject::default();
        for name in names {
            subject.name(name);
        }
        subject.number(&PhoneNumber::new(phone).unwrap());
        subject.id(&folded_id(wechat));
        let search = Search::parse(typed);
        search.ways().iter().filter_map(|way| search.closeness(way, subject.as_str(), |_| None)).max()
    }

    #[rstest]
    #[case("王小明", Closeness::Exact)]
    #[case("王小", Closeness::Beginning)]
    #[case("王", Closeness::Beginning)]
    #[case("小明", Closeness::Part)]
    #[case("wang", Closeness::Beginning)]
    #[case("w", Closeness::Beginning)]
    #[case("xiaom", Closeness::Part)]
    #[case("XIAOMING", Closeness::Part)]
    #[case("wxm", Closeness::Exact)]
    #[case("wangxm", Closeness::Exact)]
    #[case("wangxiaoming", Closeness::Exact)]
    #[case("xm", Closeness::Part)]
    #[case("wang xiaoming", Closeness::Exact)]
    #[case("wang xiao ming", Closeness::Exact)]
    #[case("138", Closeness::Beginning)]
    #[case("8000", Closeness::Part)]
    #[case("138 0013", Closeness::Beginning)]
    #[case("13800138000", Closeness::Exact)]
    #[case("013800138000", Closeness::Exact)]
    #[case("+86 138", Closeness::Beginning)]
    #[case("0086138", Closeness::Beginning)]
    #[case("１３８", Closeness::Beginning)]
    #[case("wxid_7", Closeness::Beginning)]
    #[case("WXID_77-ab", Closeness::Exact)]
    #[case("王 8000", Closeness::Part)]
    #[case("小明 wang", Closeness::Part)]
    fn a_customer_is_found_as_typed(#[case] typed: &str, #[case] how: Closeness) {
        assert_eq!(found(&["王小明"], "+8613800138000", "wxid_77-AB", typed), Some(how));
    }

    #[rstest]
    #[case("")]
    #[case("  ")]
    #[case("李")]
    #[case("小")] // one character alone must begin the name
    #[case("明")]
    #[case("ming")]
    #[case("王明")]
    #[case("明小")]
    #[case("小明王")]
    #[case("139")]
    #[case("0013")]
    #[case("00")]
    #[case("zhang")]
    #[case("王 9999")]
    #[case("id_7")]
    fn another_customer_is_not_found(#[case] typed: &str) {
        assert_eq!(found(&["王小明"], "+8613800138000", "wxid_77", typed), None);
    }

    #[test]
    fn readings_and_accents_do_not_hide_a_name() {
        let phone = "+8613800138000";
        for (name, typed) in [
            ("重庆", "zhongq"),
            ("重庆", "cq"),
            ("吕布", "lvb"),
            ("吕布", "lub"),
            ("吕布", "lyub"),
            ("José García", "jose"),
            ("José García", "José"),
            ("José García", "gar"),
            ("José García", "garcia jo"),
            ("Anna王芳 (妈妈)", "wangf"),
            ("Anna王芳 (妈妈)", "mama"),
            ("山田花子ちゃん", "花子ち"),
        ] {
            assert!(found(&[name], phone, "", typed).is_some(), "{name} {typed}");
        }
        assert_eq!(found(&["José García"], phone, "", "jose garcia"), Some(Closeness::Exact));
        assert_eq!(found(&["José García"], phone, "", "jose gar"), Some(Closeness::Beginning));
        assert_eq!(found(&["张三"], "+862162345678", "", "021-6234"), Some(Closeness::Beginning));
        assert_eq!(found(&["张三"], "+862162345678", "", "5678"), Some(Closeness::Part));
    }

    #[test]
    fn a_member_counts_as_the_customer_does() {
        let names = ["王家", "王小明"];
        assert_eq!(found(&names, "+8613800138000", "", "wxm"), Some(Closeness::Exact));
        assert_eq!(found(&names, "+8613800138000", "", "王"), Some(Closeness::Beginning));
    }

    #[test]
    fn a_tag_is_found_by_the_beginning_of_any_of_its_names() {
        let search = Search::parse("转介");
        let term = &search.ways()[0][0];
        assert_eq!(term.of_tag(["refer", "转介绍"]), Some(Closeness::Part));
        assert_eq!(term.of_tag(["refer"]), None);
    }

    proptest! {
        #[test]
        fn every_part_of_a_name_finds_it(name in "[\\u{4e00}-\\u{9fa5}]{2,8}", from in 0..7_usize, len in 2..8_usize) {
            let part: String = name.chars().skip(from).take(len).collect();
            prop_assume!(part.chars().count() > 1);
            prop_assert!(found(&[&name], "+8613800138000", "", &part).is_some(), "{} in {}", part, name);
        }

        #[test]
        fn anything_may_be_typed(typed in "\\PC{0,30}") {
            for way in Search::parse(&typed).ways() {
                prop_assert!(!way.is_empty() && way.iter().all(|term| !term.text().is_empty()));
            }
        }
    }
}
