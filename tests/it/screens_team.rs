//! The lead's desk on screen: what keys do, how it looks, five hundred reps in one picture.

use corral::app::action::Context;
use corral::app::{Effect, Event};
use corral::domain::id::*;
use corral::domain::lists::*;
use corral::domain::report::share::Share;
use corral::domain::time::Day;
use corral::playbook::model::Bilingual;
use corral::screen::desk::Desk as Team;
use corral::screen::today::Today;
use corral::store::change::{Change, DeskChange};
use corral::store::query::desk::*;
use corral::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use corral::text::Lang;

use crate::screens_desk::desk::{Desk, minutes};

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];

fn rep(n: i64) -> (UserId, String) {
    const NAMES: [&str; 8] = ["王芳", "赵磊", "李强", "陈晨", "孙丽", "周杰", "吴敏", "Anna Schmidt"];
    let name = NAMES[usize::try_from(n).unwrap() % NAMES.len()];
    (UserId(n + 7), if n < 8 { name.to_owned() } else { format!("{}{n}", &name[..3]) })
}

fn row(n: i64) -> DeskRow {
    let state = RepState::ALL[usize::try_from(n).unwrap() % RepState::ALL.len()];
    let small = u32::try_from(n % 40).unwrap();
    DeskRow {
        rep: rep(n),
        team: (TeamId(1 + n / 20), format!("{}队", 1 + n / 20)),
        state,
        since: minutes(-3 - n % 50),
        attendance: (state == RepState::Absent).then_some(Attendance::Absent),
        attended_at: None,
        standards: vec![
            StandardRow { metric: Metric::CallsDialed, standard: 90, done: n % 120, pace: n % 120 - 44 },
            StandardRow { metric: Metric::CallsValid, standard: 18, done: n % 25, pace: n % 25 - 9 },
            StandardRow { metric: Metric::WechatAdded, standard: 5, done: n % 6, pace: n % 6 - 2 },
        ],
        due: 40 - small,
        done: small,
        overdue: small % 7,
        promised_late: small % 3,
        clocks_red: small % 4,
        last: (n % 5 != 0).then(|| LastAct {
            touch: TouchId(n + 1),
            at: minutes(-3 - n % 50),
            outcome: "no_answer".into(),
            customer: (CustomerId(n + 1), "陈家".to_owned()),
        }),
        warnings: small % 2,
    }
}

fn floor(count: i64) -> DeskFloor {
    let rows: Vec<DeskRow> = (0..count).map(row).collect();
    let mut teams: Vec<(TeamId, String)> = rows.iter().map(|row| row.team.clone()).collect();
    teams.dedup();
    let absent = rows.iter().filter(|row| row.state == RepState::Absent);
    DeskFloor {
        teams,
        day: Day(20_779),
        capacity: 20,
        orphans: absent.map(|row| row.due).sum(),
        rows,
        revision: 40,
    }
}

/// What a desk of so many reps answers.
pub fn answer(ask: &DeskAsk, count: i64) -> DeskAnswer {
    match ask {
        DeskAsk::Floor { .. } => DeskAnswer::Floor(Box::new(floor(count))),
        DeskAsk::Followed { rep: only, .. } => DeskAnswer::Followed(
            (0..30)
                .filter(|n| only.is_none_or(|only| rep(n % 8).0 == only))
                .map(|n| FollowedRow {
                    touch: TouchId(900 - n),
                    at: minutes(-n * 7),
                    by: rep(n % 8),
                    customer: (CustomerId(n + 1), format!("{n}号家庭")),
                    lane: Lane::Call,
                    outcome: "no_answer".into(),
                    seconds: 20,
                    times: 1 + u32::try_from(n % 3).unwrap(),
                    previous_at: (n % 4 != 0).then(|| minutes(-2_000 - n)),
                    next_at: (n % 5 != 0).then(|| minutes(90 - n * 20)),
                })
                .collect(),
        ),
        DeskAsk::Warnings { .. } => DeskAnswer::Warnings(WarningPage {
            rows: (0..5)
                .map(|n| WarningRow {
                    id: WarningId(n + 1),
                    rule: "w".to_owned(),
                    name: Bilingual { zh: "上课变慢".to_owned(), en: "Lessons slowing down".to_owned() },
                    severity: if n % 2 == 0 { Severity::Red } else { Severity::Amber },
                    level: if n == 0 { WarnLevel::Manager } else { WarnLevel::Lead },
                    since: minutes(-60 * 24 * (6 - n)),
                    customer: (CustomerId(n + 1), format!("{n}号家庭")),
                    deal: None,
                    owner: Some(rep(n)),
                    task: None,
                })
                .collect(),
            open: [9, 4, 1],
            lost: 10,
            warned: 4,
            share_bp: Some(4_000),
        }),
        DeskAsk::Signals { .. } => DeskAnswer::Signals(Signals {
            reps: vec![
                RepSignal {
                    kind: SignalKind::NoNew,
                    rep: rep(0),
                    lasts: 3,
                    since: Some(Day(20_776)),
                    value: 0,
                    behind: None,
                },
                RepSignal {
                    kind: SignalKind::Waiting,
                    rep: rep(1),
                    lasts: 3,
                    since: Some(Day(20_776)),
                    value: 1_500,
                    behind: None,
                },
                RepSignal {
                    kind: SignalKind::Drifting,
                    rep: rep(2),
                    lasts: 3,
                    since: Some(Day(20_574)),
                    value: 4,
                    behind: None,
                },
                RepSignal {
                    kind: SignalKind::Behind,
                    rep: rep(3),
                    lasts: 2,
                    since: Some(Day(20_777)),
                    value: 0,
                    behind: Some(Behind {
                        rule: "w_few_booked".to_owned(),
                        own: Share::of(6, 50),
                        median_bp: 2_800,
                        coach: Some((UserId(9), "孙组长".to_owned())),
                        task: Some(TaskId(4)),
                    }),
                },
            ],
            deals: vec![DealSignal {
                deal: DealId(5),
                customer: (CustomerId(3), "3号家庭".to_owned()),
                owner: rep(3),
                stage: ("new".to_owned(), Some("assigned".to_owned())),
                last_at: Some(minutes(-60 * 24 * 9)),
                next_at: None,
            }],
            ratios: vec![Proactive {
                rep: rep(1),
                days: vec![(Day(20_777), 60, 9), (Day(20_778), 50, 8), (Day(20_779), 20, 3)],
                share_bp: Some(1_538),
            }],
        }),
        DeskAsk::Round { kind, .. } => DeskAnswer::Round(Box::new(page(*kind))),
        DeskAsk::Tail { .. } => DeskAnswer::Tail(Tail {
            capacity: 20,
            heads: 11,
            due: 300,
            done: 40,
            over: 120,
            tasks: (0..9)
                .map(|n| TailRow {
                    task: TaskId(n + 1),
                    lane: Lane::Call,
                    owner: rep(n % 8),
                    customer: (CustomerId(n + 1), format!("{n}号家庭")),
                    due_at: minutes(n * 10),
                    worth: 20_000,
                })
                .collect(),
            to: Day(20_781),
        }),
        DeskAsk::Stock { .. } | DeskAsk::StockSaved { .. } => crate::screens_stock::answer(ask),
        DeskAsk::Whispers { .. } => DeskAnswer::Whispers(vec![WhisperRow {
            id: WhisperId(5),
            at: minutes(-1),
            by: (UserId(9), "孙组长".to_owned()),
            words: "先打回访".to_owned(),
        }]),
    }
}

fn page(kind: RoundKind) -> RoundPage {
    let decision = |n: i64, done| DecisionRow {
        id: DecisionId(n),
        round: RoundId(1),
        user: rep(n),
        customer: (n % 2 == 0).then(|| (CustomerId(n), format!("{n}号家庭"))),
        task: (n % 2 == 0).then_some(TaskId(n)),
        words: "下午先打回访".to_owned(),
        due_at: minutes(60 * n),
        done,
    };
    RoundPage {
        kind,
        team: (TeamId(1), "一队".to_owned()),
        day: Day(20_779),
        called: (kind == RoundKind::Morning)
            .then(|| (RoundId(1), minutes(-90), "孙组长".to_owned(), "练开场".to_owned())),
        of: Day(20_778),
        sums: vec![
            (Metric::CallsDialed, 940, 1_080),
            (Metric::CallsValid, 230, 216),
            (Metric::WechatAdded, 50, 60),
        ],
        reps: (0..12).map(|n| (rep(n).0, rep(n).1, 96 - n * 5, 90)).collect(),
        month: (Metric::RevenueNew, 31_200_000, 48_000_000),
        present: (11, 12),
        due: (310, 90),
        late: 7,
        warnings: 4,
        nodes: (0..8)
            .map(|n| ("trial".to_owned(), minutes(n * 45), format!("{n}号家庭"), rep(n % 8).1))
            .collect(),
        nodes_count: 11,
        decisions: if kind == RoundKind::Morning {
            vec![decision(1, false), decision(2, true)]
        } else {
            Vec::new()
        },
    }
}

/// A lead before the desk of so many reps: every question there is answered.
fn team(lang: Lang, count: i64) -> Desk {
    let mut desk = Desk::as_role(Role::Lead, lang, Team::new());
    if count != 12 {
        // the desk of twelve that is answered by itself is asked again
        desk.silent = true;
        let from = desk.effects.len();
        desk.play("r");
        settle(&mut desk, count, from);
        desk.silent = false;
    }
    desk
}

/// Answers what was asked since.
fn settle(desk: &mut Desk, count: i64, mut from: usize) {
    while from < desk.effects.len() {
        let effect = desk.effects[from].clone();
        from += 1;
        if let Effect::Read(ticket, Query::Desk(ask)) = effect {
            let answer = Answer::Desk(answer(&ask, count));
            desk.event(Event::Answered(ticket, Ok(answer)));
        }
    }
}

fn play(desk: &mut Desk, keys: &str) {
    desk.play(keys);
}

fn typed(desk: &mut Desk, text: &str) {
    for character in text.chars() {
        desk.play(&character.to_string());
    }
}

fn last(desk: &Desk) -> DeskChange {
    match desk.writes().pop() {
        Some(Change::Desk(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_desk_looks_as_it_was_looked_at() {
    for lang in Lang::ALL {
        for (name, keys) in [
            ("reps", ""),
            ("radar", "v"),
            ("followed", "f"),
            ("warnings", "n"),
            ("signals", "g"),
            ("morning", "m"),
            ("evening", "m m"),
            ("whisper", "w"),
            ("give", "a"),
            ("defer", "d"),
        ] {
            let mut desk = team(lang, 12);
            if !keys.is_empty() {
                play(&mut desk, keys);
            }
            for (width, height) in SIZES {
                insta::assert_snapshot!(
                    format!("team_{name}_{lang}_{width}x{height}"),
                    desk.screen(width, height)
                );
            }
        }
    }
}

#[test]
fn five_hundred_reps_are_on_one_screen_and_each_can_be_reached() {
    let mut desk = team(Lang::Zh, 500);
    desk.screen(120, 36);
    desk.play("v");
    let screen = desk.screen(120, 36);
    insta::assert_snapshot!("team_radar_500_zh_120x36", screen);
    for sign in ["!", "x", "?", "~", "+", "=", "-"] {
        assert!(screen.contains(sign), "{sign}\n{screen}");
    }
    desk.play("end");
    let screen = desk.screen(120, 36);
    assert!(screen.contains(&rep(499).1), "{screen}");
    insta::assert_snapshot!("team_radar_500_en_200x60", {
        let mut desk = team(Lang::En, 500);
        desk.play("v right down");
        desk.screen(200, 60)
    });
}

#[test]
fn enter_opens_a_reps_day_then_a_customer_and_escape_goes_back() {
    let mut desk = team(Lang::En, 12);
    play(&mut desk, "down enter");
    let screen = desk.screen(120, 36);
    assert!(screen.contains("Followed up today · 赵磊") && screen.contains("1号家庭"), "{screen}");
    assert!(!screen.contains("2号家庭"), "only that rep's\n{screen}");
    play(&mut desk, "enter");
    assert_eq!(desk.app.context(), Some(Context::Card));
    play(&mut desk, "esc esc");
    assert!(desk.screen(120, 36).contains("Reps today"));
    play(&mut desk, "esc");
    assert_eq!(desk.app.context(), Some(Context::Today));
}

#[test]
fn a_whisper_a_day_given_away_and_a_tail_put_off_are_a_few_keys_each() {
    let mut desk = team(Lang::En, 12);
    play(&mut desk, "w");
    typed(&mut desk, "先打回访");
    play(&mut desk, "f12");
    assert_eq!(last(&desk), DeskChange::Whisper { to: rep(0).0, words: "先打回访".to_owned() });
    play(&mut desk, "a f12");
    assert_eq!(last(&desk), DeskChange::Reassign { from: rep(0).0, to: Vec::new(), tasks: Vec::new() });
    play(&mut desk, "d");
    assert!(desk.screen(120, 36).contains("9 go to"), "{}", desk.screen(120, 36));
    play(&mut desk, "y");
    let tasks = (1..=9).map(TaskId).collect();
    assert_eq!(last(&desk), DeskChange::Defer { tasks });
    play(&mut desk, "p");
    assert_eq!(last(&desk), DeskChange::Attend { user: rep(0).0, kind: Attendance::Present });
}

#[test]
fn a_round_is_called_and_decided_in_by_keys() {
    let mut desk = team(Lang::En, 12);
    play(&mut desk, "o");
    assert!(desk.screen(80, 24).contains("open a round first"));
    play(&mut desk, "m enter");
    assert_eq!(last(&desk), DeskChange::Settle { decision: DecisionId(1) });
    play(&mut desk, "o");
    typed(&mut desk, "多打");
    play(&mut desk, "f12");
    let DeskChange::Decide(decide) = last(&desk) else { panic!() };
    assert_eq!((decide.round, decide.user, decide.customer), (RoundId(1), rep(0).0, None));
    play(&mut desk, "m c f12");
    let DeskChange::CallRound { team, kind, .. } = last(&desk) else { panic!() };
    assert_eq!((team, kind), (TeamId(1), RoundKind::Evening));
}

#[test]
fn a_rep_has_no_desk_and_hears_a_whisper_outside_a_call_only() {
    let mut desk = Desk::new(Lang::En, Today::new());
    desk.silent = true;
    desk.play("6");
    assert_eq!(desk.app.context(), Some(Context::Today));
    assert!(desk.screen(80, 24).contains("the team is for whoever leads it"));
    assert!(!desk.screen(80, 24).contains("6 Team"));
    let from = desk.effects.len();
    let mut commit = crate::screens_desk::desk::news(&[corral::store::change::Topic::Desk]);
    commit.effects.owners = vec![crate::screens_desk::desk::ME];
    desk.play("esc");
    desk.event(Event::Committed(commit));
    settle(&mut desk, 12, from);
    assert!(desk.screen(80, 24).contains("孙组长: 先打回访"), "{}", desk.screen(80, 24));
    assert!(matches!(last(&desk), DeskChange::Heard { whisper: WhisperId(5) }));
}

#[test]
fn a_whisper_waits_while_one_is_in_a_call() {
    let mut desk = crate::screens_work::floor::Floor::new("edu-english", Lang::En);
    desk.play("enter");
    let before = desk.effects.len();
    let mut commit = crate::screens_desk::desk::news(&[corral::store::change::Topic::Desk]);
    commit.effects.owners = vec![crate::screens_desk::desk::ME];
    desk.event(Event::Committed(commit));
    let asked = desk.effects[before..].iter().find_map(|effect| match effect {
        Effect::Read(ticket, Query::Desk(ask @ DeskAsk::Whispers { .. })) => Some((*ticket, ask.clone())),
        _ => None,
    });
    let (ticket, ask) = asked.expect("it asks");
    desk.event(Event::Answered(ticket, Ok(Answer::Desk(answer(&ask, 12)))));
    assert!(!desk.screen(120, 36).contains("先打回访"), "in a call nothing distracts");
    let heard = |desk: &crate::screens_work::floor::Floor| {
        let heard = |effect: &&Effect| matches!(effect, Effect::Write(write) if matches!(write.change, Change::Desk(DeskChange::Heard { .. })));
        desk.effects.iter().filter(heard).count()
    };
    assert_eq!(heard(&desk), 0, "nobody is told that it was heard before it was");
    desk.play("esc");
    if desk.screen(120, 36).contains("F12") {
        desk.play("esc");
    }
    desk.event(Event::Woken);
    assert!(desk.screen(120, 36).contains("孙组长: 先打回访"), "{}", desk.screen(120, 36));
    assert_eq!(heard(&desk), 1);
    // and passes by itself
    desk.now.0 += 21_000;
    desk.event(Event::Woken);
    assert!(!desk.screen(120, 36).contains("先打回访"));
}
