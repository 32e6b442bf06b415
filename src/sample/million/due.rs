//! Tasks that are due: the same number for every rep today, the others over the next month.

use crate::domain::id::TaskId;
use crate::domain::lists::Lane;
use crate::domain::time::Timestamp;
use crate::playbook::model::Step;
use crate::playbook::plan::Source;
use crate::sample::chance::Chance;
use crate::sample::million::cast::{Cast, TASK};
use crate::store::StoreError;
use crate::store::bulk::Filling;
use crate::store::bulk::rows::NewTask;

/// Of ten tasks due, how many are calls, then materials; the others are coupons.
const CALLS: usize = 6;
const MATERIALS: usize = 9;
/// Every so manieth was promised to the customer.
const PROMISED: usize = 31;
/// Days the tasks that are not due today are spread over.
const AHEAD: i64 = 30;

/// Writes the tasks.
pub fn write(filling: &Filling<'_>, cast: &Cast<'_>) -> Result<(), StoreError> {
    let steps: Vec<(Source, &Step)> = cast
        .book()
        .sops
        .iter()
        .filter(|sop| sop.pipeline == cast.pipeline)
        .flat_map(|sop| {
            let source = |step| Source::Sop { sop: sop.code.clone(), step };
            sop.steps.iter().enumerate().map(move |(place, step)| (source(place), step))
        })
        .collect();
    let reps = cast.reps.len().max(1);
    let due = (cast.request.tasks * 2 / 5).min(cast.customers());
    for number in 0..due {
        // each rep's customers come round once every so many numbers
        let nth = number / reps;
        let lane = match nth % 10 {
            n if n < CALLS => Lane::Call,
            n if n < MATERIALS => Lane::Material,
            _ => Lane::Coupon,
        };
        let of_lane: Vec<&(Source, &Step)> = steps.iter().filter(|(_, step)| step.lane == lane).collect();
        let Some((source, step)) = of_lane.get(number % of_lane.len().max(1)).copied() else { continue };
        one(filling, cast, (number, nth), (source, step))?;
    }
    Ok(())
}

fn one(
    filling: &Filling<'_>,
    cast: &Cast<'_>,
    (number, nth): (usize, usize),
    (source, step): (&Source, &Step),
) -> Result<(), StoreError> {
    let Some((owner, _)) = cast.reps.get(cast.owner(number)).copied() else { return Ok(()) };
    let promised = step.lane == Lane::Call && nth % PROMISED == 7;
    let callback = Source::Callback { words: String::new() };
    let customer = cast.id(number);
    let id = TaskId(customer.0 + TASK);
    filling.task(&NewTask {
        id,
        key: match source {
            Source::Sop { sop, step } if !promised => format!("sop:{sop}/{step}:c{customer}:{id}"),
            _ => format!("next:{id}"),
        },
        lane: step.lane,
        channel: &step.channel,
        customer,
        deal: (cast.deal(number), &cast.pipeline),
        owner,
        due_at: due_at(cast, number, nth),
        priority: if promised { 1 } else { 3 },
        source: if promised { &callback } else { source },
        with: (
            step.script.as_ref().map(crate::domain::code::ScriptCode::as_str),
            step.material.as_ref().map(crate::domain::code::MaterialCode::as_str),
            step.coupon.as_ref().map(crate::domain::code::CouponCode::as_str),
        ),
        promised,
        planned_at: cast.came(number),
        done: None,
    })
}

/// Today's in working hours, a tenth of them overdue; the others on a day to come.
fn due_at(cast: &Cast<'_>, number: usize, nth: usize) -> Timestamp {
    let book = cast.book();
    let mut chance = Chance::of(cast.request.seed ^ 0x0D0E, i64::try_from(number).unwrap_or(0));
    let today = book.zone.day(cast.request.now);
    let day = if nth >= cast.request.today {
        today.plus(chance.between(1, AHEAD))
    } else if nth % 10 == 3 {
        today.plus(-chance.between(1, 3))
    } else {
        today
    };
    let (from, to) = (i64::from(book.hours.0.minutes()), i64::from(book.hours.1.minutes()) - 60);
    let minutes = chance.between(from, to.max(from));
    Timestamp(book.zone.start(day).0 + minutes * 60_000)
}
