//! A month of a floor of forty: its daily reports are written with no keystroke, and those with contradictions are the ones that a
//! seeded list says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use corral::domain::id::{IdMaker, UserId, WriteId};
use corral::domain::lists::{Contradicts, Period, Role};
use corral::domain::origin::Origin;
use corral::domain::time::{Day, Timestamp};
use corral::playbook::{embedded, source};
use corral::runtime::reports;
use corral::sample::{self, Request};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, CustomerChange, DealChange, WorkChange, Write};
use corral::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use corral::store::verify::verify;
use corral::store::{Db, StoreError};

use crate::customers::household;
use crate::school::facts;

/// The last evening of a month that has 26 working days.
const EVENING: &str = "2026-11-29T21:00:00+08:00";
/// The reports of the month's last day have closed.
const AFTER: &str = "2026-11-30T09:00:00+08:00";
const REPS: usize = 40;
const DAYS: usize = 24;

/// Writes made beside the floor's own, each with an id of its own.
struct Hand {
    db: Db,
    made: i64,
}

impl Hand {
    fn write(&mut self, by: UserId, at: Timestamp, change: Change) -> Commit {
        self.made += 1;
        let id = WriteId(IdMaker::new(at, 77).make() + self.made * 10_000);
        let write = Write { id, by, at, from: Origin::Local, change };
        self.db.write(&write).unwrap_or_else(|error| panic!("{error}: {write:?}"))
    }

    /// Puts one thing on record that does not fit.
    fn seed(&mut self, rep: UserId, at: Timestamp, kind: Contradicts, number: usize) {
        let new = household("种子", &format!("1397777{number:04}"), Some(rep));
        let added = self.write(rep, at, Change::Customer(CustomerChange::Add(Box::new(new))));
        let customer = added.effects.customer.unwrap();
        let ask = Query::Card { customer, by: corral::store::query::Viewer { id: rep, now: at } };
        let Answer::Card(card) = self.db.read(&ask).unwrap() else { panic!() };
        let deal = card.deals.first().map(|deal| deal.id);
        let change = match kind {
            Contradicts::StageWithoutContact => {
                Change::Deal(DealChange::Move { deal: deal.unwrap(), to: "connected".into(), set: facts() })
            }
            Contradicts::LostUntouched => {
                let reason = "lost_price".into();
                Change::Deal(DealChange::Lose { deal: deal.unwrap(), reason, words: String::new() })
            }
            Contradicts::UnreachedTalk => {
                let touch = LogTouch {
                    customer: Some(customer),
                    outcome: "no_answer".into(),
                    seconds: Some(400),
                    ..LogTouch::default()
                };
                Change::Work(WorkChange::Log(Box::new(touch)))
            }
            other => panic!("{other} is not seeded"),
        };
        self.write(rep, at, change);
    }
}

#[test]
fn a_month_of_daily_reports_writes_itself_and_what_does_not_fit_is_what_was_seeded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("month.db");
    let load = |name: &str| source::load_text(name, embedded::text(name).unwrap()).unwrap();
    let request = Request {
        playbooks: vec![Arc::new(load("edu-english"))],
        reps: REPS,
        customers: 200,
        days: DAYS,
        seed: 5,
        now: EVENING.parse().unwrap(),
    };
    sample::make(&path, &request, &mut |_, _| {}).unwrap();
    let mut hand = Hand { db: Db::open(&path).unwrap(), made: 0 };
    let book = &request.playbooks[0].playbook;
    let last = book.zone.day(request.now);
    let days: Vec<Day> =
        (0..60).map(|n| last.plus(-n)).filter(|day| book.workdays.works(*day)).take(DAYS).collect();
    let Answer::Users(users) = hand.db.read(&Query::Users).unwrap() else { panic!() };
    let reps: Vec<UserId> = users.iter().filter(|user| user.role == Role::Rep).map(|user| user.id).collect();
    assert_eq!(reps.len(), REPS);

    // the list: who, when, what
    let kinds = [Contradicts::StageWithoutContact, Contradicts::LostUntouched, Contradicts::UnreachedTalk];
    let mut seeded: BTreeMap<(UserId, Day), Contradicts> = BTreeMap::new();
    for (place, rep) in reps.iter().enumerate() {
        for (number, day) in days.iter().enumerate() {
            if (place * 7 + number * 5) % 37 == 0 {
                seeded.insert((*rep, *day), kinds[(place + number) % kinds.len()]);
            }
        }
    }
    assert!(seeded.len() > 20, "{}", seeded.len());
    for (number, ((rep, day), kind)) in seeded.iter().enumerate() {
        let at = book.zone.at(*day, "15:15".parse().unwrap());
        hand.seed(*rep, at, *kind, number);
    }

    // nobody touches a key
    let now: Timestamp = AFTER.parse().unwrap();
    let hand = RefCell::new(hand);
    let kept = reports::due::<StoreError>(
        || match hand.borrow_mut().db.read(&Query::Report(ReportAsk::Due { now, limit: 400 }))? {
            Answer::Report(ReportAnswer::Due(due)) => Ok(due),
            other => panic!("{other:?}"),
        },
        |change, _| {
            hand.borrow_mut().write(Db::SYSTEM, now, change);
            Ok(())
        },
    )
    .unwrap();
    assert!(kept >= REPS * DAYS, "{kept}");
    let mut hand = hand.into_inner();
    let mut found: BTreeMap<(UserId, Day), Contradicts> = BTreeMap::new();
    let mut written = 0;
    for rep in &reps {
        for back in 0..DAYS {
            // counted from the morning after: a Monday, which is a day off
            let back = u16::try_from(back).unwrap();
            let by = corral::store::query::Viewer { id: *rep, now };
            let whose = corral::store::change::people::TargetOf::User(*rep);
            let ask = ReportAsk::One { whose, period: Period::Day, back, by };
            let Answer::Report(ReportAnswer::One(card)) = hand.db.read(&Query::Report(ask)).unwrap() else {
                panic!()
            };
            assert!(card.kept.is_some() && card.handed.is_none(), "{} {:?}", card.name, card.days);
            written += 1;
            for find in &card.figures.finds {
                found.insert((*rep, card.days.0), find.kind);
            }
        }
    }
    assert_eq!(written, REPS * DAYS);
    assert_eq!(found, seeded);
    let report = verify(&mut hand.db).unwrap();
    assert!(report.ok, "{:#?}", report.differences);
}
