//! Opening a deal by hand, setting a tag.

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId};
use crate::domain::lists::{EventKind, Shape};
use crate::playbook::Playbook;
use crate::playbook::count::of_tag;
use crate::playbook::plan::{Happening, NewDeal};
use crate::store::deals::{find, stage};
use crate::store::error::StoreError;
use crate::store::metrics::{Account, count};
use crate::store::rights::Action;
use crate::store::tasks;
use crate::store::work::{gap, invalid};
use crate::store::write::Work;
use crate::{sql, values};

/// Opens a deal of a pipeline at its first stage, or sets the tag of a tag pipeline.
pub fn open(work: &mut Work<'_>, customer: CustomerId, code: &PipelineCode) -> Result<(), StoreError> {
    work.may(Action::MoveDeal, customer, "open a deal")?;
    work.effects.customer = Some(customer);
    let book = work.book_of(customer)?;
    let playbook = book.playbook.clone();
    let pipeline = find::pipeline(&playbook, code)?;
    let open = work.tx.number(
        sql!(
            "SELECT count(*) FROM deal WHERE customer_id = $1 AND pipeline = $2 AND state = 'open' AND void_at IS NULL"
        ),
        values![customer, code],
    )?;
    let most = if pipeline.shape == Shape::Tag { 1 } else { i64::from(pipeline.max_open.max(1)) };
    if open.unwrap_or(0) >= most {
        return Err(invalid(
            "max_open",
            format!("the customer has {most} open '{code}' already; close that first"),
        ));
    }
    let deal = NewDeal {
        id: DealId(work.ids.make()),
        pipeline: code.clone(),
        stage: pipeline.stages.first().map(|stage| stage.code.clone()),
        because: EventKind::Manual,
    };
    tasks::open(work, &book, customer, &deal)?;
    work.touch(crate::store::change::Topic::Customer);
    tagged(work, &playbook, customer, code)?;
    let kind = EventKind::OpportunityOpened;
    let mut happened = vec![Happening { kind, name: None, deal: Some(deal.id), node: None, at: work.at }];
    happened.extend(deal.stage.iter().map(|first| stage::entered(deal.id, first, work.at)));
    tasks::happen(work, customer, happened)?;
    gap::tell(work, &playbook)
}

/// Counts what setting a tag counts; nothing for a pipeline that is none.
fn tagged(
    work: &mut Work<'_>,
    playbook: &Playbook,
    customer: CustomerId,
    code: &PipelineCode,
) -> Result<(), StoreError> {
    let Some(tag) = playbook.pipeline(code).and_then(|p| p.tag.as_ref()) else { return Ok(()) };
    let user = find::credited(work, customer)?;
    let account =
        Account { day: work.day, at: work.at, user, team: work.team_of(user)?, pipeline: code.0.clone() };
    for (metric, value) in of_tag(playbook, tag) {
        count(work, &account, metric, value)?;
    }
    Ok(())
}
