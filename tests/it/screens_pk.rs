//! Matches on screen: what keys do, that it follows what others do, and that nothing moves by itself.

use corral::app::action::Context;
use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Session};
use corral::domain::id::{PkId, TeamId, UserId};
use corral::domain::lists::{Metric, PkKind, PkPhase, PkVerdict, Role};
use corral::domain::pk::{Plan, Round, Side, Weight, Who, Window};
use corral::domain::time::Timestamp;
use corral::input::{Input, keys};
use corral::screen::board::Board;
use corral::screen::pk::Matches;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, PkChange, Topic, WorkChange};
use corral::store::query::{Answer, PkAnswer, PkAsk, Query};
use corral::text::{Lang, Words};
use corral::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::customers::{add, household};
use crate::floor::Floor;
use crate::screens_desk::desk::{Desk, news};
use crate::screens_desk::pk as made;

fn typed(desk: &mut Desk, text: &str) {
    for character in text.chars() {
        let key = if character == ' ' { "space".to_owned() } else { character.to_string() };
        desk.play(&key);
    }
}

fn last(desk: &Desk) -> PkChange {
    match desk.writes().pop() {
        Some(Change::Pk(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_board_opens_the_matches_and_escape_leads_back() {
    let mut desk = Desk::new(Lang::En, Board::new());
    desk.play("K");
    assert_eq!(desk.app.context(), Some(Context::Pk));
    let screen = desk.screen(120, 36);
    for shown in ["You lead 赵磊 by 3", "2 h left", "1 of 王芳 taken back", "12 : 9", "12.0 : 11.0", "奶茶"]
    {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    desk.play("esc");
    assert_eq!(desk.app.context(), Some(Context::Board));
}

#[test]
fn one_key_accepts_and_one_declines_what_waits_for_me() {
    for (key, accepts) in [("y", true), ("n", false)] {
        let mut desk = Desk::new(Lang::En, Matches::new());
        desk.play("end");
        assert!(desk.screen(80, 24).contains("Waits for 王芳"), "{}", desk.screen(80, 24));
        desk.play(key);
        match last(&desk) {
            PkChange::Accept { pk } => assert!(accepts && pk == PkId(14)),
            PkChange::Decline { pk, .. } => assert!(!accepts && pk == PkId(14)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_cannot_be_done_is_refused_before_it_is_tried() {
    let mut desk = Desk::new(Lang::En, Matches::new());
    for key in ["y", "n", "d", "s", "x"] {
        desk.play(key);
        assert_eq!(desk.writes(), [], "{key}");
        assert!(desk.screen(80, 24).contains("cannot be done with this match now"), "{key}");
    }
    assert_eq!(desk.app.context(), Some(Context::Pk));
}

#[test]
fn a_match_is_proposed_by_keys() {
    let mut desk = Desk::new(Lang::En, Matches::new());
    desk.play("a");
    assert_eq!(desk.app.context(), Some(Context::Form));
    typed(&mut desk, "nobody");
    desk.play("f12");
    assert!(desk.screen(80, 24).contains("nobody and no team is called 'nobody'"), "{}", desk.screen(80, 24));
    assert_eq!(desk.writes(), []);
    for _ in 0..6 {
        desk.play("backspace");
    }
    typed(&mut desk, "赵磊");
    desk.play("enter enter enter ctrl-u");
    typed(&mut desk, "14:00");
    desk.play("enter ctrl-u");
    typed(&mut desk, "2026-11-22 16:00");
    desk.play("enter ctrl-u");
    typed(&mut desk, "20 / 5");
    desk.play("f12");
    let PkChange::Propose(plan) = last(&desk) else { panic!() };
    assert_eq!(plan.kind, PkKind::Duel);
    let people: Vec<&Who> = plan.sides.iter().map(|side| &side.who).collect();
    assert_eq!(people, [&Who::People(vec![UserId(7)]), &Who::People(vec![UserId(8)])]);
    let window = Window {
        from: "2026-11-22T14:00:00+08:00".parse().unwrap(),
        to: "2026-11-22T16:00:00+08:00".parse().unwrap(),
    };
    assert_eq!((plan.rounds[0].window, plan.win, plan.lose), (window, 20, 5));
    assert_eq!(desk.app.context(), Some(Context::Pk), "the form goes once it is saved");
}

#[test]
fn teams_and_groups_are_typed_by_name() {
    let mut desk = Desk::as_role(Role::Lead, Lang::Zh, Matches::new());
    desk.play("a ctrl-u");
    typed(&mut desk, "二队，王芳+赵磊");
    desk.play("f12");
    let PkChange::Propose(plan) = last(&desk) else { panic!() };
    assert_eq!(plan.sides[0].who, Who::Team(TeamId(2)));
    assert_eq!(plan.sides[1].who, Who::People(vec![UserId(7), UserId(8)]));
}

#[test]
fn a_disputed_result_is_settled_with_a_reason() {
    let mut desk = Desk::as_role(Role::Lead, Lang::En, Matches::new());
    desk.settles = true;
    desk.take(Event::Minute);
    desk.play("down down down s");
    desk.play("2 f12");
    assert_eq!(desk.writes(), [], "without a reason nothing is settled");
    typed(&mut desk, "both had one");
    desk.play("f12");
    let change = last(&desk);
    let PkChange::Settle { pk, verdict, words, .. } = change else { panic!("{change:?}") };
    assert_eq!((pk, verdict, words.as_str()), (PkId(15), PkVerdict::Shared, "both had one"));
}

#[test]
fn a_rival_is_shown_to_oneself_alone() {
    let mut desk = Desk::new(Lang::En, Matches::new());
    assert!(desk.screen(80, 24).contains("Rival 赵磊 · month"), "{}", desk.screen(80, 24));
    desk.play("v 3 enter");
    assert_eq!(last(&desk), PkChange::Nemesis { whom: Some(UserId(10)) });
}

#[test]
fn news_is_read_at_most_four_times_a_second_and_moves_no_selection() {
    let mut desk = Desk::new(Lang::En, Matches::new());
    desk.play("down down");
    let lists = |effects: &[Effect]| {
        let of = |effect: &&Effect| matches!(effect, Effect::Read(_, Query::Pk(PkAsk::List { .. })));
        effects.iter().filter(of).count()
    };
    desk.now = Timestamp(desk.now.0 + 1_000);
    let effects = desk.take(Event::Committed(news(&[Topic::Metrics])));
    assert_eq!(lists(&effects), 1);
    let effects = desk.take(Event::Committed(news(&[Topic::Metrics])));
    assert_eq!(lists(&effects), 0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wake(_))));
    assert_eq!(lists(&desk.take(Event::Committed(news(&[Topic::Pk])))), 0, "one wake is enough");
    desk.now = Timestamp(desk.now.0 + 250);
    assert_eq!(lists(&desk.take(Event::Woken)), 1);
    assert!(desk.screen(120, 36).contains("周日淘汰赛 · bracket"), "{}", desk.screen(120, 36));
    assert_eq!(lists(&desk.take(Event::Committed(news(&[Topic::Customer])))), 0);
}

#[test]
fn whoever_has_it_open_when_the_time_is_over_decides_it_once() {
    let mut desk = Desk::new(Lang::En, Matches::new());
    desk.now = made::ends();
    let effects = desk.take(Event::Minute);
    let decides = |effects: &[Effect]| {
        let of = |effect: &&Effect| match effect {
            Effect::Write(write) => write.change == Change::Pk(PkChange::Decide { pk: PkId(11), round: 1 }),
            _ => false,
        };
        effects.iter().filter(of).count()
    };
    assert_eq!(decides(&effects), 1);
    assert_eq!(decides(&desk.take(Event::Minute)), 0);
    assert!(!desk.screen(80, 24).contains("Saved"), "nothing is said of it");
    // it is no deed of mine: there is nothing to take back
    let undone = desk.play("u");
    let named = undone.iter().any(
        |effect| matches!(effect, Effect::Write(write) if matches!(write.change, Change::Undo { write: Some(_) })),
    );
    assert!(!named, "{undone:?}");
}

/// A session over a store, with what others do beside it.
struct Live {
    app: App,
    floor: Floor,
}

impl Live {
    fn new(mut floor: Floor, who: UserId) -> Self {
        let words = std::sync::Arc::new(Words::new(Lang::En));
        let (theme, keymap) = (Theme::default().into(), Keymap::default().into());
        let mut session = Session::new(words, theme, keymap, 1);
        session.now = floor.now();
        let Answer::Me(me) = floor.read(&Query::Me(who)).unwrap() else { panic!() };
        session.me = Some(*me);
        let mut live = Self { app: App::new(session, Box::new(Matches::new())), floor };
        let effects = live.app.start(live.floor.now());
        live.perform(effects);
        live
    }

    fn event(&mut self, event: Event) {
        let effects = self.app.update(event, self.floor.now());
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Read(ticket, query) => {
                    let answer = self.floor.read(&query);
                    self.event(Event::Answered(ticket, answer));
                }
                Effect::Write(write) => {
                    let result = self.floor.db.write(&write);
                    self.event(Event::Written(write.id, result));
                }
                // the time it asks for has passed
                Effect::Wake(_) => self.event(Event::Woken),
                _ => {}
            }
        }
    }

    fn play(&mut self, text: &str) {
        for key in keys(text).unwrap() {
            self.event(Event::Input(Input::Key(key)));
        }
    }

    fn shown(&self) -> String {
        let area = Rect::new(0, 0, 120, 36);
        let mut buf = Buffer::empty(area);
        self.app.render(area, &mut buf);
        corral::widget::screen_text(&buf)
    }

    /// A call of somebody on another terminal.
    fn call(&mut self, rep: UserId, phone: &str) -> Commit {
        let customer = add(&mut self.floor, rep, household("客户", phone, Some(rep))).unwrap();
        let touch = LogTouch { customer: Some(customer), outcome: "talked".into(), ..LogTouch::default() };
        self.floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap()
    }
}

#[test]
fn a_call_on_another_terminal_and_its_undo_move_the_score() {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    let side = |user| Side { name: String::new(), who: Who::People(vec![user]) };
    let window = Window {
        from: "2026-11-16T10:00:00+08:00".parse().unwrap(),
        to: "2026-11-16T12:00:00+08:00".parse().unwrap(),
    };
    let plan = Plan {
        title: String::new(),
        kind: PkKind::Duel,
        weights: vec![Weight { metric: Metric::CallsDialed, points: 1, per: 1 }],
        sides: vec![side(rep), side(mate)],
        rounds: vec![Round { name: String::new(), window }],
        legs: Vec::new(),
        win: 10,
        lose: 0,
        prize: String::new(),
    };
    let proposed = floor.write(mate, Change::Pk(PkChange::Propose(Box::new(plan)))).unwrap();
    let pk = proposed.effects.pk.unwrap();
    let mut live = Live::new(floor, rep);
    assert!(live.shown().contains("Waits for 王芳"), "{}", live.shown());
    live.play("y");
    assert!(live.shown().contains("Nobody has scored yet"), "{}", live.shown());
    live.floor.pass_minutes(1);
    let commit = live.call(mate, "13800138000");
    live.event(Event::Committed(commit.news()));
    assert!(live.shown().contains("You are 1 behind 李强"), "{}", live.shown());
    live.floor.pass_minutes(1);
    let undone = live.floor.write(mate, Change::Undo { write: None }).unwrap();
    live.event(Event::Committed(undone.news()));
    let shown = live.shown();
    assert!(shown.contains("Nobody has scored yet") && shown.contains("1 of 李强 taken back"), "{shown}");
    // two hours later the open screen decides it
    let commit = live.call(rep, "13800138001");
    live.floor.set_clock("2026-11-16T12:00:00+08:00");
    live.event(Event::Committed(commit.news()));
    assert!(live.shown().contains("You have won by 1"), "{}", live.shown());
    let by = live.floor.sees(rep);
    let Answer::Pk(PkAnswer::One(card)) = live.floor.read(&Query::Pk(PkAsk::One { pk, by })).unwrap() else {
        panic!()
    };
    assert_eq!((card.phase, card.winners()), (PkPhase::Decided, vec![1]));
}
