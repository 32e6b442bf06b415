//! The people of a board, with their team on a day.

use std::collections::BTreeMap;

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Metric, Role, UserState};
use crate::domain::time::{Day, Month};
use crate::playbook::lookup::Seat;
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// A person as a board knows one.
#[derive(Debug, Clone)]
pub(in crate::store) struct Member {
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub active: bool,
    pub rank: String,
    pub job: String,
    pub coach: Option<UserId>,
    pub team: Option<TeamId>,
    pub team_name: String,
    /// The playbook of the team; empty for the only one.
    pub playbook: String,
    /// The first day in a team.
    pub since: Option<Day>,
}

impl Member {
    /// What the targets go by.
    pub(super) fn seat(&self) -> Seat<'_> {
        Seat { job: &self.job, rank: &self.rank, since: self.since }
    }

    /// Whether a board lists this person even without a figure: reps and coaches who work here.
    pub(in crate::store) fn competes(&self) -> bool {
        self.active && matches!(self.role, Role::Rep | Role::Coach)
    }

    /// Whether this person was here on a day: who joined later is not on the boards of before.
    pub(super) fn came_by(&self, day: Day) -> bool {
        self.since.is_none_or(|since| since <= day)
    }
}

/// Everybody but the system itself, with the team of that day, by id.
pub(in crate::store) fn all(tx: Tx<'_>, day: Day) -> Result<Vec<Member>, StoreError> {
    let mut people = People::default();
    tx.each(
        sql!(
            "SELECT u.id, u.name, u.role, u.state, u.rank, u.job, u.coach_id, m.team_id, t.name, t.playbook, m.from_day, \
             (SELECT min(f.from_day) FROM membership f WHERE f.user_id = u.id) FROM person_user u \
             LEFT JOIN membership m ON m.user_id = u.id AND m.from_day <= $1 AND (m.to_day IS NULL OR m.to_day >= $1) \
             LEFT JOIN team t ON t.id = m.team_id WHERE u.id <> $2 ORDER BY u.id"
        ),
        values![day, Db::SYSTEM],
        |row| people.add(row),
    )?;
    Ok(people.into_members())
}

/// A user and whoever is or was of the same team on a day, by id: what the user's own line is made of.
pub(super) fn around(tx: Tx<'_>, user: UserId, day: Day) -> Result<Vec<Member>, StoreError> {
    let mut people = People::default();
    tx.each(
        sql!(
            "SELECT u.id, u.name, u.role, u.state, u.rank, u.job, u.coach_id, m.team_id, t.name, t.playbook, m.from_day, \
             (SELECT min(f.from_day) FROM membership f WHERE f.user_id = u.id) FROM person_user u \
             LEFT JOIN membership m ON m.user_id = u.id AND m.from_day <= $1 AND (m.to_day IS NULL OR m.to_day >= $1) \
             LEFT JOIN team t ON t.id = m.team_id \
             WHERE u.id IN (SELECT me.id FROM person_user me WHERE me.id = $2 UNION ALL \
                 SELECT o.user_id FROM membership i JOIN membership o ON o.team_id = i.team_id AND o.from_day <= $1 \
                     AND (o.to_day IS NULL OR o.to_day >= $1) \
                 WHERE i.user_id = $2 AND i.from_day <= $1 AND (i.to_day IS NULL OR i.to_day >= $1)) AND u.id <> $3 ORDER BY u.id"
        ),
        values![day, user, Db::SYSTEM],
        |row| people.add(row),
    )?;
    Ok(people.into_members())
}

/// People as they are read, with the day their membership began.
#[derive(Debug, Default)]
struct People(BTreeMap<UserId, (i64, Member)>);

impl People {
    fn add(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        let id = UserId(row.int(0)?);
        let since = row.opt_int(10)?.unwrap_or(i64::MIN);
        let member = Member {
            id,
            name: row.text(1)?.to_owned(),
            role: word(row, 2, Role::parse)?,
            active: word(row, 3, UserState::parse)? != UserState::Left,
            rank: row.text(4)?.to_owned(),
            job: row.text(5)?.to_owned(),
            coach: row.opt_int(6)?.map(UserId),
            team: row.opt_int(7)?.map(TeamId),
            team_name: row.opt_text(8)?.unwrap_or_default().to_owned(),
            playbook: row.opt_text(9)?.unwrap_or_default().to_owned(),
            since: row.opt_int(11)?.map(Day),
        };
        // two memberships on one day: the later one is where the person is now
        match self.0.get(&id) {
            Some((before, _)) if *before > since => {}
            _ => {
                self.0.insert(id, (since, member));
            }
        }
        Ok(())
    }

    fn into_members(self) -> Vec<Member> {
        self.0.into_values().map(|(_, member)| member).collect()
    }
}

/// What somebody did, and when the last of it was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figure {
    pub value: i64,
    /// 0 where it was not noted.
    pub at: i64,
}

/// Figures by person and the team they were made in; team 0 is none.
pub(super) type Figures = BTreeMap<(UserId, TeamId), Figure>;

/// Sums of a month of just these people.
pub(super) fn of_month(
    tx: Tx<'_>,
    (month, metric): (Month, Metric),
    people: &[Member],
) -> Result<Figures, StoreError> {
    let mut figures = Figures::new();
    for member in people {
        tx.each(
            sql!(
                "SELECT team_id, CAST(sum(value) AS BIGINT), max(at) FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3 \
                 GROUP BY team_id"
            ),
            values![month, metric, member.id],
            |row| {
                let figure = Figure { value: row.int(1)?, at: row.int(2)? };
                figures.insert((member.id, TeamId(row.int(0)?)), figure);
                Ok(())
            },
        )?;
    }
    Ok(figures)
}

/// What a person did, in whichever team.
pub(super) fn of_user(figures: &Figures, user: UserId) -> Figure {
    let all = figures.range((user, TeamId(i64::MIN))..=(user, TeamId(i64::MAX)));
    all.fold(Figure::default(), |sum, (_, figure)| sum.and(*figure))
}

impl Figure {
    /// Both together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self { value: self.value + other.value, at: self.at.max(other.at) }
    }
}
