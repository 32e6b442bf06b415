//! The wall: its pages by key and by time, what it asks for and what it does not, how it looks when the database is away.

use std::time::Duration;

use corral::app::{Effect, Event, Troubles, trouble::Cause};
use corral::domain::id::{NewsId, TeamId, UserId};
use corral::domain::lists::{Gladness, Metric, Role};
use corral::domain::time::Timestamp;
use corral::screen::wall::Wall;
use corral::store::change::Topic;
use corral::store::query::{Answer, GoodNews, Query};
use corral::text::Lang;

use crate::screens_desk::desk::{Desk, news, now};

const STANDS: Duration = Duration::from_secs(15);

fn wall(lang: Lang) -> Desk {
    Desk::as_role(Role::Viewer, lang, Wall::new(None, STANDS))
}

fn later(desk: &mut Desk, seconds: i64) -> Vec<Effect> {
    desk.now = Timestamp(desk.now.0 + seconds * 1_000);
    desk.take(Event::Woken)
}

fn read(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Read(..))).count()
}

/// The page shown, of how many: `3/8`.
fn page(desk: &mut Desk) -> (usize, usize) {
    let screen = desk.screen(120, 36);
    let head = screen.lines().next().unwrap();
    let word = head.split_whitespace().find(|word| word.contains('/')).unwrap_or_else(|| panic!("{head}"));
    let (at, of) = word.split_once('/').unwrap();
    (at.parse().unwrap(), of.parse().unwrap())
}

#[test]
fn pages_turn_by_time_and_by_key_and_stand_where_they_are_held() {
    let mut desk = wall(Lang::En);
    let (first, many) = page(&mut desk);
    assert!(first == 1 && many > 4, "{first}/{many}");
    later(&mut desk, 14);
    assert_eq!(page(&mut desk).0, 1);
    later(&mut desk, 1);
    assert_eq!(page(&mut desk).0, 2);
    desk.play("right left left");
    assert_eq!(page(&mut desk).0, 1);
    desk.play("left");
    assert_eq!(page(&mut desk), (many, many), "before the first is the last");
    desk.play("space");
    later(&mut desk, 60);
    assert_eq!(page(&mut desk).0, many);
    assert!(desk.screen(120, 36).contains("held"));
    desk.play("space");
    later(&mut desk, 15);
    assert_eq!(page(&mut desk).0, 1);
}

#[test]
fn it_asks_for_boards_matches_and_news_and_never_for_a_customer() {
    let mut desk = wall(Lang::En);
    for _ in 0..12 {
        desk.play("right");
        desk.take(Event::Minute);
        desk.take(Event::Committed(news(&[Topic::Metrics, Topic::News, Topic::Customer])));
    }
    for effect in &desk.effects {
        match effect {
            Effect::Read(_, Query::Board(_) | Query::BurnUp(_) | Query::Pk(_) | Query::GoodNews(_))
            | Effect::Wake(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_committed_is_read_once_a_second_at_most() {
    let mut desk = wall(Lang::En);
    let committed = || Event::Committed(news(&[Topic::Metrics]));
    let mut asked = read(&desk.take(committed()));
    for _ in 0..50 {
        asked += read(&desk.take(committed()));
    }
    assert_eq!(asked, 0, "it was read at the start, less than a second ago");
    let once = read(&later(&mut desk, 1));
    assert!(once > 0 && once <= 3, "{once}");
    assert_eq!(read(&desk.take(committed())), 0);
}

#[test]
fn wakes_do_not_gather_while_the_floor_commits_for_hours() {
    let mut desk = wall(Lang::En);
    let wakes = |effects: &[Effect]| -> Vec<i64> {
        let of = |effect: &Effect| match effect {
            Effect::Wake(after) => Some(i64::try_from(after.as_millis()).unwrap()),
            _ => None,
        };
        effects.iter().filter_map(of).collect()
    };
    let start = desk.now.0;
    let begun = desk.effects.clone();
    let mut due: Vec<i64> = wakes(&begun).iter().map(|after| start + after).collect();
    let (mut most, mut turned) = (0, 0);
    // an hour of four commits a second
    for step in 1..=4 * 3_600 {
        desk.now = Timestamp(start + step * 250);
        let now = desk.now.0;
        let ripe = due.iter().filter(|at| **at <= now).count();
        due.retain(|at| *at > now);
        for _ in 0..ripe {
            let effects = desk.take(Event::Woken);
            turned += wakes(&effects).iter().filter(|after| **after == 15_000).count();
            due.extend(wakes(&effects).iter().map(|after| now + after));
        }
        let effects = desk.take(Event::Committed(news(&[Topic::Metrics])));
        due.extend(wakes(&effects).iter().map(|after| now + after));
        most = most.max(due.len());
        desk.effects.clear();
    }
    // one for the page, one for the figures, and what crosses them
    assert!(most <= 4, "{most} wakes at once");
    assert!((230..=241).contains(&turned), "an hour has 240 pages of fifteen seconds: {turned}");
}

#[test]
fn while_the_database_is_away_the_last_figures_stay_and_say_of_when() {
    let mut desk = wall(Lang::En);
    let before = desk.screen(120, 36);
    desk.now = Timestamp(desk.now.0 + 5_000);
    desk.app.set_troubles(Troubles { database: Some(Cause::Away), ..Troubles::default() });
    desk.silent = true;
    let away = desk.screen(120, 36);
    assert!(away.lines().next().unwrap().contains("away · figures of 11:42"), "{away}");
    // all but the first line and the status line stands
    let rows = |text: &str| text.lines().skip(1).take(33).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&before), rows(&away));
    desk.silent = false;
    desk.app.set_troubles(Troubles::default());
    later(&mut desk, 15);
    assert!(!desk.screen(120, 36).contains("away"));
}

#[test]
fn good_news_takes_the_wall_for_a_while() {
    let mut desk = wall(Lang::En);
    let effects = desk.take(Event::Committed(news(&[Topic::News])));
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::Read(ticket, Query::GoodNews(_)) => Some(*ticket),
        _ => None,
    });
    let glad = GoodNews {
        id: NewsId(1),
        at: now(),
        playbook: "another".to_owned(),
        rule: "any".to_owned(),
        kind: Gladness::OrderWon,
        rep: (UserId(8), "赵磊".to_owned()),
        team: "一队".to_owned(),
        metric: Metric::RevenueNew,
        value: 468_000,
        other: None,
    };
    desk.take(Event::Answered(ticket.unwrap(), Ok(Answer::GoodNews(vec![glad]))));
    let screen = desk.screen(120, 36);
    assert!(screen.contains("赵磊 won an order of 4,680") && screen.contains("████"), "{screen}");
    assert!(!screen.contains("rep 12"), "nothing beside it");
    later(&mut desk, 11);
    assert!(desk.screen(120, 36).contains("rep 12"));
}

#[test]
fn the_matches_that_are_on_have_a_page_and_it_is_left_out_where_there_are_none() {
    let mut desk = wall(Lang::En);
    let (_, many) = page(&mut desk);
    desk.play("left");
    assert_eq!(page(&mut desk).0, many);
    let screen = desk.screen(120, 36);
    assert!(screen.contains("王芳") && screen.contains("赵磊") && screen.contains("奶茶"), "{screen}");
    assert!(screen.contains("████"), "the score in large");
    // a team that plays in none
    let wall = Wall::new(Some(TeamId(99)), STANDS);
    let mut desk = Desk::as_role(Role::Viewer, Lang::En, wall);
    desk.board.rows.clear();
    desk.take(Event::Minute);
    let (_, many) = page(&mut desk);
    desk.play("left");
    assert_eq!(page(&mut desk).0, many - 1, "passed over");
}

#[test]
fn it_looks_as_it_was_looked_at() {
    for lang in Lang::ALL {
        for (keys, name) in [("", "month"), ("left left", "burn_up"), ("left", "matches")] {
            for (width, height) in [(80, 24), (120, 36), (240, 67)] {
                let mut desk = wall(lang);
                desk.play(keys);
                let buf = desk.draw(width, height);
                assert!(corral::widget::cut_glyphs(&buf).is_empty(), "{name} {lang} {width}×{height}");
                let text = corral::widget::screen_text(&buf);
                insta::assert_snapshot!(format!("wall_{name}_{lang}_{width}x{height}"), text);
            }
        }
    }
}

#[test]
fn any_size_up_to_the_largest_is_drawn() {
    let mut desk = wall(Lang::Zh);
    for keys in ["", "left", "left"] {
        desk.play(keys);
        for (width, height) in
            [(1, 1), (40, 12), (80, 24), (81, 25), (132, 43), (400, 120), (400, 12), (40, 120)]
        {
            let buf = desk.draw(width, height);
            assert!(corral::widget::cut_glyphs(&buf).is_empty(), "{width}×{height}");
        }
    }
}
