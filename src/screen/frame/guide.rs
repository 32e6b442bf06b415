//! The guide of a newcomer, above the keys: one line in a small window, two elsewhere.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::guide::{Said, Step};
use crate::app::layer::{Layer, View};
use crate::app::{Act, Session, Spot};
use crate::text::Text;
use crate::text::width::{cells, wrap};
use crate::theme::Role;
use crate::widget::{Line, Lines, Shape, draw, line_cells, piece};

/// Rows it has where there is room.
const ROWS: u16 = 2;

/// Rows the guide takes: as many at every step, so that nothing moves while it is followed.
pub fn rows(shape: Shape, session: &Session) -> u16 {
    match shape {
        _ if !session.guide.is_open() => 0,
        Shape::Compact => 1,
        Shape::Roomy | Shape::Spoken => ROWS,
    }
}

/// Draws what the person can do next, and the key that closes the guide at the end of the last row.
pub fn render(area: Rect, buf: &mut Buffer, view: &View<'_>, layer: &dyn Layer) {
    if area.is_empty() {
        return;
    }
    let session = view.session;
    let theme = &session.theme;
    let context = layer.context();
    let close = with_keys(session, context, Text("guide.close"));
    let close_cells = u16::try_from(line_cells(&close)).unwrap_or(u16::MAX);
    let margin = u16::from(!theme.manner().is_spoken()).min(area.width);
    let inner = Rect { x: area.x + margin, width: area.width.saturating_sub(2 * margin), ..area };
    let said = session.guide.said(layer, view);
    let room = inner.width.saturating_sub(close_cells + 2);
    let place =
        Rect { x: inner.right().saturating_sub(close_cells), width: close_cells.min(inner.width), ..inner };
    let place = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..place };
    let long = [line(session, &said, said.text)];
    let wide = (area.height >= ROWS).then(|| width(&long, inner.width, room)).flatten();
    if let Some(width) = wide {
        Lines::new(&long).render(Rect { width, ..inner }, buf, theme);
    } else {
        // a row of its own takes no number
        let short = with_keys(session, said.keys, said.short);
        draw(&short, Rect { width: room, ..inner }, buf, theme);
    }
    draw(&close, place, buf, theme);
    session.hits.put(place, Spot::Act(Act::Guide));
}

/// The width in which a sentence takes the rows there are and its last one ends before the key that closes; `None` where
/// there is none.
fn width(sentence: &[Line<'_>; 1], whole: u16, room: u16) -> Option<u16> {
    let [pieces] = sentence;
    let text: String = pieces.iter().map(|piece| piece.text.as_ref()).collect();
    let fits = |width: &u16| {
        let rows = wrap(&text, usize::from(*width));
        let last = rows.last().filter(|_| rows.len() == usize::from(ROWS));
        rows.len() <= usize::from(ROWS) && last.is_none_or(|row| cells(row) <= usize::from(room))
    };
    [whole, room].into_iter().find(fits)
}

/// The sentence behind its number.
fn line(session: &Session, said: &Said, text: Text) -> Line<'static> {
    let mut line = Line::new();
    if let Some(number) = said.step.and_then(Step::number) {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &number), ("of", &Step::COUNT)];
        line.push(piece(format!("{}  ", session.words.fill(Text("guide.number"), &values)), Role::Accent));
    }
    line.extend(with_keys(session, said.keys, text));
    line
}

/// A sentence with the keys it names in their own look.
fn with_keys(session: &Session, context: crate::app::Context, text: Text) -> Line<'static> {
    let mut line = Line::new();
    let mut rest = session.words.say(text);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((id, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            line.push(piece(before.to_owned(), Role::Text));
        }
        let act = session.keymap.of(context).find(|action| action.id == id).map(|action| action.act);
        let key = act.map_or_else(|| "–".to_owned(), |act| session.keymap.label(context, act));
        line.push(piece(key, Role::Key));
        rest = tail;
    }
    if !rest.is_empty() {
        line.push(piece(rest.to_owned(), Role::Text));
    }
    line
}
