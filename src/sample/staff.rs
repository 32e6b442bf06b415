//! Who works on a made-up floor: sites, teams, leads, coaches, reps with ranks and jobs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use pinyin::ToPinyin as _;

use crate::domain::id::{IdMaker, TeamId, UserId, WriteId};
use crate::domain::lists::{Period, Role, Shape};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::lookup::TargetFor;
use crate::playbook::source::Loaded;
use crate::sample::Request;
use crate::sample::chance::Chance;
use crate::sample::names;
use crate::store::change::people::{NewTarget, NewUser, TargetOf};
use crate::store::change::{Change, PeopleChange, Write};
use crate::store::db::Bulk;
use crate::store::query::Query;
use crate::store::{Db, StoreError, query, read};

/// Reps of a team on a large floor.
const TEAM: usize = 8;
/// Teams of a coach.
const COACHED: usize = 3;
/// How many ranks' reps there are among ten: the first rank's, the second's, ….
const RANKS: &[u32] = &[2, 5, 2, 1];

/// Those who work by one playbook.
#[derive(Debug, Clone)]
pub struct Site {
    /// The method.
    pub book: Arc<Loaded>,
    /// Its teams.
    pub teams: Vec<Team>,
}

impl Site {
    /// Its playbook.
    pub fn playbook(&self) -> &Playbook {
        &self.book.playbook
    }

    /// Its reps, team by team.
    pub fn reps(&self) -> impl Iterator<Item = UserId> + '_ {
        self.teams.iter().flat_map(|team| team.reps.iter().copied())
    }
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Who runs it.
    pub lead: UserId,
    /// Its reps.
    pub reps: Vec<UserId>,
}

/// Gives changes their ids: time-ordered, never the same twice, the same in every run.
#[derive(Debug, Clone, Default)]
pub struct Pen {
    last: i64,
    mixed: u64,
}

impl Pen {
    /// One whose ids do not meet those of other programs that write at the same time.
    pub const fn mixed(random: u64) -> Self {
        Self { last: 0, mixed: random | 1 }
    }

    /// A change made at an instant. Every one has a millisecond of its own, so that what it makes stays apart.
    pub fn write(&mut self, by: UserId, at: Timestamp, change: Change) -> Write {
        self.last = at.0.max(self.last + 1);
        Write {
            id: WriteId(IdMaker::new(Timestamp(self.last), self.random()).make()),
            by,
            at,
            from: Origin::Local,
            change,
        }
    }
}

impl Pen {
    const fn random(&mut self) -> u64 {
        if self.mixed == 0 {
            return 0;
        }
        // a step of a generator with a full period is enough: it only has to be apart from others
        self.mixed =
            self.mixed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.mixed >> 20
    }
}

/// How many teams each playbook gets: the first one most, every other one at least one.
pub fn teams(reps: usize, playbooks: usize) -> Vec<usize> {
    let playbooks = playbooks.max(1);
    let wanted = reps.div_ceil(TEAM).max((reps / 4).min(playbooks + 2)).max(playbooks);
    let each = (wanted / (playbooks + 2)).max(1);
    let first = wanted.saturating_sub(each * (playbooks - 1)).max(1);
    std::iter::once(first).chain(std::iter::repeat_n(each, playbooks - 1)).collect()
}

/// Hires everybody and says who works where. The changes are made at `at`, before the history begins.
pub fn hire(
    bulk: &mut Bulk<'_>,
    pen: &mut Pen,
    request: &Request,
    at: Timestamp,
) -> Result<Vec<Site>, StoreError> {
    let mut hiring = Hiring {
        pen,
        at,
        chance: Chance::of(request.seed, 1),
        logins: BTreeSet::from(["system".to_owned()]),
    };
    for book in &request.playbooks {
        let text = book.text.clone();
        hiring.make(bulk, Db::SYSTEM, PeopleChange::ApplyPlaybook { text })?;
    }
    let shares = teams(request.reps, request.playbooks.len());
    let all: usize = shares.iter().sum();
    let mut sites = Vec::new();
    let mut number = 0;
    let mut coach = None;
    for (book, count) in request.playbooks.iter().zip(shares) {
        let mut site = Site { book: book.clone(), teams: Vec::new() };
        for _ in 0..count {
            // teams differ by one rep at most
            let reps = request.reps * (number + 1) / all - request.reps * number / all;
            if number % COACHED == 0 {
                coach = None;
            }
            site.teams.push(hiring.team(bulk, &site.book.playbook, (number, reps), &mut coach)?);
            number += 1;
        }
        hiring.add(bulk, Role::Manager, (None, "", ""))?;
        sites.push(site);
    }
    Ok(sites)
}

struct Hiring<'a> {
    pen: &'a mut Pen,
    at: Timestamp,
    chance: Chance,
    logins: BTreeSet<String>,
}

impl Hiring<'_> {
    fn make(
        &mut self,
        bulk: &mut Bulk<'_>,
        by: UserId,
        change: PeopleChange,
    ) -> Result<Option<UserId>, StoreError> {
        self.at = self.at.plus(Duration::from_millis(20));
        let write = self.pen.write(by, self.at, Change::People(change));
        Ok(bulk.write(&write)?.effects.user)
    }

    fn add(
        &mut self,
        bulk: &mut Bulk<'_>,
        role: Role,
        (team, rank, job): (Option<&str>, &str, &str),
    ) -> Result<UserId, StoreError> {
        let name = names::grown(&mut self.chance);
        let login = self.login(&name);
        let user = NewUser {
            login,
            name,
            role,
            team: team.map(str::to_owned),
            rank: Some(rank.to_owned()),
            job: Some(job.to_owned()),
        };
        self.make(bulk, Db::SYSTEM, PeopleChange::AddUser(user))?.ok_or_else(|| StoreError::Engine {
            doing: "adding a user".to_owned(),
            what: "the change named no user".to_owned(),
        })
    }

    /// A sign-in name: the name in pinyin, with a number where somebody has it.
    fn login(&mut self, name: &str) -> String {
        let plain: String = name.to_pinyin().flatten().map(pinyin::Pinyin::plain).collect();
        let login = (1..=self.logins.len() + 2)
            .map(|n| if n == 1 { plain.clone() } else { format!("{plain}{n}") })
            .find(|login| !self.logins.contains(login))
            .unwrap_or(plain);
        self.logins.insert(login.clone());
        login
    }

    fn team(
        &mut self,
        bulk: &mut Bulk<'_>,
        book: &Playbook,
        (number, size): (usize, usize),
        coach: &mut Option<String>,
    ) -> Result<Team, StoreError> {
        let name = format!("{}队", numeral(number + 1));
        let lead = self.add(bulk, Role::Lead, (Some(&name), "", ""))?;
        let id = team_id(bulk, &name)?;
        self.make(bulk, Db::SYSTEM, PeopleChange::TeamPlaybook { team: id, playbook: book.id.clone() })?;
        if coach.is_none() && size > 2 {
            let user = self.add(bulk, Role::Coach, (Some(&name), "", ""))?;
            *coach = login_of(bulk, user)?;
        }
        let job =
            book.pipelines.iter().find(|p| p.shape == Shape::Full).map_or("", |p| p.owner_role.as_str());
        let mut reps = Vec::new();
        let mut wanted = 0;
        for _ in 0..size {
            let weights = (0..book.ranks.len()).map(|n| RANKS.get(n).copied().unwrap_or(1));
            let place = self.chance.weighed(weights);
            let rank = book.ranks.get(place).map(|rank| rank.code.clone()).unwrap_or_default();
            let rep = self.add(bulk, Role::Rep, (Some(&name), rank.as_str(), job))?;
            if place == 0
                && let Some(login) = coach
            {
                let change = coached(rep, login);
                self.make(bulk, Db::SYSTEM, change)?;
            }
            let main = book.metrics.main;
            wanted += book.target_for(TargetFor::Rank(&rank), main, Period::Month).unwrap_or(0);
            reps.push(rep);
        }
        if wanted > 0 && book.metrics.main.is_summed() {
            let from = book.zone.day(self.at);
            let metric = book.metrics.main;
            let target = NewTarget::goal(TargetOf::Team(id), Period::Month, metric, (wanted, from));
            self.make(bulk, lead, PeopleChange::SetTarget(target))?;
        }
        Ok(Team { lead, reps })
    }
}

fn coached(user: UserId, coach: &str) -> PeopleChange {
    PeopleChange::SetUser {
        user,
        name: None,
        role: None,
        team: None,
        rank: None,
        job: None,
        state: None,
        coach: Some(coach.to_owned()),
    }
}

fn team_id(bulk: &mut Bulk<'_>, name: &str) -> Result<TeamId, StoreError> {
    let answer = bulk.look(|tx, books| read::answer(tx, books, &Query::Teams))?;
    let query::Answer::Teams(teams) = answer else { return Err(missing("team", name)) };
    teams.iter().find(|team| team.name == name).map(|team| team.id).ok_or_else(|| missing("team", name))
}

fn login_of(bulk: &mut Bulk<'_>, user: UserId) -> Result<Option<String>, StoreError> {
    let answer = bulk.look(|tx, books| read::answer(tx, books, &Query::Users))?;
    let query::Answer::Users(users) = answer else { return Ok(None) };
    Ok(users.iter().find(|row| row.id == user).map(|row| row.login.clone()))
}

fn missing(kind: &'static str, id: &str) -> StoreError {
    StoreError::NotFound { kind, id: id.to_owned(), hint: None }
}

/// A number below a hundred as it is written in Chinese; Arabic digits from there on.
fn numeral(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: usize| DIGITS.get(n).copied().unwrap_or_default();
    match (n / 10, n % 10) {
        (0, ones) => digit(ones).to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens @ 2..=9, ones) => format!("{}十{}", digit(tens), digit(ones)),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_playbook_has_most_teams_and_every_other_one_some() {
        assert_eq!(teams(24, 3), [3, 1, 1]);
        assert_eq!(teams(24, 1), [3]);
        assert_eq!(teams(3, 3), [1, 1, 1]);
        assert_eq!(teams(1, 1), [1]);
        // 500 reps: 63 teams of eight, two fifths of them not the first playbook's
        assert_eq!(teams(500, 3), [39, 12, 12]);
    }

    #[test]
    fn numbers_are_written_as_in_chinese() {
        let seen: Vec<String> = [1, 10, 11, 20, 35, 100].iter().map(|n| numeral(*n)).collect();
        assert_eq!(seen, ["一", "十", "十一", "二十", "三十五", "100"]);
    }

    #[test]
    fn no_two_changes_have_the_same_id() {
        let mut pen = Pen::default();
        let change = || Change::Undo { write: None };
        let one = pen.write(UserId(1), Timestamp(1_700_000_000_000), change());
        let two = pen.write(UserId(1), Timestamp(1_700_000_000_000), change());
        assert!(two.id > one.id);
        assert_eq!(two.at, one.at);
    }
}
