//! How every screen looks at every size, in every theme and depth, in ASCII, and read aloud.

mod scene;
mod states;

use corral::text::Lang;
use corral::text::width::cells;
use corral::theme::{Manner, Theme};
use corral::widget::{cut_glyphs, screen_text};
use proptest::prelude::*;
use scene::{SCENES, Scene};

fn look(manner: Manner) -> Theme {
    Theme::default().drawn(manner)
}

/// The screens that are looked at as pictures.
const PICTURES: [&str; 12] = [
    "today",
    "call: line said",
    "call: note",
    "call: questions",
    "call: when",
    "customers",
    "customers: new",
    "card",
    "board",
    "board: help",
    "sign in",
    "today: why",
];

fn scenes() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCENES.into_iter()
}

#[test]
fn plain_and_spoken_screens_look_as_they_were_looked_at() {
    for (name, keys) in scenes().filter(|(name, _)| PICTURES.contains(name)) {
        for (manner, word) in [(Manner::Ascii, "ascii"), (Manner::Spoken, "spoken")] {
            for lang in Lang::ALL {
                let mut scene = Scene::set(name, keys, lang, look(manner));
                let (buf, caret) = scene.draw(80, 24);
                let caret = caret.map_or_else(|| "none".to_owned(), |at| format!("{},{}", at.x, at.y));
                let picture = format!("{}caret {caret}\n", screen_text(&buf));
                let name = name.replace(": ", "_").replace(' ', "_");
                insta::assert_snapshot!(format!("{word}_{name}_{lang}"), picture);
            }
        }
    }
}

#[test]
fn every_screen_is_drawn_at_every_size() {
    for (name, keys) in scenes() {
        for manner in [Manner::Drawn, Manner::Spoken] {
            let mut scene = Scene::set(name, keys, Lang::Zh, look(manner));
            // under the least size all are alike: one of them is tried at each
            let least = if name == "today" { (1, 1) } else { (40, 12) };
            let small = (least.0..=60).flat_map(|width| (least.1..=20).map(move |height| (width, height)));
            let large = [(500, 200), (500, 12), (40, 200), (200, 60), (1, 200), (500, 1)];
            let step = if manner == Manner::Drawn { 1 } else { 7 };
            for (width, height) in small.step_by(step).chain(large) {
                let (buf, caret) = scene.draw(width, height);
                assert!(cut_glyphs(&buf).is_empty(), "{name} {width}×{height} cuts a wide glyph");
                let inside = caret.is_none_or(|at| buf.area.contains(at));
                assert!(inside, "{name} {width}×{height} has its caret at {caret:?}");
            }
        }
    }
}

#[test]
fn a_window_that_is_too_small_says_what_is_needed() {
    let mut scene = Scene::set("today", "", Lang::En, look(Manner::Drawn));
    for (width, height) in [(39, 12), (40, 11), (60, 5), (39, 200)] {
        let text = screen_text(&scene.draw(width, height).0);
        let said = format!("{width}×{height} is too small: 40×12 is needed");
        assert!(
            text.lines()
                .any(|line| line == said || said.starts_with(line.trim_end_matches('…')) && line.len() > 30),
            "{text}"
        );
        assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 1, "{text}");
    }
    assert!(screen_text(&scene.draw(40, 12).0).contains("张小明家"));
}

#[test]
fn what_is_selected_is_in_sight_in_the_smallest_window() {
    let mut scene = Scene::set("customers", "end", Lang::Zh, look(Manner::Drawn));
    assert!(screen_text(&scene.draw(40, 12).0).contains("▸customer 100"));
    let mut scene = Scene::set("board", "end", Lang::Zh, look(Manner::Drawn));
    assert!(screen_text(&scene.draw(40, 12).0).contains("rep 40"));
    // a form of more fields than rows shows the one that has the keys
    let mut scene = Scene::set("customers: new", "a tab tab tab", Lang::En, look(Manner::Drawn));
    let (buf, caret) = scene.draw(40, 12);
    let row = screen_text(&buf).lines().nth(usize::from(caret.unwrap().y)).unwrap().to_owned();
    assert!(row.contains("source"), "{row}");
}

#[test]
fn every_outcome_is_reached_in_the_smallest_window() {
    for lang in Lang::ALL {
        let book = crate::screens_work::floor::playbook("edu-english");
        let mut scene = Scene::set("call", "enter", lang, look(Manner::Drawn));
        scene.draw(40, 12);
        scene.play("tab tab tab tab");
        let mut text = screen_text(&scene.draw(40, 12).0);
        scene.play("pagedown");
        text += &screen_text(&scene.draw(40, 12).0);
        for outcome in book.outcomes_for(corral::domain::lists::Lane::Call) {
            let name = if lang == Lang::Zh { &outcome.name.zh } else { &outcome.name.en };
            assert!(text.contains(&format!("{} {name}", outcome.key)), "{name}\n{text}");
        }
    }
}

/// Signs that plain and spoken screens do without: lines, blocks, arrows and pictures of one cell.
fn is_sign(symbol: &str) -> bool {
    let sign =
        |c: char| matches!(c, '\u{2190}'..='\u{27BF}' | '·' | '×' | '¤' | '…' | '–' | '“' | '”' | '⟨' | '⟩');
    cells(symbol) == 1 && symbol.chars().any(sign)
}

#[test]
fn a_plain_screen_has_no_sign_beyond_ascii() {
    for (name, keys) in scenes() {
        for lang in Lang::ALL {
            let mut scene = Scene::set(name, keys, lang, look(Manner::Ascii));
            let (buf, _) = scene.draw(120, 36);
            let left: Vec<&str> =
                buf.content.iter().map(ratatui::buffer::Cell::symbol).filter(|s| is_sign(s)).collect();
            assert!(left.is_empty(), "{name} {lang}: {left:?}");
        }
    }
}

#[test]
fn a_plain_screen_is_laid_out_like_a_drawn_one() {
    for (name, keys) in scenes() {
        let [mut drawn, mut plain] =
            [Manner::Drawn, Manner::Ascii].map(|manner| Scene::set(name, keys, Lang::Zh, look(manner)));
        for (width, height) in [(40, 12), (80, 24), (120, 36)] {
            let ((drawn, at), (plain, also)) = (drawn.draw(width, height), plain.draw(width, height));
            assert_eq!(at, also, "{name}");
            let wide = |buf: &ratatui::buffer::Buffer| {
                buf.content.iter().map(|c| cells(c.symbol())).collect::<Vec<_>>()
            };
            assert_eq!(wide(&drawn), wide(&plain), "{name}");
        }
    }
}

/// Signs that are drawn only: what is left in texts (a dot, a dash, quotes) is read as nothing or as a pause.
fn is_drawn(symbol: &str) -> bool {
    let drawn = |c: char| matches!(c, '\u{2500}'..='\u{27BF}' | '×' | '¤');
    cells(symbol) == 1 && symbol.chars().any(drawn)
}

#[test]
fn a_spoken_screen_has_words_for_signs_and_its_caret_on_a_line_with_text() {
    let mut wrong = Vec::new();
    for (name, keys) in scenes() {
        for lang in Lang::ALL {
            for (width, height) in [(80, 24), (120, 36), (40, 12)] {
                let mut scene = Scene::set(name, keys, lang, look(Manner::Spoken));
                let (buf, caret) = scene.draw(width, height);
                let text = screen_text(&buf);
                let left: Vec<&str> =
                    buf.content.iter().map(ratatui::buffer::Cell::symbol).filter(|s| is_drawn(s)).collect();
                let line = caret.and_then(|at| text.lines().nth(usize::from(at.y)));
                if !left.is_empty() || line.is_none_or(|line| line.trim().is_empty()) {
                    wrong.push(format!(
                        "{name} {lang} {width}×{height}: caret {caret:?}, signs {left:?}\n{text}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_spoken_screen_stays_as_it_is_while_nothing_happens() {
    for (name, keys) in scenes() {
        let mut scene = Scene::set(name, keys, Lang::En, look(Manner::Spoken));
        let (before, at) = scene.draw(80, 24);
        // a minute in which nothing falls due
        scene.wait(60_000);
        let (after, also) = scene.draw(80, 24);
        assert_eq!((screen_text(&before), at), (screen_text(&after), also), "{name}");
    }
}

#[test]
fn a_spoken_list_has_its_caret_at_the_start_of_the_selected_line() {
    let mut scene = Scene::set("today", "", Lang::En, look(Manner::Spoken));
    let line = |scene: &mut Scene| {
        let (buf, caret) = scene.draw(80, 24);
        let at = caret.unwrap();
        (at.x, screen_text(&buf).lines().nth(usize::from(at.y)).unwrap().to_owned())
    };
    assert_eq!(line(&mut scene).0, 0);
    assert!(line(&mut scene).1.contains("张小明家"));
    scene.play("down");
    assert!(line(&mut scene).1.contains("李先生"));
}

#[test]
fn a_refusal_takes_the_caret_of_a_spoken_screen_until_the_next_key() {
    let mut scene = Scene::set("call", "enter =", Lang::En, look(Manner::Spoken));
    let (buf, caret) = scene.draw(80, 24);
    let row = screen_text(&buf).lines().nth(usize::from(caret.unwrap().y)).unwrap().to_owned();
    assert!(row.starts_with("! no key '='"), "{row}");
    assert_eq!(caret.unwrap().y, 22, "a row of its own above the keys");
    scene.play("down");
    let (_, caret) = scene.draw(80, 24);
    assert_ne!(caret.unwrap().y, 22);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_keys_at_any_size_are_drawn_in_any_manner(
        (name, first) in prop::sample::select(SCENES.to_vec()),
        manner in prop::sample::select(vec![Manner::Drawn, Manner::Ascii, Manner::Spoken]),
        keys in prop::collection::vec(prop::sample::select(vec![
            "enter", "esc", "tab", "backtab", "up", "down", "left", "right", "pagedown", "end", "space", "n", "/", "s", "z",
            "y", "1", "6", "9", "0", "d", "e", "f3", "f4", "f8", "f9", "f11", "?", ":", "ctrl-t", "f2", "张", "t", "x",
        ]), 0..16),
        sizes in prop::collection::vec((1u16..=260, 1u16..=80), 1..6)
    ) {
        let mut scene = Scene::set(name, first, Lang::Zh, look(manner));
        for key in keys {
            scene.play(key);
        }
        for (width, height) in sizes {
            let (buf, caret) = scene.draw(width, height);
            prop_assert_eq!(cut_glyphs(&buf), vec![]);
            prop_assert!(caret.is_none_or(|at| buf.area.contains(at)));
        }
    }
}
