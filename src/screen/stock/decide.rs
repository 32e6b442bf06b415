//! What a key decides about the selected deal: at once, or with the one thing it asks for.

use super::Stock;
use crate::app::{Context, Cx, Notice};
use crate::dialog::Asking;
use crate::dialog::line::Line;
use crate::dialog::reason::Why;
use crate::dialog::stage::{Advance, advance};
use crate::domain::id::DealId;
use crate::domain::lists::StockDecision;
use crate::store::change::desk::TakeStock;
use crate::store::change::{Change, DealChange, DeskChange};
use crate::store::query::{self, Query};
use crate::text::Text;

impl Stock {
    /// A decision that needs nothing more said: written, shown, and the next row.
    pub(super) fn decide(&mut self, decision: StockDecision, cx: &mut Cx<'_>) {
        let Some(deal) = self.selected().map(|row| row.deal) else { return };
        self.asking = None;
        let change = DeskChange::TakeStock(Box::new(TakeStock::new(deal, decision)));
        let id = cx.write(Change::Desk(change));
        self.pending.push((id, deal, decision));
        self.move_on(cx);
    }

    /// Reads the card: it knows what the next stage asks for.
    pub(super) fn look_ahead(&mut self, cx: &mut Cx<'_>) {
        let Some((deal, customer)) = self.selected().map(|row| (row.deal, row.customer.0)) else { return };
        self.asking = None;
        let ticket = cx.read(Query::Card { customer, by: cx.viewer() });
        self.card_asked = Some((ticket, deal));
    }

    pub(super) fn advance(&mut self, deal: DealId, card: &query::Card, cx: &mut Cx<'_>) {
        let Some(of_card) = card.deals.iter().find(|of_card| of_card.id == deal) else { return };
        match advance(cx.session, card, of_card) {
            Advance::Ready(change) => {
                if let Some(wanted) = onward(change) {
                    let id = cx.write(Change::Desk(DeskChange::TakeStock(Box::new(wanted))));
                    self.pending.push((id, deal, StockDecision::Advance));
                    self.move_on(cx);
                }
            }
            Advance::Ask(ask) => {
                self.asking = Some((deal, StockDecision::Advance));
                cx.push(Asking::new(*ask, |change, cx| {
                    if let Some(wanted) = onward(change) {
                        cx.write(Change::Desk(DeskChange::TakeStock(Box::new(wanted))));
                    }
                }));
            }
            Advance::Win => {
                let said = cx.session.keyed(Context::Stock, Text("stock.by_order"), &[]);
                cx.say(Notice::refused(said));
            }
            Advance::None => {
                let said = cx.session.words.say(Text("call.last_stage")).to_owned();
                cx.say(Notice::refused(said));
            }
        }
    }

    pub(super) fn drop(&mut self, cx: &mut Cx<'_>) {
        let Some((deal, name)) = self.selected().map(|row| (row.deal, row.customer.1.clone())) else {
            return;
        };
        self.asking = Some((deal, StockDecision::Drop));
        let ask = Why::lost(cx.session, name);
        cx.push(Asking::new(ask, move |reason, cx| {
            let wanted = TakeStock { reason: Some(reason), ..TakeStock::new(deal, StockDecision::Drop) };
            cx.write(Change::Desk(DeskChange::TakeStock(Box::new(wanted))));
        }));
    }

    pub(super) fn coach(&mut self, cx: &mut Cx<'_>) {
        let Some((deal, about)) =
            self.selected().map(|row| (row.deal, format!("{} · {}", row.owner.1, row.customer.1)))
        else {
            return;
        };
        self.asking = Some((deal, StockDecision::Coach));
        let advice = cx.session.words.say(Text("stock.advice")).to_owned();
        let ask = Line::new(Text("stock.coach_line"), about, &advice);
        cx.push(Asking::new(ask, move |words, cx| {
            let wanted = TakeStock { words, ..TakeStock::new(deal, StockDecision::Coach) };
            cx.write(Change::Desk(DeskChange::TakeStock(Box::new(wanted))));
        }));
    }
}

/// A move as a decision.
fn onward(change: DealChange) -> Option<TakeStock> {
    match change {
        DealChange::Move { deal, to, set } => {
            Some(TakeStock { to: Some(to), set, ..TakeStock::new(deal, StockDecision::Advance) })
        }
        _ => None,
    }
}
