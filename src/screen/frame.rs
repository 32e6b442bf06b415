//! What every screen has: header, gap line, notice, keys.

mod compact;
mod guide;
mod spoken;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::amount::{amount, metric, needed, signed};
use crate::app::layer::{Layer, View};
use crate::app::{Act, Session, Spot, speak, trouble};
use crate::domain::lists::Unit;
use crate::screen::ScreenId;
use crate::screen::board::view::nearest;
use crate::store::query::GapLine;
use crate::text::width::cells;
use crate::text::{Text, Words};
use crate::theme::Role;
use crate::widget::{
    Bar, Footer, Hint, Line, Mark, Piece, Shape, Tabs, clear, draw, draw_right, line_cells, piece,
};

/// Narrowest gap bar worth drawing.
const BAR_MIN: u16 = 10;
/// Widest gap bar: longer ones say no more.
const BAR_MAX: u16 = 40;

/// Draws the frame around a screen and answers with what is left for its body.
pub fn frame(area: Rect, buf: &mut Buffer, view: &View<'_>, active: ScreenId, layer: &dyn Layer) -> Rect {
    let theme = &view.session.theme;
    clear(area, buf, theme);
    let shape = Shape::of(area, theme);
    let row = |y: u16| Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(area);
    let (above, below) = match shape {
        Shape::Roomy => {
            header(row(0), buf, *view, active);
            gap_line(row(1), buf, *view);
            (2, 1)
        }
        Shape::Compact => {
            compact::header(row(0), buf, *view, active);
            (1, 1)
        }
        Shape::Spoken => {
            spoken::header(row(0), buf, *view, active);
            spoken::gap_line(row(1), buf, *view);
            (2, 2)
        }
    };
    footer(area, buf, view, layer);
    let guided = guide::rows(shape, view.session);
    let top = area.bottom().saturating_sub(below + guided);
    guide::render(Rect { y: top, height: guided, ..area }.intersection(area), buf, view, layer);
    let height = area.height.saturating_sub(above + below + guided);
    Rect { y: area.y.saturating_add(above), height, ..area }.intersection(area)
}

/// The bar on top: program, tabs, who, where, when, and whether what is shown is live.
fn header(area: Rect, buf: &mut Buffer, view: View<'_>, active: ScreenId) {
    let session = view.session;
    let (theme, words) = (&session.theme, &session.words);
    draw(&[piece(" ".repeat(usize::from(area.width)), Role::Header)], area, buf, theme);
    let brand = [piece(" CORRAL ", Role::Brand)];
    let used = draw(&brand, area, buf, theme);
    let screens = ScreenId::of(session);
    let titles = screens.iter().map(|id| format!("{} {}", id.number(), words.say(id.title())));
    let index = screens.iter().position(|id| *id == active).unwrap_or(0);
    let rest = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
    let tabs = Tabs::new(titles, index);
    for (id, place) in tabs.places(rest).into_iter().filter_map(|(at, place)| Some((screens.get(at)?, place)))
    {
        session.hits.put(place, Spot::Act(id.act()));
    }
    let used = used + tabs.render(rest, buf, theme);
    let right = who(view);
    let room = usize::from(area.width.saturating_sub(used));
    let mut right = right.as_slice();
    // what is least missed goes first: the team, then the name
    while line_cells(right) + 1 > room {
        let Some((_, rest)) = right.split_first() else { break };
        right = rest;
    }
    let place = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
    draw_right(right, place, buf, theme);
}

fn who(view: View<'_>) -> Line<'static> {
    let session = view.session;
    let words = &session.words;
    let zone = session.zone();
    let clock = zone.clock(session.now).to_string();
    let mut line = Vec::new();
    if let Some(me) = &session.me {
        if let Some((_, team)) = &me.user.team {
            line.push(piece(format!("{team} · "), Role::Header));
        }
        line.push(piece(format!("{} · ", me.user.name), Role::Header));
    }
    line.push(piece(format!("{clock} "), Role::Header));
    if let Some(text) = unsaved(session) {
        line.push(text);
        return line;
    }
    let (mark, role, said) = if session.pending > 0 {
        (Mark::Waiting, Role::Stale, Text("common.saving"))
    } else if session.troubles.database.is_some() {
        (Mark::Alarm, Role::Warning, Text("common.offline"))
    } else {
        (Mark::Live, Role::Live, Text("common.live"))
    };
    line.push(mark.piece(role, words, &session.theme));
    line.push(piece(format!("{} ", words.say(said)), Role::Header));
    line
}

/// What is kept on this machine because the file cannot take it.
fn unsaved(session: &Session) -> Option<Piece<'static>> {
    let unsaved = session.troubles.unsaved?;
    let text = session.words.fill(Text("frame.unsaved"), &[("n", &unsaved.count)]);
    Some(piece(format!("{}{text} ", speak::mark(session, Mark::Alarm, Role::Warning).text), Role::Warning))
}

/// The gap line (S001-108): the figures that matter most come first and give way last.
fn gap_line(area: Rect, buf: &mut Buffer, view: View<'_>) {
    let session = view.session;
    let (theme, words) = (&session.theme, &session.words);
    let Some(gap) = &session.gap else { return };
    let currency = session.playbook().map_or("CNY", |p| p.currency.as_str());
    let show = |value: i64| amount(gap.unit, currency, value);
    let name = piece(format!(" {} ", counted(gap, words)), Role::Dim);
    if gap.gap.target == 0 {
        let none = words.say(Text("frame.no_target")).to_owned();
        draw(
            &[name, piece(show(gap.gap.done), Role::Money), piece(format!(" · {none}"), Role::Dim)],
            area,
            buf,
            theme,
        );
        return;
    }
    let done = piece(show(gap.gap.done), Role::Money);
    let target = piece(format!("/{} ", show(gap.gap.target)), Role::Dim);
    let head = [name, done, target];
    let used = draw(&head, area, buf, theme);
    let parts = parts(gap, view, currency);
    let room = area.width.saturating_sub(used);
    let mut kept = Vec::new();
    let mut wide = 0;
    for part in parts {
        let next = wide + line_cells(&part) + 3;
        if next + usize::from(BAR_MIN) > usize::from(room) {
            break;
        }
        wide = next;
        kept.push(part);
    }
    let bar = room.saturating_sub(u16::try_from(wide).unwrap_or(u16::MAX)).saturating_sub(1).min(BAR_MAX);
    let place = Rect { x: area.x + used, width: bar, ..area };
    Bar::new(gap.gap.done, gap.gap.target).plan(gap.gap.done - gap.gap.pace).render(place, buf, theme);
    let mut line: Line<'_> = Vec::new();
    for part in kept {
        line.push(piece(if line.is_empty() { " " } else { " · " }, Role::Dim));
        line.extend(part);
    }
    let x = area.x + used + bar;
    draw(&line, Rect { x, width: area.right().saturating_sub(x), ..area }, buf, theme);
}

/// What is counted, and whose where it is not one's own.
fn counted(gap: &GapLine, words: &Words) -> String {
    let name = metric(words, gap.metric);
    match gap.team.as_deref() {
        None => name,
        Some("") => format!("{} · {name}", words.say(Text("wall.floor"))),
        Some(team) => format!("{team} · {name}"),
    }
}

fn parts(gap: &GapLine, view: View<'_>, currency: &str) -> Vec<Line<'static>> {
    let words = &view.session.words;
    let show = |value: i64| amount(gap.unit, currency, value);
    let mut parts: Vec<Line<'static>> = Vec::new();
    if gap.gap.gap > 0 {
        parts.push(vec![
            piece(format!("{} ", words.say(Text("column.gap"))), Role::Dim),
            piece(show(gap.gap.gap), Role::Accent),
        ]);
    } else {
        parts.push(vec![piece(words.fill(Text("frame.reached"), &[("n", &show(-gap.gap.gap))]), Role::Good)]);
    }
    let pace = if gap.gap.pace >= 0 { Role::Good } else { Role::Warning };
    parts.push(vec![
        piece(format!("{} ", words.say(Text("column.pace"))), Role::Dim),
        piece(signed(gap.unit, currency, nearest(gap.unit, gap.gap.pace)), pace),
    ]);
    if let Some(day) = gap.gap.per_day.filter(|d| *d > 0) {
        parts.push(vec![piece(
            words.fill(Text("frame.per_day"), &[("n", &needed(gap.unit, currency, day))]),
            Role::Text,
        )]);
    }
    if let Some(held) = &gap.held_down {
        parts.push(vec![piece(speak::to_go(view.session, held), Role::Warning)]);
    }
    if let Some(earning) = gap.earning.filter(|earning| earning.amount.0 > 0) {
        // S001-121: what today's work is paid, and that more of it is not
        let earned = amount(Unit::Money, currency, earning.amount.0);
        let mut line = vec![piece(words.fill(Text("pay.today"), &[("n", &earned)]), Role::Money)];
        if earning.capped {
            line.push(piece(format!(" · {}", words.say(Text("pay.cap"))), Role::Dim));
        }
        parts.push(line);
    }
    if let Some((rank, of)) = gap.rank {
        let ahead = gap
            .ahead
            .as_ref()
            .map(|(name, by)| words.fill(Text("frame.behind"), &[("n", &show(*by)), ("name", name)]));
        let mut line = vec![piece(words.fill(Text("frame.rank"), &[("n", &rank), ("of", &of)]), Role::Text)];
        line.extend(ahead.map(|text| piece(text, Role::Dim)));
        parts.push(line);
    }
    if let Some(orders) = gap.gap.orders_needed.filter(|n| *n > 0) {
        parts.push(vec![piece(words.fill(Text("frame.orders"), &[("n", &orders)]), Role::Text)]);
        if let Some(leads) = gap.gap.leads_needed {
            parts.push(vec![piece(words.fill(Text("frame.leads"), &[("n", &leads)]), Role::Text)]);
        }
    }
    parts
}

/// The last row of a window: the keys that act now. What was just said is drawn over it; where there is room, the way
/// back and the help stay in sight beside it.
pub fn footer(window: Rect, buf: &mut Buffer, view: &View<'_>, layer: &dyn Layer) {
    let session = view.session;
    let theme = &session.theme;
    let last = Rect { y: window.bottom().saturating_sub(1), height: 1, ..window }.intersection(window);
    let spoken = theme.manner().is_spoken();
    let margin = u16::from(!spoken);
    let inner = Rect { x: last.x + margin, width: last.width.saturating_sub(2 * margin), ..last };
    let inner = inner.intersection(last);
    let hints = hints(*view, layer);
    let Some(notice) = trouble::said(session).filter(|_| !spoken) else {
        keys(&hints, inner, buf, session);
        return;
    };
    let end: Vec<(Act, Hint<'_>)> = hints.into_iter().rev().take(2).rev().collect();
    let wide: usize = end.iter().map(|(_, h)| cells(&h.key) + cells(&h.label) + 5).sum();
    if cells(&notice.text) + wide + 4 < usize::from(inner.width) {
        let width = u16::try_from(wide).unwrap_or(0);
        keys(&end, Rect { x: inner.right() - width, width, ..inner }, buf, session);
    }
}

/// Draws hints, each of which can be pointed at.
fn keys(hints: &[(Act, Hint<'_>)], area: Rect, buf: &mut Buffer, session: &Session) {
    let (acts, hints): (Vec<Act>, Vec<Hint<'_>>) = hints.iter().cloned().unzip();
    let footer = Footer::new(&hints);
    footer.render(area, buf, &session.theme);
    for (index, place) in footer.places(area) {
        if let Some(act) = acts.get(index) {
            session.hits.put(place, Spot::Act(*act));
        }
    }
}

/// The footer's hints of a layer, by the weight the action table gives them; help last.
fn hints<'a>(view: View<'a>, layer: &dyn Layer) -> Vec<(Act, Hint<'a>)> {
    let session = view.session;
    let mut actions: Vec<_> = session.keymap.of(layer.context()).filter(|action| action.footer > 0).collect();
    actions.sort_by_key(|action| action.footer);
    actions
        .into_iter()
        .filter_map(|action| {
            let key = session.keymap.key(layer.context(), action.act)?;
            let off = layer.offers(action.act, &view).is_err();
            Some((action.act, Hint::new(key.label(), session.words.say(action.label)).off(off)))
        })
        .collect()
}
