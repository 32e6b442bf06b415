//! Type-ahead (product.md, law 2): whatever is pressed while reads and writes are under way is neither lost nor does it
//! meet another record than the one it was pressed for.
//!
//! The store is played: it takes its questions and changes, and when it looks and when it answers is chosen by the test at
//! random. What was done is compared with what the same keys do where every answer is there at once.

mod sim;

use corral::app::action::Context;
use corral::app::trouble::{Cause, Unsaved};
use corral::app::{Event, Troubles};
use corral::domain::id::TaskId;
use corral::input::{Input, keys};
use corral::store::change::{Change, WorkChange};
use proptest::prelude::*;
use sim::{Floor, Refuses};

/// Keys of the day, of the cockpit and of what opens there; letters are a note where one is written.
const KEYS: [&str; 24] = [
    "enter", "enter", "enter", "1", "1", "2", "5", "6", "9", "0", "d", "s", "z", "u", "u", "n", "a", "esc",
    "j", "k", "f3", "f9", "right", "y",
];

fn pressed() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::sample::select(KEYS.to_vec()), 1..28)
}

fn press(floor: &mut Floor, key: &str) {
    for key in keys(key).unwrap() {
        floor.event(Event::Input(Input::Key(key)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// However late and in whatever order answers come, the same keys make the same changes, in the same order.
    #[test]
    fn the_same_keys_do_the_same_at_any_timing(
        pressed in pressed(),
        chances in proptest::collection::vec(any::<u16>(), 24..160),
        known in any::<bool>(),
    ) {
        let mut at_once = Floor::new(known, Refuses::Nothing);
        for key in &pressed {
            press(&mut at_once, key);
            at_once.settle();
        }
        let mut late = Floor::new(known, Refuses::Nothing);
        let mut keys = pressed.iter();
        for chance in chances {
            // one in three is a key, so that several are pressed while one question is open
            if chance % 3 == 0 && let Some(key) = keys.next() {
                press(&mut late, key);
            } else {
                late.step(chance / 3);
            }
        }
        for key in keys {
            press(&mut late, key);
        }
        late.settle();
        prop_assert_eq!(late.sent(), at_once.sent());
        prop_assert_eq!(late.drafts(), at_once.drafts());
        prop_assert_eq!(late.context(), at_once.context());
        // a screen that is opened while an undo is under way begins on its first row of then; what comes back does not move it
        if !pressed.contains(&"u") {
            prop_assert_eq!(late.focus(), at_once.focus());
        }
    }

    /// Whatever the store refuses and whatever others do meanwhile: what is on screen stays on screen, so that the next key
    /// meets what it was pressed for.
    #[test]
    fn nothing_but_a_key_changes_what_the_next_key_meets(
        pressed in pressed(),
        chances in proptest::collection::vec(any::<u16>(), 24..120),
    ) {
        let mut floor = Floor::new(true, Refuses::SomeTasks);
        floor.settle();
        let mut keys = pressed.iter();
        for chance in chances {
            if chance % 3 == 0 && let Some(key) = keys.next() {
                press(&mut floor, key);
                // questions are answered, changes are not
                floor.answer_questions();
                // keys that wait for a change show themselves
                floor.event(Event::Woken);
                continue;
            }
            // what waits acts when its time has come: that is a key, too
            let waiting = floor.app.session().ahead.is_some();
            let before = floor.focus().filter(|_| !waiting);
            if chance % 7 == 1 {
                floor.somebody_does(usize::from(chance / 7));
                floor.answer_questions();
            } else {
                floor.step(chance / 3);
                floor.answer_questions();
            }
            if let Some(before) = before {
                let after = floor.focus();
                prop_assert_eq!(after.as_deref(), Some(before.as_str()), "{}", floor.screen());
            }
        }
    }
}

#[test]
fn an_outcome_pressed_before_the_card_is_there_asks_what_it_would_have_asked() {
    let mut floor = Floor::new(false, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter");
    // "interested" asks for facts that only the card tells of
    press(&mut floor, "6");
    assert_eq!((floor.sent().len(), floor.context()), (0, Context::Call));
    floor.settle();
    assert_eq!((floor.sent().len(), floor.context()), (0, Context::Form));
}

#[test]
fn enter_pressed_before_the_day_is_read_opens_its_first_row() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    press(&mut floor, "enter 1");
    assert_eq!(floor.sent().len(), 0);
    floor.settle();
    let sent = floor.sent();
    assert!(matches!(&sent[0].change, Change::Work(WorkChange::Log(touch)) if touch.task == Some(TaskId(1))));
}

#[test]
fn an_undo_brings_the_record_back_at_once_with_its_note_and_the_next_keys_meet_it() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter n a b enter 1");
    floor.settle();
    // nothing is answered from here on
    press(&mut floor, "u");
    assert!(floor.screen().contains("张小明家") && floor.screen().contains("ab"), "{}", floor.screen());
    press(&mut floor, "enter 2");
    floor.settle();
    let sent = floor.sent();
    assert_eq!(sent.len(), 3);
    assert!(matches!(sent[1].change, Change::Undo { write: Some(id) } if id == sent[0].id));
    let Change::Work(WorkChange::Log(touch)) = &sent[2].change else { panic!("{sent:?}") };
    assert_eq!(
        (touch.task, touch.outcome.as_str(), touch.note.as_str()),
        (Some(TaskId(1)), "line_busy", "ab")
    );
}

#[test]
fn an_undo_of_what_is_refused_meanwhile_does_not_take_back_what_was_done_before() {
    let mut floor = Floor::new(true, Refuses::Task(TaskId(2)));
    floor.settle();
    press(&mut floor, "enter 1");
    floor.settle();
    // the second record's outcome is refused, but nobody knows yet
    press(&mut floor, "enter 1 u");
    floor.settle();
    let sent = floor.sent();
    assert_eq!(sent.len(), 3);
    assert!(matches!(sent[2].change, Change::Undo { write: Some(id) } if id == sent[1].id), "{sent:?}");
    assert!(floor.screen().contains("too soon"), "the reason it was refused for stands: {}", floor.screen());
    assert_eq!(floor.ended(), [TaskId(1)], "the first one stays done");
}

#[test]
fn a_sale_goes_back_with_one_key_the_order_before_the_touch() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter 0");
    floor.settle();
    press(&mut floor, "f12 enter");
    floor.settle();
    let before = floor.sent().len();
    assert_eq!(before, 2, "{}", floor.screen());
    press(&mut floor, "u");
    let sent = floor.sent();
    let undone: Vec<_> = sent[before..].iter().map(|write| write.change.clone()).collect();
    assert_eq!(undone, [Change::Undo { write: Some(sent[1].id) }, Change::Undo { write: Some(sent[0].id) }]);
}

#[test]
fn where_the_answer_is_a_failure_the_keys_in_line_are_put_away_and_that_is_said() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter 6 x x");
    floor.fail_questions();
    assert_eq!(floor.sent().len(), 0);
    assert!(floor.screen().contains("3 keys were not used"), "{}", floor.screen());
}

#[test]
fn after_a_second_the_person_is_told_that_keys_wait_and_one_key_puts_them_away() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter 1 enter");
    floor.event(Event::Woken);
    assert!(floor.screen().contains("2 keys wait for the database"), "{}", floor.screen());
    press(&mut floor, "ctrl-c");
    assert!(!floor.app.is_over(), "the key puts away and does not leave");
    assert!(floor.screen().contains("2 keys were not used"), "{}", floor.screen());
    floor.settle();
    assert_eq!(floor.sent().len(), 0);
}

#[test]
fn what_was_typed_over_a_form_that_is_refused_does_not_go_into_it() {
    let mut floor = Floor::new(true, Refuses::Cards);
    floor.settle();
    press(&mut floor, "i");
    floor.settle();
    press(&mut floor, "p x y tab 1 f12");
    assert_eq!((floor.sent().len(), floor.context()), (1, Context::Form), "{}", floor.screen());
    // meant for the card, once the form has gone
    press(&mut floor, "f esc");
    floor.settle();
    assert_eq!(floor.context(), Context::Form, "it stays with what was typed: {}", floor.screen());
    assert!(floor.screen().contains("2 keys were not used"), "{}", floor.screen());
}

#[test]
fn while_nothing_can_be_saved_keys_go_on_with_what_is_on_screen() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter");
    floor.settle();
    // a stage is moved, and the disk is full: the outcome does not wait for that
    press(&mut floor, "f3");
    let kept = Some(Unsaved { count: 1, cause: Cause::Full, kept: true });
    floor.app.set_troubles(Troubles { unsaved: kept, ..Troubles::default() });
    press(&mut floor, "1");
    assert_eq!(floor.sent().len(), 2, "{}", floor.screen());
}

#[test]
fn what_was_typed_before_the_disk_filled_up_is_put_away_and_said() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "enter");
    floor.settle();
    press(&mut floor, "f3 1");
    assert_eq!(floor.sent().len(), 1, "the outcome waits for the stage");
    let kept = Some(Unsaved { count: 1, cause: Cause::Full, kept: true });
    floor.app.set_troubles(Troubles { unsaved: kept, ..Troubles::default() });
    assert!(floor.screen().contains("1 key was not used"), "{}", floor.screen());
}

#[test]
fn a_key_that_interrupts_still_leaves_where_no_key_waits() {
    let mut floor = Floor::new(true, Refuses::Nothing);
    floor.settle();
    press(&mut floor, "ctrl-c");
    assert!(floor.app.is_over());
}
