//! What a made-up rep does with a task: the outcome by its flags and by where it leads, never by its name.

mod said;

use crate::domain::code::{FieldCode, NodeCode, PipelineCode, ProductCode, StageCode};
use crate::domain::lists::{ContactState, DealState, Entity, GateKind, Lane, NodeState, OutcomeFlag, Shape};
use crate::domain::money::Money;
use crate::domain::time::{Clock, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::{Outcome, Pipeline, Stage};
use crate::playbook::plan::{KnownDeal, KnownNode};
use crate::sample::chance::Chance;
use crate::sample::facts;
use crate::sample::talk::said::{LATER, NO, PROMISED, WELL, YES};
use crate::sample::temper::Temper;
use crate::store::agenda::Job;
use crate::store::change::deal::NewOrder;

/// Above this price only a part is paid at once (minor units: 100,000 whole ones).
const PAID_IN_PARTS: i64 = 10_000_000;
/// The part.
const FIRST_PART_BP: i64 = 3_000;

pub use said::{Act, Said};

/// A conversation about to begin.
#[derive(Debug)]
pub struct Talk<'a> {
    job: &'a Job,
    temper: Temper,
    now: Timestamp,
    chance: &'a mut Chance,
}

impl<'a> Talk<'a> {
    /// Begins one.
    pub const fn new(job: &'a Job, temper: Temper, now: Timestamp, chance: &'a mut Chance) -> Self {
        Self { job, temper, now, chance }
    }

    /// What is done; `None` when the playbook has no outcome for it.
    pub fn act(mut self) -> Option<Act> {
        match self.job.lane {
            Lane::Material => Some(Act::Send),
            Lane::Coupon => Some(Act::Push),
            Lane::Node => self.node(),
            Lane::Call | Lane::Care => self.call(),
            Lane::Report => {
                let outcome = self.outcome(|o| o.flags.contains(&OutcomeFlag::Completed))?;
                Some(Act::Log(Box::new(Said {
                    outcome: outcome.code.clone(),
                    seconds: 60,
                    ..Said::default()
                })))
            }
        }
    }

    fn book(&self) -> &'a Playbook {
        &self.job.book.playbook
    }

    fn outcome(&self, fits: impl Fn(&Outcome) -> bool) -> Option<&'a Outcome> {
        let job = self.job;
        job.book.playbook.outcomes_for(job.lane).find(|outcome| fits(outcome))
    }

    fn call(&mut self) -> Option<Act> {
        if self.temper.answers == 0 && self.job.known.attempts > 0 && self.chance.hits(6_000) {
            let dead = self.outcome(|o| o.flags.contains(&OutcomeFlag::Unworkable));
            return dead.map(|dead| self.said(dead, (15, 30), ""));
        }
        let more = u32::from(self.job.known.connected_ever) * 1_200;
        if !self.chance.hits(self.temper.answers.saturating_add(more).min(8_500)) {
            return self.unanswered();
        }
        if self.chance.hits(60) {
            let refused = self.outcome(|o| o.flags.contains(&OutcomeFlag::Dnc))?;
            return Some(self.said(refused, (15, 60), "请不要再打了"));
        }
        if self.job.lane == Lane::Care {
            let well = self.outcome(|o| has(o, OutcomeFlag::Connected) && has(o, OutcomeFlag::Completed))?;
            return Some(self.with_facts(well, (60, 240), "一切顺利", None));
        }
        self.answered()
    }

    /// Nobody answered: the first such outcome most often.
    fn unanswered(&mut self) -> Option<Act> {
        let flags = [OutcomeFlag::Connected, OutcomeFlag::Contact, OutcomeFlag::Dnc, OutcomeFlag::Unworkable];
        let job = self.job;
        let silent: Vec<&Outcome> = job
            .book
            .playbook
            .outcomes_for(job.lane)
            .filter(|o| !o.flags.iter().any(|flag| flags.contains(flag)))
            .collect();
        let place = self.chance.weighed((0..silent.len()).map(|n| [70, 24, 6].get(n).copied().unwrap_or(1)));
        let outcome = silent.get(place)?;
        Some(self.said(outcome, (12, 42), ""))
    }

    fn answered(&mut self) -> Option<Act> {
        let Some((pipeline, deal)) = self.deal() else { return self.neutral() };
        let at = deal.and_then(|deal| pipeline.stage_index(deal.stage.as_ref()?)).unwrap_or(1);
        let goes = self.temper.reaches(pipeline.stages.len());
        if goes <= at {
            if self.chance.hits(if at > 1 { 3_500 } else { 6_000 }) {
                return self.refusal(deal);
            }
            return if self.chance.hits(4_500) { self.later() } else { self.neutral() };
        }
        if self.chance.hits(900) {
            return self.later();
        }
        // one good conversation often takes two steps at once
        let keen = goes == pipeline.stages.len();
        let further = goes > at + 1 && (keen || self.chance.hits(5_500));
        let at = if further { self.further(pipeline, at) } else { at };
        if self.chance.hits(8_800)
            && let Some(act) = self.progress(pipeline, deal, at)
        {
            return Some(act);
        }
        self.neutral()
    }

    /// The deal talked about: the task's, else the first open one that has stages; without one the pipeline that a
    /// conversation opens.
    fn deal(&self) -> Option<(&'a Pipeline, Option<&'a KnownDeal>)> {
        let (job, book) = (self.job, self.book());
        let first = book.pipelines.iter().find(|p| p.shape == Shape::Full)?;
        let ours = |p: &&Pipeline| p.shape == Shape::Full && p.owner_role == first.owner_role;
        let shape = |code: &PipelineCode| book.pipeline(code).filter(ours);
        let open = || job.known.deals.iter().filter(|deal| deal.state == DealState::Open);
        let of_task = open().find(|deal| Some(deal.id) == job.deal);
        let staged = |deal: &&'a KnownDeal| shape(&deal.pipeline).is_some();
        let lanes = |deal: &&'a KnownDeal| {
            book.outcomes.iter().any(|o| o.stage.as_ref().is_some_and(|(of, _)| *of == deal.pipeline))
        };
        let found = of_task.filter(staged).or_else(|| {
            let mut fit: Vec<&KnownDeal> = open().filter(staged).filter(lanes).collect();
            fit.sort_by_key(|deal| book.pipelines.iter().position(|p| p.code == deal.pipeline));
            fit.first().copied()
        });
        if let Some(deal) = found {
            return Some((book.pipeline(&deal.pipeline)?, Some(deal)));
        }
        let had = |p: &Pipeline| job.known.deals.iter().any(|deal| deal.pipeline == p.code);
        (!had(first)).then_some((first, None))
    }

    /// One stage further on, unless a key node lies in between.
    fn further(&self, pipeline: &Pipeline, at: usize) -> usize {
        match pipeline.stages.get(at) {
            Some(next) if !self.is_of_node(pipeline, next) => at + 1,
            _ => at,
        }
    }

    /// The next stage this lane can lead to.
    fn progress(&mut self, pipeline: &'a Pipeline, deal: Option<&KnownDeal>, at: usize) -> Option<Act> {
        let (index, stage) = pipeline.stages.iter().enumerate().skip(at).find_map(|(index, stage)| {
            let wanted = (pipeline.code.clone(), stage.code.clone());
            let leads = self.outcome(|o| o.stage.as_ref() == Some(&wanted) || self.leads_by_node(o, &wanted));
            (leads.is_some() || stage.closes_won).then_some((index, stage))
        })?;
        // a stage that only a key node reaches is not talked into
        let between = pipeline.stages.iter().take(index).skip(at);
        if between.into_iter().any(|between| self.is_of_node(pipeline, between)) {
            return self.towards_node(pipeline);
        }
        if self.is_of_node(pipeline, stage) && !self.node_is_over(stage) {
            return self.towards_node(pipeline);
        }
        let unproved = stage.gate.as_ref().is_some_and(|gate| gate.kind == GateKind::HasContact)
            && !self.job.known.persons.iter().any(|p| {
                p.contacts.iter().any(|(c, s)| {
                    *s == ContactState::Verified
                        && stage.gate.as_ref().and_then(|g| g.channel.as_ref()) == Some(c)
                })
            });
        let wanted = (pipeline.code.clone(), stage.code.clone());
        let leads = |o: &Outcome| o.stage.as_ref() == Some(&wanted);
        let proof = if unproved { self.outcome(|o| has(o, OutcomeFlag::WechatAdded)) } else { None };
        let outcome = proof
            .or_else(|| self.outcome(leads))
            .or_else(|| self.outcome(|o| self.leads_by_node(o, &wanted)))
            .or_else(|| self.outcome(|o| has(o, OutcomeFlag::Connected) && o.stage.is_none()))?;
        let note = self.pick(YES);
        let mut act = self.with_facts(outcome, (110, 620), note, Some(stage));
        if let (true, Act::Log(said), Some(deal)) = (stage.closes_won, &mut act, deal) {
            said.order = self.order(stage, deal);
        }
        Some(act)
    }

    fn leads_by_node(&self, outcome: &Outcome, wanted: &(PipelineCode, StageCode)) -> bool {
        has(outcome, OutcomeFlag::NodeBooked)
            && outcome.stage.is_none()
            && outcome.node.as_ref().and_then(|code| self.book().node(code)).is_some_and(|node| {
                node.pipeline.as_ref() == Some(&wanted.0) && node.booked_stage.as_ref() == Some(&wanted.1)
            })
    }

    fn is_of_node(&self, pipeline: &Pipeline, stage: &Stage) -> bool {
        let attended = |code: &Option<StageCode>| code.as_ref() == Some(&stage.code);
        self.book()
            .nodes
            .iter()
            .any(|node| node.pipeline.as_ref() == Some(&pipeline.code) && attended(&node.attended_stage))
    }

    fn booked(&self) -> Option<&'a KnownNode> {
        let ahead = |n: &&KnownNode| matches!(n.state, NodeState::Booked | NodeState::Reminded);
        self.job.known.nodes.iter().find(ahead)
    }

    fn node_is_over(&self, stage: &Stage) -> bool {
        let of_stage = |code: &NodeCode| {
            self.book().node(code).is_some_and(|node| node.attended_stage.as_ref() == Some(&stage.code))
        };
        self.job.known.nodes.iter().any(|node| {
            of_stage(&node.node)
                && (node.state == NodeState::Attended
                    || (node.state == NodeState::Booked && node.at <= self.now))
        })
    }

    /// Books the node, or talks of something else while it is booked.
    fn towards_node(&mut self, pipeline: &Pipeline) -> Option<Act> {
        if self.booked().is_some() {
            return self.neutral();
        }
        let book = self.book();
        let books = self.outcome(|o| {
            has(o, OutcomeFlag::NodeBooked)
                && o.node
                    .as_ref()
                    .and_then(|code| book.node(code))
                    .is_some_and(|node| node.pipeline.as_ref() == Some(&pipeline.code))
        })?;
        let note = self.pick(YES);
        Some(self.with_facts(books, (120, 420), note, None))
    }

    /// Somebody was spoken to and nothing came of it yet.
    fn neutral(&mut self) -> Option<Act> {
        let special = [
            OutcomeFlag::Callback,
            OutcomeFlag::NotInterested,
            OutcomeFlag::Sale,
            OutcomeFlag::NodeBooked,
            OutcomeFlag::NodeAttended,
            OutcomeFlag::NodeMissed,
            OutcomeFlag::WechatAdded,
        ];
        let (job, book) = (self.job, self.book());
        let passed = |(pipeline, stage): &(PipelineCode, StageCode)| {
            job.known.deals.iter().any(|deal| {
                deal.pipeline == *pipeline
                    && deal.stage.as_ref().and_then(|at| book.stage_index(pipeline, at))
                        >= book.stage_index(pipeline, stage)
            })
        };
        let plain: Vec<&Outcome> = book
            .outcomes_for(job.lane)
            .filter(|o| has(o, OutcomeFlag::Connected) && !o.flags.iter().any(|flag| special.contains(flag)))
            .filter(|o| o.stage.as_ref().is_none_or(passed))
            .filter(|o| o.needs.iter().all(|code| self.can_be_said(code) && self.is_asked(code)))
            .collect();
        match self.chance.pick(&plain) {
            Some(outcome) if self.chance.hits(7_000) => {
                let note = self.pick(WELL);
                Some(self.with_facts(outcome, (60, 240), note, None))
            }
            _ => self.later(),
        }
    }

    /// Whether a fact is asked on the way of the deals that reps of this floor work.
    fn is_asked(&self, code: &FieldCode) -> bool {
        let book = self.book();
        let first = book.pipelines.iter().find(|p| p.shape == Shape::Full);
        first.is_some_and(|p| p.stages.iter().any(|stage| stage.required.contains(code)))
    }

    /// A fact of a deal can only be learned where there is one.
    fn can_be_said(&self, code: &FieldCode) -> bool {
        let field = self.book().field(code);
        let open =
            self.job.known.deals.iter().any(|deal| deal.state == DealState::Open && deal.stage.is_some());
        field.is_some_and(|field| matches!(field.on, Entity::Customer | Entity::Person) || open)
    }

    fn later(&mut self) -> Option<Act> {
        let outcome = self.outcome(|o| has(o, OutcomeFlag::Callback))?;
        let words = self.pick(PROMISED);
        let at = self.some_time(3);
        let note = self.pick(LATER);
        let Act::Log(mut said) = self.said(outcome, (25, 120), note) else { return None };
        (said.next_at, said.words) = (Some(at), words);
        Some(Act::Log(said))
    }

    fn refusal(&mut self, deal: Option<&KnownDeal>) -> Option<Act> {
        let outcome = self.outcome(|o| has(o, OutcomeFlag::NotInterested))?;
        let note = self.pick(NO);
        let Act::Log(mut said) = self.said(outcome, (20, 95), note) else { return None };
        if self.chance.hits(5_500) {
            let reason = self.chance.pick(&self.job.book.playbook.reasons.lost);
            said.lost = deal.zip(reason).map(|(deal, reason)| (deal.id, reason.code.clone()));
        }
        Some(Act::Log(said))
    }

    /// What became of a node: whoever will go on came, of the others most did not.
    fn node(&mut self) -> Option<Act> {
        let job = self.job;
        let node = job.known.nodes.iter().find(|node| Some(node.id) == job.node)?;
        let kind = self.book().node(&node.node)?;
        let came = match (&kind.pipeline, &kind.attended_stage) {
            (Some(code), Some(stage)) => {
                let pipeline = self.book().pipeline(code)?;
                pipeline.stage_index(stage) <= Some(self.temper.reaches(pipeline.stages.len()))
            }
            _ => self.chance.hits(6_200),
        };
        let flag = if came {
            OutcomeFlag::NodeAttended
        } else if self.chance.hits(2_500) {
            OutcomeFlag::NodeBooked
        } else {
            OutcomeFlag::NodeMissed
        };
        let outcome = self.outcome(|o| has(o, flag) && o.node.as_ref() == Some(&node.node))?;
        let stage = match &kind.attended_stage {
            Some(stage) if came => self.book().stage(kind.pipeline.as_ref()?, stage),
            _ => None,
        };
        let words = if came { self.pick(YES) } else { "" };
        Some(self.with_facts(outcome, (600, 1_800), words, stage))
    }

    fn said(&mut self, outcome: &Outcome, (least, most): (i64, i64), note: &'static str) -> Act {
        Act::Log(Box::new(Said {
            outcome: outcome.code.clone(),
            seconds: u32::try_from(self.chance.between(least, most)).unwrap_or(0),
            deal: self.deal().and_then(|(_, deal)| deal).map(|deal| deal.id),
            note,
            ..Said::default()
        }))
    }

    /// A touch that brings the facts its outcome and the stage ask for, and the node's time where it books one.
    fn with_facts(
        &mut self,
        outcome: &Outcome,
        seconds: (i64, i64),
        note: &'static str,
        stage: Option<&Stage>,
    ) -> Act {
        let Act::Log(mut said) = self.said(outcome, seconds, note) else { return Act::Send };
        if has(outcome, OutcomeFlag::NodeBooked) {
            said.node_at = Some(self.some_time(2));
        }
        said.friend = has(outcome, OutcomeFlag::WechatAdded);
        let stage = stage.filter(|stage| !stage.closes_won);
        let asked = outcome.needs.iter().chain(stage.into_iter().flat_map(|stage| &stage.required));
        let wanted: Vec<FieldCode> = asked.cloned().collect();
        said.set = self.facts(&wanted);
        Act::Log(said)
    }

    /// Values for fields that are not known yet; the times of nodes are the bookings' own.
    fn facts(&mut self, wanted: &[FieldCode]) -> Vec<(FieldCode, String)> {
        let book = self.book();
        let mut set: Vec<(FieldCode, String)> = Vec::new();
        for code in wanted {
            let of_node = book.nodes.iter().any(|node| node.field.as_ref() == Some(code));
            let known = self.knows(code) || set.iter().any(|(set, _)| set == code);
            let Some(field) = book.field(code).filter(|_| !of_node && !known && self.can_be_said(code))
            else {
                continue;
            };
            set.push((code.clone(), facts::value(book, field, self.now, self.chance)));
        }
        set
    }

    fn knows(&self, code: &FieldCode) -> bool {
        let of_deal =
            self.deal().and_then(|(_, deal)| deal).is_some_and(|deal| deal.fields.contains_key(code));
        of_deal || self.job.known.fields.contains_key(code)
    }

    fn order(&mut self, stage: &Stage, deal: &KnownDeal) -> Option<NewOrder> {
        let book = self.book();
        let mut set = self.facts(&stage.required);
        // an order for what the deal says it is about
        let cooled = stage.gate.as_ref().is_some_and(|gate| gate.kind == GateKind::CoolingOffPassed);
        for (code, value) in &mut set {
            let is_date = book.field(code).is_some_and(|f| f.kind == crate::domain::lists::FieldType::Date);
            if cooled && is_date {
                *value = book.zone.day(self.now).plus(-1).to_string();
            }
        }
        let place = self.chance.weighed((0..book.products.len()).map(|n| if n == 0 { 8 } else { 2 }));
        let product = book.products.get(place)?;
        for (code, value) in &mut set {
            if book.field(code).is_some_and(|f| f.kind == crate::domain::lists::FieldType::Product) {
                value.clone_from(&product.code.0);
            }
        }
        let code: &ProductCode = &product.code;
        let policy = book.prices.iter().find(|policy| policy.product == *code);
        let (list, least) =
            policy.map_or((product.price, product.floor), |policy| (policy.list, policy.approve_below));
        let price = if self.chance.hits(2_500) { least } else { list };
        let paid = if price.0 > PAID_IN_PARTS { price.share(FIRST_PART_BP) } else { price };
        Some(NewOrder { deal: deal.id, product: code.clone(), price, coupon: None, paid: Money(paid.0), set })
    }

    /// A time within so many days at which work is done and nobody is disturbed.
    fn some_time(&mut self, days: i64) -> Timestamp {
        let book = self.book();
        let zone = book.zone;
        let today = zone.day(self.now);
        let (opens, closes) = (i64::from(book.hours.0.minutes()), i64::from(book.hours.1.minutes()));
        let day = (1..=14)
            .map(|ahead| today.plus(ahead))
            .filter(|day| book.workdays.works(*day))
            .nth(usize::try_from(self.chance.between(0, days - 1)).unwrap_or(0))
            .unwrap_or(today.plus(1));
        // whole and half hours; the evening as often as the rest of the day
        let evening = self.chance.hits(5_000);
        let from = if evening { (closes - 150).max(opens + 60) } else { opens + 60 };
        let minutes = self.chance.between(from / 30, (closes - 60).max(from) / 30) * 30;
        let clock = u16::try_from(minutes).ok().and_then(|m| Clock::new(m / 60, m % 60));
        let at = zone.at(day, clock.unwrap_or(book.hours.0));
        // about a quarter is for later today
        let soon = self.now.plus(std::time::Duration::from_mins(self.chance.between(90, 240).unsigned_abs()));
        let fits = zone.day(soon) == today && i64::from(zone.clock(soon).minutes()) < closes - 60;
        if fits && self.chance.hits(2_500) { half_hour(soon) } else { at }
    }

    fn pick(&mut self, list: &'static [&'static str]) -> &'static str {
        self.chance.pick(list).copied().unwrap_or_default()
    }
}

fn half_hour(at: Timestamp) -> Timestamp {
    let half = 30 * crate::domain::time::MINUTE_MS;
    Timestamp(at.0 - at.0.rem_euclid(half))
}

fn has(outcome: &Outcome, flag: OutcomeFlag) -> bool {
    outcome.flags.contains(&flag)
}
