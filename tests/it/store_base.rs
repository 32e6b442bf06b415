//! The ground of the store: people, files, journal, undo, verification, workers.

use corral::domain::lists::{Metric, Period, Role, UserState};
use corral::store::change::people::{NewTarget, NewUser, TargetOf};
use corral::store::change::{Change, PeopleChange};
use corral::store::query::{Answer, Query};
use corral::store::{Db, StoreError};

use crate::floor::Floor;

mod changes;
mod files;
mod method;
pub(crate) mod undo;
mod verify;
mod worker;

fn set_user(floor: &Floor) -> PeopleChange {
    PeopleChange::SetUser {
        user: floor.rep,
        name: None,
        role: None,
        team: None,
        rank: None,
        job: None,
        state: None,
        coach: None,
    }
}

fn code(error: &StoreError) -> String {
    error.code().to_owned()
}

#[test]
fn people_of_the_floor_are_known_with_team_rank_and_playbook() {
    let mut floor = Floor::new();
    let Answer::Users(users) = floor.read(&Query::Users).unwrap() else { panic!() };
    let seen: Vec<_> = users
        .iter()
        .map(|u| (u.login.as_str(), u.team.as_ref().map(|t| t.1.as_str()), u.rank.as_str()))
        .collect();
    // nobody's team first, then by team and name: 孙 is U+5B59, 李 U+674E, 王 U+738B
    assert_eq!(
        seen,
        [
            ("manager", None, "junior"),
            ("lead", Some("One"), "junior"),
            ("mate", Some("One"), "junior"),
            ("rep", Some("One"), "junior"),
            ("stranger", Some("Two"), "junior"),
        ]
    );
    let rep = floor.rep;
    let Answer::Me(me) = floor.read(&Query::Me(rep)).unwrap() else { panic!() };
    assert_eq!((me.user.login.as_str(), me.playbook.id.as_str(), me.version), ("rep", "small", 1));
    let Answer::Teams(teams) = floor.read(&Query::Teams).unwrap() else { panic!() };
    let seen: Vec<_> = teams.iter().map(|t| (t.name.as_str(), t.playbook.as_str(), t.members)).collect();
    assert_eq!(seen, [("One", "small", 3), ("Two", "small", 1)]);
}

#[test]
fn a_sign_in_name_is_taken_once_whatever_its_case() {
    let mut floor = Floor::new();
    let user = NewUser {
        login: " REP ".to_owned(),
        name: String::new(),
        role: Role::Rep,
        team: None,
        rank: None,
        job: None,
    };
    let manager = floor.manager;
    let refused = floor.write(manager, Change::People(PeopleChange::AddUser(user))).unwrap_err();
    assert_eq!(code(&refused), "login_taken");
}

#[test]
fn a_rep_adds_nobody_and_a_manager_makes_no_admin() {
    let mut floor = Floor::new();
    let user = |role| {
        Change::People(PeopleChange::AddUser(NewUser {
            login: "new".to_owned(),
            name: "新".to_owned(),
            role,
            team: None,
            rank: None,
            job: None,
        }))
    };
    let (rep, manager) = (floor.rep, floor.manager);
    assert_eq!(code(&floor.write(rep, user(Role::Rep)).unwrap_err()), "forbidden");
    assert_eq!(code(&floor.write(manager, user(Role::Admin)).unwrap_err()), "forbidden");
    assert!(floor.write(manager, user(Role::Lead)).is_ok());
}

#[test]
fn a_change_of_team_holds_from_today_and_keeps_what_was() {
    let mut floor = Floor::new();
    floor.pass_minutes(3 * 24 * 60);
    let PeopleChange::SetUser { user, .. } = set_user(&floor) else { panic!() };
    let mut change = set_user(&floor);
    if let PeopleChange::SetUser { team, coach, .. } = &mut change {
        *team = Some("Two".to_owned());
        *coach = Some("lead".to_owned());
    }
    let manager = floor.manager;
    floor.write(manager, Change::People(change)).unwrap();
    // Monday 2026-11-16 is day 20773 (16 Nov 2026: 56 years and 319 days after the epoch, 14 leap days among them)
    let sql = format!(
        "SELECT t.name, from_day, to_day FROM membership m JOIN team t ON t.id = m.team_id WHERE user_id = {user} ORDER BY from_day"
    );
    assert_eq!(floor.rows(&sql), [["One", "20773", "20775"], ["Two", "20776", "NULL"]]);
}

#[test]
fn one_who_left_may_not_act_nor_sign_in() {
    let mut floor = Floor::new();
    let mut change = set_user(&floor);
    if let PeopleChange::SetUser { state, .. } = &mut change {
        *state = Some(UserState::Left);
    }
    let (manager, rep) = (floor.manager, floor.rep);
    floor.write(manager, Change::People(change)).unwrap();
    let change = Change::People(set_user(&floor));
    assert_eq!(code(&floor.write(rep, change).unwrap_err()), "not_active");
    assert_eq!(code(&floor.read(&Query::Me(rep)).unwrap_err()), "not_active");
    let Answer::Users(users) = floor.read(&Query::Users).unwrap() else { panic!() };
    assert!(users.iter().all(|u| u.id != rep));
}

#[test]
fn a_lead_sets_targets_of_the_own_team_only() {
    let mut floor = Floor::new();
    let (lead, rep, stranger) = (floor.lead, floor.rep, floor.stranger);
    let from = floor.day();
    let target = |user, metric| {
        Change::People(PeopleChange::SetTarget(NewTarget::goal(
            TargetOf::User(user),
            Period::Day,
            metric,
            (80, from),
        )))
    };
    floor.write(lead, target(rep, Metric::CallsDialed)).unwrap();
    assert_eq!(code(&floor.write(lead, target(stranger, Metric::CallsDialed)).unwrap_err()), "forbidden");
    assert_eq!(code(&floor.write(rep, target(rep, Metric::CallsDialed)).unwrap_err()), "forbidden");
    assert_eq!(code(&floor.write(lead, target(rep, Metric::Gap)).unwrap_err()), "metric");
}

#[test]
fn the_system_user_is_never_changed() {
    let mut floor = Floor::new();
    let mut change = set_user(&floor);
    if let PeopleChange::SetUser { user, state, .. } = &mut change {
        *user = Db::SYSTEM;
        *state = Some(UserState::Left);
    }
    assert_eq!(code(&floor.write(Db::SYSTEM, Change::People(change)).unwrap_err()), "system_user");
}
