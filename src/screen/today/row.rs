//! What a row of a pen shows: when, why, who, and the one fact that matters.

use crate::app::Session;
use crate::app::speak::{self, named, reason, time};
use crate::domain::lists::Lane;
use crate::domain::score::{ClockState, clock_state};
use crate::domain::time::HOUR_MS;
use crate::store::query::TaskRow;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Mark, Row, piece};

/// From this width on a pen has room for every column.
const WIDE: u16 = 44;
/// From this width on there is room for whole words about when, and for the member's role.
const WORDY: u16 = 84;

/// The columns of a pen of some width.
pub fn columns(session: &Session, lane: Lane, width: u16) -> Vec<Column> {
    let words = &session.words;
    let wide = width >= WIDE;
    let due = if width >= WORDY { 11 } else { 6 };
    let mut columns = vec![Column::fixed(words.say(Text("column.due")), due).priority(0)];
    let what = Column::flex(words.say(Text("column.why")), 8).weight(3);
    let who = Column::flex(words.say(Text("column.customer")), 8).weight(3).priority(0);
    let fact = Column::flex("", 8).weight(6).priority(2);
    match lane {
        // what is sent is the first question there; why it is sent gives way
        Lane::Material | Lane::Coupon => {
            columns.push(fact.weight(10).priority(1));
            columns.push(who.weight(if width >= WORDY { 4 } else { 1 }));
            if width >= WORDY {
                columns.push(what.priority(3));
            }
        }
        _ => {
            columns.push(what.priority(1));
            columns.push(who);
            if wide {
                columns.push(fact);
                columns.push(Column::fixed("", 4).right().priority(4));
            }
        }
    }
    columns
}

/// The cells of a row under [`columns`].
pub fn cells<'a>(session: &Session, row: &'a TaskRow, width: u16, gone: bool) -> Row<'a> {
    let wordy = width >= WORDY || session.theme.manner().is_spoken();
    let due = if wordy { due(session, row) } else { due_short(session, row) };
    let why = vec![piece(reason::task(session, row), why_role(row))];
    let who = who(session, row, width);
    let mut cells = vec![due];
    match row.lane {
        Lane::Material | Lane::Coupon => {
            cells.extend([fact(session, row), who, why]);
        }
        _ => {
            let times = Mark::Times.text(&session.words, &session.theme);
            let tries = match row.attempts {
                0 => String::new(),
                n if session.theme.manner().is_spoken() => format!("{n} {times}"),
                n => format!("{times}{n}"),
            };
            cells.extend([why, who, fact(session, row), vec![piece(tries, Role::Dim)]]);
        }
    }
    let shown = Row::new(cells);
    if gone { shown.role(Role::Dim) } else { shown }
}

const fn why_role(row: &TaskRow) -> Role {
    if row.promised { Role::Promised } else { Role::Text }
}

/// When it is due: a clock that runs says what is left of it, a day that has passed says how long ago.
pub fn due(session: &Session, row: &TaskRow) -> Line<'static> {
    let words = &session.words;
    if session.theme.manner().is_spoken() {
        return due_spoken(session, row);
    }
    if let Some(from) = row.clock_from {
        let left = row.due_at.since(session.now);
        let (text, role) = match clock_state(from, row.due_at, session.now) {
            ClockState::Red => {
                let length = time::length(session, -left);
                (words.fill(Text("duration.late"), &[("length", &length)]), Role::Bad)
            }
            state => {
                let length = time::length(session, left);
                let role = if state == ClockState::Amber { Role::Warning } else { Role::Text };
                (words.fill(Text("reason.clock"), &[("length", &length)]), role)
            }
        };
        return vec![piece(text, role)];
    }
    let zone = session.zone();
    let (today, day) = (zone.day(session.now), zone.day(row.due_at));
    if day < today {
        let length = words.fill(Text("duration.days"), &[("n", &(today.0 - day.0))]);
        return vec![piece(words.fill(Text("duration.late"), &[("length", &length)]), Role::Bad)];
    }
    vec![piece(time::when(session, row.due_at), due_role(session, row))]
}

/// The same without a length that changes by itself: when it was due, and whether that has passed.
fn due_spoken(session: &Session, row: &TaskRow) -> Line<'static> {
    let due = due_short(session, row);
    let late = due.iter().any(|piece| piece.role == Role::Bad);
    let at = time::when(session, row.due_at);
    let text = if late { session.words.fill(Text("duration.late"), &[("length", &at)]) } else { at };
    due.into_iter().map(|one| piece(text.clone(), one.role)).collect()
}

/// The same in six cells.
fn due_short(session: &Session, row: &TaskRow) -> Line<'static> {
    let zone = session.zone();
    let (today, day) = (zone.day(session.now), zone.day(row.due_at));
    if day < today {
        let length = session.words.fill(Text("duration.days"), &[("n", &(today.0 - day.0))]);
        return vec![piece(format!("!{length}"), Role::Bad)];
    }
    if let Some(from) = row.clock_from {
        let role = match clock_state(from, row.due_at, session.now) {
            ClockState::Red => Role::Bad,
            ClockState::Amber => Role::Warning,
            ClockState::Green => Role::Text,
        };
        let mark = if role == Role::Bad { "!" } else { "" };
        return vec![piece(format!("{mark}{}", zone.clock(row.due_at)), role)];
    }
    vec![piece(zone.clock(row.due_at).to_string(), due_role(session, row))]
}

fn due_role(session: &Session, row: &TaskRow) -> Role {
    let left = row.due_at.since(session.now);
    match (row.promised, left) {
        (true, ..0) => Role::Bad,
        (true, _) => Role::Promised,
        (false, ..HOUR_MS) => Role::Text,
        _ => Role::Dim,
    }
}

/// The customer, and whom the task speaks to: the member's name where it is another, the role where there is room.
fn who<'a>(session: &Session, row: &'a TaskRow, width: u16) -> Line<'a> {
    let mut line = vec![piece(row.customer_name.as_str(), Role::Accent)];
    let sent = matches!(row.lane, Lane::Material | Lane::Coupon);
    let from = if sent { WORDY } else { WIDE };
    if let Some((_, name, role)) = row.person.as_ref().filter(|_| width >= from) {
        let role = speak::role_short(session, role);
        let other = !name.is_empty() && *name != row.customer_name;
        let shown = match (other, width >= WORDY) {
            (true, true) => format!(" {name} {role}"),
            (true, false) => format!(" {name}"),
            (false, _) => format!(" {role}"),
        };
        line.push(piece(shown, Role::Dim));
    }
    line
}

/// The one fact that matters: what is sent, the next node, a stage that lasts too long, the last note.
pub fn fact(session: &Session, row: &TaskRow) -> Line<'static> {
    let words = &session.words;
    let playbook = session.playbook();
    if let Some(material) = row.material.as_ref().and_then(|code| playbook?.material(code)) {
        return vec![piece(named(session, &material.name), Role::Text)];
    }
    if let Some(coupon) = row.coupon.as_ref().and_then(|code| playbook?.coupon(code)) {
        return vec![piece(named(session, &coupon.name), Role::Text)];
    }
    if let Some((_, node, at)) = &row.node {
        let name = speak::node(session, node);
        // the time first: it is what must not be cut
        return vec![piece(format!("{} {name}", time::when(session, *at)), Role::Good)];
    }
    if let Some((_, pipeline, Some(stage))) = &row.deal {
        let name = speak::stage(session, pipeline, stage);
        let days = row.stage_since.map_or(0, |since| time::days_since(session, since));
        let limit = playbook.and_then(|p| p.stage(pipeline, stage)).and_then(|stage| stage.max_days);
        if let Some(limit) = limit.map(i64::from).filter(|limit| days >= *limit) {
            let text =
                words.fill(Text("reason.stage_days"), &[("stage", &name), ("n", &days), ("limit", &limit)]);
            return vec![piece(text, Role::Warning)];
        }
        if row.last_note.is_empty() {
            return vec![piece(name, Role::Dim)];
        }
    }
    vec![piece(row.last_note.clone(), Role::Dim)]
}
