//! `corral demo`: a day on sample data, in a copy of its own, with colleagues at work.

use serde_json::json;

use crate::cli::args::Demo;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange};
use crate::cli::settings::Given;
use crate::cli::ui;
use crate::domain::lists::Role;
use crate::runtime::clock::Clock;
use crate::sample::demo;
use crate::store::Db;
use crate::store::engine;
use crate::store::query::{Answer, Query, TodayAsk};

/// Runs the demonstration, on a server where the command line itself names one; answers with the exit status.
pub fn demo(local: &mut Local, wanted: &Demo, given: &Given) -> Result<u8, Failure> {
    let server = Some(local.place.db.as_path()).filter(|db| given.is_typed("db") && engine::is_server(db));
    let copy = demo::prepare_at(wanted.from.as_deref(), server, local.now())?;
    copy.path().clone_into(&mut local.place.db);
    copy.folder().clone_into(&mut local.place.mine);
    local.use_db(Db::open(copy.path())?);
    local.clock = match local.clock {
        Clock::Fixed(_) => Clock::Fixed(copy.begins()),
        running => Clock::Moved(copy.begins().since(running.now())),
    };
    if wanted.check {
        let checked = check(local).map(|()| 0);
        // the copy goes when nobody has it open
        drop(local.give_db());
        return checked;
    }
    let user = match local.login() {
        Some(_) => Some(local.actor()?.id),
        None => None,
    };
    let colleagues = demo::Colleagues::start(copy.path(), wanted.colleagues, copy.begins())?;
    let path = copy.path().to_owned();
    let ended = ui::run(local, &path, user);
    drop(colleagues);
    drop(local.give_db());
    ended
}

/// What a newcomer would see, in figures.
fn check(local: &mut Local) -> Result<(), Failure> {
    let users = local.users()?;
    let rep = users.iter().find(|u| u.role == Role::Rep).ok_or_else(strange)?;
    let ask = TodayAsk { user: rep.id, now: local.now(), limit: 10, filter: String::new() };
    let Answer::Today(today) = local.ask(&Query::Today(ask))? else { return Err(strange()) };
    let due: u32 = today.pens.iter().map(|pen| pen.due).sum();
    let shape = json!({ "users": users.len(), "rep": rep.login, "day": today.day, "due": due });
    if due == 0 {
        return Err(Failure::failed(
            "dead",
            format!("the demonstration is dead: {} has nothing due", rep.login),
        ));
    }
    output::answer(local.json, &shape, || {
        vec![format!("{} users; {} has {due} tasks due on {}", users.len(), rep.name, today.day)]
    })
}
