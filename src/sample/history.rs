//! The days of a made-up floor: leads come in, the day rolls over, reps work what is due until the evening.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use crate::domain::id::{BatchId, CustomerId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::source;
use crate::sample::chance::Chance;
use crate::sample::household::Households;
use crate::sample::staff::{Pen, Site};
use crate::sample::work::{Aside, Doing, work};
use crate::sample::{Made, Request};
use crate::store::agenda;
use crate::store::change::customer::{Fate, ImportChunk, ImportRow, KnownPolicy};
use crate::store::change::{Change, CustomerChange, WorkChange};
use crate::store::db::Bulk;
use crate::store::import::ROWS_MAX;
use crate::store::{Db, StoreError};

/// When on a working day leads come in: minutes after work begins.
const ARRIVALS: &[u64] = &[4, 95, 230, 400];
/// A rep stops this long before the end of work.
const STOP: Duration = Duration::from_mins(25);
/// How long a rep waits for something to fall due.
const PAUSE: Duration = Duration::from_mins(7);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Roll(usize),
    Arrival(usize, usize),
    Rep(usize, usize),
}

/// The floor's history under way.
#[derive(Debug)]
pub struct History<'a> {
    request: &'a Request,
    sites: &'a [Site],
    pen: Pen,
    households: Households,
    chance: Chance,
    warmth: u32,
    brought: usize,
    batches: u64,
    turns: Vec<u64>,
    made: Made,
}

impl<'a> History<'a> {
    /// Begins with the people hired.
    pub fn new(request: &'a Request, sites: &'a [Site], pen: Pen) -> Self {
        Self {
            request,
            sites,
            pen,
            households: Households::new(request.seed, 0),
            chance: Chance::of(request.seed, 2),
            warmth: warmth(request),
            brought: 0,
            batches: 0,
            turns: vec![0; sites.len()],
            made: Made::default(),
        }
    }

    /// What has been made so far.
    pub const fn made(&self) -> Made {
        self.made
    }

    /// Lets a day happen, until the evening or, on the last one, until now.
    pub fn day(&mut self, db: &mut Db, day: Day, (number, of): (usize, usize)) -> Result<(), StoreError> {
        let last = number + 1 == of;
        // as many leads every day, up to the number that was asked for; twice as many on the last two, a busy week's end
        let upto = self.request.customers * (number + 1 + (number + 3).saturating_sub(of)) / (of + 2).max(1);
        let leads = upto.saturating_sub(self.brought);
        self.brought += leads;
        db.bulk(|bulk| self.events(bulk, day, (leads, last)))
    }

    fn events(
        &mut self,
        bulk: &mut Bulk<'_>,
        day: Day,
        (leads, last): (usize, bool),
    ) -> Result<(), StoreError> {
        let works = |site: &Site| last || site.playbook().workdays.works(day);
        let weights: Vec<usize> =
            self.sites.iter().map(|site| if works(site) { site.reps().count() } else { 0 }).collect();
        let shares = shares(leads, &weights);
        let mut queue = BinaryHeap::new();
        let mut aside: Vec<Vec<Aside>> = Vec::new();
        let mut left: Vec<Vec<u32>> = Vec::new();
        for (place, site) in self.sites.iter().enumerate() {
            let book = site.playbook();
            aside.push(vec![BTreeSet::new(); site.reps().count()]);
            left.push(site.reps().map(|_| self.diligence(last)).collect());
            if !works(site) {
                continue;
            }
            let opens = book.zone.at(day, book.hours.0);
            queue.push(Reverse((opens, Event::Roll(place))));
            for (n, after) in ARRIVALS.iter().enumerate() {
                queue.push(Reverse((opens.plus(Duration::from_mins(*after)), Event::Arrival(place, n))));
            }
            for rep in 0..site.reps().count() {
                let late = Duration::from_secs(self.chance.between(30, 900).unsigned_abs());
                queue.push(Reverse((opens.plus(late), Event::Rep(place, rep))));
            }
        }
        while let Some(Reverse((at, event))) = queue.pop() {
            let (Event::Roll(place) | Event::Arrival(place, _) | Event::Rep(place, _)) = event;
            let Some(site) = self.sites.get(place) else { continue };
            let ends = self.ends(site.playbook(), day, last);
            // on the last day everything that comes in has come by now
            let at = if last && matches!(event, Event::Arrival(..)) { at.min(ends) } else { at };
            if at > ends {
                continue;
            }
            match event {
                Event::Roll(_) => self.roll(bulk, site, (day, at))?,
                Event::Arrival(_, n) => {
                    let share = shares.get(place).copied().unwrap_or(0);
                    let parts = ARRIVALS.len();
                    let count = share * (n + 1) / parts - share * n / parts;
                    self.arrive(bulk, place, (count, at))?;
                }
                Event::Rep(_, n) => {
                    let Some(rep) = site.reps().nth(n) else { continue };
                    let aside = aside.get_mut(place).and_then(|site| site.get_mut(n));
                    let left = left.get(place).and_then(|site| site.get(n)).copied().unwrap_or(0);
                    let Some(aside) = aside else { continue };
                    let next = self.rep(bulk, (rep, at), (aside, left))?;
                    queue.push(Reverse((next, event)));
                }
            }
        }
        Ok(())
    }

    /// Of a rep's due tasks, how many are put aside for the day, basis points: some are more diligent than others, and on
    /// the last morning most of the day lies ahead.
    fn diligence(&mut self, last: bool) -> u32 {
        let share = self.chance.between(600, 3_600);
        u32::try_from(if last { share + 2_500 } else { share }).unwrap_or(0)
    }

    /// When work on this day ends: before the evening and before quiet hours.
    fn ends(&self, book: &Playbook, day: Day, last: bool) -> Timestamp {
        let mut ends = book.zone.at(day, book.hours.1);
        if let Some((from, _)) = book.contact.quiet.filter(|(from, _)| *from > book.hours.0) {
            ends = ends.min(book.zone.at(day, from));
        }
        let ends = ends.minus(STOP);
        if last { ends.min(self.request.now) } else { ends }
    }

    fn roll(
        &mut self,
        bulk: &mut Bulk<'_>,
        site: &Site,
        (day, at): (Day, Timestamp),
    ) -> Result<(), StoreError> {
        let Some(lead) = site.teams.first().map(|team| team.lead) else { return Ok(()) };
        let mut after: Option<CustomerId> = None;
        loop {
            let change = Change::Work(WorkChange::RollDay { day, after });
            let commit = bulk.write(&self.pen.write(lead, at, change))?;
            match commit.effects.more {
                Some(more) => after = Some(more),
                None => return Ok(()),
            }
        }
    }

    /// Leads come in as a file, in parts, and go round the reps of the site.
    fn arrive(
        &mut self,
        bulk: &mut Bulk<'_>,
        place: usize,
        (count, at): (usize, Timestamp),
    ) -> Result<(), StoreError> {
        let Some(site) = self.sites.get(place).filter(|_| count > 0) else { return Ok(()) };
        let book = &site.book.playbook;
        let Some(lead) = site.teams.first().map(|team| team.lead) else { return Ok(()) };
        self.batches += 1;
        let batch = BatchId(i64::try_from(self.batches).unwrap_or(1));
        let mut rows: Vec<ImportRow> = Vec::with_capacity(count);
        for row in 0..count {
            let customer = self.households.next(book, at);
            rows.push(ImportRow { row: row as u64 + 2, owner: String::new(), customer });
        }
        let assign: Vec<UserId> = site.reps().collect();
        let file = format!("线索第{}批.csv", self.batches);
        let hash = source::hash(&format!("{} {}", self.request.seed, file));
        let parts = rows.len().div_ceil(ROWS_MAX);
        for (part, rows) in rows.chunks(ROWS_MAX).enumerate() {
            let before = self.turns.get(place).copied().unwrap_or(0);
            let chunk = ImportChunk {
                batch,
                file: file.clone(),
                hash: hash.clone(),
                options: String::new(),
                known: KnownPolicy::Skip,
                assign: assign.clone(),
                assigned_before: before,
                rows: rows.to_vec(),
                last: part + 1 == parts,
            };
            let change = Change::Customer(CustomerChange::Import(Box::new(chunk)));
            let commit = bulk.write(&self.pen.write(lead, at, change))?;
            let created = commit.effects.rows.iter().filter(|row| matches!(row.fate, Fate::Created(_)));
            let created = created.count();
            self.made.customers += created;
            if let Some(turn) = self.turns.get_mut(place) {
                *turn += created as u64;
            }
        }
        Ok(())
    }

    /// A rep does the next thing; answers when the one after that begins.
    fn rep(
        &mut self,
        bulk: &mut Bulk<'_>,
        (rep, now): (UserId, Timestamp),
        (aside, leaves): (&mut Aside, u32),
    ) -> Result<Timestamp, StoreError> {
        let job = bulk.look(|tx, books| agenda::next(tx, books, (rep, now), aside))?;
        let Some(job) = job else {
            let wakes = bulk.look(|tx, _| agenda::wakes(tx, rep, now))?;
            let pause = now.plus(PAUSE);
            return Ok(wakes.map_or(pause, |at| at.max(now.plus(Duration::from_secs(20)))).min(pause));
        };
        if job.lane != Lane::Node && self.chance.hits(leaves) {
            aside.insert(job.task);
            return Ok(now.plus(Duration::from_secs(5)));
        }
        let doing = Doing { by: rep, now, seed: self.request.seed, warmth: self.warmth };
        let done = work(&job, &doing, (&mut self.pen, &mut self.chance), &mut |write| bulk.write(write))?;
        self.made.touches += done.touches;
        self.made.orders += done.orders;
        if done.touches == 0 {
            aside.insert(job.task);
        }
        let wrap = self.chance.between(15, 60).unsigned_abs();
        Ok(now.plus(Duration::from_secs(u64::from(done.seconds) + wrap)))
    }
}

/// How much warmer the leads are than the sample figures' (264 a rep and month of 25 days): the fewer there are, the
/// better the part of the floor's leads they stand for; per cent.
pub fn warmth(request: &Request) -> u32 {
    let usual = request.reps * request.days.max(1) * 264 / 25;
    let warm = usual * 100 / request.customers.max(1);
    u32::try_from(warm.clamp(100, 400)).unwrap_or(100)
}

/// Shares a number out by weights so that the parts add up to it.
fn shares(number: usize, weights: &[usize]) -> Vec<usize> {
    let all: usize = weights.iter().sum::<usize>().max(1);
    let mut before = 0;
    weights
        .iter()
        .map(|weight| {
            let from = number * before / all;
            before += weight;
            number * before / all - from
        })
        .collect()
}

/// The business days of a history that ends with the day of `now`, by the first playbook's week; that day is worked whatever
/// weekday it is.
pub fn days(book: &Playbook, now: Timestamp, count: usize) -> Vec<Day> {
    let today = book.zone.day(now);
    let mut days = vec![today];
    let mut day = today.plus(-1);
    while days.len() < count.max(1) {
        if book.workdays.works(day) || !book.workdays.0.contains(&true) {
            days.push(day);
        }
        day = day.plus(-1);
    }
    days.reverse();
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(shares(10, &[3, 1, 1]), [6, 2, 2]);
        assert_eq!(shares(7, &[1, 1, 1]).iter().sum::<usize>(), 7);
        assert_eq!(shares(5, &[]), Vec::<usize>::new());
    }
}
