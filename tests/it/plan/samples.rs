//! The three playbooks that come with the program drive days of made-up work.

use corral::domain::contact::is_quiet;
use corral::domain::id::{CustomerId, DealId, IdMaker, NodeId, PersonId, TouchId};
use corral::domain::lists::{ContactState, EventKind, Lane, NodeState, OutcomeFlag};
use corral::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use corral::playbook::Playbook;
use corral::playbook::embedded::PLAYBOOKS;
use corral::playbook::plan::{Happening, Known, KnownNode, KnownPerson, Plan, Planner, Told};
use corral::playbook::source::load_text;
use proptest::prelude::*;

use super::fixture::{at, open};

fn samples() -> Vec<Playbook> {
    PLAYBOOKS.iter().map(|(name, text)| load_text(name, text).unwrap().playbook).collect()
}

/// A household with one person in every role, reachable on every channel.
fn household(playbook: &Playbook) -> Known {
    let channels = playbook.channels.iter().filter_map(|channel| channel.contact.clone());
    let contacts: Vec<_> = channels.map(|channel| (channel, ContactState::Stated)).collect();
    let person = |(n, role): (i64, &corral::playbook::model::PersonRole)| KnownPerson {
        id: PersonId(n),
        roles: vec![role.code.clone()],
        contacts: contacts.clone(),
        touched: false,
    };
    Known {
        customer: CustomerId(1),
        assigned_at: at("11-24 11:00"),
        persons: (1..).zip(&playbook.roles).map(person).collect(),
        ..Known::default()
    }
}

/// A store in small: keeps what plans made, so that the next one starts from it.
struct Floor<'a> {
    playbook: &'a Playbook,
    known: Known,
    now: Timestamp,
    touches: i64,
    keys: Vec<String>,
}

impl Floor<'_> {
    fn plan(&mut self, tell: impl FnOnce(&mut Planner<'_>, Timestamp)) -> Plan {
        let ids = IdMaker::new(self.now, u64::try_from(self.touches).unwrap());
        let mut planner = Planner::new(self.playbook, self.known.clone(), self.now, ids);
        tell(&mut planner, self.now);
        let mut plan = planner.finish();
        // a key that exists is left out
        plan.made.retain(|task| !self.keys.contains(&task.key));
        self.keys.extend(plan.made.iter().map(|task| task.key.clone()));
        self.known.tasks.retain(|task| !plan.closed.iter().any(|end| end.id == task.id));
        self.known.tasks.extend(open(&plan));
        for new in &plan.opened {
            let mut deal = super::fixture::deal(new.id.0, new.pipeline.as_str(), "", "11-24 11:00");
            deal.stage.clone_from(&new.stage);
            (deal.opened_at, deal.stage_since) = (self.now, self.now);
            self.known.deals.push(deal);
        }
        plan
    }

    /// Logs an outcome on the first open task of a lane, as the store would.
    fn log(&mut self, lane: Lane, choice: usize) -> Option<Plan> {
        let offered: Vec<_> = self.playbook.outcomes_for(lane).collect();
        let outcome = *offered.get(choice % offered.len().max(1))?;
        let task = self
            .known
            .tasks
            .iter()
            .filter(|task| task.lane == lane)
            .min_by_key(|t| (t.due_at, t.id))?
            .clone();
        self.known.tasks.retain(|open| open.id != task.id);
        self.touches += 1;
        let connected = outcome.flags.contains(&OutcomeFlag::Connected);
        self.known.attempts += 1;
        self.known.tries = if connected { 0 } else { self.known.tries + 1 };
        self.known.connected_ever |= connected;
        self.known.calls_today += 1;
        let booked =
            outcome.node.as_ref().filter(|_| outcome.flags.contains(&OutcomeFlag::NodeBooked)).map(|node| {
                let id = NodeId(self.touches);
                let time = Timestamp(self.now.0 + 2 * DAY_MS);
                for old in &mut self.known.nodes {
                    old.state = NodeState::Moved;
                }
                let node =
                    KnownNode { id, node: node.clone(), deal: task.deal, state: NodeState::Booked, at: time };
                self.known.nodes.push(node);
                id
            });
        let told = Told {
            touch: TouchId(self.touches),
            task: Some(task.id),
            lane,
            channel: self.playbook.channels.iter().find(|c| c.is_call == (lane == Lane::Call))?.code.clone(),
            outcome: outcome.code.clone(),
            deal: task.deal,
            next_at: None,
            words: String::new(),
            coupon: task.coupon,
            material: task.material,
            at: self.now,
        };
        Some(self.plan(|planner, at| {
            let event = |kind, deal: Option<DealId>, node| Happening { kind, name: None, deal, node, at };
            if connected {
                planner.happen(event(EventKind::CallConnected, told.deal, None));
            }
            if booked.is_some() {
                planner.happen(event(EventKind::NodeBooked, told.deal, booked));
            }
            planner.told(&told);
        }))
    }
}

fn sound(playbook: &Playbook, plan: &Plan, now: Timestamp) -> Result<(), TestCaseError> {
    for task in &plan.made {
        let quiet = is_quiet(&playbook.contact, playbook.zone, task.due_at);
        prop_assert!(!quiet || task.lane == Lane::Node, "{} {} at {}", playbook.id, task.key, task.due_at);
        prop_assert!(playbook.channel(&task.channel).is_some(), "{} {} on no channel", playbook.id, task.key);
        let of_past = playbook.zone.day(task.due_at) < playbook.zone.day(now);
        prop_assert!(!of_past || task.key.starts_with("limit:"), "{} {} in the past", playbook.id, task.key);
        let person =
            task.person.and_then(|id| usize::try_from(id.0 - 1).ok()).and_then(|n| playbook.roles.get(n));
        prop_assert!(person.is_some_and(|role| role.contactable), "{} {} to nobody", playbook.id, task.key);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_day_of_every_sample_plans_soundly(
        work in prop::collection::vec((0_usize..4, 0_usize..20, 1_i64..1_500), 1..30),
    ) {
        for playbook in &samples() {
            let now = at("11-24 11:00");
            let mut floor = Floor { playbook, known: household(playbook), now, touches: 100, keys: Vec::new() };
            let plan = floor.plan(|planner, at| {
                for kind in [EventKind::LeadCreated, EventKind::LeadAssigned] {
                    planner.happen(Happening { kind, name: None, deal: None, node: None, at });
                }
            });
            sound(playbook, &plan, now)?;
            prop_assert!(plan.made.iter().any(|task| task.lane == Lane::Call && task.clock_from.is_some()));
            for (lane, choice, minutes) in &work {
                let before = playbook.zone.day(floor.now);
                floor.now = Timestamp(floor.now.0 + minutes * MINUTE_MS);
                if playbook.zone.day(floor.now) != before {
                    floor.known.calls_today = 0;
                    let plan = floor.plan(|planner, _| { planner.daily(); });
                    sound(playbook, &plan, floor.now)?;
                }
                let lane = [Lane::Call, Lane::Call, Lane::Material, Lane::Coupon][*lane];
                let at = floor.now;
                if let Some(plan) = floor.log(lane, *choice) {
                    sound(playbook, &plan, at)?;
                }
            }
        }
    }
}

#[test]
fn a_lead_of_every_sample_is_called_within_its_time() {
    // 10 minutes in lessons, 15 for homes, 4 hours in insurance, from 11:00 on a working Tuesday
    let due: Vec<_> = samples()
        .iter()
        .map(|playbook| {
            let mut floor = Floor {
                playbook,
                known: household(playbook),
                now: at("11-24 11:00"),
                touches: 1,
                keys: Vec::new(),
            };
            let plan = floor.plan(|planner, at| {
                let kind = EventKind::LeadAssigned;
                planner.happen(Happening { kind, name: None, deal: None, node: None, at });
            });
            super::fixture::show(plan.made.iter().find(|task| task.lane == Lane::Call).unwrap().due_at)
        })
        .collect();
    assert_eq!(due, ["11-24 11:10", "11-24 11:15", "11-24 15:00"]);
}

#[test]
fn only_the_first_answered_call_opens_a_deal_where_two_may_be_open() {
    let playbook = samples().into_iter().find(|playbook| playbook.id == "home-yunqi").unwrap();
    let home = playbook.pipelines.iter().find(|pipeline| pipeline.code.as_str() == "home").unwrap();
    assert_eq!(home.max_open, 2);
    let mut known = household(&playbook);
    for (time, opened) in [("11-24 11:10", 1), ("11-25 11:10", 0)] {
        let mut planner = Planner::new(&playbook, known.clone(), at(time), IdMaker::new(at(time), 1));
        let (kind, at) = (EventKind::CallConnected, at(time));
        planner.happen(Happening { kind, name: None, deal: None, node: None, at });
        let plan = planner.finish();
        assert_eq!(plan.opened.iter().filter(|deal| deal.pipeline == home.code).count(), opened, "{time}");
        known
            .deals
            .extend(plan.opened.iter().map(|new| super::fixture::deal(new.id.0, "home", "lead", time)));
    }
}
