//! Moves a whole database to another place, on whatever engine: the same rows in the same layout.
//!
//! Rows are read from one snapshot in the order of their keys and put into the new tables in parts. With each part goes a mark of
//! how far it is, so that a copy that was cut off goes on from there; where the source has moved on meanwhile, it begins again.
//! Indexes are made at the end. Before the copy is taken for a database, every table of both is compared.

pub mod content;
mod mark;
mod part;

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::db::Db;
use crate::store::engine::{self, Engine, Making, Tx};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::store::migrate::layout::{self, Layout, Table};
use crate::store::value::Value;

use content::Content;
use mark::{Mark, Place};
use part::Part;

/// Rows that are put into a table at once.
const AT_ONCE: usize = 1_000;
/// Rows after which a part is committed, and the time after which it is, whichever comes first.
const PART_ROWS: u64 = 20_000;
const PART_TIME: Duration = Duration::from_millis(500);

/// What a copy tells while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The rows there are, and how many of them an earlier run has copied already.
    Begun {
        /// All rows.
        total: u64,
        /// Those that are there.
        there: u64,
    },
    /// A copy that was begun cannot be gone on with: the source has moved on since.
    Moved,
    /// So many rows are copied, and on disk.
    Copied(u64),
    /// The indexes are being made.
    Indexes,
    /// The tables are being compared: so many rows of the source have been read.
    Compared(u64),
}

/// A table on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What the source has.
    pub from: Content,
    /// What the copy has.
    pub to: Content,
}

impl Pair {
    /// Whether both are the same.
    pub fn is_same(&self) -> bool {
        self.from == self.to
    }
}

/// What came of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Every table, in the order the tables are made.
    pub tables: Vec<Pair>,
    /// Rows an earlier run had copied.
    pub resumed: u64,
    /// How long the rows took that this run copied.
    pub filling: Duration,
    /// How long the indexes took.
    pub indexing: Duration,
    /// How long the comparison took.
    pub comparing: Duration,
}

impl Copied {
    /// Whether the copy has what the source has.
    pub fn is_same(&self) -> bool {
        self.tables.iter().all(Pair::is_same)
    }

    /// Rows of the source.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|pair| pair.from.rows).sum()
    }
}

/// Copies a database to a place where there is none. `pace` is how many rows a second it copies at most.
///
/// Where the copy turns out to differ from its source, it is thrown away: nobody is to work with it.
///
/// # Errors
/// Where there is a database already, where either side fails. What was copied until then is kept for the next run.
pub fn copy(
    from: &mut Db,
    to: &Path,
    pace: Option<u64>,
    tell: &mut dyn FnMut(Step),
) -> Result<Copied, StoreError> {
    let layout = layout::newest();
    let (engine, mut making) = engine::make(to)?;
    let copied = from.snapshot(|source, _| {
        let rows = content::rows(source, &layout)?;
        let asked = (&layout, mark::of(source, &rows)?);
        let (engine, mark) = begin(engine, making.as_mut(), asked, tell)?;
        let total = rows.iter().map(|(_, rows)| rows).sum();
        tell(Step::Begun { total, there: mark.rows });
        Copying { layout: &layout, engine, pace, tell }.run(source, mark)
    })?;
    if copied.is_same() {
        making.finish()?;
    } else {
        making.discard();
    }
    Ok(copied)
}

/// Finds how far an earlier run came with the same source, or lays out empty tables.
fn begin(
    mut engine: Box<dyn Engine>,
    making: &mut dyn Making,
    (layout, source): (&Layout, String),
    tell: &mut dyn FnMut(Step),
) -> Result<(Box<dyn Engine>, Mark), StoreError> {
    let found = engine.layout()?;
    if found == migrate::newest()
        && let Some(mark) = Mark::find(Tx::new(engine.as_ref()))?
    {
        if mark.source == source {
            return Ok((engine, mark));
        }
        tell(Step::Moved);
    }
    if found > 0 {
        drop(engine);
        engine = making.again()?;
    }
    migrate::migrate(engine.as_mut())?;
    let mark = Mark::new(source);
    engine.begin_write()?;
    for index in &layout.indexes {
        engine.migration(&format!("DROP INDEX {}", index.name))?;
    }
    mark.put(Tx::new(engine.as_ref()))?;
    engine.commit()?;
    Ok((engine, mark))
}

/// A copy under way.
struct Copying<'a> {
    layout: &'a Layout,
    engine: Box<dyn Engine>,
    pace: Option<u64>,
    tell: &'a mut dyn FnMut(Step),
}

impl Copying<'_> {
    fn run(mut self, source: Tx<'_>, mark: Mark) -> Result<Copied, StoreError> {
        let resumed = mark.rows;
        let begun = Instant::now();
        self.fill(source, mark)?;
        let filling = begun.elapsed();
        (self.tell)(Step::Indexes);
        for index in &self.layout.indexes {
            self.engine.begin_write()?;
            self.engine.migration(&index.making)?;
            self.engine.commit()?;
            self.engine.tidy();
        }
        let indexing = begun.elapsed().saturating_sub(filling);
        let tables = self.compare(source)?;
        let comparing = begun.elapsed().saturating_sub(filling).saturating_sub(indexing);
        self.engine.begin_write()?;
        Mark::remove(Tx::new(self.engine.as_ref()))?;
        self.engine.commit()?;
        Ok(Copied { tables, resumed, filling, indexing, comparing })
    }

    fn fill(&mut self, source: Tx<'_>, mark: Mark) -> Result<(), StoreError> {
        let done = mark
            .place
            .as_ref()
            .and_then(|place| self.layout.tables.iter().position(|table| table.name == place.table));
        let tables = self.layout.tables.iter().skip(done.unwrap_or(0));
        let mut filling = Filling {
            engine: self.engine.as_mut(),
            committed: (Instant::now(), mark.rows),
            mark,
            begun: Instant::now(),
            poured: 0,
            pace: self.pace,
            tell: self.tell,
        };
        filling.engine.begin_write()?;
        for table in tables {
            filling.table(source, table)?;
        }
        filling.commit()
    }

    /// Reads every table of both sides, at the same time. What only the copy has, its mark, is not there meanwhile: a comparison that
    /// is cut off leaves it.
    fn compare(&mut self, source: Tx<'_>) -> Result<Vec<Pair>, StoreError> {
        let (layout, engine, tell) = (self.layout, self.engine.as_mut(), &mut *self.tell);
        let (from, to) = thread::scope(|scope| {
            let other = scope.spawn(move || {
                engine.begin_write()?;
                let tx = Tx::new(engine);
                let all = Mark::remove(tx).and_then(|()| content::all(tx, layout, &mut |_| {}));
                engine.rollback();
                all
            });
            let from = content::all(source, layout, &mut |rows| tell(Step::Compared(rows)));
            (from, other.join())
        });
        let to = to.map_err(|_| StoreError::Engine {
            doing: "comparing the tables".to_owned(),
            what: "the thread that reads the copy stopped".to_owned(),
        })?;
        Ok(from?.into_iter().zip(to?).map(|(from, to)| Pair { from, to }).collect())
    }
}

/// Rows on their way into the new tables.
struct Filling<'a> {
    engine: &'a mut dyn Engine,
    mark: Mark,
    begun: Instant,
    /// Rows of this run.
    poured: u64,
    /// When a part was last committed, and the rows there were.
    committed: (Instant, u64),
    pace: Option<u64>,
    tell: &'a mut dyn FnMut(Step),
}

impl Filling<'_> {
    /// Copies the rest of a table.
    fn table(&mut self, source: Tx<'_>, table: &Table) -> Result<(), StoreError> {
        let after = match self.mark.place.take() {
            Some(place) if place.table == table.name => place.after,
            _ => Vec::new(),
        };
        self.mark.place = Some(Place { table: table.name.clone(), after: after.clone() });
        let bound: Vec<Value<'_>> = after.iter().map(mark::Held::value).collect();
        let mut part = Part::new(table);
        source.each(&content::select(table, !after.is_empty()), &bound, |row| {
            part.add(row)?;
            if part.rows() < AT_ONCE { Ok(()) } else { self.pour(&mut part) }
        })?;
        self.pour(&mut part)
    }

    fn pour(&mut self, part: &mut Part<'_>) -> Result<(), StoreError> {
        if part.rows() == 0 {
            return Ok(());
        }
        Tx::new(self.engine).fill(part.table(), &part.values())?;
        let rows = u64::try_from(part.rows()).unwrap_or(u64::MAX);
        self.mark.rows = self.mark.rows.saturating_add(rows);
        self.poured = self.poured.saturating_add(rows);
        if let Some(place) = &mut self.mark.place {
            place.after = part.last();
        }
        part.clear();
        let early = self.early();
        let (at, before) = self.committed;
        let is_due = self.mark.rows.saturating_sub(before) >= PART_ROWS || at.elapsed() >= PART_TIME;
        if is_due || !early.is_zero() {
            self.commit()?;
            // others have the machine meanwhile
            thread::sleep(early);
            self.engine.begin_write()?;
        }
        Ok(())
    }

    /// By how much the rows so far came earlier than the pace allows.
    fn early(&self) -> Duration {
        let Some(pace) = self.pace else { return Duration::ZERO };
        let millis = self.poured.saturating_mul(1_000) / pace.max(1);
        Duration::from_millis(millis).saturating_sub(self.begun.elapsed())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.mark.put(Tx::new(self.engine))?;
        self.engine.commit()?;
        self.engine.tidy();
        self.committed = (Instant::now(), self.mark.rows);
        (self.tell)(Step::Copied(self.mark.rows));
        Ok(())
    }
}
