//! Procedures: dated steps from an anchor (S001-122), the limit of a stage (S001-70) and the booked node itself (S001-69).

use crate::domain::code::MaterialCode;
use crate::domain::contact::next_working;
use crate::domain::id::{DealId, NodeId};
use crate::domain::lists::{DealState, EventKind, Lane, NodeState, TaskState};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::facts::{is_true, recorded_on};
use crate::playbook::model::{Skip, Sop, Step};
use crate::playbook::plan::planner::{Planner, is_ahead, matches};
use crate::playbook::plan::times::{Due, around_node, from_event};
use crate::playbook::plan::{Happening, Known, KnownDeal, KnownNode, Source, pick};

/// One run of a procedure: what it counts from.
#[derive(Debug, Clone)]
struct Run {
    /// Its name in keys: what it hangs on and since when.
    name: String,
    deal: Option<DealId>,
    node: Option<NodeId>,
    at: Timestamp,
}

impl<'a> Planner<'a> {
    pub(super) fn start_procedures(&mut self, happening: &Happening) {
        let playbook = self.playbook;
        for sop in &playbook.sops {
            let by_node = sop.anchor.kind == EventKind::NodeTime
                && matches!(happening.kind, EventKind::NodeBooked | EventKind::NodeTime);
            let run = if by_node {
                self.node_run(sop, happening)
            } else if matches(&sop.anchor, happening) {
                self.event_run(sop, happening)
            } else {
                None
            };
            if let Some(run) = run {
                self.run(sop, &run);
            }
        }
    }

    /// Plans the node itself in its own pen, at its time.
    pub(super) fn book_node(&mut self, node: Option<NodeId>) {
        let today = self.calendar.zone.day(self.now);
        let zone = self.calendar.zone;
        let Some(node) = self.node(node).filter(|n| is_ahead(n.state) && zone.day(n.at) >= today).cloned()
        else {
            return;
        };
        let kind = self.playbook.node(&node.node);
        let key = format!("node:{}", node_name(&node));
        let source = Source::Node { node: node.node };
        let mut task = self.draft(Lane::Node, node.deal, node.at, source);
        (task.key, task.node, task.priority) = (key, Some(node.id), 1);
        if let Some(kind) = kind {
            self.address(&mut task, &kind.channel);
        }
        self.make(task);
    }

    /// Plans the question whether a deal goes on, for the day its stage has lasted its `max_days`.
    pub(super) fn limit_stage(&mut self, deal: Option<DealId>) {
        let Some(deal) = self.deal(deal).filter(|deal| deal.state == DealState::Open).cloned() else {
            return;
        };
        let pipeline = self.pipeline_of(Some(deal.id));
        let Some((stage, days)) = deal.stage.as_ref().and_then(|code| {
            let stage = pipeline?.stage(code)?;
            Some((stage, i64::from(stage.max_days?)))
        }) else {
            return;
        };
        let zone = self.calendar.zone;
        let opening = zone.at(zone.day(deal.stage_since).plus(days), self.calendar.hours.0);
        let due_at = next_working(&self.playbook.contact, &self.calendar, opening);
        let source = Source::StageLimit { stage: stage.code.clone() };
        let mut task = self.draft(Lane::Call, Some(deal.id), due_at, source);
        task.key = format!("limit:{}:{}:{}", deal.id, stage.code, deal.stage_since.0);
        self.make(task);
    }

    /// The procedure and the step an open task came from.
    pub(super) fn step_of(&self, source: &Source) -> Option<(&'a Sop, &'a Step)> {
        let Source::Sop { sop, step } = source else { return None };
        let sop = self.playbook.sop(sop)?;
        sop.steps.get(*step).map(|step| (sop, step))
    }

    /// Whether a step need not be done for a deal.
    pub(super) fn skips(&self, step: &Step, deal: Option<DealId>) -> bool {
        let of = self.deal(deal);
        match &step.skip_when {
            None => false,
            Some(Skip::NoWechat) => !pick::is_anyone_reachable(self.playbook, &self.known, &step.channel),
            Some(Skip::NodeBooked) => self
                .known
                .nodes
                .iter()
                .any(|node| is_ahead(node.state) && node.at >= self.now && same_deal(node.deal, deal)),
            Some(Skip::Won) => of.is_some_and(|deal| deal.state == DealState::Won),
            Some(Skip::Reached(stage)) => of.is_some_and(|deal| self.has_reached(deal, stage.as_str())),
            Some(Skip::FieldTrue(field)) => {
                recorded_on(of, &self.known.fields, field.as_str()).is_some_and(is_true)
            }
        }
    }

    /// Whether a deal is at a stage of its pipeline or beyond.
    pub(super) fn has_reached(&self, deal: &KnownDeal, stage: &str) -> bool {
        let Some(pipeline) = self.playbook.pipeline(&deal.pipeline) else {
            return false;
        };
        let place = |code: &str| pipeline.stages.iter().position(|s| s.code.as_str() == code);
        let reached = deal.stage.as_ref().and_then(|code| place(code.as_str()));
        reached.zip(place(stage)).is_some_and(|(reached, wanted)| reached >= wanted)
    }

    /// The run an event starts. An event of a deal starts the procedures of its pipeline (a sale also those of the pipeline
    /// it leads to); an event of the customer starts any, for the open deal of the pipeline if there is one. A lead handed
    /// on starts none where somebody has spoken to the customer and tasks are open: they go on.
    fn event_run(&self, sop: &Sop, happening: &Happening) -> Option<Run> {
        let mut deal = happening.deal;
        if let Some(pipeline) = self.pipeline_of(happening.deal) {
            let stage_event =
                matches!(happening.kind, EventKind::StageEntered | EventKind::OpportunityOpened);
            if pipeline.code != sop.pipeline {
                if stage_event || pipeline.followed_by.as_ref() != Some(&sop.pipeline) {
                    return None;
                }
                deal = None;
            }
        }
        if happening.kind == EventKind::LeadAssigned
            && self.known.connected_ever
            && !self.known.tasks.is_empty()
        {
            return None;
        }
        let open = self
            .known
            .deals
            .iter()
            .filter(|deal| deal.pipeline == sop.pipeline && deal.state == DealState::Open)
            .map(|deal| deal.id)
            .next_back();
        let name = cause(&self.known, happening);
        Some(Run { name, deal: deal.or(open), node: None, at: happening.at })
    }

    fn node_run(&self, sop: &Sop, happening: &Happening) -> Option<Run> {
        let node = self.node(happening.node).filter(|node| {
            is_ahead(node.state) && sop.anchor.name.as_ref().is_none_or(|name| *name == node.node.0)
        })?;
        let kind = self.playbook.node(&node.node);
        let pipeline = self.deal(node.deal).map(|deal| &deal.pipeline);
        let serves = pipeline.or_else(|| kind.and_then(|kind| kind.pipeline.as_ref()));
        serves.is_none_or(|code| *code == sop.pipeline).then(|| Run {
            name: node_name(node),
            deal: node.deal,
            node: Some(node.id),
            at: node.at,
        })
    }

    fn run(&mut self, sop: &'a Sop, run: &Run) {
        // an earlier run of the same procedure for the same subject is over; its steps are the old dates
        self.close_where(TaskState::Cancelled, "superseded", |planner, task| {
            // what still follows from an earlier node ends where the next one begins
            let is_over = |id| planner.node(id).is_some_and(|node| !is_ahead(node.state));
            let taken_over = is_over(task.node) && task.due_at >= run.at;
            matches!(&task.source, Source::Sop { sop: code, .. } if *code == sop.code)
                && same_deal(task.deal, run.deal)
                && (run.node.is_none() || task.node == run.node || taken_over)
                && task.key.split(':').nth(2) != Some(run.name.as_str())
        });
        for (place, step) in sop.steps.iter().enumerate() {
            if let Some(due) = self.due(step, run).filter(|_| !self.skips(step, run.deal))
                && !self.was_sent(step, due.at)
            {
                self.plan_step((sop, place), step, run, due);
            }
        }
    }

    fn plan_step(&mut self, place: (&'a Sop, usize), step: &'a Step, run: &Run, due: Due) {
        let (sop, place) = place;
        let pipeline = self.playbook.pipeline(&sop.pipeline);
        let source = Source::Sop { sop: sop.code.clone(), step: place };
        let mut task = self.draft(step.lane, run.deal, due.at, source);
        task.key = format!("sop:{}/{place}:{}:{}", sop.code, run.name, due.day);
        task.pipeline = Some(sop.pipeline.clone());
        task.node = run.node;
        task.clock_from = due.clock_from;
        let first = (run.node.is_some() || due.clock_from.is_some()) && step.lane != Lane::Coupon;
        task.priority = if first { 1 } else { Self::priority(pipeline, step.lane) };
        task.script.clone_from(&step.script);
        task.material.clone_from(&step.material);
        task.coupon.clone_from(&step.coupon);
        self.address(&mut task, &step.channel);
        self.make(task);
    }

    fn due(&self, step: &Step, run: &Run) -> Option<Due> {
        let (rules, when) = (&self.playbook.contact, (step.day, step.when));
        match run.node {
            Some(_) => around_node(rules, &self.calendar, when, run.at, self.now),
            None => from_event(rules, &self.calendar, when, run.at, self.now),
        }
    }

    /// Whether the step's material would come again too soon (S001-113).
    fn was_sent(&self, step: &Step, due: Timestamp) -> bool {
        step.material.as_ref().is_some_and(|code| self.is_too_soon(code, due))
    }

    /// Whether a material was sent within the days the playbook leaves between two sendings.
    pub(super) fn is_too_soon(&self, code: &MaterialCode, due: Timestamp) -> bool {
        let material = self.playbook.material(code);
        let days = material.map_or(0, |material| i64::from(material.again_days));
        self.known.sent.get(code).is_some_and(|sent| due.since(*sent) < days * DAY_MS)
    }
}

/// What a happening hangs on and since when: the part of a key that tells two occurrences of one event apart.
pub(super) fn cause(known: &Known, happening: &Happening) -> String {
    match (happening.node, happening.deal) {
        (Some(node), _) => format!("n{node}@{}", happening.at.0),
        (None, Some(deal)) => format!("d{deal}@{}", happening.at.0),
        (None, None) => format!("c{}@{}", known.customer, happening.at.0),
    }
}

/// What hangs on a booked node; another time is another name.
pub(super) fn node_name(node: &KnownNode) -> String {
    format!("n{}@{}", node.id, node.at.0)
}

/// Whether two things concern the same deal; what concerns the customer alone concerns every deal.
pub(super) fn same_deal(a: Option<DealId>, b: Option<DealId>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// Whether a node will not take place any more.
pub(super) const fn is_off(state: NodeState) -> bool {
    matches!(state, NodeState::Moved | NodeState::Cancelled)
}
