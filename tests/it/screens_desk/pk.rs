//! Matches made by hand: one that runs, one that waits, a bracket in its second round, one that was disputed.

use corral::domain::id::{PkId, TeamId, UserId};
use corral::domain::lists::{Metric, PkHow, PkKind, PkPhase, PkVerdict, Unit};
use corral::domain::pk::{Measure, Tally, Weight, Window};
use corral::domain::time::{Timestamp, Zone};
use corral::store::query::pk::*;

use super::desk::{ME, minutes, now};

const CALLS: Weight = Weight { metric: Metric::CallsDialed, points: 1, per: 1 };

fn side(number: u32, name: &str, units: i64) -> PkSide {
    let user = UserId(i64::from(number) + 6);
    PkSide {
        number,
        name: name.to_owned(),
        team: None,
        people: vec![PkPerson { user, name: name.to_owned(), units }],
        accepted: Some(("李强".to_owned(), minutes(-60))),
        tally: Tally::plain(units),
        is_mine: user == ME,
        is_in: true,
    }
}

fn entry(side: u32, units: i64) -> PkEntry {
    PkEntry { side, tally: Tally::plain(units), result: None, now: None }
}

fn decided(side: u32, units: i64, won: bool) -> PkEntry {
    let result = PkResult { won, how: PkHow::Value, first: None, points: if won { 10 } else { 0 } };
    PkEntry { result: Some(result), ..entry(side, units) }
}

fn round(number: u32, (from, to): (i64, i64), entries: Vec<PkEntry>) -> PkRound {
    let window = Window { from: minutes(from), to: minutes(to) };
    let is_decided = entries.first().is_some_and(|entry| entry.result.is_some());
    PkRound { number, name: String::new(), window, decided: is_decided.then(|| minutes(to)), entries }
}

fn card(id: i64, kind: PkKind, phase: PkPhase, (sides, rounds): (Vec<PkSide>, Vec<PkRound>)) -> PkCard {
    PkCard {
        id: PkId(id),
        title: String::new(),
        kind,
        phase,
        by: (UserId(9), "李强".to_owned()),
        at: minutes(-90),
        weights: vec![CALLS],
        measure: Measure::Amount(Unit::Count),
        currency: "CNY".to_owned(),
        zone: Zone("Asia/Shanghai".parse().unwrap()),
        points: (10, 2),
        prize: "奶茶".to_owned(),
        sides,
        rounds,
        legs: Vec::new(),
        ghost: None,
        taken: Vec::new(),
        ended: None,
        disputes: Vec::new(),
        may: PkMay::default(),
        revision: 41,
    }
}

fn running() -> PkCard {
    let sides = vec![side(1, "王芳", 12), side(2, "赵磊", 9)];
    let rounds = vec![round(1, (-102, 138), vec![entry(1, 12), entry(2, 9)])];
    let taken = Taken {
        round: 1,
        side: 1,
        of: "王芳".to_owned(),
        metric: Metric::CallsDialed,
        value: 1,
        units: 1,
        done: minutes(-30),
        back: (minutes(-12), "李强".to_owned()),
        is_late: false,
    };
    PkCard { taken: vec![taken], ..card(11, PkKind::Duel, PkPhase::Running, (sides, rounds)) }
}

fn heads() -> PkCard {
    let team = |number, name: &str, units, by| PkSide {
        team: Some(TeamId(i64::from(number))),
        tally: Tally { units, times: 5, by },
        is_mine: number == 1,
        ..side(number, name, units)
    };
    let (one, other) = (team(1, "一队", 96, 40), team(2, "二队", 110, 50));
    let entry = |side: &PkSide| PkEntry { tally: side.tally, ..entry(side.number, 0) };
    let rounds = vec![round(1, (-700, 6_000), vec![entry(&one), entry(&other)])];
    let title = "加微信人均".to_owned();
    let card = card(12, PkKind::Average, PkPhase::Running, (vec![one, other], rounds));
    PkCard { title, measure: Measure::Head(Unit::Count), ..card }
}

fn bracket() -> PkCard {
    let names = ["王芳", "赵磊", "孙丽", "周杰", "吴敏", "郑强", "冯雪", "陈晨"];
    let first = [5, 3, 2, 4, 6, 1, 3, 7];
    let sides = (1..).zip(names.iter().zip(first)).map(|(n, (name, units))| side(n, name, units)).collect();
    let won = [true, false, false, true, true, false, false, true];
    let opening = (1..).zip(first.iter().zip(won)).map(|(n, (units, won))| decided(n, *units, won)).collect();
    let rounds = vec![
        round(1, (-200, -100), opening),
        round(2, (-100, 20), vec![entry(1, 3), entry(4, 4), entry(5, 2), entry(8, 2)]),
        round(3, (20, 200), Vec::new()),
    ];
    let title = "周日淘汰赛".to_owned();
    PkCard { title, ..card(13, PkKind::Bracket, PkPhase::Running, (sides, rounds)) }
}

fn proposed() -> PkCard {
    let mut sides = vec![side(1, "王芳", 0), side(2, "Anna Schmidt", 0)];
    sides[0].accepted = None;
    let rounds = vec![round(1, (1_338, 1_458), vec![entry(1, 0), entry(2, 0)])];
    let may = PkMay { accept: true, decline: true, ..PkMay::default() };
    PkCard { may, ..card(14, PkKind::Duel, PkPhase::Proposed, (sides, rounds)) }
}

fn disputed() -> PkCard {
    let sides = vec![side(1, "王芳", 8), side(2, "赵磊", 9)];
    let mut winner = decided(2, 9, true);
    winner.now = Some(Tally::plain(8));
    let rounds = vec![round(1, (-1_500, -1_260), vec![decided(1, 8, false), winner])];
    let said = PkDispute {
        by: "王芳".to_owned(),
        at: minutes(-60),
        reason: "有一通电话没有接通".to_owned(),
        settled: None,
    };
    PkCard { disputes: vec![said], ..card(15, PkKind::Duel, PkPhase::Disputed, (sides, rounds)) }
}

/// A disputed match that was settled.
fn settled() -> PkCard {
    let mut card = PkCard { id: PkId(16), ..disputed() };
    card.phase = PkPhase::Settled;
    card.disputes[0].settled = Some(PkSettled {
        by: "钱经理".to_owned(),
        at: minutes(-30),
        verdict: PkVerdict::Shared,
        winner: None,
        words: "两边各一通有问题".to_owned(),
    });
    card
}

/// What the list answers.
pub fn cards() -> Vec<PkCard> {
    vec![running(), heads(), bracket(), disputed(), settled(), proposed()]
}

/// Whom the one who asks has chosen.
pub fn rival() -> Nemesis {
    Nemesis {
        user: UserId(8),
        name: "赵磊".to_owned(),
        metric: Metric::RevenueNew,
        month: (8_640_000, 8_760_000),
        today: (0, 468_000),
    }
}

/// When the running match of the list ends.
pub fn ends() -> Timestamp {
    Timestamp(now().0 + 138 * 60_000)
}
