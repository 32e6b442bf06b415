//! A desk of hand-made answers: 250 customers, forty reps, one household.

use std::sync::{Arc, LazyLock};

use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Layer, Session, Ticket};
use corral::domain::floor::HeldDown;
use corral::domain::gap::Gap;
use corral::domain::id::*;
use corral::domain::lists::*;
use corral::domain::outlook::Outlook;
use corral::domain::ratio::Ratio;
use corral::domain::report::share::Share;
use corral::domain::span::Span;
use corral::domain::time::Timestamp;
use corral::input::{Input, Size, keys};
use corral::playbook::Playbook;
use corral::store::StoreError;
use corral::store::change::people::{Part, TargetOf};
use corral::store::change::{About, Change, Commit, Effects, Topic};
use corral::store::query::board::{BoardBy, LostFor, SourceSums};
use corral::store::query::customer::CardCoupon;
use corral::store::query::*;
use corral::text::{Lang, Words};
use corral::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screens_work::floor::{self, Floor};

/// The playbook of the desk, read once.
static BOOK: LazyLock<Arc<Playbook>> = LazyLock::new(|| floor::playbook("edu-english"));

/// What a floor of the same playbook answers.
static HOUSEHOLD: LazyLock<(Card, Vec<TimelineItem>, GapLine)> = LazyLock::new(|| {
    let floor = Floor::new("edu-english", Lang::En);
    (floor.card, floor.timeline, floor.today.gap)
});
pub use crate::screens_work::floor::{ME, minutes, now};

/// One session over answers made here.
pub struct Desk {
    pub app: App,
    pub effects: Vec<Effect>,
    pub now: Timestamp,
    pub card: Card,
    pub timeline: Vec<TimelineItem>,
    pub board: Board,
    pub gap: GapLine,
    pub refuse: Option<StoreError>,
    /// Whether who sits here has a PIN.
    pub has_pin: bool,
    /// Whether questions stay unanswered.
    pub silent: bool,
    /// Whether who sits here may settle what is disputed.
    pub settles: bool,
    tickets: Vec<Ticket>,
}

impl Desk {
    pub fn new(lang: Lang, layer: impl Layer + 'static) -> Self {
        Self::as_role(Role::Rep, lang, layer)
    }

    pub fn as_role(role: Role, lang: Lang, layer: impl Layer + 'static) -> Self {
        Self::with(Some(role), lang, Keymap::default(), layer)
    }

    pub fn anonymous(lang: Lang, layer: impl Layer + 'static) -> Self {
        Self::with(None, lang, Keymap::default(), layer)
    }

    /// A lead's desk with keys of her own.
    pub fn with_keys(keymap: Keymap, layer: impl Layer + 'static) -> Self {
        Self::with(Some(Role::Lead), Lang::En, keymap, layer)
    }

    fn with(role: Option<Role>, lang: Lang, keymap: Keymap, layer: impl Layer + 'static) -> Self {
        Self::dressed(role, lang, (keymap, Theme::default()), Box::new(layer))
    }

    /// A desk with keys and a look of its own.
    pub fn dressed(
        role: Option<Role>,
        lang: Lang,
        (keymap, theme): (Keymap, Theme),
        layer: Box<dyn Layer>,
    ) -> Self {
        let (card, timeline, gap) = HOUSEHOLD.clone();
        let mut session = Session::new(Arc::new(Words::new(lang)), Arc::new(theme), Arc::new(keymap), 1);
        session.now = now();
        session.me = role.map(|role| me(ME, role));
        session.gap = role.map(|_| gap.clone());
        let mut card = Card { name: "陈家".to_owned(), ..card };
        card.coupons.push(CardCoupon {
            id: IssueId(1),
            coupon: BOOK.coupons[0].code.to_string(),
            code: "XQ-7F3K".to_owned(),
            state: IssueState::Pushed,
            until: minutes(5 * 24 * 60),
        });
        let mut desk = Self {
            app: App::new(session, layer),
            effects: Vec::new(),
            now: now(),
            card,
            timeline,
            board: board(),
            gap,
            refuse: None,
            has_pin: false,
            silent: false,
            settles: false,
            tickets: Vec::new(),
        };
        let effects = desk.app.start(desk.now);
        desk.perform(effects);
        desk
    }

    /// Presses keys one after another; answers with what they had done.
    pub fn play(&mut self, text: &str) -> Vec<Effect> {
        let before = self.effects.len();
        for key in keys(text).unwrap() {
            self.event(Event::Input(Input::Key(key)));
        }
        self.effects[before..].to_vec()
    }

    /// Takes an event in; answers with what it had done.
    pub fn take(&mut self, event: Event) -> Vec<Effect> {
        let before = self.effects.len();
        self.event(event);
        self.effects[before..].to_vec()
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.app.update(event, self.now);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            match effect {
                Effect::Read(ticket, query) => {
                    self.tickets.push(ticket);
                    if let (false, Some(answer)) = (self.silent, self.answer(&query)) {
                        self.event(Event::Answered(ticket, Ok(answer)));
                    }
                }
                Effect::Write(write) => {
                    let result = match self.refuse.take() {
                        Some(error) => Err(error),
                        None => Ok(Commit { write: write.id, ..news(&[Topic::Customer]) }),
                    };
                    self.event(Event::Written(write.id, result));
                }
                _ => {}
            }
        }
    }

    fn answer(&self, query: &Query) -> Option<Answer> {
        Some(match query {
            Query::Users => Answer::Users(users()),
            Query::Me(user) => Answer::Me(Box::new(me(*user, Role::Rep))),
            Query::Gap { .. } => Answer::Gap(self.gap.clone()),
            Query::Customers { after, limit, .. } => {
                let first = after.map_or(1, |after| after.0 + 1);
                let last = (first + i64::try_from(*limit).unwrap()).min(251);
                let rows = (first..last).map(|id| customer(id, &format!("customer {id}"))).collect();
                Answer::Found(Found { rows, more: last < 251 })
            }
            Query::Find { limit, .. } => {
                let rows = (1..=i64::try_from(*limit).unwrap().min(5))
                    .map(|id| customer(id, &format!("customer {id}")));
                Answer::Found(Found { rows: rows.collect(), more: false })
            }
            Query::Card { customer, .. } => {
                Answer::Card(Box::new(Card { id: *customer, ..self.card.clone() }))
            }
            Query::Timeline(_) => Answer::Timeline(self.timeline.clone()),
            Query::Board(ask) => Answer::Board(Arc::new(Board {
                ask: ask.clone(),
                unit: ask.of.metric().map_or(Unit::Count, Metric::unit),
                rows: match ask.of.metric() {
                    _ if ask.by == BoardBy::Source => sources(),
                    Some(metric) if metric.is_ratio() => ratios(metric),
                    _ => self.board.rows.clone(),
                },
                ..self.board.clone()
            })),
            Query::BurnUp(_) => Answer::BurnUp(burn_up()),
            Query::Facts(_) => Answer::Facts(facts()),
            Query::Audit(ask) => Answer::Audit(AuditPage { rows: trail(ask), head: (230, "aa".to_owned()) }),
            Query::SignIn(SignInAsk::HasPin(_)) => Answer::SignIn(SignInAnswer::HasPin(self.has_pin)),
            Query::Targets { .. } => Answer::Targets(targets()),
            Query::Pay(ask) => Answer::Pay(Box::new(crate::screens_pay::sheet(ask))),
            Query::Report(ReportAsk::One { .. }) => {
                Answer::Report(ReportAnswer::One(Box::new(super::report::own())))
            }
            Query::Report(ReportAsk::Team { .. }) => {
                Answer::Report(ReportAnswer::Team(Box::new(super::report::team())))
            }
            Query::Report(ReportAsk::Health { .. }) => {
                Answer::Report(ReportAnswer::Health(Box::new(crate::screens_health::page())))
            }
            Query::Report(ReportAsk::Funnel(ask)) => {
                Answer::Report(ReportAnswer::Funnel(Box::new(super::report::funnel(ask))))
            }
            Query::Report(ReportAsk::FunnelRows(ask)) => {
                Answer::Report(ReportAnswer::FunnelRows(super::report::deals(ask)))
            }
            Query::Pk(PkAsk::List { .. }) => Answer::Pk(PkAnswer::List(self.matches())),
            Query::Pk(PkAsk::One { pk, .. }) => {
                let found = self.matches().into_iter().find(|card| card.id == *pk)?;
                Answer::Pk(PkAnswer::One(Box::new(found)))
            }
            Query::Desk(DeskAsk::Whispers { .. }) => Answer::Desk(DeskAnswer::Whispers(Vec::new())),
            Query::Desk(ask) => Answer::Desk(crate::screens_team::answer(ask, 12)),
            Query::Pk(PkAsk::Nemesis { .. }) => Answer::Pk(PkAnswer::Nemesis(Some(super::pk::rival()))),
            _ => return None,
        })
    }

    fn matches(&self) -> Vec<PkCard> {
        let mut cards = super::pk::cards();
        if self.settles {
            for card in cards.iter_mut().filter(|card| card.phase == PkPhase::Disputed) {
                card.may.settle = true;
            }
        }
        cards
    }

    pub fn last_ticket(&self) -> Ticket {
        *self.tickets.last().unwrap()
    }

    pub fn writes(&self) -> Vec<Change> {
        let write = |effect: &Effect| match effect {
            Effect::Write(write) => Some(write.change.clone()),
            _ => None,
        };
        self.effects.iter().filter_map(write).collect()
    }

    /// The place of the first field with choices among those of the customer.
    pub fn place_of_choice_field() -> usize {
        let on = |entity| BOOK.fields.iter().filter(|f| f.on == entity).cloned().collect::<Vec<_>>();
        let fields = [on(Entity::Customer), on(Entity::Opportunity)].concat();
        fields.iter().position(|field| field.options.len() > 1).unwrap()
    }

    pub fn second_choice(place: usize) -> String {
        let on = |entity| BOOK.fields.iter().filter(|f| f.on == entity).cloned().collect::<Vec<_>>();
        let fields = [on(Entity::Customer), on(Entity::Opportunity)].concat();
        fields[place].options[1].code.clone()
    }

    pub fn draw(&mut self, width: u16, height: u16) -> Buffer {
        self.event(Event::Input(Input::Resize(Size::clamped(width, height))));
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        self.app.render(area, &mut buf);
        buf
    }

    pub fn screen(&mut self, width: u16, height: u16) -> String {
        corral::widget::screen_text(&self.draw(width, height))
    }
}

/// Somebody's commit.
pub fn news(topics: &[Topic]) -> Commit {
    Commit {
        revision: 41,
        write: WriteId(99),
        topics: topics.to_vec(),
        effects: Effects::default(),
        replayed: false,
    }
}

fn user(id: i64, login: &str, name: &str, role: Role) -> UserRow {
    UserRow {
        id: UserId(id),
        login: login.to_owned(),
        name: name.to_owned(),
        role,
        state: UserState::Active,
        team: Some((TeamId(1), "一队".to_owned())),
        rank: "junior".to_owned(),
        job: String::new(),
        coach: None,
    }
}

fn users() -> Vec<UserRow> {
    vec![
        user(7, "wangfang", "王芳", Role::Rep),
        user(8, "zhaolei", "赵磊", Role::Rep),
        user(9, "liqiang", "李强", Role::Lead),
        UserRow {
            team: Some((TeamId(2), "二队".to_owned())), ..user(10, "anna", "Anna Schmidt", Role::Rep)
        },
    ]
}

fn me(id: UserId, role: Role) -> Me {
    let user = users().into_iter().find(|user| user.id == id).unwrap();
    Me { user: UserRow { role, ..user }, playbook: Arc::clone(&BOOK), version: 3 }
}

/// Odd customers are mine, even ones 赵磊's.
pub fn customer(id: i64, name: &str) -> CustomerRow {
    let pipeline = BOOK.pipelines[0].clone();
    let owner = if id % 2 == 1 { (ME, "王芳".to_owned()) } else { (UserId(8), "赵磊".to_owned()) };
    let stage = pipeline.stages[usize::try_from(id).unwrap() % pipeline.stages.len()].code.clone();
    CustomerRow {
        id: CustomerId(id),
        name: name.to_owned(),
        owner: Some(owner),
        // the store masks the numbers of others
        phone: if id % 2 == 1 { format!("+86138{id:08}") } else { format!("138****{:04}", id % 10_000) },
        deal: (id % 5 != 0).then_some((pipeline.code, Some(stage))),
        next_at: (id % 3 != 0).then_some(minutes(id * 47 - 90)),
        last_touch: (id % 4 != 0).then_some(minutes(-id * 33)),
    }
}

fn board_row(rank: u32, id: i64, name: &str, done: i64) -> BoardRow {
    let target = if rank.is_multiple_of(7) { 0 } else { 12_000_000 };
    BoardRow {
        rank,
        id: id.to_string(),
        name: name.to_owned(),
        team: "一队".to_owned(),
        gap: Gap {
            target,
            done,
            gap: target - done,
            pace: done - 8_000_000,
            per_day: Some((target - done).max(0) / 8),
            per_hour: None,
            orders_needed: None,
            leads_needed: None,
        },
        ratio: None,
        source: None,
        held_down: None,
        stretch: None,
        challenge: None,
        behind: (rank > 1).then_some(210_000),
        outlook: (target > 0).then_some(Outlook {
            finish: done * 14 / 10,
            low: done * 12 / 10,
            high: done * 16 / 10,
        }),
        reached: None,
        trend: (0..10).map(|day| i64::from(rank) * (day * 7 % 5) * 10_000).collect(),
    }
}

/// Leads that were won, of a rep each, the last of so few that no share is told; what a head brings of as many.
fn ratios(metric: Metric) -> Vec<BoardRow> {
    let sums = [("赵磊", 8, 15, 240), ("王芳", 7, 9, 160), ("rep 3", 103, 4, 80), ("rep 4", 104, 4, 12)];
    let row = |(rank, (name, id, part, of)): (u32, (&str, i64, i64, i64))| {
        let ratio = if metric == Metric::RevenuePerHead {
            Ratio::by_head(part * 6_000_000, of, 22)
        } else {
            Ratio::of_cases(Share::of(part, of))
        };
        let (target, value) = (if metric.unit() == Unit::Rate { 600 } else { 0 }, ratio.value());
        let gap = value.map_or(0, |value| target - value);
        BoardRow {
            gap: Gap { target, done: value.unwrap_or(0), gap, ..Gap::default() },
            ratio: Some(ratio),
            behind: value.filter(|_| rank > 1).map(|value| 625 - value),
            outlook: None,
            trend: Vec::new(),
            ..board_row(rank, id, name, 0)
        }
    };
    (1..).zip(sums).map(row).collect()
}

/// Where leads came from; nobody won one of those that were bought.
fn sources() -> Vec<BoardRow> {
    let lost = BOOK.reasons.lost.iter().zip([31, 12, 4]);
    let reasons: Vec<LostFor> = lost
        .map(|(lost, count)| LostFor { reason: lost.code.0.clone(), name: Some(lost.name.clone()), count })
        .collect();
    let all =
        [("展会", 120, 64, 31, 9, 4_212_000), ("", 40, 9, 2, 1, 468_000), ("Source X", 200, 18, 0, 0, 0)];
    let row =
        |(rank, (name, leads, valid, attended, won, revenue)): (u32, (&str, i64, i64, i64, i64, i64))| {
            BoardRow {
                id: name.to_owned(),
                team: String::new(),
                gap: Gap { done: revenue, ..Gap::default() },
                source: Some(SourceSums { leads, valid, attended, won, revenue, reasons: reasons.clone() }),
                behind: None,
                outlook: None,
                trend: Vec::new(),
                ..board_row(rank, 0, name, revenue)
            }
        };
    (1..).zip(all).map(row).collect()
}

/// November day by day up to the 22nd: 4,000 a working day of the plan, a little more in the month, less in the one before.
fn burn_up() -> BurnUp {
    let day = BOOK.zone.day(now());
    BurnUp {
        days: (day.month().first(), day.month().last()),
        done: (1..=22).map(|day| day * 390_000 + day % 3 * 100_000).collect(),
        plan: (1..=30).map(|day| day * 400_000).collect(),
        before: (1..=31).map(|day| day * 310_000).collect(),
        outlook: Some(Outlook { finish: 11_800_000, low: 10_900_000, high: 12_700_000 }),
    }
}

fn board() -> Board {
    // the first has passed the target, but sold too little of a product that has a floor
    let product = BOOK.products[1].code.clone();
    let held_down = Some(HeldDown { share_bp: 9_000, short: vec![(product, 2)] });
    let first = BoardRow { held_down, ..board_row(1, 8, "赵磊", 13_200_000) };
    let mut rows = vec![first, board_row(2, 7, "王芳", 8_640_000)];
    rows.extend((3..=40_u32).map(|rank| {
        board_row(rank, i64::from(rank) + 100, &format!("rep {rank}"), i64::from(41 - rank) * 210_000)
    }));
    let day = BOOK.zone.day(now());
    Board {
        ask: BoardAsk::new(Metric::RevenueNew, Span::this(Period::Month), BoardBy::Rep, now()),
        unit: Unit::Money,
        days: (day.month().first(), day.month().last()),
        rows,
        revision: 40,
    }
}

/// A trail of 230 rows: the newest a hand-over, one refused, one erased, the others imports of a lead's.
fn trail(ask: &AuditAsk) -> Vec<AuditRow> {
    let row = |number: i64| AuditRow {
        number,
        at: minutes((number - 230) * 37),
        by: (UserId(9), "liqiang".to_owned(), "李强".to_owned()),
        team: Some((TeamId(1), "一队".to_owned())),
        origin: "local".to_owned(),
        machine: "floor".to_owned(),
        kind: "imported".to_owned(),
        about: (About::thing("file", format!("leads {number}.csv")), String::new()),
        change: number,
        before: String::new(),
        after: format!("batch {number}: 3 rows: 3 created, 0 updated, 0 known, 0 rejected\nsha256 00ff"),
        why: String::new(),
        is_erased: false,
        personal: String::new(),
        seal: "aa".to_owned(),
    };
    let rows = (1..=230).rev().map(|number| match number {
        230 => AuditRow {
            kind: "transferred".to_owned(),
            about: (About::Customer(CustomerId(3)), "3号家庭".to_owned()),
            before: "wangfang".to_owned(),
            after: "zhaolei".to_owned(),
            why: "on leave".to_owned(),
            ..row(number)
        },
        229 => AuditRow {
            by: (UserId(7), "wangfang".to_owned(), "王芳".to_owned()),
            kind: "refused".to_owned(),
            about: (About::Customer(CustomerId(4)), "4号家庭".to_owned()),
            origin: "ssh 10.0.0.7".to_owned(),
            after: "customer.assign".to_owned(),
            why: "a rep may not assign a customer".to_owned(),
            ..row(number)
        },
        228 => AuditRow {
            kind: "corrected".to_owned(),
            about: (About::Customer(CustomerId(5)), String::new()),
            after: String::new(),
            is_erased: true,
            ..row(number)
        },
        _ => row(number),
    });
    let wanted = |row: &AuditRow| {
        ask.before.is_none_or(|before| row.number < before)
            && ask.kind.is_none_or(|kind| row.kind == kind.as_str())
            && ask.user.is_none_or(|user| row.by.0 == user)
    };
    rows.filter(wanted).take(ask.limit).collect()
}

fn facts() -> Vec<FactRow> {
    let book = &BOOK;
    (1..=3)
        .map(|n| FactRow {
            id: 10 - n,
            at: minutes(-n * 26 * 60),
            by: "王芳".to_owned(),
            customer: CustomerId(n),
            customer_name: format!("{n}号家庭"),
            what: book.products[0].code.to_string(),
            pipeline: Some(book.pipelines[0].code.clone()),
            value: 468_000,
            version: 3,
        })
        .collect()
}

fn targets() -> Vec<TargetRow> {
    let day = BOOK.zone.day(now());
    let row = |id: Option<i64>, scope, name: &str, period, value| TargetRow {
        id: id.map(TargetId),
        scope,
        name: name.to_owned(),
        period,
        metric: Metric::RevenueNew,
        level: Level::Goal,
        part: Part::default(),
        value,
        from: day.month().first(),
    };
    vec![
        row(Some(1), TargetOf::Team(TeamId(1)), "一队", Period::Month, 40_000_000),
        row(Some(2), TargetOf::User(ME), "王芳", Period::Month, 12_000_000),
        row(None, TargetOf::User(UserId(8)), "赵磊", Period::Month, 9_000_000),
        row(None, TargetOf::User(UserId(8)), "赵磊", Period::Day, 400_000),
    ]
}
