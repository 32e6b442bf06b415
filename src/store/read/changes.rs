//! What somebody did today, newest first, and the steps that take each back.

use crate::domain::id::{CustomerId, UserId, WriteId};
use crate::domain::time::Timestamp;
use crate::store::actor::Actor;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::changes::{ChangeRow, ChangesAsk, Consequence, Standing};
use crate::store::query::{Answer, Query};
use crate::store::read::board;
use crate::store::rights::{self, Action};
use crate::store::undo::{Reversal, ahead};
use crate::store::value::Row;
use crate::store::write;
use crate::{sql, values};

/// A change of the journal with whose it is and its steps back.
#[derive(Debug)]
pub struct Past {
    /// The change, as far as it is known before anything is tried.
    pub row: ChangeRow,
    by: UserId,
    steps: Vec<Reversal>,
}

impl Past {
    /// Whether it touches who may do what: what was read of users meanwhile does not hold.
    pub fn is_about_people(&self) -> bool {
        self.row.kind.starts_with("people.")
    }
}

/// The changes of a window; refuses who may not see them.
pub fn window(tx: Tx<'_>, books: &mut Books, ask: &ChangesAsk) -> Result<Vec<Past>, StoreError> {
    let zone = write::zone_of(tx, books, ask.user)?;
    let found = if let Some(write) = ask.only {
        vec![one(tx, write)?]
    } else {
        let limit = i64::try_from(ask.limit).unwrap_or(i64::MAX);
        let start = zone.start(zone.day(ask.now));
        tx.all(
                sql!(
                    "SELECT j.rev, j.write_id, j.at, j.kind, j.customer_id, c.name, j.reversal, j.undone_by, j.by_user \
                     FROM journal j LEFT JOIN customer c ON c.id = j.customer_id \
                     WHERE j.by_user = $1 AND j.at >= $2 AND j.rev < $3 AND j.kind <> 'undo' \
                     AND j.kind <> 'work.roll_day' AND j.kind <> 'customer.restore' ORDER BY j.rev DESC LIMIT $4"
                ),
                values![ask.user, start, ask.before.unwrap_or(i64::MAX), limit],
                past,
            )?
    };
    let whose = found.first().filter(|_| ask.only.is_some()).map_or(ask.user, |past| past.by);
    if whose != ask.by {
        let day = zone.day(ask.now);
        let actor = Actor::load(tx, ask.by, day)?;
        let relation = actor.relation_to(tx, Some(whose), day)?;
        rights::check(actor.role, Action::UndoOther, relation, "see what a colleague changed")?;
    }
    Ok(found)
}

fn one(tx: Tx<'_>, write: WriteId) -> Result<Past, StoreError> {
    tx.one(
        sql!(
            "SELECT j.rev, j.write_id, j.at, j.kind, j.customer_id, c.name, j.reversal, j.undone_by, j.by_user \
             FROM journal j LEFT JOIN customer c ON c.id = j.customer_id WHERE j.write_id = $1"
        ),
        values![write],
        past,
    )?
    .ok_or_else(|| StoreError::NotFound { kind: "change", id: write.to_string(), hint: None })
}

fn past(row: &dyn Row) -> Result<Past, StoreError> {
    let taken_back = row.opt_int(7)?.is_some();
    Ok(Past {
        row: ChangeRow {
            revision: row.int(0)?,
            write: WriteId(row.int(1)?),
            at: Timestamp(row.int(2)?),
            kind: row.text(3)?.to_owned(),
            customer: match row.opt_int(4)? {
                Some(id) => Some((CustomerId(id), row.opt_text(5)?.unwrap_or_default().to_owned())),
                None => None,
            },
            outcome: None,
            standing: if taken_back { Standing::TakenBack } else { Standing::Free },
            consequences: Vec::new(),
        },
        by: UserId(row.int(8)?),
        steps: from_json(row.text(6)?)?,
    })
}

/// Tells of changes what would come of taking them back, before anything is tried.
pub fn look_ahead(
    tx: Tx<'_>,
    books: &mut Books,
    ask: &ChangesAsk,
    found: &mut [Past],
) -> Result<(), StoreError> {
    let user = found.first().map_or(ask.user, |past| past.by);
    let gap = match board::answer(tx, books, &Query::Gap { user, now: ask.now }) {
        Ok(Answer::Gap(line)) if line.gap.target != 0 => Some((line.metric, line.gap.gap)),
        // who has no playbook has no gap
        Ok(_) | Err(StoreError::Invalid { .. }) => None,
        Err(error) => return Err(error),
    };
    for past in found {
        let mut ahead = ahead::consequences(tx, &past.row.kind, &past.steps, past.by)?;
        let outcome = ahead.iter().find_map(|consequence| match consequence {
            Consequence::Touch { outcome } => Some(outcome.clone()),
            _ => None,
        });
        past.row.outcome = outcome;
        if past.row.standing == Standing::TakenBack {
            continue;
        }
        let main = ahead.iter().find_map(|consequence| match (consequence, gap) {
            (Consequence::Figure { metric, by }, Some((main, now))) if *metric == main => {
                Some(Consequence::Gap { metric: main, from: now, to: now - by })
            }
            _ => None,
        });
        ahead.extend(main);
        past.row.consequences = ahead;
    }
    Ok(())
}

/// What stands in the way, where a trial was refused; a failure of the store itself is none.
pub fn barred(error: StoreError) -> Result<Standing, StoreError> {
    match error {
        StoreError::NoUndo { what, why, by } => Ok(Standing::Barred { why, name: by, what }),
        StoreError::Forbidden { .. } => {
            Ok(Standing::Barred { why: "forbidden", name: String::new(), what: error.to_string() })
        }
        StoreError::Held { .. } | StoreError::Invalid { .. } | StoreError::NotFound { .. } => {
            Ok(Standing::Barred { why: "changed", name: String::new(), what: error.to_string() })
        }
        failed => Err(failed),
    }
}
