//! What is kept, held against what the journal makes it: the one comparison of whoever only looks and whoever sets right.

use std::collections::HashMap;

use crate::domain::id::UserId;
use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month};
use crate::store::change::figures::{Kept, Mend, SumOf};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rebuild::Key;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Compared {
    /// Rows kept of days.
    pub days: u64,
    /// Rows kept of months.
    pub months: u64,
    /// The sums that differ: those kept in the order of their tables, then those of which there is no row.
    pub differences: Vec<Mend>,
}

/// Compares the sums of a month, or of all, with what was counted on its days.
pub fn compare(
    tx: Tx<'_>,
    counted: impl IntoIterator<Item = (Key, Kept)>,
    month: Option<Month>,
) -> Result<Compared, StoreError> {
    let mut right = with_months(counted);
    let mut compared = Compared::default();
    let days = month.map_or((Day(i64::MIN), Day(i64::MAX)), |month| (month.first(), month.last()));
    tx.each(
        sql!(
            "SELECT day, user_id, team_id, pipeline, metric, value, at FROM metric_day WHERE day >= $1 AND day <= $2 \
             ORDER BY day, metric, user_id, team_id, pipeline"
        ),
        values![days.0, days.1],
        |row| {
            compared.days += 1;
            compared.differences.extend(held(&mut right, SumOf::Day(Day(row.int(0)?)), row)?);
            Ok(())
        },
    )?;
    let months = month.map_or((Month(i64::MIN), Month(i64::MAX)), |month| (month, month));
    tx.each(
        sql!(
            "SELECT month, user_id, team_id, pipeline, metric, value, at FROM metric_month WHERE month >= $1 AND month <= $2 \
             ORDER BY month, metric, user_id, team_id, pipeline"
        ),
        values![months.0, months.1],
        |row| {
            compared.months += 1;
            compared.differences.extend(held(&mut right, SumOf::Month(Month(row.int(0)?)), row)?);
            Ok(())
        },
    )?;
    let mut unkept: Vec<(Key, Kept)> = right.into_iter().filter(|(_, right)| right.value != 0).collect();
    unkept.sort_by(|(a, _), (b, _)| a.cmp(b));
    compared.differences.extend(unkept.into_iter().map(|(key, right)| mend(key, None, right)));
    Ok(compared)
}

/// The days' sums with the months' that they come to. A day that came to nothing moved no month.
fn with_months(counted: impl IntoIterator<Item = (Key, Kept)>) -> HashMap<Key, Kept> {
    let mut sums: HashMap<Key, Kept> = HashMap::new();
    for (key, of_day) in counted {
        if let (SumOf::Day(day), user, team, pipeline, metric) = &key
            && of_day.value != 0
        {
            let of_month = (SumOf::Month(day.month()), *user, *team, pipeline.clone(), *metric);
            let month = sums.entry(of_month).or_default();
            month.value += of_day.value;
            month.at = month.at.max(of_day.at);
        }
        sums.insert(key, of_day);
    }
    sums
}

/// A row that is kept, where it differs.
fn held(right: &mut HashMap<Key, Kept>, of: SumOf, row: &dyn Row) -> Result<Option<Mend>, StoreError> {
    let key = (of, row.int(1)?, row.int(2)?, row.text(3)?.to_owned(), word(row, 4, Metric::parse)?);
    let found = Kept { value: row.int(5)?, at: row.int(6)? };
    let right = right.remove(&key).unwrap_or_default();
    // of a sum that is nothing, and of one from before it was noted, the instant says nothing
    let moved = found.at != 0 && found.value != 0 && right.at != found.at;
    Ok((right.value != found.value || moved).then(|| mend(key, Some(found), right)))
}

fn mend((of, user, team, pipeline, metric): Key, found: Option<Kept>, right: Kept) -> Mend {
    Mend { of, user: UserId(user), team, pipeline, metric, found, right }
}
