//! The outcome keys: where the eye lands when the call is over.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::speak::named;
use crate::app::{Act, Session, Spot};
use crate::domain::lists::{Lane, OutcomeFlag};
use crate::input::Key;
use crate::playbook::model::Outcome;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{Shape, draw, draw_right, piece};

/// Rows the keys may take in even columns; more than these flow like words.
const EVEN: usize = 5;
/// Blank cells between two keys.
const GAP: usize = 2;
/// Cells a column is widened by at most where there is room.
const SPREAD: usize = 4;
/// Cells at the end of the last row for the count of keys that find no room.
const COUNT: usize = 4;

/// Where each key stands: row and column of cells, from 0.
fn places(widths: &[usize], width: usize) -> Vec<(usize, usize)> {
    let columns = |count: usize| -> Vec<usize> {
        let widest = |column: usize| widths.iter().skip(column).step_by(count).max().copied().unwrap_or(0);
        (0..count).map(|column| widest(column) + GAP).collect()
    };
    let fits = |count: &usize| columns(*count).iter().sum::<usize>() <= width + GAP;
    let rows = |count: usize| widths.len().div_ceil(count.max(1));
    let most = (1..=widths.len().min(10)).rev().find(fits).unwrap_or(1);
    if rows(most) > EVEN {
        return flow(widths, width);
    }
    // as few columns as these rows need, what is left of the width spread over them
    let count = (1..=most).find(|count| rows(*count) == rows(most) && fits(count)).unwrap_or(most);
    let columns = columns(count);
    let spread = (width.saturating_sub(columns.iter().sum()) / count.max(1)).min(SPREAD);
    let left = |column: usize| columns.iter().take(column).map(|wide| wide + spread).sum();
    (0..widths.len()).map(|index| (index / count, left(index % count))).collect()
}

/// One after another, a new row where the next does not fit.
fn flow(widths: &[usize], width: usize) -> Vec<(usize, usize)> {
    let (mut row, mut x) = (0, 0);
    let mut places = Vec::with_capacity(widths.len());
    for wide in widths {
        if x > 0 && x + wide > width {
            (row, x) = (row + 1, 0);
        }
        places.push((row, x));
        x += wide + GAP;
    }
    places
}

fn keys(session: &Session, lane: Lane, width: u16) -> Vec<(&Outcome, (usize, usize))> {
    let window = Rect::new(0, 0, session.size.width, session.size.height);
    let narrow = Shape::of(window, &session.theme).is_narrow();
    let outcomes: Vec<&Outcome> = session.playbook().into_iter().flat_map(|p| p.outcomes_for(lane)).collect();
    let widths: Vec<usize> = outcomes.iter().map(|o| cells(&named(session, &o.name)) + 2).collect();
    let width = usize::from(width);
    let places = if narrow { flow(&widths, width) } else { places(&widths, width) };
    outcomes.into_iter().zip(places).collect()
}

/// Rows the keys of a lane take in a width.
pub fn height(session: &Session, lane: Lane, width: u16) -> u16 {
    let rows = keys(session, lane, width).last().map_or(1, |(_, (row, _))| row + 1);
    u16::try_from(rows).unwrap_or(1)
}

/// Draws the keys from a row on, as far as the last row stays in sight; before the record is started they are shown as
/// blocked. Those that find no room are counted at the end.
pub fn render(session: &Session, lane: Lane, started: bool, from: u16, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let all = keys(session, lane, area.width);
    let rows = all.last().map_or(0, |(_, (row, _))| row + 1);
    let from = usize::from(from).min(rows.saturating_sub(usize::from(area.height)));
    let over = rows > from + usize::from(area.height);
    let mut hidden = 0_usize;
    for (outcome, (row, x)) in all {
        let Some(row) = row.checked_sub(from) else { continue };
        let (Ok(y), Ok(x)) = (u16::try_from(row), u16::try_from(x)) else { break };
        let end = usize::from(x) + cells(&named(session, &outcome.name)) + 2;
        let last = over && y + 1 == area.height;
        if y >= area.height || x >= area.width || (last && end + COUNT > usize::from(area.width)) {
            hidden += 1;
            continue;
        }
        let place = Rect { x: area.x + x, y: area.y + y, width: area.width - x, height: 1 };
        let (key, label) = if started { (Role::Key, meaning(outcome)) } else { (Role::KeyOff, Role::KeyOff) };
        let name = named(session, &outcome.name);
        let wide = u16::try_from(cells(&name) + 2).unwrap_or(u16::MAX).min(place.width);
        session.hits.put(Rect { width: wide, ..place }, Spot::Key(Key::char(outcome.key)));
        draw(
            &[piece(outcome.key.to_string(), key), piece(format!(" {name}"), label)],
            place,
            buf,
            &session.theme,
        );
    }
    if hidden > 0 {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        draw_right(&[piece(format!("+{hidden}"), Role::Dim)], row, buf, &session.theme);
    }
}

/// Whether an action is done with what the card says of the record.
pub(super) const fn needs_card(act: Act) -> bool {
    matches!(
        act,
        Act::AddContact
            | Act::Advance
            | Act::Answers
            | Act::Book
            | Act::Copy
            | Act::Dial
            | Act::Down
            | Act::Lose
            | Act::Mark
            | Act::Private
            | Act::Up
            | Act::Win
    )
}

/// What an outcome means, from its flags: good news, a promise, a no, a dead end, nobody there.
fn meaning(outcome: &Outcome) -> Role {
    let has = |flag| outcome.flags.contains(&flag);
    if has(OutcomeFlag::Dnc) || has(OutcomeFlag::Unworkable) || has(OutcomeFlag::NodeMissed) {
        Role::Bad
    } else if has(OutcomeFlag::Sale) {
        Role::Money
    } else if has(OutcomeFlag::NodeBooked) || has(OutcomeFlag::NodeAttended) || has(OutcomeFlag::WechatAdded)
    {
        Role::Good
    } else if has(OutcomeFlag::Callback) {
        Role::Promised
    } else if has(OutcomeFlag::NotInterested) {
        Role::Warning
    } else if has(OutcomeFlag::Contact) || has(OutcomeFlag::Completed) {
        Role::Text
    } else {
        Role::Dim
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_even_columns_while_five_rows_are_enough() {
        // 10 + 2 cells a column: six fit into 74, the six keys need one row
        assert_eq!(places(&[10; 6], 74).last(), Some(&(0, 60)));
        // three columns of 12 fit into 40; five keys in two rows, one cell left for each column
        assert_eq!(places(&[10; 5], 40), [(0, 0), (0, 13), (0, 26), (1, 0), (1, 13)]);
    }

    #[test]
    fn keys_flow_where_even_columns_would_take_more_rows() {
        // two labels of 30 leave no room for a second column: seven rows; flowing, the short ones share rows of 40
        let widths = [30, 30, 5, 5, 5, 5, 5];
        assert_eq!(places(&widths, 40), [(0, 0), (1, 0), (1, 32), (2, 0), (2, 7), (2, 14), (2, 21)]);
    }
}
