//! The audit trail: who did what that matters, newest first, read through a window; of one kind, or of one person.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View};
use crate::domain::id::UserId;
use crate::domain::lists::AuditKind;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::About;
use crate::store::query::{Answer, AuditAsk, AuditRow, Query};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Lines, Row, Table, draw, piece};

/// Rows of one window.
const WINDOW: usize = 100;
/// The next window is asked for when the selection is this near the end.
const NEAR_END: usize = 25;
/// Rows for what is told of one, at most.
const LOW: u16 = 10;

/// The trail.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    rows: Vec<AuditRow>,
    more: bool,
    loaded: bool,
    asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    select: Select<i64>,
    /// Only this kind.
    kind: Option<AuditKind>,
    /// Only this person.
    person: Option<(UserId, String)>,
    /// Whether the list alone has the screen.
    is_closed: bool,
}

impl Audit {
    /// The trail before its first answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn query(&self, before: Option<i64>, cx: &Cx<'_>) -> Query {
        let user = self.person.as_ref().map(|(user, _)| *user);
        Query::Audit(AuditAsk {
            before,
            kind: self.kind,
            user,
            ..AuditAsk::newest(cx.user(), cx.now(), WINDOW)
        })
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let query = self.query(None, cx);
        self.asked = Some(cx.read(query));
        self.next_asked = None;
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        if self.more && self.next_asked.is_none() && self.select.at() + NEAR_END >= self.rows.len() {
            let query = self.query(self.rows.last().map(|row| row.number), cx);
            self.next_asked = Some(cx.read(query));
        }
    }

    fn keys(&self) -> Vec<i64> {
        self.rows.iter().map(|row| row.number).collect()
    }

    fn selected(&self) -> Option<&AuditRow> {
        self.rows.get(self.select.at())
    }

    fn answered(&mut self, ticket: Ticket, rows: &[AuditRow], cx: &mut Cx<'_>) -> Flow {
        if self.asked == Some(ticket) {
            self.asked = None;
            self.rows = rows.to_vec();
        } else if self.next_asked == Some(ticket) {
            self.next_asked = None;
            self.rows.extend_from_slice(rows);
        } else {
            return Flow::Passed;
        }
        self.loaded = true;
        self.more = rows.len() >= WINDOW;
        let keys = self.keys();
        self.select.settle(&keys);
        self.ask_next(cx);
        Flow::Used
    }

    /// Narrows the list to what the selected row is, or lets all in again.
    fn narrow(&mut self, act: Act, cx: &mut Cx<'_>) {
        let row = self.selected();
        match act {
            Act::AuditKind if self.kind.is_some() => self.kind = None,
            Act::AuditKind => self.kind = row.and_then(|row| AuditKind::parse(&row.kind)),
            _ if self.person.is_some() => self.person = None,
            _ => self.person = row.map(|row| (row.by.0, row.by.2.clone())),
        }
        self.loaded = false;
        self.rows.clear();
        self.select = Select::default();
        self.ask(cx);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            self.ask_next(cx);
            return Flow::Used;
        }
        match act {
            Act::Accept => self.is_closed = !self.is_closed,
            Act::AuditKind | Act::AuditPerson => self.narrow(act, cx),
            Act::Back | Act::Audit => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let kind = self.kind.map_or_else(
            || words.say(Text("audit.every")).to_owned(),
            |kind| words.name("audit.kind", kind.as_str()).to_owned(),
        );
        let mut line = vec![
            piece(words.say(Text("action.audit")).to_owned(), Role::Title),
            piece(format!(" · {kind}"), Role::Text),
        ];
        if let Some((_, name)) = &self.person {
            line.push(piece(format!(" · {name}"), Role::Accent));
        }
        line
    }

    /// What is told of the selected row: before, after, why, and where it came from.
    fn told(&self, session: &Session) -> Vec<Line<'static>> {
        let words = &session.words;
        let Some(row) = self.selected() else { return Vec::new() };
        let way = format!("#{} · {} · {}", row.number, row.origin, row.machine);
        let mut lines = vec![vec![piece(way, Role::Dim)]];
        if row.is_erased {
            lines.push(vec![piece(words.say(Text("audit.erased")).to_owned(), Role::Held)]);
            return lines;
        }
        let parts = [("audit.before", &row.before), ("audit.after", &row.after), ("audit.why", &row.why)];
        for (name, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            for (place, line) in text.lines().enumerate() {
                let head = if place == 0 { words.say(Text(name)) } else { "" };
                let head = crate::text::width::pad(head, 8);
                lines.push(vec![piece(head, Role::Dim), piece(line.to_owned(), Role::Text)]);
            }
        }
        lines
    }
}

/// Whom or what a row is about, in words.
fn about(session: &Session, row: &AuditRow) -> String {
    let (about, name) = &row.about;
    match about {
        About::Nothing => String::new(),
        About::Thing(_, thing) => thing.clone(),
        _ if name.is_empty() => session.words.say(Text("audit.gone")).to_owned(),
        _ => name.clone(),
    }
}

impl Layer for Audit {
    fn context(&self) -> Context {
        Context::Audit
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row =
            |act: Act| matches!(act, Act::Accept | Act::AuditKind | Act::AuditPerson) || moves(act);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            // what was loaded stays where it was
            Event::Shown if self.loaded => {}
            Event::Shown => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, number)) => {
                let keys = self.keys();
                if !self.select.point(*number, &keys) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, Ok(Answer::Audit(page))) => {
                return self.answered(*ticket, &page.rows, cx);
            }
            Event::Answered(ticket, Err(error)) if [self.asked, self.next_asked].contains(&Some(*ticket)) => {
                (self.asked, self.next_asked, self.loaded) = (None, None, true);
                cx.refuse(error);
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let area = frame(area, buf, view, ScreenId::Board, self);
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        draw(&self.title(session), head, buf, theme);
        let list = Rect {
            y: area.y.saturating_add(1).min(area.bottom()),
            height: area.height.saturating_sub(1),
            ..area
        };
        if self.rows.is_empty() {
            let text = if self.loaded { Text("audit.none") } else { Text("common.loading") };
            draw(&[piece(format!(" {}", words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        }
        // the same share at every row, so that the list does not jump while one goes through it
        let low = if self.is_closed { 0 } else { (list.height / 2).min(LOW) };
        let below = Rect { y: list.bottom().saturating_sub(low), height: low, ..list };
        let list = Rect { height: list.height.saturating_sub(low), ..list };
        let columns = [
            Column::fixed(words.say(Text("column.time")), 15).priority(1),
            Column::flex(words.say(Text("facts.what")), 12).weight(2).priority(0),
            Column::flex(words.say(Text("facts.by")), 8).priority(0),
            Column::flex(words.say(Text("audit.about")), 10).weight(3).priority(2),
        ];
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = self.select.at().saturating_sub(high);
        let shown = self.rows.iter().skip(top).take(2 * high);
        let rows: Vec<Row<'_>> = shown
            .map(|row| {
                let refused = row.kind == AuditKind::Refused.as_str();
                let role = if refused { Role::Held } else { Role::Text };
                Row::new([
                    vec![piece(time::when(session, row.at), Role::Dim)],
                    vec![piece(words.name("audit.kind", &row.kind), role)],
                    vec![piece(row.by.2.as_str(), Role::Text)],
                    vec![piece(about(session, row), Role::Accent)],
                ])
            })
            .collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(self.rows.len() + usize::from(self.more))
            .offset(top)
            .selected(Some(self.select.at() - top));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|row| self.rows.get(top + row)).map(|row| row.number)
        });
        let caret = table.render(list, buf, theme);
        let rule = Rect { height: 1, ..below }.intersection(below);
        if !theme.manner().is_spoken() {
            draw(&[piece("─".repeat(usize::from(rule.width)), Role::Border)], rule, buf, theme);
        }
        let text = Rect {
            x: below.x.saturating_add(1),
            y: below.y.saturating_add(1),
            width: below.width.saturating_sub(2),
            height: below.height.saturating_sub(1),
        };
        let told = self.told(session);
        Lines::new(&told).render(text.intersection(below), buf, theme);
        caret
    }
}
