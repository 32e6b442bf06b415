//! How the cockpit looks: who is on the line, card and script and timeline, the note, the outcome keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, reason, time};
use crate::app::{Act, Context, Session, Spot, View};
use crate::screen::call::{Call, Panel, keys, script, target};
use crate::screen::parts::card as parts;
use crate::screen::today::row;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, draw, draw_right, line_cells, piece};

/// From this width on card, script and timeline stand side by side.
pub const THREE: u16 = 110;

/// Draws the body of the cockpit; answers where the caret is.
pub fn body(call: &Call, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
    let session = view.session;
    let inner = Rect { x: area.x + area.width.min(1), width: area.width.saturating_sub(2), ..area };
    let lane = target::lane(call.row());
    let key_rows = keys::height(session, lane, inner.width);
    let part = |y: u16, height: u16| {
        let top = inner.y.saturating_add(y).min(inner.bottom());
        Rect { y: top, height: height.min(inner.bottom() - top), ..inner }
    };
    let foot = key_rows + 2;
    let middle = inner.height.saturating_sub(2 + foot);
    head(call, part(0, 1), buf, session);
    matter(call, part(1, 1), buf, session);
    panels(call, part(2, middle), buf, session);
    rule(part(2 + middle, 1), buf, session);
    let caret = note(call, part(3 + middle, 1), buf, session);
    keys::render(session, lane, call.started.is_some(), part(4 + middle, key_rows), buf);
    match &call.over {
        None => caret,
        Some(over) => {
            session.hits.put(area, Spot::Nothing);
            over.render(area, buf, *view)
        }
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
    if let Some((name, role)) = named.or(of_row) {
        if name != call.customer_name && !name.is_empty() {
            line.push(piece(format!("  {name}"), Role::Text));
        }
        if !role.is_empty() {
            line.push(piece(format!(" {}", speak::role(session, &role)), Role::Dim));
        }
    }
    if let Some((card, person)) = card.zip(person)
        && let Some(contact) = target::contact(session, row, person)
    {
        line.push(piece("  ", Role::Dim));
        line.extend(parts::contact_line(session, contact, parts::shows_numbers(session, card)));
    }
    let right = match call.started {
        Some(since) => {
            let clock = session.zone().clock(since);
            let minutes = session.now.since(since).max(0) / crate::domain::time::MINUTE_MS;
            let text = words.fill(Text("call.since"), &[("clock", &clock), ("n", &minutes)]);
            vec![piece("● ", Role::Live), piece(text, Role::Good)]
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

fn panels(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) {
    if area.height < 2 {
        return;
    }
    let words = &session.words;
    if area.width >= THREE - 2 {
        let card = area.width * 32 / 100;
        let script = area.width * 38 / 100;
        let columns = [
            Rect { width: card, ..area },
            Rect { x: area.x + card + 2, width: script.saturating_sub(2), ..area },
            Rect {
                x: area.x + card + script + 2,
                width: area.width.saturating_sub(card + script + 2),
                ..area
            },
        ];
        let [left, middle, right] = columns;
        panel(call, Panel::Card, left, buf, session);
        upright(Rect { x: left.right(), width: 1, ..area }, buf, session);
        said(call, middle, buf, session);
        upright(Rect { x: right.x.saturating_sub(1), width: 1, ..area }, buf, session);
        panel(
            call,
            Panel::Timeline,
            Rect { x: right.x + 1, width: right.width.saturating_sub(1), ..right },
            buf,
            session,
        );
        return;
    }
    let half = area.width * 46 / 100;
    let left = Rect { width: half, ..area };
    let right = Rect { x: area.x + half + 3, width: area.width.saturating_sub(half + 3), ..area };
    panel(call, call.panel, left, buf, session);
    upright(Rect { x: area.x + half + 1, width: 1, ..area }, buf, session);
    said(call, right, buf, session);
    let other = match call.panel {
        Panel::Card => Text("call.timeline"),
        Panel::Timeline => Text("call.tools"),
        Panel::Tools => Text("call.card"),
    };
    let hint = vec![
        piece(format!("{} ", session.keymap.label(Context::Call, Act::NextField)), Role::Key),
        piece(words.say(other), Role::KeyLabel),
    ];
    let wide = draw_right(&hint, Rect { height: 1, ..left }, buf, &session.theme);
    let place = Rect { x: left.right().saturating_sub(wide), width: wide, height: 1, ..left };
    session.hits.put(place, Spot::Act(Act::NextField));
}

fn said(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) {
    let title = script::title(call, session);
    draw(&[piece(title, Role::Title)], Rect { height: 1, ..area }, buf, &session.theme);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    script::render(call, session, body, buf);
}

fn panel(call: &Call, which: Panel, area: Rect, buf: &mut Buffer, session: &Session) {
    let words = &session.words;
    session.hits.put(area, Spot::Part(which.part()));
    let (title, lines) = match (which, call.card.as_deref()) {
        (Panel::Tools, _) => (Text("call.tools"), script::tool_lines(call, session)),
        (Panel::Timeline, _) => (Text("call.timeline"), parts::timeline(session, items(call))),
        (Panel::Card, Some(card)) => (Text("call.card"), parts::card(session, card)),
        (Panel::Card, None) => {
            (Text("call.card"), vec![vec![piece(words.say(Text("common.loading")), Role::Dim)]])
        }
    };
    let role = if which == call.panel { Role::Title } else { Role::Dim };
    draw(&[piece(words.say(title), role)], Rect { height: 1, ..area }, buf, &session.theme);
    let scroll = if which == call.panel { call.scroll } else { 0 };
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let shown = Lines::new(&lines).scroll(scroll);
    shown.render(body, buf, &session.theme);
    let hidden = shown.height(body.width).saturating_sub(body.height.saturating_add(scroll));
    if hidden > 0 && which == call.panel && area.width >= 40 {
        let more = words.fill(Text("call.below"), &[("n", &hidden)]);
        let place = Rect { x: area.x + 10, width: area.width.saturating_sub(26), height: 1, ..area };
        draw_right(&[piece(more, Role::Dim)], place, buf, &session.theme);
    }
}

/// The timeline read for the record; the card's own last touches until it has come.
fn items(call: &Call) -> &[crate::store::query::TimelineItem] {
    match &call.card {
        Some(card) if call.timeline.is_empty() => &card.touches,
        _ => &call.timeline,
    }
}

fn upright(area: Rect, buf: &mut Buffer, session: &Session) {
    for y in area.top()..area.bottom() {
        draw(&[piece("│", Role::Border)], Rect { y, height: 1, ..area }, buf, &session.theme);
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
