//! The outcome keys: where the eye lands when the call is over.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::Session;
use crate::app::speak::named;
use crate::domain::lists::{Lane, OutcomeFlag};
use crate::playbook::model::Outcome;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{draw, piece};

/// Rows the keys take, at most.
const ROWS: usize = 6;
/// Blank cells between two columns.
const GAP: usize = 2;

/// How the keys stand: row after row in columns as wide as their widest label.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grid {
    columns: Vec<usize>,
    rows: usize,
}

/// As many columns as fit, then as few as these rows need, so that the keys stand evenly.
fn grid(session: &Session, lane: Lane, width: u16) -> Grid {
    let outcomes = session.playbook().into_iter().flat_map(|p| p.outcomes_for(lane));
    let widths: Vec<usize> = outcomes.map(|o| cells(&named(session, &o.name)) + 3).collect();
    let columns = |count: usize| -> Vec<usize> {
        let of = |column: usize| widths.iter().skip(column).step_by(count).max().copied().unwrap_or(0);
        (0..count).map(|column| of(column) + GAP).collect()
    };
    let fits = |count: &usize| columns(*count).iter().sum::<usize>() <= usize::from(width) + GAP;
    let rows = |count: usize| widths.len().div_ceil(count).max(1);
    let most = (1..=widths.len().min(10)).rev().find(fits).unwrap_or(1);
    let least = (1..=most).find(|count| rows(*count) == rows(most) && fits(count)).unwrap_or(most);
    Grid { columns: columns(least), rows: rows(least).min(ROWS) }
}

/// Rows the keys of a lane take in a width.
pub fn height(session: &Session, lane: Lane, width: u16) -> u16 {
    u16::try_from(grid(session, lane, width).rows).unwrap_or(1)
}

/// Draws the keys; before the record is started they are shown as blocked.
pub fn render(session: &Session, lane: Lane, started: bool, area: Rect, buf: &mut Buffer) {
    let grid = grid(session, lane, area.width);
    // what is left of the width spreads over the columns, within reason
    let used: usize = grid.columns.iter().sum();
    let count = grid.columns.len().max(1);
    let spread = (usize::from(area.width).saturating_sub(used) / count).min(4);
    let outcomes = session.playbook().into_iter().flat_map(|p| p.outcomes_for(lane));
    for (index, outcome) in outcomes.enumerate() {
        let (row, column) = (index / count, index % count);
        let before: usize = grid.columns.iter().take(column).map(|wide| wide + spread).sum();
        let (Ok(y), Ok(x)) = (u16::try_from(row), u16::try_from(before)) else { break };
        if y >= area.height || x >= area.width {
            continue;
        }
        let place = Rect { x: area.x + x, y: area.y + y, width: area.width - x, height: 1 };
        let (key, label) = if started { (Role::Key, meaning(outcome)) } else { (Role::KeyOff, Role::KeyOff) };
        let name = named(session, &outcome.name);
        draw(
            &[piece(outcome.key.to_string(), key), piece(format!(" {name}"), label)],
            place,
            buf,
            &session.theme,
        );
    }
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
