//! Any bytes of a terminal far away, in any cuts: the same input comes out, nothing is kept beyond a limit, and what is typed after
//! them comes through.

#![no_main]

use corral::input::{Decoder, Input, Key, PASTE};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // the first bytes say how long the pieces are, the others are what comes
    let (cuts, bytes) = data.split_at(data.len().min(4));
    let whole = taken(&[bytes]);
    let mut pieces = Vec::new();
    let mut rest = bytes;
    for length in cuts.iter().cycle() {
        if rest.is_empty() || cuts.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(usize::from(length % 7 + 1).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(taken(&pieces), whole, "{}", bytes.escape_ascii());
    for input in &whole {
        match input {
            Input::Paste(text) => assert!(text.len() <= PASTE),
            Input::Key(key) => {
                let _ = (key.label(), key.folded().typed());
            }
            _ => {}
        }
    }
    // whatever came before: once a paste is ended and a pause was made, a key is a key
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(bytes, &mut out);
    decoder.flush(&mut out);
    decoder.feed(b"\x1b[201~", &mut out);
    decoder.flush(&mut out);
    assert!(!decoder.is_pending());
    out.clear();
    decoder.feed("王q".as_bytes(), &mut out);
    assert_eq!(out, [Input::Key(Key::char('王')), Input::Key(Key::char('q'))], "{}", bytes.escape_ascii());
});

/// What bytes mean that come in these pieces, with a pause at the end.
fn taken(pieces: &[&[u8]]) -> Vec<Input> {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, &mut out);
    }
    decoder.flush(&mut out);
    out
}
