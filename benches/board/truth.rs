//! What boards must say, from the facts: the journal's counts and the touches', summed and ranked by hand.

use std::collections::{BTreeMap, BTreeSet};

use corral::domain::lists::Metric;
use corral::domain::time::{Day, Timestamp, Zone};
use corral::store::undo::Reversal;
use rusqlite::Connection;

/// A row of a board: rank, whose, name, done.
pub type Row = (u32, String, String, i64);
/// What was counted: by day, metric and person.
type Counted = BTreeMap<(Day, Metric), BTreeMap<i64, i64>>;
/// Sums by person.
type Sums = BTreeMap<i64, i64>;

/// Metrics that nothing but a touch counts: of these the touches know all there is.
const OF_TOUCHES: [Metric; 3] = [Metric::CallsDialed, Metric::CallsValid, Metric::TalkMinutes];

/// A person, and whether a board names one who did nothing.
pub struct Person {
    id: i64,
    name: String,
    competes: bool,
}

/// Everybody but the system itself.
pub fn people(connection: &Connection) -> Vec<Person> {
    let sql = "SELECT id, name, role IN ('rep', 'coach') AND state <> 'left' FROM person_user WHERE id <> 1";
    let mut found = connection.prepare(sql).unwrap();
    let person =
        |row: &rusqlite::Row<'_>| Ok(Person { id: row.get(0)?, name: row.get(1)?, competes: row.get(2)? });
    found.query_map([], person).unwrap().map(Result::unwrap).collect()
}

/// What the facts of the month say.
pub struct Facts {
    journal: Counted,
    touches: Counted,
}

impl Facts {
    /// Reads the facts of the month of an instant, and of the week that it lies in.
    pub fn read(connection: &Connection, now: Timestamp) -> Self {
        let zone = Zone(chrono_tz::Asia::Shanghai);
        let day = zone.day(now);
        let first = day.month().first().min(day.week_start());
        let mut journal = Counted::new();
        let mut found =
            connection.prepare("SELECT reversal FROM journal WHERE at >= ?1 AND undone_by IS NULL").unwrap();
        let mut rows = found.query([zone.start(first).0]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let steps: Vec<Reversal> =
                serde_json::from_str(row.get_ref(0).unwrap().as_str().unwrap()).unwrap();
            for step in steps {
                if let Reversal::Counted { day, user, metric, value, .. } = step {
                    *journal.entry((day, metric)).or_default().entry(user.0).or_default() += value;
                }
            }
        }
        let mut touches = Counted::new();
        let sql = "SELECT day, user_id, metrics FROM touch WHERE at >= ?1 AND day >= ?2 AND void_at IS NULL";
        let mut found = connection.prepare(sql).unwrap();
        let mut rows = found.query([zone.start(first).0 - 86_400_000, first.0]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (day, user): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
            let counted: BTreeMap<Metric, i64> =
                serde_json::from_str(row.get_ref(2).unwrap().as_str().unwrap()).unwrap();
            for (metric, value) in counted {
                *touches.entry((Day(day), metric)).or_default().entry(user).or_default() += value;
            }
        }
        Self { journal, touches }
    }

    /// Every metric of which something was counted.
    pub fn metrics(&self) -> BTreeSet<Metric> {
        self.journal.keys().map(|(_, metric)| *metric).filter(|metric| metric.is_summed()).collect()
    }

    /// The sums of a metric from one day to another, by each of the facts that know all of it.
    pub fn sums(&self, metric: Metric, (first, last): (Day, Day)) -> Vec<(&'static str, Sums)> {
        let sum = |counted: &Counted| {
            let mut sums = Sums::new();
            for ((day, of), people) in counted {
                if *of == metric && (first..=last).contains(day) {
                    for (user, value) in people {
                        *sums.entry(*user).or_default() += value;
                    }
                }
            }
            sums
        };
        let mut all = vec![("journal", sum(&self.journal))];
        if OF_TOUCHES.contains(&metric) {
            all.push(("touches", sum(&self.touches)));
        }
        all
    }
}

/// The rows a board must have: by what was done, then name, then who; equal figures share a rank.
pub fn board(people: &[Person], sums: &Sums) -> Vec<Row> {
    let mut rows: Vec<(i64, &Person)> = people
        .iter()
        .map(|person| (sums.get(&person.id).copied().unwrap_or(0), person))
        .filter(|(done, person)| person.competes || *done != 0)
        .collect();
    rows.sort_by(|(a_done, a), (b_done, b)| {
        b_done.cmp(a_done).then(a.name.cmp(&b.name)).then(a.id.cmp(&b.id))
    });
    let ahead = |done: i64| rows.iter().filter(|(other, _)| *other > done).count() as u32;
    rows.iter()
        .map(|(done, person)| (ahead(*done) + 1, person.id.to_string(), person.name.clone(), *done))
        .collect()
}
