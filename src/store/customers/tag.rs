//! Tags a customer comes with: deals of tag pipelines (S001-78).

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId};
use crate::domain::lists::{EventKind, Shape};
use crate::playbook::Playbook;
use crate::playbook::count;
use crate::playbook::plan::{Happening, NewDeal};
use crate::store::books::Book;
use crate::store::customers::{hint, invalid};
use crate::store::error::StoreError;
use crate::store::metrics;
use crate::store::tasks;
use crate::store::write::Work;

/// The tag pipeline of that tag, code or name; refused with a near miss.
pub fn named(book: &Playbook, word: &str) -> Result<PipelineCode, StoreError> {
    let word = word.trim();
    let tags = || book.pipelines.iter().filter(|p| p.shape == Shape::Tag);
    let names = |p: &crate::playbook::model::Pipeline| {
        let tag = p.tag.as_ref().map(|t| t.0.clone()).unwrap_or_default();
        [p.code.0.clone(), tag, p.name.zh.clone(), p.name.en.clone()]
    };
    if let Some(found) =
        tags().find(|p| names(p).iter().any(|name| name.to_lowercase() == word.to_lowercase()))
    {
        return Ok(found.code.clone());
    }
    let known: Vec<String> = tags().flat_map(names).collect();
    let near = hint(word, known.iter().map(String::as_str));
    Err(invalid("unknown_tag", format!("'{word}' is not a tag of the playbook '{}'{near}", book.id)))
}

/// Sets a tag on a new customer and answers with its deal; what that counts is the caller's ([`tell`]).
pub fn set(
    work: &mut Work<'_>,
    book: &Book,
    customer: CustomerId,
    pipeline: &PipelineCode,
) -> Result<(Happening, DealId), StoreError> {
    let deal = NewDeal {
        id: DealId(work.ids.make()),
        pipeline: pipeline.clone(),
        stage: None,
        because: EventKind::Manual,
    };
    tasks::open(work, book, customer, &deal)?;
    let kind = EventKind::OpportunityOpened;
    Ok((Happening { kind, name: None, deal: Some(deal.id), node: None, at: work.at }, deal.id))
}

/// Counts what setting a tag counts, for who follows the customer.
pub fn tell(
    work: &mut Work<'_>,
    customer: CustomerId,
    book: &Playbook,
    pipeline: &PipelineCode,
) -> Result<(), StoreError> {
    let tag = book.pipelines.iter().find(|p| p.code == *pipeline).and_then(|p| p.tag.clone());
    let user = tasks::owner_of(work, customer)?.unwrap_or(work.by.id);
    let account = metrics::Account {
        day: work.day,
        at: work.at,
        user,
        team: work.team_of(user)?,
        pipeline: pipeline.0.clone(),
    };
    for (metric, value) in tag.iter().flat_map(|tag| count::of_tag(book, tag)) {
        metrics::count(work, &account, metric, value)?;
    }
    Ok(())
}
