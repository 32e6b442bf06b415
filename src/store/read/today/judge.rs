//! Each task's place in the day: its score, whom it speaks to, and the rule that holds it back.

use std::collections::BTreeMap;

use crate::domain::contact::{Contact, Held, Rule, may_contact};
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::{Lane, Severity};
use crate::domain::score::{ScoreInput, score};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::plan::Source;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::TaskRow;
use crate::store::reach::{self, Way};
use crate::store::read::today::coupons::Coupons;
use crate::store::read::today::rows::Found;
use crate::store::usage::{Days, MONTH, WEEK, small};
use crate::store::work::held::ground;
use crate::{sql, values};

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
    ways: BTreeMap<CustomerId, Vec<Way>>,
    days: BTreeMap<CustomerId, Days>,
    numbers: BTreeMap<String, Vec<(Day, u32, Timestamp, bool)>>,
    /// What the push of a coupon would meet.
    pub coupons: Coupons,
}

impl<'a> Judge<'a> {
    /// A judge who knows of no customer yet.
    pub fn empty(playbook: &'a Playbook, now: Timestamp) -> Self {
        Self {
            playbook,
            now,
            ways: BTreeMap::new(),
            days: BTreeMap::new(),
            numbers: BTreeMap::new(),
            coupons: Coupons::default(),
        }
    }

    /// Reads what concerns the tasks of a user that are due before `end`.
    pub fn load(
        tx: Tx<'_>,
        playbook: &'a Playbook,
        user: UserId,
        (now, end): (Timestamp, Timestamp),
    ) -> Result<Self, StoreError> {
        let mut judge = Self::empty(playbook, now);
        let today = playbook.zone.day(now);
        let ways = tx.all(
            sql!(
                "SELECT c.customer_id, c.person_id, p.name, p.roles, c.id, c.channel, c.norm, c.state \
                 FROM contact c JOIN person p ON p.id = c.person_id \
                 WHERE c.customer_id IN (SELECT t.customer_id FROM task t \
                     WHERE t.owner_id = $1 AND t.state = 'due' AND t.due_at < $2) \
                 AND c.state <> 'dead' ORDER BY c.person_id, c.id"
            ),
            values![user, end],
            reach::way,
        )?;
        for way in ways {
            judge.ways.entry(way.customer).or_default().push(way);
        }
        tx.each(
            sql!(
                "SELECT c.id, c.dnc_until FROM customer c WHERE c.dnc_until > $3 AND c.id IN (SELECT t.customer_id FROM task t \
                     WHERE t.owner_id = $1 AND t.state = 'due' AND t.due_at < $2)"
            ),
            values![user, end, now],
            |row| {
                let days = judge.days.entry(CustomerId(row.int(0)?)).or_default();
                days.do_not_contact = row.opt_int(1)?.map(Timestamp);
                Ok(())
            },
        )?;
        tx.each(
            sql!(
                "SELECT u.customer_id, u.day, u.touches, u.commercial FROM contact_use u \
                 WHERE u.customer_id IN (SELECT t.customer_id FROM task t \
                     WHERE t.owner_id = $1 AND t.state = 'due' AND t.due_at < $2) AND u.day > $3"
            ),
            values![user, end, today.plus(-WEEK)],
            |row| {
                let spent = (Day(row.int(1)?), small(row.int(2)?), small(row.int(3)?));
                judge.days.entry(CustomerId(row.int(0)?)).or_default().customer.push(spent);
                Ok(())
            },
        )?;
        tx.each(
            sql!(
                "SELECT n.number, n.day, n.calls, n.last_at, n.last_connected FROM number_use n \
                 WHERE n.number IN (SELECT c.norm FROM contact c WHERE c.customer_id IN (SELECT t.customer_id FROM task t \
                     WHERE t.owner_id = $1 AND t.state = 'due' AND t.due_at < $2)) AND n.day > $3"
            ),
            values![user, end, today.plus(-MONTH)],
            |row| {
                let spent = (Day(row.int(1)?), small(row.int(2)?), Timestamp(row.int(3)?), row.int(4)? != 0);
                judge.numbers.entry(row.text(0)?.to_owned()).or_default().push(spent);
                Ok(())
            },
        )?;
        Ok(judge)
    }

    /// The same for a few tasks of others.
    pub fn beside(&self, tx: Tx<'_>, tasks: &[Found]) -> Result<Self, StoreError> {
        let mut judge = Self::empty(self.playbook, self.now);
        let today = self.playbook.zone.day(self.now);
        for Found { task, .. } in tasks {
            if judge.ways.contains_key(&task.customer) {
                continue;
            }
            let ways = reach::ways(tx, task.customer)?;
            for way in &ways {
                let calls = tx.all(
                    sql!("SELECT day, calls, last_at, last_connected FROM number_use WHERE number = $1 AND day > $2"),
                    values![&way.norm, today.plus(-MONTH)],
                    |row| Ok((Day(row.int(0)?), small(row.int(1)?), Timestamp(row.int(2)?), row.int(3)? != 0)),
                )?;
                judge.numbers.insert(way.norm.clone(), calls);
            }
            let mut days = Days {
                do_not_contact: tx
                    .number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![task.customer])?
                    .map(Timestamp),
                ..Days::default()
            };
            days.customer = tx.all(
                sql!("SELECT day, touches, commercial FROM contact_use WHERE customer_id = $1 AND day > $2"),
                values![task.customer, today.plus(-WEEK)],
                |row| Ok((Day(row.int(0)?), small(row.int(1)?), small(row.int(2)?))),
            )?;
            judge.days.insert(task.customer, days);
            judge.ways.insert(task.customer, ways);
        }
        judge.coupons = Coupons::beside(tx, self.playbook, tasks, self.now)?;
        Ok(judge)
    }

    /// Fills in a task's score and person, and says whether a rule holds it back now.
    pub fn judge(&self, found: &mut Found) -> Result<(), Held> {
        let Found { task, reminds } = found;
        self.place(task);
        let ways = self.ways.get(&task.customer).map(Vec::as_slice).unwrap_or_default();
        let wanted = task.person.as_ref().map(|(id, _, _)| *id);
        let way = reach::choose(self.playbook, ways, &task.channel, wanted);
        if task.person.is_none()
            && let Some(way) = way
        {
            let role = way.roles.first().map(|role| role.0.clone()).unwrap_or_default();
            task.person = Some((way.person, way.name.clone(), role));
        }
        let given = self.coupons.judge(self.playbook, task, self.now);
        if !reach::needs_contact(self.playbook, &task.channel) {
            return given;
        }
        let number = way.map(|way| way.norm.as_str());
        let contact = self.may(task, number, *reminds);
        // of several rules the one that frees last is named, a refusal of the customer's before all others
        match contact {
            Err(held) if given.is_ok() || held.rule == Rule::DoNotContact => return Err(held),
            _ => given?,
        }
        if way.is_none() {
            return Err(Held { rule: Rule::NoContact, until: None });
        }
        Ok(())
    }

    fn may(&self, task: &TaskRow, number: Option<&str>, reminds: bool) -> Result<(), Held> {
        let rules = &self.playbook.contact;
        let is_call = self.playbook.channel(&task.channel).is_some_and(|channel| channel.is_call);
        let mut days = self.days.get(&task.customer).cloned().unwrap_or_default();
        if let Some(calls) = number.filter(|_| is_call).and_then(|number| self.numbers.get(number)) {
            days.number.clone_from(calls);
        }
        let usage = days.on(self.playbook.zone.day(self.now), rules);
        let what = Contact {
            is_call,
            commercial: task.lane == Lane::Coupon,
            ground: ground(task.promised, reminds),
        };
        may_contact(rules, what, &usage, &self.playbook.calendar(), self.now)
    }

    /// The order of the day (formulas.md no. 2). Importance is the task's priority, 1 being the most; what a deal would
    /// bring is not known before its price is, and adds nothing.
    fn place(&self, task: &mut TaskRow) {
        let zone = self.playbook.zone;
        let today = zone.day(self.now);
        let lengthy = matches!(task.lane, Lane::Call | Lane::Node | Lane::Care);
        let input = ScoreInput {
            promise_at: task.promised.then_some(task.due_at),
            clock: task.clock_from.map(|from| (from, task.due_at)),
            node_today: task.node.as_ref().is_some_and(|(_, _, at)| zone.day(*at) == today),
            warning_red: self.is_red(&task.source),
            focus_weight: 1,
            importance: (LAST_PRIORITY - i64::from(task.priority)).max(0),
            days_overdue: today.0 - zone.day(task.due_at).0,
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
