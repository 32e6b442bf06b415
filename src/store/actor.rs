//! Who acts, as the store knows them in a transaction.

use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::{Role, UserState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::lookup::Seat;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::grants;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::{sql, values};

/// What somebody wants to do to a customer.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// As rights see it.
    pub action: Action,
    /// In which process; `None` for the customer as a whole.
    pub process: Option<&'a str>,
    /// In words, as a verb phrase.
    pub what: &'a str,
}

/// The user a change is made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Today's team.
    pub team: Option<TeamId>,
    /// Rank code.
    pub rank: String,
    /// Job; empty for any.
    pub job: String,
    /// Whether the actor is here, or about to leave.
    pub state: UserState,
    /// The first day in a team; `None` before it.
    pub since: Option<Day>,
}

impl Actor {
    /// Loads who acts; refuses one who left.
    pub fn load(tx: Tx<'_>, id: UserId, day: Day) -> Result<Self, StoreError> {
        let found = tx.one(
            sql!(
                "SELECT name, role, rank, job, state, (SELECT min(m.from_day) FROM membership m WHERE m.user_id = person_user.id) \
                 FROM person_user WHERE id = $1"
            ),
            values![id],
            |row| {
                Ok(Self {
                    id,
                    name: row.text(0)?.to_owned(),
                    role: word(row, 1, Role::parse)?,
                    team: None,
                    rank: row.text(2)?.to_owned(),
                    job: row.text(3)?.to_owned(),
                    state: word(row, 4, UserState::parse)?,
                    since: row.opt_int(5)?.map(Day),
                })
            },
        )?;
        let Some(mut actor) = found else {
            return Err(StoreError::NotFound { kind: "user", id: id.to_string(), hint: None });
        };
        if actor.state == UserState::Left {
            return Err(StoreError::NotActive { by: id, why: "left".to_owned() });
        }
        actor.team = team_of(tx, id, day)?;
        Ok(actor)
    }

    /// What the targets go by.
    pub fn seat(&self) -> Seat<'_> {
        Seat { job: &self.job, rank: &self.rank, since: self.since }
    }

    /// How the actor stands to a customer.
    pub fn relation(&self, tx: Tx<'_>, customer: CustomerId, day: Day) -> Result<Relation, StoreError> {
        self.relation_to(tx, owner_of(tx, customer)?, day)
    }

    /// Refuses what the actor's role may do to a customer of this owner neither by that nor by what was granted; `what` is a verb
    /// phrase. A grant for one process counts where the process is that one, or is not asked.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], naming whose the customer is.
    pub fn check(
        &self,
        tx: Tx<'_>,
        (customer, owner): (CustomerId, Option<UserId>),
        (day, at): (Day, Timestamp),
        wanted: &Wanted<'_>,
    ) -> Result<(), StoreError> {
        let relation = self.relation_to(tx, owner, day)?;
        if rights::may(self.role, wanted.action, relation) {
            return Ok(());
        }
        // what was granted is asked only by who needs it
        for grant in grants::of(tx, customer, self.id, at)? {
            let counts = wanted.process.is_none_or(|process| grant.is_for(process));
            if counts && rights::may(self.role, wanted.action, Relation::of(grant.right)) {
                return Ok(());
            }
        }
        rights::check(self.role, wanted.action, relation, wanted.what)
    }

    /// How the actor stands to what an owner has.
    pub fn relation_to(&self, tx: Tx<'_>, owner: Option<UserId>, day: Day) -> Result<Relation, StoreError> {
        Ok(match owner {
            None => Relation::Nobody,
            Some(owner) if owner == self.id => Relation::Own,
            Some(owner) if self.team.is_some() && team_of(tx, owner, day)? == self.team => Relation::Team,
            Some(_) => Relation::Other,
        })
    }
}

/// Who follows a customer.
///
/// # Errors
/// [`StoreError::NotFound`] where there is no such customer.
pub fn owner_of(tx: Tx<'_>, customer: CustomerId) -> Result<Option<UserId>, StoreError> {
    let owner =
        tx.one(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer], |row| row.opt_int(0))?;
    let owner = owner.ok_or_else(|| StoreError::NotFound {
        kind: "customer",
        id: customer.to_string(),
        hint: None,
    })?;
    Ok(owner.map(UserId))
}

/// The team of a user on a day.
pub fn team_of(tx: Tx<'_>, user: UserId, day: Day) -> Result<Option<TeamId>, StoreError> {
    let team = tx.number(
        sql!(
            "SELECT team_id FROM membership WHERE user_id = $1 AND from_day <= $2 AND (to_day IS NULL OR to_day >= $2) \
             ORDER BY from_day DESC LIMIT 1"
        ),
        values![user, day],
    )?;
    Ok(team.map(TeamId))
}
