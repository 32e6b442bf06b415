//! The words for what was done today, and for what would come of taking it back.

use crate::app::session::Session;
use crate::app::speak::{amount, outcome, stage, time};
use crate::domain::code::{CouponCode, FieldCode, OutcomeCode, PipelineCode, StageCode};
use crate::domain::lists::Lane;
use crate::store::query::{ChangeRow, Consequence, Standing};
use crate::text::{Text, Words};

/// What a change was: its kind, and the outcome it logged.
pub fn what(session: &Session, row: &ChangeRow) -> String {
    let kind = session.words.name("change", &row.kind);
    match &row.outcome {
        Some(code) => format!("{kind} · {}", outcome(session, &OutcomeCode::from(code.as_str()))),
        None => kind.to_owned(),
    }
}

/// Whether a change can be taken back, or why not.
pub fn standing(words: &Words, standing: &Standing) -> String {
    match standing {
        Standing::Free => words.say(Text("changes.free")).to_owned(),
        Standing::TakenBack => words.say(Text("changes.taken_back")).to_owned(),
        Standing::Barred { why, name, .. } => barred(words, why, name),
    }
}

/// Why a change cannot be taken back, from the stable word for it; `name` is empty for one's own later work.
pub fn barred(words: &Words, why: &str, name: &str) -> String {
    let own = format!("{why}_own");
    let key = if name.is_empty() && words.has(&format!("changes.why.{own}")) { own.as_str() } else { why };
    words.name("changes.why", key).replace("{name}", name)
}

/// One thing that would come of taking a change back.
pub fn consequence(session: &Session, consequence: &Consequence) -> String {
    let words = &session.words;
    let lane = |lane: Lane| words.name("changes.task", lane.as_str()).to_owned();
    match consequence {
        Consequence::Left => words.say(Text("changes.left")).to_owned(),
        Consequence::Touch { outcome: code } => {
            let what = outcome(session, &OutcomeCode::from(code.as_str()));
            words.fill(Text("changes.touch"), &[("what", &what)])
        }
        Consequence::Cancelled { lane: pen, due_at } => {
            let when = time::when(session, *due_at);
            words.fill(Text("changes.cancelled"), &[("what", &lane(*pen)), ("when", &when)])
        }
        Consequence::Reopened { lane: pen, due_at } => {
            let when = time::when(session, *due_at);
            words.fill(Text("changes.reopened"), &[("what", &lane(*pen)), ("when", &when)])
        }
        Consequence::Moved { lane: pen, from, to } => {
            let (from, to) = (time::when(session, *from), time::when(session, *to));
            words.fill(Text("changes.moved"), &[("what", &lane(*pen)), ("from", &from), ("to", &to)])
        }
        Consequence::Stage { pipeline, from, to } => {
            let (from, to) = (place(session, pipeline, from), place(session, pipeline, to));
            words.fill(Text("changes.stage"), &[("from", &from), ("to", &to)])
        }
        Consequence::Coupon { coupon, code, state, quota } => {
            let found = session.playbook().and_then(|p| p.coupon(&CouponCode::from(coupon.as_str())));
            let name = found.map_or_else(|| coupon.clone(), |coupon| super::named(session, &coupon.name));
            let state = words.name("changes.coupon", state.as_str());
            let mut said = format!("{name} {code}: {state}");
            if *quota != 0 {
                let quota = format!("{quota:+}");
                said.push_str(" · ");
                said.push_str(&words.fill(Text("changes.quota"), &[("n", &quota)]));
            }
            said
        }
        Consequence::Figure { metric, by } => {
            format!("{} {}", words.name("metric", metric.as_str()), amount::signed(session, *metric, *by))
        }
        Consequence::Gap { metric, from, to } => {
            let (from, to) = (amount::metric(session, *metric, *from), amount::metric(session, *metric, *to));
            words.fill(Text("notice.gap_moved"), &[("before", &from), ("now", &to)])
        }
        Consequence::Other { what, name } => {
            let of_field = session.playbook().and_then(|p| p.field(&FieldCode::from(name.as_str())));
            let name = match of_field {
                Some(field) if *what == "field" => super::named(session, &field.name),
                _ => name.clone(),
            };
            words.name("changes.other", what).replace("{name}", &name)
        }
    }
}

/// A stage by its name, a state that is none by its word.
fn place(session: &Session, pipeline: &str, code: &str) -> String {
    let words = &session.words;
    if words.has(&format!("deal_state.{code}")) {
        return words.name("deal_state", code).to_owned();
    }
    stage(session, &PipelineCode::from(pipeline), &StageCode::from(code))
}
