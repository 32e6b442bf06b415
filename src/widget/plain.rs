//! The same screen in ASCII: every sign by one character of the same width.

use ratatui::buffer::Buffer;

use crate::theme::Manner;

/// Signs and what stands for them. Anything else between the arrows and the dingbats becomes a star.
const SIGNS: [(&str, &str); 51] = [
    ("─", "-"),
    ("━", "="),
    ("│", "|"),
    ("┃", "|"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("┏", "+"),
    ("┓", "+"),
    ("┗", "+"),
    ("┛", "+"),
    ("▓", "#"),
    ("░", "."),
    ("█", "="),
    ("▁", "_"),
    ("▂", "_"),
    ("▃", "-"),
    ("▄", "-"),
    ("▅", "="),
    ("▆", "="),
    ("▇", "="),
    ("▐", "|"),
    ("▸", ">"),
    ("◂", "<"),
    ("▾", "v"),
    ("▲", "^"),
    ("▼", "v"),
    ("●", "*"),
    ("○", "o"),
    ("◆", "*"),
    ("◎", "@"),
    ("✓", "v"),
    ("✎", "~"),
    ("⚑", "#"),
    ("×", "x"),
    ("¤", "$"),
    ("·", "-"),
    ("…", "~"),
    ("–", "-"),
    ("—", "-"),
    ("“", "\""),
    ("”", "\""),
    ("‘", "'"),
    ("’", "'"),
    ("←", "<"),
    ("→", ">"),
    ("↑", "^"),
    ("↓", "v"),
    ("⟨", "<"),
    ("⟩", ">"),
];

/// Draws what was drawn with plain characters where the manner asks for it: the last thing done to a frame.
pub fn plain(buf: &mut Buffer, manner: Manner) {
    if manner != Manner::Ascii {
        return;
    }
    for cell in &mut buf.content {
        if let Some(plain) = ascii(cell.symbol()) {
            cell.set_symbol(plain);
        }
    }
}

/// What stands for a sign; `None` for letters, digits and whatever else needs no other.
fn ascii(symbol: &str) -> Option<&'static str> {
    if symbol.is_ascii() {
        return None;
    }
    let known = SIGNS.iter().find(|(sign, _)| *sign == symbol).map(|(_, plain)| *plain);
    let sign = |c: char| matches!(c, '\u{2190}'..='\u{27BF}') && crate::text::width::cells(symbol) == 1;
    known.or_else(|| symbol.chars().next().filter(|c| sign(*c)).map(|_| "*"))
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn signs_become_characters_of_one_cell_and_names_stay() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 24, 1));
        buf.set_string(0, 0, "┏▸✓ 张小明 · Müller ♞…", ratatui::style::Style::new());
        plain(&mut buf, Manner::Drawn);
        assert_eq!(buf[(0, 0)].symbol(), "┏");
        plain(&mut buf, Manner::Ascii);
        assert_eq!(crate::widget::screen_text(&buf), "+>v 张小明 - Müller *~\n");
    }

    #[test]
    fn every_stand_in_is_ascii_and_as_wide_as_its_sign() {
        for (sign, plain) in SIGNS {
            assert_eq!(crate::text::width::cells(sign), 1, "{sign}");
            assert!(plain.is_ascii() && plain.len() == 1, "{plain}");
        }
    }
}
