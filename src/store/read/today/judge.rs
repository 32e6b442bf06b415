//! Each task's place in the day: its score, whom it speaks to, and the rule that holds it back.

use std::collections::{BTreeSet, HashMap};

use crate::domain::contact::{Contact, Held, Rule, may_contact};
use crate::domain::id::CustomerId;
use crate::domain::lists::{Lane, Severity};
use crate::domain::score::{ScoreInput, score};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::plan::Source;
use crate::sql;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::TaskRow;
use crate::store::reach::{self, Way};
use crate::store::read::today::coupons::Coupons;
use crate::store::read::today::rows::Found;
use crate::store::usage::{self, CallDay, ContactDay, MONTH, WEEK, small};
use crate::store::value::{AT_ONCE, Value, filled};
use crate::store::work::held::ground;

/// Minutes a call, a visit or a talk takes, as the score counts effort.
const TALK_MINUTES: i64 = 5;
/// Minutes a message takes.
const MESSAGE_MINUTES: i64 = 1;
/// The least important of the five priorities.
const LAST_PRIORITY: i64 = 5;

/// What the judgement of many tasks needs, read at once.
#[derive(Debug)]
pub struct Judge<'a> {
    playbook: &'a Playbook,
    now: Timestamp,
    today: Day,
    /// The first instant of the day and the first after it.
    bounds: (Timestamp, Timestamp),
    contacts: HashMap<CustomerId, Vec<ContactDay>>,
    calls: HashMap<String, Vec<CallDay>>,
    /// What the push of a coupon would meet.
    pub coupons: Coupons,
}

impl<'a> Judge<'a> {
    /// Reads how often the customers of some tasks, and the numbers these would call, were contacted before `now`.
    pub fn load(
        tx: Tx<'_>,
        playbook: &'a Playbook,
        now: Timestamp,
        tasks: &[Found],
    ) -> Result<Self, StoreError> {
        let today = playbook.zone.day(now);
        let bounds = (playbook.zone.start(today), playbook.zone.end(today));
        let mut judge = Self {
            playbook,
            now,
            today,
            bounds,
            contacts: HashMap::new(),
            calls: HashMap::new(),
            coupons: Coupons::default(),
        };
        judge.contacted(tx, tasks)?;
        judge.called(tx, tasks)?;
        Ok(judge)
    }

    fn contacted(&mut self, tx: Tx<'_>, tasks: &[Found]) -> Result<(), StoreError> {
        // whoever was not in contact since has no row; a day to spare, for a customer whose playbook is of another time zone
        let since = self.playbook.zone.start(self.today.plus(-WEEK - 1));
        let recent = tasks.iter().filter(|found| found.last_touch.is_some_and(|at| at >= since));
        let customers: BTreeSet<CustomerId> = recent.map(|found| found.task.customer).collect();
        let customers: Vec<Value<'_>> = customers.into_iter().map(Value::from).collect();
        for part in customers.chunks(AT_ONCE) {
            tx.each(
                sql!(
                    "SELECT customer_id, day, touches, commercial FROM contact_use WHERE customer_id IN ($1, $2, $3, $4, $5, \
                     $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
                     $27, $28, $29, $30, $31, $32) AND day > $33"
                ),
                &filled(part, &[Value::from(self.today.plus(-WEEK))]),
                |row| {
                    let day = ContactDay {
                        day: Day(row.int(1)?),
                        touches: small(row.int(2)?),
                        commercial: small(row.int(3)?),
                    };
                    self.contacts.entry(CustomerId(row.int(0)?)).or_default().push(day);
                    Ok(())
                },
            )?;
        }
        Ok(())
    }

    fn called(&mut self, tx: Tx<'_>, tasks: &[Found]) -> Result<(), StoreError> {
        let calls = tasks.iter().filter(|found| self.is_call(&found.task));
        let numbers: BTreeSet<&str> =
            calls.filter_map(|found| self.way(found)).map(|way| way.norm.as_str()).collect();
        let numbers: Vec<Value<'_>> = numbers.into_iter().map(Value::from).collect();
        for part in numbers.chunks(AT_ONCE) {
            tx.each(
                sql!(
                    "SELECT number, day, calls, last_at, last_connected FROM number_use WHERE number IN ($1, $2, $3, $4, $5, \
                     $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
                     $27, $28, $29, $30, $31, $32) AND day > $33"
                ),
                &filled(part, &[Value::from(self.today.plus(-MONTH))]),
                |row| {
                    let day = CallDay {
                        day: Day(row.int(1)?),
                        calls: small(row.int(2)?),
                        last_at: Timestamp(row.int(3)?),
                        last_connected: row.int(4)? != 0,
                    };
                    match self.calls.get_mut(row.text(0)?) {
                        Some(days) => days.push(day),
                        None => drop(self.calls.insert(row.text(0)?.to_owned(), vec![day])),
                    }
                    Ok(())
                },
            )?;
        }
        Ok(())
    }

    fn is_call(&self, task: &TaskRow) -> bool {
        self.playbook.channel(&task.channel).is_some_and(|channel| channel.is_call)
    }

    /// The way a task's touch takes.
    fn way<'f>(&self, found: &'f Found) -> Option<&'f Way> {
        let wanted = found.task.person.as_ref().map(|(id, _, _)| *id);
        reach::choose(self.playbook, &found.ways, &found.task.channel, wanted)
    }

    /// Fills in a task's score and person, and says whether a rule holds it back now.
    pub fn judge(&self, found: &mut Found) -> Result<(), Held> {
        self.place(&mut found.task);
        let way = self.way(found);
        let person = way.filter(|_| found.task.person.is_none()).map(|way| {
            let role = way.roles.first().map(|role| role.0.clone()).unwrap_or_default();
            (way.person, way.name.clone(), role)
        });
        let needs = reach::needs_contact(self.playbook, &found.task.channel);
        let held = if needs { self.may(found, way) } else { Ok(()) };
        let unreachable = needs && way.is_none();
        if person.is_some() {
            found.task.person = person;
        }
        let given = self.coupons.judge(self.playbook, &found.task, self.now);
        // of several rules the one that frees last is named, a refusal of the customer's before all others
        match held {
            Err(held) if given.is_ok() || held.rule == Rule::DoNotContact => return Err(held),
            _ => given?,
        }
        if unreachable { Err(Held { rule: Rule::NoContact, until: None }) } else { Ok(()) }
    }

    fn may(&self, found: &Found, way: Option<&Way>) -> Result<(), Held> {
        let rules = &self.playbook.contact;
        let task = &found.task;
        let is_call = self.is_call(task);
        let calls = way.filter(|_| is_call).and_then(|way| self.calls.get(&way.norm));
        let usage = usage::on(
            self.contacts.get(&task.customer).map(Vec::as_slice).unwrap_or_default(),
            calls.map(Vec::as_slice).unwrap_or_default(),
            found.do_not_contact.filter(|until| *until > self.now),
            (self.today, rules),
        );
        let what = Contact {
            is_call,
            commercial: task.lane == Lane::Coupon,
            ground: ground(task.promised, found.reminds),
        };
        may_contact(rules, what, &usage, &self.playbook.calendar(), self.now)
    }

    /// The order of the day (formulas.md no. 2). Importance is the task's priority, 1 being the most; what a deal would
    /// bring is not known before its price is, and adds nothing.
    fn place(&self, task: &mut TaskRow) {
        let lengthy = matches!(task.lane, Lane::Call | Lane::Node | Lane::Care);
        let is_today = |at: Timestamp| self.bounds.0 <= at && at < self.bounds.1;
        // most are due today: only of the others the day has to be found out
        let due = if is_today(task.due_at) { self.today } else { self.playbook.zone.day(task.due_at) };
        let input = ScoreInput {
            promise_at: task.promised.then_some(task.due_at),
            clock: task.clock_from.map(|from| (from, task.due_at)),
            node_today: task.node.as_ref().is_some_and(|(_, _, at)| is_today(*at)),
            warning_red: self.is_red(&task.source),
            focus_weight: 1,
            importance: (LAST_PRIORITY - i64::from(task.priority)).max(0),
            days_overdue: self.today.0 - due.0,
            minutes_needed: if lengthy { TALK_MINUTES } else { MESSAGE_MINUTES },
            ..ScoreInput::default()
        };
        let score = score(&input, self.now);
        let parts = score.parts;
        task.score = score.total;
        task.parts = [
            ("promise", parts.promise),
            ("clock", parts.clock),
            ("node", parts.node),
            ("warning", parts.warning),
            ("value", parts.value),
            ("focus", parts.focus),
            ("overdue", parts.overdue),
            ("effort", parts.effort),
        ]
        .into_iter()
        .filter(|(_, points)| *points != 0)
        .collect();
    }

    fn is_red(&self, source: &Source) -> bool {
        let Source::Rule { rule } = source else { return false };
        self.playbook.warnings.iter().any(|w| w.code == *rule && w.severity == Severity::Red)
    }
}
