//! The lists of the desk: who was followed up, warnings, signals. A row is one thing to open.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Desk, Face};
use crate::app::speak::{self, named, time};
use crate::app::{Part, Session, View};
use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::{CustomerId, DecisionId, UserId};
use crate::domain::lists::{Severity, SignalKind, WarnLevel};
use crate::store::query::desk::{Behind, DealSignal, FollowedRow, Proactive, RepSignal, WarningRow};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, piece, window};

/// What a row opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    Customer(CustomerId),
    Rep(UserId, String),
    Decision(DecisionId),
}

/// A row of the signals.
enum Signal<'a> {
    Rep(&'a RepSignal),
    Ratio(&'a Proactive),
    Deal(&'a DealSignal),
}

impl Desk {
    /// The signals in the order they are listed: about reps, how each goes out, deals.
    fn signal_rows(&self) -> Vec<Signal<'_>> {
        let Some(found) = &self.signals else { return Vec::new() };
        let reps = found.reps.iter().map(Signal::Rep);
        let ratios = found.ratios.iter().filter(|row| row.share_bp.is_some()).map(Signal::Ratio);
        reps.chain(found.deals.iter().map(Signal::Deal)).chain(ratios).collect()
    }

    pub(super) fn list_keys(&self) -> Vec<i64> {
        match self.face {
            Face::Reps | Face::Radar => Vec::new(),
            Face::Followed => self.followed.iter().map(|row| row.touch.0).collect(),
            Face::Warnings => self
                .warnings
                .as_ref()
                .map(|page| page.rows.iter().map(|row| row.id.0).collect())
                .unwrap_or_default(),
            Face::Signals => {
                let key = |row: Signal<'_>| match row {
                    // several may be about one person: told apart by their kind
                    Signal::Rep(row) => !(row.rep.0.0.rotate_left(3) ^ i64::from(row.kind as u8)),
                    Signal::Ratio(row) => row.rep.0.0,
                    Signal::Deal(row) => row.deal.0,
                };
                self.signal_rows().into_iter().map(key).collect()
            }
            Face::Round => {
                let rows = self.round.as_ref().map(|page| page.decisions.as_slice()).unwrap_or_default();
                rows.iter().map(|row| row.id.0).collect()
            }
        }
    }

    /// What the selected row opens.
    pub(super) fn chosen(&self) -> Option<Chosen> {
        let at = self.list.at();
        match self.face {
            Face::Reps | Face::Radar => None,
            Face::Followed => self.followed.get(at).map(|row| Chosen::Customer(row.customer.0)),
            Face::Warnings => {
                self.warnings.as_ref()?.rows.get(at).map(|row| Chosen::Customer(row.customer.0))
            }
            Face::Signals => Some(match self.signal_rows().get(at)? {
                Signal::Rep(RepSignal { rep, .. }) | Signal::Ratio(Proactive { rep, .. }) => {
                    Chosen::Rep(rep.0, rep.1.clone())
                }
                Signal::Deal(row) => Chosen::Customer(row.customer.0),
            }),
            Face::Round => {
                let row = self.round.as_ref()?.decisions.get(at)?;
                match (&row.customer, row.done) {
                    (Some((customer, _)), _) => Some(Chosen::Customer(*customer)),
                    (None, false) => Some(Chosen::Decision(row.id)),
                    (None, true) => None,
                }
            }
        }
    }

    pub(super) fn list_table(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let words = &session.words;
        let keys = self.list_keys();
        let high = usize::from(area.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.list.at(), high, keys.len());
        let (columns, rows): (Vec<Column>, Vec<Row<'_>>) = match self.face {
            Face::Followed => {
                let columns = vec![
                    Column::fixed(words.say(Text("column.time")), 6).priority(0),
                    Column::flex(words.say(Text("facts.by")), 8).priority(2),
                    Column::flex(words.say(Text("column.customer")), 10).weight(2).priority(0),
                    Column::flex(words.say(Text("desk.came")), 10).weight(2).priority(1),
                    Column::fixed(words.say(Text("desk.times")), 5).right().priority(5),
                    Column::fixed(words.say(Text("desk.previous")), 15).priority(4),
                    Column::fixed(words.say(Text("desk.next")), 15).priority(3),
                ];
                let rows = self.followed.iter().skip(top).take(high);
                (columns, rows.map(|row| followed(session, row)).collect())
            }
            Face::Warnings => {
                let columns = vec![
                    Column::fixed(words.say(Text("desk.level")), 10).priority(1),
                    Column::flex(words.say(Text("desk.warning")), 12).weight(2).priority(0),
                    Column::flex(words.say(Text("column.customer")), 10).weight(2).priority(0),
                    Column::flex(words.say(Text("desk.owner")), 8).priority(2),
                    Column::fixed(words.say(Text("desk.age")), 8).right().priority(1),
                ];
                let rows = self.warnings.as_ref().map(|page| page.rows.as_slice()).unwrap_or_default();
                (columns, rows.iter().skip(top).take(high).map(|row| warning(session, row)).collect())
            }
            _ => {
                let columns = vec![
                    Column::fixed(words.say(Text("desk.signal")), 16).priority(0),
                    Column::flex(words.say(Text("column.name")), 8).priority(0),
                    Column::flex(words.say(Text("desk.evidence")), 20).weight(4).priority(0),
                ];
                let rows = self.signal_rows().into_iter().skip(top).take(high);
                (columns, rows.map(|row| signal(session, &row)).collect())
            }
        };
        let more = usize::from(self.more && self.face == Face::Followed);
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(keys.len() + more)
            .offset(top)
            .selected(Some(self.list.at() - top));
        session.hits.rows(area, Part::default(), |place| {
            table.row_at(area, place).and_then(|at| keys.get(top + at)).copied()
        });
        table.render(area, buf, &session.theme)
    }
}

fn followed(session: &Session, row: &FollowedRow) -> Row<'static> {
    let when = |at| time::when(session, at);
    let next = match row.next_at {
        Some(at) if at < session.now => piece(when(at), Role::Warning),
        Some(at) => piece(when(at), Role::Text),
        None => piece(session.words.say(Text("desk.nothing_planned")).to_owned(), Role::Bad),
    };
    let previous = row.previous_at.map_or_else(|| session.words.say(Text("desk.first")).to_owned(), when);
    Row::new([
        vec![piece(session.zone().clock(row.at).to_string(), Role::Dim)],
        vec![piece(row.by.1.clone(), Role::Text)],
        vec![piece(row.customer.1.clone(), Role::Accent)],
        vec![piece(speak::outcome(session, &row.outcome), Role::Text)],
        vec![piece(row.times.to_string(), Role::Dim)],
        vec![piece(previous, Role::Dim)],
        vec![next],
    ])
}

fn warning(session: &Session, row: &WarningRow) -> Row<'static> {
    let words = &session.words;
    let role = if row.severity == Severity::Red { Role::Bad } else { Role::Warning };
    let level = if row.level == WarnLevel::Manager { Role::Bad } else { Role::Text };
    let owner = row.owner.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    Row::new([
        vec![piece(words.name("desk.level_of", row.level.as_str()).to_owned(), level)],
        vec![
            piece(format!("{} ", words.name("desk.severity", row.severity.as_str())), role),
            piece(named(session, &row.name), Role::Text),
        ],
        vec![piece(row.customer.1.clone(), Role::Accent)],
        vec![piece(owner, Role::Dim)],
        vec![piece(time::length(session, session.now.since(row.since)), role)],
    ])
}

/// What a rep is far below the team in, and who sees to it.
fn far_below(session: &Session, behind: &Behind, since: &str) -> Line<'static> {
    let words = &session.words;
    let playbook = session.playbook();
    let rule =
        playbook.and_then(|book| book.rep_warnings.iter().find(|rule| rule.code.as_str() == behind.rule));
    let name = rule.map_or_else(|| behind.rule.clone(), |rule| named(session, &rule.name));
    let median = format!("{}%", (behind.median_bp + 50) / 100);
    let own = format!("{}/{} {}", behind.own.part, behind.own.of, behind.own.shown());
    let said = words
        .fill(Text("desk.behind"), &[("name", &name), ("own", &own), ("median", &median), ("since", &since)]);
    let mut line = vec![piece(said, Role::Text)];
    if let Some((_, coach)) = &behind.coach {
        let text = if behind.task.is_some() { Text("desk.coached") } else { Text("desk.told") };
        line.push(piece(format!(" · {}", words.fill(text, &[("name", coach)])), Role::Dim));
    }
    line
}

fn signal(session: &Session, row: &Signal<'_>) -> Row<'static> {
    let words = &session.words;
    let percent = |bp: i64| format!("{}%", (bp + 50) / 100);
    let (kind, role, name, evidence): (String, Role, String, Line<'static>) = match row {
        Signal::Rep(row) => {
            let text = match row.kind {
                SignalKind::NoNew => Text("desk.no_new"),
                SignalKind::NoAdvance => Text("desk.no_advance"),
                SignalKind::Waiting => Text("desk.waiting"),
                SignalKind::Drifting => Text("desk.drifting"),
                SignalKind::Unfollowed => Text("desk.unfollowed"),
                SignalKind::Behind => Text("desk.behind"),
            };
            let since = row.since.map(|day| time::date(session, day)).unwrap_or_default();
            let least = session.playbook().map_or(0, |playbook| i64::from(playbook.desk.proactive_bp));
            let said = words.fill(
                text,
                &[
                    ("n", &row.lasts),
                    ("since", &since),
                    ("share", &percent(row.value)),
                    ("least", &percent(least)),
                ],
            );
            let line = match &row.behind {
                Some(behind) => far_below(session, behind, &since),
                None => vec![piece(said, Role::Text)],
            };
            let kind = words.name("desk.signal_of", row.kind.as_str()).to_owned();
            (kind, Role::Warning, row.rep.1.clone(), line)
        }
        Signal::Ratio(row) => {
            let mut line = vec![piece(percent(row.share_bp.unwrap_or(0)), Role::Accent)];
            for (day, all, out) in &row.days {
                let day = time::day_name(session, *day)
                    .unwrap_or_else(|| words.say(Text("common.today")).to_owned());
                line.push(piece(format!("  {day} {out}/{all}"), Role::Dim));
            }
            (words.say(Text("desk.goes_out")).to_owned(), Role::Dim, row.rep.1.clone(), line)
        }
        Signal::Deal(row) => {
            let last = row.last_at.map_or_else(
                || words.say(Text("desk.never")).to_owned(),
                |at| time::length(session, session.now.since(at)),
            );
            let pipeline = PipelineCode::from(row.stage.0.as_str());
            let stage = row.stage.1.as_deref().map(StageCode::from);
            let stage = match stage {
                Some(stage) => speak::stage(session, &pipeline, &stage),
                None => speak::pipeline(session, &pipeline),
            };
            let next = match row.next_at {
                Some(at) => piece(format!(" · {}", time::when(session, at)), Role::Dim),
                None => piece(format!(" · {}", words.say(Text("desk.nothing_planned"))), Role::Bad),
            };
            let line = vec![
                piece(row.customer.1.clone(), Role::Accent),
                piece(format!(" · {stage} · {last}"), Role::Text),
                next,
            ];
            let kind = words.name("desk.signal_of", SignalKind::Unfollowed.as_str()).to_owned();
            (kind, Role::Warning, row.owner.1.clone(), line)
        }
    };
    Row::new([vec![piece(kind, role)], vec![piece(name, Role::Text)], evidence])
}
