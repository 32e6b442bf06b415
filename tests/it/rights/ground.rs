//! A floor with somebody of every role in one team, and a customer in every relation to each of them.

use std::collections::BTreeMap;

use corral::domain::id::{
    ContactId, CustomerId, DealId, DecisionId, NodeId, OrderId, PersonId, PkId, RoundId, TaskId, UserId,
    WhisperId, WriteId,
};
use corral::domain::lists::{Lane, Metric, OwnerRight, PkKind, Role, RoundKind};
use corral::domain::money::Money;
use corral::domain::pk::{Plan, Round, Side, Weight, Who, Window};
use corral::domain::time::MINUTE_MS;
use corral::domain::time::Timestamp;
use corral::store::change::access::NewGrant;
use corral::store::change::deal::NewOrder;
use corral::store::change::desk::Decide;
use corral::store::change::{
    AccessChange, Change, Commit, CustomerChange, DealChange, DeskChange, PeopleChange, PkChange, WorkChange,
};
use corral::store::rights::Relation;
use corral::store::{Db, StoreError};

use crate::customers::{add, card, contact, floor, household};
use crate::floor::Floor;

/// A customer with one of everything.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub customer: CustomerId,
    pub person: PersonId,
    pub contact: ContactId,
    pub task: TaskId,
    pub deal: DealId,
    pub order: OrderId,
    pub node: NodeId,
}

/// The floor.
pub struct Ground {
    pub floor: Floor,
    actors: BTreeMap<Role, UserId>,
    subjects: BTreeMap<(Role, &'static str), Subject>,
    changes: BTreeMap<UserId, WriteId>,
    /// Somebody of a third team, against whom everybody plays.
    pub far: UserId,
    pks: BTreeMap<(UserId, Stage), PkId>,
    /// A round of the first team.
    pub round: RoundId,
    /// A whisper to somebody, and what was decided for that person.
    desks: BTreeMap<UserId, (WhisperId, DecisionId)>,
}

/// How far a match has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Proposed,
    Decided,
    Disputed,
}

/// A duel that is soon over.
pub fn duel(floor: &Floor, one: UserId, other: UserId) -> Plan {
    let (from, to) = (floor.now(), Timestamp(floor.now().0 + MINUTE_MS));
    let side = |user| Side { name: String::new(), who: Who::People(vec![user]) };
    Plan {
        title: String::new(),
        kind: PkKind::Duel,
        weights: vec![Weight { metric: Metric::CallsDialed, points: 1, per: 1 }],
        sides: vec![side(one), side(other)],
        rounds: vec![Round { name: String::new(), window: Window { from, to } }],
        legs: Vec::new(),
        win: 10,
        lose: 0,
        prize: String::new(),
    }
}

impl Ground {
    pub fn new() -> Self {
        let mut floor = floor();
        let mut actors = BTreeMap::new();
        for role in Role::ALL {
            // whoever only looks has done something of their own before that
            let then = if *role == Role::Viewer { Role::Rep } else { *role };
            let user = floor.add_user(&format!("the_{role}"), role.as_str(), then, Some("One"));
            actors.insert(*role, user);
        }
        let far = floor.add_user("far", "远", Role::Rep, Some("Three"));
        let (subjects, changes, pks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let desks = BTreeMap::new();
        let mut ground = Self { floor, actors, subjects, changes, far, pks, round: RoundId(0), desks };
        let mut number = 0;
        for role in Role::ALL {
            for relation in Relation::ALL {
                number += 1;
                let subject = ground.subject(*role, *relation, number);
                ground.subjects.insert((*role, relation.word()), subject);
            }
        }
        let (mate, stranger) = (ground.floor.mate, ground.floor.stranger);
        for user in ground.actors.values().copied().chain([mate, stranger]).collect::<Vec<_>>() {
            number += 1;
            let new = household("谁", &format!("1370000{number:04}"), Some(user));
            let customer = add(&mut ground.floor, user, new).unwrap();
            let text = "记一笔".to_owned();
            let change = Change::Customer(CustomerChange::PrivateNote { customer, text });
            let write = ground.floor.prepare(user, change);
            ground.floor.db.write(&write).unwrap();
            ground.changes.insert(user, write.id);
        }
        ground.play();
        ground.meet();
        ground.make(Change::People(PeopleChange::SetUser {
            user: ground.actor(Role::Viewer),
            name: None,
            role: Some(Role::Viewer),
            team: None,
            rank: None,
            job: None,
            state: None,
            coach: None,
        }));
        ground
    }

    /// The user of a role.
    pub fn actor(&self, role: Role) -> UserId {
        self.actors[&role]
    }

    /// The customer in a relation to the user of a role.
    pub fn of(&self, role: Role, relation: Relation) -> Subject {
        self.subjects[&(role, relation.word())]
    }

    /// Somebody in a relation to the user of a role; nobody in one that is of customers only.
    pub fn colleague(&self, role: Role, relation: Relation) -> Option<UserId> {
        match relation {
            Relation::Own => Some(self.actor(role)),
            Relation::Team => Some(self.floor.mate),
            Relation::Other => Some(self.floor.stranger),
            _ => None,
        }
    }

    /// The last change of somebody.
    pub fn change_of(&self, user: UserId) -> WriteId {
        self.changes[&user]
    }

    /// A match that somebody proposed, and plays in.
    pub fn pk(&self, user: UserId, stage: Stage) -> PkId {
        self.pks[&(user, stage)]
    }

    /// Matches of everybody, some of them decided and disputed.
    fn play(&mut self) {
        let users: Vec<UserId> = self.changes.keys().copied().collect();
        let make = |ground: &mut Self, by, change| ground.floor.write(by, Change::Pk(change)).unwrap();
        let mut over = Vec::new();
        for stage in [Stage::Decided, Stage::Disputed] {
            for user in &users {
                let plan = duel(&self.floor, *user, self.far);
                let pk = make(self, *user, PkChange::Propose(Box::new(plan))).effects.pk.unwrap();
                make(self, self.far, PkChange::Accept { pk });
                over.push((*user, stage, pk));
            }
        }
        self.floor.pass_minutes(1);
        for (user, stage, pk) in over {
            make(self, self.far, PkChange::Decide { pk, round: 1 });
            if stage == Stage::Disputed {
                make(self, self.far, PkChange::Dispute { pk, reason: "不服".to_owned() });
            }
            self.pks.insert((user, stage), pk);
        }
        for user in users {
            let plan = duel(&self.floor, user, self.far);
            let pk = make(self, user, PkChange::Propose(Box::new(plan))).effects.pk.unwrap();
            self.pks.insert((user, Stage::Proposed), pk);
        }
    }

    /// A whisper to somebody and what was decided for that person.
    pub fn desk(&self, user: UserId) -> (WhisperId, DecisionId) {
        self.desks[&user]
    }

    /// A round in which something is decided for everybody.
    fn meet(&mut self) {
        let make = |ground: &mut Self, change| {
            let manager = ground.floor.manager;
            ground.floor.write(manager, Change::Desk(change)).unwrap().effects.made_at_desk.unwrap()
        };
        let (team, kind) = (self.floor.team, RoundKind::Morning);
        let words = || "先打回访".to_owned();
        self.round = RoundId(make(self, DeskChange::CallRound { team, kind, words: String::new() }));
        let due_at = Timestamp(self.floor.now().0 + 60 * MINUTE_MS);
        for user in self.changes.keys().copied().collect::<Vec<_>>() {
            let whisper = WhisperId(make(self, DeskChange::Whisper { to: user, words: words() }));
            let decide = Decide { round: self.round, user, customer: None, words: words(), due_at };
            let decision = DecisionId(make(self, DeskChange::Decide(Box::new(decide))));
            self.desks.insert(user, (whisper, decision));
        }
    }

    /// Tries a change and leaves nothing of it.
    pub fn tried(&mut self, role: Role, change: Change) -> Result<(), StoreError> {
        let write = self.floor.prepare(self.actor(role), change);
        let mut came = Ok(());
        let kept = self.floor.db.bulk(|bulk| {
            came = bulk.write(&write).map(drop);
            Err::<(), _>(StoreError::Invalid { code: "tried", what: String::new() })
        });
        assert!(kept.is_err());
        // what is known of users and playbooks was learned in a change that was not kept
        if matches!(write.change, Change::People(_) | Change::Undo { .. }) {
            self.floor.reopen();
        }
        came
    }

    fn make(&mut self, change: Change) -> Commit {
        self.floor.write(Db::SYSTEM, change).unwrap()
    }

    fn subject(&mut self, role: Role, relation: Relation, number: usize) -> Subject {
        let actor = self.actor(role);
        let owner = match relation {
            Relation::Own => Some(actor),
            Relation::Team => Some(self.floor.mate),
            Relation::Nobody => None,
            Relation::Other | Relation::Collaborates | Relation::Views | Relation::Credited => {
                Some(self.floor.stranger)
            }
        };
        let mut new = household("刘梅", &format!("1380000{number:04}"), owner);
        new.persons[0].contacts.push(contact("wechat", &format!("wx_liu_{number:04}")));
        let customer = add(&mut self.floor, Db::SYSTEM, new).unwrap();
        let right = match relation {
            Relation::Collaborates => Some((OwnerRight::Collaborate, 0)),
            Relation::Views => Some((OwnerRight::View, 0)),
            Relation::Credited => Some((OwnerRight::Credit, 3_000)),
            _ => None,
        };
        if let Some((right, share_bp)) = right {
            let new = NewGrant {
                customer,
                to: actor,
                right,
                process: String::new(),
                until: None,
                share_bp,
                reason: String::new(),
            };
            self.make(Change::Access(AccessChange::Grant(Box::new(new))));
        }
        self.fill(customer)
    }

    fn fill(&mut self, customer: CustomerId) -> Subject {
        let soon = Timestamp(self.floor.now().0 + 60 * MINUTE_MS);
        let words = String::new();
        let task = WorkChange::AddTask { customer, lane: Lane::Call, due_at: soon, words };
        let task = self.make(Change::Work(task)).effects.made[0].id;
        let sold = DealChange::Open { customer, pipeline: "extra".into() };
        let deal = self.make(Change::Deal(sold)).effects.opened[0];
        let order = NewOrder {
            deal,
            product: "course".into(),
            price: Money(100_000),
            coupon: None,
            paid: Money(0),
            set: Vec::new(),
        };
        let order = self.make(Change::Deal(DealChange::Win(Box::new(order)))).effects.order.unwrap();
        let seen = card(&mut self.floor, Db::SYSTEM, customer);
        let deal = seen.deals.iter().find(|deal| deal.pipeline.as_str() == "main").unwrap().id;
        let visit = DealChange::Book { deal, node: "visit".into(), at: soon };
        let node = self.make(Change::Deal(visit)).effects.node.unwrap();
        let person = &seen.persons[0];
        Subject { customer, person: person.id, contact: person.contacts[0].id, task, deal, order, node }
    }
}
