//! A coupon before it is pushed: reserved at once, so that its code is real (S001-114).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, amount, merge, named, time};
use crate::app::{Act, Context, Cx, Event, Session, Ticket, View};
use crate::dialog::answers::merged;
use crate::dialog::send::{Left, copy_then_leave, other_outcome, others, to_whom, told};
use crate::dialog::{Ask, Step, hints};
use crate::domain::id::WriteId;
use crate::playbook::merge::Filled;
use crate::playbook::model::Coupon;
use crate::store::change::{Change, GivenCoupon, WorkChange};
use crate::store::query::{Answer, Card, Query, TaskRow};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Popup, piece};

/// The preview of a coupon.
#[derive(Debug)]
pub struct Push {
    row: TaskRow,
    card_ticket: Ticket,
    quota_ticket: Option<Ticket>,
    reserve: WriteId,
    card: Option<Box<Card>>,
    /// Whether the card is still to come.
    reading: bool,
    quota: Option<(u32, u32)>,
    given: Option<GivenCoupon>,
    refused: Option<String>,
    copied: bool,
}

impl Push {
    /// Reserves the coupon and asks for what its text is filled from.
    pub fn open(row: &TaskRow, cx: &mut Cx<'_>) -> Self {
        let reserve = cx.write(Change::Work(WorkChange::Reserve { task: row.id }));
        let card_ticket = cx.read(Query::Card { customer: row.customer, by: cx.viewer() });
        let now = cx.now();
        let quota_ticket = row.coupon.clone().map(|coupon| cx.read(Query::Quota { coupon, now }));
        Self {
            row: row.clone(),
            card_ticket,
            quota_ticket,
            reserve,
            card: None,
            reading: true,
            quota: None,
            given: None,
            refused: None,
            copied: false,
        }
    }

    /// The task.
    pub const fn row(&self) -> &TaskRow {
        &self.row
    }

    fn coupon<'a>(&self, session: &'a Session) -> Option<&'a Coupon> {
        session.playbook()?.coupon(self.row.coupon.as_ref()?)
    }

    fn text(&self, session: &Session) -> Option<Filled> {
        let (coupon, card, given) = (self.coupon(session)?, self.card.as_ref()?, self.given.as_ref()?);
        let person = self.row.person.as_ref().map(|(id, _, _)| *id);
        let deal = self.row.deal.as_ref().map(|(id, _, _)| *id);
        let own = Some((given.code.as_str(), given.until));
        Some(merge::text(session, &coupon.text, merge::For { card, person, deal, coupon: own }))
    }

    fn enter(&mut self, cx: &mut Cx<'_>) -> Step<Left> {
        let text = self.text(cx.session);
        copy_then_leave(text.as_ref(), &mut self.copied, cx)
    }
}

impl Ask for Push {
    type Answer = Left;

    fn context(&self) -> Context {
        Context::Preview
    }

    fn waits(&self, event: &Event, session: &Session) -> bool {
        let reserving = self.given.is_none() && self.refused.is_none() && session.is_settling();
        match event {
            Event::Act(Act::Accept) => self.reading || reserving,
            Event::Act(Act::GiveBack) => reserving,
            _ => false,
        }
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Left> {
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept) => return self.enter(cx),
            Event::Answered(ticket, Ok(Answer::Card(card))) if *ticket == self.card_ticket => {
                self.card = Some(card.clone());
                self.reading = false;
            }
            Event::Answered(ticket, _) if *ticket == self.card_ticket => self.reading = false,
            Event::Answered(ticket, Ok(Answer::Quota(given, quota)))
                if Some(*ticket) == self.quota_ticket =>
            {
                self.quota = Some((*given, *quota));
            }
            Event::Written(id, Ok(commit)) if *id == self.reserve => {
                self.given.clone_from(&commit.effects.coupon);
            }
            Event::Written(id, Err(error)) if *id == self.reserve => {
                self.refused = Some(speak::refusal(cx.session, error, false));
            }
            Event::Act(Act::GiveBack) if self.given.is_some() => return Step::Done(Left::Released),
            _ => {
                if let Some(outcome) = other_outcome(cx.session, &self.row, event) {
                    return Step::Done(Left::Outcome(outcome));
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let coupon = self.coupon(session);
        let title =
            coupon.map_or_else(|| words.say(Text("lane.coupon")).to_owned(), |c| named(session, &c.name));
        let mut lines: Vec<Line<'_>> = vec![to_whom(session, &self.row, self.card.as_deref())];
        lines.push(self.figures(session, coupon));
        lines.push(Vec::new());
        let text = self.text(session);
        match (&self.refused, &text) {
            (Some(refused), _) => lines.push(vec![piece(refused.as_str(), Role::Error)]),
            (None, Some(text)) => lines.push(merged(&text.parts, Role::Text)),
            (None, None) => lines.push(vec![piece(words.say(Text("common.loading")), Role::Dim)]),
        }
        lines.push(Vec::new());
        if let Some(text) = text.as_ref().filter(|text| !text.is_complete()) {
            let names = text.missing.iter().map(|name| format!("⟨{name}⟩")).collect::<Vec<_>>().join(" ");
            lines.push(vec![piece(words.fill(Text("send.missing"), &[("names", &names)]), Role::Error)]);
        } else if self.refused.is_none() {
            let (next, role) = if self.copied {
                (Text("coupon.pushed"), Role::Good)
            } else {
                (Text("send.copy"), Role::Key)
            };
            lines.push(vec![piece(session.keyed(Context::Preview, next, &[]), role)]);
        }
        let next = lines.len().saturating_sub(1);
        lines.push(others(session, &self.row));
        let shown = Lines::new(&lines);
        let width = 66.min(area.width.saturating_sub(6));
        let popup = Popup::new(title, width, shown.height(width).saturating_add(1)).bottom(hints(
            session,
            Context::Preview,
            Text("dialog.coupon_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        told(&lines, next, inside, buf, session)
    }
}

impl Push {
    /// Code, value, end and what is left of the month's quota, on one line.
    fn figures(&self, session: &Session, coupon: Option<&Coupon>) -> Line<'static> {
        let words = &session.words;
        let mut line = Vec::new();
        let mut add = |text: String, role: Role| {
            if !line.is_empty() {
                line.push(piece(" · ", Role::Dim));
            }
            line.push(piece(text, role));
        };
        if let Some(given) = &self.given {
            add(given.code.clone(), Role::Accent);
        }
        if let Some(coupon) = coupon.filter(|coupon| coupon.face.0 > 0) {
            add(amount::money(session, coupon.face), Role::Money);
        }
        if let Some(given) = &self.given {
            let day = time::date(session, session.zone().day(given.until));
            add(words.fill(Text("coupon.until"), &[("day", &day)]), Role::Text);
        }
        if let Some((given, quota)) = self.quota {
            let left = quota.saturating_sub(given);
            let role = if left * 10 <= quota { Role::Warning } else { Role::Dim };
            add(words.fill(Text("coupon.quota"), &[("left", &left), ("quota", &quota)]), role);
        }
        line
    }
}
