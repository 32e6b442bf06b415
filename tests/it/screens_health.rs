//! Team health on screen: how it looks, what opens, what a manager keeps.

use corral::app::Effect;
use corral::app::action::Context;
use corral::domain::health::{Limits, Point, hides, trend};
use corral::domain::id::TeamId;
use corral::domain::lists::{Metric, Role};
use corral::domain::report::share::Share;
use corral::domain::time::{Day, Month, Zone};
use corral::screen::health::Health;
use corral::screen::report::Reports;
use corral::store::change::{Change, ReportChange};
use corral::store::query::Query;
use corral::store::query::health::{HealthLine, HealthNote, HealthReport, Leading, TeamHealth};
use corral::store::query::report::ReportAsk;
use corral::text::Lang;
use corral::widget::{cut_glyphs, screen_text};

use crate::screens_desk::desk::Desk;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Twelve months of something: what was counted, of so many each.
fn line(kind: Leading, parts: [i64; 12], of: i64) -> HealthLine {
    let months: Vec<Point> =
        (2_025 * 12 + 9..).map(Month).zip(parts).map(|(month, part)| Point { month, part, of }).collect();
    HealthLine {
        kind,
        months: months.iter().map(|point| (point.part, point.of)).collect(),
        trend: trend(&months, Limits { fall_bp: 2_000, slope_bp: 150 }),
    }
}

fn team(id: i64, name: &str, new: [i64; 12], booked: [i64; 12]) -> TeamHealth {
    let lines = vec![
        line(Leading::NewCustomers, new, 220),
        line(Leading::ValidCalls, [6_600; 12], 220),
        line(Leading::Booked, booked, 6_600),
        line(Leading::Wechat, [0, 0, 0, 0, 0, 0, 0, 0, 4, 6, 5, 7], 20),
    ];
    let result = Share::of(101_000_000, 100_000_000);
    let trends: Vec<_> = lines.iter().map(|line| &line.trend).collect();
    let hides = hides(result.exact_bp(), &trends);
    TeamHealth {
        team: TeamId(id),
        name: name.to_owned(),
        main: Metric::RevenueNew,
        currency: "CNY".to_owned(),
        result,
        done: vec![33_000_000; 12],
        lines,
        hides,
        notes: Vec::new(),
    }
}

/// Team one found two fifths less in the last quarter, and books two per cent less each month; nothing is red of team two.
pub fn page() -> HealthReport {
    let fell = [500, 510, 490, 500, 505, 495, 500, 500, 500, 300, 300, 300];
    let slow = [1_000, 980, 960, 941, 922, 904, 886, 868, 851, 834, 817, 801];
    let mut one = team(1, "一队", fell, slow);
    one.notes.push(HealthNote {
        quarter: day("2026-04-01"),
        by: "刘艳".to_owned(),
        at: "2026-07-03T10:00:00+08:00".parse().unwrap(),
        words: "老客续费撑着业绩，公海没人打".to_owned(),
    });
    HealthReport {
        days: (day("2026-07-01"), day("2026-09-30")),
        months: (2_025 * 12 + 9..2_026 * 12 + 9).map(Month).collect(),
        teams: vec![one, team(2, "二队", [500; 12], [900; 12])],
        may_note: true,
        zone: Zone(chrono_tz::Asia::Shanghai),
    }
}

fn asked(effects: &[Effect]) -> Vec<Query> {
    let of = |effect: &Effect| match effect {
        Effect::Read(_, query) => Some(query.clone()),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

#[test]
fn team_health_looks_as_it_was_looked_at() {
    for lang in Lang::ALL {
        for (width, height) in [(40, 12), (80, 24), (120, 36)] {
            let mut desk = Desk::as_role(Role::Manager, lang, Health::new());
            let buf = desk.draw(width, height);
            assert!(cut_glyphs(&buf).is_empty(), "{lang} {width}×{height} cuts a wide glyph");
            insta::assert_snapshot!(format!("health_{lang}_{width}x{height}"), screen_text(&buf));
        }
    }
}

#[test]
fn h_opens_it_x_the_facts_and_c_keeps_what_a_manager_thinks() {
    let mut desk = Desk::as_role(Role::Manager, Lang::En, Reports::new());
    desk.play("h");
    assert_eq!(desk.app.context(), Some(Context::Health));
    let screen = desk.screen(120, 36);
    // 900 against 1,500 of as many days is -40 %; 0.98 a month is -2 %
    for shown in ["results hide a fall", "-40% since 2026-07", "falls slowly", "老客续费撑着业绩"] {
        assert!(screen.contains(shown), "{shown}\n{screen}");
    }
    let earlier = asked(&desk.play(","));
    assert!(matches!(earlier.as_slice(), [Query::Report(ReportAsk::Health { back: 1, .. })]), "{earlier:?}");
    desk.play("c o k f12");
    let Some(Change::Report(ReportChange::NoteHealth { team, quarter, words })) = desk.writes().pop() else {
        panic!("{:?}", desk.writes())
    };
    assert_eq!((team, quarter, words.as_str()), (TeamId(1), day("2026-07-01"), "ok"));
    // the second line of team two's five: a row for its result, then new customers

    let mut desk = Desk::as_role(Role::Manager, Lang::En, Health::new());
    desk.play("down down down down down down");
    let opened = asked(&desk.play("x"));
    let Some(Query::Facts(ask)) = opened.last() else { panic!("{opened:?}") };
    assert_eq!((ask.metric, ask.team), (Metric::NewCustomers, Some(TeamId(2))));
}

#[test]
fn a_rep_is_told_that_it_is_for_leads() {
    let mut desk = Desk::new(Lang::En, Reports::new());
    desk.play("h");
    assert_eq!(desk.app.context(), Some(Context::Report));
}
