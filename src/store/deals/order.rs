//! Winning a deal with its order.

use std::collections::BTreeMap;

use crate::domain::code::{PipelineCode, ProductCode, StageCode, TagCode};
use crate::domain::id::{CustomerId, IssueId, OrderId, TeamId, UserId};
use crate::domain::lists::{DealState, EventKind, IssueState, Metric, OwnerRight, Shape};
use crate::domain::money::Money;
use crate::playbook::Playbook;
use crate::playbook::count::{CountedOrder, of_order};
use crate::playbook::gate;
use crate::playbook::model::Pipeline;
use crate::playbook::plan::Happening;
use crate::store::books::Book;
use crate::store::change::Topic;
use crate::store::change::deal::NewOrder;
use crate::store::deals::payment::{fully_paid, payment};
use crate::store::deals::{find, stage};
use crate::store::error::StoreError;
use crate::store::good_news;
use crate::store::grants;
use crate::store::metrics::{Account, count};
use crate::store::rights::{self, Action};
use crate::store::undo::Reversal;
use crate::store::work::coupon::used_by;
use crate::store::work::{facts, gap, invalid};
use crate::store::write::Work;
use crate::store::{known, tasks};
use crate::{sql, values};

/// The whole of an order in basis points: the owner's credit.
const WHOLE: i64 = 10_000;

/// What an order costs.
struct Price {
    list: Money,
    discount: Money,
    agreed: Money,
}

/// Closes a deal as won with its order.
pub fn win(work: &mut Work<'_>, new: &NewOrder) -> Result<(), StoreError> {
    let deal = find::open(work, new.deal, "win a deal")?;
    work.effects.customer = Some(deal.customer);
    let book = work.book_of(deal.customer)?;
    let playbook = book.playbook.clone();
    let pipeline = find::pipeline(&playbook, &deal.pipeline)?;
    if pipeline.shape == Shape::Tag {
        return Err(invalid(
            "not_sold",
            format!("'{}' is a tag; it is not won with an order", pipeline.code),
        ));
    }
    let mut cost = priced(work, &playbook, &deal, new)?;
    if let Some(issue) = new.coupon {
        cost.discount = discount(work, &playbook, (issue, deal.customer), new.price)?;
        cost.agreed = new.price - cost.discount;
    }
    if new.paid.0 < 0 || new.paid > cost.agreed {
        return Err(invalid(
            "payment",
            format!("a payment of {} does not fit a price of {}", new.paid, cost.agreed),
        ));
    }
    let mut happened = facts::set(work, &playbook, &facts::On::deal(deal.customer, deal.id), &new.set)?;
    let order = insert(work, &book, &deal, (&new.product, &cost), new.coupon)?;
    if new.paid.0 > 0 {
        let (user, team) = seller(work, deal.customer)?;
        payment(work, order, new.paid, (user, team, &deal.pipeline))?;
    }
    if let Some(issue) = new.coupon {
        redeem(work, issue, order)?;
    }
    happened.extend(close(work, &playbook, pipeline, &deal)?);
    let kind = EventKind::OrderWon;
    happened.push(Happening { kind, name: None, deal: Some(deal.id), node: None, at: work.at });
    if new.paid == cost.agreed {
        happened.push(fully_paid(deal.id, work.at));
    }
    work.effects.order = Some(order);
    work.touch(Topic::Customer);
    tasks::happen(work, deal.customer, happened)?;
    gap::tell(work, &playbook)
}

/// The price agreed, within the policy: never below the lowest, below the approval limit only by who may approve.
fn priced(
    work: &Work<'_>,
    playbook: &Playbook,
    deal: &find::Deal,
    new: &NewOrder,
) -> Result<Price, StoreError> {
    let code: &ProductCode = &new.product;
    let Some(product) = playbook.product(code) else {
        let near = crate::playbook::near::nearest(
            code.as_str(),
            playbook.products.iter().map(|product| product.code.as_str()),
        );
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        return Err(invalid("unknown_product", format!("'{code}' is not a product of the playbook{near}")));
    };
    let policy = playbook.prices.iter().find(|policy| policy.product == *code);
    let list = policy.map_or(product.price, |policy| policy.list);
    let lowest = policy.map_or(product.floor, |policy| policy.lowest);
    let approve = policy.map_or(product.floor, |policy| policy.approve_below);
    if new.price > list || new.price.0 < 0 {
        return Err(invalid(
            "above_list",
            format!("{} is not a price of '{code}'; the list price is {list}", new.price),
        ));
    }
    if new.price < lowest {
        return Err(StoreError::Held {
            rule: "below_lowest".to_owned(),
            what: format!("{} is below the lowest price of '{code}', which is {lowest}", new.price),
            until: None,
        });
    }
    if new.price < approve {
        let relation = work.by.relation(work.tx, deal.customer, work.day)?;
        let what = format!("sell '{code}' below {approve}; ask a lead to approve it");
        rights::check(work.by.role, Action::ApprovePrice, relation, &what)?;
    }
    Ok(Price { list, discount: Money::ZERO, agreed: new.price })
}

/// What a coupon takes off: it must be this customer's, pushed, valid, and the order large enough.
fn discount(
    work: &Work<'_>,
    playbook: &Playbook,
    (issue, customer): (IssueId, CustomerId),
    price: Money,
) -> Result<Money, StoreError> {
    let (code, of, state, until) = used_by(work, issue)?;
    if of != customer {
        return Err(StoreError::NotFound {
            kind: "coupon of this customer",
            id: issue.to_string(),
            hint: None,
        });
    }
    if state != IssueState::Pushed || until < work.at {
        let state = if state == IssueState::Pushed { "expired" } else { state.as_str() };
        return Err(invalid(
            "coupon_state",
            format!("the coupon '{code}' is {state}; only one that is pushed and valid can be used"),
        ));
    }
    let Some(coupon) = playbook.coupon(&code) else {
        return Err(StoreError::NotFound { kind: "coupon of the playbook", id: code.0, hint: None });
    };
    if price < coupon.min_order {
        return Err(StoreError::Held {
            rule: "min_order".to_owned(),
            what: format!("'{code}' needs an order of at least {}, this one is {price}", coupon.min_order),
            until: None,
        });
    }
    let off = coupon.discount_bp.map_or(coupon.face, |bp| price.share(i64::from(bp)));
    Ok(off.min(price))
}

/// Who sells: the customer's owner, with the team of today.
fn seller(work: &Work<'_>, customer: CustomerId) -> Result<(UserId, Option<TeamId>), StoreError> {
    let user = find::credited(work, customer)?;
    Ok((user, work.team_of(user)?))
}

fn insert(
    work: &mut Work<'_>,
    book: &Book,
    deal: &find::Deal,
    (product, cost): (&ProductCode, &Price),
    coupon: Option<IssueId>,
) -> Result<OrderId, StoreError> {
    let order = OrderId(work.ids.make());
    let (user, team) = seller(work, deal.customer)?;
    work.tx.put(
        sql!(
            "INSERT INTO sale_order (id, deal_id, customer_id, playbook, playbook_number, pipeline, product, list, discount, \
             price, issue_id, at, by_user, team_id, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL)"
        ),
        values![
            order,
            deal.id,
            deal.customer,
            &book.playbook.id,
            book.number,
            &deal.pipeline,
            product,
            cost.list,
            cost.discount,
            cost.agreed,
            coupon,
            work.at,
            user,
            team
        ],
    )?;
    credit(work, &book.playbook, deal, (order, user, cost.agreed))?;
    work.reverse(Reversal::OrderMade(order));
    let tags = tags(work, &book.playbook, deal.customer)?;
    let counted = CountedOrder { pipeline: &deal.pipeline, amount: cost.agreed, tags: &tags };
    let account = Account { day: work.day, at: work.at, user, team, pipeline: deal.pipeline.0.clone() };
    for (metric, value) in of_order(&book.playbook, &counted) {
        count(work, &account, metric, value)?;
    }
    let amount = book.playbook.pipeline(&deal.pipeline).and_then(|pipeline| pipeline.amount_metric);
    let metric = amount.unwrap_or(Metric::SignedAmount);
    good_news::order_won(work, &book.playbook, (cost.agreed, metric), (user, team))?;
    Ok(order)
}

/// Who earns an order: those a share was granted to, and whoever sells it the rest. The amounts add up to the price (S001-32).
fn credit(
    work: &mut Work<'_>,
    playbook: &Playbook,
    deal: &find::Deal,
    (order, seller, price): (OrderId, UserId, Money),
) -> Result<(), StoreError> {
    let process = playbook.pipeline(&deal.pipeline).map_or("", |pipeline| pipeline.process.as_str());
    let mut rest = (WHOLE, price);
    let mut credits = Vec::new();
    for grant in grants::over(work.tx, deal.customer, work.at)? {
        if grant.right == OwnerRight::Credit && grant.is_for(process) && grant.user != seller {
            let share = grant.share_bp.min(rest.0);
            let amount = price.share(share);
            rest = (rest.0 - share, rest.1 - amount);
            credits.push((grant.user, share, amount, "granted"));
        }
    }
    credits.insert(0, (seller, rest.0, rest.1, "owner"));
    for (user, share, amount, source) in credits.into_iter().filter(|(_, share, ..)| *share > 0) {
        let id = work.ids.make();
        work.tx.put(
            sql!(
                "INSERT INTO order_credit (id, order_id, user_id, share_bp, amount, source, state, at, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'earned', $7, NULL)"
            ),
            values![id, order, user, share, amount, source, work.at],
        )?;
    }
    Ok(())
}

/// The tags a customer carries now.
fn tags(work: &Work<'_>, playbook: &Playbook, customer: CustomerId) -> Result<Vec<TagCode>, StoreError> {
    let open = work.tx.all(
        sql!(
            "SELECT pipeline FROM deal WHERE customer_id = $1 AND state = 'open' AND void_at IS NULL AND stage IS NULL"
        ),
        values![customer],
        |row| Ok(PipelineCode::from(row.text(0)?)),
    )?;
    Ok(open.iter().filter_map(|code| playbook.pipeline(code)?.tag.clone()).collect())
}

fn redeem(work: &mut Work<'_>, issue: IssueId, order: OrderId) -> Result<(), StoreError> {
    work.tx.put(
        sql!("UPDATE coupon_issue SET state = $2, order_id = $3 WHERE id = $1"),
        values![issue, IssueState::Redeemed, order],
    )?;
    work.reverse(Reversal::IssueChanged { issue, state: IssueState::Pushed });
    Ok(())
}

/// Closes the deal at the stage that wins it, or at its only one, when that stage's gate and facts allow.
fn close(
    work: &mut Work<'_>,
    playbook: &Playbook,
    pipeline: &Pipeline,
    deal: &find::Deal,
) -> Result<Option<Happening>, StoreError> {
    let won = pipeline.stages.iter().find(|stage| stage.closes_won);
    let checked = won.or_else(|| pipeline.stages.first());
    if let Some(stage) = checked {
        let seen = known::load(work.tx, playbook, deal.customer, work.at)?;
        let step = gate::Move {
            deal: find::known(&seen, deal.id)?,
            to: &stage.code,
            set: &BTreeMap::new(),
            now: work.at,
        };
        gate::check(playbook, &seen, &step).map_err(|blocked| stage::refusal(&blocked))?;
    }
    let to: Option<&StageCode> = won.map(|stage| &stage.code);
    stage::write(work, deal.id, (to, DealState::Won), "order")?;
    Ok(to.map(|to| stage::entered(deal.id, to, work.at)))
}
