//! What leads came to by where they came from (S001-86): every household once, in the stretch of days in which it was first given to
//! somebody.
//!
//! Nothing is kept by source: a customer's source may be put right, a lead is won months later, and the sums of both would have to be
//! moved with every touch. So they are read from the leads of the stretch; what that costs goes by those, not by what was done with them.

use std::collections::BTreeMap;

use crate::domain::gap::Gap;
use crate::domain::id::TeamId;
use crate::domain::lists::Metric;
use crate::domain::ratio::Ratio;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::{BY_SOURCE, BoardAsk, BoardRow, LostFor, Measure, SourceSums, is_by_source};
use crate::store::read::board::cases::cohorts;
use crate::{sql, values};

/// Reasons that are told of a source, at most.
const REASONS: usize = 3;

/// What a board by source may be ranked by.
pub(super) fn ranked_by(asked: &Measure, book: &Playbook) -> Result<Metric, StoreError> {
    let main = book.metrics.main;
    match asked.metric() {
        Some(metric) if is_by_source(metric, main) => Ok(metric),
        _ => {
            let known = std::iter::once(main).chain(BY_SOURCE).filter(|metric| is_by_source(*metric, main));
            let names: Vec<&str> = known.map(Metric::as_str).collect();
            let what = format!("'{asked}' is not told by source; choose one of {}", names.join(", "));
            Err(StoreError::Invalid { code: "not_by_source", what })
        }
    }
}

/// Whose leads, of which days.
struct Leads<'a> {
    tx: Tx<'a>,
    book: &'a Playbook,
    days: (Day, Day),
    team: Option<TeamId>,
    /// The day the team is of.
    on: Day,
}

/// The rows by source, ranked; of equal ones the source of fewer leads stands before.
pub(super) fn rows(
    tx: Tx<'_>,
    ask: &BoardAsk,
    (book, today): (&Playbook, Day),
) -> Result<Vec<BoardRow>, StoreError> {
    let metric = ranked_by(&ask.of, book)?;
    if !ask.part.is_whole() {
        let what = "leads have no product; ask for all of them".to_owned();
        return Err(StoreError::Invalid { code: "not_by_part", what });
    }
    let days = ask.span.days(today);
    let on = days.1.min(today).max(days.0.min(today));
    let leads = Leads { tx, book, days, team: ask.team, on };
    let mut rows: Vec<BoardRow> =
        leads.sums()?.into_iter().map(|(source, sums)| row(metric, source, sums)).collect();
    let leads = |row: &BoardRow| row.source.as_ref().map_or(0, |sums| sums.leads);
    rows.sort_by(|a, b| {
        b.value().cmp(&a.value()).then_with(|| leads(a).cmp(&leads(b))).then_with(|| a.name.cmp(&b.name))
    });
    let (mut rank, mut last) = (0, None);
    for (place, row) in (1_u32..).zip(rows.iter_mut()) {
        if last != Some(row.value()) {
            rank = place;
            last = Some(row.value());
        }
        row.rank = rank;
    }
    Ok(rows)
}

/// Names the reasons: a floor may work by several playbooks, whoever looks knows one of them.
pub(super) fn name_reasons(tx: Tx<'_>, books: &mut Books, rows: &mut [BoardRow]) -> Result<(), StoreError> {
    for id in books.in_force(tx)?.iter() {
        let book = books.newest(tx, id)?;
        let sums = rows.iter_mut().filter_map(|row| row.source.as_mut());
        for lost in sums.flat_map(|sums| &mut sums.reasons).filter(|lost| lost.name.is_none()) {
            let known = book.playbook.reasons.lost.iter().find(|known| known.code.as_str() == lost.reason);
            lost.name = known.map(|known| known.name.clone());
        }
    }
    Ok(())
}

fn row(metric: Metric, source: String, sums: SourceSums) -> BoardRow {
    let ratio =
        (metric == Metric::ConversionRateBp).then(|| Ratio::of_cases(Share::of(sums.won, sums.leads)));
    let done = match metric {
        Metric::OrdersWon => sums.won,
        Metric::CallsValid => sums.valid,
        Metric::NodesAttended => sums.attended,
        Metric::ConversionRateBp => ratio.and_then(Ratio::value).unwrap_or(0),
        _ => sums.revenue,
    };
    BoardRow {
        rank: 0,
        id: source.clone(),
        name: source,
        team: String::new(),
        gap: Gap { done, ..Gap::default() },
        ratio,
        source: Some(sums),
        held_down: None,
        stretch: None,
        challenge: None,
        behind: None,
        outlook: None,
        reached: None,
        trend: Vec::new(),
    }
}

impl Leads<'_> {
    fn sums(&self) -> Result<BTreeMap<String, SourceSums>, StoreError> {
        let mut found: BTreeMap<String, SourceSums> = BTreeMap::new();
        let window = i64::from(self.book.metrics.conversion_window_days);
        for (from, to, until) in cohorts(self.book.zone, self.days, window) {
            self.add((from, to), until, &mut found)?;
            self.reasons((from, to), &mut found)?;
        }
        for sums in found.values_mut() {
            // the most frequent first
            sums.reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
            sums.reasons.truncate(REASONS);
        }
        Ok(found)
    }

    fn add(
        &self,
        (from, to): (Timestamp, Timestamp),
        until: Timestamp,
        found: &mut BTreeMap<String, SourceSums>,
    ) -> Result<(), StoreError> {
        self.tx.each(
            sql!(
                "SELECT l.source, count(*), CAST(sum(l.valid) AS BIGINT), CAST(sum(l.attended) AS BIGINT), \
                 CAST(sum(CASE WHEN l.orders > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(l.revenue) AS BIGINT) FROM ( \
                   SELECT c.source AS source, CASE WHEN c.last_valid_at >= o.from_at THEN 1 ELSE 0 END AS valid, \
                   CASE WHEN EXISTS (SELECT 1 FROM node_event n WHERE n.customer_id = o.customer_id AND n.node_at >= o.from_at \
                     AND n.state = 'attended' AND n.void_at IS NULL) THEN 1 ELSE 0 END AS attended, \
                   (SELECT count(*) FROM sale_order s WHERE s.customer_id = o.customer_id AND s.at >= o.from_at AND s.at < $3 \
                     AND s.void_at IS NULL) AS orders, \
                   (SELECT CAST(coalesce(sum(s.price), 0) AS BIGINT) FROM sale_order s WHERE s.customer_id = o.customer_id \
                     AND s.at >= o.from_at AND s.at < $3 AND s.void_at IS NULL) AS revenue \
                   FROM ownership o JOIN customer c ON c.id = o.customer_id \
                   WHERE o.owner_right = 'follow' AND o.from_at >= $1 AND o.from_at < $2 \
                   AND NOT EXISTS (SELECT 1 FROM ownership e WHERE e.customer_id = o.customer_id AND e.owner_right = 'follow' \
                     AND e.from_at < o.from_at) \
                   AND NOT EXISTS (SELECT 1 FROM sale_order b WHERE b.customer_id = o.customer_id AND b.at < o.from_at AND b.void_at IS NULL) \
                   AND (CAST($4 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = o.user_id AND m.team_id = $4 \
                     AND m.from_day <= $5 AND (m.to_day IS NULL OR m.to_day >= $5))) \
                 ) l GROUP BY l.source"
            ),
            values![from, to, until, self.team, self.on],
            |row| {
                let sums = found.entry(row.text(0)?.to_owned()).or_default();
                sums.leads += row.int(1)?;
                sums.valid += row.opt_int(2)?.unwrap_or(0);
                sums.attended += row.opt_int(3)?.unwrap_or(0);
                sums.won += row.opt_int(4)?.unwrap_or(0);
                sums.revenue += row.opt_int(5)?.unwrap_or(0);
                Ok(())
            },
        )
    }

    /// Why deals with these leads were lost, by the codes of their playbooks.
    fn reasons(
        &self,
        (from, to): (Timestamp, Timestamp),
        found: &mut BTreeMap<String, SourceSums>,
    ) -> Result<(), StoreError> {
        self.tx.each(
            sql!(
                "SELECT c.source, d.reason, count(*) FROM ownership o JOIN customer c ON c.id = o.customer_id \
                 JOIN deal d ON d.customer_id = o.customer_id AND d.state = 'lost' AND d.void_at IS NULL AND d.closed_at >= o.from_at \
                 WHERE o.owner_right = 'follow' AND o.from_at >= $1 AND o.from_at < $2 AND d.reason IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM ownership e WHERE e.customer_id = o.customer_id AND e.owner_right = 'follow' \
                   AND e.from_at < o.from_at) \
                 AND NOT EXISTS (SELECT 1 FROM sale_order b WHERE b.customer_id = o.customer_id AND b.at < o.from_at AND b.void_at IS NULL) \
                 AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = o.user_id AND m.team_id = $3 \
                   AND m.from_day <= $4 AND (m.to_day IS NULL OR m.to_day >= $4))) \
                 GROUP BY c.source, d.reason"
            ),
            values![from, to, self.team, self.on],
            |row| {
                let (reason, count) = (row.text(1)?.to_owned(), row.int(2)?);
                let sums = found.entry(row.text(0)?.to_owned()).or_default();
                match sums.reasons.iter_mut().find(|known| known.reason == reason) {
                    Some(known) => known.count += count,
                    None => sums.reasons.push(LostFor { reason, name: None, count }),
                }
                Ok(())
            },
        )
    }
}
