//! Reports that were kept: whether their figures are what the journal said when they were kept.

use std::collections::BTreeMap;

use super::Report;
use crate::domain::lists::Metric;
use crate::domain::report::Figures;
use crate::domain::time::Day;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::undo::Reversal;
use crate::{sql, values};

/// A report, with what the journal says of its figures.
struct Kept {
    id: i64,
    days: (Day, Day),
    revision: i64,
    figures: Vec<(Metric, i64)>,
    sums: BTreeMap<Metric, i64>,
}

/// Compares every kept figure with the journal as it stood then.
pub fn figures(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    let (mut kept, mut last) = (Vec::new(), 0);
    // reports by whose they are: a person's, or a team's
    let mut near: BTreeMap<(bool, i64), Vec<usize>> = BTreeMap::new();
    tx.each(
        sql!("SELECT id, scope, scope_id, first_day, last_day, kept_rev, figures FROM report ORDER BY id"),
        &[],
        |row| {
            let figures: Figures = from_json(row.text(6)?)?;
            near.entry((row.text(1)? == "team", row.int(2)?)).or_default().push(kept.len());
            last = row.int(5)?.max(last);
            kept.push(Kept {
                id: row.int(0)?,
                days: (Day(row.int(3)?), Day(row.int(4)?)),
                revision: row.int(5)?,
                figures: figures.metrics.iter().map(|figure| (figure.metric, figure.value)).collect(),
                sums: BTreeMap::new(),
            });
            Ok(())
        },
    )?;
    if !kept.is_empty() {
        count(tx, last, &near, &mut kept)?;
    }
    report.count("report", kept.len() as u64);
    for one in kept {
        for (metric, found) in &one.figures {
            let wanted = one.sums.get(metric).copied().unwrap_or(0);
            if wanted != *found {
                report.differs("report", format!("report {} {metric}", one.id), (wanted, *found));
            }
        }
    }
    Ok(())
}

fn count(
    tx: Tx<'_>,
    last: i64,
    near: &BTreeMap<(bool, i64), Vec<usize>>,
    kept: &mut [Kept],
) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT rev, undone_by, reversal FROM journal WHERE rev <= $1 AND reversal LIKE '%counted%' ORDER BY rev"
        ),
        values![last],
        |row| {
            let revision = row.int(0)?;
            let undone = row.opt_int(1)?.unwrap_or(i64::MAX);
            for step in from_json::<Vec<Reversal>>(row.text(2)?)? {
                let Reversal::Counted { day, user, team, metric, value, .. } = step else { continue };
                let of_user = near.get(&(false, user.0)).into_iter().flatten();
                let of_team = near.get(&(true, team)).filter(|_| team != 0).into_iter().flatten();
                for place in of_user.chain(of_team) {
                    let Some(one) = kept.get_mut(*place) else { continue };
                    let stood = revision <= one.revision && one.revision < undone;
                    if stood && (one.days.0..=one.days.1).contains(&day) {
                        *one.sums.entry(metric).or_default() += value;
                    }
                }
            }
            Ok(())
        },
    )
}
