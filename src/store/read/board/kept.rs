//! Boards that a connection keeps between questions, so that everybody who looks at one shares it.
//!
//! A board is read whole once; afterwards it is followed: whoever asks again has what was committed since taken in, a person's day
//! for a commit, and the rows ranked anew. Where nothing was committed and the minute is the same, the very board is answered.

use std::sync::Arc;

use crate::domain::id::TeamId;
use crate::domain::span::{DAYS_MAX, Span};
use crate::domain::time::{Day, MINUTE_MS, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::query::board::{Board, BoardAsk, BoardBy, Measure, Part};
use crate::store::read::board::cases::Cases;
use crate::store::read::board::rows::{rows, unit};
use crate::store::read::board::sheet::Sheet;
use crate::store::read::board::{book, day, first_book, source};
use crate::{sql, values};

/// Boards kept: a floor looks at few.
const KEPT: usize = 24;

/// What tells boards apart but for the instant.
type Which = (Measure, Part, Span, BoardBy, Option<TeamId>);

/// The boards of a connection, the one used last at the end.
#[derive(Debug, Default)]
pub struct Boards {
    kept: Vec<Kept>,
    /// Those by source, which are not followed.
    sources: Vec<(Which, Arc<Board>)>,
}

#[derive(Debug)]
struct Kept {
    which: Which,
    /// Who works here and what the targets are, as of this change of them.
    people: Option<String>,
    today: Day,
    sheet: Sheet,
    board: Arc<Board>,
}

/// Answers a board.
pub(super) fn board(tx: Tx<'_>, books: &mut Books, ask: &BoardAsk) -> Result<Arc<Board>, StoreError> {
    let of_team = match ask.team {
        Some(team) => Some(team_book(tx, team)?),
        None => None,
    };
    let calendar = match &of_team {
        Some(id) => book(tx, books, id)?,
        None => first_book(tx, books)?,
    };
    let today = day(&calendar, ask.now);
    let days = ask.span.days(today);
    if days.1.0 - days.0.0 >= DAYS_MAX {
        return Err(StoreError::Invalid {
            code: "too_long",
            what: format!("{} to {} are more than {DAYS_MAX} days; ask for a year at most", days.0, days.1),
        });
    }
    let before = tx.unanswered();
    let revision = journal::revision(tx)?;
    let with = |rows| Arc::new(Board { ask: ask.clone(), unit: unit(&ask.of), days, rows, revision });
    if tx.unanswered() != before {
        // a round that only asks: nothing is compared with an answer that is still to come
        return Ok(with(Vec::new()));
    }
    if ask.by == BoardBy::Source {
        return by_source(tx, books, (ask, revision), (&calendar.playbook, today, days));
    }
    let which = (ask.of.clone(), ask.part.clone(), ask.span, ask.by, ask.team);
    let kept = books.boards().take(&which);
    let people = books.people_stamp();
    let minute = |now: Timestamp| now.0.div_euclid(MINUTE_MS);
    let mut kept = kept.filter(|kept| {
        let since = minute(kept.board.ask.now) != minute(ask.now);
        let stale = since && kept.sheet.cases.as_ref().is_some_and(Cases::moves_with_time);
        // a revision that went back is one of a server that lost the newest
        kept.people == people && kept.today == today && kept.board.revision <= revision && !stale
    });
    if let Some(mut known) = kept.take_if(|known| known.board.revision < revision) {
        let followed = known.sheet.follow(tx, (known.board.revision, ask.now))?;
        if tx.unanswered() != before {
            books.boards().keep(known);
            return Ok(with(Vec::new()));
        }
        kept = followed.then_some(known);
    }
    let sheet = match kept {
        Some(known) => {
            if known.board.revision == revision && minute(known.board.ask.now) == minute(ask.now) {
                let board = Arc::clone(&known.board);
                books.boards().keep(known);
                return Ok(board);
            }
            known.sheet
        }
        None => Sheet::load(tx, books, ask, (&calendar.playbook, today))?,
    };
    let board = with(rows(tx, books, ask, &sheet)?);
    if tx.unanswered() == before {
        books.boards().keep(Kept { which, people, today, sheet, board: Arc::clone(&board) });
    }
    Ok(board)
}

/// A board by source: read at most once a minute, as it is made of every lead of its days.
fn by_source(
    tx: Tx<'_>,
    books: &mut Books,
    (ask, revision): (&BoardAsk, i64),
    (book, today, days): (&Playbook, Day, (Day, Day)),
) -> Result<Arc<Board>, StoreError> {
    let which = (ask.of.clone(), ask.part.clone(), ask.span, ask.by, ask.team);
    let fresh = |board: &Board| {
        let since = ask.now.since(board.ask.now);
        (0..MINUTE_MS).contains(&since) && board.revision <= revision && board.days == days
    };
    if let Some((_, kept)) = books.boards().sources.iter().find(|(of, board)| *of == which && fresh(board)) {
        return Ok(Arc::clone(kept));
    }
    let before = tx.unanswered();
    let mut rows = source::rows(tx, ask, (book, today))?;
    source::name_reasons(tx, books, &mut rows)?;
    let board = Arc::new(Board { ask: ask.clone(), unit: unit(&ask.of), days, rows, revision });
    if tx.unanswered() == before {
        let boards = books.boards();
        boards.sources.retain(|(of, _)| *of != which);
        boards.sources.truncate(KEPT - 1);
        boards.sources.insert(0, (which, Arc::clone(&board)));
    }
    Ok(board)
}

pub(super) fn team_book(tx: Tx<'_>, team: TeamId) -> Result<String, StoreError> {
    tx.one(sql!("SELECT playbook FROM team WHERE id = $1"), values![team], |row| Ok(row.text(0)?.to_owned()))?
        .ok_or_else(|| StoreError::NotFound { kind: "team", id: team.to_string(), hint: None })
}

impl Boards {
    fn take(&mut self, which: &Which) -> Option<Kept> {
        let at = self.kept.iter().position(|kept| kept.which == *which)?;
        Some(self.kept.remove(at))
    }

    fn keep(&mut self, kept: Kept) {
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        self.kept.push(kept);
    }
}
