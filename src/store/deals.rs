//! Deals, stages, key nodes, orders.

pub mod close;
pub mod find;
pub mod node;
pub mod open;
pub mod order;
pub mod payment;
pub mod stage;

use crate::store::change::DealChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &DealChange) -> Result<(), StoreError> {
    match change {
        DealChange::Open { customer, pipeline } => open::open(work, *customer, pipeline),
        DealChange::Move { deal, to, set } => stage::advance(work, *deal, to, set),
        DealChange::Lose { deal, reason, words } => close::lose(work, *deal, reason, words),
        DealChange::Win(order) => order::win(work, order),
        DealChange::Pay { order, amount } => payment::pay(work, *order, *amount),
        DealChange::Book { deal, node, at } => node::book_on(work, *deal, node, *at),
        DealChange::Node { node, state } => node::say(work, *node, *state),
        DealChange::Untag { deal } => close::untag(work, *deal),
    }
}
