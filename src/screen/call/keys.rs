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
const ROWS: usize = 5;

/// How the keys stand: so many columns of so many cells, row after row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grid {
    columns: usize,
    wide: usize,
    rows: usize,
}

fn grid(session: &Session, lane: Lane, width: u16) -> Grid {
    let outcomes: Vec<&Outcome> = session.playbook().into_iter().flat_map(|p| p.outcomes_for(lane)).collect();
    let widest = outcomes.iter().map(|o| cells(&named(session, &o.name)) + 4).max().unwrap_or(1);
    let most = (usize::from(width) / widest).max(1);
    let rows = outcomes.len().div_ceil(most).max(1);
    // as few columns as these rows need, so that the keys stand evenly
    let columns = outcomes.len().div_ceil(rows).max(1);
    let wide = (usize::from(width) / columns).clamp(widest.min(usize::from(width)), widest + 4);
    Grid { columns, wide, rows: rows.min(ROWS) }
}

/// Rows the keys of a lane take in a width.
pub fn height(session: &Session, lane: Lane, width: u16) -> u16 {
    u16::try_from(grid(session, lane, width).rows).unwrap_or(1)
}

/// Draws the keys; before the record is started they are shown as blocked.
pub fn render(session: &Session, lane: Lane, started: bool, area: Rect, buf: &mut Buffer) {
    let grid = grid(session, lane, area.width);
    let outcomes = session.playbook().into_iter().flat_map(|p| p.outcomes_for(lane));
    for (index, outcome) in outcomes.enumerate() {
        let (row, column) = (index / grid.columns, index % grid.columns);
        let (Ok(y), Ok(x)) = (u16::try_from(row), u16::try_from(column * grid.wide)) else { break };
        if y >= area.height || x >= area.width {
            continue;
        }
        let wide = u16::try_from(grid.wide).unwrap_or(area.width).min(area.width - x);
        let place = Rect { x: area.x + x, y: area.y + y, width: wide, height: 1 };
        let (key, label) = if started { (Role::Key, meaning(outcome)) } else { (Role::KeyOff, Role::KeyOff) };
        let name = named(session, &outcome.name);
        draw(
            &[piece(format!(" {}", outcome.key), key), piece(format!(" {name}"), label)],
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
