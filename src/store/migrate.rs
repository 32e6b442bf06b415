//! Migrations: add-only files, run in one transaction; the engine keeps the layout's number.

pub mod layout;

use crate::store::engine::{Engine, Tx};
use crate::store::error::StoreError;
use crate::store::{audit, search};

/// Every migration, oldest first. Files are never changed once they have shipped; the layout number counts them.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_floor.sql"),
    include_str!("migrations/0002_journal.sql"),
    SEARCH,
    include_str!("migrations/0005_exchange.sql"),
    include_str!("migrations/0006_sign_in.sql"),
    AUDIT,
    include_str!("migrations/0008_pin.sql"),
    include_str!("migrations/0009_privacy.sql"),
    include_str!("migrations/0010_access.sql"),
    include_str!("migrations/0011_pk.sql"),
    include_str!("migrations/0013_boards.sql"),
    include_str!("migrations/0014_good_news.sql"),
    include_str!("migrations/0015_report.sql"),
    include_str!("migrations/0016_desk.sql"),
    include_str!("migrations/0017_pay.sql"),
    include_str!("migrations/0018_ratio.sql"),
    include_str!("migrations/0019_stock_take.sql"),
    include_str!("migrations/0020_health.sql"),
];

/// The migration after which the search tables are filled from the facts.
const SEARCH: &str = include_str!("migrations/0004_search.sql");

/// The migration that brings the audit trail.
pub const AUDIT: &str = include_str!("migrations/0007_audit.sql");

/// The texts, oldest first.
pub const fn texts() -> &'static [&'static str] {
    MIGRATIONS
}

/// The newest layout this program knows.
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings a database up to the newest layout; does nothing when it is there already. Two programs starting at once are
/// fine: the second finds the work done.
pub fn migrate(engine: &mut dyn Engine) -> Result<(), StoreError> {
    if engine.layout()? >= newest() {
        return Ok(());
    }
    engine.begin_write()?;
    match missing(engine) {
        Ok(()) => {
            engine.commit()?;
            tracing::info!(layout = newest(), "brought the layout up to date");
            Ok(())
        }
        Err(error) => {
            engine.rollback();
            Err(error)
        }
    }
}

fn missing(engine: &dyn Engine) -> Result<(), StoreError> {
    let have = usize::try_from(engine.layout()?).unwrap_or(0);
    for text in MIGRATIONS.iter().skip(have) {
        if *text == AUDIT {
            audit::anew::bring_in(engine, text)?;
            continue;
        }
        engine.migration(text)?;
        if *text == SEARCH {
            search::fill(Tx::new(engine))?;
        }
    }
    engine.set_layout(newest())
}
