//! The list of what I did today, played with keys over a real store.

use corral::app::action::Context;
use corral::domain::id::CustomerId;
use corral::screen::today::Today;
use corral::store::change::{Change, WorkChange};
use corral::store::verify::verify;
use corral::text::{Lang, Words};
use corral::theme::Manner;

use crate::floor::Floor;
use crate::seat::Seat;
use crate::store_base::undo::{add, at_work, due, log};

/// The floor's rep at work.
fn at_desk(floor: Floor, lang: Lang, manner: Manner) -> Seat {
    let rep = floor.rep;
    Seat::new(floor, rep, Today::new(), (lang, manner))
}

/// Two customers called, the first one twice, a material sent.
fn after_work() -> (Floor, CustomerId) {
    let (mut floor, first) = at_work();
    let rep = floor.rep;
    let second = add(&mut floor, "李雷", "+8613800000002");
    floor.pass_minutes(5);
    for customer in [first, second, first] {
        let touch = corral::store::change::work::LogTouch {
            next_at: Some(floor.now()),
            ..log(due(&floor, customer, "call"), "later")
        };
        floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
        floor.pass_minutes(3);
    }
    (floor, second)
}

fn taken_back(floor: &Floor) -> usize {
    floor.rows("SELECT rev FROM journal WHERE undone_by IS NOT NULL").len()
}

#[test]
fn any_change_of_the_day_is_taken_back_from_the_list_and_only_that_one() {
    let (floor, second) = after_work();
    let mut desk = at_desk(floor, Lang::En, Manner::Drawn);
    desk.play("U");
    assert_eq!(desk.app.context(), Some(Context::Choice));
    let screen = desk.screen(80, 24);
    for said in ["What I did today", "李雷", "undoable", "not now", "Enter takes it back. Then:", "due again"]
    {
        assert!(screen.contains(said), "'{said}' is not in\n{screen}");
    }
    // the one in the middle, of the other customer
    desk.play("down enter");
    assert_eq!(taken_back(&desk.floor), 1);
    let touches = desk.floor.rows("SELECT customer_id FROM touch WHERE void_at IS NOT NULL");
    assert_eq!(touches, [[second.to_string()]]);
    // it stays selected, says so, and is not taken back twice
    let screen = desk.screen(80, 24);
    assert!(screen.contains("it was taken back") && screen.contains("undone: outcome"), "{screen}");
    desk.play("enter");
    assert_eq!(taken_back(&desk.floor), 1);
    assert!(verify(&mut desk.floor.db).unwrap().ok);
    desk.play("esc");
    assert_eq!(desk.app.context(), Some(Context::Today));
}

#[test]
fn what_stands_in_the_way_is_said_in_both_languages_before_it_is_tried() {
    for (lang, why) in [
        (Lang::En, "you worked with the same customer since: take that back first"),
        (Lang::Zh, "您之后又跟进过这位客户：请先撤销那一次"),
    ] {
        let (floor, _) = after_work();
        let mut desk = at_desk(floor, lang, Manner::Drawn);
        desk.play("U down down");
        for (width, height) in [(80, 24), (120, 36)] {
            let screen = desk.screen(width, height);
            assert!(screen.contains(why), "{screen}");
        }
        desk.play("enter");
        assert_eq!(taken_back(&desk.floor), 0, "a refused one is not sent");
        // the later call goes, and the way is free
        desk.play("up up enter down down");
        assert!(!desk.screen(80, 24).contains(why));
        desk.play("enter");
        assert_eq!(taken_back(&desk.floor), 2);
    }
}

#[test]
fn a_refusal_that_came_in_between_stands_in_the_list() {
    let (floor, second) = after_work();
    let mut desk = at_desk(floor, Lang::En, Manner::Drawn);
    desk.play("U down");
    // a colleague works with the customer while the list is open
    let (lead, task) = (desk.floor.lead, due(&desk.floor, second, "call"));
    desk.floor.write(lead, Change::Work(WorkChange::Log(Box::new(log(task, "silent"))))).unwrap();
    desk.play("enter");
    let screen = desk.screen(120, 36);
    assert!(screen.contains("孙组长 worked"), "{screen}");
    assert_eq!(taken_back(&desk.floor), 0);
}

#[test]
fn it_is_drawn_whole_at_every_size_and_read_aloud() {
    for (lang, manner) in [(Lang::En, Manner::Drawn), (Lang::Zh, Manner::Drawn), (Lang::Zh, Manner::Spoken)] {
        let (floor, _) = after_work();
        let mut desk = at_desk(floor, lang, manner);
        desk.play("U");
        for (width, height) in [(40, 12), (80, 24), (120, 36), (200, 60)] {
            let screen = desk.screen(width, height);
            assert!(screen.contains("李雷") && screen.contains("张小明"), "{width}x{height}\n{screen}");
            let ahead = if lang == Lang::En { "takes it back." } else { "撤销后" };
            assert!(screen.contains(ahead), "{width}x{height}\n{screen}");
        }
    }
}

#[test]
fn undo_says_in_both_languages_why_it_did_nothing() {
    for (lang, nothing) in
        [(Lang::En, "nothing of today is left to take back"), (Lang::Zh, "今天没有可撤销的操作")]
    {
        let (floor, _) = at_work();
        let mut desk = at_desk(floor, lang, Manner::Drawn);
        desk.play("u");
        assert!(desk.screen(80, 24).contains(nothing));
        desk.play("U");
        let none = if lang == Lang::En { "nothing was changed yet today" } else { "今天还没有改动" };
        assert!(desk.screen(80, 24).contains(none));
    }
}

#[test]
fn every_word_the_store_gives_for_a_refusal_and_a_consequence_is_said_in_both_languages() {
    let source =
        |path: &str| std::fs::read_to_string(format!("{}/src/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let quoted = |text: &str, before: &str| -> Vec<String> {
        text.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let mut why = Vec::new();
    for path in ["store/undo/choose.rs", "store/undo/day.rs", "store/read/changes.rs"] {
        let text = source(path);
        why.extend(quoted(&text, "barred(\""));
        why.extend(quoted(&text, "why: \""));
    }
    let other = quoted(&source("store/undo/ahead.rs"), "other(\"");
    assert!(why.len() >= 9 && other.len() >= 14, "{why:?} {other:?}");
    for lang in Lang::ALL {
        let words = Words::new(lang);
        for word in &why {
            assert!(words.has(&format!("changes.why.{word}")), "{lang} {word}");
        }
        for word in &other {
            assert!(words.has(&format!("changes.other.{word}")), "{lang} {word}");
        }
    }
}
