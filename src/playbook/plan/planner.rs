//! The planner: takes what happened, follows what follows from it, gives the plan.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::code::{ChannelCode, ScriptCode, StageCode};
use crate::domain::contact::Calendar;
use crate::domain::id::{DealId, IdMaker, NodeId, TaskId};
use crate::domain::lists::{DealState, EventKind, Lane, NodeState, OutcomeFlag, Shape, TaskState};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::facts::{View, holds};
use crate::playbook::model::{EventSpec, Pipeline, Playbook};
use crate::playbook::plan::{
    ClosedTask, Happening, Known, KnownDeal, KnownNode, KnownTask, NewDeal, NewTask, Plan, Source, Told, pick,
};

/// Days an episode of a condition lasts where the pipeline's first stage names no `max_days`.
const EPISODE_DAYS: i64 = 30;
/// Days a refusal holds for each month of `dnc_months`.
const MONTH_DAYS: i64 = 31;

/// Plans for one customer: tell it what happened, then take the [`Plan`].
///
/// The same playbook, [`Known`], instant, ids and happenings give the same plan.
#[derive(Debug, Clone)]
pub struct Planner<'a> {
    pub(super) playbook: &'a Playbook,
    pub(super) calendar: Calendar,
    pub(super) known: Known,
    pub(super) now: Timestamp,
    pub(super) plan: Plan,
    /// Tasks touches were made from: whoever logs the touch ends them.
    own: Vec<TaskId>,
    /// What the touch's own task was about.
    pub(super) about: About,
    queue: VecDeque<Happening>,
    ids: IdMaker,
}

/// What a task was about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Its script.
    pub script: Option<ScriptCode>,
    /// Its node.
    pub node: Option<NodeId>,
}

/// Plans the daily look at one customer: rules of `daily`, warnings, stages that lasted too long, brief deals due.
pub fn daily(playbook: &Playbook, known: Known, now: Timestamp, ids: IdMaker) -> Plan {
    let mut planner = Planner::new(playbook, known, now, ids);
    planner.daily();
    planner.finish()
}

impl Playbook {
    /// The business calendar.
    pub const fn calendar(&self) -> Calendar {
        Calendar { zone: self.zone, workdays: self.workdays, hours: self.hours }
    }
}

impl<'a> Planner<'a> {
    /// Begins a plan at `now`.
    pub fn new(playbook: &'a Playbook, known: Known, now: Timestamp, ids: IdMaker) -> Self {
        Self {
            playbook,
            calendar: playbook.calendar(),
            known,
            now,
            plan: Plan::default(),
            own: Vec::new(),
            about: About::default(),
            queue: VecDeque::new(),
            ids,
        }
    }

    /// Tells that something happened, and follows what follows from it: a deal opened, a stage entered. The same happening
    /// told again changes nothing.
    pub fn happen(&mut self, happening: Happening) -> &mut Self {
        self.queue.push_back(happening);
        while let Some(next) = self.queue.pop_front() {
            if !self.plan.happened.contains(&next) {
                self.take(&next);
            }
        }
        self
    }

    /// Says what the task was about that the next told touch was made from: a try again is about the same. Where nothing is
    /// said, a procedure's step among the open tasks says it itself.
    pub fn about(&mut self, about: About) -> &mut Self {
        self.about = about;
        self
    }

    /// Tells a touch: ends the open steps it satisfies and plans what its outcome brings next. The task it was made from is
    /// ended by whoever logs the touch and never appears among the closed ones.
    pub fn told(&mut self, told: &Told) -> &mut Self {
        self.own.extend(told.task);
        if let Some(own) = self.known.tasks.iter().find(|task| Some(task.id) == told.task) {
            let script = self.step_of(&own.source).and_then(|(_, step)| step.script.clone());
            let node = own.node;
            self.about.script = self.about.script.take().or(script);
            self.about.node = self.about.node.or(node);
        }
        self.known.tasks.retain(|task| Some(task.id) != told.task);
        let Some(outcome) = self.playbook.outcome(&told.outcome) else { return self };
        self.done_by_touch(told, &outcome.flags);
        if outcome.flags.contains(&OutcomeFlag::Dnc) {
            let days = i64::from(self.playbook.contact.dnc_months.max(1)) * MONTH_DAYS;
            let until = Timestamp(told.at.0.saturating_add(days * DAY_MS));
            self.known.do_not_contact = self.known.do_not_contact.max(Some(until));
        } else {
            self.bring_next(told, outcome);
        }
        self.about = About::default();
        self
    }

    /// Tells that a deal was closed without an event of its own (lost, or set to won by hand): ends its open steps.
    pub fn closed(&mut self, deal: DealId, state: DealState) -> &mut Self {
        self.close_deal(deal, state);
        self
    }

    /// Takes the daily look; a plan of its own or part of one.
    pub fn daily(&mut self) -> &mut Self {
        let at = self.now;
        self.happen(Happening { kind: EventKind::Daily, name: None, deal: None, node: None, at });
        self.look_at_deals();
        self
    }

    /// Deals opened so far.
    pub fn opened(&self) -> &[NewDeal] {
        &self.plan.opened
    }

    /// The plan.
    pub fn finish(mut self) -> Plan {
        self.close_moved_nodes();
        self.close_skipped();
        self.warn();
        self.keep_one_call_a_day();
        self.keep_do_not_contact();
        self.plan
    }

    fn take(&mut self, happening: &Happening) {
        self.apply(happening);
        self.plan.happened.push(happening.clone());
        self.close_by(happening);
        self.open_deals(happening);
        self.start_procedures(happening);
        match happening.kind {
            EventKind::OpportunityOpened => self.enter_first_stage(happening),
            EventKind::StageEntered => self.limit_stage(happening.deal),
            EventKind::NodeBooked => self.book_node(happening.node),
            _ => {}
        }
        self.apply_rules(happening);
    }

    /// Brings what is known up to date with what happened, for a caller that loaded it before.
    fn apply(&mut self, happening: &Happening) {
        let playbook = self.playbook;
        let Some(deal) = self.known.deals.iter_mut().find(|deal| Some(deal.id) == happening.deal) else {
            return;
        };
        match happening.kind {
            EventKind::StageEntered => {
                let stage = happening.name.as_deref().unwrap_or_default();
                if deal.stage.as_ref().map(StageCode::as_str) != Some(stage) {
                    deal.stage = Some(stage.into());
                    deal.stage_since = happening.at;
                }
                let entered = deal.stage.as_ref().and_then(|code| playbook.stage(&deal.pipeline, code));
                if entered.is_some_and(|stage| stage.closes_won) {
                    deal.state = DealState::Won;
                }
            }
            EventKind::OrderWon => deal.state = DealState::Won,
            _ => {}
        }
    }

    fn open_deals(&mut self, happening: &Happening) {
        let playbook = self.playbook;
        for pipeline in &playbook.pipelines {
            if !pipeline.open_on.iter().any(|spec| matches(spec, happening))
                || !self.may_open(pipeline, happening)
            {
                continue;
            }
            let deal = KnownDeal {
                id: DealId(self.ids.make()),
                pipeline: pipeline.code.clone(),
                stage: pipeline.stages.first().map(|stage| stage.code.clone()),
                stage_since: happening.at,
                opened_at: happening.at,
                state: DealState::Open,
                fields: BTreeMap::new(),
                paid_bp: 0,
            };
            self.plan.opened.push(NewDeal {
                id: deal.id,
                pipeline: deal.pipeline.clone(),
                stage: deal.stage.clone(),
                because: happening.kind,
            });
            let kind = EventKind::OpportunityOpened;
            let opened = Happening { kind, name: None, deal: Some(deal.id), node: None, at: happening.at };
            self.known.deals.push(deal);
            self.queue.push_back(opened);
        }
    }

    /// Whether an event opens a deal of a pipeline now (S001-47): never beyond `max_open`, never twice for one event; a lead
    /// that is open or was won opens none, one that was lost opens one again after it was handed out anew; a condition opens one an
    /// episode, which lasts as long as the first stage may.
    fn may_open(&self, pipeline: &Pipeline, happening: &Happening) -> bool {
        if happening.kind == EventKind::Manual && happening.name.as_deref() != Some(pipeline.code.as_str()) {
            return false;
        }
        let deals: Vec<&KnownDeal> =
            self.known.deals.iter().filter(|deal| deal.pipeline == pipeline.code).collect();
        let open = deals.iter().filter(|deal| deal.state == DealState::Open).count();
        if u32::try_from(open).unwrap_or(u32::MAX) >= pipeline.max_open.max(1)
            || deals.iter().any(|deal| deal.opened_at >= happening.at)
        {
            return false;
        }
        let view = View {
            playbook: self.playbook,
            known: &self.known,
            deal: None,
            pipeline: Some(pipeline),
            node: None,
            now: happening.at,
        };
        if !pipeline.open_where.is_empty() {
            let days = pipeline.stages.first().and_then(|stage| stage.max_days).map(i64::from);
            let episode = days.unwrap_or(EPISODE_DAYS) * DAY_MS;
            return holds(&view, &pipeline.open_where)
                && !deals.iter().any(|deal| happening.at.since(deal.opened_at) < episode);
        }
        if !is_lead_event(happening.kind) {
            return true;
        }
        !deals.iter().any(|deal| match deal.state {
            DealState::Open | DealState::Won => true,
            DealState::Lost => deal.opened_at >= self.known.assigned_at,
        })
    }

    fn enter_first_stage(&mut self, happening: &Happening) {
        let entered = self.deal(happening.deal).and_then(|deal| {
            let stage = deal.stage.clone()?;
            let kind = EventKind::StageEntered;
            Some(Happening {
                kind,
                name: Some(stage.0),
                deal: Some(deal.id),
                node: None,
                at: deal.stage_since,
            })
        });
        self.queue.extend(entered);
    }

    pub(super) fn deal(&self, id: Option<DealId>) -> Option<&KnownDeal> {
        self.known.deals.iter().find(|deal| Some(deal.id) == id)
    }

    pub(super) fn pipeline_of(&self, deal: Option<DealId>) -> Option<&'a Pipeline> {
        self.playbook.pipeline(&self.deal(deal)?.pipeline)
    }

    pub(super) fn node(&self, id: Option<NodeId>) -> Option<&KnownNode> {
        self.known.nodes.iter().find(|node| Some(node.id) == id)
    }

    /// A view on a deal (or the customer alone) at an instant.
    pub(super) fn view<'s>(&'s self, deal: Option<&'s KnownDeal>, now: Timestamp) -> View<'s> {
        let pipeline = deal.and_then(|deal| self.playbook.pipeline(&deal.pipeline));
        View { playbook: self.playbook, known: &self.known, deal, pipeline, node: None, now }
    }

    /// A task as most are: on the lane's own channel, to whoever is spoken to there, with the pipeline's priority. Its key is
    /// still to be set.
    pub(super) fn draft(
        &mut self,
        lane: Lane,
        deal: Option<DealId>,
        due_at: Timestamp,
        source: Source,
    ) -> NewTask {
        let pipeline = self.pipeline_of(deal);
        let channel = pick::default_channel(self.playbook, &self.known, lane);
        NewTask {
            id: TaskId(self.ids.make()),
            key: String::new(),
            lane,
            person: pick::person(self.playbook, &self.known, &channel, None),
            channel,
            deal,
            pipeline: pipeline.map(|p| p.code.clone()),
            node: None,
            due_at,
            clock_from: None,
            priority: Self::priority(pipeline, lane),
            source,
            script: None,
            material: None,
            coupon: None,
            promised: false,
        }
    }

    /// Puts a task on a channel, to the member its script speaks to.
    pub(super) fn address(&self, task: &mut NewTask, channel: &ChannelCode) {
        let role = pick::script(self.playbook, task.script.as_ref()).and_then(|script| script.role.as_ref());
        task.person = pick::person(self.playbook, &self.known, channel, role);
        task.channel = channel.clone();
    }

    /// Adds a task unless one of that key is planned or open already.
    pub(super) fn make(&mut self, task: NewTask) {
        let key = &task.key;
        let exists = self.plan.made.iter().any(|made| made.key == *key)
            || self.known.tasks.iter().any(|open| open.key == *key);
        if !exists {
            self.plan.made.push(task);
        }
    }

    /// Ends every open task that matches; the tasks touches were made from stay out of it.
    pub(super) fn close_where(
        &mut self,
        state: TaskState,
        why: &'static str,
        ends: impl Fn(&Self, &KnownTask) -> bool,
    ) {
        let ids: Vec<TaskId> = self
            .known
            .tasks
            .iter()
            .filter(|task| !self.own.contains(&task.id) && ends(self, task))
            .map(|task| task.id)
            .collect();
        self.known.tasks.retain(|task| !ids.contains(&task.id));
        self.plan.closed.extend(ids.into_iter().map(|id| ClosedTask { id, state, why }));
    }

    /// Default priority of a task of a pipeline: renewal 2, new 3, referral 4, coupons 4 (formulas.md no. 3).
    pub(super) fn priority(pipeline: Option<&Pipeline>, lane: Lane) -> u8 {
        match pipeline.map(|p| p.shape) {
            _ if lane == Lane::Coupon => 4,
            Some(Shape::Brief) => 2,
            Some(Shape::Tag) => 4,
            Some(Shape::Full) | None => 3,
        }
    }
}

/// Whether an event is the one a specification names.
pub(super) fn matches(spec: &EventSpec, happening: &Happening) -> bool {
    spec.kind == happening.kind && (spec.name.is_none() || spec.name == happening.name)
}

/// Whether a node is still to come.
pub(super) const fn is_ahead(state: NodeState) -> bool {
    matches!(state, NodeState::Booked | NodeState::Reminded)
}

/// Events of a lead's own coming, of which the first opens its deal.
const fn is_lead_event(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::LeadCreated
            | EventKind::LeadAssigned
            | EventKind::CallConnected
            | EventKind::VisitRegistered
            | EventKind::CustomerReplied
            | EventKind::WechatAdded
            | EventKind::NodeBooked
    )
}
