//! Task rules and warnings, and what the daily look finds: deals that stay too long, brief deals due.

use crate::domain::code::RuleCode;
use crate::domain::contact::{clock_start, next_working};
use crate::domain::id::{DealId, TaskId};
use crate::domain::lists::{DealState, EventKind, Fact, Lane, Op, Severity, Shape, TaskState};
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::playbook::facts::{View, date, due_field, holds, node};
use crate::playbook::model::{Clause, ClauseValue, TaskRule, Warning};
use crate::playbook::plan::planner::{Planner, is_ahead, matches};
use crate::playbook::plan::sop::{cause, node_name};
use crate::playbook::plan::{Alarm, Happening, KnownDeal, Source, pick};

impl Planner<'_> {
    /// Makes the tasks of the rules an event calls for: once for the event, and none while one of the rule is open.
    pub(super) fn apply_rules(&mut self, happening: &Happening) {
        let playbook = self.playbook;
        for rule in playbook.task_rules.iter().filter(|rule| matches(&rule.on, happening)) {
            for deal in self.subjects(&rule.clauses, happening) {
                if self.is_open(&rule.code, deal) {
                    continue;
                }
                let daily = happening.kind == EventKind::Daily;
                let cause = if daily {
                    self.episode(&rule.clauses, deal, happening.at)
                } else {
                    cause(&self.known, happening)
                };
                self.make_by_rule(rule, deal, happening, &cause);
            }
        }
    }

    /// Makes the tasks of warnings that hold and ends those of warnings that are cured.
    pub(super) fn warn(&mut self) {
        let playbook = self.playbook;
        self.close_where(TaskState::Cancelled, "cured", |planner, task| {
            let Source::Rule { rule } = &task.source else { return false };
            let Some(warning) = planner.playbook.warnings.iter().find(|w| w.code == *rule) else {
                return false;
            };
            let at = planner.now.max(task.due_at);
            !holds(&planner.view(planner.deal(task.deal), at), &warning.clauses)
        });
        for warning in &playbook.warnings {
            for (deal, at) in self.alarms(warning) {
                if !self.is_open(&warning.code, deal) {
                    self.make_warning(warning, deal, at);
                }
                let (rule, task) = (warning.code.clone(), self.task_of(&warning.code, deal));
                self.plan.alarms.push(Alarm { rule, deal, at, task });
            }
        }
    }

    /// Looks at the open deals: stages without their limit task, brief deals whose date has come.
    pub(super) fn look_at_deals(&mut self) {
        let open: Vec<KnownDeal> =
            self.known.deals.iter().filter(|deal| deal.state == DealState::Open).cloned().collect();
        for deal in &open {
            self.limit_stage(Some(deal.id));
            self.ask_when_due(deal);
        }
    }

    /// Whom a rule concerns: the event's own deal; else the customer alone, else every open deal for which it holds.
    fn subjects(&self, clauses: &[Clause], happening: &Happening) -> Vec<Option<DealId>> {
        let view = |deal: Option<&KnownDeal>| {
            let mut view = self.view(deal, happening.at);
            view.node = self.node(happening.node);
            holds(&view, clauses)
        };
        if happening.deal.is_some() {
            return view(self.deal(happening.deal)).then_some(happening.deal).into_iter().collect();
        }
        let open = || self.known.deals.iter().filter(|deal| deal.state == DealState::Open);
        if view(None) {
            // one open deal is what the customer is spoken to about; of several the rule names none
            let only = open().next().filter(|_| open().count() == 1).map(|deal| deal.id);
            return vec![only];
        }
        open().filter(|deal| view(Some(deal))).map(|deal| Some(deal.id)).collect()
    }

    /// For which deals a warning holds, and from when: now, or before a node of today when its hours have come.
    fn alarms(&self, warning: &Warning) -> Vec<(Option<DealId>, Timestamp)> {
        let mut instants = vec![self.now];
        let hours = warning.clauses.iter().find_map(|clause| match (clause.fact, clause.op, &clause.value) {
            (Fact::HoursToNode, Op::Le | Op::Lt, ClauseValue::Number(hours)) => Some(*hours),
            _ => None,
        });
        if let Some(hours) = hours {
            let today = self.calendar.zone.day(self.now);
            let ahead = self.known.nodes.iter().filter(|node| is_ahead(node.state));
            let before = ahead.map(|node| Timestamp(node.at.0.saturating_sub(hours * HOUR_MS)));
            instants.extend(before.filter(|at| *at > self.now && self.calendar.zone.day(*at) == today));
        }
        let mut found: Vec<(Option<DealId>, Timestamp)> = Vec::new();
        for at in instants {
            let subjects = if holds(&self.view(None, at), &warning.clauses) {
                vec![None]
            } else {
                let open = self.known.deals.iter().filter(|deal| deal.state == DealState::Open);
                open.filter(|deal| holds(&self.view(Some(deal), at), &warning.clauses))
                    .map(|deal| Some(deal.id))
                    .collect()
            };
            for deal in subjects {
                if !found.iter().any(|(known, _)| *known == deal) {
                    found.push((deal, at));
                }
            }
        }
        found
    }

    fn make_by_rule(&mut self, rule: &TaskRule, deal: Option<DealId>, happening: &Happening, cause: &str) {
        let (rules, calendar) = (&self.playbook.contact, self.calendar);
        let from = clock_start(rules, &calendar, happening.at);
        let due_at = next_working(rules, &calendar, from.plus(rule.within));
        let source = Source::Rule { rule: rule.code.clone() };
        // a missed node is over: what the rule asks for is not bound to it
        let mut task = self.draft(rule.lane, deal, due_at, source);
        task.key = format!("rule:{}:{cause}", rule.code);
        task.clock_from = (happening.kind != EventKind::Daily).then_some(from);
        task.priority = rule.priority;
        task.script.clone_from(&rule.script);
        task.material.clone_from(&rule.material);
        task.coupon.clone_from(&rule.coupon);
        if let Some(script) = pick::script(self.playbook, rule.script.as_ref()) {
            self.address(&mut task, &script.channel);
        }
        self.make(task);
    }

    fn make_warning(&mut self, warning: &Warning, deal: Option<DealId>, at: Timestamp) {
        let cause = self.episode(&warning.clauses, deal, at);
        let due_at = next_working(&self.playbook.contact, &self.calendar, at);
        let source = Source::Rule { rule: warning.code.clone() };
        let mut task = self.draft(warning.lane, deal, due_at, source);
        task.key = format!("rule:{}:{cause}", warning.code);
        task.priority = if warning.severity == Severity::Red { 1 } else { 3 };
        self.make(task);
    }

    /// Asks about a brief deal on the day its date comes: the first date its stage requires.
    fn ask_when_due(&mut self, deal: &KnownDeal) {
        if self.pipeline_of(Some(deal.id)).is_none_or(|pipeline| pipeline.shape != Shape::Brief) {
            return;
        }
        let today = self.calendar.zone.day(self.now);
        let due = due_field(&self.view(Some(deal), self.now)).map(|(field, due)| (field.clone(), due));
        let Some((field, due)) = due.filter(|(_, due)| *due <= today) else { return };
        let opening = self.calendar.opening(today).max(self.now);
        let due_at = next_working(&self.playbook.contact, &self.calendar, opening);
        let mut task = self.draft(Lane::Call, Some(deal.id), due_at, Source::DealDue { field });
        task.key = format!("due:{}:{due}", deal.id);
        self.make(task);
    }

    fn is_open(&self, rule: &RuleCode, deal: Option<DealId>) -> bool {
        let ours = |source: &Source| matches!(source, Source::Rule { rule: code } if code == rule);
        self.known.tasks.iter().any(|task| ours(&task.source) && task.deal == deal)
            || self.plan.made.iter().any(|task| ours(&task.source) && task.deal == deal)
    }

    /// The open task of a rule, made before or now.
    fn task_of(&self, rule: &RuleCode, deal: Option<DealId>) -> Option<TaskId> {
        let ours = |source: &Source| matches!(source, Source::Rule { rule: code } if code == rule);
        let known = self.known.tasks.iter().map(|task| (task.id, &task.source, task.deal));
        let made = self.plan.made.iter().map(|task| (task.id, &task.source, task.deal));
        known.chain(made).find(|(_, source, of)| ours(source) && *of == deal).map(|(id, ..)| id)
    }

    /// The episode a condition belongs to: while it lasts, a rule looked at every day makes one task. It is named by what
    /// the facts count from (a date, a node, the stage's beginning, the last touch); plain figures last a month.
    fn episode(&self, clauses: &[Clause], deal: Option<DealId>, at: Timestamp) -> String {
        let of = self.deal(deal);
        let view = self.view(of, at);
        let mut parts =
            vec![deal.map_or_else(|| format!("c{}", self.known.customer), |deal| format!("d{deal}"))];
        for clause in clauses {
            let part = anchor(&view, clause.fact);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if clauses.is_empty() {
            parts.push(self.calendar.zone.day(at).to_string());
        }
        parts.join("+")
    }
}

fn anchor(view: &View<'_>, fact: Fact) -> String {
    let known = view.known;
    if let Some(day) = date(view, fact) {
        return day.to_string();
    }
    let month = || view.playbook.zone.day(view.now).month().first().to_string();
    match fact {
        Fact::HoursSinceAssigned | Fact::DaysSinceAssigned | Fact::Attempts | Fact::ConnectedEver => {
            format!("a{}", known.assigned_at.0)
        }
        Fact::DaysSinceValidTouch => format!("t{}", known.last_valid.unwrap_or(known.assigned_at).0),
        Fact::HoursToNode | Fact::NodeConfirmed => node(view).map_or_else(month, node_name),
        Fact::Stage | Fact::StageIndex | Fact::DeciderTouched | Fact::DeciderMet => {
            view.deal.map_or_else(month, |deal| format!("s{}", deal.stage_since.0))
        }
        _ => month(),
    }
}
