//! Text that is not TOML: what to say about it, and what of it can still be read.
//!
//! The parser goes on after a mistake, but an open bracket or quote makes it misread everything up to the next match. So the
//! text is also parsed piece by piece, a piece being a table with its header: a mistake then spoils its own piece only.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, Error};

/// What a text comes to.
#[derive(Debug)]
pub struct Syntax<'a> {
    /// The text with spoilt tables blanked out behind their headers; every offset stays.
    pub sound: Cow<'a, str>,
    /// The mistakes as byte offset and message, first to last.
    pub mistakes: Vec<(usize, String)>,
}

/// Looks a text over. One without a mistake comes with what was parsed, so that it is parsed once.
pub fn parse(text: &str) -> (Syntax<'_>, Option<Spanned<DeTable<'_>>>) {
    let (whole, errors) = DeTable::parse_recoverable(text);
    let whole = errors.is_empty().then_some(whole);
    let mut sound = Cow::Borrowed(text);
    let mut mistakes = Vec::new();
    if !errors.is_empty() {
        let mut healed = String::with_capacity(text.len());
        for (start, piece) in pieces(text) {
            let found = in_piece(start, piece);
            if found.is_empty() {
                healed.push_str(piece);
            } else {
                let header = if is_header(piece) { piece.find('\n').unwrap_or(piece.len()) } else { 0 };
                let (header, body) = piece.split_at(header);
                healed.push_str(header);
                let blank = |c: char| std::iter::repeat_n(if c == '\n' { '\n' } else { ' ' }, c.len_utf8());
                healed.extend(body.chars().flat_map(blank));
            }
            mistakes.extend(found);
        }
        sound = Cow::Owned(healed);
        if mistakes.is_empty() {
            // what shows in the whole only: a table or key given twice
            mistakes.extend(errors.iter().map(|error| at(text, 0, error)));
        }
        mistakes.sort();
        mistakes.dedup();
    }
    (Syntax { sound, mistakes }, whole)
}

fn in_piece(start: usize, piece: &str) -> Vec<(usize, String)> {
    let (_, errors) = DeTable::parse_recoverable(piece);
    let spreads =
        |error: &Error| error.message().contains("unclosed") || error.message().contains("missing comma");
    let mut lines: Vec<usize> = Vec::new();
    let mut mistakes = Vec::new();
    for error in &errors {
        let (offset, message) = at(piece, start, error);
        let line = piece.bytes().take(offset - start).filter(|b| *b == b'\n').count();
        let follows = !lines.is_empty() && errors.iter().any(spreads);
        // a slip often brings several messages for its line: the first says most
        if !follows && !lines.contains(&line) {
            mistakes.push((offset, message));
        }
        lines.push(line);
    }
    mistakes
}

fn at(piece: &str, start: usize, error: &Error) -> (usize, String) {
    let span = error.span().unwrap_or(0..0);
    let offset = start + span.start;
    match piece.get(span) {
        Some(key) if error.message() == "duplicate key" => (offset, format!("'{key}' stands twice")),
        _ => (offset, error.message().to_owned()),
    }
}

/// The text cut before each table header, with the offset of each piece.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut cuts = vec![0];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if offset > 0 && is_header(line) {
            cuts.push(offset);
        }
        offset += line.len();
    }
    let ends = cuts.iter().skip(1).copied().chain([text.len()]);
    cuts.iter().copied().zip(ends).filter_map(|(from, to)| Some((from, text.get(from..to)?))).collect()
}

fn is_header(line: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    line.strip_prefix('[')
        .map(|rest| rest.strip_prefix('[').unwrap_or(rest))
        .and_then(|rest| rest.split_once(']'))
        .is_some_and(|(inner, _)| !inner.is_empty() && inner.chars().all(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_bracket_spoils_its_own_table_only() {
        let text = "[[a]]\nx = { y = 1\nz = 2\n[[b]]\nx = 1\n[[b]]\nx = = 2\n";
        let line = |at: usize| text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        let lines: Vec<usize> = parse(text).0.mistakes.iter().map(|(at, _)| line(*at)).collect();
        assert_eq!(lines.len(), 2, "{:?}", parse(text).0.mistakes);
        assert_eq!(lines[1], 7);
    }

    #[test]
    fn a_key_given_twice_is_a_mistake() {
        let text = "[a]\nx = 1\n[b]\ny = 1\n[a]\nz = 2\n";
        assert_eq!(parse(text).0.mistakes, [(21, "'a' stands twice".to_owned())]);
    }
}
