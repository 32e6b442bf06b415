//! An example of every kind of change.

use corral::domain::id::{AskId, BatchId, IdMaker, UserId};
use corral::domain::lists::{
    Attendance, Came, ContactState, Lane, Metric, NodeState, OwnerRight, Period, PkVerdict, Records, Role,
    RoundKind, StockDecision, Way,
};
use corral::domain::money::Money;
use corral::domain::report::Lines;
use corral::domain::secret::Secret;
use corral::domain::time::{MINUTE_MS, Timestamp};
use corral::store::change::access::NewGrant;
use corral::store::change::customer::{FieldOwner, ImportChunk, KnownPolicy, NewPerson, RestoreChunk};
use corral::store::change::deal::NewOrder;
use corral::store::change::desk::{Decide, TakeStock};
use corral::store::change::people::{NewScore, NewTarget, NewUser, TargetOf};
use corral::store::change::report::ReportOf;
use corral::store::change::sign_in::{NewKey, Tried};
use corral::store::change::work::LogTouch;
use corral::store::change::{
    About, AccessChange as A, Change, CustomerChange as C, DealChange as D, DeskChange as E, FiguresChange,
    Note, PeopleChange as P, PkChange as K, PrivacyChange, ReportChange, SignInChange as S, WorkChange as W,
};
use corral::store::rights::Relation;

use super::ground::{Ground, Stage, duel};
use crate::customers::{contact, household};

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// A customer: the relation is to who follows it, or what was granted.
    Customer,
    /// Somebody who works here: oneself, of the same team, somebody else.
    Colleague,
    /// Neither.
    House,
}

/// The group of a kind, and its name in the table.
fn told(kind: &str) -> (Group, &'static str) {
    use Group::{Colleague, Customer, House};
    match kind {
        "people.add_user" => (House, "add a user"),
        "people.set_user" => (Colleague, "change a user's name, role, team, state"),
        "people.apply_playbook" => (House, "apply a playbook"),
        "people.team_playbook" => (House, "say which playbook a team works by"),
        "people.set_target" => (Colleague, "set a target"),
        "people.set_targets" => (Colleague, "set several targets at once"),
        "people.set_score" => (Colleague, "set a score that pay goes by"),
        "customer.add" => (Colleague, "add a customer whom this person follows"),
        "customer.edit" => (Customer, "change name, city, source"),
        "customer.add_person" => (Customer, "add a member"),
        "customer.add_contact" => (Customer, "add a number or id"),
        "customer.set_contact" => (Customer, "say what a number is worth"),
        "customer.set_field" => (Customer, "set a field that no rule locks"),
        "customer.assign" => (Customer, "give the customer to a rep"),
        "customer.private_note" => (Customer, "write in the own notebook on the card"),
        "customer.import" => (House, "bring in leads"),
        "customer.restore" => (House, "bring in exported records"),
        "customer.undo_import" => (House, "take an import back"),
        "work.log" => (Customer, "save an outcome"),
        "work.send" => (Customer, "send a material"),
        "work.reserve" => (Customer, "reserve a coupon"),
        "work.push" => (Customer, "push a coupon"),
        "work.release" => (Customer, "give a coupon back"),
        "work.skip" => (Customer, "skip a task"),
        "work.snooze" => (Customer, "put a task off"),
        "work.add_task" => (Customer, "make a task"),
        "work.do_not_contact" => (Customer, "register do-not-contact"),
        "work.may_contact" => (Customer, "lift do-not-contact"),
        "work.roll_day" => (House, "roll the day over"),
        "deal.open" => (Customer, "open a deal"),
        "deal.move" => (Customer, "move a deal"),
        "deal.lose" => (Customer, "lose a deal"),
        "deal.win" => (Customer, "win a deal with its order"),
        "deal.pay" => (Customer, "record a payment"),
        "deal.book" => (Customer, "book a node"),
        "deal.node" => (Customer, "settle a node"),
        "deal.untag" => (Customer, "clear a tag"),
        "sign_in.add_key" => (Colleague, "let a key in"),
        "sign_in.remove_key" => (Colleague, "let a key in no more"),
        "sign_in.invite" => (Colleague, "invite to add a key"),
        "sign_in.enrol" => (Colleague, "add a key by an invitation (the server's own)"),
        "sign_in.set_password" => (Colleague, "set a password"),
        "sign_in.set_totp" => (Colleague, "set one-time codes"),
        "sign_in.set_pin" => (Colleague, "set a PIN"),
        "sign_in.unlock" => (Colleague, "let somebody guess again"),
        "sign_in.tried" => (Colleague, "note a try to come in (the server's own)"),
        "access.grant" => (Customer, "let a colleague see or work the customer"),
        "access.revoke" => (Customer, "take such a right back"),
        "access.reveal" => (Customer, "have a masked number shown"),
        "access.ask_export" => (House, "ask for an export"),
        "access.decide_export" => (House, "decide about an export"),
        "privacy.erase" => (Customer, "erase what is held of the customer"),
        "privacy.age" => (House, "erase words that have had their time"),
        "pk.propose" => (Colleague, "propose a match in which this person plays"),
        "pk.accept" => (Colleague, "accept a match for this person"),
        "pk.decline" => (Colleague, "decline a match for this person"),
        "pk.withdraw" => (Colleague, "take a match away that this person proposed"),
        "pk.decide" => (House, "decide a match whose time has passed"),
        "pk.dispute" => (Colleague, "dispute a result of this person"),
        "pk.settle" => (Colleague, "settle a disputed result of this person"),
        "pk.nemesis" => (House, "choose a rival of one's own"),
        "report.hand_in" => (Colleague, "hand in the report of this person"),
        "report.close" => (House, "keep reports of a period that has closed"),
        "report.comment" => (Colleague, "say something to the report of this person"),
        "report.note_health" => (House, "note what a quarter of a team taught"),
        "desk.attend" => (Colleague, "say that this person is here today"),
        "desk.reassign" => (Colleague, "give this person's day to others"),
        "desk.defer" => (Customer, "put a task off for want of time"),
        "desk.whisper" => (Colleague, "whisper to this person"),
        "desk.heard" => (Colleague, "say that this person heard a whisper"),
        "desk.call_round" => (House, "call a round of the own team"),
        "desk.decide" => (Colleague, "decide in a round of the own team what this person does"),
        "desk.settle" => (Colleague, "say that this person did what was decided"),
        "desk.take_stock" => (Customer, "decide about its deal in a stock-take"),
        "desk.finish_stock" => (House, "finish the stock-take of the own team"),
        "undo" => (Colleague, "take back what this person did today"),
        "figures.mend" => (House, "set sums right by what the journal counted"),
        "note" => (House, "note in the audit trail (what the program itself does)"),
        other => panic!("'{other}' has no example: add one, and read what the table says of it"),
    }
}

/// The group of a kind.
pub fn group(kind: &str) -> Group {
    told(kind).0
}

/// What a kind is called.
pub fn name(kind: &str) -> &'static str {
    told(kind).1
}

/// A change of a kind by the user of a role on what stands in a relation to it; `None` where there is no such thing.
pub fn sample(ground: &Ground, kind: &str, role: Role, relation: Relation) -> Option<Change> {
    match group(kind) {
        Group::Customer => Some(on_customer(ground, kind, role, relation)),
        Group::Colleague => Some(on_colleague(ground, kind, ground.colleague(role, relation)?)),
        Group::House if relation == Relation::Own => Some(on_house(ground, kind)),
        Group::House => None,
    }
}

fn later(ground: &Ground) -> Timestamp {
    Timestamp(ground.floor.now().0 + 120 * MINUTE_MS)
}

fn on_customer(ground: &Ground, kind: &str, role: Role, relation: Relation) -> Change {
    let it = ground.of(role, relation);
    let (customer, task, deal) = (it.customer, it.task, it.deal);
    let words = String::new();
    match kind {
        "customer.edit" => Change::Customer(C::Edit {
            customer,
            version: 1,
            name: Some("别名".to_owned()),
            city: None,
            source: None,
        }),
        "customer.add_person" => Change::Customer(C::AddPerson {
            customer,
            person: NewPerson { name: "李雷".to_owned(), ..NewPerson::default() },
        }),
        "customer.add_contact" => {
            Change::Customer(C::AddContact { person: it.person, contact: contact("phone", "13911112222") })
        }
        "customer.set_contact" => {
            Change::Customer(C::SetContact { contact: it.contact, state: ContactState::Verified })
        }
        "customer.set_field" => Change::Customer(C::SetField {
            on: FieldOwner::Customer(customer),
            field: "need".into(),
            value: "快".to_owned(),
            seen: None,
        }),
        "customer.assign" => Change::Customer(C::Assign {
            customers: vec![customer],
            to: Some(ground.floor.rep),
            reason: String::new(),
        }),
        "customer.private_note" => {
            Change::Customer(C::PrivateNote { customer, text: "记一笔".to_owned() })
        }
        "work.log" => Change::Work(W::Log(Box::new(LogTouch {
            task: Some(task),
            outcome: "talked".into(),
            ..LogTouch::default()
        }))),
        "work.send" => Change::Work(W::Send { task, chinese: true }),
        "work.reserve" => Change::Work(W::Reserve { task }),
        "work.push" => Change::Work(W::Push { task, chinese: true }),
        "work.release" => Change::Work(W::Release { task }),
        "work.skip" => Change::Work(W::Skip { task, reason: "busy".into(), words }),
        "work.snooze" => Change::Work(W::Snooze { task, until: later(ground) }),
        "work.add_task" => {
            Change::Work(W::AddTask { customer, lane: Lane::Call, due_at: later(ground), words })
        }
        "work.do_not_contact" => Change::Work(W::DoNotContact { customer, until: None, words }),
        "work.may_contact" => Change::Work(W::MayContact { customer, words }),
        "desk.defer" => Change::Desk(E::Defer { tasks: vec![task] }),
        "desk.take_stock" => Change::Desk(E::TakeStock(Box::new(TakeStock::new(deal, StockDecision::Keep)))),
        "deal.open" => Change::Deal(D::Open { customer, pipeline: "extra".into() }),
        "deal.move" => Change::Deal(D::Move { deal, to: "warm".into(), set: Vec::new() }),
        "deal.lose" => Change::Deal(D::Lose { deal, reason: "price".into(), words }),
        "deal.win" => Change::Deal(D::Win(Box::new(NewOrder {
            deal,
            product: "course".into(),
            price: Money(100_000),
            coupon: None,
            paid: Money(0),
            set: Vec::new(),
        }))),
        "deal.pay" => Change::Deal(D::Pay { order: it.order, amount: Money(1_000) }),
        "deal.book" => Change::Deal(D::Book { deal, node: "visit".into(), at: later(ground) }),
        "deal.node" => Change::Deal(D::Node { node: it.node, state: NodeState::Attended }),
        "deal.untag" => Change::Deal(D::Untag { deal }),
        "access.grant" => Change::Access(A::Grant(Box::new(NewGrant {
            customer,
            to: ground.floor.rep,
            right: OwnerRight::View,
            process: String::new(),
            until: None,
            share_bp: 0,
            reason: String::new(),
        }))),
        "access.revoke" => Change::Access(A::Revoke {
            customer,
            from: ground.actor(role),
            // what is not there is not found, and that is said only to who may take it back
            right: if relation == Relation::Collaborates {
                OwnerRight::Collaborate
            } else {
                OwnerRight::View
            },
            process: String::new(),
            reason: String::new(),
        }),
        "access.reveal" => Change::Access(A::Reveal { contact: it.contact, reason: "回电".to_owned() }),
        "privacy.erase" => Change::Privacy(PrivacyChange::Erase {
            customer,
            why: "asked for".to_owned(),
            rows: Vec::new(),
            until: 0,
        }),
        other => panic!("'{other}' is not about a customer"),
    }
}

fn on_colleague(ground: &Ground, kind: &str, user: UserId) -> Change {
    let key = || NewKey { fingerprint: "SHA256:x".to_owned(), body: "AAAA".to_owned(), name: String::new() };
    match kind {
        "people.set_user" => Change::People(P::SetUser {
            user,
            name: Some("别名".to_owned()),
            role: None,
            team: None,
            rank: None,
            job: None,
            state: None,
            coach: None,
        }),
        "people.set_target" => Change::People(P::SetTarget(NewTarget::goal(
            TargetOf::User(user),
            Period::Month,
            Metric::CallsDialed,
            (40, ground.floor.day()),
        ))),
        "people.set_targets" => Change::People(P::SetTargets(vec![NewTarget::goal(
            TargetOf::User(user),
            Period::Month,
            Metric::CallsDialed,
            (40, ground.floor.day()),
        )])),
        "people.set_score" => Change::People(P::SetScore(NewScore {
            user,
            first: ground.floor.day().month().first(),
            metric: Metric::QualityScore,
            value: 9_000,
            why: "听了十通电话".to_owned(),
        })),
        "pk.propose" => Change::Pk(K::Propose(Box::new(duel(&ground.floor, user, ground.far)))),
        "pk.accept" => Change::Pk(K::Accept { pk: ground.pk(user, Stage::Proposed) }),
        "pk.decline" => {
            Change::Pk(K::Decline { pk: ground.pk(user, Stage::Proposed), reason: String::new() })
        }
        "pk.withdraw" => {
            Change::Pk(K::Withdraw { pk: ground.pk(user, Stage::Proposed), reason: String::new() })
        }
        "pk.dispute" => {
            Change::Pk(K::Dispute { pk: ground.pk(user, Stage::Decided), reason: "不服".to_owned() })
        }
        "pk.settle" => Change::Pk(K::Settle {
            pk: ground.pk(user, Stage::Disputed),
            verdict: PkVerdict::Stands,
            winner: None,
            words: "听过录音".to_owned(),
        }),
        "report.hand_in" => Change::Report(ReportChange::HandIn {
            of: ReportOf::user(user, Period::Day, ground.floor.day()),
            lines: Lines::default(),
        }),
        "report.comment" => Change::Report(ReportChange::Comment {
            of: ReportOf::user(user, Period::Day, ground.floor.day()),
            words: "好".to_owned(),
            tasks: Vec::new(),
        }),
        "desk.attend" => Change::Desk(E::Attend { user, kind: Attendance::Present }),
        "desk.reassign" => {
            Change::Desk(E::Reassign { from: user, to: vec![ground.floor.rep], tasks: Vec::new() })
        }
        "desk.whisper" => Change::Desk(E::Whisper { to: user, words: "先打回访".to_owned() }),
        "desk.heard" => Change::Desk(E::Heard { whisper: ground.desk(user).0 }),
        "desk.decide" => Change::Desk(E::Decide(Box::new(Decide {
            round: ground.round,
            user,
            customer: None,
            words: "先打回访".to_owned(),
            due_at: later(ground),
        }))),
        "desk.settle" => Change::Desk(E::Settle { decision: ground.desk(user).1 }),
        "customer.add" => Change::Customer(C::Add(Box::new(household("韩梅梅", "13733334444", Some(user))))),
        "sign_in.add_key" => Change::SignIn(S::AddKey { user, key: key() }),
        "sign_in.remove_key" => Change::SignIn(S::RemoveKey { user, fingerprint: "SHA256:none".to_owned() }),
        "sign_in.invite" => {
            let code = Secret::new("hash");
            Change::SignIn(S::Invite { user, code, until: later(ground) })
        }
        "sign_in.enrol" => Change::SignIn(S::Enrol { user, code: Secret::new("hash"), key: key() }),
        "sign_in.set_password" => Change::SignIn(S::SetPassword { user, password: None }),
        "sign_in.set_totp" => Change::SignIn(S::SetTotp { user, secret: None }),
        "sign_in.set_pin" => Change::SignIn(S::SetPin { user, pin: None }),
        "sign_in.unlock" => Change::SignIn(S::Unlock { user }),
        "sign_in.tried" => Change::SignIn(S::Tried(Tried {
            user: Some(user),
            way: Way::Key,
            came: Came::Wrong,
            address: String::new(),
            step: None,
        })),
        "undo" => Change::Undo { write: Some(ground.change_of(user)) },
        other => panic!("'{other}' is not about a colleague"),
    }
}

fn on_house(ground: &Ground, kind: &str) -> Change {
    match kind {
        "people.add_user" => Change::People(P::AddUser(NewUser {
            login: "new".to_owned(),
            name: "新人".to_owned(),
            role: Role::Rep,
            team: None,
            rank: None,
            job: None,
        })),
        "people.apply_playbook" => Change::People(P::ApplyPlaybook {
            text: include_str!("../floor/small.toml").replace("version = \"1\"", "version = \"2\""),
        }),
        "people.team_playbook" => {
            Change::People(P::TeamPlaybook { team: ground.floor.team, playbook: "small".to_owned() })
        }
        "customer.import" => Change::Customer(C::Import(Box::new(ImportChunk {
            batch: BatchId(IdMaker::new(ground.floor.now(), 7).make()),
            file: "leads.csv".to_owned(),
            hash: "00".to_owned(),
            options: String::new(),
            known: KnownPolicy::Skip,
            assign: Vec::new(),
            assigned_before: 0,
            rows: Vec::new(),
            last: true,
        }))),
        "customer.restore" => Change::Customer(C::Restore(Box::new(RestoreChunk {
            records: Records::Customers,
            rows: Vec::new(),
        }))),
        "customer.undo_import" => Change::Customer(C::UndoImport(BatchId(1))),
        "work.roll_day" => Change::Work(W::RollDay { day: ground.floor.day(), after: None }),
        "access.ask_export" => Change::Access(A::AskExport {
            records: Records::Customers,
            narrowed: String::new(),
            reason: "年审".to_owned(),
        }),
        "access.decide_export" => {
            Change::Access(A::DecideExport { ask: AskId(1), approve: true, words: String::new() })
        }
        "report.close" => Change::Report(ReportChange::Close {
            who: Vec::new(),
            period: Period::Day,
            first: ground.floor.day(),
        }),
        "pk.decide" => {
            Change::Pk(K::Decide { pk: ground.pk(ground.floor.stranger, Stage::Proposed), round: 1 })
        }
        "report.note_health" => Change::Report(ReportChange::NoteHealth {
            team: ground.floor.team,
            quarter: ground.floor.day().plus(-100),
            words: "新客太少".to_owned(),
        }),
        "desk.call_round" => Change::Desk(E::CallRound {
            team: ground.floor.team,
            kind: RoundKind::Evening,
            words: String::new(),
        }),
        "desk.finish_stock" => Change::Desk(E::FinishStock { team: ground.floor.team }),
        "figures.mend" => Change::Figures(FiguresChange::Mend { rows: Vec::new() }),
        "pk.nemesis" => Change::Pk(K::Nemesis { whom: Some(ground.floor.stranger) }),
        "note" => {
            Change::Note(Box::new(Note::new(corral::domain::lists::AuditKind::SignedIn, About::Nothing)))
        }
        "privacy.age" => Change::Privacy(PrivacyChange::Age {
            playbook: "small".to_owned(),
            before: Timestamp(0),
            touches: Vec::new(),
            rows: Vec::new(),
        }),
        other => panic!("'{other}' is not about the house"),
    }
}
