//! What the outcome of a touch brings next (peers.md 2.2): the retry ladder, a promised callback, a follow-up, peace.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::code::{ChannelCode, OutcomeCode, ScriptCode};
use crate::domain::contact::{next_allowed, next_working};
use crate::domain::id::{DealId, PersonId};
use crate::domain::lists::{Lane, NextKind, OutcomeFlag};
use crate::domain::time::{Clock, DAY_MS, Timestamp};
use crate::playbook::model::{Next, Outcome, Playbook};
use crate::playbook::plan::planner::Planner;
use crate::playbook::plan::times::{other_band, shift};
use crate::playbook::plan::{Known, Source, Told, pick};

/// Answered calls in the same half hour of the day that make it the customer's time (S003-17).
const LEARNED_FROM: usize = 3;
/// Days of peace where the playbook names none.
const COOL_DAYS: i64 = 30;

/// What one next action is, before whom it speaks to is chosen.
struct Wanted {
    lane: Lane,
    due_at: Timestamp,
    source: Source,
}

/// The time proposed for what comes after an outcome: the day its `after` names (tomorrow where it names none), at its
/// `at`, else when the customer usually answers, else at the present time of day; on a working day, never in quiet hours.
pub fn proposal(playbook: &Playbook, known: &Known, outcome: &OutcomeCode, now: Timestamp) -> Timestamp {
    let next = playbook.outcome(outcome).map(|outcome| &outcome.next);
    propose(playbook, known, next, now)
}

fn propose(playbook: &Playbook, known: &Known, next: Option<&Next>, now: Timestamp) -> Timestamp {
    let (rules, calendar) = (&playbook.contact, playbook.calendar());
    let zone = calendar.zone;
    let delay = next.and_then(|next| next.after.first().copied());
    let days = match delay {
        None => 1,
        Some(delay) => whole_days(delay),
    };
    if let (Some(delay), 0) = (delay, days) {
        return next_working(rules, &calendar, now.plus(delay));
    }
    let clock = next.and_then(|next| next.at).or_else(|| learned(playbook, known, now));
    let day = zone.day(now).plus(days);
    let at = clock.map_or_else(|| shift(zone, now, days), |clock| zone.at(day, clock));
    next_working(rules, &calendar, at)
}

/// The start of the half hour in which somebody of the customer answered at least three times, the latest such; `None`
/// while there is none, or when it lies in quiet hours.
fn learned(playbook: &Playbook, known: &Known, now: Timestamp) -> Option<Clock> {
    let zone = playbook.zone;
    let mut bands: BTreeMap<(Option<PersonId>, u16), (usize, Timestamp)> = BTreeMap::new();
    for (person, at) in &known.answered {
        let band = zone.clock(*at).minutes() / 30;
        let entry = bands.entry((*person, band)).or_insert((0, *at));
        *entry = (entry.0 + 1, entry.1.max(*at));
    }
    let often = bands.into_iter().filter(|(_, (times, _))| *times >= LEARNED_FROM);
    let (_, band) = often.max_by_key(|(_, (times, last))| (*times, *last)).map(|(key, _)| key)?;
    let clock = Clock::new(band / 2, band % 2 * 30)?;
    let sample = zone.at(zone.day(now), clock);
    (!crate::domain::contact::is_quiet(&playbook.contact, zone, sample)).then_some(clock)
}

impl<'a> Planner<'a> {
    /// Plans what comes next after a touch.
    pub(super) fn bring_next(&mut self, told: &Told, outcome: &'a Outcome) {
        let opened = match self.plan.opened.as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        let deal = told.deal.or(opened);
        let (mut said, mut seen) = (outcome, Vec::new());
        // a ladder that is used up hands over to the outcome it names; one that comes round again ends
        while said.next.kind == NextKind::Retry && told.next_at.is_none() {
            if let Some(due_at) = self.retry(told, &said.next) {
                let attempt = self.known.tries.max(1) + 1;
                let source = Source::Outcome { outcome: outcome.code.clone(), attempt };
                if !self.is_too_late(told.at, due_at) {
                    self.call_next(told, deal, &said.next, (due_at, source));
                }
                return;
            }
            seen.push(&said.code);
            let then = said.next.then.as_ref().filter(|code| !seen.contains(code));
            match then.and_then(|code| self.playbook.outcome(code)) {
                Some(then) => said = then,
                None => return,
            }
        }
        self.one_next(told, deal, said, &outcome.code);
    }

    fn one_next(&mut self, told: &Told, deal: Option<DealId>, said: &'a Outcome, first: &OutcomeCode) {
        let (next, at) = (&said.next, told.at);
        let (rules, calendar) = (&self.playbook.contact, self.calendar);
        let source = Source::Outcome { outcome: first.clone(), attempt: 0 };
        let named = told.next_at.map(|wanted| next_allowed(rules, &calendar, wanted.max(at)));
        match next.kind {
            NextKind::Callback => {
                let proposed = propose(self.playbook, &self.known, Some(next), at);
                let source = Source::Callback { words: told.words.clone() };
                self.call_next(told, deal, next, (named.unwrap_or(proposed), source));
            }
            NextKind::Follow => {
                let proposed = propose(self.playbook, &self.known, Some(next), at);
                self.call_next(
                    told,
                    deal,
                    next,
                    (named.unwrap_or(self.spaced(told, said, proposed)), source),
                );
            }
            NextKind::Cool => {
                let days = next.after.first().map_or(COOL_DAYS, |delay| whole_days(*delay).max(1));
                let clock = next.at.unwrap_or_else(|| other_band(&calendar, calendar.zone.clock(at)));
                let end = calendar.zone.at(calendar.zone.day(at).plus(days), clock);
                let due_at = named.unwrap_or_else(|| next_working(rules, &calendar, end));
                self.leave_in_peace(deal, due_at);
                self.call_next(told, deal, next, (due_at, source));
            }
            NextKind::Material | NextKind::Coupon => {
                let lane = if next.kind == NextKind::Material { Lane::Material } else { Lane::Coupon };
                let delay = next.after.first().copied().unwrap_or_default();
                let mut due = at.plus(delay);
                if let Some(clock) = next.at {
                    due = calendar.zone.at(calendar.zone.day(due), clock).max(at);
                }
                let due_at = named.unwrap_or_else(|| next_allowed(rules, &calendar, due));
                if next.material.as_ref().is_some_and(|code| self.is_too_soon(code, due_at)) {
                    return;
                }
                self.make_next(told, deal, next, Wanted { lane, due_at, source });
            }
            // a time the rep names is a call of its own, whatever the playbook would do
            NextKind::Retry | NextKind::Sop | NextKind::None => {
                if let Some(due_at) = named {
                    self.call_next(told, deal, next, (due_at, source));
                }
            }
        }
    }

    fn call_next(&mut self, told: &Told, deal: Option<DealId>, next: &Next, what: (Timestamp, Source)) {
        let (due_at, source) = what;
        let promised = matches!(source, Source::Callback { .. });
        let script = self.next_script(next, &source);
        self.supersede(deal, (due_at, promised), script.as_ref());
        self.make_next(told, deal, next, Wanted { lane: Lane::Call, due_at, source });
    }

    fn make_next(&mut self, told: &Told, deal: Option<DealId>, next: &Next, wanted: Wanted) {
        let code = self.next_script(next, &wanted.source);
        let script = pick::script(self.playbook, code.as_ref());
        let channel = self.next_channel(told, wanted.lane, script.map(|script| &script.channel));
        let again = is_again(&wanted.source);
        let promised = matches!(wanted.source, Source::Callback { .. });
        let mut task = self.draft(wanted.lane, deal, wanted.due_at, wanted.source);
        task.key = format!("next:{}", told.touch);
        task.promised = promised;
        task.node = self.about.node.filter(|_| again);
        if promised || task.node.is_some() {
            task.priority = 1;
        }
        task.script = code;
        task.material.clone_from(&next.material);
        task.coupon.clone_from(&next.coupon);
        self.address(&mut task, &channel);
        self.make(task);
    }

    /// The script of what comes next: the outcome's own, else for a try again that of the task tried.
    fn next_script(&self, next: &Next, source: &Source) -> Option<ScriptCode> {
        next.script.clone().or_else(|| self.about.script.clone().filter(|_| is_again(source)))
    }

    /// Whether a try again would come when the node it prepares for is over.
    fn is_too_late(&self, tried: Timestamp, due: Timestamp) -> bool {
        self.node(self.about.node).is_some_and(|node| tried < node.at && due >= node.at)
    }

    fn next_channel(&self, told: &Told, lane: Lane, script: Option<&ChannelCode>) -> ChannelCode {
        let fits = |code: &&ChannelCode| {
            self.playbook.channel(code).is_some_and(|c| {
                if lane == Lane::Call { c.is_call } else { !c.is_call && c.contact.is_some() }
            })
        };
        script
            .filter(fits)
            .or_else(|| Some(&told.channel).filter(fits))
            .cloned()
            .unwrap_or_else(|| pick::default_channel(self.playbook, &self.known, lane))
    }

    /// When to try again; `None` when the ladder is used up. The rung is the number of tries since the last answer.
    fn retry(&self, told: &Told, next: &Next) -> Option<Timestamp> {
        let rung = usize::try_from(self.known.tries.max(1) - 1).ok()?;
        let delay = *next.after.get(rung)?;
        let (rules, calendar) = (&self.playbook.contact, &self.calendar);
        let zone = calendar.zone;
        let gap = rules.min_between_tries.or(rules.min_between_calls).unwrap_or_default();
        let days = whole_days(delay);
        let soon = next_working(rules, calendar, told.at.plus(delay.max(gap)));
        let cap = [next.max_per_day, rules.max_calls_per_day].into_iter().flatten().min();
        let today = zone.day(told.at);
        let full = cap.is_some_and(|cap| self.known.calls_today >= cap);
        if days == 0 && !(full && zone.day(soon) == today) {
            return Some(soon);
        }
        let clock = next.at.or_else(|| learned(self.playbook, &self.known, told.at));
        let clock = clock.unwrap_or_else(|| other_band(calendar, zone.clock(told.at)));
        let at = zone.at(today.plus(days.max(1)), clock).max(told.at.plus(gap));
        Some(next_working(rules, calendar, at))
    }

    /// A follow-up of our own wish keeps the least time between two calls to the number.
    fn spaced(&self, told: &Told, said: &Outcome, due: Timestamp) -> Timestamp {
        let rules = &self.playbook.contact;
        let connected = said.flags.contains(&OutcomeFlag::Connected);
        let gap = if connected { None } else { rules.min_between_tries };
        let gap = gap.or(rules.min_between_calls).unwrap_or_default();
        if pick::is_call(self.playbook, &told.channel) && due < told.at.plus(gap) {
            next_working(rules, &self.calendar, told.at.plus(gap))
        } else {
            due
        }
    }
}

/// Whether a task tries again what found nobody.
const fn is_again(source: &Source) -> bool {
    matches!(source, Source::Outcome { attempt: 2.., .. })
}

/// The whole days of a delay; 0 for one shorter than a day.
fn whole_days(delay: Duration) -> i64 {
    i64::try_from(delay.as_millis()).unwrap_or(i64::MAX) / DAY_MS
}
