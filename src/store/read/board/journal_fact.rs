//! Facts that no touch, order or payment carries: changes that counted something by themselves.

use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::board::FactRow;
use crate::store::read::board::fact::{Window, fact};
use crate::store::undo::Reversal;
use crate::{sql, values};

/// The changes of a window that counted the metric without a touch and were not taken back.
pub(super) fn facts(tx: Tx<'_>, window: &Window<'_>) -> Result<Vec<FactRow>, StoreError> {
    let ask = window.ask;
    let counts = format!("%\"{}\"%", ask.metric);
    let rows = tx.all(
        sql!(
            "SELECT j.rev, j.at, u.name, j.customer_id, c.name, j.kind, CAST(NULL AS TEXT), j.reversal FROM journal j \
             JOIN customer c ON c.id = j.customer_id JOIN person_user u ON u.id = j.by_user \
             WHERE j.at >= $1 AND j.at < $2 AND (j.at < $3 OR (j.at = $3 AND j.rev < $4)) \
               AND j.kind IN ('customer.add', 'customer.add_person', 'customer.add_contact', 'customer.set_contact', \
                 'deal.open', 'deal.move', 'deal.win', 'deal.book', 'deal.node', 'deal.untag') \
               AND j.undone_by IS NULL AND j.reversal LIKE $5 ORDER BY j.at DESC, j.rev DESC"
        ),
        values![window.from, window.to, window.before.0, window.before.1, &counts],
        |row| Ok((fact(row, 0, 0)?, row.text(7)?.to_owned())),
    )?;
    let mut found = Vec::new();
    for (mut fact, reversal) in rows {
        let steps: Vec<Reversal> = from_json(&reversal)?;
        for step in steps {
            if let Reversal::Counted { day, user, team, pipeline, metric, value, .. } = step
                && metric == ask.metric
                && (window.first..=window.last).contains(&day)
                && ask.user.is_none_or(|wanted| wanted == user)
                && ask.team.is_none_or(|wanted| wanted.0 == team)
            {
                fact.value += value;
                fact.pipeline = (!pipeline.is_empty()).then(|| pipeline.as_str().into());
            }
        }
        if fact.value != 0 {
            found.push(fact);
        }
    }
    Ok(found)
}
