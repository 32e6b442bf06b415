//! Storing a playbook as its next version, and what that would change here.

use std::collections::BTreeMap;

use crate::domain::lists::AuditKind;
use crate::playbook::Playbook;
use crate::playbook::diff::{Difference, diff};
use crate::store::books::{self, Books};
use crate::store::change::{About, Note, Topic};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::write::Work;
use crate::{sql, values};

/// What applying a playbook would change in this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The playbook's id.
    pub id: String,
    /// The number stored now; `None` when the playbook is new here.
    pub before: Option<i64>,
    /// The number it would be stored under; the same as `before` when nothing changed.
    pub number: i64,
    /// What differs from the stored version; empty when the playbook is new here or the same.
    pub differences: Vec<Difference>,
    /// Stages that are gone and have open deals.
    pub vanishing: Vec<Vanishing>,
}

/// A stage that is gone while deals stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanishing {
    /// The pipeline.
    pub pipeline: String,
    /// The stage that is gone.
    pub stage: String,
    /// Open deals in it.
    pub deals: i64,
    /// Where the playbook sends them; `None` refuses the playbook.
    pub to: Option<String>,
}

/// Tells what applying `text` would change, writing nothing.
pub fn preview(tx: Tx<'_>, text: &str) -> Result<Preview, StoreError> {
    let read = books::read_text(text)?;
    look(tx, &mut Books::default(), &read)
}

fn look(tx: Tx<'_>, books: &mut Books, read: &books::Text) -> Result<Preview, StoreError> {
    let id = read.playbook.id.clone();
    let newest = tx.one(
        sql!("SELECT number, hash FROM playbook_version WHERE playbook = $1 ORDER BY number DESC LIMIT 1"),
        values![&id],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned())),
    )?;
    let number = match &newest {
        Some((number, hash)) if *hash == read.hash => *number,
        Some((number, _)) => number + 1,
        None => 1,
    };
    let before = newest.map(|(number, _)| number);
    let differences = match before.filter(|before| *before != number) {
        Some(before) => diff(&books.version(tx, &id, before)?.playbook, &read.playbook),
        None => Vec::new(),
    };
    let vanishing = vanishing(tx, &read.playbook)?;
    Ok(Preview { id, before, number, differences, vanishing })
}

/// Counts open deals in stages the playbook no longer has (S001-66).
fn vanishing(tx: Tx<'_>, playbook: &Playbook) -> Result<Vec<Vanishing>, StoreError> {
    let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
    tx.each(
        sql!(
            "SELECT pipeline, stage, COUNT(*) FROM deal WHERE playbook = $1 AND state = 'open' AND void_at IS NULL \
             AND stage IS NOT NULL GROUP BY pipeline, stage"
        ),
        values![&playbook.id],
        |row| {
            counts.insert((row.text(0)?.to_owned(), row.text(1)?.to_owned()), row.int(2)?);
            Ok(())
        },
    )?;
    counts.retain(|(pipeline, stage), _| {
        let pipeline = playbook.pipelines.iter().find(|p| p.code.as_str() == pipeline);
        !pipeline.is_some_and(|p| p.stages.iter().any(|s| s.code.as_str() == stage))
    });
    Ok(counts
        .into_iter()
        .map(|((pipeline, stage), deals)| {
            let to = playbook
                .stage_map
                .iter()
                .find(|map| map.pipeline.as_str() == pipeline && map.from.as_str() == stage)
                .map(|map| map.to.as_str().to_owned());
            Vanishing { pipeline, stage, deals, to }
        })
        .collect())
}

/// Stores the playbook: refused while stages with open deals vanish and the playbook does not say where those go.
pub fn apply(work: &mut Work<'_>, text: &str) -> Result<(), StoreError> {
    super::may(work, Action::ApplyPlaybook, "apply a playbook")?;
    let read = books::read_text(text)?;
    let tx = work.tx;
    let seen = look(tx, work.books(), &read)?;
    work.effects.playbook = Some((seen.id.clone(), seen.number));
    if seen.before == Some(seen.number) {
        return Ok(());
    }
    refuse_lost(&seen.vanishing)?;
    work.tx.put(
        sql!(
            "INSERT INTO playbook_version (playbook, number, version, hash, body, at, by_user) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        values![&seen.id, seen.number, &read.playbook.version, &read.hash, &read.text, work.at, work.by.id],
    )?;
    let before = seen.before.map(|number| format!("number {number}")).unwrap_or_default();
    let after = format!("number {}, version {}, sha256 {}", seen.number, read.playbook.version, read.hash);
    let about = About::thing("playbook", &seen.id);
    work.note(Note::new(AuditKind::PlaybookApplied, about).changed(before, after));
    for gone in &seen.vanishing {
        follow_map(work, &seen.id, gone)?;
    }
    if Books::ids(work.tx)?.len() == 1 {
        work.tx.put(sql!("UPDATE team SET playbook = $1 WHERE playbook = ''"), values![&seen.id])?;
    }
    work.touch(Topic::Playbook);
    Ok(())
}

/// Moves the open deals of a stage that is gone to where the playbook sends them, each with its move on the timeline.
fn follow_map(work: &mut Work<'_>, playbook: &str, gone: &Vanishing) -> Result<(), StoreError> {
    let Some(to) = &gone.to else { return Ok(()) };
    let deals = work.tx.all(
        sql!(
            "SELECT id, customer_id FROM deal WHERE playbook = $1 AND pipeline = $2 AND stage = $3 AND state = 'open' \
             AND void_at IS NULL ORDER BY id"
        ),
        values![playbook, &gone.pipeline, &gone.stage],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    for (deal, customer) in deals {
        let row = work.ids.make();
        work.tx.put(
            sql!(
                "INSERT INTO stage_move (id, deal_id, customer_id, from_stage, to_stage, at, by_user, evidence, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 'playbook', NULL)"
            ),
            values![row, deal, customer, &gone.stage, to, work.at, work.by.id],
        )?;
        work.tx.put(
            sql!("UPDATE deal SET stage = $2, stage_since = $3 WHERE id = $1"),
            values![deal, to, work.at],
        )?;
    }
    work.touch(Topic::Customer);
    Ok(())
}

fn refuse_lost(vanishing: &[Vanishing]) -> Result<(), StoreError> {
    let lost: Vec<String> = vanishing
        .iter()
        .filter(|v| v.to.is_none())
        .map(|v| {
            let deals = if v.deals == 1 { "deal" } else { "deals" };
            format!("'{}' of '{}' ({} open {deals})", v.stage, v.pipeline, v.deals)
        })
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(StoreError::Invalid {
        code: "stages_vanish",
        what: format!(
            "stages with open deals are gone from the playbook: {}; keep them, or say in 'stage_map' where their deals go",
            lost.join(", ")
        ),
    })
}
