//! Frames to bytes.
//!
//! The stock backend moves the cursor after every wide character, which makes Chinese 3.5 times as long on the wire,
//! and asks the server's own terminal when it clears. This one knows that a plain ideograph moves the cursor by two,
//! and asks nobody. It writes nothing at all when nothing changed.
//!
//! ```
//! use corral::runtime::output::{Screen, Sync};
//! use ratatui::{buffer::Buffer, layout::Rect, style::Style};
//!
//! let mut screen = Screen::new(Sync::On);
//! let mut frame = Buffer::empty(Rect::new(0, 0, 10, 2));
//! frame.set_string(0, 0, "张小明", Style::new());
//! let mut out = Vec::new();
//! assert!(screen.draw(frame.clone(), None, &mut out)? > 0);
//! assert_eq!(screen.draw(frame, None, &mut out)?, 0);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::{Color, Modifier},
};

use crate::text::width::{cells, cells_apart};

/// Whether frames are marked so that the terminal shows each as a whole (DEC mode 2026).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// Frames are marked; terminals that do not know the mode ignore it.
    #[default]
    On,
    /// Frames are not marked: for the few terminals that flicker because of it.
    Off,
}

/// What a terminal shows, as far as we know, and how to change it into the next frame.
#[derive(Debug)]
pub struct Screen {
    shown: Option<Buffer>,
    caret: Option<Position>,
    sync: Sync,
}

impl Screen {
    /// A terminal about which nothing is known: the first frame clears it.
    pub const fn new(sync: Sync) -> Self {
        Self { shown: None, caret: None, sync }
    }

    /// Forgets what the terminal shows, after something else wrote to it: the next frame clears it.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Draws a frame, and puts the cursor at the caret or hides it.
    ///
    /// Answers with the count of bytes written: none when nothing changed. All bytes go in one write, so that a slow
    /// line never shows half a frame.
    ///
    /// # Errors
    ///
    /// When the writer fails; what the terminal shows is then not known and the next frame clears it.
    pub fn draw(
        &mut self,
        frame: Buffer,
        caret: Option<Position>,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        let frame = settled(frame);
        let caret = caret.filter(|place| frame.area.contains(*place));
        let known = self.shown.take().filter(|shown| shown.area == frame.area);
        let fresh = known.is_none();
        let mut bytes = Bytes::default();
        bytes.changes(&known.unwrap_or_else(|| Buffer::empty(frame.area)), &frame);
        let body = bytes.finish();
        if body.is_empty() && !fresh && caret == self.caret {
            self.shown = Some(frame);
            return Ok(0);
        }
        let whole = self.wrapped(&body, caret, fresh);
        out.write_all(whole.as_bytes())?;
        out.flush()?;
        self.shown = Some(frame);
        self.caret = caret;
        Ok(whole.len())
    }

    fn wrapped(&self, body: &str, caret: Option<Position>, fresh: bool) -> String {
        let (start, end) = match self.sync {
            Sync::On => ("\x1b[?2026h", "\x1b[?2026l"),
            Sync::Off => ("", ""),
        };
        // A cursor that runs along with the drawing makes input methods jump.
        let hide = if fresh || self.caret.is_some() { "\x1b[?25l" } else { "" };
        let clear = if fresh { "\x1b[0m\x1b[2J" } else { "" };
        let mut whole = format!("{start}{hide}{clear}{body}");
        if let Some(Position { x, y }) = caret {
            let _ = write!(whole, "\x1b[{};{}H\x1b[?25h", y + 1, x + 1);
        }
        whole.push_str(end);
        whole
    }
}

/// A frame in which every wide glyph owns its cells: the ones it covers hold nothing, so that two frames compare
/// cell by cell; a glyph that has no room left in its row is a blank.
fn settled(mut frame: Buffer) -> Buffer {
    let width = usize::from(frame.area.width).max(1);
    for row in frame.content.chunks_mut(width) {
        let mut covered = 0;
        let room = row.len();
        let mut style = Cell::EMPTY.style();
        for (x, cell) in row.iter_mut().enumerate() {
            if covered > 0 {
                covered -= 1;
                cell.set_symbol("");
                cell.set_style(style);
                cell.modifier = style.add_modifier;
                continue;
            }
            // most cells are blank or hold a letter
            if let [b' '..=b'~'] = cell.symbol().as_bytes() {
                continue;
            }
            let wide = cells(cell.symbol()).max(1);
            if x + wide > room || cell.symbol().is_empty() || cell.symbol().contains(char::is_control) {
                cell.set_symbol(" ");
                continue;
            }
            covered = wide - 1;
            style = cell.style();
        }
    }
    frame
}

/// The bytes of a frame, with what is known of the terminal's cursor and pen.
#[derive(Default)]
struct Bytes {
    text: String,
    at: Option<(u16, u16)>,
    pen: Option<Pen>,
}

#[derive(Clone, Copy, PartialEq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Bytes {
    fn changes(&mut self, shown: &Buffer, frame: &Buffer) {
        let Rect { width, .. } = frame.area;
        let step = usize::from(width).max(1);
        for (y, (old, new)) in (0..).zip(shown.content.chunks(step).zip(frame.content.chunks(step))) {
            let mut x = 0_u16;
            // Up to here a glyph that was or is drawn may have run over what stands behind it.
            let mut run_over = 0_u16;
            let mut places = new.iter().zip(old).peekable();
            while let Some((cell, before)) = places.next() {
                let mut changed = !alike(cell, before) || x < run_over;
                if changed {
                    run_over = run_over.max(x.saturating_add(spread(cell).max(spread(before))));
                }
                let mut wide = 1;
                // The cells a wide glyph covers belong to it: if any of them showed something else, it is drawn.
                while let Some((_, before)) = places.next_if(|(cover, _)| cover.symbol().is_empty()) {
                    changed |= !before.symbol().is_empty();
                    wide += 1;
                }
                if changed {
                    self.cell(cell, x, y, wide);
                    if x + wide >= width {
                        // In the last column some terminals wait with the cursor and some do not.
                        self.at = None;
                    }
                }
                x += wide;
            }
        }
    }

    fn cell(&mut self, cell: &Cell, x: u16, y: u16, wide: u16) {
        match self.at {
            Some(at) if at == (x, y) => {}
            Some((from, row)) if row == y && from < x => {
                let _ = write!(self.text, "\x1b[{}C", x - from);
            }
            _ => {
                let _ = write!(self.text, "\x1b[{};{}H", y + 1, x + 1);
            }
        }
        self.pen(Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier });
        if wide > 1 && !is_sure(cell.symbol()) {
            // Where the terminal draws it narrower, what stood in its second half must not stay.
            let _ = write!(self.text, "{:width$}\x1b[{};{}H", "", y + 1, x + 1, width = usize::from(wide));
        }
        self.text.push_str(cell.symbol());
        self.at = is_sure(cell.symbol()).then_some((x + wide, y));
    }

    fn pen(&mut self, wanted: Pen) {
        if self.pen == Some(wanted) {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        let known = self.pen.filter(|pen| wanted.modifier.contains(pen.modifier)).unwrap_or_else(|| {
            codes.push("0".to_owned());
            Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() }
        });
        for (modifier, code) in MODIFIERS {
            if (wanted.modifier - known.modifier).contains(modifier) {
                codes.push(code.to_owned());
            }
        }
        if wanted.fg != known.fg {
            codes.push(colour(wanted.fg, 30));
        }
        if wanted.bg != known.bg {
            codes.push(colour(wanted.bg, 40));
        }
        self.pen = Some(wanted);
        if !codes.is_empty() {
            let _ = write!(self.text, "\x1b[{}m", codes.join(";"));
        }
    }

    /// The bytes, with the pen put down.
    fn finish(mut self) -> String {
        if self.pen.is_some() {
            self.text.push_str("\x1b[0m");
        }
        self.text
    }
}

const MODIFIERS: [(Modifier, &str); 7] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

fn alike(a: &Cell, b: &Cell) -> bool {
    a.symbol() == b.symbol() && a.fg == b.fg && a.bg == b.bg && a.modifier == b.modifier
}

/// The cells that a glyph of several characters may take on a terminal that does not join them; 0 for all others.
fn spread(cell: &Cell) -> u16 {
    let symbol = cell.symbol();
    if symbol.chars().nth(1).is_none() {
        return 0;
    }
    u16::try_from(cells_apart(symbol)).unwrap_or(u16::MAX)
}

/// Whether every terminal moves its cursor by the width we count: printable ASCII, boxes and blocks, and ideographs,
/// kana, hangul and full-width forms alone. After anything else the cursor is placed anew, which confines a fault of
/// the terminal to one glyph.
fn is_sure(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else { return false };
    matches!(character,
        ' '..='~'
        | '\u{2500}'..='\u{259F}' // boxes and blocks
        | '\u{3001}'..='\u{3029}' // Chinese punctuation
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FE}' // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAD9}' // ideographs
        | '\u{AC00}'..='\u{D7A3}' // hangul
        | '\u{FF01}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}') // full-width forms
}

/// The code of a colour; `base` is 30 for the foreground and 40 for the background.
fn colour(colour: Color, base: u8) -> String {
    let named = |place: u8| (base + place).to_string();
    let bright = |place: u8| (base + 60 + place).to_string();
    match colour {
        Color::Reset => named(9),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

#[cfg(test)]
mod tests;
