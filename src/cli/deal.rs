//! `corral deal`: open, move, win, lose, pay, book.

use crate::cli::args::Deal;
use crate::cli::day::act;
use crate::cli::output::Failure;
use crate::cli::session::{Local, near};
use crate::domain::code::{FieldCode, NodeCode, PipelineCode, ProductCode, ReasonCode, StageCode};
use crate::domain::money::Money;
use crate::store::StoreError;
use crate::store::change::deal::NewOrder;
use crate::store::change::{Change, DealChange};

/// Runs a deal command.
pub fn run(local: &mut Local, deal: &Deal) -> Result<(), Failure> {
    let change = match deal {
        Deal::Open { customer, pipeline } => {
            DealChange::Open { customer: *customer, pipeline: PipelineCode::new(pipeline) }
        }
        Deal::Move { deal, to, set } => {
            DealChange::Move { deal: *deal, to: StageCode::new(to), set: fields(set) }
        }
        Deal::Win { deal, product, price, paid, coupon, set } => {
            let price = match price {
                Some(price) => Money::whole(*price),
                None => list_price(local, product)?,
            };
            DealChange::Win(Box::new(NewOrder {
                deal: *deal,
                product: ProductCode::new(product),
                price,
                coupon: *coupon,
                paid: paid.map_or(price, Money::whole),
                set: fields(set),
            }))
        }
        Deal::Lose { deal, reason, words } => {
            DealChange::Lose { deal: *deal, reason: ReasonCode::new(reason), words: words.clone() }
        }
        Deal::Pay { order, amount } => DealChange::Pay { order: *order, amount: Money::whole(*amount) },
        Deal::Book { deal, node, at } => DealChange::Book { deal: *deal, node: NodeCode::new(node), at: *at },
    };
    act(local, Change::Deal(change))
}

fn list_price(local: &mut Local, product: &str) -> Result<Money, Failure> {
    let playbook = local.me()?.playbook;
    let hint = near(product, playbook.products.iter().map(|p| p.code.as_str()));
    let found = playbook.product(&ProductCode::from(product)).map(|p| p.price);
    found.ok_or_else(|| StoreError::NotFound { kind: "product", id: product.to_owned(), hint }.into())
}

fn fields(set: &[(String, String)]) -> Vec<(FieldCode, String)> {
    set.iter().map(|(field, value)| (FieldCode::new(field), value.clone())).collect()
}
