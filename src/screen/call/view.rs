//! How the cockpit looks: who is on the line, card and script and timeline, the note, the outcome keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, reason, time};
use crate::app::{Act, Context, Session, Spot, View};
use crate::screen::call::panels::{self, Panel};
use crate::screen::call::{Call, keys, target};
use crate::screen::parts::card as parts;
use crate::screen::today::row;
use crate::text::Text;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{Line, Mark, Shape, draw, draw_right, line_cells, piece};

/// Rows the outcome keys may take in a small window; the others are a part of their own.
const KEY_ROWS: u16 = 3;

/// Draws the body of the cockpit; answers where the caret is.
pub fn body(call: &Call, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
    let session = view.session;
    let shape = Shape::of(buf.area, &session.theme);
    let margin = u16::from(shape != Shape::Spoken).min(area.width);
    let inner = Rect { x: area.x + margin, width: area.width.saturating_sub(2 * margin), ..area };
    let caret = if shape == Shape::Roomy {
        roomy(call, inner, buf, session)
    } else {
        narrow(call, inner, buf, session, shape)
    };
    match &call.over {
        None => caret,
        Some(over) => {
            session.hits.put(area, Spot::Nothing);
            over.render(area, buf, *view)
        }
    }
}

fn roomy(call: &Call, inner: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    let lane = target::lane(call.row());
    let key_rows = keys::height(session, lane, inner.width);
    let part = rows_of(inner);
    let middle = inner.height.saturating_sub(4 + key_rows);
    head(call, part(0, 1), buf, session);
    matter(call, part(1, 1), buf, session);
    panels::beside(call, part(2, middle), buf, session);
    rule(part(2 + middle, 1), buf, session);
    let caret = note(call, part(3 + middle, 1), buf, session);
    keys::render(session, lane, call.started.is_some(), 0, part(4 + middle, key_rows), buf);
    caret
}

/// One part at a time, the keys in a strip of few rows under it; the note only while there is one.
fn narrow(call: &Call, inner: Rect, buf: &mut Buffer, session: &Session, shape: Shape) -> Option<Position> {
    let lane = target::lane(call.row());
    let noted = call.noting || !call.note.is_empty() || shape == Shape::Spoken;
    let note_rows = u16::from(noted);
    let all = keys::height(session, lane, inner.width);
    let strip = match Panel::shown(call.panel, session) {
        Panel::Keys => 0,
        _ if inner.height > 20 => all,
        _ => all.min(KEY_ROWS),
    };
    let part = rows_of(inner);
    let middle = inner.height.saturating_sub(2 + note_rows + strip);
    head(call, part(0, 1), buf, session);
    matter(call, part(1, 1), buf, session);
    let active = panels::alone(call, part(2, middle), buf, session);
    let caret = if noted { note(call, part(2 + middle, 1), buf, session) } else { None };
    keys::render(session, lane, call.started.is_some(), 0, part(2 + middle + note_rows, strip), buf);
    let spoken = shape == Shape::Spoken;
    // read aloud, the line that matters has the caret: whose record it is, then the line to say
    let place = if call.started.is_some() { active } else { Some(inner.as_position()) };
    caret.or_else(|| place.filter(|_| spoken))
}

/// Rows of an area from its top, cut off at its end.
fn rows_of(area: Rect) -> impl Fn(u16, u16) -> Rect {
    move |y, height| {
        let top = area.y.saturating_add(y).min(area.bottom());
        Rect { y: top, height: height.min(area.bottom() - top), ..area }
    }
}

/// Who, on which number, and how long.
fn head(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) {
    let words = &session.words;
    let row = call.row();
    let mut line: Line<'_> = vec![piece(call.customer_name.as_str(), Role::Accent)];
    let card = call.card.as_deref();
    let person = card.and_then(|card| target::person(session, row, card));
    let named =
        person.map(|p| (p.name.clone(), p.roles.first().map(ToString::to_string).unwrap_or_default()));
    let of_row = row.and_then(|row| row.person.as_ref()).map(|(_, name, role)| (name.clone(), role.clone()));
    let compact = Shape::of(buf.area, &session.theme) == Shape::Compact;
    let contact = person.and_then(|person| {
        let contact = target::contact(session, row, person)?;
        let mut line = vec![piece("  ", Role::Dim)];
        line.extend(parts::contact_line(session, contact));
        Some(line)
    });
    let right = match call.started {
        Some(since) => {
            let clock = session.zone().clock(since);
            let minutes = session.now.since(since).max(0) / crate::domain::time::MINUTE_MS;
            let text = match Shape::of(buf.area, &session.theme) {
                Shape::Roomy => words.fill(Text("call.since"), &[("clock", &clock), ("n", &minutes)]),
                Shape::Compact => clock.to_string(),
                // a length that grows would be read again every minute
                Shape::Spoken => words.fill(Text("call.since_short"), &[("clock", &clock)]),
            };
            vec![speak::mark(session, Mark::Live, Role::Live), piece(text, Role::Good)]
        }
        None => vec![
            piece(session.keymap.label(Context::Call, Act::Start), Role::Key),
            piece(format!(" {}", words.say(Text("call.to_start"))), Role::KeyLabel),
        ],
    };
    let wide = u16::try_from(line_cells(&right)).unwrap_or(area.width);
    if call.started.is_none() {
        let x = area.right().saturating_sub(wide);
        session.hits.put(Rect { x, width: wide, ..area }.intersection(area), Spot::Act(Act::Start));
    }
    let room = usize::from(area.width.saturating_sub(wide + 2));
    let number = contact.as_ref().map_or(0, |line| line_cells(line));
    if let Some((name, role)) = named.or(of_row) {
        let name =
            if name == call.customer_name || name.is_empty() { String::new() } else { format!("  {name}") };
        // in a small window the number comes before who answers it
        if !compact || line_cells(&line) + cells(&name) + number <= room {
            line.push(piece(name, Role::Text));
        }
        if !role.is_empty() && !compact {
            line.push(piece(format!(" {}", speak::role(session, &role)), Role::Dim));
        }
    }
    line.extend(contact.into_iter().flatten());
    draw(&line, Rect { width: area.width.saturating_sub(wide + 2), ..area }, buf, &session.theme);
    draw_right(&right, area, buf, &session.theme);
}

/// What it is about: why it is here, since when, the stage, how often tried; at the right who comes next.
fn matter(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) {
    let words = &session.words;
    let mut line: Line<'static> = Vec::new();
    let mut add = |pieces: Line<'static>| {
        if !line.is_empty() {
            line.push(piece(" · ", Role::Dim));
        }
        line.extend(pieces);
    };
    if let Some(task) = call.row() {
        let role = if task.promised { Role::Promised } else { Role::Text };
        add(vec![piece(reason::in_full(session, task), role)]);
        add(row::due(session, task));
    }
    let deal = call.card.as_deref().and_then(|card| target::deal(call.row(), card));
    if let Some(deal) = deal {
        let name = speak::pipeline(session, &deal.pipeline);
        let stage = deal.stage.as_ref().map(|stage| speak::stage(session, &deal.pipeline, stage));
        // where room is short the stage says enough
        let name = if area.width >= 100 { format!("{name} ") } else { String::new() };
        add(vec![piece(name, Role::Dim), piece(stage.unwrap_or_default(), Role::Text)]);
    } else if let Some((_, pipeline, stage)) = call.row().and_then(|row| row.deal.as_ref()) {
        let stage = stage.as_ref().map(|stage| speak::stage(session, pipeline, stage)).unwrap_or_default();
        add(vec![piece(stage, Role::Text)]);
    }
    if let Some((_, node, at)) = call.row().and_then(|row| row.node.as_ref()) {
        add(vec![piece(format!("{} {}", speak::node(session, node), time::when(session, *at)), Role::Good)]);
    }
    let tries = call.row().map_or(0, |row| row.attempts);
    if tries > 0 {
        add(vec![piece(words.fill(Text("call.tries"), &[("n", &tries)]), Role::Dim)]);
    }
    let next = call.at.and_then(|at| call.queue.get(at + 1));
    let right: Line<'_> = match next {
        Some(next) => vec![
            piece(format!("{} ", words.say(Text("call.next"))), Role::Dim),
            piece(next.customer_name.as_str(), Role::Text),
        ],
        None => Vec::new(),
    };
    let used = draw(&line, area, buf, &session.theme);
    if usize::from(area.width.saturating_sub(used)) > line_cells(&right) + 2 {
        draw_right(&right, area, buf, &session.theme);
    }
}

fn rule(area: Rect, buf: &mut Buffer, session: &Session) {
    draw(&[piece("─".repeat(usize::from(area.width)), Role::Border)], area, buf, &session.theme);
}

fn note(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    let label = [
        piece(format!("{} ", session.keymap.label(Context::Call, Act::Note)), Role::Key),
        piece(format!("{} ", session.words.say(Text("action.note"))), Role::KeyLabel),
    ];
    session.hits.put(area, Spot::Act(Act::Note));
    let used = draw(&label, area, buf, &session.theme);
    let place = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
    let hint = session.words.say(Text("call.note_hint"));
    call.note.view().placeholder(hint).focused(call.noting).render(place, buf, &session.theme)
}
