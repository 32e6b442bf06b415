//! Which warnings are open, and to whom they have climbed.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{CustomerId, DealId, TaskId, UserId, WarningId};
use crate::domain::lists::WarnLevel;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::Warning;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::desk::{WarningPage, WarningRow};
use crate::store::warning::{ladder, share};
use crate::{sql, values};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From this level on.
    pub level: WarnLevel,
    /// Opened later than this one, of several at once those with a greater id.
    pub after: Option<(Timestamp, WarningId)>,
    /// At most this many.
    pub limit: usize,
}

/// How many warnings have climbed to a level, by who follows the customer.
pub fn climbed(
    tx: Tx<'_>,
    playbook: &Playbook,
    level: WarnLevel,
    now: Timestamp,
) -> Result<BTreeMap<UserId, u32>, StoreError> {
    let mut counts: BTreeMap<UserId, u32> = BTreeMap::new();
    for rule in &playbook.warnings {
        let since = ladder(playbook, Some(rule)).since(level, now);
        tx.each(
            sql!(
                "SELECT c.owner_id, COUNT(*) FROM warning w JOIN customer c ON c.id = w.customer_id \
                 WHERE w.playbook = $1 AND w.rule = $2 AND w.since <= $3 AND w.closed_at IS NULL AND c.owner_id IS NOT NULL \
                 GROUP BY c.owner_id"
            ),
            values![&playbook.id, &rule.code, since],
            |row| {
                *counts.entry(UserId(row.int(0)?)).or_default() += u32::try_from(row.int(1)?).unwrap_or(0);
                Ok(())
            },
        )?;
    }
    Ok(counts)
}

/// A window of the open warnings of some people's customers, the longest open first.
pub fn page(
    tx: Tx<'_>,
    playbook: &Playbook,
    people: &BTreeMap<UserId, String>,
    (wanted, now): (Wanted, Timestamp),
) -> Result<WarningPage, StoreError> {
    let mut reached = [0_u32; 3];
    for (slot, level) in reached.iter_mut().zip(WarnLevel::ALL) {
        let counts = climbed(tx, playbook, *level, now)?;
        *slot = counts.iter().filter(|(user, _)| people.contains_key(user)).map(|(_, count)| count).sum();
    }
    let mut rows: Vec<WarningRow> = Vec::new();
    for rule in &playbook.warnings {
        rows.append(&mut of_rule(tx, (playbook, rule), people, (wanted, now))?);
    }
    rows.sort_by_key(|row| (row.since, row.id));
    rows.truncate(wanted.limit);
    // those that stay at a level
    let [all, lead, manager] = reached;
    let open = [all.saturating_sub(lead), lead.saturating_sub(manager), manager];
    let whose: BTreeSet<UserId> = people.keys().copied().collect();
    let (lost, warned) = share::lost(tx, playbook, &whose, now)?;
    let share_bp = crate::domain::warning::share_bp(i64::from(warned), i64::from(lost));
    Ok(WarningPage { rows, open, lost, warned, share_bp })
}

fn of_rule(
    tx: Tx<'_>,
    (playbook, rule): (&Playbook, &Warning),
    people: &BTreeMap<UserId, String>,
    (wanted, now): (Wanted, Timestamp),
) -> Result<Vec<WarningRow>, StoreError> {
    let ladder = ladder(playbook, Some(rule));
    let (from, after) = wanted.after.unwrap_or((Timestamp(i64::MIN), WarningId(0)));
    let mut rows = Vec::new();
    tx.each(
        sql!(
            "SELECT w.id, w.since, w.customer_id, c.name, w.deal_id, c.owner_id, t.id FROM warning w \
             JOIN customer c ON c.id = w.customer_id LEFT JOIN task t ON t.id = w.task_id AND t.state = 'due' \
             WHERE w.playbook = $1 AND w.rule = $2 AND w.since <= $3 AND w.closed_at IS NULL \
             AND (w.since > $4 OR (w.since = $4 AND w.id > $5)) ORDER BY w.since, w.id"
        ),
        values![&playbook.id, &rule.code, ladder.since(wanted.level, now), from, after],
        |row| {
            let owner = row.opt_int(5)?.map(UserId);
            let named = owner.and_then(|id| Some((id, people.get(&id)?.clone())));
            let Some(owner) = named.filter(|_| rows.len() < wanted.limit) else { return Ok(()) };
            let since = Timestamp(row.int(1)?);
            let deal = row.int(4)?;
            rows.push(WarningRow {
                id: WarningId(row.int(0)?),
                rule: rule.code.as_str().to_owned(),
                name: rule.name.clone(),
                severity: rule.severity,
                level: ladder.level(since, now),
                since,
                customer: (CustomerId(row.int(2)?), row.text(3)?.to_owned()),
                deal: (deal != 0).then_some(DealId(deal)),
                owner: Some(owner),
                task: row.opt_int(6)?.map(TaskId),
            });
            Ok(())
        },
    )?;
    Ok(rows)
}
