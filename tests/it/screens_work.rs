//! The day and the cockpit: what keys do, and how it looks in both languages at three sizes.

pub(crate) mod floor;

use corral::app::action::Context;
use corral::app::{Effect, Event};
use corral::domain::id::{TaskId, WriteId};
use corral::domain::lists::{Lane, OutcomeFlag};
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::{Change, Commit, DealChange, Effects, Topic, WorkChange};
use corral::store::query::Query;
use corral::text::Lang;
use corral::widget::cut_glyphs;
use floor::{Floor, ME, know_everything, minutes, now, playbook, row, whole};
use proptest::prelude::*;

const PLAYBOOKS: [&str; 3] = ["edu-english", "home-yunqi", "life-anqiao"];
const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];

fn edu() -> Floor {
    Floor::new("edu-english", Lang::En)
}

#[test]
fn the_commonest_outcomes_take_exactly_two_keys_and_the_next_record_is_on_screen() {
    for name in PLAYBOOKS {
        let book = playbook(name);
        // what is known need not be asked; a time or an order is, and so is what cannot be taken back
        let asks = [OutcomeFlag::Callback, OutcomeFlag::NodeBooked, OutcomeFlag::Sale, OutcomeFlag::Dnc];
        let quick: Vec<_> = book
            .outcomes_for(Lane::Call)
            .filter(|outcome| !outcome.flags.iter().any(|flag| asks.contains(flag)))
            .collect();
        assert!(quick.len() >= 8, "{name} has {} outcomes without questions", quick.len());
        for outcome in quick {
            let mut floor = Floor::new(name, Lang::En);
            know_everything(&mut floor, &book);
            floor.play(&format!("enter {}", outcome.key));
            let touches = floor.touches();
            assert_eq!(touches.len(), 1, "{name} {}", outcome.code);
            assert_eq!(touches[0].outcome, outcome.code);
            assert_eq!(touches[0].task, Some(TaskId(1)));
            let screen = floor.screen(80, 24);
            assert!(screen.contains("李先生") && screen.contains("Enter starts"), "{name}:\n{screen}");
        }
    }
}

#[test]
fn every_call_outcome_is_saved_within_six_keys_with_nothing_typed() {
    for name in PLAYBOOKS {
        let book = playbook(name);
        for outcome in book.outcomes_for(Lane::Call) {
            let mut floor = Floor::new(name, Lang::En);
            floor.play(&format!("enter {}", outcome.key));
            let mut pressed = 2;
            while floor.touches().is_empty() && pressed < 6 {
                floor.play(if outcome.flags.contains(&OutcomeFlag::Dnc) { "y" } else { "enter" });
                pressed += 1;
            }
            assert_eq!(floor.touches().len(), 1, "{name} {} after {pressed} keys", outcome.code);
        }
    }
}

#[test]
fn enter_dials_the_number_and_a_doubled_outcome_key_saves_once() {
    let mut floor = edu();
    let effects = floor.play("enter");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Dial(number) if number.as_str() == "+8613812345678"))
    );
    floor.play("1 1 1");
    assert_eq!(floor.touches().len(), 1);
    assert!(floor.screen(80, 24).contains("Enter starts this record first"));
}

#[test]
fn a_refused_write_says_why_and_the_row_comes_back() {
    let mut floor = edu();
    floor.refuse = Some(StoreError::Held {
        rule: "quiet_hours".to_owned(),
        what: String::new(),
        until: Some(minutes(60)),
    });
    floor.play("enter 1");
    let screen = floor.screen(80, 24);
    assert!(screen.contains("quiet hours until 12:42"), "{screen}");
    // it is the next after the one on screen
    assert!(screen.contains("next 张小明家"), "{screen}");
}

#[test]
fn an_outcome_that_needs_facts_asks_them_with_one_key_each() {
    let mut floor = edu();
    // interested: the child's age (typed), the level (a choice), who decides (a choice)
    floor.play("enter 6");
    assert_eq!(floor.context(), Context::Form);
    let screen = floor.screen(80, 24);
    for label in ["Child's age", "English level", "Who decides"] {
        assert!(screen.contains(label), "{label}\n{screen}");
    }
    floor.play("7 enter 2 1");
    let set = &floor.touches()[0].set;
    let given: Vec<(&str, &str)> = set.iter().map(|(code, value)| (code.as_str(), value.as_str())).collect();
    assert_eq!(given, [("child_age", "7"), ("english_base", "phonics"), ("decider_known", "mother")]);
}

#[test]
fn escape_cancels_an_outcome_and_nothing_is_written() {
    let mut floor = edu();
    floor.play("enter 6 esc");
    assert_eq!((floor.touches().len(), floor.context()), (0, Context::Call));
    floor.play("1");
    assert_eq!(floor.touches().len(), 1);
}

#[test]
fn a_call_back_takes_a_proposal_or_a_typed_time() {
    let mut floor = edu();
    // 11:42 + 30 min = 12:12, the next quarter is 12:15
    floor.play("enter 7 enter");
    assert_eq!(floor.touches()[0].next_at, Some(minutes(33)));
    // tomorrow 10:00 is 22 h 18 min from 11:42
    floor.play("enter 7");
    for character in "明天10:00".chars() {
        floor.play(&character.to_string());
    }
    floor.play("enter");
    assert_eq!(floor.touches()[1].next_at, Some(minutes(22 * 60 + 18)));
}

#[test]
fn a_time_in_quiet_hours_is_said_before_it_is_taken() {
    let mut floor = edu();
    floor.play("enter 7 2 2 : 3 0");
    let screen = floor.screen(80, 24);
    assert!(screen.contains("quiet hours: moves to tomorrow 10:00"), "{screen}");
}

#[test]
fn a_sale_opens_the_order_all_preset_and_enter_enter_wins() {
    let mut floor = edu();
    let book = playbook("edu-english");
    know_everything(&mut floor, &book);
    floor.play("enter 0 enter enter");
    let writes = floor.writes();
    let [Change::Work(WorkChange::Log(_)), Change::Deal(DealChange::Win(order))] = writes.as_slice() else {
        panic!("{writes:?}")
    };
    assert_eq!((whole(order.price), whole(order.paid)), (4_680, 4_680));
    assert_eq!(order.product.as_str(), "k48");
}

#[test]
fn advance_asks_exactly_what_the_next_stage_misses() {
    let mut floor = edu();
    // from 'connected' to 'wechat': one fact is required, a yes or no
    floor.play("enter f3 y");
    let writes = floor.writes();
    let [Change::Deal(DealChange::Move { to, set, .. })] = writes.as_slice() else { panic!("{writes:?}") };
    assert_eq!(to.as_str(), "wechat");
    assert_eq!(
        set.iter().map(|(c, v)| (c.as_str(), v.as_str())).collect::<Vec<_>>(),
        [("wechat_verified", "true")]
    );
    assert_eq!(floor.context(), Context::Call);
}

#[test]
fn skip_is_two_keys_and_put_off_takes_a_time() {
    let mut floor = edu();
    floor.play("s 2");
    assert!(matches!(
        floor.writes().as_slice(),
        [Change::Work(WorkChange::Skip { task: TaskId(1), reason, .. })] if reason.as_str() == "skip_done_elsewhere"
    ));
    let mut floor = edu();
    floor.play("z 2 enter");
    // 11:42 + 2 h = 13:42, the next quarter is 13:45
    assert!(matches!(
        floor.writes().as_slice(),
        [Change::Work(WorkChange::Snooze { task: TaskId(1), until })] if *until == minutes(123)
    ));
}

#[test]
fn a_note_is_a_draft_on_every_key_and_the_next_record_opens_empty() {
    let mut floor = edu();
    let effects = floor.play("enter n h i");
    let drafts: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::SaveDraft(key, text) => Some((key.as_str(), text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(drafts, [("note:1", "h"), ("note:1", "hi")]);
    // Enter leaves the note; the outcome key is no text
    floor.play("enter 1");
    assert_eq!(floor.touches()[0].note, "hi");
    assert!(floor.effects.contains(&Effect::SaveDraft("note:1".to_owned(), String::new())));
    floor.play("enter 1");
    assert_eq!(floor.touches()[1].note, "");
}

#[test]
fn a_kept_draft_comes_back_to_its_own_record() {
    let mut floor = edu();
    let effects = floor.play("enter");
    assert!(effects.contains(&Effect::LoadDraft("note:1".to_owned())));
    floor.event(Event::Draft("note:9".to_owned(), "other".to_owned()));
    floor.event(Event::Draft("note:1".to_owned(), "kept".to_owned()));
    floor.play("1");
    assert_eq!(floor.touches()[0].note, "kept");
}

#[test]
fn an_answer_is_found_by_a_word_and_marked_solved() {
    let mut floor = edu();
    floor.play("enter / 贵");
    let screen = floor.screen(80, 24);
    assert!(screen.contains("贵 / 便宜 / price"), "{screen}");
    floor.play("enter n 1");
    let used = &floor.touches()[0].questions;
    assert_eq!(
        used.iter().map(|(code, solved)| (code.as_str(), *solved)).collect::<Vec<_>>(),
        [("q_price", false)]
    );
}

#[test]
fn the_line_reached_goes_with_the_touch() {
    let mut floor = edu();
    floor.play("enter space space 1");
    assert_eq!(floor.touches()[0].script.as_ref().map(|(_, line)| *line), Some(1));
}

#[test]
fn a_material_is_copied_first_and_sent_only_when_said() {
    let mut floor = edu();
    let book = playbook("edu-english");
    know_everything(&mut floor, &book);
    let effects = floor.play("right enter enter");
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.expect("the text is on the clipboard");
    assert!(copied.contains("陈乐乐") || copied.contains("王敏"), "{copied}");
    assert!(floor.writes().is_empty(), "copied is not sent");
    assert!(floor.screen(80, 24).contains("Enter again: it was sent"));
    floor.play("enter");
    assert!(matches!(floor.writes().as_slice(), [Change::Work(WorkChange::Send { task: TaskId(11), .. })]));
    // the next material is open
    assert!(floor.screen(80, 24).contains("周家"));
    floor.play("esc");
    assert_eq!(floor.writes().len(), 1);
}

#[test]
fn a_material_with_a_missing_field_is_not_copied_and_shows_which() {
    let mut floor = edu();
    let effects = floor.play("right enter enter");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Copy(_))));
    let screen = floor.screen(80, 24);
    assert!(screen.contains("⟨child_age⟩"), "{screen}");
}

#[test]
fn a_coupon_is_reserved_then_copied_then_pushed() {
    let mut floor = edu();
    let book = playbook("edu-english");
    know_everything(&mut floor, &book);
    floor.play("right right enter");
    assert!(matches!(floor.writes().as_slice(), [Change::Work(WorkChange::Reserve { task: TaskId(21) })]));
    let screen = floor.screen(80, 24);
    for shown in ["XQ-7F3K", "¥150", "12 of 400 left this month", "until Nov 27"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    floor.play("enter enter");
    assert!(matches!(floor.writes().last(), Some(Change::Work(WorkChange::Push { task: TaskId(21), .. }))));
    let mut floor = edu();
    floor.play("right right enter x");
    assert!(matches!(floor.writes().last(), Some(Change::Work(WorkChange::Release { task: TaskId(21) }))));
}

#[test]
fn a_coupon_that_is_used_up_says_so_in_the_preview() {
    let mut floor = edu();
    floor.refuse = Some(StoreError::Invalid { code: "none_left", what: "none left this month".to_owned() });
    floor.play("right right enter");
    assert!(floor.screen(80, 24).contains("none left this month"));
    floor.play("enter");
    assert_eq!(floor.writes().len(), 1, "nothing is pushed");
}

#[test]
fn a_node_is_attended_with_two_keys() {
    let mut floor = edu();
    let book = playbook("edu-english");
    know_everything(&mut floor, &book);
    let effects = floor.play("tab tab tab enter 1");
    assert_eq!(floor.touches()[0].task, Some(TaskId(31)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Dial(_))), "a node is not dialled");
}

#[test]
fn do_not_contact_is_asked_and_a_doubled_key_does_not_confirm_it() {
    let mut floor = edu();
    floor.play("enter d d enter");
    assert!(floor.touches().is_empty());
    floor.play("y");
    assert_eq!(floor.touches().len(), 1);
}

fn somebody_elses(owner: i64) -> Commit {
    Commit {
        revision: 42,
        write: WriteId(5),
        topics: vec![Topic::Tasks],
        effects: Effects { owners: vec![corral::domain::id::UserId(owner)], ..Effects::default() },
        replayed: false,
    }
}

#[test]
fn what_others_do_moves_nothing_and_is_pulled_in() {
    let mut floor = edu();
    floor.play("down down");
    // 李先生 is done elsewhere, a new row stands above all others
    floor.today.pens[0].rows.remove(1);
    floor.today.pens[0].rows.insert(0, row(99, Lane::Call, "新客户", -1));
    floor.event(Event::Committed(somebody_elses(ME.0)));
    let screen = floor.screen(120, 36);
    assert!(screen.contains("李先生") && !screen.contains("新客户"), "{screen}");
    assert!(screen.contains("1 new · r"), "{screen}");
    let marked = |screen: &str| screen.lines().find(|line| line.contains('▸')).map(ToOwned::to_owned);
    assert!(marked(&screen).is_some_and(|line| line.contains("欧阳娜娜")), "{screen}");
    floor.play("r");
    let screen = floor.screen(120, 36);
    assert!(screen.contains("新客户") && !screen.contains("李先生"), "{screen}");
    assert!(marked(&screen).is_some_and(|line| line.contains("欧阳娜娜")), "{screen}");
}

#[test]
fn a_commit_about_somebody_else_is_not_read() {
    let mut floor = edu();
    let before = floor.effects.len();
    floor.event(Event::Committed(somebody_elses(8)));
    assert_eq!(floor.effects.len(), before);
}

#[test]
fn the_filter_is_typed_live_and_enter_starts_what_it_shows() {
    let mut floor = edu();
    let effects = floor.play("/ 赵");
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Read(_, Query::Today(ask)) if ask.filter == "赵"))
    );
    let screen = floor.screen(80, 24);
    assert!(screen.contains("赵敏") && !screen.contains("李先生"), "{screen}");
    floor.play("enter 1");
    assert_eq!(floor.touches()[0].task, Some(TaskId(4)));
}

#[test]
fn a_promise_rises_with_a_bell_five_minutes_before_its_time() {
    let mut floor = edu();
    floor.today.pens[0].rows[4].promised = true;
    floor.event(Event::Shown);
    floor.now = Timestamp(now().0 + 84 * 60_000);
    floor.event(Event::Minute);
    assert!(!floor.effects.contains(&Effect::Bell));
    floor.now = minutes(85);
    floor.event(Event::Minute);
    assert!(floor.effects.contains(&Effect::Bell));
    assert!(floor.screen(80, 24).contains("promised to Anna Schmidt: 13:12"));
}

#[test]
fn the_day_is_read_again_when_the_clock_lets_something_go_and_not_every_minute() {
    let mut floor = edu();
    let mut reads = |from: i64, to: i64| -> Vec<i64> {
        let mut is_read = |minute: i64| {
            let before = floor.effects.len();
            floor.now = minutes(minute);
            floor.event(Event::Minute);
            floor.effects[before..].iter().any(|effect| matches!(effect, Effect::Read(_, Query::Today(_))))
        };
        (from..=to).filter(|minute| is_read(*minute)).collect()
    };
    let hour = reads(1, 60);
    assert!((3..=5).contains(&hour.len()), "once in a quarter of an hour: {hour:?}");
    // a call is held back until an hour and 35 minutes from the beginning
    assert!(reads(94, 95).contains(&95));
    // the quiet hours begin at 20:30, eight hours and 48 minutes after it
    reads(526, 527);
    assert!(reads(528, 528).contains(&528));
}

#[test]
fn the_parts_of_a_score_are_shown_with_their_sum() {
    let mut floor = edu();
    floor.play("y");
    let screen = floor.screen(80, 24);
    for shown in ["Promised time", "+1,000", "Node today", "+150", "+16", "-12", "1,154"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
}

#[test]
fn what_is_held_back_names_the_rule_and_the_time() {
    let mut floor = edu();
    assert!(floor.screen(80, 24).contains("1 held: too soon to call again until 13:17"));
    floor.play("h");
    let screen = floor.screen(80, 24);
    assert!(screen.contains("吴家") && screen.contains("13:17"), "{screen}");
}

#[test]
fn keys_from_an_input_method_still_say_outcomes() {
    let mut floor = edu();
    floor.play("enter １");
    assert_eq!(floor.touches().len(), 1);
}

#[test]
fn the_save_names_what_it_changed() {
    let mut floor = edu();
    floor.play("enter 1");
    let screen = floor.screen(120, 36);
    assert!(screen.contains("saved · gap ¥33,600 → ¥28,920"), "{screen}");
}

#[test]
fn the_screens_look_as_they_did() {
    for lang in Lang::ALL {
        for (width, height) in SIZES {
            let size = format!("{lang}_{width}x{height}");
            let mut floor = Floor::new("edu-english", lang);
            insta::assert_snapshot!(format!("today_{size}"), floor.screen(width, height));
            floor.play("enter space");
            insta::assert_snapshot!(format!("call_{size}"), floor.screen(width, height));
            floor.play("6");
            insta::assert_snapshot!(format!("facts_{size}"), floor.screen(width, height));
            floor.play("esc 9");
            insta::assert_snapshot!(format!("when_{size}"), floor.screen(width, height));
            let mut floor = Floor::new("edu-english", lang);
            know_everything(&mut floor, &playbook("edu-english"));
            floor.play("enter 0");
            insta::assert_snapshot!(format!("order_{size}"), floor.screen(width, height));
            floor.play("esc esc right enter");
            insta::assert_snapshot!(format!("send_{size}"), floor.screen(width, height));
            floor.play("esc right enter enter");
            insta::assert_snapshot!(format!("coupon_{size}"), floor.screen(width, height));
        }
    }
}

#[test]
fn all_outcomes_of_every_playbook_are_on_the_smallest_screen() {
    for name in PLAYBOOKS {
        for lang in Lang::ALL {
            let book = playbook(name);
            let mut floor = Floor::new(name, lang);
            floor.play("enter");
            let screen = floor.screen(80, 24);
            for outcome in book.outcomes_for(Lane::Call) {
                let shown = if lang == Lang::Zh { &outcome.name.zh } else { &outcome.name.en };
                assert!(screen.contains(&format!("{} {shown}", outcome.key)), "{name} {shown}\n{screen}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_size_and_any_keys_are_drawn(width in 1u16..230, height in 1u16..70, pressed in proptest::collection::vec(
        proptest::sample::select(vec![
            "enter", "esc", "tab", "right", "down", "up", "space", "n", "/", "s", "z", "y", "h", "r", "1", "6", "7", "9",
            "0", "d", "x", "f3", "f4", "f8", "f9", "f11", "f5", "pagedown", "u", "f2", "a", "2",
        ]), 0..14), zh: bool) {
        let mut floor = Floor::new("edu-english", if zh { Lang::Zh } else { Lang::En });
        for key in &pressed {
            floor.play(key);
        }
        let buf = floor.draw(width, height);
        prop_assert_eq!(cut_glyphs(&buf), vec![]);
    }
}
