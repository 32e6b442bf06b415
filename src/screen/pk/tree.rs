//! A bracket as a tree: a column a round, the winners going on to the right.

use super::side::sign;
use super::told;
use crate::app::Session;
use crate::app::speak::time;
use crate::store::query::pk::{PkCard, PkEntry, PkRound};
use crate::text::Text;
use crate::text::width::{cells, cut, pad};
use crate::theme::Role;
use crate::widget::{Line, Mark, Piece, line_cells, piece};

/// Cells of a column that say something: less is told as a list.
const COLUMN_MIN: usize = 14;
/// Widest column.
const COLUMN_MAX: usize = 26;

/// The rounds of a bracket.
pub fn tree(session: &Session, card: &PkCard, width: usize) -> Vec<Line<'static>> {
    let columns = card.rounds.len() + 1;
    let column = (width / columns.max(1)).min(COLUMN_MAX);
    if column < COLUMN_MIN || session.theme.manner().is_spoken() {
        return listed(session, card);
    }
    let rows = card.sides.len();
    let mut grid: Vec<Vec<Line<'static>>> = vec![vec![Vec::new(); columns]; rows + 1];
    for (place, round) in card.rounds.iter().enumerate() {
        put(&mut grid, (0, place), heading(session, round, place + 1));
        let count = rows >> place;
        for slot in 0..count {
            let entry = round.entries.get(slot);
            put(
                &mut grid,
                (1 + row_of(slot, place), place),
                cell(session, card, (round, entry), (slot, column)),
            );
        }
    }
    if let [winner] = card.winners().as_slice() {
        let at = (1 + row_of(0, card.rounds.len()), card.rounds.len());
        let name = told::side_name(session, card, *winner);
        let mark = sign(session, Mark::Done, Role::Good);
        let room = column.saturating_sub(3);
        put(&mut grid, at, vec![mark, piece(format!(" {}", cut(&name, room)), Role::Podium)]);
    }
    grid.into_iter().map(|line| joined(line, column)).collect()
}

fn put(grid: &mut [Vec<Line<'static>>], (row, column): (usize, usize), line: Line<'static>) {
    if let Some(cell) = grid.get_mut(row).and_then(|row| row.get_mut(column)) {
        *cell = line;
    }
}

/// The row of a slot: in the middle of the two it comes from.
const fn row_of(slot: usize, round: usize) -> usize {
    let step = 1 << round;
    slot * step + (step - 1) / 2
}

fn heading(session: &Session, round: &PkRound, number: usize) -> Line<'static> {
    let title = told::title(session, &round.name, number, Text("pk.round"));
    let is_on = round.window.holds(session.now);
    let role = if is_on { Role::Live } else { Role::TableHead };
    vec![piece(title, role)]
}

fn cell(
    session: &Session,
    card: &PkCard,
    (round, entry): (&PkRound, Option<&PkEntry>),
    (slot, column): (usize, usize),
) -> Line<'static> {
    let hook = if slot % 2 == 0 { "┌ " } else { "└ " };
    let Some(entry) = entry else { return vec![piece(hook, Role::Border), piece("·", Role::Dim)] };
    let name = told::side_name(session, card, entry.side);
    let is_told = round.decided.is_some() || round.window.from <= session.now;
    let score = if is_told { told::score(card, entry.tally) } else { String::new() };
    let room = column.saturating_sub(cells(&score) + 5);
    let role = match entry.result {
        Some(result) if !result.won => Role::Dim,
        _ if card.side(entry.side).is_some_and(|side| side.is_mine) => Role::Mine,
        _ => Role::Text,
    };
    let mut line: Vec<Piece<'static>> = vec![piece(hook, Role::Border)];
    line.push(piece(format!("{} ", pad(cut(&name, room).as_ref(), room)), role));
    line.push(piece(score, if role == Role::Dim { Role::Dim } else { Role::Money }));
    line
}

fn joined(cells: Vec<Line<'static>>, column: usize) -> Line<'static> {
    let mut whole = Vec::new();
    for line in cells {
        let gap = column.saturating_sub(line_cells(&line));
        whole.extend(line);
        whole.push(piece(" ".repeat(gap), Role::Text));
    }
    whole
}

/// Pair after pair, where there is no room for a tree or it is read aloud.
fn listed(session: &Session, card: &PkCard) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (place, round) in card.rounds.iter().enumerate() {
        let title = told::title(session, &round.name, place + 1, Text("pk.round"));
        let when = time::when(session, round.window.from);
        lines.push(vec![piece(format!("{title} · {when}"), Role::TableHead)]);
        for pair in round.entries.chunks(2) {
            let one = |entry: &PkEntry| {
                let won = entry.result.is_some_and(|result| result.won);
                let mark = if won { Mark::Done.text(&session.words, &session.theme) } else { "" };
                let name = told::side_name(session, card, entry.side);
                format!("{mark}{name} {}", told::score(card, entry.tally))
            };
            let text = pair
                .iter()
                .map(one)
                .collect::<Vec<_>>()
                .join(&format!(" {} ", session.words.say(Text("pk.vs"))));
            lines.push(vec![piece(format!("  {text}"), Role::Text)]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_winner_stands_in_the_middle_of_the_two_it_comes_from() {
        assert_eq!((0..8).map(|slot| row_of(slot, 0)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((0..4).map(|slot| row_of(slot, 1)).collect::<Vec<_>>(), [0, 2, 4, 6]);
        assert_eq!((0..2).map(|slot| row_of(slot, 2)).collect::<Vec<_>>(), [1, 5]);
        assert_eq!(row_of(0, 3), 3);
    }
}
