//! Text that is not TOML: what to say about it.
//!
//! The parser goes on after a mistake, but an open bracket or quote makes it misread everything up to the next match. So the
//! text is also parsed piece by piece, a piece being a table with its header: a mistake then spoils its own piece only.

use toml::de::{DeTable, Error};

/// Parses a text; with the mistakes in it as byte offset and message, first to last.
pub fn parse(text: &str) -> (DeTable<'_>, Vec<(usize, String)>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return (table.into_inner(), Vec::new());
    }
    let mut mistakes: Vec<(usize, String)> =
        pieces(text).into_iter().flat_map(|(start, piece)| in_piece(start, piece)).collect();
    // names given twice show in the whole only
    mistakes.extend(
        errors.iter().filter(|error| error.message().contains("duplicate")).map(|error| at(0, error)),
    );
    if mistakes.is_empty() {
        mistakes.extend(errors.first().map(|error| at(0, error)));
    }
    mistakes.sort();
    mistakes.dedup();
    (table.into_inner(), mistakes)
}

fn in_piece(start: usize, piece: &str) -> Vec<(usize, String)> {
    let (_, errors) = DeTable::parse_recoverable(piece);
    let spreads =
        |error: &Error| error.message().contains("unclosed") || error.message().contains("missing comma");
    let mut lines: Vec<usize> = Vec::new();
    let mut mistakes = Vec::new();
    for error in &errors {
        let (offset, message) = at(start, error);
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

fn at(start: usize, error: &Error) -> (usize, String) {
    (start + error.span().map_or(0, |span| span.start), error.message().to_owned())
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
        let lines: Vec<usize> =
            parse(text).1.iter().map(|(at, _)| text[..*at].matches('\n').count() + 1).collect();
        assert_eq!(lines.len(), 2, "{:?}", parse(text).1);
        assert_eq!(lines[1], 7);
    }

    #[test]
    fn a_key_given_twice_is_a_mistake() {
        let text = "[a]\nx = 1\n[b]\ny = 1\n[a]\nx = 2\n";
        assert_eq!(parse(text).1.len(), 1, "{:?}", parse(text).1);
    }
}
