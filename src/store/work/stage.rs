//! The stage an outcome leads to: entered when gate and facts allow, else told what is missing.

use std::collections::BTreeMap;

use crate::domain::code::{FieldCode, PipelineCode, StageCode};
use crate::domain::id::DealId;
use crate::domain::lists::{DealState, NodeState, OutcomeFlag};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::gate;
use crate::playbook::model::Outcome;
use crate::playbook::plan::{Known, KnownDeal, NewDeal};
use crate::store::deals::stage::short;

/// A stage to enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The deal.
    pub deal: DealId,
    /// The stage.
    pub to: StageCode,
}

/// What an outcome has to say about stages.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The method.
    pub playbook: &'a Playbook,
    /// What is known, the touch included.
    pub known: &'a Known,
    /// Deals the touch opens.
    pub opened: &'a [NewDeal],
    /// The outcome.
    pub outcome: &'a Outcome,
    /// The deal the touch was about.
    pub deal: Option<DealId>,
    /// Facts given for a deal that the touch opens.
    pub set: &'a BTreeMap<FieldCode, String>,
    /// When.
    pub now: Timestamp,
}

/// The stage to enter, nothing, or why it may not be entered as a stable text (see [`short`]).
pub fn decide(asked: &Asked<'_>) -> Result<Option<Step>, String> {
    let Some((pipeline, to)) = target(asked) else { return Ok(None) };
    let deals = open_deals(asked, &pipeline);
    let deal = deals.iter().find(|deal| Some(deal.id) == asked.deal).or_else(|| deals.last());
    let Some(deal) = deal else { return Ok(None) };
    let Some(definition) = asked.playbook.pipeline(&pipeline) else { return Ok(None) };
    let at = deal.stage.as_ref().and_then(|stage| definition.stage_index(stage));
    if at >= definition.stage_index(&to) {
        return Ok(None);
    }
    if definition.stage(&to).is_some_and(|stage| stage.closes_won) {
        return Err(format!("stage:{to} need:order"));
    }
    let step = gate::Move { deal, to: &to, set: asked.set, now: asked.now };
    gate::check(asked.playbook, asked.known, &step).map_err(|blocked| short(&blocked))?;
    Ok(Some(Step { deal: deal.id, to }))
}

/// The outcome's own stage, else the one its node leads to.
fn target(asked: &Asked<'_>) -> Option<(PipelineCode, StageCode)> {
    if let Some(target) = &asked.outcome.stage {
        return Some(target.clone());
    }
    let node = asked.playbook.node(asked.outcome.node.as_ref()?)?;
    let has = |flag| asked.outcome.flags.contains(&flag);
    let in_state =
        |state: NodeState| asked.known.nodes.iter().any(|n| n.node == node.code && n.state == state);
    let stage = if has(OutcomeFlag::NodeBooked) && in_state(NodeState::Booked) {
        node.booked_stage.as_ref()
    } else if has(OutcomeFlag::NodeAttended) {
        node.attended_stage.as_ref()
    } else {
        None
    };
    Some((node.pipeline.clone()?, stage?.clone()))
}

fn open_deals(asked: &Asked<'_>, pipeline: &PipelineCode) -> Vec<KnownDeal> {
    let opened = asked.opened.iter().map(|deal| KnownDeal {
        id: deal.id,
        pipeline: deal.pipeline.clone(),
        stage: deal.stage.clone(),
        stage_since: asked.now,
        opened_at: asked.now,
        state: DealState::Open,
        fields: BTreeMap::new(),
        paid_bp: 0,
    });
    let known = asked.known.deals.iter().cloned();
    known.chain(opened).filter(|deal| deal.state == DealState::Open && deal.pipeline == *pipeline).collect()
}
