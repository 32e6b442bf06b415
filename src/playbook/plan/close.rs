//! What ends open tasks: a step's condition come true, its stage or deal or node gone, a customer who wants no contact.

use crate::domain::code::{ScriptCode, StageCode};
use crate::domain::id::{DealId, NodeId};
use crate::domain::lists::{DealState, DoneKind, EventKind, Lane, OutcomeFlag, TaskState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::model::{Step, When};
use crate::playbook::plan::planner::Planner;
use crate::playbook::plan::sop::{is_off, node_name, same_deal};
use crate::playbook::plan::{Happening, KnownTask, Source, Told, pick};

impl Planner<'_> {
    /// Ends the open steps a touch satisfies, in whatever way it came about (S001-122), and the open calls of rules that a
    /// connected call answers.
    pub(super) fn done_by_touch(&mut self, told: &Told, flags: &[OutcomeFlag]) {
        let is_call = pick::is_call(self.playbook, &told.channel);
        let has = |flag: OutcomeFlag| flags.contains(&flag);
        let satisfies = |step: &Step| match step.done_when.kind {
            DoneKind::CallConnected => is_call && has(OutcomeFlag::Connected),
            DoneKind::TouchLogged => true,
            DoneKind::MaterialSent => has(OutcomeFlag::Sent) && step.material == told.material,
            DoneKind::CouponPushed => has(OutcomeFlag::Pushed) && step.coupon == told.coupon,
            DoneKind::NodeBooked => has(OutcomeFlag::NodeBooked),
            DoneKind::DecisionKnown => has(OutcomeFlag::Decision) || has(OutcomeFlag::Sale),
            DoneKind::FieldSet | DoneKind::StageEntered => false,
        };
        self.close_where(TaskState::Done, "done_when", |planner, task| {
            if !same_deal(task.deal, told.deal) {
                return false;
            }
            match &task.source {
                Source::Rule { rule } => {
                    let by_event = planner.playbook.task_rules.iter().any(|r| r.code == *rule);
                    by_event && task.lane == Lane::Call && is_call && has(OutcomeFlag::Connected)
                }
                Source::Sop { .. } => planner
                    .step_of(&task.source)
                    .is_some_and(|(_, step)| satisfies(step) && planner.counts_for(step, task, told.at)),
                _ => false,
            }
        });
    }

    /// Ends what an event ends.
    pub(super) fn close_by(&mut self, happening: &Happening) {
        match happening.kind {
            EventKind::StageEntered => self.close_left_stages(happening),
            EventKind::OrderWon => {
                if let Some(deal) = happening.deal {
                    self.close_deal(deal, DealState::Won);
                }
            }
            EventKind::NodeMissed => {
                self.close_where(TaskState::Cancelled, "node_missed", |_, task| {
                    task.node.is_some() && task.node == happening.node
                });
            }
            EventKind::NodeAttended => self.close_attended(happening),
            _ => {}
        }
        self.close_where(TaskState::Done, "done_when", |planner, task| {
            same_deal(task.deal, happening.deal)
                && planner.step_of(&task.source).is_some_and(|(_, step)| {
                    planner.is_done_by_event(step, task, happening)
                        && planner.counts_for(step, task, happening.at)
                })
        });
    }

    /// Ends the open tasks of a deal that is closed. Promises and tasks made by hand stay; so do, after a sale, its nodes
    /// and the steps that follow from the sale.
    pub(super) fn close_deal(&mut self, deal: DealId, state: DealState) {
        for known in self.known.deals.iter_mut().filter(|known| known.id == deal) {
            known.state = state;
        }
        self.close_where(TaskState::Cancelled, "deal_closed", |planner, task| {
            if task.deal != Some(deal) {
                return false;
            }
            match &task.source {
                Source::Callback { .. } | Source::Manual { .. } => false,
                Source::Node { .. } => state == DealState::Lost,
                Source::Sop { .. } if state == DealState::Won => {
                    planner.step_of(&task.source).is_none_or(|(sop, _)| {
                        let at = planner.deal(Some(deal)).and_then(|deal| deal.stage.as_ref());
                        let of_stage = sop.anchor.kind == EventKind::StageEntered
                            && sop.anchor.name.as_deref() == at.map(StageCode::as_str);
                        !of_stage && !follows_sale(sop.anchor.kind)
                    })
                }
                _ => true,
            }
        });
    }

    /// Ends the tasks of nodes that were moved or called off.
    pub(super) fn close_moved_nodes(&mut self) {
        self.close_where(TaskState::Cancelled, "node_moved", |planner, task| {
            let Some(node) = planner.node(task.node) else { return false };
            // a node of the same id at another time: its tasks carry the old time in their keys
            let own = matches!(task.source, Source::Sop { .. } | Source::Node { .. });
            is_off(node.state) || (own && !task.key.contains(&node_name(node)))
        });
    }

    /// Ends the open steps that need not be done any more.
    pub(super) fn close_skipped(&mut self) {
        self.close_where(TaskState::Cancelled, "skip_when", |planner, task| {
            planner.step_of(&task.source).is_some_and(|(_, step)| planner.skips(step, task.deal))
        });
    }

    /// Where an outcome's call and a procedure's call for the same thing were planned for one day, the outcome's stays.
    pub(super) fn keep_one_call_a_day(&mut self) {
        let zone = self.calendar.zone;
        let calls: Vec<_> = self
            .plan
            .made
            .iter()
            .filter(|task| task.lane == Lane::Call)
            .filter(|task| matches!(task.source, Source::Outcome { .. } | Source::Callback { .. }))
            .map(|task| (zone.day(task.due_at), task.deal, task.script.clone()))
            .collect();
        self.plan.made.retain(|task| {
            let of_procedure = task.lane == Lane::Call && matches!(task.source, Source::Sop { .. });
            let day = zone.day(task.due_at);
            let instead = |(other, deal, script): &(Day, Option<DealId>, Option<ScriptCode>)| {
                *other == day
                    && same_deal(*deal, task.deal)
                    && is_same_thing(task.node, task.script.as_ref(), script.as_ref())
            };
            !(of_procedure && calls.iter().any(instead))
        });
    }

    /// A customer who wants no contact gets none: open tasks that would contact end, planned ones are left out.
    pub(super) fn keep_do_not_contact(&mut self) {
        let Some(until) = self.known.do_not_contact.filter(|until| *until > self.now) else { return };
        self.close_where(TaskState::Cancelled, "do_not_contact", |_, task| contacts(task.lane));
        self.plan.made.retain(|task| !(contacts(task.lane) && task.due_at < until));
    }

    /// A call that an outcome planned takes the place of older ones for the same thing: earlier outcomes' calls of the deal,
    /// an earlier promise when there is a new one, and the procedure's call of the same day.
    pub(super) fn supersede(
        &mut self,
        deal: Option<DealId>,
        call: (Timestamp, bool),
        script: Option<&ScriptCode>,
    ) {
        let zone = self.calendar.zone;
        let (due, promised) = call;
        self.close_where(TaskState::Cancelled, "superseded", |planner, task| {
            if task.lane != Lane::Call || !same_deal(task.deal, deal) {
                return false;
            }
            match task.source {
                Source::Outcome { .. } => true,
                Source::Callback { .. } => promised,
                Source::Sop { .. } => {
                    let own = planner.step_of(&task.source).and_then(|(_, step)| step.script.as_ref());
                    zone.day(task.due_at) == zone.day(due) && is_same_thing(task.node, own, script)
                }
                _ => false,
            }
        });
    }

    /// Leaves the customer in peace until `until`: what procedures and outcomes would do before ends.
    pub(super) fn leave_in_peace(&mut self, deal: Option<DealId>, until: Timestamp) {
        self.close_where(TaskState::Cancelled, "superseded", |_, task| {
            contacts(task.lane)
                && same_deal(task.deal, deal)
                && task.node.is_none()
                && task.due_at < until
                && matches!(task.source, Source::Sop { .. } | Source::Outcome { .. } | Source::Rule { .. })
        });
    }

    fn close_left_stages(&mut self, happening: &Happening) {
        let left = |name: &str| happening.name.as_deref() != Some(name);
        self.close_where(TaskState::Cancelled, "stage_left", |planner, task| {
            if task.deal != happening.deal || task.deal.is_none() {
                return false;
            }
            match &task.source {
                Source::StageLimit { stage } => left(stage.as_str()),
                _ => planner.step_of(&task.source).is_some_and(|(sop, _)| {
                    sop.anchor.kind == EventKind::StageEntered && sop.anchor.name.as_deref().is_some_and(left)
                }),
            }
        });
        if let Some(deal) = self.deal(happening.deal).filter(|deal| deal.state == DealState::Won) {
            self.close_deal(deal.id, DealState::Won);
        }
    }

    fn close_attended(&mut self, happening: &Happening) {
        let ours = |task: &KnownTask| task.node.is_some() && task.node == happening.node;
        self.close_where(TaskState::Done, "done_when", |_, task| {
            ours(task) && matches!(task.source, Source::Node { .. })
        });
        self.close_where(TaskState::Cancelled, "node_over", |planner, task| {
            ours(task)
                && match &task.source {
                    Source::Outcome { .. } => true,
                    source => planner.step_of(source).is_some_and(|(_, step)| prepares(step)),
                }
        });
    }

    fn is_done_by_event(&self, step: &Step, task: &KnownTask, happening: &Happening) -> bool {
        let name = happening.name.as_deref();
        match (step.done_when.kind, happening.kind) {
            (DoneKind::CallConnected, EventKind::CallConnected)
            | (DoneKind::TouchLogged, EventKind::CustomerReplied)
            | (DoneKind::NodeBooked, EventKind::NodeBooked)
            | (DoneKind::DecisionKnown, EventKind::OrderWon) => true,
            (DoneKind::FieldSet, EventKind::FieldSet) => step.done_when.name.as_deref() == name,
            (DoneKind::StageEntered, EventKind::StageEntered) => {
                let wanted = step.done_when.name.as_deref();
                wanted == name
                    || self
                        .deal(happening.deal.or(task.deal))
                        .zip(wanted)
                        .is_some_and(|(deal, wanted)| self.has_reached(deal, wanted))
            }
            _ => false,
        }
    }

    /// Whether what happened at `at` can be what a step waits for. A step that follows a node waits until the node is over;
    /// care is given on its day, so a talk long before is none.
    fn counts_for(&self, step: &Step, task: &KnownTask, at: Timestamp) -> bool {
        let zone = self.calendar.zone;
        let after_node = self.node(task.node).is_none_or(|node| prepares(step) || at >= node.at);
        after_node && (task.lane != Lane::Care || zone.day(at) >= zone.day(task.due_at))
    }
}

/// Whether a procedure's call is for the same thing as an outcome's of its day: a step around a node is its own thing
/// (a reminder, a talk about what was seen) unless both follow one script.
fn is_same_thing(node: Option<NodeId>, own: Option<&ScriptCode>, other: Option<&ScriptCode>) -> bool {
    node.is_none() || (own.is_some() && own == other)
}

/// Whether a step of a node comes before it.
const fn prepares(step: &Step) -> bool {
    step.day < 0 || matches!(step.when, When::Before(_))
}

/// Whether tasks of a lane contact the customer of our own wish.
const fn contacts(lane: Lane) -> bool {
    matches!(lane, Lane::Call | Lane::Material | Lane::Coupon | Lane::Care)
}

/// Whether an event comes with or after a sale, so that what it starts outlives the deal.
const fn follows_sale(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::OrderWon
            | EventKind::FullyPaid
            | EventKind::PolicyIssued
            | EventKind::SecondPremiumPaid
            | EventKind::CoolingOffPassed
    )
}
