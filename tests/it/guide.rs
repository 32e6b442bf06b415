//! The guided first call: a newcomer who reads only the screen comes to its end, whatever they do in between.

use corral::app::Effect;
use corral::app::keymap::Keymap;
use corral::domain::lists::Metric;
use corral::store::StoreError;
use corral::text::{Lang, Words};
use corral::theme::{Manner, Theme};

use crate::screens_work::floor::{Floor, know_everything, playbook};

const OFF: [&str; 2] = ["guide", "false"];

fn guided(lang: Lang) -> Floor {
    let mut floor = Floor::new("edu-english", lang);
    begin(&mut floor);
    floor
}

/// Opens the guide where no field of a text is empty.
fn begin(floor: &mut Floor) {
    know_everything(floor, &playbook("edu-english"));
    floor.play("ctrl-x");
}

/// What the guide says in a window of this size: its rows above the last one.
fn said(floor: &mut Floor, width: u16, height: u16) -> String {
    let screen = floor.screen(width, height);
    let rows: Vec<&str> = screen.lines().take(usize::from(height)).collect();
    let from = rows.len() - if height < 16 { 2 } else { 3 };
    rows[from..rows.len() - 1].iter().map(|row| row.trim()).collect::<Vec<_>>().join(" ")
}

fn remembered(floor: &Floor) -> Vec<[&str; 2]> {
    let mut kept = Vec::new();
    for effect in &floor.effects {
        if let Effect::Remember(key, value) = effect
            && key == OFF[0]
        {
            kept.push([key.as_str(), value.as_str()]);
        }
    }
    kept
}

/// Keys, and what the guide says after them in English and in Chinese.
const WAY: [(&str, &str, &str); 11] = [
    ("", "1 of 7  Choose a call", "第 1/7 步"),
    ("enter", "2 of 7  Customer, script", "第 2/7 步"),
    ("space", "3 of 7  n writes a note", "第 3/7 步"),
    ("n h i", "3 of 7  What you type is kept", "第 3/7 步  边写边存"),
    ("enter 1", "4 of 7  Saved.", "第 4/7 步"),
    ("u", "5 of 7  Taken back", "第 5/7 步  已撤销"),
    ("esc", "5 of 7  Now a material: Tab", "第 5/7 步  接着发一份材料"),
    ("tab", "5 of 7  Enter shows the text", "第 5/7 步  按 Enter 看"),
    ("enter", "6 of 7  This is the text", "第 6/7 步"),
    ("enter", "7 of 7  Copied.", "第 7/7 步"),
    ("enter", "Sent, and on record.", "已发送并记录"),
];

#[test]
fn whoever_does_what_it_says_comes_to_its_end_in_both_languages_at_every_size() {
    for (lang, manner) in [
        (Lang::En, Manner::Drawn),
        (Lang::Zh, Manner::Drawn),
        (Lang::En, Manner::Spoken),
        (Lang::Zh, Manner::Ascii),
    ] {
        let theme = Theme::default().drawn(manner);
        let mut floor = Floor::dressed("edu-english", lang, Keymap::default(), theme);
        begin(&mut floor);
        for (keys, en, zh) in WAY {
            floor.play(keys);
            let told = if manner == Manner::Spoken {
                floor.screen(80, 24)
            } else {
                said(&mut floor, 120, 36) + &said(&mut floor, 80, 24)
            };
            let expected = if lang == Lang::En { en } else { zh };
            let times = if manner == Manner::Spoken { 1 } else { 2 };
            assert_eq!(told.matches(expected).count(), times, "{lang} {manner:?} after '{keys}':\n{told}");
        }
        assert_eq!(remembered(&floor), [OFF], "gone for good as soon as all was done");
        // the last words stay until something is done where there is help
        floor.play("esc");
        let last = if lang == Lang::En { "This guide goes now." } else { "引导到此结束。" };
        let told = if manner == Manner::Spoken { floor.screen(200, 60) } else { said(&mut floor, 120, 36) };
        assert!(told.contains(last), "{told}");
        floor.play("j");
        assert!(!floor.app.session().guide.is_open());
        assert!(!floor.screen(200, 60).contains(last));
    }
}

#[test]
fn a_small_window_is_told_the_same_in_a_line_beside_the_key_that_closes() {
    let mut floor = guided(Lang::En);
    let mut lines = Vec::new();
    for (keys, ..) in WAY {
        floor.play(keys);
        lines.push(said(&mut floor, 40, 12));
    }
    let text = |line: &String| line.split("  ").next().unwrap().trim().to_owned();
    assert_eq!(
        lines.iter().map(text).collect::<Vec<_>>(),
        [
            "Enter opens the call",
            "Space marks a line",
            "one key below saves it",
            "Enter leaves the note",
            "saved · u takes it back",
            "Esc leads to your day",
            "Tab to materials",
            "Enter shows the text",
            "Enter copies the text",
            // a long notice takes two rows until the next key, and says the same
            "copied to this machine's clipboard ·",
            "Esc leads to your day",
        ]
    );
    let closes = lines.iter().filter(|line| line.ends_with("Ctrl-X closes")).count();
    assert_eq!(closes, lines.len() - 1, "{lines:?}");
}

#[test]
fn it_follows_what_is_done_and_not_the_order_it_has_in_mind() {
    let mut floor = guided(Lang::En);
    // a material first, before any call
    floor.play("tab");
    assert!(said(&mut floor, 80, 24).contains("The first step is a call"));
    floor.play("enter");
    assert!(said(&mut floor, 80, 24).contains("6 of 7"));
    floor.play("enter enter");
    assert!(said(&mut floor, 80, 24).contains("the next step is a call"));
    // a call with neither mark nor note, and a second one instead of an undo
    floor.play("esc backtab enter 1");
    assert!(said(&mut floor, 80, 24).contains("4 of 7"));
    assert_eq!(remembered(&floor), [] as [[&str; 2]; 0]);
    floor.play("enter 1");
    assert_eq!(remembered(&floor), [OFF], "the material was sent before: that was all");
}

#[test]
fn an_undo_before_anything_was_saved_is_no_step_and_a_refused_outcome_is_none() {
    let mut floor = guided(Lang::En);
    floor.play("u");
    assert!(said(&mut floor, 80, 24).contains("1 of 7"));
    floor.refuse = Some(StoreError::Busy { what: "another program".to_owned() });
    floor.play("enter 1");
    assert!(said(&mut floor, 80, 24).contains("2 of 7"), "nothing was saved");
}

#[test]
fn it_waits_for_whoever_wanders_off_and_says_how_to_come_back() {
    let mut floor = guided(Lang::En);
    floor.play("3");
    assert!(said(&mut floor, 80, 24).contains("The guide waits. 1 leads back to your day."));
    floor.play("2 /");
    assert!(
        said(&mut floor, 80, 24).contains("The guide waits. Esc, then 1 leads back"),
        "while a name is typed"
    );
    floor.play("esc");
    assert!(said(&mut floor, 80, 24).contains("c starts a call with the customer"));
    floor.play("1 enter");
    assert!(said(&mut floor, 80, 24).contains("2 of 7"));
    floor.play("s");
    assert!(said(&mut floor, 80, 24).contains("This asks one thing"));
    floor.play("esc 1 3");
    // what was saved is taken back from anywhere
    floor.play("esc 3");
    assert!(said(&mut floor, 80, 24).contains("4 of 7"), "{}", said(&mut floor, 80, 24));
}

#[test]
fn one_key_closes_it_at_any_step_and_nothing_else_is_touched() {
    for keys in ["", "enter", "enter n x", "enter 7", "tab enter", "enter 1", "3"] {
        let (mut with, mut without) = (guided(Lang::En), guided(Lang::En));
        without.play("ctrl-x");
        with.play(keys);
        without.play(keys);
        assert_eq!(with.context(), without.context(), "'{keys}' does the same beside the guide");
        with.play("ctrl-x");
        // what was said last stands until the next key
        let rows =
            |floor: &mut Floor| floor.screen(80, 24).lines().take(23).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(rows(&mut with), rows(&mut without), "closed after '{keys}'");
        assert_eq!(remembered(&with), [OFF]);
    }
}

#[test]
fn it_is_found_by_name_and_begins_anew() {
    let mut floor = guided(Lang::En);
    floor.play("enter space esc ctrl-x");
    assert!(!floor.app.session().guide.is_open());
    floor.play(": g u i d e enter");
    assert!(said(&mut floor, 80, 24).contains("1 of 7"));
    // a line in the middle keeps what is read in reach: the other language, the same step
    floor.play("f2");
    assert!(said(&mut floor, 80, 24).contains("第 1/7 步"));
}

#[test]
fn it_names_the_keys_in_force() {
    let text = "[keys]\nguide = \"ctrl-o\"\nundo = \"ctrl-r\"\n\n[keys.call]\nmark = \"insert\"\n\n[keys.preview]\naccept = \"f5\"\n";
    let (keymap, problems) = Keymap::load(text, "keys.toml");
    assert!(problems.is_empty(), "{problems:?}");
    let mut floor = Floor::with_keys("edu-english", Lang::En, keymap);
    know_everything(&mut floor, &playbook("edu-english"));
    floor.play("ctrl-o enter");
    assert!(said(&mut floor, 80, 24).contains("then Ins marks it"), "{}", said(&mut floor, 80, 24));
    floor.play("insert 1");
    assert!(said(&mut floor, 80, 24).contains("Ctrl-R takes all of it back"));
    floor.play("ctrl-r esc tab enter");
    let told = said(&mut floor, 80, 24);
    assert!(told.contains("F5 copies it") && told.ends_with("Ctrl-O closes"), "{told}");
}

#[test]
fn a_day_with_nothing_in_it_is_told_apart() {
    let mut floor = guided(Lang::En);
    for pen in &mut floor.today.pens {
        pen.rows.clear();
    }
    floor.play("r");
    assert!(said(&mut floor, 80, 24).contains("No call is due for you."));
    let mut floor = guided(Lang::Zh);
    floor.play("enter 1 u");
    floor.today.pens[1].rows.clear();
    floor.play("esc tab");
    assert!(said(&mut floor, 80, 24).contains("现在没有要发的材料"));
}

#[test]
fn every_figure_that_a_change_moves_has_a_name() {
    for lang in Lang::ALL {
        let words = Words::new(lang);
        for metric in Metric::ALL {
            assert!(words.has(&format!("metric.{}", metric.as_str())), "{lang} {}", metric.as_str());
        }
    }
}
