//! Reports of closed periods that nobody has kept yet: whoever notices first keeps them.

use std::collections::BTreeSet;

use crate::domain::gap::bounds;
use crate::domain::id::TeamId;
use crate::domain::lists::Period;
use crate::domain::time::{Day, Timestamp};
use crate::store::books::{Book, Books};
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::read::board::people;
use crate::store::report::figures::Place;
use crate::store::report::kept::scope;
use crate::{sql, values};

/// How many periods are looked back at: what is older was not written, and is worked out when it is asked for.
const fn looked_at(period: Period) -> usize {
    match period {
        Period::Day => 35,
        Period::Week => 5,
        Period::Month | Period::Quarter => 2,
    }
}

/// Whose, of which period, from which day on; the oldest first.
pub fn due(
    tx: Tx<'_>,
    books: &mut Books,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(TargetOf, Period, Day)>, StoreError> {
    let ids: Vec<String> = Books::ids(tx)?.into_iter().collect();
    let only = ids.len() == 1;
    let mut found = Vec::new();
    for id in ids {
        let book = books.newest(tx, &id)?;
        for rule in book.playbook.reports.clone() {
            found.extend(of_period(tx, &book, rule.period, (now, only))?);
        }
    }
    // the shorter periods first: a week's report stands on its days
    found.sort_by_key(|(_, period, first)| (*period, *first));
    found.truncate(limit);
    Ok(found)
}

fn of_period(
    tx: Tx<'_>,
    book: &Book,
    period: Period,
    (now, only): (Timestamp, bool),
) -> Result<Vec<(TargetOf, Period, Day)>, StoreError> {
    let mut due = Vec::new();
    let mut day = book.playbook.zone.day(now);
    for _ in 0..=looked_at(period) {
        let (first, _) = bounds(period, day);
        day = first.plus(-1);
        // a day off
        let Ok(place) = Place::of(book.clone(), period, first) else { continue };
        if place.window.closes > now {
            continue;
        }
        let (missing, kept_by_itself) = missing(tx, &place, only)?;
        if missing.is_empty() && kept_by_itself {
            // whoever kept this one kept those before
            break;
        }
        due.extend(missing.into_iter().map(|whose| (whose, period, first)));
    }
    Ok(due)
}

/// Those whose report is not kept; and whether one is that nobody had handed in.
fn missing(tx: Tx<'_>, place: &Place, only: bool) -> Result<(Vec<TargetOf>, bool), StoreError> {
    let (first, last) = place.days;
    let mut kept = BTreeSet::new();
    let mut by_itself = false;
    tx.each(
        sql!("SELECT scope, scope_id, handed_at FROM report WHERE period = $1 AND first_day = $2"),
        values![place.rule.period, first],
        |row| {
            kept.insert((row.text(0)?.to_owned(), row.int(1)?));
            by_itself |= row.opt_int(2)?.is_none();
            Ok(())
        },
    )?;
    let id = &place.book.playbook.id;
    let here = |playbook: &str| playbook == id || (only && playbook.is_empty());
    let mut whose: Vec<TargetOf> = Vec::new();
    let mut teams: BTreeSet<TeamId> = BTreeSet::new();
    for member in people::all(tx, last)? {
        let Some(team) = member.team.filter(|_| member.competes() && here(&member.playbook)) else {
            continue;
        };
        whose.push(TargetOf::User(member.id));
        teams.insert(team);
    }
    whose.extend(teams.into_iter().map(TargetOf::Team));
    whose.retain(|whose| {
        let (scope, id) = scope(*whose);
        !kept.contains(&(scope.to_owned(), id))
    });
    Ok((whose, by_itself))
}
