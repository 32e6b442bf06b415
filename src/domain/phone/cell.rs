//! Several telephone numbers in one cell.

use super::reading::{MASKS, parse};
use super::{Phone, PhoneError, Region};

/// What stands between several numbers.
const SEPARATORS: [char; 18] =
    ['/', ';', ',', '、', '|', '，', '；', '／', '｜', '&', '＆', '和', '或', '及', '与', '\n', '\r', '\t'];

/// The most numbers that are read out of one cell.
const NUMBERS_MAX: usize = 20;

/// The most words that several numbers are looked for in.
const WORDS_MAX: usize = 24;

/// Reads a cell that may hold several numbers with `/`, `;`, `,`, `、`, `|`, `&`, 和, 或, 及, 与, blanks or a line break
/// between them.
///
/// An empty cell gives nothing. Each part is answered on its own, so that a good number beside a bad one is kept; of a
/// cell with more parts than anybody has numbers nothing is read.
pub fn parse_cell(raw: &str, region: &Region) -> Vec<Result<Phone, PhoneError>> {
    // A part of signs alone is what somebody writes who has no number; stars stand for one.
    let says = |c: char| c.is_alphanumeric() || MASKS.contains(&c) || c == '＊';
    let parts: Vec<&str> = raw
        .split(SEPARATORS)
        .map(str::trim)
        .filter(|part| part.contains(says))
        .take(NUMBERS_MAX + 1)
        .collect();
    if parts.is_empty() {
        return Vec::new();
    }
    // A separator may also stand inside one number: 021/62345678.
    match parse(raw, region) {
        Ok(phone) => vec![Ok(phone)],
        Err(PhoneError::Empty) => Vec::new(),
        Err(error) if parts.len() > NUMBERS_MAX => vec![Err(error)],
        Err(_) => parts.iter().flat_map(|part| parse_words(part, region)).collect(),
    }
}

/// Reads numbers with blanks between and inside them: each takes as many words as it needs.
fn parse_words(part: &str, region: &Region) -> Vec<Result<Phone, PhoneError>> {
    let whole = parse(part, region);
    let words: Vec<&str> = part.split_whitespace().take(WORDS_MAX + 1).collect();
    if whole.is_ok() || words.len() < 2 || words.len() > WORDS_MAX {
        return vec![whole];
    }
    let mut found = Vec::new();
    let mut rest: Vec<&str> = Vec::new();
    for word in words {
        rest.push(word);
        if let Ok(phone) = parse(&rest.join(" "), region) {
            found.push(Ok(phone));
            rest.clear();
        }
    }
    // Without any number in it, it is the whole that cannot be read; a remark behind the last number is none.
    if found.is_empty() {
        return vec![whole];
    }
    let rest = rest.join(" ");
    if rest.contains(|c: char| c.is_ascii_digit()) {
        found.push(parse(&rest, region));
    }
    found
}
