use proptest::prelude::*;

use super::*;
use crate::input::{Key, Mouse, MouseKind};

/// What bytes mean that come in these pieces, with a pause at the end.
fn pieces(pieces: &[&[u8]]) -> Vec<Input> {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, &mut out);
    }
    decoder.flush(&mut out);
    out
}

fn key(text: &str) -> Input {
    Input::Key(Key::parse(text).unwrap())
}

fn click(x: u16, y: u16) -> Input {
    Input::Mouse(Mouse { kind: MouseKind::Click, x, y })
}

/// Bytes as terminals send them, and what was done.
fn known() -> Vec<(&'static [u8], Vec<Input>)> {
    let text = |text: &str| Input::Paste(text.to_owned());
    vec![
        (b"a", vec![key("a")]),
        (b"U", vec![key("U")]),
        ("王".as_bytes(), vec![key("王")]),
        ("𠮷é".as_bytes(), vec![key("𠮷"), key("é")]),
        (b"\r", vec![key("enter")]),
        (b"\t", vec![key("tab")]),
        (b"\x7f", vec![key("backspace")]),
        (b"\x10", vec![key("ctrl-p")]),
        (b"\x1b", vec![key("esc")]),
        (b"\x1b\x1b\x1b", vec![key("esc"), key("alt-esc")]),
        (b"\x1bx", vec![key("alt-x")]),
        (b"\x1b[", vec![key("alt-[")]),
        (b"\x1b]", vec![key("alt-]")]),
        (b"\x1bO", vec![key("alt-O")]),
        ("\x1b王".as_bytes(), vec![key("alt-王")]),
        (b"\x1b[A", vec![key("up")]),
        (b"\x1bOB", vec![key("down")]),
        (b"\x1b[1;5C", vec![key("ctrl-right")]),
        (b"\x1b[1;2D", vec![key("shift-left")]),
        (b"\x1b\x1b[A", vec![key("alt-up")]),
        (b"\x1b[d", vec![key("shift-left")]),
        (b"\x1b[Z", vec![key("backtab")]),
        (b"\x1b[H\x1b[4~", vec![key("home"), key("end")]),
        (b"\x1b[5~\x1b[6;5~", vec![key("pageup"), key("ctrl-pagedown")]),
        (b"\x1bOP\x1b[[B\x1b[15~\x1b[24~", vec![key("f1"), key("f2"), key("f5"), key("f12")]),
        // F13 and F20, by the gaps of the numbering
        (b"\x1b[25~\x1b[34~", vec![key("f13"), key("f20")]),
        (b"\x1b[1;2R", vec![key("shift-f3")]),
        // kitty: Ctrl-i is not Tab, a release is nothing
        (b"\x1b[105;5u", vec![key("ctrl-i")]),
        (b"\x1b[97;1:3u", vec![]),
        (b"\x1b[97:65;2u", vec![key("A")]),
        (b"\x1b[27;5;109~", vec![key("ctrl-m")]),
        (b"\x1b[I\x1b[O", vec![Input::FocusGained, Input::FocusLost]),
        (b"\x1b[<0;10;5M\x1b[<0;10;5m", vec![click(9, 4)]),
        (b"\x1b[M !!", vec![click(0, 0)]),
        (b"\x1b[<65;3;4M", vec![Input::Mouse(Mouse { kind: MouseKind::ScrollDown, x: 2, y: 3 })]),
        // a place that no screen has
        (b"\x1b[<0;0;0M\x1b[<0;99999;1M", vec![click(0, 0), click(u16::MAX - 1, 0)]),
        ("\x1b[200~粘贴 hi\r\n\x1b[A\x1b[201~q".as_bytes(), vec![text("粘贴 hi\r\n\x1b[A"), key("q")]),
        (b"\x1b[200~\x1b\x1b[20\x1b[201~", vec![text("\x1b\x1b[20")]),
        // answers to questions: the cursor's place, the colours, what it is, a text
        (b"\x1b[12;40Rq", vec![key("q")]),
        (b"\x1b]11;rgb:0000/0000/0000\x07q", vec![key("q")]),
        (b"\x1b]11;rgb:0000/0000/0000\x1b\\q", vec![key("q")]),
        (b"\x1b[?62;4cq", vec![key("q")]),
        (b"\x1bP>|term\x1b\\q", vec![key("q")]),
        // cut short or wrong: what follows is itself
        (b"\xe7\x8eq", vec![key("q")]),
        (b"\xff\xc0\x80q", vec![key("q")]),
        (b"\xc2\x9bA", vec![key("A")]),
        (b"\x1b[1;\x1b[B", vec![key("down")]),
    ]
}

#[test]
fn what_terminals_send_is_understood_however_it_is_cut() {
    for (bytes, meant) in known() {
        assert_eq!(pieces(&[bytes]), meant, "{}", bytes.escape_ascii());
        for at in 1..bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(pieces(&[before, after]), meant, "{} cut at {at}", bytes.escape_ascii());
        }
    }
}

#[test]
fn an_escape_alone_waits_for_what_may_follow() {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(b"\x1b", &mut out);
    assert!(decoder.is_pending() && out.is_empty());
    decoder.flush(&mut out);
    assert_eq!((decoder.is_pending(), out), (false, vec![key("esc")]));
    // a text being pasted is no key, however long its end is away
    decoder.feed(b"\x1b[200~half", &mut Vec::new());
    assert!(!decoder.is_pending());
}

#[test]
fn a_text_that_is_too_long_is_cut_and_ends_where_it_ends() {
    let long = [b"\x1b[200~".to_vec(), vec![b'x'; PASTE + 9], b"\x1b[201~q".to_vec()].concat();
    assert_eq!(pieces(&[&long]), [Input::Paste("x".repeat(PASTE)), key("q")]);
    let answer = [b"\x1b]".to_vec(), vec![b'.'; STRING + 9], b"\x07q".to_vec()].concat();
    assert_eq!(pieces(&[&answer]), [key("q")]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Hostile bytes: never a panic, the same however they are cut, and what is typed after them comes through.
    #[test]
    fn any_bytes_are_taken_the_same_however_they_are_cut_and_wedge_nothing(
        bytes in prop::collection::vec(
            prop_oneof![
                Just(0x1b_u8), Just(b'['), Just(b'O'), Just(b'<'), Just(b';'), Just(b'~'), Just(b'M'), Just(b']'),
                Just(b'2'), Just(b'0'), Just(b'1'), Just(0xe7), Just(0x8e), Just(0x07), any::<u8>(),
            ],
            0..300,
        ),
        cuts in prop::collection::vec(0..300_usize, 0..20),
    ) {
        let whole = pieces(&[&bytes]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(bytes.len())).collect();
        cuts.sort_unstable();
        let (mut decoder, mut out, mut from) = (Decoder::default(), Vec::new(), 0);
        for at in cuts.into_iter().chain([bytes.len()]) {
            decoder.feed(&bytes[from..at], &mut out);
            from = at;
            prop_assert!(decoder.kept.len() <= PASTE.max(STRING) + 1);
        }
        decoder.flush(&mut out);
        prop_assert_eq!(&out, &whole);
        // whatever came before: once a paste is ended and a pause was made, a key is a key
        decoder.feed(b"\x1b[201~", &mut out);
        decoder.flush(&mut out);
        let before = out.len();
        decoder.feed("王q".as_bytes(), &mut out);
        prop_assert_eq!(&out[before..], &[key("王"), key("q")]);
    }
}
