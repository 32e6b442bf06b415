//! Scores that no fact says, such as the quality of somebody's calls: set by whoever leads, with a reason, for a person and a month.

use crate::domain::clean::clean;
use crate::domain::id::UserId;
use crate::domain::lists::{AuditKind, Metric};
use crate::domain::pay::plan::{Component, Plan};
use crate::domain::report::share::WHOLE_BP;
use crate::domain::time::Month;
use crate::store::actor::Actor;
use crate::store::change::people::NewScore;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::report::check;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::{self, Work};
use crate::{sql, values};

/// Characters of a reason, at most.
const WHY_MAX: usize = 500;

/// Sets a score from now on: the newest one of a month counts, those before stay on record.
pub fn set(work: &mut Work<'_>, score: &NewScore) -> Result<(), StoreError> {
    let user = score.user;
    Actor::load(work.tx, user, work.day)?;
    let relation = work.by.relation_to(work.tx, Some(user), work.day)?;
    check(work.by.role, Action::SetScore, relation, "set this score")?;
    let why = clean(&score.why);
    if why.is_empty() || why.chars().count() > WHY_MAX {
        let what = format!("a score changes pay and needs a reason of at most {WHY_MAX} characters");
        return Err(invalid("reason_needed", what));
    }
    if !(0..=WHOLE_BP).contains(&score.value) {
        return Err(invalid("value", "a score is between 0 and 100 percent".to_owned()));
    }
    let settable = settable(work, user)?;
    if !settable.contains(&score.metric) {
        let known: Vec<&str> = settable.iter().map(|metric| metric.as_str()).collect();
        let what = match known.as_slice() {
            [] => "the pay plan has no score that is set by hand".to_owned(),
            some => format!("'{}' is not set by hand; what is: {}", score.metric, some.join(", ")),
        };
        return Err(invalid("metric", what));
    }
    let month = score.first.month();
    let before = read(work.tx, user, month, score.metric)?;
    let named = |value: i64| {
        let (whole, part) = (value.div_euclid(100), value.rem_euclid(100));
        format!("{} of {}: {whole}.{part:02} %", score.metric, month.first())
    };
    let note = Note::new(AuditKind::ScoreSet, About::User(user));
    work.note(note.changed(before.map(named).unwrap_or_default(), named(score.value)).because(why.as_ref()));
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO score (id, user_id, month, metric, value, why, by_user, at, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
        ),
        values![id, user, month, score.metric, score.value, why.as_ref(), work.by.id, work.at],
    )?;
    work.reverse(Reversal::ScoreSet(id));
    work.touch(Topic::Targets);
    Ok(())
}

/// Takes a score back: the one before counts again. Answers with how many were there.
pub fn back(work: &Work<'_>, id: i64) -> Result<usize, StoreError> {
    work.tx.run(sql!("UPDATE score SET void_at = $2 WHERE id = $1 AND void_at IS NULL"), values![id, work.at])
}

/// The score of a month, basis points; `None` where none was set.
pub fn read(tx: Tx<'_>, user: UserId, month: Month, metric: Metric) -> Result<Option<i64>, StoreError> {
    tx.number(
        sql!(
            "SELECT value FROM score WHERE user_id = $1 AND month = $2 AND metric = $3 AND void_at IS NULL ORDER BY at DESC, id DESC LIMIT 1"
        ),
        values![user, month, metric],
    )
}

/// Whether facts say a share of a score: then nobody sets it.
pub const fn is_known(metric: Metric) -> bool {
    matches!(metric, Metric::Attainment | Metric::OnTimeRate)
}

/// What the plan somebody works by scores and no fact says.
fn settable(work: &mut Work<'_>, user: UserId) -> Result<Vec<Metric>, StoreError> {
    let Some(id) = write::playbook_of(work.tx, user)? else { return Ok(Vec::new()) };
    let playbook = work.book(&id)?.playbook;
    let components = playbook.pay.as_ref().map(|Plan { components, .. }| components.as_slice());
    let shares = components.unwrap_or_default().iter().flat_map(|component| match component {
        Component::Performance { score, .. } => score.as_slice(),
        _ => &[],
    });
    Ok(shares.map(|share| share.metric).filter(|metric| !is_known(*metric)).collect())
}
