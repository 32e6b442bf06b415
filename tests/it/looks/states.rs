//! States that must be told apart without colour, and text that must be readable, in every theme at every depth.

use corral::text::Lang;
use corral::text::width::cells;
use corral::theme::{Depth, Manner, Theme};
use corral::widget::screen_text;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::scene::{SCENES, Scene};
use crate::screens_work::floor::Floor;

const DEPTHS: [Depth; 4] = [Depth::None, Depth::Sixteen, Depth::TwoFiftySix, Depth::True];
const SIZES: [(u16, u16); 3] = [(40, 12), (80, 24), (120, 36)];

/// Every look there is: theme, depth, characters.
fn looks() -> impl Iterator<Item = (String, Theme)> {
    let manners = [Manner::Drawn, Manner::Ascii, Manner::Spoken];
    Theme::NAMES.into_iter().flat_map(move |name| {
        DEPTHS.into_iter().flat_map(move |depth| {
            manners.map(|manner| {
                let theme = Theme::builtin(name, depth).unwrap().drawn(manner);
                (format!("{name} {depth:?} {manner:?}"), theme)
            })
        })
    })
}

/// What is left of a cell without colours: what is written, and whether it is reversed.
fn colourless(cell: &Cell) -> (&str, bool) {
    (cell.symbol(), cell.modifier.contains(Modifier::REVERSED))
}

/// The row that a text stands in, without colours.
fn row_of<'a>(buf: &'a Buffer, text: &str) -> Vec<(&'a str, bool)> {
    let shown = screen_text(buf);
    let y =
        shown.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text}\n{shown}"));
    let width = usize::from(buf.area.width);
    buf.content[y * width..(y + 1) * width].iter().map(colourless).collect()
}

fn line_of(buf: &Buffer, text: &str) -> String {
    screen_text(buf).lines().find(|line| line.contains(text)).unwrap_or_default().to_owned()
}

#[test]
fn the_selected_row_is_seen_without_colour() {
    for (look, theme) in looks() {
        for (width, height) in SIZES {
            let mut scene = Scene::set("today", "", Lang::En, theme.clone());
            let (before, at) = scene.draw(width, height);
            scene.play("down");
            let (after, then) = scene.draw(width, height);
            if theme.manner().is_spoken() {
                // there the caret is the sign
                assert_ne!(at.unwrap().y, then.unwrap().y, "{look} {width}×{height}");
                continue;
            }
            for name in ["张小明家", "李先生"] {
                assert_ne!(row_of(&before, name), row_of(&after, name), "{look} {width}×{height} {name}");
            }
        }
    }
}

#[test]
fn what_is_overdue_says_so_in_its_row() {
    for (look, theme) in looks() {
        for (width, height) in SIZES {
            let mut scene = Scene::set("today", "", Lang::En, theme.clone());
            let (buf, _) = scene.draw(width, height);
            let says = |name: &str| {
                let line = line_of(&buf, name);
                line.contains('!') || line.contains("late")
            };
            // fifteen minutes past its time, three days past it; and one that has two minutes left
            assert!(says("欧阳娜娜") && says("赵敏"), "{look} {width}×{height}\n{}", screen_text(&buf));
            assert!(!says("李先生"), "{look} {width}×{height}");
        }
    }
}

#[test]
fn what_is_held_is_told_in_words() {
    for (look, theme) in looks() {
        for (lang, word) in [(Lang::En, "1 held"), (Lang::Zh, "1 条受限")] {
            for (width, height) in SIZES {
                let mut scene = Scene::set("today", "", lang, theme.clone());
                let (buf, _) = scene.draw(width, height);
                assert!(screen_text(&buf).contains(word), "{look} {width}×{height}\n{}", screen_text(&buf));
            }
        }
    }
}

#[test]
fn a_gap_that_is_reached_is_told_by_a_sign_or_a_word() {
    for (look, theme) in looks() {
        for (width, height) in SIZES {
            let keys = corral::app::keymap::Keymap::default();
            let mut floor = Floor::dressed("edu-english", Lang::En, keys, theme.clone());
            let open = head(&screen_text(&floor.draw(width, height)));
            let gap = &mut floor.today.gap.gap;
            (gap.done, gap.gap) = (13_000_000, -1_000_000);
            floor.event(corral::app::Event::Shown);
            let reached = head(&screen_text(&floor.draw(width, height)));
            let says = |head: &str| ["passed", "✓ +", "v +", "done +"].iter().any(|sign| head.contains(sign));
            assert!(says(&reached), "{look} {width}×{height}: {reached}");
            assert!(!says(&open), "{look} {width}×{height}: {open}");
        }
    }
}

/// The first two rows: where the gap stands.
fn head(text: &str) -> String {
    text.lines().take(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_refusal_begins_with_a_sign_that_no_other_notice_has() {
    for (look, theme) in looks() {
        for (width, height) in SIZES {
            let said = |keys: &str| {
                let mut scene = Scene::set("call", keys, Lang::En, theme.clone());
                let text = screen_text(&scene.draw(width, height).0);
                text.lines().any(|line| {
                    line.trim_start().starts_with("! no key") || line.trim_start().starts_with("! ")
                })
            };
            assert!(said("enter ="), "{look} {width}×{height}");
            assert!(!said("enter 1"), "{look} {width}×{height}");
        }
    }
}

#[test]
fn a_key_that_is_blocked_stands_in_brackets() {
    for (look, theme) in looks() {
        let mut scene = Scene::set("board", "", Lang::En, theme.clone());
        assert!(screen_text(&scene.draw(120, 36).0).contains("(t) Set target"), "{look}");
    }
}

/// Red, green and blue, where a terminal is known to show them: cube and greys by their definition, the sixteen as xterm
/// has them.
fn value(colour: Color) -> Option<[f64; 3]> {
    const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let parts = match colour {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(n @ 232..) => [8 + (n - 232) * 10; 3],
        Color::Indexed(n @ 16..) => {
            let n = usize::from(n - 16);
            [CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6]]
        }
        Color::Black => [0, 0, 0],
        Color::Red => [205, 0, 0],
        Color::Green => [0, 205, 0],
        Color::Yellow => [205, 205, 0],
        Color::Blue => [0, 0, 238],
        Color::Magenta => [205, 0, 205],
        Color::Cyan => [0, 205, 205],
        Color::Gray => [229, 229, 229],
        Color::DarkGray => [127, 127, 127],
        Color::LightRed => [255, 0, 0],
        Color::LightGreen => [0, 255, 0],
        Color::LightYellow => [255, 255, 0],
        Color::LightBlue => [92, 92, 255],
        Color::LightMagenta => [255, 0, 255],
        Color::LightCyan => [0, 255, 255],
        Color::White => [255, 255, 255],
        _ => return None,
    };
    Some(parts.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    }))
}

/// The contrast of what a cell shows with its ground (WCAG 2.2); `None` where the terminal's own colours are used.
fn contrast(cell: &Cell) -> Option<f64> {
    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (a, b) = (light(value(cell.fg)?), light(value(cell.bg)?));
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

/// Lines, blocks and bars: there to be seen, not read.
fn is_line(symbol: &str) -> bool {
    cells(symbol) == 1 && symbol.chars().all(|c| matches!(c, '\u{2500}'..='\u{259F}'))
}

#[test]
fn every_cell_of_every_screen_can_be_read() {
    let mut faint = std::collections::BTreeSet::new();
    for name in Theme::NAMES {
        for (depth, least) in [(Depth::Sixteen, 3.0), (Depth::TwoFiftySix, 4.5), (Depth::True, 4.5)] {
            let theme = Theme::builtin(name, depth).unwrap();
            for (scene, keys) in SCENES {
                let mut shown = Scene::set(scene, keys, Lang::En, theme.clone());
                let (buf, _) = shown.draw(120, 36);
                for cell in buf.content.iter().filter(|cell| !cell.symbol().trim().is_empty()) {
                    let Some(seen) = contrast(cell) else { continue };
                    let least = if is_line(cell.symbol()) { 1.3 } else { least };
                    if seen < least {
                        let style = (cell.fg, cell.bg);
                        faint.insert(format!(
                            "{name} {depth:?} {scene}: '{}' {style:?} {seen:.2}",
                            cell.symbol()
                        ));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{}", faint.into_iter().take(60).collect::<Vec<_>>().join("\n"));
}
