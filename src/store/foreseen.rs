//! What a change of a customer will want to know, asked before anything is written: where the engine is far away all of it
//! travels at once, and the change is made in two or three round trips whatever it causes.
//!
//! Nothing hangs on it: what is not here is asked when it is needed, as where the engine is at hand.

use std::collections::BTreeMap;

use crate::domain::code::StageCode;
use crate::domain::id::{CustomerId, DealId, NodeId, PromiseId, TaskId, UserId};
use crate::domain::lists::{DealState, Metric, NodeState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::plan::{Known, KnownDeal, KnownNode, KnownTask};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::known;
use crate::store::value::Value;
use crate::store::warning;
use crate::{sql, values};

/// The numbers of a customer that were called on a day.
const NUMBERS: &str = sql!(
    "SELECT number, last_at, last_connected FROM number_use WHERE day = $2 \
     AND number IN (SELECT norm FROM contact WHERE customer_id = $1)"
);
/// The times promised to a customer.
const PROMISES: &str = sql!(
    "SELECT task_id, id, due_at FROM promise WHERE customer_id = $1 AND state = 'open' AND task_id IS NOT NULL"
);
/// What is known of a customer, with when it was learned and by whom.
const FIELDS: &str =
    sql!("SELECT entity, entity_id, field, value, at, by_user FROM field_value WHERE customer_id = $1");
/// What somebody has of a metric in a month.
pub const OF_MONTH: &str = sql!(
    "SELECT CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3"
);

/// What stands in a row of facts.
pub type Stored = (String, Timestamp, UserId);

/// A deal before it is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// Whose.
    pub customer: CustomerId,
    /// Where it stands.
    pub stage: Option<StageCode>,
    /// Since when.
    pub since: Timestamp,
    /// Whether it is open.
    pub state: DealState,
}

/// What is known before anything is written. What a change itself alters is kept up to date by whoever alters it.
#[derive(Debug, Default)]
pub struct Foreseen {
    /// The actor's sum of the month's main metric, and of which metric.
    pub sum: Option<(Metric, i64)>,
    /// When each number of the customer was called last today, and whether that was answered; those that were not are missing.
    pub numbers: Option<BTreeMap<String, (Timestamp, i64)>>,
    /// Open promises by their task.
    pub promises: Option<BTreeMap<TaskId, (PromiseId, Timestamp)>>,
    /// Facts by what they are about.
    pub fields: Option<BTreeMap<(String, i64, String), Stored>>,
    /// The timeline up to this change.
    pub heard: Option<known::Heard>,
    /// The customer's nodes, soonest first.
    pub nodes: Option<Vec<KnownNode>>,
    /// Whose open warnings are known, and those.
    pub warnings: Option<(CustomerId, Vec<warning::Open>)>,
    /// Of whose customer it is known that its rep is warned of, and the rep; `None` within where nobody is.
    pub rep_warned: Option<(CustomerId, Option<UserId>)>,
    deals: BTreeMap<DealId, Stood>,
    tasks: BTreeMap<TaskId, (Option<UserId>, bool)>,
}

impl Foreseen {
    /// Takes what is at hand of a customer.
    pub fn take(
        &mut self,
        tx: Tx<'_>,
        playbook: &Playbook,
        (customer, by): (CustomerId, UserId),
        (day, now): (Day, Timestamp),
    ) -> Result<(), StoreError> {
        let main = playbook.metrics.main;
        let month = values![day.month(), main, by];
        if let Some(sums) = tx.at_hand(OF_MONTH, month, |row| row.opt_int(0))? {
            self.sum = Some((main, sums.first().copied().flatten().unwrap_or(0)));
        }
        let numbers = tx.at_hand(NUMBERS, values![customer, day], |row| {
            Ok((row.text(0)?.to_owned(), (Timestamp(row.int(1)?), row.int(2)?)))
        })?;
        self.numbers = numbers.map(|rows| rows.into_iter().collect());
        let promises = tx.at_hand(PROMISES, values![customer], |row| {
            Ok((TaskId(row.int(0)?), (PromiseId(row.int(1)?), Timestamp(row.int(2)?))))
        })?;
        self.promises = promises.map(|rows| rows.into_iter().collect());
        let fields = tx.at_hand(FIELDS, values![customer], |row| {
            let of = (row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned());
            Ok((of, (row.text(3)?.to_owned(), Timestamp(row.int(4)?), UserId(row.int(5)?))))
        })?;
        self.fields = fields.map(|rows| rows.into_iter().collect());
        self.nodes = known::nodes_at_hand(tx, customer)?;
        let open = tx.at_hand(warning::OPEN, values![customer], warning::Open::read)?;
        self.warnings = open.map(|open| (customer, open));
        let warned = tx.at_hand(warning::rep::OF_OWNER, values![customer], |row| Ok(UserId(row.int(0)?)))?;
        self.rep_warned = warned.map(|reps| (customer, reps.first().copied()));
        self.heard = known::Heard::at_hand(tx, playbook, customer, now)?;
        Ok(())
    }

    /// Notes deals as they stand.
    pub fn deals(&mut self, customer: CustomerId, deals: &[KnownDeal]) {
        for deal in deals {
            let stood =
                Stood { customer, stage: deal.stage.clone(), since: deal.stage_since, state: deal.state };
            self.deals.insert(deal.id, stood);
        }
    }

    /// Notes a deal as it stands now.
    pub fn deal(&mut self, deal: DealId, stood: Stood) {
        self.deals.insert(deal, stood);
    }

    /// A deal as it stands, where it is known.
    pub fn stood(&self, deal: DealId) -> Option<&Stood> {
        self.deals.get(&deal)
    }

    /// Notes a node that was booked.
    pub fn booked(&mut self, node: KnownNode) {
        if let Some(nodes) = &mut self.nodes {
            let place = nodes.partition_point(|known| (known.at, known.id) < (node.at, node.id));
            nodes.insert(place, node);
        }
    }

    /// Notes what became of a node; answers how it stood before and when it takes place, where it is known.
    pub fn settled(&mut self, node: NodeId, state: NodeState) -> Option<(NodeState, Timestamp)> {
        let known = self.nodes.as_mut()?.iter_mut().find(|known| known.id == node)?;
        Some((std::mem::replace(&mut known.state, state), known.at))
    }

    /// Notes the tasks that are due.
    pub fn due(&mut self, known: &Known) {
        self.tasks.extend(
            known.tasks.iter().map(|KnownTask { id, owner, promised, .. }| (*id, (*owner, *promised))),
        );
    }

    /// Whose a task is that is due, and whether a time was promised; each is told once.
    pub fn end(&mut self, task: TaskId) -> Option<(Option<UserId>, bool)> {
        self.tasks.remove(&task)
    }
}

/// Asks ahead what a touch with a customer will want to know, with `more` that is wanted as well.
pub fn ask(
    tx: Tx<'_>,
    customer: CustomerId,
    of_actor: Option<(Metric, UserId, Day)>,
    more: &[crate::store::engine::Question<'_>],
) -> Result<(), StoreError> {
    let whose: &[Value<'_>] = values![customer];
    let mut questions = known::questions(whose);
    questions.extend([
        (PROMISES, whose),
        (FIELDS, whose),
        (warning::OPEN, whose),
        (warning::rep::OF_OWNER, whose),
    ]);
    let (day, month): ([Value<'_>; 2], [Value<'_>; 3]);
    if let Some((metric, user, on)) = of_actor {
        day = [customer.into(), on.into()];
        month = [on.month().into(), metric.into(), user.into()];
        questions.extend([(NUMBERS, day.as_slice()), (OF_MONTH, month.as_slice())]);
    }
    questions.extend_from_slice(more);
    tx.ahead(&questions)
}
