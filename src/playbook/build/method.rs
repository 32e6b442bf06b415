//! Fields, pipelines, nodes, outcomes, reasons.

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::lists::{Entity, FieldType, GateKind, Lane, Metric, NextKind, OutcomeFlag, Shape, Tier};
use crate::playbook::model::{
    Field, FieldOption, Gate, Next, Node, Outcome, Pipeline, Reason, Reasons, Stage, StageMap,
};
use crate::playbook::reader::row::{Row, Value};

use super::{clauses, code, codes, count, event, members, metric, rows};

pub fn field(row: &Row) -> Option<Field> {
    let options = row.map("options").iter().map(|(code, item)| match &item.value {
        Value::Both(name) => Some(FieldOption { code: code.clone(), name: name.clone() }),
        _ => None,
    });
    Some(Field {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        on: Entity::parse(row.text("on")?)?,
        kind: FieldType::parse(row.text("type")?)?,
        options: options.collect::<Option<_>>()?,
        tier: Tier::parse(row.text("tier")?)?,
        used_by: row.texts("used_by").map(|(text, _)| text.to_owned()).collect(),
    })
}

pub fn pipeline(row: &Row) -> Option<Pipeline> {
    let id = row.text("id")?;
    Some(Pipeline {
        code: id.into(),
        name: row.both("name")?.clone(),
        shape: Shape::parse(row.text("shape")?)?,
        owner_role: row.text("owner_role")?.to_owned(),
        open_on: members(row, "open_on", event)?,
        open_where: clauses(row, "open_where")?,
        max_open: count(row, "max_open")?,
        followed_by: code(row, "followed_by"),
        amount_metric: metric(row, "amount_metric"),
        process: row.text("process").unwrap_or(id).to_owned(),
        tag: code(row, "tag"),
        counts: members(row, "counts", Metric::parse)?,
        stages: rows(row, "stages", stage)?,
    })
}

fn stage(row: &Row) -> Option<Stage> {
    Some(Stage {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        required: codes(row, "required"),
        gate: match row.row("gate") {
            Some(row) => Some(gate(row)?),
            None => None,
        },
        max_days: count(row, "max_days"),
        key_node: row.flag("key_node"),
        closes_won: row.has("closes"),
    })
}

fn gate(row: &Row) -> Option<Gate> {
    Some(Gate {
        kind: GateKind::parse(row.text("kind")?)?,
        channel: code(row, "channel"),
        role_any: codes(row, "role_any"),
        verified: row.flag("verified"),
        node: code(row, "node"),
        at_least_bp: count(row, "at_least_bp").unwrap_or(1),
    })
}

pub fn stage_map(row: &Row) -> Option<StageMap> {
    Some(StageMap { pipeline: code(row, "pipeline")?, from: code(row, "from")?, to: code(row, "to")? })
}

pub fn node(row: &Row) -> Option<Node> {
    Some(Node {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        field: code(row, "field"),
        pipeline: code(row, "pipeline"),
        missed_after: row.span("missed_after")?,
        channel: code(row, "channel")?,
        booked_stage: code(row, "booked_stage"),
        attended_stage: code(row, "attended_stage"),
    })
}

pub fn outcome(row: &Row) -> Option<Outcome> {
    let stage = row.text("stage").and_then(|text| text.split_once('.'));
    Some(Outcome {
        code: code(row, "id")?,
        lanes: members(row, "lanes", Lane::parse)?,
        key: row.text("key")?.chars().next()?,
        name: row.both("name")?.clone(),
        flags: members(row, "flags", OutcomeFlag::parse)?,
        needs: codes(row, "needs"),
        stage: stage.map(|(pipeline, stage)| (PipelineCode::from(pipeline), StageCode::from(stage))),
        node: code(row, "node"),
        next: next(row.row("next")?)?,
    })
}

fn next(row: &Row) -> Option<Next> {
    let delays = row.list("after").iter().map(|item| match item.value {
        Value::Span(span) => Some(span),
        _ => None,
    });
    Some(Next {
        kind: NextKind::parse(row.text("kind")?)?,
        after: delays.collect::<Option<_>>()?,
        at: row.clock("at"),
        max_per_day: count(row, "max_per_day"),
        then: code(row, "then"),
        script: code(row, "script"),
        material: code(row, "material"),
        coupon: code(row, "coupon"),
    })
}

pub fn reasons(row: &Row) -> Option<Reasons> {
    let reason = |row: &Row| {
        Some(Reason {
            code: code(row, "id")?,
            key: row.text("key")?.chars().next()?,
            name: row.both("name")?.clone(),
        })
    };
    Some(Reasons { lost: rows(row, "lost", reason)?, skip: rows(row, "skip", reason)? })
}
