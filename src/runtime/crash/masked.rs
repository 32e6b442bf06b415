//! What of a crash may be written down: places in the sources, and messages as far as the program wrote them itself.
//!
//! A message that was put together while the program ran may hold anything: a name, a note. Such a one is kept only where it
//! is the standard library's or the drawing library's and has numbers in it alone; what stands behind those words is not.

use std::panic::PanicHookInfo;

/// What stands for a value.
const MASK: &str = "…";
/// Messages of libraries: `#` is a number; behind the last word there may be more, which is left out.
const KNOWN: [&str; 14] = [
    "index out of bounds: the len is # but the index is #",
    "range start index # out of range for slice of length #",
    "range end index # out of range for slice of length #",
    "slice index starts at # but ends at #",
    "byte index # is out of bounds",
    "byte index # is not a char boundary",
    "start byte index # is not a char boundary",
    "end byte index # is not a char boundary",
    "called `Result::unwrap()` on an `Err` value",
    "assertion `left == right` failed",
    "assertion `left != right` failed",
    "RefCell already borrowed",
    "RefCell already mutably borrowed",
    "index outside of buffer: the area is Rect { x: #, y: #, width: #, height: # } but index is (#, #)",
];
/// Longest number that is kept: a longer one could be somebody's.
const DIGITS: usize = 5;
/// Lines of a backtrace that are kept.
const LINES: usize = 160;

/// Where it happened: file, line and column in the sources.
pub fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}:{}", source(place.file()), place.line(), place.column()),
    )
}

/// What was said, as far as it may be told.
pub fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    match (payload.downcast_ref::<&'static str>(), payload.downcast_ref::<String>()) {
        (Some(written), _) => quoted_out(written),
        (None, Some(made)) => known(made),
        (None, None) => "(no text)".to_owned(),
    }
}

/// A text of the program's own: what it quotes, and what is not plain ASCII, is masked all the same.
fn quoted_out(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' | '`' => {
                // an apostrophe without a partner masks to the end: too much rather than too little
                for inside in rest.by_ref() {
                    if inside == c {
                        break;
                    }
                }
                out.push_str(MASK);
            }
            ' ' | '!'..='~' => out.push(c),
            _ if out.ends_with(MASK) => {}
            _ => out.push_str(MASK),
        }
    }
    out
}

/// A text that was put together: the part of it that a library is known to say.
fn known(text: &str) -> String {
    let said = KNOWN.iter().find_map(|pattern| matched(pattern, text));
    said.unwrap_or_else(|| "(put together while the program ran: left out)".to_owned())
}

/// The beginning of a text that a pattern describes, with its numbers.
fn matched(pattern: &str, text: &str) -> Option<String> {
    let mut said = String::new();
    let mut rest = text;
    for (place, words) in pattern.split('#').enumerate() {
        if place > 0 {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (number, behind) = rest.split_at_checked(end)?;
            if number.is_empty() {
                return None;
            }
            said.push_str(if number.len() <= DIGITS { number } else { MASK });
            rest = behind;
        }
        rest = rest.strip_prefix(words)?;
        said.push_str(words);
    }
    Some(said)
}

/// A backtrace with the paths of this machine taken out.
pub fn trace(text: &str) -> String {
    let lines = text.lines().take(LINES).map(|line| match line.split_once(" at ") {
        Some((indent, path)) if indent.trim().is_empty() => format!("{indent} at {}", source(path)),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A file of the sources, from its package on: where that lies on the machine that built it is nobody's business.
fn source(path: &str) -> &str {
    let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path);
    let Some((folders, _)) = path.rsplit_once("/src/").or_else(|| path.rsplit_once("\\src\\")) else {
        return path.trim_start_matches("./");
    };
    let package = folders.rfind(['/', '\\']).map_or(0, |at| at + 1);
    path.get(package..).unwrap_or(path).trim_start_matches(['.', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_message_only_what_is_nobodys_is_kept() {
        for (said, kept) in [
            (
                "index out of bounds: the len is 3 but the index is 7",
                "index out of bounds: the len is 3 but the index is 7",
            ),
            (
                "byte index 1 is not a char boundary; it is inside '王' (bytes 0..3) of `王芳`",
                "byte index 1 is not a char boundary",
            ),
            (
                "called `Result::unwrap()` on an `Err` value: \"13800138000\"",
                "called `Result::unwrap()` on an `Err` value",
            ),
            (
                "index outside of buffer: the area is Rect { x: 0, y: 0, width: 80, height: 24 } but index is (80, 1)",
                "index outside of buffer: the area is Rect { x: 0, y: 0, width: 80, height: 24 } but index is (80, 1)",
            ),
            (
                "index out of bounds: the len is 13800138000 but the index is 7",
                "index out of bounds: the len is … but the index is 7",
            ),
            (
                "a fault of ours: Zhang Xiaoming 138 0013 8000",
                "(put together while the program ran: left out)",
            ),
        ] {
            assert_eq!(known(said), kept);
        }
    }

    #[test]
    fn a_text_of_ours_is_kept_without_what_it_quotes() {
        assert_eq!(quoted_out("attempt to subtract with overflow"), "attempt to subtract with overflow");
        assert_eq!(quoted_out("no 'wang' in \"王芳\", 小 – or"), "no … in …, … … or");
        assert_eq!(quoted_out("it isn't there: wang"), "it isn…");
    }

    #[test]
    fn a_path_is_told_from_its_package_on() {
        let own = format!("{}/src/screen/call.rs:7:9", env!("CARGO_MANIFEST_DIR"));
        for (path, told) in [
            (own.as_str(), "src/screen/call.rs:7:9"),
            ("./src/screen/call.rs:7:9", "src/screen/call.rs:7:9"),
            ("src/screen/call.rs", "src/screen/call.rs"),
            (
                "/somebody/.cargo/registry/src/index-1/ratatui-core-0.1.0/src/buffer.rs:1:2",
                "ratatui-core-0.1.0/src/buffer.rs:1:2",
            ),
            ("/rustc/abc/library/core/src/panicking.rs:75:14", "core/src/panicking.rs:75:14"),
        ] {
            assert_eq!(source(path), told);
        }
        let trace = trace(&format!("   0: corral::x::y\n             at {own}\n   1: main"));
        assert_eq!(trace, "   0: corral::x::y\n             at src/screen/call.rs:7:9\n   1: main");
    }
}
