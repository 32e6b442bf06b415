//! The keys of the screen under it, from the action table, and the laws every screen keeps.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::action::{Action, Context};
use crate::app::{Act, Cx, Event, Flow, Layer, Part, Session, Spot, View};
use crate::dialog::{hints, meant_for_dialogs, reading};
use crate::text::Text;
use crate::text::width::{cells, pad};
use crate::theme::Role;
use crate::widget::{Line, Lines, Popup, line_cells, piece};

/// Widest inside worth drawing: longer lines are hard to read.
const WIDTH_MAX: u16 = 96;
/// Cells of one key and its label in the list of keys.
const CELL: usize = 30;
/// Cells of the keys of one action.
const KEYS: usize = 12;
/// The laws said at the end, in order.
const LAWS: [Text; 6] = [
    Text("help.law_two_keys"),
    Text("help.law_undo"),
    Text("help.law_typed"),
    Text("help.law_blocked"),
    Text("help.law_figures"),
    Text("help.law_news"),
];

/// The help.
#[derive(Debug, Clone)]
pub struct Help {
    about: Context,
    scroll: u16,
}

impl Help {
    /// Help on the keys of a context.
    pub const fn new(about: Context) -> Self {
        Self { about, scroll: 0 }
    }

    fn lines(&self, session: &Session, width: u16) -> Vec<Line<'static>> {
        let words = &session.words;
        let (moving, rest): (Vec<&Action>, Vec<&Action>) =
            session.keymap.of(self.about).partition(|action| moves(action.act));
        let (common, here): (Vec<&Action>, Vec<&Action>) =
            rest.into_iter().partition(|action| everywhere(action.act));
        let mut lines = Vec::new();
        for (title, actions) in
            [(Text("help.here"), here), (Text("help.moving"), moving), (Text("help.everywhere"), common)]
        {
            lines.push(vec![piece(words.say(title).to_owned(), Role::Title)]);
            lines.extend(columns(session, self.about, &actions, width));
            lines.push(Vec::new());
        }
        if self.about.has_text() {
            let typing: Vec<&Action> = session.keymap.of(Context::Text).collect();
            lines.push(vec![piece(words.say(Text("help.typing")).to_owned(), Role::Title)]);
            lines.extend(columns(session, Context::Text, &typing, width));
            lines.push(Vec::new());
        }
        lines.push(vec![piece(words.say(Text("help.laws")).to_owned(), Role::Title)]);
        for law in LAWS {
            // the laws name keys of the call, wherever they are read
            lines.push(vec![
                piece("· ", Role::Dim),
                piece(session.keyed(Context::Call, law, &[]), Role::Text),
            ]);
        }
        lines
    }

    fn height(&self, session: &Session) -> u16 {
        let width = width(session.size.width);
        Lines::new(&self.lines(session, width)).height(width)
    }
}

fn width(screen: u16) -> u16 {
    screen.saturating_sub(6).min(WIDTH_MAX)
}

/// Keys and labels side by side, filled downwards.
fn columns(session: &Session, context: Context, actions: &[&Action], width: u16) -> Vec<Line<'static>> {
    let count = (usize::from(width) / CELL).clamp(1, 3);
    let rows = actions.len().div_ceil(count).max(1);
    (0..rows)
        .map(|row| {
            let mut line = Line::new();
            for action in actions.iter().skip(row).step_by(rows) {
                let wanted = (line_cells(&line)).div_ceil(CELL) * CELL;
                let gap = wanted.saturating_sub(line_cells(&line));
                line.push(piece(" ".repeat(gap), Role::Text));
                let keys = pad(&keys(session, context, action.act), KEYS);
                let room = CELL.saturating_sub(cells(&keys) + 2);
                let label = crate::text::width::cut(session.words.say(action.label), room);
                line.extend([piece(keys, Role::Key), piece(" ", Role::Text), piece(label, Role::Text)]);
            }
            line
        })
        .collect()
}

/// The first key, and the second where there is room beside it.
fn keys(session: &Session, context: Context, act: Act) -> String {
    let first = session.keymap.label(context, act);
    let both = session.keymap.keys(context, act).nth(1).map(|key| format!("{first} {}", key.label()));
    both.filter(|both| cells(both) <= KEYS).unwrap_or(first)
}

/// Actions that only move about.
pub(crate) const fn moves(act: Act) -> bool {
    matches!(
        act,
        Act::Up
            | Act::Down
            | Act::Left
            | Act::Right
            | Act::PageUp
            | Act::PageDown
            | Act::Top
            | Act::Bottom
            | Act::NextField
            | Act::PreviousField
    )
}

const fn everywhere(act: Act) -> bool {
    matches!(
        act,
        Act::Today
            | Act::Customers
            | Act::Board
            | Act::Targets
            | Act::Report
            | Act::Undo
            | Act::Changes
            | Act::Audit
            | Act::Pk
            | Act::Palette
            | Act::Language
            | Act::Theme
            | Act::Pointer
            | Act::Refresh
            | Act::Guide
            | Act::Help
            | Act::Quit
            | Act::Interrupt
            | Act::Suspend
    )
}

impl Layer for Help {
    fn context(&self) -> Context {
        Context::Reader
    }

    fn covers(&self) -> bool {
        false
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        let page = cx.session.size.height.saturating_sub(6).max(1);
        let last = self.height(cx.session).saturating_sub(page);
        match event {
            Event::Act(Act::Back) => cx.pop(),
            Event::Act(Act::Up) => self.scroll = self.scroll.saturating_sub(1),
            Event::Act(Act::Down) => self.scroll = (self.scroll + 1).min(last),
            Event::Act(Act::PageUp) => self.scroll = self.scroll.saturating_sub(page),
            Event::Act(Act::PageDown) => self.scroll = (self.scroll + page).min(last),
            Event::Act(Act::Top) => self.scroll = 0,
            Event::Act(Act::Bottom) => self.scroll = last,
            // by rows, as the keys do
            Event::Turned(..) => return Flow::Passed,
            event if meant_for_dialogs(event) => {}
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let width = width(area.width);
        let lines = self.lines(session, width);
        let text = Lines::new(&lines).scroll(self.scroll);
        let popup = Popup::new(session.words.say(Text("help.title")), width, text.height(width))
            .bottom(hints(session, Context::Reader, Text("help.keys")));
        let inside = popup.render(area, buf, &session.theme);
        session.hits.put(area, Spot::Part(Part::default()));
        text.render(inside, buf, &session.theme);
        reading(inside, session)
    }
}
