//! What stands between the head of the cockpit and the note: card, script and timeline beside each other, or one of them.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Part, Session, Spot};
use crate::screen::call::{Call, keys, script, target};
use crate::screen::parts::card as parts;
use crate::store::query::TimelineItem;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Shape, draw, draw_right, line_cells, piece};

/// From this width on card, script and timeline stand side by side.
const THREE: u16 = 110;

/// A part of what is known about the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The script: always in sight where there is room for two parts.
    Script,
    /// The customer's card.
    Card,
    /// The timeline.
    Timeline,
    /// Materials, coupons and answers used: where there is no room for them under the script.
    Tools,
    /// Every outcome with its key: where the strip at the foot does not hold them all.
    Keys,
}

impl Panel {
    /// The part of the screen it is.
    pub const fn part(self) -> Part {
        Part(self as usize)
    }

    const fn title(self) -> Text {
        match self {
            Self::Script => Text("call.script"),
            Self::Card => Text("call.card"),
            Self::Timeline => Text("call.timeline"),
            Self::Tools => Text("call.tools"),
            Self::Keys => Text("call.keys"),
        }
    }

    /// The parts that take turns in a window, the first one shown first.
    pub fn of(session: &Session) -> &'static [Self] {
        let window = Rect::new(0, 0, session.size.width, session.size.height);
        match Shape::of(window, &session.theme) {
            Shape::Roomy if window.width >= THREE => &[Self::Card, Self::Timeline],
            Shape::Roomy => &[Self::Card, Self::Timeline, Self::Tools],
            _ => &[Self::Script, Self::Card, Self::Timeline, Self::Tools, Self::Keys],
        }
    }

    /// The one shown: the one turned to, as long as it takes part.
    pub fn shown(turned_to: Option<Self>, session: &Session) -> Self {
        let panels = Self::of(session);
        turned_to
            .filter(|panel| panels.contains(panel))
            .or_else(|| panels.first().copied())
            .unwrap_or(Self::Card)
    }

    /// The one after it, or before it.
    pub fn turn(turned_to: Option<Self>, act: Act, session: &Session) -> Self {
        let panels = Self::of(session);
        let at = panels.iter().position(|panel| *panel == Self::shown(turned_to, session)).unwrap_or(0);
        let step =
            if matches!(act, Act::PreviousField | Act::Left) { panels.len().saturating_sub(1) } else { 1 };
        panels.get((at + step) % panels.len().max(1)).copied().unwrap_or(Self::Card)
    }
}

/// Draws the parts beside each other.
pub fn beside(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) {
    if area.height < 2 {
        return;
    }
    if area.width >= THREE - 2 {
        let card = area.width * 32 / 100;
        let script = area.width * 38 / 100;
        let left = Rect { width: card, ..area };
        let middle = Rect { x: area.x + card + 2, width: script.saturating_sub(2), ..area };
        let x = area.x + card + script + 2;
        let right = Rect { x: x + 1, width: area.right().saturating_sub(x + 1), ..area };
        part(call, Panel::Card, left, buf, session);
        upright(Rect { x: left.right(), width: 1, ..area }, buf, session);
        part(call, Panel::Script, middle, buf, session);
        upright(Rect { x: x.saturating_sub(1), width: 1, ..area }, buf, session);
        part(call, Panel::Timeline, right, buf, session);
        return;
    }
    let half = area.width * 46 / 100;
    let left = Rect { width: half, ..area };
    let right = Rect { x: area.x + half + 3, width: area.width.saturating_sub(half + 3), ..area };
    part(call, Panel::shown(call.panel, session), left, buf, session);
    turning(call, Rect { height: 1, ..left }, buf, session);
    upright(Rect { x: area.x + half + 1, width: 1, ..area }, buf, session);
    part(call, Panel::Script, right, buf, session);
}

/// Draws the one part that is shown; answers where the line that matters stands.
pub fn alone(call: &Call, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    let active = part(call, Panel::shown(call.panel, session), area, buf, session);
    turning(call, Rect { height: area.height.min(1), ..area }, buf, session);
    active
}

/// What Tab shows next, at the right of the title.
fn turning(call: &Call, row: Rect, buf: &mut Buffer, session: &Session) {
    let next = Panel::turn(call.panel, Act::NextField, session);
    let key = session.keymap.label(Context::Call, Act::NextField);
    let hint = [piece(format!("{key} "), Role::Key), piece(session.words.say(next.title()), Role::KeyLabel)];
    let wide = draw_right(&hint, row, buf, &session.theme);
    let place = Rect { x: row.right().saturating_sub(wide), width: wide, ..row };
    session.hits.put(place, Spot::Act(Act::NextField));
}

fn part(call: &Call, which: Panel, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let words = &session.words;
    session.hits.put(area, Spot::Part(which.part()));
    let shown = which == Panel::shown(call.panel, session);
    let role = if shown || which == Panel::Script { Role::Title } else { Role::Dim };
    let head = Rect { height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let lines = match (which, call.card.as_deref()) {
        (Panel::Script, _) => {
            draw(&[piece(script::title(call, session), role)], head, buf, &session.theme);
            return script::render(call, session, body, buf);
        }
        (Panel::Keys, _) => {
            draw(&[piece(words.say(which.title()), role)], head, buf, &session.theme);
            keys::render(session, target::lane(call.row()), call.started.is_some(), call.scroll, body, buf);
            return Some(body.as_position());
        }
        (Panel::Tools, _) => script::tool_lines(call, session),
        (Panel::Timeline, _) => parts::timeline(session, items(call)),
        (Panel::Card, Some(card)) => parts::card(session, card),
        (Panel::Card, None) => vec![match &call.refused {
            Some(why) => vec![piece(why.clone(), Role::Warning)],
            None => vec![piece(words.say(Text("common.loading")), Role::Dim)],
        }],
    };
    let title = [piece(words.say(which.title()), role)];
    let used = draw(&title, head, buf, &session.theme);
    let scroll = if shown { call.scroll } else { 0 };
    let text = Lines::new(&lines).scroll(scroll);
    text.render(body, buf, &session.theme);
    let hidden = text.height(body.width).saturating_sub(body.height.saturating_add(scroll));
    if hidden > 0 && shown {
        below(hidden, used, head, buf, session);
    }
    Some(body.as_position())
}

/// How many rows there are still, between the title and what Tab shows.
fn below(hidden: u16, used: u16, head: Rect, buf: &mut Buffer, session: &Session) {
    let more: Line<'_> = vec![piece(session.words.fill(Text("call.below"), &[("n", &hidden)]), Role::Dim)];
    let place = Rect { x: head.x + used + 2, width: head.width.saturating_sub(used + 16), ..head };
    if line_cells(&more) <= usize::from(place.width) {
        draw_right(&more, place, buf, &session.theme);
    }
}

/// The timeline read for the record; the card's own last touches until it has come.
fn items(call: &Call) -> &[TimelineItem] {
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
