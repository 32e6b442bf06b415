//! A locked screen: what is on it, what acts on it, and what goes on under it.

use std::time::Duration;

use corral::app::lock::{Locking, Proof};
use corral::app::{Context, Effect, Event, Ticket};
use corral::domain::secret::Secret;
use corral::domain::time::Timestamp;
use corral::input::{Input, Key, Mouse, MouseKind};
use corral::store::StoreError;
use corral::store::change::Topic;
use corral::store::query::{Answer, Query, SignInAnswer, SignInAsk};
use corral::text::Lang;

use crate::screens_desk::desk::news;
use crate::screens_work::floor::{Floor, ME};

/// What a floor knows of customers and what a rep has typed of them.
const PERSONAL: [&str; 9] =
    ["张小明", "李先生", "欧阳娜娜", "赵敏", "Anna", "陈乐", "138", "33,600", "she asked for"];

fn five_minutes() -> Locking {
    Locking::after(5)
}

/// A rep in a call, with a note half typed.
fn in_a_call(lang: Lang, locking: Locking) -> Floor {
    let mut floor = Floor::locking(lang, locking);
    floor.play("enter n");
    for letter in "she asked for".chars() {
        floor.event(Event::Input(Input::Key(Key::char(letter))));
    }
    floor
}

/// The question whether there is a PIN, where it was asked just now.
fn asked(effects: &[Effect]) -> Option<Ticket> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Read(ticket, Query::SignIn(SignInAsk::HasPin(ME))) => Some(*ticket),
        _ => None,
    })
}

fn answer(floor: &mut Floor, has_pin: bool) {
    let ticket = asked(&floor.effects).unwrap();
    floor.event(Event::Answered(ticket, Ok(Answer::SignIn(SignInAnswer::HasPin(has_pin)))));
}

fn proving(effects: &[Effect]) -> Vec<(Ticket, Secret)> {
    let prove = |effect: &Effect| match effect {
        Effect::Prove(ticket, typed) => Some((*ticket, typed.clone())),
        _ => None,
    };
    effects.iter().filter_map(prove).collect()
}

/// Locks the screen of somebody who has a PIN, by the note's field left and the key.
fn locked_with_a_pin() -> Floor {
    let mut floor = in_a_call(Lang::En, Locking::default());
    floor.play("esc L");
    answer(&mut floor, true);
    floor
}

fn pass(floor: &mut Floor, minutes: i64) {
    for _ in 0..minutes {
        floor.now = Timestamp(floor.now.0 + 60_000);
        floor.event(Event::Minute);
    }
}

#[test]
fn nothing_of_a_customer_stays_on_a_locked_screen_and_all_is_there_again_after_it() {
    for lang in Lang::ALL {
        let mut floor = in_a_call(lang, five_minutes());
        let before = floor.screen(120, 36);
        assert!(before.contains("张小明") && before.contains("she asked for"), "{before}");
        let call = floor.app.open_call();
        assert!(call.is_some());
        pass(&mut floor, 5);
        for (width, height) in [(40, 12), (80, 24), (120, 36)] {
            let locked = floor.screen(width, height);
            for personal in PERSONAL {
                assert!(!locked.contains(personal), "{personal}:\n{locked}");
            }
            assert!(locked.contains("王芳"), "whose it is stays:\n{locked}");
        }
        assert_eq!((floor.context(), floor.app.open_call()), (Context::Lock, call));
        answer(&mut floor, false);
        floor.play("enter");
        // minutes went by: only the clock and the age of the call differ
        floor.now = Timestamp(floor.now.0 - 5 * 60_000);
        assert_eq!(floor.screen(120, 36), before);
    }
}

#[test]
fn it_locks_after_so_many_minutes_without_a_key_and_not_before() {
    let mut floor = Floor::locking(Lang::En, five_minutes());
    pass(&mut floor, 4);
    assert!(!floor.app.is_locked());
    floor.play("j");
    pass(&mut floor, 4);
    // a window that moves is no person
    floor.screen(80, 24);
    assert!(!floor.app.is_locked());
    pass(&mut floor, 1);
    assert!(floor.app.is_locked());
    answer(&mut floor, false);
    floor.play("enter");
    assert!(!floor.app.is_locked());
    pass(&mut floor, 4);
    assert!(!floor.app.is_locked(), "it counts from the coming back");
    let wheel = Mouse { x: 1, y: 1, kind: MouseKind::ScrollDown };
    floor.event(Event::Input(Input::Mouse(wheel)));
    pass(&mut floor, 4);
    assert!(!floor.app.is_locked());
    let mut never = Floor::locking(Lang::En, Locking::after(0));
    pass(&mut never, 24 * 60);
    assert!(!never.app.is_locked());
}

#[test]
fn no_key_acts_on_what_a_locked_screen_hides() {
    let mut floor = locked_with_a_pin();
    let effects = floor.effects.len();
    floor.play("1 u q j d y : ctrl-p space f3 f6 f7 L");
    floor.event(Event::Input(Input::Paste("1\r".to_owned())));
    for y in 0..36 {
        floor.event(Event::Input(Input::Mouse(Mouse { x: 4, y, kind: MouseKind::Click })));
    }
    assert_eq!(floor.effects[effects..], [], "{:?}", &floor.effects[effects..]);
    assert!(floor.app.is_locked() && floor.app.open_call().is_some());
    assert!(floor.play("ctrl-c").contains(&Effect::Quit), "one may always leave");
}

#[test]
fn what_is_typed_is_never_drawn_nor_how_much_that_is() {
    let mut floor = locked_with_a_pin();
    let empty = floor.screen(120, 36);
    floor.play("2");
    let one = floor.screen(120, 36);
    floor.play("5 8 0");
    let four = floor.screen(120, 36);
    assert_eq!(one, four);
    assert!(empty != one && !four.contains("2580") && !four.contains('*') && !four.contains('•'), "{four}");
    let sent = floor.play("enter");
    assert_eq!(proving(&sent)[0].1.reveal(), "2580");
    assert!(!format!("{sent:?}").contains("2580"), "{sent:?}");
    // letters are no part of a PIN; digits of an input method are, and what was typed can be taken back
    let mut floor = locked_with_a_pin();
    floor.play("9 9 esc 2 x 5 7 backspace");
    for wide in "８０".chars() {
        floor.event(Event::Input(Input::Key(Key::char(wide))));
    }
    assert_eq!(proving(&floor.play("enter"))[0].1.reveal(), "2580");
}

#[test]
fn keys_typed_after_a_pin_act_once_it_is_right_and_are_gone_where_it_is_not() {
    let mut floor = locked_with_a_pin();
    let sent = floor.play("2 5 8 0 enter 1");
    let (ticket, _) = proving(&sent)[0];
    assert!(floor.writes().is_empty() && floor.app.is_locked());
    floor.event(Event::Proved(Ticket(ticket.0 + 1), Proof::Right));
    assert!(floor.app.is_locked(), "that was another question");
    floor.event(Event::Proved(ticket, Proof::Right));
    assert!(!floor.app.is_locked());
    assert_eq!(floor.touches().len(), 1, "the outcome key was meant for the call");

    for (proof, said) in [
        (Proof::Wrong, "That is not the PIN"),
        (Proof::Failed, "does not answer"),
        (Proof::Locked(Timestamp(floor.now.0 + 15 * 60_000)), "until"),
    ] {
        let mut floor = locked_with_a_pin();
        let sent = floor.play("1 1 1 1 enter 1 enter");
        assert_eq!(proving(&sent).len(), 1, "one at a time");
        floor.event(Event::Proved(proving(&sent)[0].0, proof));
        assert!(floor.app.is_locked() && floor.writes().is_empty(), "{proof:?}");
        let screen = floor.screen(80, 24);
        assert!(screen.contains(said), "{screen}");
        assert!(proving(&floor.play("enter")).is_empty(), "nothing is left of what was typed");
    }
}

#[test]
fn where_it_is_not_known_whether_there_is_a_pin_the_screen_stays_locked_and_a_key_asks_again() {
    let mut floor = in_a_call(Lang::En, Locking::default());
    let ticket = asked(&floor.play("esc L")).unwrap();
    floor.play("enter");
    assert!(floor.app.is_locked());
    let busy = StoreError::Busy { what: "x".to_owned() };
    floor.event(Event::Answered(ticket, Err(busy)));
    assert!(floor.app.is_locked() && floor.screen(80, 24).contains("does not answer"));
    assert!(asked(&floor.play("j")).is_some_and(|again| again != ticket));
    answer(&mut floor, false);
    floor.play("enter");
    assert!(!floor.app.is_locked());
}

#[test]
fn what_goes_on_under_a_locked_screen_draws_nothing() {
    let mut floor = locked_with_a_pin();
    floor.screen(80, 24);
    floor.app.take_dirty();
    floor.event(Event::Committed(news(&[Topic::Tasks, Topic::Customer, Topic::People])));
    floor.event(Event::Minute);
    assert!(!floor.app.take_dirty());
}

#[test]
fn a_pin_that_is_asked_for_comes_before_everything_else() {
    let at_start = Locking { at_start: true, after: None };
    let mut floor = Floor::locking(Lang::En, at_start);
    let first = floor.screen(120, 36);
    assert!(PERSONAL.iter().all(|personal| !first.contains(personal)), "{first}");
    answer(&mut floor, true);
    let sent = floor.play("2 5 8 0 enter");
    floor.event(Event::Proved(proving(&sent)[0].0, Proof::Right));
    assert!(floor.screen(120, 36).contains("张小明"));

    let mut nobody = Floor::locking(Lang::En, at_start);
    answer(&mut nobody, false);
    nobody.play("enter 1 2 3 4 enter");
    let screen = nobody.screen(80, 24);
    assert!(nobody.app.is_locked() && screen.contains("corral user pin wangfang"), "{screen}");
}

#[test]
fn a_lock_of_no_minutes_is_none() {
    assert_eq!(Locking::after(0).after, None);
    assert_eq!(Locking::after(-3).after, None);
    assert_eq!(Locking::after(15).after, Some(Duration::from_mins(15)));
}
