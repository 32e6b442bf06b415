//! The stock-take of a team's open deals (盘点, S001-56): each decision is the change it names, and a row that stays.
//!
//! A stock-take begins with its first decision and is open until somebody finishes it, so that one that was interrupted goes on where it
//! was. Two leads may work through one: a deal is decided about once.

mod forecast;
mod kept;
mod list;

pub use kept::saved;
pub use list::{open_deals, page};

use crate::domain::clean::clean;
use crate::domain::id::{StockRowId, StockTakeId, TaskId, TeamId, UserId};
use crate::domain::lists::StockDecision;
use crate::store::actor::owner_of;
use crate::store::change::Topic;
use crate::store::change::desk::TakeStock;
use crate::store::customers::{assign, invalid};
use crate::store::deals::{close, find, stage};
use crate::store::desk::{attend, round, stand};
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Why a customer goes back to the pool, as it is kept.
const TAKEN: &str = "stock-take";
/// Characters of a decision's words, at most.
const LONGEST: usize = 200;

/// What a decision came to.
#[derive(Default)]
struct Done {
    to_stage: Option<String>,
    reason: Option<String>,
    task: Option<TaskId>,
}

/// Decides about a deal.
pub fn decide(work: &mut Work<'_>, wanted: &TakeStock) -> Result<(), StoreError> {
    let deal = find::find(work, wanted.deal)?;
    let owner = owner_of(work.tx, deal.customer)?;
    stand::may_with(work, (Action::RunDesk, owner), "take stock of this team's deals")?;
    let team = owner.map(|owner| work.team_of(owner)).transpose()?.flatten();
    let Some((owner, team)) = owner.zip(team) else {
        return Err(invalid(
            "no_team",
            "nobody of a team follows this customer; there is nothing to take stock of",
        ));
    };
    let deal = find::open(work, wanted.deal, "decide about a deal")?;
    work.effects.customer = Some(deal.customer);
    let book = work.book_of(deal.customer)?;
    let playbook = &book.playbook;
    let candidate = list::candidate(work.tx, playbook, wanted.deal)?;
    let older_than = playbook.stock_take.older_than;
    if playbook.zone.day(candidate.opened_at) >= work.day.plus(-i64::from(older_than)) {
        return Err(invalid(
            "too_young",
            format!("the deal is not older than {older_than} days; '[stock_take] older_than' says so"),
        ));
    }
    let take = open(work, team, playbook)?;
    free(work, take, wanted)?;
    let words: String = clean(&wanted.words).trim().chars().take(LONGEST).collect();
    let done = carry_out(work, wanted, (&deal, owner), &words)?;
    let id = StockRowId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO stock_row (id, stock_take_id, deal_id, customer_id, owner_id, pipeline, stage, stage_since, opened_at, value, \
             last_touch_at, decision, to_stage, reason, words, task_id, at, by_user, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL)"
        ),
        values![
            id,
            take,
            deal.id,
            deal.customer,
            owner,
            &candidate.pipeline,
            &candidate.stage,
            candidate.stage_since,
            candidate.opened_at,
            candidate.value,
            candidate.last_at,
            wanted.decision,
            done.to_stage.as_deref(),
            done.reason.as_deref(),
            &words,
            done.task,
            work.at,
            work.by.id
        ],
    )?;
    work.reverse(Reversal::StockDecided(id));
    work.effects.customer = Some(deal.customer);
    work.effects.made_at_desk = Some(id.0);
    work.touch(Topic::Desk);
    Ok(())
}

/// The open stock-take of a team; begun where there is none.
fn open(
    work: &mut Work<'_>,
    team: TeamId,
    playbook: &crate::playbook::Playbook,
) -> Result<StockTakeId, StoreError> {
    if let Some((id, ..)) = kept::open(work.tx, team)? {
        return Ok(id);
    }
    let id = StockTakeId(work.ids.make());
    let (days, months) = (playbook.stock_take.older_than, playbook.stock_take.months);
    work.tx.put(
        sql!(
            "INSERT INTO stock_take (id, playbook, team_id, older_than, months, began_at, began_by, finished_at, finished_by, left_over) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, 0)"
        ),
        values![id, &playbook.id, team, i64::from(days), i64::from(months), work.at, work.by.id],
    )?;
    Ok(id)
}

/// Refuses where it was decided about the deal already, naming by whom.
fn free(work: &Work<'_>, take: StockTakeId, wanted: &TakeStock) -> Result<(), StoreError> {
    let known = work.tx.one(
        sql!(
            "SELECT u.name, r.decision FROM stock_row r JOIN person_user u ON u.id = r.by_user \
             WHERE r.stock_take_id = $1 AND r.deal_id = $2 AND r.void_at IS NULL"
        ),
        values![take, wanted.deal],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )?;
    let Some((by, theirs)) = known else { return Ok(()) };
    let (what, yours) = (format!("deal {}", wanted.deal), wanted.decision.as_str().to_owned());
    Err(StoreError::Conflict { what, by, theirs, yours })
}

/// Makes the change a decision names.
fn carry_out(
    work: &mut Work<'_>,
    wanted: &TakeStock,
    (deal, owner): (&find::Deal, UserId),
    words: &str,
) -> Result<Done, StoreError> {
    let mut done = Done::default();
    match wanted.decision {
        StockDecision::Keep => {}
        StockDecision::Advance => {
            let playbook = work.book_of(deal.customer)?.playbook;
            let next = deal.stage.as_ref().and_then(|now| playbook.next_stage(&deal.pipeline, now));
            let Some(to) = wanted.to.clone().or_else(|| next.map(|next| next.code.clone())) else {
                return Err(invalid("last_stage", "there is no stage ahead; decide something else"));
            };
            stage::advance(work, deal.id, &to, &wanted.set)?;
            done.to_stage = Some(to.0);
        }
        StockDecision::Drop => {
            let Some(reason) = &wanted.reason else {
                return Err(invalid("no_reason", "say why the deal is lost: give a reason of the playbook"));
            };
            close::lose(work, deal.id, reason, words)?;
            done.reason = Some(reason.0.clone());
        }
        StockDecision::Pool => {
            let reason = if words.is_empty() { TAKEN } else { words };
            assign::assign(work, &[deal.customer], None, reason)?;
        }
        StockDecision::Coach => {
            if words.is_empty() {
                return Err(invalid("no_words", "say what is to be done: a line of advice"));
            }
            let who = wanted.who.unwrap_or(owner);
            stand::may(work, Action::RunDesk, who, "decide what this person does")?;
            attend::here(work, who)?;
            let playbook = work.book_of(deal.customer)?.playbook;
            let closes = playbook.zone.at(work.day, playbook.hours.1);
            let due_at = wanted.due_at.unwrap_or_else(|| closes.max(work.at));
            done.task = Some(round::task(work, deal.customer, (who, due_at), words)?);
        }
    }
    Ok(done)
}

/// Ends the open stock-take of a team, with the forecast as it stands now.
pub fn finish(work: &mut Work<'_>, team: TeamId) -> Result<(), StoreError> {
    stand::may_team(work, team, "finish the stock-take of this team")?;
    let Some((take, ..)) = kept::open(work.tx, team)? else {
        return Err(invalid("not_begun", "no stock-take is open; it begins with its first decision"));
    };
    let (tx, by) = (work.tx, Viewer { id: work.by.id, now: work.at });
    let left = page(tx, work.books(), by, (Some(team), None, 0))?.left;
    let sphere = stand::Sphere::find(tx, work.books(), by, Some(team))?;
    let forecast = forecast::forecast(tx, &sphere, by.now)?;
    for (place, rate) in forecast.rates.iter().enumerate() {
        work.tx.put(
            sql!(
                "INSERT INTO stock_rate (stock_take_id, pipeline, stage, place, deals, value, won, cases) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            ),
            values![
                take,
                &rate.pipeline,
                &rate.stage,
                i64::try_from(place).unwrap_or(i64::MAX),
                rate.deals,
                rate.value,
                rate.won.part,
                rate.won.of
            ],
        )?;
    }
    work.tx.put(
        sql!("UPDATE stock_take SET finished_at = $2, finished_by = $3, left_over = $4 WHERE id = $1"),
        values![take, work.at, work.by.id, i64::from(left)],
    )?;
    work.reverse(Reversal::StockFinished(take));
    work.effects.made_at_desk = Some(take.0);
    work.touch(Topic::Desk);
    Ok(())
}
