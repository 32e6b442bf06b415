//! Tags a customer comes with: deals of tag pipelines (S001-78).

use std::sync::Arc;

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId};
use crate::domain::lists::{DealState, EventKind, Shape};
use crate::playbook::Playbook;
use crate::playbook::count;
use crate::playbook::plan::Happening;
use crate::store::customers::{hint, invalid};
use crate::store::error::StoreError;
use crate::store::metrics;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

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

/// Sets a tag on a customer that does not have it, counting what setting it counts.
pub fn set(
    work: &mut Work<'_>,
    customer: CustomerId,
    book: &Arc<Playbook>,
    pipeline: &PipelineCode,
) -> Result<Option<Happening>, StoreError> {
    let open = work.tx.number(
        sql!(
            "SELECT id FROM deal WHERE customer_id = $1 AND pipeline = $2 AND state = 'open' AND void_at IS NULL"
        ),
        values![customer, pipeline],
    )?;
    if open.is_some() {
        return Ok(None);
    }
    let deal = DealId(work.ids.make());
    let number = work.book(&book.id)?.number;
    work.tx.run(
        sql!(
            "INSERT INTO deal (id, customer_id, playbook, playbook_number, pipeline, seq, stage, stage_since, state, \
               opened_at, opened_by, closed_at, reason, words, void_at) \
             VALUES ($1, $2, $3, $4, $5, \
               (SELECT coalesce(max(seq), 0) + 1 FROM deal WHERE customer_id = $2 AND pipeline = $5), \
               NULL, $6, $7, $6, $8, NULL, NULL, NULL, NULL)"
        ),
        values![deal, customer, &book.id, number, pipeline, work.at, DealState::Open, work.by.id],
    )?;
    work.reverse(Reversal::DealOpened(deal));
    work.effects.opened.push(deal);
    let tag = book.pipelines.iter().find(|p| p.code == *pipeline).and_then(|p| p.tag.clone());
    let account = metrics::Account {
        day: work.day,
        user: work.by.id,
        team: work.by.team,
        pipeline: pipeline.0.clone(),
    };
    for (metric, value) in tag.iter().flat_map(|tag| count::of_tag(book, tag)) {
        metrics::count(work, &account, metric, value)?;
    }
    let kind = EventKind::OpportunityOpened;
    Ok(Some(Happening { kind, name: None, deal: Some(deal), node: None, at: work.at }))
}
