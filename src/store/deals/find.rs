//! The deal a change is about.

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::{CustomerId, DealId, UserId};
use crate::domain::lists::DealState;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::Pipeline;
use crate::playbook::plan::{Known, KnownDeal};
use crate::store::actor::owner_of;
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::value::word;
use crate::store::work::invalid;
use crate::store::write::Work;
use crate::{sql, values};

/// A deal as a change needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Which.
    pub id: DealId,
    /// Whose.
    pub customer: CustomerId,
    /// Its pipeline.
    pub pipeline: PipelineCode,
    /// Its stage; `None` for tags.
    pub stage: Option<StageCode>,
    /// Since when.
    pub stage_since: Timestamp,
    /// Its state.
    pub state: DealState,
}

/// Finds a deal.
pub fn find(work: &Work<'_>, id: DealId) -> Result<Deal, StoreError> {
    let found = work.tx.one(
        sql!(
            "SELECT customer_id, pipeline, stage, stage_since, state FROM deal WHERE id = $1 AND void_at IS NULL"
        ),
        values![id],
        |row| {
            Ok(Deal {
                id,
                customer: CustomerId(row.int(0)?),
                pipeline: PipelineCode::from(row.text(1)?),
                stage: row.opt_text(2)?.map(StageCode::from),
                stage_since: Timestamp(row.int(3)?),
                state: word(row, 4, DealState::parse)?,
            })
        },
    )?;
    found.ok_or_else(|| StoreError::NotFound { kind: "deal", id: id.to_string(), hint: None })
}

/// Finds an open deal the actor may change; one that is closed names who closed it, how and when.
pub fn open(work: &mut Work<'_>, id: DealId, what: &str) -> Result<Deal, StoreError> {
    let deal = find(work, id)?;
    let owner = owner_of(work.tx, deal.customer)?;
    work.may_in((deal.customer, owner), Some(&deal.pipeline), (Action::MoveDeal, what))?;
    if deal.state == DealState::Open {
        return Ok(deal);
    }
    let by = work
        .tx
        .one(
            sql!(
                "SELECT u.name, m.at FROM stage_move m LEFT JOIN person_user u ON u.id = m.by_user \
                 WHERE m.deal_id = $1 AND m.customer_id = $2 AND m.void_at IS NULL ORDER BY m.at DESC, m.id DESC LIMIT 1"
            ),
            values![id, deal.customer],
            |row| Ok((row.opt_text(0)?.unwrap_or_default().to_owned(), Timestamp(row.int(1)?))),
        )?;
    let (by, at) = by.map_or((String::new(), String::new()), |(by, at)| (by, format!(" at {at}")));
    Err(StoreError::Conflict {
        what: format!("deal {id}"),
        by,
        theirs: format!("{}{at}", deal.state),
        yours: what.to_owned(),
    })
}

/// The definition of a deal's pipeline.
pub fn pipeline<'a>(playbook: &'a Playbook, code: &PipelineCode) -> Result<&'a Pipeline, StoreError> {
    playbook.pipeline(code).ok_or_else(|| {
        let near =
            crate::playbook::near::nearest(code.as_str(), playbook.pipelines.iter().map(|p| p.code.as_str()));
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        invalid(
            "unknown_pipeline",
            format!("'{code}' is not a pipeline of the playbook '{}'{near}", playbook.id),
        )
    })
}

/// A deal among what is known of its customer.
pub fn known(known: &Known, id: DealId) -> Result<&KnownDeal, StoreError> {
    known.deals.iter().find(|deal| deal.id == id).ok_or_else(|| StoreError::NotFound {
        kind: "deal",
        id: id.to_string(),
        hint: None,
    })
}

/// Who is credited for what happens to a customer: its owner, else who acts.
pub fn credited(work: &Work<'_>, customer: CustomerId) -> Result<UserId, StoreError> {
    Ok(crate::store::tasks::owner_of(work, customer)?.unwrap_or(work.by.id))
}
