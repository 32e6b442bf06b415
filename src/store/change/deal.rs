//! Deals, stages, key nodes, orders.

use serde::{Deserialize, Serialize};

use crate::domain::code::{FieldCode, NodeCode, PipelineCode, ProductCode, ReasonCode, StageCode};
use crate::domain::id::{CustomerId, DealId, IssueId, NodeId, OrderId};
use crate::domain::lists::NodeState;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Changes of deals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealChange {
    /// Opens a deal by hand (full, brief) or sets a tag.
    Open {
        /// Whose.
        customer: CustomerId,
        /// The pipeline.
        pipeline: PipelineCode,
    },
    /// Moves a deal to a stage with the facts that stage requires.
    Move {
        /// Which.
        deal: DealId,
        /// Where to.
        to: StageCode,
        /// Facts given with the move.
        set: Vec<(FieldCode, String)>,
    },
    /// Closes a deal as lost.
    Lose {
        /// Which.
        deal: DealId,
        /// Why.
        reason: ReasonCode,
        /// Own words.
        words: String,
    },
    /// Closes a deal as won with its order.
    Win(Box<NewOrder>),
    /// Records a payment.
    Pay {
        /// For what.
        order: OrderId,
        /// How much.
        amount: Money,
    },
    /// Books a key node, or moves the booked one.
    Book {
        /// The deal.
        deal: DealId,
        /// The kind of node.
        node: NodeCode,
        /// When it takes place.
        at: Timestamp,
    },
    /// Says what became of a node.
    Node {
        /// Which.
        node: NodeId,
        /// Attended, missed, cancelled.
        state: NodeState,
    },
    /// Clears a tag; its history stays.
    Untag {
        /// The tag deal.
        deal: DealId,
    },
}

/// An order that wins a deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewOrder {
    /// The deal.
    pub deal: DealId,
    /// The product.
    pub product: ProductCode,
    /// The price agreed, before the coupon.
    pub price: Money,
    /// The coupon used.
    pub coupon: Option<IssueId>,
    /// What was paid at once.
    pub paid: Money,
    /// Facts the winning stage requires.
    pub set: Vec<(FieldCode, String)>,
}
