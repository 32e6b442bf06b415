//! Reports and funnels on screen: what keys do, what opens, that it follows what others do.

use corral::app::action::{ACTIONS, Act, Context};
use corral::app::{Effect, Event};
use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::{FunnelCell, Metric, Period, Role};
use corral::domain::report::Lines;
use corral::screen::board::Board;
use corral::screen::report::Reports;
use corral::store::change::people::TargetOf;
use corral::store::change::report::ReportOf;
use corral::store::change::{Change, ReportChange, Topic};
use corral::store::query::{Query, ReportAsk};
use corral::text::Lang;

use crate::screens_desk::desk::{Desk, ME, news};

fn typed(desk: &mut Desk, text: &str) {
    for character in text.chars() {
        let key = if character == ' ' { "space".to_owned() } else { character.to_string() };
        desk.play(&key);
    }
}

fn last(desk: &Desk) -> ReportChange {
    match desk.writes().pop() {
        Some(Change::Report(change)) => change,
        other => panic!("{other:?}"),
    }
}

fn asked(effects: &[Effect]) -> Vec<ReportAsk> {
    let of = |effect: &Effect| match effect {
        Effect::Read(_, Query::Report(ask)) => Some(ask.clone()),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

#[test]
fn five_opens_the_own_report_and_three_keys_hand_it_in() {
    let mut desk = Desk::new(Lang::En, Board::new());
    desk.play("5");
    assert_eq!(desk.app.context(), Some(Context::Report));
    let screen = desk.screen(120, 36);
    for shown in
        ["王芳 · Daily report", "open · due", "planned 58, on time 41", "2 things do not fit", "刘家"]
    {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    desk.play("w f12");
    let ReportChange::HandIn { of, lines } = last(&desk) else { panic!() };
    assert_eq!((of.whose, of.period, lines), (TargetOf::User(ME), Period::Day, Lines::default()));
    assert_eq!(desk.app.context(), Some(Context::Report));
}

#[test]
fn the_three_lines_are_typed_one_after_the_other() {
    let mut desk = Desk::new(Lang::Zh, Reports::new());
    desk.play("w");
    typed(&mut desk, "家长都在上班");
    desk.play("enter");
    typed(&mut desk, "刘家今晚签");
    desk.play("enter");
    typed(&mut desk, "陪一个试听");
    desk.play("f12");
    let ReportChange::HandIn { lines, .. } = last(&desk) else { panic!() };
    assert_eq!(
        (lines.why.as_str(), lines.best.as_str(), lines.help.as_str()),
        ("家长都在上班", "刘家今晚签", "陪一个试听")
    );
}

#[test]
fn a_lead_sees_who_has_not_handed_in_and_says_something_with_a_task() {
    let mut desk = Desk::as_role(Role::Lead, Lang::En, Reports::new());
    let screen = desk.screen(120, 36);
    for shown in ["2 not handed in", "Anna Schmidt", "handed in", "nodes of valid calls 7.3%"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    desk.play("c");
    assert!(desk.writes().is_empty(), "the team's own is not handed in yet");
    desk.play("down down");
    assert!(desk.screen(120, 36).contains("now "), "{}", desk.screen(120, 36));
    desk.play("c");
    typed(&mut desk, "book it");
    // the customer who stands still is proposed
    desk.play("enter");
    typed(&mut desk, "2026-11-24 10:00");
    desk.play("enter");
    typed(&mut desk, "ring the father");
    desk.play("f12");
    let ReportChange::Comment { of, words, tasks } = last(&desk) else { panic!() };
    assert_eq!((of.whose, words.as_str()), (TargetOf::User(UserId(8)), "book it"));
    assert_eq!((tasks[0].customer, tasks[0].words.as_str()), (CustomerId(3), "ring the father"));
    let _: ReportOf = of;
}

#[test]
fn a_figure_opens_its_facts_and_escape_leads_back_to_the_team() {
    let mut desk = Desk::as_role(Role::Lead, Lang::En, Reports::new());
    desk.play("down enter down down");
    let effects = desk.play("enter");
    let facts = effects.iter().find_map(|effect| match effect {
        Effect::Read(_, Query::Facts(ask)) => Some((ask.metric, ask.user)),
        _ => None,
    });
    assert_eq!(facts, Some((Metric::CallsValid, Some(ME))));
    assert_eq!(desk.app.context(), Some(Context::Facts));
    desk.play("esc");
    assert_eq!(desk.app.context(), Some(Context::Report));
    desk.play("esc");
    assert!(desk.screen(120, 36).contains("2 not handed in"));
}

#[test]
fn earlier_later_and_the_period_ask_for_others() {
    let mut desk = Desk::new(Lang::En, Reports::new());
    let of = |effects: &[Effect]| match asked(effects).as_slice() {
        [ReportAsk::One { period, back, .. }] => (*period, *back),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&desk.play(",")), (Period::Day, 1));
    assert_eq!(of(&desk.play(",")), (Period::Day, 2));
    assert_eq!(of(&desk.play(".")), (Period::Day, 1));
    assert_eq!(of(&desk.play("p")), (Period::Week, 0));
    assert_eq!(of(&desk.play("p")), (Period::Month, 0));
    assert_eq!(asked(&desk.play(".")), [], "there is nothing after now");
    // a rep sees no team
    assert_eq!(asked(&desk.play("b")), []);
    assert!(desk.screen(80, 24).contains("whoever leads a team"), "{}", desk.screen(80, 24));
}

#[test]
fn every_cell_of_a_funnel_opens_its_deals_and_each_its_customer() {
    let mut desk = Desk::new(Lang::En, Reports::new());
    desk.play("f");
    assert_eq!(desk.app.context(), Some(Context::Funnel));
    let screen = desk.screen(200, 60);
    for shown in ["79.7%", "21/30", "shares are told from 30 cases on", "Won 12 / 64"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    for (place, cell) in FunnelCell::ALL.iter().enumerate() {
        let effects = desk.play("enter");
        let Some(ReportAsk::FunnelRows(ask)) = asked(&effects).into_iter().next() else {
            panic!("{effects:?}")
        };
        assert_eq!((ask.cell, ask.stage.as_str()), (*cell, "assigned"));
        if place == 0 {
            desk.play("enter");
            assert_eq!(desk.app.context(), Some(Context::Card));
            desk.play("esc");
        }
        desk.play("esc right");
    }
    assert_eq!(desk.app.context(), Some(Context::Funnel));
    // AP-04: the key that opens rows is in the table
    let opens = |action: &&corral::app::action::Action| {
        action.act == Act::Accept && action.contexts.contains(&Context::Funnel)
    };
    assert!(ACTIONS.iter().any(|action| opens(&action)));
}

#[test]
fn news_is_read_at_most_four_times_a_second_and_moves_no_selection() {
    let mut desk = Desk::as_role(Role::Lead, Lang::En, Reports::new());
    desk.play("down down");
    let before = desk.screen(120, 36);
    let effects = desk.take(Event::Committed(news(&[Topic::Metrics])));
    assert_eq!(asked(&effects), [], "it was read a moment ago");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wake(_))));
    assert_eq!(asked(&desk.take(Event::Woken)).len(), 1);
    assert_eq!(desk.screen(120, 36), before);
}
