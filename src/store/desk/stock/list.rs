//! Which deals a stock-take goes through, and in which order.

use std::collections::BTreeMap;

use crate::domain::id::{CustomerId, DealId, TeamId, UserId};
use crate::domain::lists::{Entity, StockDecision};
use crate::domain::money::Money;
use crate::domain::stock::{Place, Stood, news, place};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::desk::stand::Sphere;
use crate::store::desk::stock::kept;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::stock::{StockPage, StockRow};
use crate::store::usage::small;
use crate::store::value::Row;
use crate::{sql, values};

/// Rows of a window, at most.
const ROWS_MAX: usize = 500;

/// An open deal.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub deal: DealId,
    pub customer: (CustomerId, String),
    pub pipeline: String,
    pub stage: String,
    pub stage_since: Timestamp,
    pub opened_at: Timestamp,
    pub value: Money,
    pub last_at: Option<Timestamp>,
}

impl Candidate {
    /// Reads the columns of the two statements below.
    fn read(row: &dyn Row, price: Money) -> Result<Self, StoreError> {
        let told = row.opt_text(8)?.and_then(|text| text.parse().ok());
        Ok(Self {
            deal: DealId(row.int(0)?),
            customer: (CustomerId(row.int(1)?), row.text(2)?.to_owned()),
            pipeline: row.text(3)?.to_owned(),
            stage: row.text(4)?.to_owned(),
            stage_since: Timestamp(row.int(5)?),
            opened_at: Timestamp(row.int(6)?),
            last_at: row.opt_int(7)?.map(Timestamp),
            value: told.map_or(price, Money),
        })
    }

    fn stood(&self, owner: UserId) -> Stood {
        Stood { owner: Some(owner), stage: self.stage.clone(), value: self.value, last_at: self.last_at }
    }
}

/// The fact that says what a deal is worth: on what, which; and what one is worth that says nothing.
fn worth(playbook: &Playbook) -> (&'static str, &str, Money) {
    let price = playbook.products.first().map_or(Money::ZERO, |product| product.price);
    let field = playbook.stock_take.value.as_ref().and_then(|code| playbook.field(code));
    let Some(field) = field else { return (Entity::Opportunity.as_str(), "", price) };
    (field.on.as_str(), field.code.as_str(), price)
}

/// One deal with a stage.
pub fn candidate(tx: Tx<'_>, playbook: &Playbook, deal: DealId) -> Result<Candidate, StoreError> {
    let (on, field, price) = worth(playbook);
    let found = tx.one(
        sql!(
            "SELECT d.id, c.id, c.name, d.pipeline, d.stage, d.stage_since, d.opened_at, c.last_touch_at, f.value \
             FROM deal d JOIN customer c ON c.id = d.customer_id LEFT JOIN field_value f ON f.entity = $2 AND f.field = $3 \
             AND f.entity_id = CASE WHEN $2 = 'customer' THEN c.id ELSE d.id END WHERE d.id = $1 AND d.stage IS NOT NULL"
        ),
        values![deal, on, field],
        |row| Candidate::read(row, price),
    )?;
    found.ok_or_else(|| StoreError::NotFound { kind: "deal", id: deal.to_string(), hint: None })
}

/// The open deals with a stage of a rep's customers.
pub fn open_deals(tx: Tx<'_>, playbook: &Playbook, rep: UserId) -> Result<Vec<Candidate>, StoreError> {
    let (on, field, price) = worth(playbook);
    tx.all(
        sql!(
            "SELECT d.id, c.id, c.name, d.pipeline, d.stage, d.stage_since, d.opened_at, c.last_touch_at, f.value \
             FROM customer c JOIN deal d ON d.customer_id = c.id LEFT JOIN field_value f ON f.entity = $2 AND f.field = $3 \
             AND f.entity_id = CASE WHEN $2 = 'customer' THEN c.id ELSE d.id END \
             WHERE c.owner_id = $1 AND d.state = 'open' AND d.void_at IS NULL AND d.stage IS NOT NULL"
        ),
        values![rep, on, field],
        |row| Candidate::read(row, price),
    )
}

/// A window of the open stock-take of a team, or of the one that would begin.
pub fn page(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (team, after, limit): (Option<TeamId>, Option<DealId>, usize),
) -> Result<StockPage, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let playbook = &sphere.book.playbook;
    let Some((id, name)) = sphere.teams.first().cloned() else {
        return Err(StoreError::NotFound { kind: "team", id: String::new(), hint: None });
    };
    let open = kept::open(tx, id)?;
    let before = kept::before(tx, id)?;
    let known = match before {
        Some((take, _)) => kept::left(tx, take)?,
        None => BTreeMap::new(),
    };
    let told = |deal: DealId, now: &Stood| {
        let before = known.get(&deal);
        (news(before.map(|(stood, _)| stood), now), before.map(|(_, decision)| *decision))
    };
    let zone = playbook.zone;
    let older_than = playbook.stock_take.older_than;
    let mut rows: Vec<(Place, StockRow)> = Vec::new();
    let members: Vec<_> = sphere.members.iter().filter(|member| member.team == Some(id)).collect();
    let decided = match &open {
        Some((take, ..)) => kept::rows(tx, *take)?.into_iter().filter(kept::stands).collect(),
        None => Vec::new(),
    };
    let mut counts: BTreeMap<StockDecision, u32> = BTreeMap::new();
    for row in decided {
        if let Some(decided) = &row.decided {
            *counts.entry(decided.decision).or_default() += 1;
        }
        let now = Stood {
            owner: Some(row.owner.0),
            stage: row.stage.clone(),
            value: row.value,
            last_at: row.last_at,
        };
        let (news, last) = told(row.deal, &now);
        let rep = members.iter().position(|member| member.id == row.owner.0).unwrap_or(members.len());
        let place = place(!news.is_empty(), rep, (zone.day(row.opened_at), row.value, row.deal));
        rows.push((place, StockRow { news, last, ..row }));
    }
    let gone: std::collections::BTreeSet<DealId> = rows.iter().map(|(_, row)| row.deal).collect();
    let (mut left, mut left_changed) = (0_usize, 0_usize);
    for (rep, member) in members.iter().enumerate() {
        for found in open_deals(tx, playbook, member.id)? {
            let opened = zone.day(found.opened_at);
            if opened >= sphere.day.plus(-i64::from(older_than)) || gone.contains(&found.deal) {
                continue;
            }
            let (news, last) = told(found.deal, &found.stood(member.id));
            left += 1;
            left_changed += usize::from(!news.is_empty());
            let place = place(!news.is_empty(), rep, (opened, found.value, found.deal));
            let owner = (member.id, member.name.clone());
            rows.push((place, row(found, owner, (news, last))));
        }
    }
    rows.sort_unstable_by_key(|(place, _)| *place);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let all = count(rows.len());
    let from =
        after.and_then(|after| rows.iter().position(|(_, row)| row.deal == after)).map_or(0, |at| at + 1);
    let mut shown: Vec<StockRow> =
        rows.into_iter().skip(from).take(limit.min(ROWS_MAX)).map(|(_, row)| row).collect();
    for row in &mut shown {
        row.next_at = tx
            .number(
                sql!("SELECT min(due_at) FROM task WHERE customer_id = $1 AND state = 'due'"),
                values![row.customer.0],
            )?
            .map(Timestamp);
    }
    Ok(StockPage {
        team: (id, name),
        teams: sphere.teams.clone(),
        older_than,
        open,
        before: before.map(|(_, at)| at),
        rows: shown,
        all,
        left: small(i64::try_from(left).unwrap_or(i64::MAX)),
        left_changed: count(left_changed),
        decided: counts.into_iter().collect(),
    })
}

fn row(
    found: Candidate,
    owner: (UserId, String),
    (news, last): (Vec<crate::domain::lists::StockNews>, Option<StockDecision>),
) -> StockRow {
    StockRow {
        deal: found.deal,
        customer: found.customer,
        owner,
        pipeline: found.pipeline,
        stage: found.stage,
        stage_since: found.stage_since,
        opened_at: found.opened_at,
        value: found.value,
        last_at: found.last_at,
        next_at: None,
        news,
        last,
        decided: None,
    }
}
