//! `corral serve`: the floor for terminals far away, and questions to the server that runs.

use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cli::args::{Serve, Server};
use crate::cli::exec;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::cli::session::{Local, when};
use crate::domain::clean::clean;
use crate::domain::id::UserId;
use crate::domain::time::{Timestamp, Zone};
use crate::runtime::backups::{Plan, Standing};
use crate::runtime::clock::Clock;
use crate::runtime::settings::{self, Settings};
use crate::ssh::control::{self, Here, Question, Reply};
use crate::ssh::exec::Kitchen;
use crate::ssh::floor::{Floor, Home};
use crate::ssh::host_key;
use crate::ssh::server::{self, Setup};
use crate::ssh::wire::{Host, Manner};
use crate::store::Db;
use crate::store::engine;
use crate::store::query::UserRow;
use crate::store::rights::{self, Action, Relation};
use crate::store::worker::Store;
use crate::text::width::pad;
use crate::text::{Text, Words};

/// Variables that a command from afar may need: where the server's own files are, and the time zone.
const HANDED_ON: [&str; 6] =
    ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "TZ"];

/// Serves, or asks the server; answers with the exit status.
pub fn serve(local: &mut Local, wanted: &Serve) -> Result<u8, Failure> {
    match &wanted.command {
        None => run(local, wanted).map(|()| 0),
        Some(Server::Status) => status(local),
        Some(Server::Sessions) => sessions(local).map(|()| 0),
        Some(Server::End { id }) => end(local, *id).map(|()| 0),
    }
}

fn run(local: &mut Local, wanted: &Serve) -> Result<(), Failure> {
    let db = local.place.db.clone();
    // what is wrong with the database is told before anybody comes
    local.db()?;
    let db = if engine::is_server(&db) { db } else { std::path::absolute(&db)? };
    let settings = overlaid(local.place.settings.clone(), wanted);
    let address = settings.serve_listen.clone();
    let listener = bind(&address)?;
    let at = listener.local_addr()?;
    let path =
        settings.serve_host_key.as_ref().map_or_else(|| local.place.state.join("host_key"), PathBuf::from);
    let (identity, is_fresh) =
        host_key::load(&path).map_err(|error| Failure::failed("host_key", error.to_string()))?;
    let metrics = settings.serve_metrics.as_deref().map(figures_at).transpose()?;
    let store = match local.give_db() {
        Some(db) => Store::over(db)?,
        None => Store::open(&db)?,
    };
    let place = Arc::new(local.place.clone());
    let kitchen = kitchen(local, &db);
    let backups = Plan::of(&settings, &db, Zone::UTC);
    // a key that is none is told now, not in the night
    backups.as_ref().map(Plan::seal).transpose()?;
    let floor = Floor::new(store, local.clock, local.crashes.clone(), home(&place, &db), settings);
    let reload = {
        let (place, wanted) = (Arc::clone(&place), wanted.clone());
        move || overlaid(settings::load(&place.settings_file).settings, &wanted)
    };
    let setup = Setup {
        host: Arc::new(Host { floor: Arc::new(floor), kitchen }),
        manner: Manner::of(&identity),
        listener,
        metrics,
        control: control::place(&sockets(&place), at.port()),
        reload: Box::new(reload),
    };
    let shape = json!({
        "listen": at.to_string(), "host_key": path.display().to_string(), "made": is_fresh,
        "fingerprint": identity.fingerprint(), "public": identity.public(),
        "backups": backups.as_ref().map(|plan| plan.folder.display().to_string()),
    });
    let mut said = Ok(());
    let served = server::run(setup, || {
        said = output::answer(local.json, &shape, || {
            let (words, key) = (&local.words, identity.fingerprint());
            let file = clean(&path.display().to_string()).into_owned();
            let of_key = if is_fresh { Text("serve.host_key_made") } else { Text("serve.host_key") };
            vec![
                words.fill(Text("serve.listens"), &[("at", &at), ("port", &at.port())]),
                words.fill(of_key, &[("key", &key), ("file", &file)]),
                match &backups {
                    Some(_) if engine::is_server(&db) => {
                        local.words.say(Text("serve.archive_watched")).to_owned()
                    }
                    Some(plan) => {
                        let folder = clean(&plan.folder.display().to_string()).into_owned();
                        local.words.fill(Text("serve.backups_go"), &[("folder", &folder)])
                    }
                    None => local.words.say(Text("serve.no_backups")).to_owned(),
                },
            ]
        });
    });
    said?;
    served.map_err(|error| Failure::failed("serve", format!("the server ended: {error}")))
}

fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program has it; end that one or name another port with --listen"
            }
            io::ErrorKind::PermissionDenied => "ports below 1024 are for the system; take one above",
            _ => "name an address as 0.0.0.0:2222",
        };
        Failure::failed("listen", format!("'{address}' cannot be listened on ({error}): {hint}"))
    })
}

fn figures_at(address: &str) -> Result<SocketAddr, Failure> {
    let found: Option<SocketAddr> = address.parse().ok();
    found.filter(|address| address.ip().is_loopback()).ok_or_else(|| {
        let what = format!("'{address}' is no address of this machine alone; name one as 127.0.0.1:9100");
        Failure::usage(what)
    })
}

/// What the command line names, over the settings.
fn overlaid(mut settings: Settings, wanted: &Serve) -> Settings {
    if let Some(listen) = &wanted.listen {
        settings.serve_listen.clone_from(listen);
    }
    if let Some(key) = &wanted.host_key {
        settings.serve_host_key = Some(key.display().to_string());
    }
    if let Some(metrics) = &wanted.metrics {
        settings.serve_metrics = Some(metrics.clone());
    }
    settings.serve_sessions = wanted.max_sessions.unwrap_or(settings.serve_sessions);
    settings.serve_address_sessions = wanted.max_per_address.unwrap_or(settings.serve_address_sessions);
    settings.serve_person_sessions = wanted.max_per_person.unwrap_or(settings.serve_person_sessions);
    settings.serve_waiting = wanted.max_waiting.unwrap_or(settings.serve_waiting);
    settings.serve_handshake = wanted.handshake.unwrap_or(settings.serve_handshake);
    settings.serve_idle = wanted.idle.unwrap_or(settings.serve_idle);
    settings
}

fn home(place: &Arc<Place>, db: &Path) -> Home {
    let (folders, choices) = ((Arc::clone(place), db.to_owned()), (Arc::clone(place), db.to_owned()));
    Home {
        folders: Box::new(move |login| folders.0.folders(&folders.1, login)),
        choices: Box::new(move |login| choices.0.choices(&choices.1, login)),
        themes: place.themes(),
    }
}

fn kitchen(local: &Local, db: &Path) -> Kitchen {
    let mut variables: Vec<(OsString, OsString)> =
        HANDED_ON.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?))).collect();
    // an address may hold a password, which an argument would show to the machine
    variables.push(("CORRAL_DB".into(), db.into()));
    if let Ok(settings) = std::path::absolute(&local.place.settings_file) {
        variables.push(("CORRAL_SETTINGS".into(), settings.into()));
    }
    let first = match local.clock {
        Clock::Fixed(at) => vec!["--now".to_owned(), at.to_string()],
        Clock::System | Clock::Moved(_) => Vec::new(),
    };
    Kitchen { program: program(), first, variables, allow: Arc::new(exec::order) }
}

/// This very program, also after another was put in its place: both would have to agree on the database.
fn program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return running.to_owned();
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("corral"))
}

fn sockets(place: &Place) -> PathBuf {
    place.state.join("serve")
}

/// The answers of the servers of this machine; those that were killed are left out.
fn asked(local: &Local, question: &Question) -> Result<Vec<(String, Reply)>, Failure> {
    let mut replies = Vec::new();
    for place in control::places(&sockets(&local.place)) {
        let port = place.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match control::ask(&place, question) {
            Ok(reply) => replies.push((port, reply)),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => {
                return Err(Failure::failed(
                    "silent",
                    format!("the server on port {port} does not answer: {error}"),
                ));
            }
        }
    }
    if replies.is_empty() {
        let what = "no server runs on this machine for this account; 'corral serve' starts one";
        return Err(Failure::failed("no_server", what));
    }
    Ok(replies)
}

fn status(local: &mut Local) -> Result<u8, Failure> {
    let mut rows = Vec::new();
    for (port, reply) in asked(local, &Question::Status)? {
        if let Reply::Status(status) = reply {
            rows.push((port, status));
        }
    }
    let shapes: Vec<Value> = rows
        .iter()
        .map(|(port, status)| {
            let mut shape = serde_json::to_value(status).unwrap_or_default();
            if let Some(fields) = shape.as_object_mut() {
                fields.insert("port".to_owned(), json!(port));
            }
            shape
        })
        .collect();
    let by = local.keeper().unwrap_or(Db::SYSTEM);
    let (zone, words) = (zone_of(local, by), local.words.clone());
    // a backup that fails must not pass unseen
    let fails = rows.iter().any(|(_, status)| status.backup.as_ref().is_some_and(|it| it.failed.is_some()));
    output::answer(local.json, &json!({ "servers": shapes }), || {
        let line = |(port, status): &(String, control::Status)| {
            let mut lines = vec![format!(
                "port {port}: {} screens, {} commands, up {} s, {} MiB, process {}, version {}",
                status.screens,
                status.commands,
                status.uptime,
                status.resident >> 20,
                status.pid,
                status.version
            )];
            lines.extend(backup_lines(&words, zone, status.backup.as_ref()));
            lines
        };
        rows.iter().flat_map(line).collect()
    })
    .map(|()| u8::from(fails))
}

/// How it stands with the backups, for people.
fn backup_lines(words: &Words, zone: Zone, standing: Option<&Standing>) -> Vec<String> {
    let Some(standing) = standing else { return vec![words.say(Text("serve.no_backups")).to_owned()] };
    let at = |instant: Option<Timestamp>| {
        instant.map_or_else(|| words.say(Text("backup.never")).to_owned(), |at| when(zone, at))
    };
    let (last, due) = (at(standing.last), at(standing.due));
    let mut lines = vec![words.fill(Text("serve.backup_last"), &[("last", &last), ("due", &due)])];
    lines.extend(standing.failed.as_ref().map(|failed| {
        let (at, what) = (when(zone, failed.at), clean(&failed.what).into_owned());
        words.fill(Text("serve.backup_failed"), &[("at", &at), ("what", &what)])
    }));
    lines
}

/// Who asks, where somebody is named; otherwise whoever has the machine.
fn asker(local: &mut Local) -> Result<Option<UserRow>, Failure> {
    match local.login() {
        Some(_) => local.actor().map(Some),
        None => Ok(None),
    }
}

fn may_end(asker: Option<&UserRow>, here: &Here) -> bool {
    let Some(asker) = asker else { return true };
    let team = asker.team.as_ref().map(|(id, _)| *id);
    let relation = if here.user == asker.id {
        Relation::Own
    } else if team.is_some() && team == here.team {
        Relation::Team
    } else {
        Relation::Other
    };
    rights::may(asker.role, Action::EndSession, relation)
}

fn here(local: &mut Local) -> Result<Vec<Here>, Failure> {
    let asker = asker(local)?;
    let mut rows = Vec::new();
    for (_, reply) in asked(local, &Question::Sessions)? {
        if let Reply::Sessions { sessions } = reply {
            rows.extend(sessions.into_iter().filter(|here| may_end(asker.as_ref(), here)));
        }
    }
    Ok(rows)
}

fn sessions(local: &mut Local) -> Result<(), Failure> {
    let rows = here(local)?;
    let by = local.keeper().unwrap_or(Db::SYSTEM);
    let zone = zone_of(local, by);
    let shapes: Vec<Value> = rows
        .iter()
        .map(|here| {
            json!({
                "id": here.id.to_string(), "login": here.login, "name": here.name, "address": here.address,
                "kind": here.kind, "since": when(zone, here.since), "seen": when(zone, here.seen),
            })
        })
        .collect();
    output::answer(local.json, &json!({ "sessions": shapes }), || {
        let line = |here: &Here| {
            format!(
                "{}  {}  {}  {}  {}  since {}",
                pad(&here.id.to_string(), 6),
                pad(&here.login, 14),
                pad(&here.name, 12),
                pad(&here.kind, 7),
                pad(&here.address, 15),
                when(zone, here.since)
            )
        };
        rows.iter().map(line).collect()
    })
}

fn end(local: &mut Local, id: u64) -> Result<(), Failure> {
    let asker = asker(local)?;
    // one that may not be ended is not told from one that is not there
    let found = here(local)?.into_iter().find(|here| here.id == id);
    let Some(found) = found else {
        let what =
            format!("there is no session '{id}' that you may end; 'corral serve sessions' lists those");
        return Err(Failure::failed("not_found", what));
    };
    let by = asker.map_or_else(|| "Corral".to_owned(), |asker| asker.name);
    let mut ended = 0;
    for (_, reply) in asked(local, &Question::End { id, by })? {
        if let Reply::Ended { ended: many } = reply {
            ended += many;
        }
    }
    let shape = json!({ "ended": { "id": id.to_string(), "login": found.login, "sessions": ended } });
    output::answer(local.json, &shape, || vec![format!("the session of {} is ended", found.login)])
}

fn zone_of(local: &mut Local, user: UserId) -> Zone {
    local.me_of(user).map_or(Zone::UTC, |me| me.playbook.zone)
}
