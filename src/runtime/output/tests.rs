//! What an emulated terminal (the `vt100` crate) shows after our bytes, against the frame.

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::style::Style;

use super::*;

fn terminal(width: u16, height: u16) -> vt100::Parser {
    vt100::Parser::new(NonZeroU16::new(height).unwrap(), NonZeroU16::new(width).unwrap(), 0)
}

fn as_shown(colour: Color) -> vt100::Color {
    match colour {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        other => panic!("not used here: {other}"),
    }
}

fn assert_shows(parser: &vt100::Parser, frame: &Buffer) {
    let screen = parser.screen();
    for y in 0..frame.area.height {
        let mut x = 0;
        while x < frame.area.width {
            let (cell, shown) = (frame.cell((x, y)).unwrap(), screen.cell(y, x).unwrap());
            let symbol = if shown.has_contents() { shown.contents() } else { " " };
            assert_eq!(symbol, cell.symbol(), "at {x},{y}");
            assert_eq!(shown.fgcolor(), as_shown(cell.fg), "at {x},{y}");
            assert_eq!(shown.bgcolor(), as_shown(cell.bg), "at {x},{y}");
            let modifiers = [
                (Modifier::BOLD, shown.bold()),
                (Modifier::DIM, shown.dim()),
                (Modifier::ITALIC, shown.italic()),
                (Modifier::UNDERLINED, shown.underline()),
                (Modifier::REVERSED, shown.inverse()),
            ];
            for (modifier, seen) in modifiers {
                assert_eq!(seen, cell.modifier.contains(modifier), "{modifier:?} at {x},{y}");
            }
            x += u16::try_from(cells(cell.symbol()).max(1)).unwrap();
        }
    }
}

fn style(number: u8) -> Style {
    let look = match number % 7 {
        0 => Style::new(),
        1 => Style::new().fg(Color::Red),
        2 => Style::new().bg(Color::Indexed(236)).add_modifier(Modifier::BOLD),
        3 => Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::UNDERLINED),
        4 => Style::new().add_modifier(Modifier::REVERSED | Modifier::DIM),
        5 => Style::new().fg(Color::LightBlue).bg(Color::Rgb(250, 250, 240)),
        _ => Style::new().add_modifier(Modifier::ITALIC | Modifier::BOLD),
    };
    // The emulator knows bold or dim, never both: what was there before must not shine through.
    Style::reset().patch(look)
}

proptest! {
    #[test]
    fn the_terminal_shows_every_frame(
        frames in proptest::collection::vec(
            proptest::collection::vec((0u16..24, 0u16..6, "[a-z ─▓张小明，课程…·▸]{1,12}", 0u8..7), 0..12),
            1..6,
        ),
        caret in proptest::option::of((0u16..24, 0u16..6)),
    ) {
        let area = Rect::new(0, 0, 24, 6);
        let mut parser = terminal(24, 6);
        let mut screen = Screen::new(Sync::On);
        let caret = caret.map(Position::from);
        for texts in frames {
            let mut frame = Buffer::empty(area);
            for (x, y, text, look) in texts {
                frame.set_string(x, y, text, style(look));
            }
            // Only well-formed frames: a text written over the right half of a glyph leaves the half that is cut.
            let frame = settled_as_given(frame);
            let mut bytes = Vec::new();
            screen.draw(frame.clone(), caret, &mut bytes).unwrap();
            parser.process(&bytes);
            assert_shows(&parser, &frame);
            prop_assert_eq!(parser.screen().hide_cursor(), caret.is_none());
            if let Some(Position { x, y }) = caret {
                prop_assert_eq!(parser.screen().cursor_position(), (y, x));
            }
        }
    }
}

/// Blanks what a wide glyph covers, as drawing parts do.
fn settled_as_given(mut frame: Buffer) -> Buffer {
    let area = frame.area;
    for y in 0..area.height {
        for x in 0..area.width {
            if cells(frame[(x, y)].symbol()) > 1 {
                if x + 1 == area.width {
                    frame[(x, y)].set_symbol(" ");
                } else {
                    frame[(x + 1, y)].set_symbol(" ");
                }
            }
        }
    }
    frame
}

fn full_of(text: &str) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, 120, 40));
    let line: String = text.chars().cycle().take(120).collect();
    for y in 0..40 {
        frame.set_string(0, y, &line, Style::new());
    }
    frame
}

#[test]
fn a_screen_full_of_chinese_costs_little_more_than_its_text() {
    let mut bytes = Vec::new();
    let frame = full_of("今日围栏任务拨打电话跟进客户排行榜第一名");
    let count = Screen::new(Sync::On).draw(frame.clone(), None, &mut bytes).unwrap();
    assert_eq!(count, bytes.len());
    // 120 × 40 cells are 2,400 ideographs of three bytes: 7,200. The stock backend sends 26,079.
    assert!(count < 7_600, "{count}");
    let mut parser = terminal(120, 40);
    parser.process(&bytes);
    assert_shows(&parser, &frame);
}

#[test]
fn nothing_changed_writes_nothing() {
    let mut screen = Screen::new(Sync::On);
    let mut bytes = Vec::new();
    let caret = Some(Position { x: 3, y: 1 });
    screen.draw(full_of("张a"), caret, &mut bytes).unwrap();
    let before = bytes.len();
    assert_eq!(screen.draw(full_of("张a"), caret, &mut bytes).unwrap(), 0);
    assert_eq!(bytes.len(), before);
}

#[test]
fn one_changed_figure_costs_a_few_bytes() {
    let mut screen = Screen::new(Sync::Off);
    let mut frame = full_of("张");
    frame.set_string(40, 5, "gap 33,600 ", Style::new());
    screen.draw(frame.clone(), None, &mut Vec::new()).unwrap();
    frame.set_string(44, 5, "28,920", Style::new());
    let mut bytes = Vec::new();
    screen.draw(frame, None, &mut bytes).unwrap();
    // Move, pen, `28`, over the comma, `92`; the last 0 is the same.
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[6;45H\x1b[0m28\x1b[1C92\x1b[0m");
}

#[test]
fn a_moved_caret_alone_is_moved() {
    let mut screen = Screen::new(Sync::Off);
    screen.draw(full_of("张"), Some(Position { x: 0, y: 0 }), &mut Vec::new()).unwrap();
    let mut bytes = Vec::new();
    screen.draw(full_of("张"), Some(Position { x: 9, y: 2 }), &mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?25l\x1b[3;10H\x1b[?25h");
}

#[test]
fn a_resize_clears_and_draws_all() {
    let mut screen = Screen::new(Sync::On);
    let mut parser = terminal(12, 3);
    let mut bytes = Vec::new();
    screen.draw(full_of("张"), None, &mut bytes).unwrap();
    bytes.clear();
    let mut small = Buffer::empty(Rect::new(0, 0, 12, 3));
    small.set_string(0, 1, "张小明", Style::new());
    screen.draw(small.clone(), None, &mut bytes).unwrap();
    parser.process("leftovers".as_bytes());
    parser.process(&bytes);
    assert_shows(&parser, &small);
}

#[test]
fn the_marks_of_a_frame_can_be_switched_off() {
    for (sync, marked) in [(Sync::On, true), (Sync::Off, false)] {
        let mut bytes = Vec::new();
        Screen::new(sync).draw(full_of("a"), None, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.starts_with("\x1b[?2026h"), marked);
        assert_eq!(text.ends_with("\x1b[?2026l"), marked);
    }
}

#[test]
fn a_glyph_without_room_is_a_blank() {
    let mut frame = Buffer::empty(Rect::new(0, 0, 3, 1));
    frame[(2, 0)].set_symbol("张");
    let mut bytes = Vec::new();
    Screen::new(Sync::Off).draw(frame, None, &mut bytes).unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains('张'));
}

#[test]
fn a_control_character_never_reaches_the_terminal() {
    let mut frame = Buffer::empty(Rect::new(0, 0, 3, 1));
    frame[(0, 0)].set_symbol("\x1b]0;x\x07");
    let mut bytes = Vec::new();
    Screen::new(Sync::Off).draw(frame, None, &mut bytes).unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("]0;"));
}

#[test]
fn a_failed_write_is_made_good_by_the_next_frame() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut screen = Screen::new(Sync::On);
    let frame = full_of("张");
    screen.draw(frame.clone(), None, &mut Vec::new()).unwrap();
    screen.draw(full_of("a"), None, &mut Broken).unwrap_err();
    let mut parser = terminal(120, 40);
    let mut bytes = Vec::new();
    screen.draw(frame.clone(), None, &mut bytes).unwrap();
    parser.process(&bytes);
    assert_shows(&parser, &frame);
}
