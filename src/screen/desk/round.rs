//! A round's page: all a team of a dozen looks at together, on eighty by twenty-four.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Desk;
use crate::app::speak::{amount, node, time};
use crate::app::{Part, Session, View};
use crate::domain::lists::RoundKind;
use crate::store::query::desk::{DecisionRow, RoundPage};
use crate::text::Text;
use crate::text::width::pad;
use crate::theme::Role;
use crate::widget::{Bar, Column, Line, Mark, Row, Table, draw, piece, window};

/// Cells of a person's figure.
const PERSON: usize = 18;
/// Cells of a node.
const NODE: usize = 38;
/// Rows that decisions have at least.
const DECISIONS: u16 = 4;

impl Desk {
    pub(super) fn round_page(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let theme = &session.theme;
        let page = self.round.as_ref()?;
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let lines = figures(session, page, usize::from(inside.width));
        let room = area.height.saturating_sub(DECISIONS);
        let mut y = inside.y;
        for line in lines.iter().take(usize::from(room)) {
            draw(line, Rect { y, height: 1, ..inside }.intersection(area), buf, theme);
            y += 1;
        }
        let list = Rect { y, height: area.bottom().saturating_sub(y), ..area };
        self.decisions(page, list, buf, view)
    }

    fn decisions(&self, page: &RoundPage, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let words = &session.words;
        let rows = &page.decisions;
        if rows.is_empty() {
            let text =
                if page.called.is_some() { Text("desk.nothing_decided") } else { Text("desk.call_it") };
            let said = session.keyed(crate::app::Context::Desk, text, &[]);
            draw(&[piece(format!(" {said}"), Role::Dim)], area, buf, &session.theme);
            return None;
        }
        let columns = [
            Column::fixed("", 2).priority(0),
            Column::flex(words.say(Text("desk.decided")), 12).weight(4).priority(0),
            Column::flex(words.say(Text("column.name")), 8).priority(0),
            Column::flex(words.say(Text("column.customer")), 8).priority(2),
            Column::fixed(words.say(Text("desk.by_when")), 15).priority(1),
        ];
        let high = usize::from(area.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.list.at(), high, rows.len());
        let shown: Vec<Row<'_>> =
            rows.iter().skip(top).take(high).map(|row| decision(session, row)).collect();
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(rows.len())
            .offset(top)
            .selected(Some(self.list.at().saturating_sub(top)));
        session.hits.rows(area, Part::default(), |place| {
            table.row_at(area, place).and_then(|at| rows.get(top + at)).map(|row| row.id.0)
        });
        table.render(area, buf, &session.theme)
    }
}

fn decision(session: &Session, row: &DecisionRow) -> Row<'static> {
    let (mark, role) = if row.done { (Mark::Done, Role::Good) } else { (Mark::Waiting, Role::Warning) };
    let customer = row.customer.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    let late = !row.done && row.due_at < session.now;
    Row::new([
        vec![mark.piece(role, &session.words, &session.theme)],
        vec![piece(row.words.clone(), if row.done { Role::Dim } else { Role::Text })],
        vec![piece(row.user.1.clone(), Role::Accent)],
        vec![piece(customer, Role::Dim)],
        vec![piece(time::when(session, row.due_at), if late { Role::Bad } else { Role::Text })],
    ])
}

/// The figures, line by line.
fn figures(session: &Session, page: &RoundPage, width: usize) -> Vec<Line<'static>> {
    let words = &session.words;
    let mut lines: Vec<Line<'static>> = Vec::new();
    let said = match &page.called {
        Some((_, at, by, about)) => {
            let clock = session.zone().clock(*at).to_string();
            let head = words.fill(Text("desk.called"), &[("name", by), ("clock", &clock)]);
            let about = if about.is_empty() { String::new() } else { format!(" · {about}") };
            vec![piece(head, Role::Good), piece(about, Role::Accent)]
        }
        None => vec![piece(words.say(Text("desk.not_called_yet")).to_owned(), Role::Dim)],
    };
    lines.push(said);
    let (metric, done, target) = page.month;
    let name = words.name("metric", metric.as_str());
    let mut month = vec![
        piece(format!("{} ", words.name("period.this", "month")), Role::Dim),
        piece(format!("{name} "), Role::Text),
        piece(amount::metric(session, metric, done), Role::Money),
    ];
    if target > 0 {
        let (of, gap) =
            (amount::metric(session, metric, target), amount::metric(session, metric, target - done));
        month.push(piece(format!("/{of} {}", Bar::new(done, target).percent()), Role::Dim));
        if target > done {
            month.push(piece(format!(" · {} {gap}", words.say(Text("column.gap"))), Role::Accent));
        }
    }
    lines.push(month);
    lines.push(now(session, page));
    let of = match page.kind {
        RoundKind::Morning => words.fill(Text("desk.of_day"), &[("day", &time::date(session, page.of))]),
        RoundKind::Evening => words.say(Text("common.today")).to_owned(),
    };
    let mut sums: Line<'static> = vec![piece(of, Role::Title)];
    for (metric, done, standard) in &page.sums {
        let role = if done >= standard { Role::Good } else { Role::Warning };
        let (done, standard) =
            (amount::metric(session, *metric, *done), amount::metric(session, *metric, *standard));
        sums.push(piece(format!("  {} ", words.name("metric", metric.as_str())), Role::Dim));
        sums.push(piece(format!("{done}/{standard}"), role));
    }
    lines.push(sums);
    let people: Vec<Line<'static>> = page
        .reps
        .iter()
        .map(|(_, name, done, standard)| {
            let role = if done >= standard { Role::Good } else { Role::Text };
            vec![
                piece(pad(&crate::text::width::cut(name, 8), 9), Role::Text),
                piece(pad(&format!("{done}/{standard}"), 9), role),
            ]
        })
        .collect();
    lines.extend(beside(people, (width / PERSON).max(1)));
    if page.nodes_count > 0 {
        lines.push(vec![piece(words.fill(Text("desk.nodes"), &[("n", &page.nodes_count)]), Role::Title)]);
        let nodes: Vec<Line<'static>> = page
            .nodes
            .iter()
            .map(|(kind, at, customer, owner)| {
                let clock = session.zone().clock(*at).to_string();
                let said = format!("{clock} {} {customer} {owner}", node(session, kind));
                vec![piece(pad(&crate::text::width::cut(&said, NODE - 2), NODE), Role::Text)]
            })
            .collect();
        lines.extend(beside(nodes, (width / NODE).max(1)));
    }
    lines
}

/// How the day stands at this moment.
fn now(session: &Session, page: &RoundPage) -> Line<'static> {
    let words = &session.words;
    let (here, of) = page.present;
    let (due, over) = page.due;
    let role = |n: u32, role: Role| if n == 0 { Role::Dim } else { role };
    vec![
        piece(words.fill(Text("desk.here"), &[("here", &here), ("of", &of)]), Role::Text),
        piece(format!(" · {}", words.fill(Text("desk.due"), &[("n", &due)])), Role::Text),
        piece(format!(" · {}", words.fill(Text("desk.over"), &[("n", &over)])), role(over, Role::Warning)),
        piece(
            format!(" · {}", words.fill(Text("desk.late"), &[("n", &page.late)])),
            role(page.late, Role::Bad),
        ),
        piece(
            format!(" · {}", words.fill(Text("desk.warned_n"), &[("n", &page.warnings)])),
            role(page.warnings, Role::Warning),
        ),
    ]
}

/// Short things beside each other, so many in a line.
fn beside(things: Vec<Line<'static>>, columns: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (place, thing) in things.into_iter().enumerate() {
        match lines.last_mut() {
            Some(line) if place % columns != 0 => line.extend(thing),
            _ => lines.push(thing),
        }
    }
    lines
}
