//! How the day looks: pens side by side where there is room, one pen under tabs where there is not.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::reason;
use crate::app::{Act, Context, Session, Spot, View};
use crate::domain::lists::Lane;
use crate::screen::today::Today;
use crate::screen::today::pens::Pen;
use crate::screen::today::row;
use crate::text::Text;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{Line, Pane, Row, Shape, Table, Tabs, draw, draw_right, line_cells, piece};

/// From this width on three columns of pens stand side by side.
const THREE: u16 = 150;
/// From this width on the pens stand side by side.
const SIDE_BY_SIDE: u16 = 100;

/// Draws the body of the screen; answers where the selection is.
pub fn body(today: &Today, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
    let session = view.session;
    if !today.loaded {
        let place = Rect { x: area.x + area.width.min(2), width: area.width.saturating_sub(2), ..area };
        draw(&[piece(session.words.say(Text("common.loading")), Role::Dim)], place, buf, &session.theme);
        return None;
    }
    let (area, caret) = filter_line(today, area, buf, session);
    let roomy = Shape::of(buf.area, &session.theme) == Shape::Roomy;
    let selection = if roomy && area.width >= SIDE_BY_SIDE {
        side_by_side(today, area, buf, session)
    } else {
        tabbed(today, area, buf, session)
    };
    caret.or(selection)
}

/// The filter takes the first row while there is one.
fn filter_line(today: &Today, area: Rect, buf: &mut Buffer, session: &Session) -> (Rect, Option<Position>) {
    let Some(field) = &today.filter else { return (area, None) };
    if area.height < 4 {
        return (area, None);
    }
    let row = Rect { height: 1, ..area };
    let label = session.words.say(Text("today.filter"));
    let used = draw(&[piece(format!(" {label} "), Role::Key)], row, buf, &session.theme);
    let place = Rect { x: row.x + used, width: row.width.saturating_sub(used + 1).min(40), ..row };
    let caret = field.view().render(place, buf, &session.theme);
    (Rect { y: area.y + 1, height: area.height - 1, ..area }, caret)
}

fn side_by_side(today: &Today, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    // calls in a wide column with nodes under them; what is sent beside them, side by side only where its names have room
    let three: &[(&[Lane], u16)] = &[
        (&[Lane::Call, Lane::Node], 3),
        (&[Lane::Material, Lane::Care], 2),
        (&[Lane::Coupon, Lane::Report], 2),
    ];
    let two: &[(&[Lane], u16)] =
        &[(&[Lane::Call, Lane::Node], 5), (&[Lane::Material, Lane::Coupon, Lane::Care, Lane::Report], 3)];
    let columns = if area.width >= THREE { three } else { two };
    let present: Vec<(Vec<usize>, u16)> = columns
        .iter()
        .map(|(lanes, weight)| {
            let of = |lane: &Lane| today.pens.list.iter().position(|pen| pen.lane == *lane);
            (lanes.iter().filter_map(of).collect::<Vec<_>>(), *weight)
        })
        .filter(|(pens, _)| !pens.is_empty())
        .collect();
    let mut weights: u16 = present.iter().map(|(_, weight)| *weight).sum();
    let mut x = area.x;
    let mut caret = None;
    for (pens, weight) in &present {
        let left = area.right().saturating_sub(x);
        let share = u32::from(left) * u32::from(*weight) / u32::from(weights.max(1));
        let width = u16::try_from(share).unwrap_or(left);
        weights = weights.saturating_sub(*weight);
        for (index, place) in stacked(today, pens, Rect { x, width, ..area }) {
            let drawn = pane(today, index, place, buf, session);
            caret = caret.or(drawn);
        }
        x += width;
    }
    caret
}

/// The pens of a column under each other: the lower ones as high as their rows ask for, all of them at most half; the
/// first has the rest.
fn stacked(today: &Today, pens: &[usize], area: Rect) -> Vec<(usize, Rect)> {
    let Some((first, lower)) = pens.split_first() else { return Vec::new() };
    let each = area.height / 2 / u16::try_from(lower.len().max(1)).unwrap_or(1);
    let mut places = Vec::new();
    let mut bottom = area.bottom();
    for index in lower.iter().rev() {
        let rows = today.pens.list.get(*index).map_or(0, |pen| pen.rows.len());
        let wanted = u16::try_from(rows.max(1)).unwrap_or(u16::MAX).saturating_add(2);
        let height = wanted.min(each.max(3)).min(bottom.saturating_sub(area.y));
        bottom -= height;
        places.push((*index, Rect { y: bottom, height, ..area }));
    }
    places.push((*first, Rect { height: bottom.saturating_sub(area.y), ..area }));
    places.reverse();
    places
}

fn pane(today: &Today, index: usize, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    let pen = today.pens.list.get(index)?;
    let focused = today.pens.focus == index;
    let words = &session.words;
    let name = words.name("lane", pen.lane.as_str());
    let left = words.fill(Text("common.left"), &[("n", &pen.due)]);
    let mut counts = vec![piece(left, Role::Accent)];
    let done = words.fill(Text("common.done"), &[("n", &pen.done)]);
    if cells(name) + line_cells(&counts) + cells(&done) + 9 <= usize::from(area.width) {
        counts.push(piece(format!(" · {done}"), Role::Dim));
    }
    let bottom = foot(today, pen, session, area.width.saturating_sub(4));
    let inside = Pane::new(name.to_owned()).right(counts).bottom(bottom).focused(focused).render(
        area,
        buf,
        &session.theme,
    );
    session.hits.put(area, Spot::Part(pen.part()));
    let caret = list(today, pen, inside, buf, session, focused);
    if focused { caret } else { None }
}

fn tabbed(today: &Today, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    let words = &session.words;
    let titles =
        today.pens.list.iter().map(|pen| format!("{} {}", words.name("lane", pen.lane.as_str()), pen.due));
    let tabs = Rect { height: area.height.min(1), ..area };
    let shown = Tabs::new(titles, today.pens.focus);
    let used = shown.render(tabs, buf, &session.theme);
    for (at, place) in shown.places(tabs) {
        if let Some(pen) = today.pens.list.get(at) {
            session.hits.put(place, Spot::Part(pen.part()));
        }
    }
    let pen = today.pens.current()?;
    let done = words.fill(Text("common.done"), &[("n", &pen.done)]);
    let rest = Rect { x: tabs.x + used, width: tabs.width.saturating_sub(used + 1), ..tabs };
    if cells(&done) < usize::from(rest.width) {
        draw_right(&[piece(done, Role::Dim)], rest, buf, &session.theme);
    }
    let below = foot(today, pen, session, area.width.saturating_sub(2));
    let foot_rows = u16::from(!below.is_empty() && area.height > 3);
    let body = Rect { y: area.y + tabs.height, height: area.height.saturating_sub(1 + foot_rows), ..area };
    let caret = list(today, pen, body, buf, session, true);
    if foot_rows > 0 {
        let row =
            Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width.saturating_sub(2), height: 1 };
        draw(&below, row, buf, &session.theme);
    }
    caret
}

fn list(
    today: &Today,
    pen: &Pen,
    area: Rect,
    buf: &mut Buffer,
    session: &Session,
    focused: bool,
) -> Option<Position> {
    let filter = today.filter_text();
    let rows: Vec<_> = pen.shown(&filter).collect();
    if rows.is_empty() {
        let text = match (filter.is_empty(), pen.done) {
            (false, _) => Text("today.none_found"),
            (true, 0) => Text("common.empty"),
            (true, _) => Text("today.all_done"),
        };
        let role = if pen.done > 0 && filter.is_empty() { Role::Good } else { Role::Dim };
        let place = Rect { x: area.x + area.width.min(1), width: area.width.saturating_sub(1), ..area };
        draw(&[piece(session.words.say(text), role)], place, buf, &session.theme);
        return focused.then(|| place.as_position()).filter(|_| session.theme.manner().is_spoken());
    }
    let columns = row::columns(session, pen.lane, area.width);
    let selected = pen.selected(&filter);
    // a quiet selection in every pen would say nothing: only the one with the keys shows it
    let make = |index: usize| {
        rows.get(index)
            .map_or_else(Row::default, |kept| row::cells(session, &kept.row, area.width, kept.gone))
    };
    let table =
        Table::making(&columns, rows.len(), &make).selected(selected.filter(|_| focused)).focused(focused);
    session.hits.rows(area, pen.part(), |place| {
        table.row_at(area, place).and_then(|row| rows.get(row)).map(|kept| kept.row.id.0)
    });
    table.render(area, buf, &session.theme)
}

/// What stands below a pen: news to pull in, rows beyond the window, what a rule holds back.
fn foot(today: &Today, pen: &Pen, session: &Session, width: u16) -> Line<'static> {
    let words = &session.words;
    let mut parts: Vec<(String, Role)> = Vec::new();
    if today.waiting > 0 && today.pens.current().is_some_and(|current| current.lane == pen.lane) {
        let key = session.keymap.label(Context::Today, Act::News);
        parts.push((
            format!("{} · {key}", words.fill(Text("common.fresh"), &[("n", &today.waiting)])),
            Role::Fresh,
        ));
    }
    let held: Vec<_> = today.held.iter().filter(|held| held.task.lane == pen.lane).collect();
    if let Some(first) = held.first() {
        let rule = reason::held(session, &first.held);
        let whole = session.keyed(Context::Today, Text("today.held"), &[("n", &held.len()), ("rule", &rule)]);
        let short = || session.keyed(Context::Today, Text("today.held_short"), &[("n", &held.len())]);
        parts.push((if cells(&whole) > usize::from(width) { short() } else { whole }, Role::Held));
    }
    let shown = u32::try_from(pen.rows.len() + held.len()).unwrap_or(u32::MAX);
    if pen.due > shown && today.filter.is_none() {
        parts.push((words.fill(Text("common.more"), &[("n", &(pen.due - shown))]), Role::Dim));
    }
    let mut line: Line<'static> = Vec::new();
    for (text, role) in parts {
        let gap = if line.is_empty() { 0 } else { 3 };
        if line_cells(&line) + gap + cells(&text) > usize::from(width) && !line.is_empty() {
            break;
        }
        if gap > 0 {
            line.push(piece(" · ", Role::Dim));
        }
        line.push(piece(text, role));
    }
    line
}
