//! The words for what happened: what a save changed, why something was refused, why a task is here.
//!
//! Screens never spell these out themselves: a reason, a rule, an amount, a time reads the same wherever it stands.

pub mod amount;
pub mod changes;
pub mod fact;
pub mod merge;
pub mod reason;
pub mod refused;
pub mod time;

use crate::app::session::Session;
use crate::domain::code::{NodeCode, OutcomeCode, PipelineCode, ProductCode, RoleCode, StageCode};
use crate::domain::floor::HeldDown;
use crate::domain::lists::Tongue;
use crate::playbook::model::Bilingual;
use crate::store::change::{Commit, MadeTask};
use crate::text::Text;
use crate::theme::Role as Look;
use crate::widget::{Mark, Piece};

pub use refused::refusal;

/// What holds an attainment down: `new course 3 to go, 90% counts`.
pub fn to_go(session: &Session, held: &HeldDown) -> String {
    let words = &session.words;
    let named = |code: &ProductCode| {
        let product = session.playbook().and_then(|book| book.product(code));
        product.map_or_else(|| code.0.clone(), |product| named(session, &product.name))
    };
    let short: Vec<String> = held
        .short
        .iter()
        .map(|(product, left)| words.fill(Text("board.to_go"), &[("name", &named(product)), ("n", left)]))
        .collect();
    let share = crate::text::format::percent(held.share_bp);
    words.fill(Text("board.held_down"), &[("short", &short.join(" · ")), ("share", &share)])
}

/// A mark before what it is about: its sign, or its word on a screen that is read aloud.
pub fn mark(session: &Session, mark: Mark, role: Look) -> Piece<'static> {
    mark.piece(role, &session.words, &session.theme)
}

/// The language playbook texts are shown in.
pub fn tongue(session: &Session) -> Tongue {
    if session.is_chinese() { Tongue::Zh } else { Tongue::En }
}

/// A playbook's name in the session's language; the other language where this one is empty.
pub fn named(session: &Session, text: &Bilingual) -> String {
    let wanted = text.of(tongue(session));
    if wanted.is_empty() { format!("{}{}", text.zh, text.en) } else { wanted.to_owned() }
}

/// The name of an outcome; its code where the playbook in force does not have it any more.
pub fn outcome(session: &Session, code: &OutcomeCode) -> String {
    let found = session.playbook().and_then(|p| p.outcome(code).map(|o| named(session, &o.name)));
    found.unwrap_or_else(|| code.to_string())
}

/// The name of a stage; its code where the playbook in force does not have it any more.
pub fn stage(session: &Session, pipeline: &PipelineCode, code: &StageCode) -> String {
    let found = session.playbook().and_then(|p| p.stage(pipeline, code).map(|s| named(session, &s.name)));
    found.unwrap_or_else(|| code.to_string())
}

/// The name of a pipeline.
pub fn pipeline(session: &Session, code: &PipelineCode) -> String {
    let found = session.playbook().and_then(|p| p.pipeline(code).map(|s| named(session, &s.name)));
    found.unwrap_or_else(|| code.to_string())
}

/// The name of a kind of node.
pub fn node(session: &Session, code: &str) -> String {
    let found =
        session.playbook().and_then(|p| p.node(&NodeCode::from(code)).map(|n| named(session, &n.name)));
    found.unwrap_or_else(|| code.to_owned())
}

/// The name of a role a person plays.
pub fn role(session: &Session, code: &str) -> String {
    let found =
        session.playbook().and_then(|p| p.role(&RoleCode::from(code)).map(|r| named(session, &r.name)));
    found.unwrap_or_else(|| code.to_owned())
}

/// The name of a role where room is short: of `注册人(妈妈)` what stands in the brackets.
pub fn role_short(session: &Session, code: &str) -> String {
    let whole = role(session, code);
    let inside = whole.split_once(['(', '（']).and_then(|(_, rest)| rest.split_once([')', '）']));
    match inside {
        Some((inside, _)) if !inside.trim().is_empty() => inside.trim().to_owned(),
        _ => whole,
    }
}

/// What a commit changed, for the status line (AP-50): at least one effect by name, the most telling first.
pub fn commit(session: &Session, commit: &Commit) -> String {
    let words = &session.words;
    let effects = &commit.effects;
    let mut parts = Vec::new();
    if let Some((_, kind)) = &effects.undone {
        let what = words.name("change", kind).to_owned();
        parts.push(words.fill(Text("notice.undone"), &[("what", &what)]));
    } else {
        parts.push(words.say(Text("notice.saved")).to_owned());
    }
    if let Some((metric, now)) = session.gap.as_ref().map(|line| line.metric).zip(effects.gap) {
        let before = session.gap.as_ref().map_or(now, |line| line.gap.gap);
        if before == now {
            parts.push(words.fill(Text("notice.gap"), &[("now", &amount::metric(session, metric, now))]));
        } else {
            let (before, now) =
                (amount::metric(session, metric, before), amount::metric(session, metric, now));
            parts.push(words.fill(Text("notice.gap_moved"), &[("before", &before), ("now", &now)]));
        }
    }
    for (metric, step) in effects.metrics.iter().take(2) {
        let name = words.name("metric", metric.as_str());
        parts.push(format!("{name} {}", amount::signed(session, *metric, *step)));
    }
    if let Some((_, _, to)) = effects.moved.last() {
        parts.push(words.fill(Text("notice.moved"), &[("stage", &stage_anywhere(session, to))]));
    }
    if let Some(why) = &effects.blocked {
        parts.push(words.fill(Text("notice.not_moved"), &[("why", why)]));
    }
    if let Some(made) = effects.made.iter().min_by_key(|made| made.due_at) {
        parts.push(next(session, made));
    }
    if let Some(given) = &effects.coupon {
        parts.push(given.code.clone());
    }
    if parts.len() == 1 && !effects.closed.is_empty() {
        parts.push(words.fill(Text("notice.closed"), &[("n", &effects.closed.len())]));
    }
    parts.join(" · ")
}

fn next(session: &Session, made: &MadeTask) -> String {
    let lane = session.words.name("next", made.lane.as_str()).to_owned();
    let when = time::when(session, made.due_at);
    session.words.fill(Text("notice.next"), &[("what", &lane), ("when", &when)])
}

/// A stage named without its pipeline: the first of that code.
fn stage_anywhere(session: &Session, code: &str) -> String {
    let wanted = StageCode::from(code);
    session
        .playbook()
        .and_then(|p| p.pipelines.iter().find_map(|pipeline| pipeline.stage(&wanted)))
        .map_or_else(|| code.to_owned(), |stage| named(session, &stage.name))
}
