//! What I did today, newest first, and what would come of taking it back: any of it, in any order.
//!
//! It opens over whatever is on screen. The list is read through a window; each row was tried out by the store, so that it
//! says beforehand whether it can be taken back and what stands in the way.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, changes};
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Notice, Part, Session, Spot, Ticket, View};
use crate::dialog::{meant_for_dialogs, reading};
use crate::domain::id::WriteId;
use crate::screen::select::{Select, moves};
use crate::store::StoreError;
use crate::store::query::{Answer, ChangeRow, ChangesAsk, Query, Standing};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Lines, Mark, Popup, Row, Table, draw, piece};

/// Rows read at once: each is tried out.
const WINDOW: usize = 30;
/// Widest inside worth drawing.
const WIDTH_MAX: u16 = 96;

/// The list.
#[derive(Debug, Default)]
pub struct Changes {
    rows: Vec<ChangeRow>,
    loaded: bool,
    /// Whether older ones are left in the store.
    more: bool,
    asked: Option<Ticket>,
    /// The question for what comes after the last row.
    asked_more: Option<Ticket>,
    select: Select<WriteId>,
    /// The undos under way, and what each takes back.
    pending: BTreeMap<WriteId, WriteId>,
    /// What the store refused in the end.
    refused: BTreeMap<WriteId, String>,
}

impl Changes {
    /// The list before its first answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn ask(&self, before: Option<i64>, cx: &mut Cx<'_>) -> Ticket {
        // what is on screen is read again as a whole
        let limit = if before.is_some() { WINDOW } else { self.rows.len().max(WINDOW) };
        let user = cx.user();
        cx.read(Query::Changes(ChangesAsk { by: user, user, now: cx.now(), before, only: None, limit }))
    }

    fn keys(&self) -> Vec<WriteId> {
        self.rows.iter().map(|row| row.write).collect()
    }

    fn selected(&self) -> Option<&ChangeRow> {
        self.rows.get(self.select.at())
    }

    fn answered(&mut self, ticket: Ticket, found: &[ChangeRow]) -> Flow {
        if self.asked == Some(ticket) {
            self.asked = None;
            self.more = found.len() >= self.rows.len().max(WINDOW);
            self.rows = found.to_vec();
        } else if self.asked_more == Some(ticket) {
            self.asked_more = None;
            self.more = found.len() >= WINDOW;
            self.rows.extend_from_slice(found);
        } else {
            return Flow::Passed;
        }
        self.loaded = true;
        let keys = self.keys();
        self.select.settle(&keys);
        Flow::Used
    }

    fn written(&mut self, id: WriteId, refused: Option<&StoreError>, cx: &mut Cx<'_>) -> Flow {
        if let Some(taken) = self.pending.remove(&id) {
            if let Some(error) = refused {
                let words = speak::refusal(cx.session, error, true);
                self.refused.insert(taken, words);
            } else {
                self.refused.clear();
                // what it frees for others is read below; of itself it is known
                if let Some(row) = self.rows.iter_mut().find(|row| row.write == taken) {
                    row.standing = Standing::TakenBack;
                    row.consequences.clear();
                }
            }
        }
        self.asked = Some(self.ask(None, cx));
        Flow::Used
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) {
        let keys = self.keys();
        let page = usize::from(cx.session.size.height / 2).saturating_sub(3);
        if self.select.travel(act, page, &keys) {
            let last = self.rows.last().map(|row| row.revision);
            let at_end = self.select.at() + 1 >= self.rows.len();
            if self.more && at_end && self.asked_more.is_none() && self.asked.is_none() {
                self.asked_more = Some(self.ask(last, cx));
            }
            return;
        }
        match act {
            Act::Back | Act::Changes => cx.pop(),
            Act::Accept => self.take_back(cx),
            _ => {}
        }
    }

    fn take_back(&mut self, cx: &mut Cx<'_>) {
        let Some(row) = self.selected() else { return };
        let write = row.write;
        if self.pending.values().any(|taken| *taken == write) {
            return;
        }
        if row.standing != Standing::Free {
            let words = changes::standing(&cx.session.words, &row.standing);
            cx.say(Notice::refused(words));
            return;
        }
        let id = cx.take_back(write);
        self.pending.insert(id, write);
    }

    fn columns(session: &Session, width: u16) -> [Column; 4] {
        // a small window has room for what and whom alone
        let narrow = width < 60;
        let state = if session.is_chinese() { 10 } else { 11 };
        [
            Column::fixed("", 5).priority(0),
            Column::flex("", 14).weight(3).priority(0),
            Column::flex("", if narrow { 8 } else { 10 }).weight(2).priority(0),
            Column::fixed("", if narrow { 2 } else { state }).priority(1),
        ]
    }

    fn row<'a>(&'a self, session: &Session, row: &'a ChangeRow, width: u16) -> Row<'a> {
        let words = &session.words;
        let pending = self.pending.values().any(|taken| *taken == row.write);
        let (mark, role, said) = match &row.standing {
            _ if pending => (Mark::Waiting, Role::Pending, Text("common.saving")),
            Standing::Free if !self.refused.contains_key(&row.write) => {
                (Mark::Next, Role::Good, Text("changes.short.free"))
            }
            Standing::TakenBack => (Mark::Done, Role::Dim, Text("changes.short.taken_back")),
            _ => (Mark::Lost, Role::Held, Text("changes.short.barred")),
        };
        let state = if width < 60 {
            mark.piece(role, words, &session.theme)
        } else {
            piece(words.say(said).to_owned(), role)
        };
        let text = if row.standing == Standing::TakenBack { Role::Dim } else { Role::Text };
        let customer = row.customer.as_ref().map_or("", |(_, name)| name.as_str());
        Row::new([
            vec![piece(session.zone().clock(row.at).to_string(), Role::Dim)],
            vec![piece(changes::what(session, row), text)],
            vec![piece(customer, if text == Role::Dim { Role::Dim } else { Role::Accent })],
            vec![state],
        ])
    }

    /// What is told of the selected change.
    fn told(&self, session: &Session) -> Vec<Line<'static>> {
        let words = &session.words;
        let Some(row) = self.selected() else { return Vec::new() };
        let refused = self.refused.get(&row.write);
        if row.standing != Standing::Free || refused.is_some() {
            let why = refused.cloned().unwrap_or_else(|| changes::standing(words, &row.standing));
            let role = if row.standing == Standing::TakenBack { Role::Dim } else { Role::Held };
            return vec![vec![piece(why, role)]];
        }
        let head = session.keyed(Context::Choice, Text("changes.ahead"), &[]);
        let mut lines = vec![vec![piece(head, Role::Key)]];
        for consequence in &row.consequences {
            lines.push(vec![piece(format!("· {}", changes::consequence(session, consequence)), Role::Text)]);
        }
        lines
    }
}

impl Layer for Changes {
    fn context(&self) -> Context {
        Context::Choice
    }

    fn covers(&self) -> bool {
        false
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        self.asked.is_some() && !self.loaded && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.asked = Some(self.ask(None, cx)),
            Event::Answered(ticket, Ok(Answer::Changes(found))) => return self.answered(*ticket, found),
            Event::Answered(ticket, Err(error)) if [self.asked, self.asked_more].contains(&Some(*ticket)) => {
                (self.asked, self.asked_more) = (None, None);
                cx.refuse(error);
            }
            Event::Written(id, result) => return self.written(*id, result.as_ref().err(), cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(WriteId(*id), &keys) {
                    return Flow::Passed;
                }
            }
            Event::Turned(_, by) => {
                let act = if *by < 0 { Act::Up } else { Act::Down };
                for _ in 0..by.unsigned_abs() {
                    self.act(act, cx);
                }
            }
            Event::Act(act) if meant_for_dialogs(event) => self.act(*act, cx),
            event if meant_for_dialogs(event) => {}
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let width = area.width.saturating_sub(6).min(WIDTH_MAX);
        let height = area.height.saturating_sub(4);
        let keys = crate::dialog::hints(session, Context::Choice, Text("changes.keys"));
        let popup = Popup::new(words.say(Text("changes.title")), width, height).bottom(keys);
        let inside = popup.render(area, buf, theme);
        if self.rows.is_empty() {
            let text = if self.loaded { Text("changes.none") } else { Text("common.loading") };
            draw(&[piece(words.say(text), Role::Dim)], inside, buf, theme);
            return reading(inside, session);
        }
        let told = self.told(session);
        let told = Lines::new(&told);
        // the same share at every row, so that the list does not jump while one goes through it
        let low = (inside.height / 2).min(9);
        let list = Rect { height: inside.height.saturating_sub(low + 1), ..inside };
        let rule = Rect { y: list.bottom(), height: 1, ..inside }.intersection(inside);
        let below = Rect { y: rule.bottom(), height: low, ..inside }.intersection(inside);
        let columns = Self::columns(session, inside.width);
        let make = |index: usize| {
            self.rows.get(index).map_or_else(Row::default, |row| self.row(session, row, inside.width))
        };
        let table = Table::making(&columns, self.rows.len(), &make).selected(Some(self.select.at()));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|row| self.rows.get(row)).map(|row| row.write.0)
        });
        let caret = table.render(list, buf, theme);
        if !theme.manner().is_spoken() {
            draw(&[piece("─".repeat(usize::from(rule.width)), Role::Border)], rule, buf, theme);
        }
        told.render(below, buf, theme);
        caret
    }
}
