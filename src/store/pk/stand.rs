//! How somebody stands to a match and its sides.

use std::collections::BTreeSet;

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Role, UserState};
use crate::domain::pk::Who;
use crate::domain::time::Day;
use crate::store::actor::team_of;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pk::kept::{Kept, KeptSide};
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::{sql, values};

/// Somebody with the team of a day.
#[derive(Debug, Clone)]
pub struct Stand {
    pub id: UserId,
    /// `None` of one who is not known, or has left: such a one may nothing.
    pub role: Option<Role>,
    pub team: Option<TeamId>,
    /// Who is in the team, the person too.
    mates: BTreeSet<UserId>,
}

impl Stand {
    /// Reads how somebody stands on a day.
    pub fn load(tx: Tx<'_>, id: UserId, day: Day) -> Result<Self, StoreError> {
        let found =
            tx.one(sql!("SELECT role, state FROM person_user WHERE id = $1"), values![id], |row| {
                Ok((word(row, 0, Role::parse)?, word(row, 1, UserState::parse)?))
            })?;
        let role = found.filter(|(_, state)| *state != UserState::Left).map(|(role, _)| role);
        let team = team_of(tx, id, day)?;
        let mates = tx.all(
            sql!(
                "SELECT user_id FROM membership WHERE team_id = $1 AND from_day <= $2 AND (to_day IS NULL OR to_day >= $2)"
            ),
            values![team, day],
            |row| Ok(UserId(row.int(0)?)),
        )?;
        Ok(Self { id, role, team, mates: mates.into_iter().collect() })
    }

    /// Whether the role may do something in this relation.
    pub fn may(&self, action: Action, relation: Relation) -> bool {
        self.role.is_some_and(|role| rights::may(role, action, relation))
    }

    /// To a side, for whom may speak for it: who is one of its people, who is of a team of theirs. A team is spoken for by who leads it,
    /// not by anybody in it.
    pub fn to_side(&self, who: &Who) -> Relation {
        match who {
            Who::People(people) if people.contains(&self.id) => Relation::Own,
            Who::People(people) if people.iter().any(|user| self.mates.contains(user)) => Relation::Team,
            Who::Team(team) if self.team == Some(*team) => Relation::Team,
            _ => Relation::Other,
        }
    }

    /// Whether the person plays on a side.
    pub fn is_in(&self, who: &Who) -> bool {
        match who {
            Who::People(people) => people.contains(&self.id),
            Who::Team(team) => self.team == Some(*team) && self.competes(),
        }
    }

    /// To a match as a whole.
    pub fn to_match(&self, kept: &Kept) -> Relation {
        if kept.sides.iter().any(|side| self.is_in(&side.who)) {
            return Relation::Own;
        }
        let near = |side: &KeptSide| self.to_side(&side.who) == Relation::Team;
        if kept.sides.iter().any(near) { Relation::Team } else { Relation::Other }
    }

    /// To who proposed a match.
    pub fn to_user(&self, user: UserId) -> Relation {
        if user == self.id {
            Relation::Own
        } else if self.mates.contains(&user) {
            Relation::Team
        } else {
            Relation::Other
        }
    }

    /// Whether all of some people are of the own team.
    pub fn leads_all(&self, who: &Who) -> bool {
        match who {
            Who::People(people) => people.iter().all(|user| self.mates.contains(user)),
            Who::Team(team) => self.team == Some(*team),
        }
    }

    fn competes(&self) -> bool {
        matches!(self.role, Some(Role::Rep | Role::Coach))
    }
}
