//! A floor of hand-made answers: what a store would say, said by the test.

use std::sync::Arc;

use corral::app::action::Context;
use corral::app::keymap::Keymap;
use corral::app::lock::Locking;
use corral::app::{App, Effect, Event, Session};
use corral::domain::contact::{Held, Rule};
use corral::domain::gap::Gap;
use corral::domain::id::*;
use corral::domain::lists::*;
use corral::domain::money::Money;
use corral::domain::report::share::Share;
use corral::domain::time::{MINUTE_MS, Timestamp};
use corral::input::{Input, Size, keys};
use corral::playbook::plan::Source;
use corral::playbook::{Playbook, embedded, source};
use corral::screen::today::Today;
use corral::store::StoreError;
use corral::store::change::{Change, Commit, Effects, GivenCoupon, Topic, WorkChange, Write};
use corral::store::query::customer::*;
use corral::store::query::{self, *};
use corral::text::{Lang, Words};
use corral::theme::Theme;
use corral::widget::screen_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub const ME: UserId = UserId(7);

/// A Sunday, 11:42 in Shanghai.
pub fn now() -> Timestamp {
    "2026-11-22T11:42:00+08:00".parse().unwrap()
}

pub fn minutes(n: i64) -> Timestamp {
    Timestamp(now().0 + n * MINUTE_MS)
}

pub fn playbook(name: &str) -> Arc<Playbook> {
    let text = embedded::text(name).unwrap();
    Arc::new(source::load_text(name, text).unwrap().playbook)
}

/// One session over a store that the test plays.
pub struct Floor {
    pub app: App,
    pub today: query::Today,
    pub card: Card,
    pub timeline: Vec<TimelineItem>,
    pub effects: Vec<Effect>,
    pub now: Timestamp,
    pub refuse: Option<StoreError>,
    /// Whether writes are answered by themselves.
    pub answers: bool,
}

impl Floor {
    pub fn new(playbook_name: &str, lang: Lang) -> Self {
        Self::with_keys(playbook_name, lang, Keymap::default())
    }

    pub fn with_keys(playbook_name: &str, lang: Lang, keymap: Keymap) -> Self {
        Self::dressed(playbook_name, lang, keymap, Theme::default())
    }

    /// A floor with keys and a look of its own.
    pub fn dressed(playbook_name: &str, lang: Lang, keymap: Keymap, theme: Theme) -> Self {
        let session = Session::new(Arc::new(Words::new(lang)), Arc::new(theme), Arc::new(keymap), 1);
        Self::over(playbook_name, session)
    }

    /// A floor whose screen locks by itself.
    pub fn locking(lang: Lang, locking: Locking) -> Self {
        let words = Arc::new(Words::new(lang));
        let mut session = Session::new(words, Arc::new(Theme::default()), Arc::new(Keymap::default()), 1);
        session.locking = locking;
        Self::over("edu-english", session)
    }

    fn over(playbook_name: &str, mut session: Session) -> Self {
        let playbook = playbook(playbook_name);
        session.now = now();
        session.me = Some(me(&playbook));
        let today = today(&playbook);
        let card = card(&playbook);
        let app = App::new(session, Box::new(Today::new()));
        let mut floor = Self {
            app,
            today,
            card,
            timeline: timeline(&playbook),
            effects: Vec::new(),
            now: now(),
            refuse: None,
            answers: true,
        };
        let effects = floor.app.start(floor.now);
        floor.perform(effects);
        floor
    }

    /// Presses keys one after another; answers with what they had done.
    pub fn play(&mut self, text: &str) -> Vec<Effect> {
        let before = self.effects.len();
        for key in keys(text).unwrap() {
            self.event(Event::Input(Input::Key(key)));
        }
        self.effects[before..].to_vec()
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.app.update(event, self.now);
        self.perform(effects);
    }

    pub fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push(effect.clone());
            match effect {
                Effect::Read(ticket, query) => {
                    if let Some(answer) = self.answer(&query) {
                        self.event(Event::Answered(ticket, Ok(answer)));
                    }
                }
                Effect::Write(write) if self.answers => self.written(&write),
                _ => {}
            }
        }
    }

    pub fn written(&mut self, write: &Write) {
        let result = match self.refuse.take() {
            Some(error) => Err(error),
            None => Ok(commit(write)),
        };
        self.event(Event::Written(write.id, result));
    }

    fn answer(&self, query: &Query) -> Option<Answer> {
        Some(match query {
            Query::Today(_) => Answer::Today(Box::new(self.today.clone())),
            Query::Card { customer: id, .. } => {
                let name = self.rows().find(|row| row.customer == *id).map(|row| row.customer_name.clone());
                Answer::Card(Box::new(Card { id: *id, name: name.unwrap_or_default(), ..self.card.clone() }))
            }
            Query::Timeline(_) => Answer::Timeline(self.timeline.clone()),
            Query::Quota { .. } => Answer::Quota(388, 400),
            Query::Gap { .. } => Answer::Gap(self.today.gap.clone()),
            _ => return None,
        })
    }

    fn rows(&self) -> impl Iterator<Item = &TaskRow> {
        self.today.pens.iter().flat_map(|pen| &pen.rows)
    }

    pub fn writes(&self) -> Vec<Change> {
        let write = |effect: &Effect| match effect {
            Effect::Write(write) => Some(write.change.clone()),
            _ => None,
        };
        self.effects.iter().filter_map(write).collect()
    }

    pub fn touches(&self) -> Vec<corral::store::change::work::LogTouch> {
        let touch = |change| match change {
            Change::Work(WorkChange::Log(touch)) => Some(*touch),
            _ => None,
        };
        self.writes().into_iter().filter_map(touch).collect()
    }

    pub fn draw(&mut self, width: u16, height: u16) -> Buffer {
        self.event(Event::Input(Input::Resize(Size::clamped(width, height))));
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        self.app.render(area, &mut buf);
        buf
    }

    pub fn screen(&mut self, width: u16, height: u16) -> String {
        screen_text(&self.draw(width, height))
    }

    pub fn context(&self) -> Context {
        self.app.context().unwrap()
    }
}

pub fn commit(write: &Write) -> Commit {
    let mut effects = Effects { owners: vec![ME], ..Effects::default() };
    match &write.change {
        Change::Work(WorkChange::Log(touch)) => {
            effects.task = touch.task;
            effects.customer = touch.customer;
            effects.gap = Some(2_892_000);
        }
        Change::Work(WorkChange::Reserve { .. }) => {
            effects.coupon = Some(GivenCoupon {
                coupon: "c_first150".into(),
                issue: IssueId(900),
                code: "XQ-7F3K".to_owned(),
                until: minutes(5 * 24 * 60),
            });
        }
        _ => {}
    }
    Commit { revision: 41, write: write.id, topics: vec![Topic::Tasks], effects, replayed: false }
}

fn me(playbook: &Arc<Playbook>) -> Me {
    Me {
        user: UserRow {
            id: ME,
            login: "wangfang".to_owned(),
            name: "王芳".to_owned(),
            role: Role::Rep,
            state: UserState::Active,
            team: Some((TeamId(1), "一队".to_owned())),
            rank: "junior".to_owned(),
            job: String::new(),
            coach: None,
        },
        playbook: playbook.clone(),
        version: 1,
    }
}

pub fn row(id: i64, lane: Lane, name: &str, due: i64) -> TaskRow {
    TaskRow {
        id: TaskId(id),
        lane,
        channel: if lane == Lane::Call { "call" } else { "wechat" }.into(),
        customer: CustomerId(1_000 + id),
        customer_name: name.to_owned(),
        person: None,
        owner: Some(ME),
        due_at: minutes(due),
        clock_from: None,
        source: Source::Manual { words: String::new() },
        promised: false,
        priority: 3,
        deal: None,
        stage_since: None,
        node: None,
        script: None,
        material: None,
        coupon: None,
        attempts: 0,
        last_note: String::new(),
        score: 5,
        parts: vec![("value", 17), ("effort", -12)],
    }
}

fn today(playbook: &Playbook) -> query::Today {
    let pipeline = &playbook.pipelines[0];
    let at = |stage: usize| {
        let code = pipeline.stages.get(stage).map(|stage| stage.code.clone());
        Some((DealId(50), pipeline.code.clone(), code))
    };
    let role = playbook.roles[0].code.to_string();
    let outcome = playbook.outcomes[0].code.clone();
    let calls = vec![
        TaskRow {
            promised: true,
            source: Source::Callback { words: "问清课时".to_owned() },
            person: Some((PersonId(1), "王敏".to_owned(), role.clone())),
            node: Some((NodeId(70), playbook.nodes[0].code.to_string(), minutes(31 * 60))),
            deal: at(3),
            script: Some(playbook.scripts[0].code.clone()),
            score: 1_154,
            parts: vec![("promise", 1_000), ("node", 150), ("value", 16), ("effort", -12)],
            ..row(1, Lane::Call, "张小明家", -12)
        },
        TaskRow {
            clock_from: Some(minutes(-8)),
            source: Source::Sop { sop: playbook.sops[0].code.clone(), step: 0 },
            deal: at(0),
            ..row(2, Lane::Call, "李先生", 2)
        },
        TaskRow {
            clock_from: Some(minutes(-25)),
            source: Source::Sop { sop: playbook.sops[0].code.clone(), step: 0 },
            ..row(3, Lane::Call, "欧阳娜娜", -15)
        },
        TaskRow {
            source: Source::Outcome { outcome, attempt: 2 },
            attempts: 2,
            deal: at(1),
            stage_since: Some(minutes(-5 * 24 * 60)),
            ..row(4, Lane::Call, "赵敏", -3 * 24 * 60)
        },
        TaskRow {
            last_note: "周末再联系，孩子爸爸出差".to_owned(),
            ..row(5, Lane::Call, "Anna Schmidt", 90)
        },
    ];
    let material = |id, name: &str, due| TaskRow {
        material: Some(playbook.materials[0].code.clone()),
        source: Source::Sop { sop: playbook.sops[0].code.clone(), step: 1 },
        person: Some((PersonId(1), "王敏".to_owned(), role.clone())),
        ..row(id, Lane::Material, name, due)
    };
    let coupon =
        TaskRow { coupon: Some(playbook.coupons[0].code.clone()), ..row(21, Lane::Coupon, "刘家", 480) };
    let node = TaskRow {
        channel: playbook.nodes[0].channel.clone(),
        source: Source::Node { node: playbook.nodes[0].code.clone() },
        ..row(31, Lane::Node, "陈乐", 7 * 60)
    };
    let care = TaskRow { ..row(41, Lane::Care, "孙家", 6 * 60) };
    let pen = |lane, due, done, rows| Pen { lane, due, done, rows };
    query::Today {
        day: playbook.zone.day(now()),
        pens: vec![
            pen(Lane::Call, 42, 58, calls),
            pen(Lane::Material, 11, 4, vec![material(11, "陈乐家", -30), material(12, "周家", 138)]),
            pen(Lane::Coupon, 3, 0, vec![coupon]),
            pen(Lane::Node, 1, 2, vec![node]),
            pen(Lane::Care, 1, 0, vec![care]),
        ],
        held: vec![HeldTask {
            task: row(90, Lane::Call, "吴家", -5),
            held: Held { rule: Rule::TooSoon, until: Some(minutes(95)) },
        }],
        gap: GapLine {
            metric: Metric::RevenueNew,
            unit: Unit::Money,
            gap: Gap {
                target: 12_000_000,
                done: 8_640_000,
                gap: 3_360_000,
                pace: 225_500,
                per_day: Some(420_000),
                per_hour: None,
                orders_needed: Some(8),
                leads_needed: None,
            },
            team: None,
            held_down: None,
            conversion: Share::default(),
            rank: Some((4, 32)),
            ahead: Some(("李强".to_owned(), 120_000)),
            today: 0,
            earning: None,
        },
        revision: 40,
    }
}

fn contact(id: i64, channel: &str, value: &str, state: ContactState) -> CardContact {
    CardContact {
        id: ContactId(id),
        channel: channel.into(),
        norm: value.to_owned(),
        raw: value.to_owned(),
        extension: String::new(),
        state,
        is_masked: false,
    }
}

/// A household with a mother who registered, a father who decides, and a child who learns; nothing recorded yet.
fn card(playbook: &Playbook) -> Card {
    let role = |index: usize| -> Vec<corral::domain::code::RoleCode> {
        playbook.roles.get(index).map(|role| role.code.clone()).into_iter().collect()
    };
    let person = |id, name: &str, index, contacts| CardPerson {
        id: PersonId(id),
        name: name.to_owned(),
        roles: role(index),
        contacts,
        fields: std::collections::BTreeMap::new(),
        locked: std::collections::BTreeMap::new(),
    };
    let pipeline = &playbook.pipelines[0];
    Card {
        id: CustomerId(1),
        kind: CustomerKind::Household,
        name: String::new(),
        city: "杭州".to_owned(),
        source: "learning_plan_page".to_owned(),
        external_id: String::new(),
        playbook: playbook.id.clone(),
        version: 1,
        owner: Some((ME, "王芳".to_owned())),
        assigned_at: minutes(-3 * 24 * 60),
        created_at: minutes(-3 * 24 * 60),
        do_not_contact: None,
        persons: vec![
            person(
                1,
                "王敏",
                0,
                vec![
                    contact(1, "phone", "+8613812345678", ContactState::Verified),
                    contact(2, "wechat", "wm_test_01", ContactState::Stated),
                ],
            ),
            person(2, "陈涛", 1, vec![contact(3, "phone", "+8613912345678", ContactState::Stated)]),
            person(3, "陈乐乐", 3, Vec::new()),
        ],
        fields: std::collections::BTreeMap::new(),
        deals: vec![CardDeal {
            id: DealId(50),
            pipeline: pipeline.code.clone(),
            seq: 1,
            stage: pipeline.stages.get(1).map(|stage| stage.code.clone()),
            stage_since: minutes(-2 * 24 * 60),
            state: DealState::Open,
            opened_at: minutes(-3 * 24 * 60),
            fields: std::collections::BTreeMap::new(),
            locked: std::collections::BTreeMap::new(),
        }],
        promises: vec![CardPromise {
            id: PromiseId(1),
            words: "问清课时".to_owned(),
            due_at: minutes(-12),
            by: "王芳".to_owned(),
            state: PromiseState::Open,
        }],
        tags: vec!["爸爸不接电话".to_owned()],
        coupons: Vec::new(),
        nodes: vec![CardNode {
            id: NodeId(70),
            node: playbook.nodes[0].code.to_string(),
            deal: Some(DealId(50)),
            at: minutes(31 * 60),
            state: NodeState::Booked,
        }],
        orders: Vec::new(),
        tasks: vec![CardTask {
            id: TaskId(1),
            lane: Lane::Call,
            due_at: minutes(-12),
            source: Source::Callback { words: String::new() },
            owner: Some("王芳".to_owned()),
        }],
        touches: Vec::new(),
        private_note: "喜欢聊旅行".to_owned(),
        attempts: 2,
        grants: Vec::new(),
        locked: std::collections::BTreeMap::new(),
        is_workable: true,
    }
}

fn timeline(playbook: &Playbook) -> Vec<TimelineItem> {
    let touch = |id, before: i64, outcome: usize, seconds, note: &str| TimelineItem {
        id,
        at: minutes(-before),
        by: "王芳".to_owned(),
        what: Happened::Touch {
            id: TouchId(id),
            channel: "call".into(),
            direction: Direction::Out,
            person: "王敏".to_owned(),
            outcome: playbook.outcomes[outcome].code.clone(),
            seconds,
            note: note.to_owned(),
            void: false,
            script: None,
        },
    };
    let pipeline = &playbook.pipelines[0];
    vec![
        touch(5, 26 * 60, 5, 182, "跟孩子爸爸商量一下"),
        TimelineItem {
            id: 4,
            at: minutes(-26 * 60),
            by: "王芳".to_owned(),
            what: Happened::Stage {
                pipeline: pipeline.code.clone(),
                from: pipeline.stages[0].code.to_string(),
                to: pipeline.stages[1].code.to_string(),
                void: false,
            },
        },
        touch(3, 49 * 60, 0, 0, ""),
    ]
}

/// Records every fact of the playbook on the card, so that no outcome has anything to ask.
pub fn know_everything(floor: &mut Floor, playbook: &Playbook) {
    for field in &playbook.fields {
        let value = match field.kind {
            FieldType::Bool => "true".to_owned(),
            FieldType::Enum => field.options[0].code.clone(),
            FieldType::Date => "2026-12-05".to_owned(),
            FieldType::DateTime => "2026-12-05T19:00:00+08:00".to_owned(),
            FieldType::Product => playbook.products[0].code.to_string(),
            _ => "7".to_owned(),
        };
        floor.card.fields.insert(field.code.clone(), value);
    }
}

/// The price of a product in whole units.
pub fn whole(money: Money) -> i64 {
    money.0 / 100
}
