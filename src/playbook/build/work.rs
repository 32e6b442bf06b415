//! Materials, coupons, prices, procedures, scripts, questions.

use crate::domain::code::PipelineCode;
use crate::domain::lists::{DoneKind, Inducement, Lane, LineKind, ScriptMode};
use crate::playbook::model::{
    Coupon, Done, Material, PricePolicy, Question, Script, ScriptLine, Skip, Sop, Step, When,
};
use crate::playbook::reader::row::Row;

use super::{code, codes, count, event, lines, named, rows};

pub fn material(row: &Row) -> Option<Material> {
    Some(Material {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        text: row.both("text")?.clone(),
        inducement: Inducement::parse(row.text("inducement")?)?,
        again_days: count(row, "again_days")?,
    })
}

pub fn coupon(row: &Row) -> Option<Coupon> {
    Some(Coupon {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        text: row.both("text")?.clone(),
        inducement: Inducement::parse(row.text("inducement")?)?,
        face: row.money("face")?,
        discount_bp: count(row, "discount_bp"),
        min_order: row.money("min_order")?,
        valid_days: count(row, "valid_days")?,
        quota_month: count(row, "quota_month")?,
        per_customer: count(row, "per_customer")?,
        stages: codes(row, "stages"),
        pipelines: codes(row, "pipelines"),
    })
}

pub fn price(row: &Row) -> Option<PricePolicy> {
    Some(PricePolicy {
        product: code(row, "product")?,
        channels: codes(row, "channels"),
        list: row.money("list")?,
        lowest: row.money("lowest")?,
        approve_below: row.money("approve_below")?,
    })
}

pub fn sop(row: &Row) -> Option<Sop> {
    Some(Sop {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        pipeline: code::<PipelineCode>(row, "pipeline")?,
        anchor: event(row.text("anchor")?)?,
        steps: rows(row, "steps", step)?,
    })
}

fn step(row: &Row) -> Option<Step> {
    let when = (row.clock("at").map(When::At))
        .or_else(|| row.span("within").map(When::Within))
        .or_else(|| row.span("before").map(When::Before))
        .or_else(|| row.span("after").map(When::After))?;
    let (done, name) = named(row.text("done_when")?);
    Some(Step {
        day: row.int("day")?,
        when,
        lane: Lane::parse(row.text("lane")?)?,
        channel: code(row, "channel")?,
        script: code(row, "script"),
        material: code(row, "material"),
        coupon: code(row, "coupon"),
        done_when: Done { kind: DoneKind::parse(done)?, name: name.map(str::to_owned) },
        skip_when: match row.text("skip_when") {
            Some(text) => Some(skip(text)?),
            None => None,
        },
    })
}

fn skip(text: &str) -> Option<Skip> {
    match named(text) {
        ("no_wechat", None) => Some(Skip::NoWechat),
        ("node_booked", None) => Some(Skip::NodeBooked),
        ("won", None) => Some(Skip::Won),
        ("stage_reached", Some(stage)) => Some(Skip::Reached(stage.into())),
        ("field_true", Some(field)) => Some(Skip::FieldTrue(field.into())),
        _ => None,
    }
}

pub fn script(row: &Row) -> Option<Script> {
    Some(Script {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        stage: code(row, "stage"),
        role: code(row, "role"),
        channel: code(row, "channel")?,
        mode: ScriptMode::parse(row.text("mode")?)?,
        lines: rows(row, "lines", |row| {
            Some(ScriptLine {
                kind: LineKind::parse(row.text("kind")?)?,
                text: lines(row)?,
                proof: code(row, "proof"),
            })
        })?,
    })
}

pub fn question(row: &Row) -> Option<Question> {
    Some(Question {
        code: code(row, "id")?,
        ask: row.texts("ask").map(|(text, _)| text.to_owned()).collect(),
        answer: lines(row)?,
        back: row.both("back").cloned(),
        objection: row.flag("objection"),
    })
}
