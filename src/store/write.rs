//! The path of every change: rights → rules → rows → increments → plan → journal, in one transaction.

use std::collections::BTreeSet;

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, IdMaker, TeamId, UserId, WriteId};
use crate::domain::time::{Day, Timestamp, Zone};
use crate::store::actor::{self, Actor, Wanted};
use crate::store::audit::{self, By};
use crate::store::books::{self, Book, Books, PEOPLE};
use crate::store::change::{Change, Commit, Effects, Note, PrivacyChange, Topic, Write};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::foreseen::{self, Foreseen};
use crate::store::journal::Tail;
use crate::store::privacy::barred::Barred;
use crate::store::rights::{self, Action};
use crate::store::search::Pending;
use crate::store::undo::Reversal;
use crate::store::value::Value;
use crate::store::{
    access, customers, deals, desk, good_news, journal, people, pk, privacy, rebuild, report, sign_in, undo,
    work,
};
use crate::{sql, values};

/// A change under way: the transaction, who acts, and what has come of it so far.
#[derive(Debug)]
pub struct Work<'a> {
    /// The transaction.
    pub tx: Tx<'a>,
    /// The change's id.
    pub write: WriteId,
    /// Who acts.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The business day of that, in the actor's playbook's zone.
    pub day: Day,
    /// Ids for what is made.
    pub ids: IdMaker,
    /// What it causes.
    pub effects: Effects,
    /// What new customers will be found by.
    pub found_by: Pending,
    /// What was asked before anything was written.
    pub foreseen: Foreseen,
    /// Whom nobody may contact although nothing else is kept.
    pub barred: Barred,
    books: &'a mut Books,
    topics: BTreeSet<Topic>,
    reversal: Vec<Reversal>,
    notes: Vec<Note>,
    idle: bool,
}

impl Work<'_> {
    /// Refuses what the actor's role may not do to this customer; `what` is a verb phrase.
    pub fn may(&self, action: Action, customer: CustomerId, what: &str) -> Result<(), StoreError> {
        let owner = actor::owner_of(self.tx, customer)?;
        self.by.check(
            self.tx,
            (customer, owner),
            (self.day, self.at),
            &Wanted { action, process: None, what },
        )
    }

    /// The same in a deal of a pipeline, where it is known already who follows the customer: what was granted for another process
    /// does not count.
    pub fn may_in(
        &mut self,
        (customer, owner): (CustomerId, Option<UserId>),
        pipeline: Option<&PipelineCode>,
        (action, what): (Action, &str),
    ) -> Result<(), StoreError> {
        let relation = self.by.relation_to(self.tx, owner, self.day)?;
        if rights::may(self.by.role, action, relation) {
            return Ok(());
        }
        // only of what was granted it has to be known for which process
        let book = self.book_of(customer)?.playbook;
        let process = pipeline.and_then(|code| book.pipeline(code)).map(|pipeline| pipeline.process.as_str());
        self.by.check(self.tx, (customer, owner), (self.day, self.at), &Wanted { action, process, what })
    }

    /// The newest version of a playbook.
    pub fn book(&mut self, id: &str) -> Result<Book, StoreError> {
        self.books.newest(self.tx, id)
    }

    /// A given version of a playbook.
    pub fn old_book(&mut self, id: &str, number: i64) -> Result<Book, StoreError> {
        self.books.version(self.tx, id, number)
    }

    /// The playbook a customer is worked by.
    pub fn book_of(&mut self, customer: CustomerId) -> Result<Book, StoreError> {
        let id = self
            .tx
            .one(sql!("SELECT playbook FROM customer WHERE id = $1"), values![customer], |row| {
                Ok(row.text(0)?.to_owned())
            })?
            .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })?;
        self.book(&id)
    }

    /// The team of a user on this change's day.
    pub fn team_of(&self, user: UserId) -> Result<Option<TeamId>, StoreError> {
        if user == self.by.id { Ok(self.by.team) } else { actor::team_of(self.tx, user, self.day) }
    }

    /// Notes how to take a step back.
    pub fn reverse(&mut self, step: Reversal) {
        self.reversal.push(step);
    }

    /// Notes in the audit trail what this change does that matters.
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// Forgets how to go back: this change cannot be undone as a whole (an import).
    pub fn irreversible(&mut self) {
        self.reversal.clear();
    }

    /// Says that there was nothing to do: the journal gets no row, and the commit is that of the revision there is.
    pub const fn idle(&mut self) {
        self.idle = true;
    }

    /// Notes what others may want to read again.
    pub fn touch(&mut self, topic: Topic) {
        self.topics.insert(topic);
    }

    /// Notes whose tasks changed.
    pub fn owner(&mut self, user: Option<UserId>) {
        self.topics.insert(Topic::Tasks);
        if let Some(user) = user.filter(|u| !self.effects.owners.contains(u)) {
            self.effects.owners.push(user);
        }
    }

    /// The books, for reading others than the actor's.
    pub fn books(&mut self) -> &mut Books {
        self.books
    }
}

/// Ids that a change may make after its own: as far apart whoever sends several within a millisecond keeps theirs.
const ROOM: i64 = 8_192;

/// What every change asks first, in one statement: where the journal ends, whether the change was made before or its ids are
/// near another's, and who changed users or playbooks last.
struct Opening {
    tail: Tail,
    replayed: bool,
    /// Whether another change's id is so near that both might make the same ids: many people press a key in one millisecond,
    /// and an import makes thousands of ids after its own.
    crowded: bool,
    people: Option<String>,
}

impl Opening {
    const ASKED: &str = sql!(
        "SELECT j.rev, j.hash, (SELECT w.rev FROM journal w WHERE w.write_id = $1), \
         (SELECT s.value FROM setting s WHERE s.name = $2), \
         (SELECT min(n.write_id) FROM journal n WHERE n.write_id > $3 AND n.write_id < $4) \
         FROM journal j ORDER BY j.rev DESC LIMIT 1"
    );

    /// Reads it, and asks with it what the change will want to know of the task and the customer it names.
    fn read(tx: Tx<'_>, books: &Books, change: &Write) -> Result<Self, StoreError> {
        let write = change.id;
        let asked: &[Value<'_>] = values![write, PEOPLE, write.0 - ROOM, write.0 + ROOM];
        if let Change::Work(work) = &change.change {
            let (task, customer) = work::named(work);
            let of_task = [task.into()];
            let mut questions = vec![(Self::ASKED, asked)];
            if task.is_some() {
                questions.push((work::task::FIND, of_task.as_slice()));
            }
            match customer {
                Some(customer) => {
                    foreseen::ask(tx, customer, books.account(change.by, change.at), &questions)?;
                }
                None => tx.ahead(&questions)?,
            }
        }
        let found = tx.one(Self::ASKED, asked, |row| {
            Ok(Self {
                tail: Tail { revision: row.int(0)?, seal: row.text(1)?.to_owned() },
                replayed: row.opt_int(2)?.is_some(),
                people: row.opt_text(3)?.map(str::to_owned),
                crowded: row.opt_int(4)?.is_some(),
            })
        })?;
        // nothing was ever changed: nobody has changed users either
        Ok(found.unwrap_or(Self { tail: Tail::default(), replayed: false, crowded: false, people: None }))
    }
}

/// Runs one write inside an open transaction (or savepoint); the caller commits or rolls back.
pub fn write(tx: Tx<'_>, books: &mut Books, write: &Write) -> Result<Commit, StoreError> {
    let opening = Opening::read(tx, books, write)?;
    if opening.replayed
        && let Some(commit) = journal::replayed(tx, write.id)?
    {
        return Ok(commit);
    }
    books.hear(opening.people);
    let moves = matches!(write.change, Change::People(_) | Change::Undo { .. });
    if moves {
        books.begin_moving();
    }
    let made = make(tx, books, write, (opening.tail, opening.crowded));
    if moves {
        books.end_moving();
    }
    made
}

fn make(
    tx: Tx<'_>,
    books: &mut Books,
    write: &Write,
    (mut tail, crowded): (Tail, bool),
) -> Result<Commit, StoreError> {
    let day = zone_of(tx, books, write.by)?.day(write.at);
    let mut work = Work {
        tx,
        write: write.id,
        by: books.actor(tx, write.by, day)?,
        at: write.at,
        day,
        ids: if crowded { IdMaker::apart(write.id) } else { IdMaker::after(write.id) },
        effects: Effects::default(),
        found_by: Pending::default(),
        foreseen: Foreseen::default(),
        barred: Barred::default(),
        books,
        topics: BTreeSet::new(),
        reversal: Vec::new(),
        notes: Vec::new(),
        idle: false,
    };
    match &write.change {
        Change::People(change) => people::apply(&mut work, change)?,
        Change::Customer(change) => customers::apply(&mut work, change)?,
        Change::Work(change) => work::apply(&mut work, change)?,
        Change::Deal(change) => deals::apply(&mut work, change)?,
        Change::SignIn(change) => sign_in::apply(&mut work, change)?,
        Change::Access(change) => access::apply(&mut work, change)?,
        Change::Privacy(PrivacyChange::Erase { customer, why, rows, until }) => {
            privacy::erase(&mut work, *customer, why, (rows, *until))?;
        }
        Change::Privacy(PrivacyChange::Age { playbook, before, touches, rows }) => {
            privacy::age(&mut work, (playbook, *before), touches, rows)?;
        }
        Change::Pk(change) => pk::apply(&mut work, change)?,
        Change::Report(change) => report::apply(&mut work, change)?,
        Change::Desk(change) => desk::apply(&mut work, change)?,
        Change::Figures(change) => rebuild::apply(&mut work, change)?,
        Change::Undo { write } => undo::apply(&mut work, *write)?,
        Change::Note(note) => {
            audit::once(tx, By { write, team: work.by.team }, note)?;
            work.idle();
        }
    }
    if !work.reversal.is_empty() {
        let steps = std::mem::take(&mut work.reversal);
        let told = good_news::counted(&mut work, &steps);
        work.reversal.splice(0..0, steps);
        told?;
    }
    work.found_by.settle(tx)?;
    let Work { by, effects, topics, reversal, notes, idle, .. } = work;
    audit::add(tx, By { write, team: by.team }, &notes)?;
    if idle {
        let revision = tail.revision;
        return Ok(Commit { revision, write: write.id, topics: Vec::new(), effects, replayed: true });
    }
    let undone = effects.undone.as_ref().is_some_and(|(_, kind)| kind.starts_with("people."));
    if undone || matches!(write.change, Change::People(_)) {
        books::stamp(tx, write.id)?;
    }
    let entry = journal::Entry { write, effects, topics: topics.into_iter().collect(), reversal };
    let commit = tail.append(tx, entry)?;
    tail.note(tx)?;
    Ok(commit)
}

/// The business zone of a user: the team's playbook's, else the only playbook's, else UTC.
pub fn zone_of(tx: Tx<'_>, books: &mut Books, user: UserId) -> Result<Zone, StoreError> {
    match books.playbook_of(tx, user)? {
        Some(id) => Ok(books.newest(tx, &id)?.playbook.zone),
        None => Ok(Zone::UTC),
    }
}

/// The id of the playbook a user works by: the present team's, else the first there is.
pub fn playbook_of(tx: Tx<'_>, user: UserId) -> Result<Option<String>, StoreError> {
    let of_team = tx.one(
        sql!(
            "SELECT t.playbook FROM membership m JOIN team t ON t.id = m.team_id \
             WHERE m.user_id = $1 AND t.playbook <> '' ORDER BY m.from_day DESC LIMIT 1"
        ),
        values![user],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    match of_team {
        Some(id) => Ok(Some(id)),
        None => tx
            .one(sql!("SELECT min(playbook) FROM playbook_version"), &[], |row| {
                Ok(row.opt_text(0)?.map(str::to_owned))
            })
            .map(Option::flatten),
    }
}
