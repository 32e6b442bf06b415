//! Moving a deal to another stage (S001-62): its gate, its required facts, nothing else asked.

use std::collections::BTreeMap;

use crate::domain::code::{FieldCode, StageCode};
use crate::domain::id::{CustomerId, DealId};
use crate::domain::lists::{DealState, Entity, EventKind};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::gate::{self, Blocked, Need};
use crate::playbook::plan::Happening;
use crate::store::change::Topic;
use crate::store::deals::find;
use crate::store::error::StoreError;
use crate::store::foreseen::Stood;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::work::{facts, invalid};
use crate::store::write::Work;
use crate::store::{known, tasks};
use crate::{sql, values};

/// Moves a deal to a stage: forward over any number of stages, when gate and required facts allow; back always.
pub fn advance(
    work: &mut Work<'_>,
    deal: DealId,
    to: &StageCode,
    set: &[(FieldCode, String)],
) -> Result<(), StoreError> {
    let deal = find::open(work, deal, "move a deal")?;
    work.effects.customer = Some(deal.customer);
    let book = work.book_of(deal.customer)?;
    let playbook = &book.playbook;
    let pipeline = find::pipeline(playbook, &deal.pipeline)?;
    let Some(stage) = pipeline.stage(to) else {
        let near = crate::playbook::near::nearest(
            to.as_str(),
            pipeline.stages.iter().map(|stage| stage.code.as_str()),
        );
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        return Err(invalid("unknown_stage", format!("'{to}' is not a stage of '{}'{near}", pipeline.code)));
    };
    if deal.stage.as_ref() == Some(to) {
        return Err(invalid("same_stage", format!("the deal stands at '{to}' already")));
    }
    if stage.closes_won {
        return Err(invalid("needs_order", format!("'{to}' closes the deal: win it with its order instead")));
    }
    let index = |code: &StageCode| pipeline.stage_index(code);
    let back = deal.stage.as_ref().and_then(index) > index(to);
    let mut happened = facts::set(work, playbook, &facts::On::deal(deal.customer, deal.id), set)?;
    if !back {
        let seen = known::load(work.tx, playbook, deal.customer, work.at)?;
        let step = gate::Move { deal: find::known(&seen, deal.id)?, to, set: &BTreeMap::new(), now: work.at };
        gate::check(playbook, &seen, &step).map_err(|blocked| refusal(&blocked))?;
    }
    shift(work, deal.id, to, if back { "back" } else { "move" })?;
    happened.push(entered(deal.id, to, work.at));
    tasks::happen(work, deal.customer, happened)?;
    crate::store::work::gap::tell(work, playbook)
}

/// What planning is told of a deal that entered a stage.
pub fn entered(deal: DealId, stage: &StageCode, at: Timestamp) -> Happening {
    Happening { kind: EventKind::StageEntered, name: Some(stage.0.clone()), deal: Some(deal), node: None, at }
}

/// Writes a move within an open deal, with its way back.
pub fn shift(work: &mut Work<'_>, deal: DealId, to: &StageCode, evidence: &str) -> Result<(), StoreError> {
    write(work, deal, (Some(to), DealState::Open), evidence)
}

/// Writes a deal's stage and state with the move on the timeline. A deal that closes keeps its stage in the row; a
/// loss has no stage to go to.
pub fn write(
    work: &mut Work<'_>,
    deal: DealId,
    (to, ends): (Option<&StageCode>, DealState),
    evidence: &str,
) -> Result<(), StoreError> {
    let Stood { customer, stage, since, state: before } = stood(work, deal)?;
    let closed = (ends != DealState::Open).then_some(work.at);
    let (kept, entered) = match to {
        Some(to) => (Some(to.as_str()), work.at),
        None => (stage.as_ref().map(StageCode::as_str), since),
    };
    work.tx.put(
        sql!("UPDATE deal SET stage = $2, stage_since = $3, state = $4, closed_at = $5 WHERE id = $1"),
        values![deal, kept, entered, ends, closed],
    )?;
    let row = work.ids.make();
    let from = stage.as_ref().map(|stage| stage.0.clone()).unwrap_or_default();
    let now = Stood { customer, stage: kept.map(StageCode::from), since: entered, state: ends };
    let goes = to.map_or("", StageCode::as_str);
    work.tx.put(
        sql!(
            "INSERT INTO stage_move (id, deal_id, customer_id, from_stage, to_stage, at, by_user, evidence, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
        ),
        values![row, deal, customer, &from, goes, work.at, work.by.id, evidence],
    )?;
    work.reverse(Reversal::DealMoved {
        deal,
        stage_move: row,
        stage: stage.map(|stage| stage.0),
        since,
        state: before.as_str().to_owned(),
    });
    work.foreseen.deal(deal, now);
    work.effects.moved.push((deal, from, goes.to_owned()));
    work.touch(Topic::Customer);
    Ok(())
}

/// A deal as it stands.
fn stood(work: &Work<'_>, deal: DealId) -> Result<Stood, StoreError> {
    if let Some(known) = work.foreseen.stood(deal) {
        return Ok(known.clone());
    }
    work.tx
        .one(
            sql!("SELECT customer_id, stage, stage_since, state FROM deal WHERE id = $1"),
            values![deal],
            |row| {
                Ok(Stood {
                    customer: CustomerId(row.int(0)?),
                    stage: row.opt_text(1)?.map(StageCode::from),
                    since: Timestamp(row.int(2)?),
                    state: word(row, 3, DealState::parse)?,
                })
            },
        )?
        .ok_or_else(|| StoreError::NotFound { kind: "deal", id: deal.to_string(), hint: None })
}

/// Why a stage may not be entered, as a refusal with a stable code: `missing_facts` or `gate`.
pub fn refusal(blocked: &Blocked) -> StoreError {
    let code = if blocked.missing.is_empty() { "gate" } else { "missing_facts" };
    invalid(code, blocked.to_string())
}

/// The same as a stable text for programs: `stage:CODE missing:FIELD,FIELD need:WORD`.
pub fn short(blocked: &Blocked) -> String {
    let mut parts = vec![format!("stage:{}", blocked.stage)];
    if !blocked.missing.is_empty() {
        let fields: Vec<&str> = blocked.missing.iter().map(FieldCode::as_str).collect();
        parts.push(format!("missing:{}", fields.join(",")));
    }
    let need = blocked.need.as_ref().map(|need| match need {
        Need::Stage => "stage",
        Need::Contact { .. } => "contact",
        Need::Attended { .. } => "attended",
        Need::Payment { .. } => "payment",
        Need::Disclosure { .. } => "disclosure",
        Need::CoolingOff { .. } => "cooling_off",
    });
    parts.extend(need.map(|need| format!("need:{need}")));
    parts.join(" ")
}

/// Whether a field of the playbook sits on deals; an order's facts sit on its deal.
pub fn is_of_deal(playbook: &Playbook, field: &FieldCode) -> bool {
    playbook.field(field).is_some_and(|field| matches!(field.on, Entity::Opportunity | Entity::Order))
}
