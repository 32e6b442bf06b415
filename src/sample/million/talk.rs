//! The touches of a year, in the order they happened, with their journal.

use std::collections::BTreeMap;

use crate::domain::id::{IdMaker, TaskId, TouchId, WriteId};
use crate::domain::lists::{Direction, Lane, Metric, OutcomeFlag, TaskState};
use crate::domain::origin::Origin;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::playbook::count::{CountedTouch, Medium, News, is_valid, of_touch};
use crate::playbook::model::Outcome;
use crate::playbook::plan::Source;
use crate::sample::chance::Chance;
use crate::sample::million::FULL_DAYS;
use crate::sample::million::cast::Cast;
use crate::sample::million::tally::{Before, Made, Tally};
use crate::store::bulk::Filling;
use crate::store::bulk::rows::{NewTask, NewTouch};
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, Effects, Topic, WorkChange, Write};
use crate::store::journal::{Entry, to_json};
use crate::store::undo::Reversal;
use crate::store::{Db, StoreError};

/// Outcomes whose flags are all among these bring nothing about that this floor leaves out.
const PLAIN: [OutcomeFlag; 4] =
    [OutcomeFlag::Connected, OutcomeFlag::Contact, OutcomeFlag::NotInterested, OutcomeFlag::Decision];
/// How many of ten thousand touches are messages.
const MESSAGES: u32 = 1_500;
/// How many of ten thousand calls are answered.
const ANSWERED: u32 = 3_200;
/// What reps write; the first is nothing, which is what they write most.
pub const NOTES: [&str; 6] = [
    "",
    "在忙,晚点再打",
    "问了价格,要和家里商量",
    "有兴趣,约下周",
    "已有别家,再跟",
    "客户表示下周再联系,资料发到微信",
];
/// Bits that keep ids of touches, done tasks and evenings apart within a millisecond.
const TOUCH_BITS: u64 = 1 << 20;
const TASK_BITS: u64 = 1 << 19;
const EVENING_BITS: u64 = 1 << 18;

/// The outcomes touches end with.
struct Endings<'a> {
    unanswered: Vec<&'a Outcome>,
    answered: Vec<&'a Outcome>,
    sent: &'a Outcome,
    again: Source,
}

impl<'a> Endings<'a> {
    fn find(cast: &Cast<'a>) -> Result<Self, StoreError> {
        let book = cast.book();
        let plain = |o: &&Outcome| o.flags.iter().all(|flag| PLAIN.contains(flag));
        let (answered, unanswered): (Vec<&Outcome>, Vec<&Outcome>) = book
            .outcomes_for(Lane::Call)
            .filter(plain)
            .partition(|o| o.flags.contains(&OutcomeFlag::Connected));
        let sent = book.outcomes_for(Lane::Material).find(|o| o.flags.contains(&OutcomeFlag::Sent));
        match (answered.is_empty() || unanswered.is_empty(), sent, unanswered.first()) {
            (false, Some(sent), Some(first)) => {
                let again = Source::Outcome { outcome: first.code.clone(), attempt: 2 };
                Ok(Self { unanswered, answered, sent, again })
            }
            _ => Err(StoreError::Invalid {
                code: "bare_playbook",
                what: format!("the playbook '{}' has too few plain outcomes; take another", book.id),
            }),
        }
    }
}

/// One touch as it is decided on.
struct Said<'a> {
    number: usize,
    rep: usize,
    at: Timestamp,
    day: Day,
    outcome: &'a Outcome,
    lane: Lane,
    seconds: u32,
    note: usize,
    task: Option<TaskId>,
}

/// Writes every touch; answers what they come to.
pub fn talk(
    filling: &mut Filling<'_>,
    cast: &Cast<'_>,
    progress: &mut dyn FnMut(&str, u8),
) -> Result<Tally, StoreError> {
    let endings = Endings::find(cast)?;
    let mut tally = Tally::new(cast);
    let mut chance = Chance::of(cast.request.seed, -1);
    let (all, days) = (cast.request.touches, cast.days.len().max(1));
    let done_tasks = cast.request.tasks - cast.request.tasks * 2 / 5;
    let with_task = u64::try_from(done_tasks).unwrap_or(0);
    let (mut part, mut last, mut tasks) = (0, Timestamp(0), 0_u64);
    let full_from = cast.days.last().copied().unwrap_or_default().plus(-FULL_DAYS);
    for (place, day) in cast.days.iter().enumerate() {
        let (from, to) = (all * place / days, all * (place + 1) / days);
        let (opens, closes) = hours(cast, *day);
        for nth in from..to {
            let share = i64::try_from((nth - from) * 1_000_000 / (to - from).max(1)).unwrap_or(0);
            let at = Timestamp((opens.0 + closes.since(opens) * share / 1_000_000).max(last.0 + 1));
            last = at;
            while cast.parts().get(part).is_some_and(|came| *came < at) {
                cast.write_part(filling, part)?;
                part += 1;
            }
            let here = (part * super::PART).min(cast.customers());
            let Some(mut said) = decide(cast, &endings, &mut chance, (here, at, *day)) else { continue };
            if chance.below(all.max(1) as u64) < with_task && tasks < with_task {
                said.task = Some(do_task(filling, cast, &endings, (&said, tasks), &mut chance)?);
                tasks += 1;
            }
            write(filling, cast, &mut tally, (&said, *day > full_from))?;
        }
        if *day <= full_from {
            evening(filling, cast, &mut tally, *day, Timestamp(last.0 + 1))?;
        }
        progress("touches", u8::try_from((place + 1) * 60 / days).unwrap_or(60));
    }
    for part in part..cast.parts().len() {
        cast.write_part(filling, part)?;
    }
    Ok(tally)
}

/// When people work on a day: an hour after opening until an hour before closing; today until now.
fn hours(cast: &Cast<'_>, day: Day) -> (Timestamp, Timestamp) {
    let book = cast.book();
    let opens = book.zone.at(day, book.hours.0);
    let closes = book.zone.at(day, book.hours.1);
    let opens = Timestamp(opens.0 + closes.since(opens) / 20);
    (opens, closes.min(cast.request.now))
}

fn decide<'a>(
    cast: &Cast<'a>,
    endings: &Endings<'a>,
    chance: &mut Chance,
    (here, at, day): (usize, Timestamp, Day),
) -> Option<Said<'a>> {
    if here == 0 {
        return None;
    }
    let number = usize::try_from(chance.below(here as u64)).ok()?;
    let message = chance.hits(MESSAGES);
    let answered = !message && chance.hits(ANSWERED);
    let outcome = if message {
        endings.sent
    } else {
        chance.pick(if answered { &endings.answered } else { &endings.unanswered }).copied()?
    };
    let seconds = match (message, answered) {
        (true, _) => 0,
        (false, true) => chance.between(20, 600),
        (false, false) => chance.between(5, 40),
    };
    let note = if answered { 1 + chance.below(NOTES.len() as u64 - 1) } else { 0 };
    Some(Said {
        number,
        rep: cast.owner(number),
        at,
        day,
        outcome,
        lane: if message { Lane::Material } else { Lane::Call },
        seconds: u32::try_from(seconds).unwrap_or(0),
        note: usize::try_from(note).unwrap_or(0),
        task: None,
    })
}

/// Writes the task that a touch did.
fn do_task(
    filling: &Filling<'_>,
    cast: &Cast<'_>,
    endings: &Endings<'_>,
    (said, nth): (&Said<'_>, u64),
    chance: &mut Chance,
) -> Result<TaskId, StoreError> {
    let before = Timestamp(said.at.0 - chance.between(1, 3 * DAY_MS));
    let planned = before.max(Timestamp(cast.came(said.number).0 + 1)).min(said.at);
    let id = TaskId(IdMaker::new(planned, TASK_BITS + nth % TASK_BITS).make());
    let (owner, _) = cast.reps.get(said.rep).copied().unwrap_or_default();
    filling.task(&NewTask {
        id,
        key: format!("next:{id}"),
        lane: said.lane,
        channel: channel(cast, said.lane),
        customer: cast.id(said.number),
        deal: (cast.deal(said.number), &cast.pipeline),
        owner,
        due_at: Timestamp(planned.0 + said.at.since(planned) / 2),
        priority: 3,
        source: &endings.again,
        with: (None, None, None),
        promised: false,
        planned_at: planned,
        done: Some((said.at, said.day)),
    })?;
    Ok(id)
}

fn channel<'a>(cast: &'a Cast<'_>, lane: Lane) -> &'a crate::domain::code::ChannelCode {
    if lane == Lane::Call { &cast.call.0 } else { &cast.message.0 }
}

/// Writes a touch and its journal row.
fn write(
    filling: &mut Filling<'_>,
    cast: &Cast<'_>,
    tally: &mut Tally,
    (said, whole): (&Said<'_>, bool),
) -> Result<(), StoreError> {
    let book = cast.book();
    let Some((rep, team)) = cast.reps.get(said.rep).copied() else { return Ok(()) };
    let connected = said.outcome.flags.contains(&OutcomeFlag::Connected);
    let before = tally.before(said.number, said.day);
    let untouched = before.valid.map(|at| book.zone.day(at)).map(|day| said.day.0 - day.0);
    let counted = CountedTouch {
        flags: &said.outcome.flags,
        medium: if said.lane == Lane::Call { Medium::Call } else { Medium::Message },
        direction: Direction::Out,
        seconds: said.seconds,
        news: News {
            wechat_verified: false,
            days_untouched: untouched.map(|days| u32::try_from(days).unwrap_or(0)),
        },
    };
    let metrics: BTreeMap<Metric, i64> = of_touch(book, &counted).into_iter().collect();
    let id = WriteId(IdMaker::new(said.at, TOUCH_BITS).make());
    let (customer, touch) = (cast.id(said.number), TouchId(id.0 + 1));
    let number = (said.lane == Lane::Call).then(|| Cast::norm(cast.digits(said.number)));
    let note = NOTES.get(said.note).copied().unwrap_or_default();
    filling.touch(&NewTouch {
        id: touch,
        customer,
        by: (rep, (team != 0).then_some(team)),
        channel: channel(cast, said.lane),
        lane: said.lane,
        at: (said.at, said.day),
        seconds: said.seconds,
        outcome: (&said.outcome.code, connected),
        fresh: metrics.contains_key(&Metric::NewCustomers),
        number: number.as_deref(),
        note,
        task: said.task,
        deal: (cast.deal(said.number), &cast.pipeline),
        playbook: (&book.id, 1),
        material: None,
        metrics: &to_json(&metrics)?,
    })?;
    tally.add(&Made {
        number: said.number,
        rep: said.rep,
        at: said.at,
        day: said.day,
        called: said.lane == Lane::Call,
        connected,
        valid: is_valid(&book.metrics, &counted),
        note: said.note,
        metrics: &metrics,
        apart: !whole,
    });
    let change = Change::Work(WorkChange::Log(Box::new(LogTouch {
        task: said.task,
        customer: said.task.is_none().then_some(customer),
        outcome: said.outcome.code.clone(),
        seconds: Some(said.seconds),
        note: note.to_owned(),
        ..LogTouch::default()
    })));
    let mut effects = Effects { customer: Some(customer), ..Effects::default() };
    let mut topics = Vec::new();
    let mut reversal = Vec::new();
    if whole {
        effects.touch = Some(touch);
        effects.metrics = metrics.iter().map(|(metric, value)| (*metric, *value)).collect();
        effects.task = said.task;
        effects.closed.extend(said.task.map(|task| (task, TaskState::Done)));
        effects.owners.extend(said.task.map(|_| rep));
        topics.extend([Topic::Tasks, Topic::Customer, Topic::Metrics]);
        reversal = back(cast, said, &before, (touch, &metrics, number));
    }
    filling.journal(Entry {
        write: &Write { id, by: rep, at: said.at, from: Origin::Local, change },
        effects,
        topics,
        reversal,
    })
}

/// The way back of a touch, as the store notes it.
fn back(
    cast: &Cast<'_>,
    said: &Said<'_>,
    before: &Before,
    (touch, metrics, number): (TouchId, &BTreeMap<Metric, i64>, Option<String>),
) -> Vec<Reversal> {
    let (user, team) = cast.reps.get(said.rep).copied().unwrap_or_default();
    let mut steps = vec![Reversal::TouchMade(touch)];
    steps.extend(metrics.iter().map(|(metric, value)| Reversal::Counted {
        day: said.day,
        user,
        team,
        pipeline: cast.pipeline.0.clone(),
        metric: *metric,
        value: *value,
        at: None,
    }));
    let customer = cast.id(said.number);
    steps.push(Reversal::Counters {
        customer,
        attempts: i64::from(before.attempts),
        tries: i64::from(before.tries),
        connected: i64::from(before.connected),
        last_touch: before.last,
        last_valid: before.valid,
        last_note: NOTES.get(before.note).copied().unwrap_or_default().to_owned(),
    });
    steps.push(Reversal::Used { customer, day: said.day, touches: 1, commercial: 0 });
    steps.extend(number.map(|number| Reversal::Called { number, day: said.day, before: before.called }));
    steps.extend(said.task.map(|task| Reversal::TaskClosed { task, now: TaskState::Done }));
    steps
}

/// What the touches of an old day counted, in one row.
fn evening(
    filling: &mut Filling<'_>,
    cast: &Cast<'_>,
    tally: &mut Tally,
    day: Day,
    at: Timestamp,
) -> Result<(), StoreError> {
    let reversal: Vec<Reversal> = tally
        .apart()
        .into_iter()
        .filter_map(|((metric, rep), value)| {
            let (user, team) = cast.reps.get(rep).copied()?;
            Some(Reversal::Counted {
                day,
                user,
                team,
                pipeline: cast.pipeline.0.clone(),
                metric,
                value,
                at: None,
            })
        })
        .collect();
    let id = WriteId(IdMaker::new(at, EVENING_BITS).make());
    let change = Change::Work(WorkChange::RollDay { day, after: None });
    let write = Write { id, by: Db::SYSTEM, at, from: Origin::Local, change };
    filling.journal(Entry { write: &write, effects: Effects::default(), topics: Vec::new(), reversal })
}
