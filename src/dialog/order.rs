//! The order that wins a deal: product, price within its policy, coupon, paid. All is preset: Enter, Enter.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{amount, fact, named};
use crate::app::{Act, Context, Cx, Event, Session, View};
use crate::dialog::{Ask, Step, arrow, hints, reading, typed};
use crate::domain::code::{FieldCode, ProductCode};
use crate::domain::id::{DealId, IssueId};
use crate::domain::lists::{FieldType, IssueState};
use crate::domain::money::Money;
use crate::playbook::model::Product;
use crate::store::change::deal::NewOrder;
use crate::store::query::Card;
use crate::store::query::customer::{CardCoupon, CardDeal};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Piece, Popup, TextField, draw, piece};

/// The order form.
#[derive(Debug, Clone)]
pub struct Order {
    deal: DealId,
    about: String,
    products: Vec<Product>,
    product: usize,
    price: TextField,
    coupons: Vec<(IssueId, String, Money)>,
    /// The coupon used, from 1; 0 is none.
    coupon: usize,
    paid: TextField,
    paid_typed: bool,
    set: Vec<(FieldCode, String)>,
    at: usize,
    sure: bool,
    problem: Option<Text>,
}

/// Product, price, coupon, paid.
const FIELDS: usize = 4;

impl Order {
    /// An order for a deal, with the facts already answered; `None` where the playbook sells nothing.
    pub fn new(
        session: &Session,
        card: &Card,
        deal: &CardDeal,
        set: Vec<(FieldCode, String)>,
    ) -> Option<Self> {
        let playbook = session.playbook()?;
        let products = playbook.products.clone();
        let is_product =
            |code: &FieldCode| playbook.field(code).is_some_and(|f| f.kind == FieldType::Product);
        let wanted = set
            .iter()
            .chain(deal.fields.iter().map(|(c, v)| (c.clone(), v.clone())).collect::<Vec<_>>().iter())
            .find(|(code, _)| is_product(code))
            .map(|(_, value)| ProductCode::from(value.as_str()));
        let product = products.iter().position(|p| Some(&p.code) == wanted.as_ref()).unwrap_or(0);
        let live = |c: &&CardCoupon| matches!(c.state, IssueState::Reserved | IssueState::Pushed);
        let coupons: Vec<_> = card
            .coupons
            .iter()
            .filter(live)
            .map(|c| {
                let found = playbook.coupon(&c.coupon.as_str().into());
                let name = found.map_or_else(|| c.coupon.clone(), |coupon| named(session, &coupon.name));
                (c.id, name, found.map_or(Money::ZERO, |coupon| coupon.face))
            })
            .collect();
        let coupon = usize::from(!coupons.is_empty());
        let mut order = Self {
            deal: deal.id,
            about: card.name.clone(),
            products,
            product,
            price: TextField::default().limit(15),
            coupons,
            coupon,
            paid: TextField::default().limit(15),
            paid_typed: false,
            set,
            at: 0,
            sure: false,
            problem: None,
        };
        order.products.get(order.product)?;
        order.preset();
        Some(order)
    }

    /// The list price of the product, and what is left to pay after the coupon.
    fn preset(&mut self) {
        if let Some(product) = self.products.get(self.product) {
            self.price.set(&product.price.to_string());
        }
        self.preset_paid();
    }

    fn preset_paid(&mut self) {
        if self.paid_typed {
            return;
        }
        if let Some(price) = fact::money(&self.price.text()) {
            self.paid.set(&(price - self.face()).max(Money::ZERO).to_string());
        }
    }

    fn face(&self) -> Money {
        let used = self.coupon.checked_sub(1).and_then(|index| self.coupons.get(index));
        used.map_or(Money::ZERO, |(_, _, face)| *face)
    }

    /// The order as it stands, or what is wrong with it.
    fn order(&self, session: &Session) -> Result<NewOrder, Text> {
        let product = self.products.get(self.product).ok_or(Text("order.no_product"))?;
        let price = fact::money(&self.price.text()).ok_or(Text("asked.want_money"))?;
        let paid = fact::money(&self.paid.text()).ok_or(Text("asked.want_money"))?;
        if price < Self::lowest(session, product) {
            return Err(Text("order.too_low"));
        }
        if paid > price {
            return Err(Text("order.too_much"));
        }
        let coupon =
            self.coupon.checked_sub(1).and_then(|index| self.coupons.get(index)).map(|(id, _, _)| *id);
        let mut set = self.set.clone();
        let chosen = product.code.to_string();
        if let Some(playbook) = session.playbook() {
            let is_product =
                |code: &FieldCode| playbook.field(code).is_some_and(|f| f.kind == FieldType::Product);
            for (_, value) in set.iter_mut().filter(|(code, _)| is_product(code)) {
                value.clone_from(&chosen);
            }
        }
        Ok(NewOrder { deal: self.deal, product: product.code.clone(), price, coupon, paid, set })
    }

    fn lowest(session: &Session, product: &Product) -> Money {
        let policy =
            session.playbook().and_then(|p| p.prices.iter().find(|price| price.product == product.code));
        policy.map_or(product.floor, |policy| policy.lowest)
    }

    fn turn(&mut self, by: isize) {
        self.sure = false;
        let turned = |at: usize, count: usize| {
            let count = isize::try_from(count.max(1)).unwrap_or(1);
            let at = isize::try_from(at).unwrap_or(0);
            usize::try_from((at + by).rem_euclid(count)).unwrap_or(0)
        };
        match self.at {
            0 => {
                self.product = turned(self.product, self.products.len());
                self.preset();
            }
            2 => {
                self.coupon = turned(self.coupon, self.coupons.len() + 1);
                self.preset_paid();
            }
            _ => {}
        }
    }
}

impl Ask for Order {
    type Answer = NewOrder;

    fn is_typing(&self) -> bool {
        matches!(self.at, 1 | 3)
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<NewOrder> {
        if let Some(by) = arrow(event) {
            self.at = crate::widget::window::step(self.at, by, FIELDS);
            return Step::Stay;
        }
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept | Act::Save) => match self.order(cx.session) {
                Err(problem) => self.problem = Some(problem),
                Ok(order) if self.sure => return Step::Done(order),
                Ok(_) => {
                    self.problem = None;
                    self.sure = true;
                }
            },
            Event::Act(Act::NextField) => self.at = (self.at + 1) % FIELDS,
            Event::Act(Act::PreviousField) => self.at = (self.at + FIELDS - 1) % FIELDS,
            Event::Act(Act::Left) => self.turn(-1),
            Event::Act(Act::Right) => self.turn(1),
            _ => {
                let field = match self.at {
                    1 => &mut self.price,
                    3 => &mut self.paid,
                    _ => return Step::Stay,
                };
                if typed(field, event) {
                    self.sure = false;
                    self.problem = None;
                    self.paid_typed |= self.at == 3;
                    self.preset_paid();
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let popup = Popup::new(words.say(Text("order.title")), 58, 7).bottom(hints(
            session,
            Context::Form,
            Text("dialog.order_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        draw(&[piece(self.about.as_str(), Role::Dim)], inside, buf, theme);
        let labels = [Text("order.product"), Text("order.price"), Text("order.coupon"), Text("order.paid")];
        let mut caret = None;
        for (index, (label, y)) in labels.into_iter().zip(inside.y + 1..inside.bottom()).enumerate() {
            let row = Rect { y, height: 1, ..inside };
            let focused = index == self.at;
            let role = if focused { Role::Accent } else { Role::Dim };
            draw(&[piece(words.say(label), role)], Rect { width: 12.min(row.width), ..row }, buf, theme);
            let value = Rect { x: row.x + 13.min(row.width), width: row.width.saturating_sub(13), ..row };
            match index {
                1 => caret = self.price.view().focused(focused).render(value, buf, theme).or(caret),
                3 => caret = self.paid.view().focused(focused).render(value, buf, theme).or(caret),
                _ => {
                    draw(&self.chosen(session, index, focused), value, buf, theme);
                    caret = caret.or_else(|| reading(row, session).filter(|_| focused));
                }
            }
        }
        let row = Rect {
            y: inside.y + 6.min(inside.height),
            height: inside.height.saturating_sub(6).min(1),
            ..inside
        };
        draw(&[self.verdict(session)], row, buf, theme);
        caret
    }
}

impl Order {
    fn chosen(&self, session: &Session, index: usize, focused: bool) -> Vec<Piece<'static>> {
        let words = &session.words;
        let name = if index == 0 {
            self.products.get(self.product).map(|product| named(session, &product.name)).unwrap_or_default()
        } else {
            let used = self.coupon.checked_sub(1).and_then(|at| self.coupons.get(at));
            used.map_or_else(
                || words.say(Text("common.none")).to_owned(),
                |(_, name, face)| format!("{name} · {}", amount::money(session, -*face)),
            )
        };
        let shown = focused && !session.theme.manner().is_spoken();
        let arrows = |text: &'static str| piece(if shown { text } else { "  " }, Role::Key);
        vec![arrows("◂ "), piece(name, Role::Text), arrows(" ▸")]
    }

    /// What Enter would do now, or the policy the price meets.
    fn verdict(&self, session: &Session) -> Piece<'static> {
        let words = &session.words;
        if let Some(problem) = self.problem {
            return piece(words.say(problem).to_owned(), Role::Error);
        }
        let order = match self.order(session) {
            Ok(order) => order,
            Err(problem) => return piece(words.say(problem).to_owned(), Role::Warning),
        };
        let policy =
            session.playbook().and_then(|p| p.prices.iter().find(|price| price.product == order.product));
        if policy.is_some_and(|policy| order.price < policy.approve_below) {
            return piece(words.say(Text("order.approve")).to_owned(), Role::Warning);
        }
        let (price, paid) =
            (amount::money(session, order.price - self.face()), amount::money(session, order.paid));
        let text = if self.sure { Text("order.again") } else { Text("order.sum") };
        piece(
            session.keyed(Context::Form, text, &[("price", &price), ("paid", &paid)]),
            if self.sure { Role::Good } else { Role::Money },
        )
    }
}
