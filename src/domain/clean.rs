//! Makes text from outside harmless before it is stored or drawn.
//!
//! A name, a note or a cell of a file may carry terminal sequences, bidirectional overrides or invisible
//! characters. They are taken out here, once, so that no later floor has to ask where a text came from.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// Cleans one line of text: no control character, terminal sequence, bidi control or stray joiner is left.
///
/// Tabs and line breaks become one space each, the ends are trimmed and the rest is in Unicode form NFC.
/// Borrows when there was nothing to do. Cleaning twice changes nothing more.
pub fn clean(text: &str) -> Cow<'_, str> {
    cleaned(text, Breaks::Spaces)
}

/// Cleans a text of several lines as [`clean`] does, keeping its line breaks (as `\n`), for notes.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, Breaks::Kept)
}

/// What becomes of a line break.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Spaces,
    Kept,
}

/// The most marks that stand over and under one character; scripts that people write have four at most.
const MARKS_MAX: usize = 5;

fn cleaned(text: &str, breaks: Breaks) -> Cow<'_, str> {
    let harmless = |c: char| !(suspicious(c) || is_mark(c)) || (breaks == Breaks::Kept && c == '\n');
    if text.chars().all(harmless) && is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text.trim());
    }
    let composed = without_towers(without_stray_joiners(&stripped(text, breaks)).nfc());
    match composed.trim() {
        trimmed if trimmed.len() == composed.len() => Cow::Owned(composed),
        trimmed => Cow::Owned(trimmed.to_owned()),
    }
}

/// Says whether a character may not pass without a closer look.
fn suspicious(c: char) -> bool {
    c.is_control() || invisible(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{2028}' | '\u{2029}')
}

/// Says whether a character draws nothing: it steers what stands around it, fills a name that looks empty, or is none.
fn invisible(c: char) -> bool {
    let bidi = matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}');
    let format = matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}');
    // Hangul fillers take cells and show nothing.
    let filler = matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}');
    let none = matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE;
    bidi || format || filler || none
}

/// Says whether a character is drawn over or under the one before it.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

/// Drops the marks that pile up over what stands in the lines above.
fn without_towers(text: impl Iterator<Item = char>) -> String {
    let mut height = 0;
    text.filter(|&c| {
        height = if is_mark(c) { height + 1 } else { 0 };
        height <= MARKS_MAX
    })
    .collect()
}

/// What ends a command string: BEL, ST of eight bits, and ESC.
const STRING_ENDS: [char; 3] = ['\u{7}', '\u{9C}', '\u{1B}'];

/// Drops sequences, controls and invisible characters; turns line breaks into what `breaks` asks for.
fn stripped(text: &str, breaks: Breaks) -> String {
    let line_break = if breaks == Breaks::Kept { '\n' } else { ' ' };
    let mut out = String::with_capacity(text.len());
    // Asked once: a text full of openers without an end would otherwise be searched to its end for each.
    let last_end = text.rfind(STRING_ENDS).map_or(usize::MAX, |at| text.len() - at);
    let after_string = |after| if str::len(after) < last_end { after } else { after_string(after) };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.strip_prefix(c).unwrap_or_default();
        rest = match c {
            '\u{1B}' => match after.strip_prefix([']', 'P', 'X', '^', '_']) {
                Some(inside) => after_string(inside),
                None => after_escape(after),
            },
            '\u{9B}' => after_csi(after),
            '\u{90}' | '\u{98}' | '\u{9D}'..='\u{9F}' => after_string(after),
            '\r' => {
                out.push(line_break);
                after.strip_prefix('\n').unwrap_or(after)
            }
            '\n' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.push(line_break);
                after
            }
            '\t' => {
                out.push(' ');
                after
            }
            _ => {
                if !c.is_control() && !invisible(c) {
                    out.push(c);
                }
                after
            }
        };
    }
    out
}

/// The text behind a sequence that ESC opened (ECMA-48), command strings excepted.
fn after_escape(after: &str) -> &str {
    if let Some(parameters) = after.strip_prefix('[') {
        return after_csi(parameters);
    }
    let body = after.trim_start_matches(|c| matches!(c, ' '..='/'));
    body.strip_prefix(|c| matches!(c, '0'..='~')).unwrap_or(after)
}

/// The text behind the parameters, intermediates and final of a control sequence; an unfinished one loses
/// only the part that belongs to it.
fn after_csi(after: &str) -> &str {
    let body = after.trim_start_matches(|c| matches!(c, '0'..='?'));
    let body = body.trim_start_matches(|c| matches!(c, ' '..='/'));
    body.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(body)
}

/// The text behind a command string (OSC, DCS and their kin) and its terminator; another escape cuts it short,
/// as in a terminal.
///
/// A string that never ends keeps its text: without its opener it is only text, and a person's note is not lost.
fn after_string(after: &str) -> &str {
    let Some((inside, _)) = after.split_once(STRING_ENDS) else { return after };
    let end = after.strip_prefix(inside).unwrap_or_default();
    match end.strip_prefix("\u{1B}\\") {
        Some(behind) => behind,
        None if end.starts_with('\u{1B}') => end,
        None => end.strip_prefix(STRING_ENDS).unwrap_or_default(),
    }
}

/// Drops joiners that join nothing: U+200D at the end of a grapheme, U+200C outside scripts that need it.
fn without_stray_joiners(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{200C}' && !(before.is_some_and(cursive) && chars.peek().copied().is_some_and(cursive)) {
            continue;
        }
        before = Some(c);
        out.push(c);
    }
    out.graphemes(true).map(|cluster| cluster.trim_end_matches('\u{200D}')).collect()
}

/// Says whether a character is of a script in which U+200C changes the spelling (Arabic to Sinhala).
fn cursive(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{0DFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("王小明", "王小明")]
    #[case::ends("  王小明\u{3000}", "王小明")]
    #[case::tab_and_breaks("a\tb\r\nc\nd", "a b c d")]
    #[case::colour("\u{1b}[31mred\u{1b}[0m", "red")]
    #[case::eight_bit_colour("\u{9b}31mred", "red")]
    #[case::title("a\u{1b}]0;owned\u{7}b", "ab")]
    #[case::title_ended_by_st("a\u{1b}]52;c;AAAA\u{1b}\\b", "ab")]
    #[case::device_string("a\u{90}q#0\u{9c}b", "ab")]
    #[case::unfinished_string("a\u{1b}]0;still here", "a0;still here")]
    #[case::reset("\u{1b}cab", "ab")]
    #[case::charset("\u{1b}(0ab", "ab")]
    #[case::escape_before_chinese("\u{1b}王", "王")]
    #[case::bell_and_backspace("a\u{7}\u{8}b", "ab")]
    #[case::bidi("\u{202E}abc\u{202C}\u{2066}d\u{2069}\u{200E}\u{200F}", "abcd")]
    #[case::bom("\u{FEFF}Name", "Name")]
    #[case::lone_joiner("王\u{200D}芳\u{200D}", "王芳")]
    #[case::family_emoji("👩\u{200D}👧", "👩\u{200D}👧")]
    #[case::persian("می\u{200C}خواهم", "می\u{200C}خواهم")]
    #[case::zero_width("王\u{200C}芳\u{200B}", "王芳")]
    #[case::composed("Jose\u{301}", "José")]
    #[case::soft_hyphen("soft\u{AD}ware", "software")]
    #[case::looks_empty("\u{3164}\u{115F}\u{FFA0}\u{180E}", "")]
    #[case::no_characters("a\u{FFFF}\u{FDD0}\u{1FFFE}b", "ab")]
    #[case::tower(
        "a\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}\u{489}b",
        "a\u{489}\u{489}\u{489}\u{489}\u{489}b"
    )]
    #[case::thai("ก็ที่นี่", "ก็ที่นี่")]
    #[case::only_dirt("\u{1b}[2J\u{0}\u{7f}", "")]
    fn text_from_outside_is_made_harmless(#[case] dirty: &str, #[case] expected: &str) {
        assert_eq!(clean(dirty), expected);
    }

    #[test]
    fn notes_keep_their_lines_and_nothing_else() {
        assert_eq!(
            clean_lines("one\r\ntwo\u{1b}[1m\tthree\rfour\u{2028}five\n"),
            "one\ntwo three\nfour\nfive"
        );
    }

    #[test]
    fn a_text_full_of_openers_is_still_read_once() {
        let openers = "\u{90}".repeat(200_000);
        assert_eq!(clean(&openers), "");
        assert_eq!(clean(&format!("\u{1b}{openers}a")), "a");
    }

    #[test]
    fn clean_text_is_borrowed() {
        assert!(matches!(clean("王小明 13800138000"), Cow::Borrowed(_)));
        assert!(matches!(clean_lines("一\n二"), Cow::Borrowed(_)));
    }

    /// Text dense in the characters that matter.
    fn dirty_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => any::<char>().prop_map(String::from),
            2 => prop::sample::select(vec![
                "\u{1b}", "\u{1b}[", "\u{1b}]", "\u{9b}", "\u{9d}", "\u{7}", "\u{1b}\\", "\u{200d}", "\u{200c}", "\u{fe0f}",
                "👩", "👧", "\u{301}", "e", "\u{202e}", "\u{feff}", "\r", "\n", "\t", " ", "王", "[31m", "\u{1100}",
                "\u{1161}", "\u{11a8}", "🇨", "\u{915}", "\u{94d}", "\u{2028}", "م",
            ]).prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn no_control_character_is_ever_left(text in dirty_text()) {
            let one_line = clean(&text);
            prop_assert!(!one_line.chars().any(|c| c.is_control() || invisible(c)), "{one_line:?}");
            let lines = clean_lines(&text);
            prop_assert!(!lines.chars().any(|c| (c.is_control() && c != '\n') || invisible(c)), "{lines:?}");
        }

        #[test]
        fn cleaning_twice_changes_nothing_more(text in dirty_text()) {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
            let once = clean_lines(&text).into_owned();
            prop_assert_eq!(clean_lines(&once), once.as_str());
        }
    }
}
