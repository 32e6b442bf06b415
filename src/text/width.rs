//! Widths in terminal cells: counting, cutting, padding, wrapping.
//!
//! The only place that knows how wide a character is. A cut never splits a wide character, so a text [`fit`] to
//! `w` cells takes exactly `w`. Control characters take no cell and are dropped by everything that makes a text.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands for the text that was cut off.
const ELLIPSIS: &str = "…";

/// Counts the terminal cells a text takes on one line.
pub fn cells(text: &str) -> usize {
    if is_plain(text) { text.len() } else { graphemes(text).map(|(_, width)| width).sum() }
}

/// Counts the cells a glyph takes where a terminal draws its characters one by one, as many do with joined pictures.
pub fn cells_apart(glyph: &str) -> usize {
    glyph.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// Cuts a text to at most `width` cells, the last of them an ellipsis when something was cut off.
pub fn cut(text: &str, width: usize) -> String {
    if is_plain(text) && text.len() <= width {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut used = 0;
    // The ellipsis goes after the last point that leaves a cell for it.
    let mut keep = 0;
    for (grapheme, wide) in graphemes(text) {
        if used + wide > width {
            out.truncate(keep);
            if width > 0 {
                out.push_str(ELLIPSIS);
            }
            return out;
        }
        out.push_str(grapheme);
        used += wide;
        if used < width {
            keep = out.len();
        }
    }
    out
}

/// Pads a text with blanks on its right to at least `width` cells.
pub fn pad(text: &str, width: usize) -> String {
    let mut out = clean(text);
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(cells(&out))));
    out
}

/// Pads a text with blanks on its left to at least `width` cells.
pub fn pad_left(text: &str, width: usize) -> String {
    let text = clean(text);
    let mut out = " ".repeat(width.saturating_sub(cells(&text)));
    out.push_str(&text);
    out
}

/// Cuts or pads a text to exactly `width` cells, its start at the left.
pub fn fit(text: &str, width: usize) -> String {
    pad(&cut(text, width), width)
}

/// Cuts or pads a text to exactly `width` cells, its end at the right.
pub fn fit_right(text: &str, width: usize) -> String {
    pad_left(&cut(text, width), width)
}

/// Breaks a text into lines of at most `width` cells.
///
/// Latin words break at blanks and, when longer than a line, anywhere; Chinese breaks between any two characters,
/// but closing punctuation is kept off the start of a line where the line has another place to break. Newlines
/// in the text are kept. The last line is never dropped, so the result has at least one line.
/// With a width of 0 or 1 wide characters cannot be shown and are left out.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, width, &mut lines);
    }
    lines
}

/// One grapheme and its width after another, without those that take no cell.
pub fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    Graphemes { rest: text }
}

/// The graphemes of a text that are still to come.
struct Graphemes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Graphemes<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut chars = self.rest.chars();
            let first = chars.next()?;
            // nearly all that is drawn stands alone: only the rest needs the tables that say what joins
            if stands_alone(first) && chars.clone().next().is_none_or(stands_alone) {
                let (grapheme, rest) = self.rest.split_at(first.len_utf8());
                self.rest = rest;
                return Some((grapheme, if first.is_ascii() { 1 } else { first.width().unwrap_or(0) }));
            }
            let grapheme = self.rest.graphemes(true).next()?;
            self.rest = self.rest.strip_prefix(grapheme).unwrap_or_default();
            let width = grapheme_cells(grapheme);
            if width > 0 && !grapheme.contains(char::is_control) {
                return Some((grapheme, width));
            }
        }
    }
}

/// Whether a character is a grapheme by itself wherever it stands beside another such: printable ASCII, boxes and blocks,
/// Chinese characters and punctuation, kana, full-width forms.
const fn stands_alone(c: char) -> bool {
    matches!(c,
        ' '..='~'
        | '·' | '×' | '–' | '…'
        | '\u{2500}'..='\u{259F}'
        | '\u{3001}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FE}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{FF01}'..='\u{FF60}')
}

fn grapheme_cells(grapheme: &str) -> usize {
    // Half-width katakana sound marks have no width of their own in the tables and one cell on terminals;
    // ratatui counts them so, and drawing and counting must agree.
    let marks = grapheme.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    grapheme.width() + marks
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn clean(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { graphemes(text).map(|(grapheme, _)| grapheme).collect() }
}

fn wrap_paragraph(paragraph: &str, width: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(paragraph) {
        let wide = cells(&piece);
        if used + wide > width && used > 0 {
            let blank = piece.trim().is_empty();
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
            if blank {
                continue;
            }
        }
        if wide <= width {
            line.push_str(&piece);
            used += wide;
            continue;
        }
        for (grapheme, wide) in graphemes(&piece) {
            if wide > width {
                continue;
            }
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// What may not be broken: a run of narrow characters, a run of blanks, or one wide character with the opening
/// marks before it and the closing marks after it.
fn pieces(paragraph: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last = Kind::Start;
    for (grapheme, width) in graphemes(paragraph) {
        let kind = kind(grapheme, width);
        let joins = match (last, kind) {
            (Kind::Blank, Kind::Blank) | (Kind::Narrow, Kind::Narrow) => true,
            (Kind::Blank | Kind::Start, _) | (_, Kind::Blank) => false,
            (Kind::Opening, _) | (_, Kind::Closing) => true,
            _ => false,
        };
        match pieces.last_mut() {
            Some(piece) if joins => piece.push_str(grapheme),
            _ => pieces.push(grapheme.to_owned()),
        }
        last = kind;
    }
    pieces
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Start,
    Blank,
    Narrow,
    Wide,
    Opening,
    Closing,
}

fn kind(grapheme: &str, width: usize) -> Kind {
    match grapheme.chars().next() {
        Some(' ' | '\u{3000}') => Kind::Blank,
        Some('（' | '《' | '「' | '『' | '【' | '“' | '‘') => Kind::Opening,
        Some(
            '，' | '。' | '、' | '；' | '：' | '？' | '！' | '）' | '》' | '」' | '』' | '】' | '”' | '’'
            | '…' | '％',
        ) => Kind::Closing,
        _ if width > 1 => Kind::Wide,
        _ => Kind::Narrow,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chinese_character_takes_two_cells() {
        assert_eq!(cells("张小明 mum"), 10);
        assert_eq!(cells("a\u{301}"), 1);
        assert_eq!(cells("a\u{7}b"), 2);
        assert_eq!(cells("¥120,000"), 8);
    }

    /// Graphemes as the tables say, without the way around them.
    fn by_tables(text: &str) -> Vec<(&str, usize)> {
        let clean = text.graphemes(true).filter(|grapheme| !grapheme.contains(char::is_control));
        clean.map(|grapheme| (grapheme, grapheme_cells(grapheme))).filter(|(_, width)| *width > 0).collect()
    }

    #[test]
    fn what_stands_alone_is_as_wide_as_the_tables_say_beside_any_other() {
        let alone: Vec<char> = ('\u{20}'..='\u{FFFF}').filter(|c| stands_alone(*c)).collect();
        assert!(alone.len() > 27_000);
        for c in &alone {
            let pair = format!("{c}中{c}a{c}");
            assert_eq!(graphemes(&pair).collect::<Vec<_>>(), by_tables(&pair), "{c} {:X}", u32::from(*c));
        }
    }

    #[test]
    fn a_cut_never_splits_a_wide_character() {
        for (text, width, expected) in [
            ("张小明", 6, "张小明"),
            ("张小明", 5, "张小…"),
            ("张小明", 4, "张…"),
            ("张小明", 1, "…"),
            ("张小明", 0, ""),
            ("hello", 5, "hello"),
            ("hello", 4, "hel…"),
            ("", 3, ""),
        ] {
            assert_eq!(cut(text, width), expected, "{text} {width}");
        }
    }

    #[test]
    fn a_fit_is_exact() {
        assert_eq!(fit("张小明", 5), "张小…");
        assert_eq!(fit("张小明", 4), "张… ");
        assert_eq!(fit_right("12", 5), "   12");
        assert_eq!(pad("ab", 1), "ab");
    }

    #[test]
    fn latin_wraps_at_blanks_and_chinese_anywhere() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("今天下午三点到校", 6), ["今天下", "午三点", "到校"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("one\n\ntwo", 9), ["one", "", "two"]);
        assert_eq!(wrap("", 9), [""]);
    }

    #[test]
    fn closing_punctuation_does_not_start_a_line() {
        assert_eq!(wrap("今天到校，好吗？", 8), ["今天到", "校，好", "吗？"]);
        assert_eq!(wrap("他说（明天）来", 6), ["他说", "（明", "天）来"]);
    }

    proptest! {
        #[test]
        fn graphemes_are_those_of_the_tables(text in "[a 1张·…（━ｶﾞ\u{301}\u{200D}\u{FE0F}\u{1F468}\u{1F1E8}\u{302A}\u{AC00}\u{11A8}\u{7}\r\n]{0,12}|\\PC{0,12}") {
            prop_assert_eq!(graphemes(&text).collect::<Vec<_>>(), by_tables(&text));
        }

        #[test]
        fn a_fit_takes_exactly_its_width(text in "\\PC{0,40}", width in 0usize..50) {
            prop_assert_eq!(cells(&fit(&text, width)), width);
            prop_assert_eq!(cells(&fit_right(&text, width)), width);
            prop_assert!(cells(&cut(&text, width)) <= width);
        }

        #[test]
        fn a_short_text_is_not_cut(text in "[a-z张小明，。 ]{0,20}") {
            prop_assert_eq!(cut(&text, cells(&text)), text);
        }

        #[test]
        fn wrapped_lines_fit_and_lose_nothing_but_blanks(text in "[a-z张小明，。（ ]{0,60}", width in 2usize..30) {
            let lines = wrap(&text, width);
            prop_assert!(!lines.is_empty());
            for line in &lines {
                prop_assert!(cells(line) <= width, "{:?} wider than {}", line, width);
            }
            let kept: String = lines.concat().split(' ').collect();
            let whole: String = text.split(' ').collect();
            prop_assert_eq!(kept, whole);
        }

        #[test]
        fn wrapping_anything_stays_within_the_width(text in "\\PC{0,40}", width in 0usize..20) {
            for line in wrap(&text, width) {
                prop_assert!(cells(&line) <= width);
            }
        }
    }
}
