//! The command line: arguments, settings, headless commands, exit codes.
//!
//! Everything that runs without the screen prints text for people or, with `--json`, one JSON document on standard output
//! (product.md, "The command line"). Exit status 0 is done, 1 refused or failed (the reason on standard error), 2 wrong
//! usage.

mod access;
pub mod args;
pub mod audit;
pub mod backup;
pub mod board;
pub mod completions;
pub mod customer;
pub mod day;
pub mod db;
pub mod deal;
pub mod demo;
mod desk;
pub mod doctor;
mod draft;
pub mod exec;
pub mod export;
pub mod init;
pub mod keys;
pub mod leads;
pub mod lines;
pub mod man;
pub mod output;
mod pay;
pub mod people;
mod pk;
pub mod place;
pub mod playbook;
pub mod privacy;
mod progress;
mod report;
pub mod restore;
pub mod sample;
pub mod secret;
pub mod serve;
pub mod session;
pub mod settings;
pub mod shapes;
pub mod sign_in;
pub mod target;
pub mod ui;
pub mod undo;
pub mod values;
pub mod verify;
pub mod wall;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::args::{Args, Command};
use crate::cli::output::Failure;
use crate::cli::session::Local;
use crate::cli::settings::Given;
use crate::runtime::log::Log;

/// Runs the program.
pub fn main() -> ExitCode {
    let (args, given) = match parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            // help and version go to standard output with status 0, wrong usage to standard error with 2
            let status = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let json = args.json;
    match run(args, &given) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => ExitCode::from(output::fail(json, &failure)),
    }
}

/// The arguments, and which settings they name.
fn parse() -> Result<(Args, Given), clap::Error> {
    let mut command = Args::command();
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let given = Given::of(&matches);
    let args = Args::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    Ok((args, given))
}

fn run(args: Args, given: &Given) -> Result<u8, Failure> {
    let examined = matches!(args.command, Some(Command::Doctor));
    let (place, hung) = if examined { doctor::place(&args)? } else { (place::Place::find(&args)?, None) };
    // these tell the faults themselves
    if !examined && !matches!(args.command, Some(Command::Settings { .. })) {
        for problem in &place.problems {
            output::note(&format!("corral: {problem}"));
        }
    }
    let level = args.log.clone().unwrap_or_else(|| place.settings.log.clone());
    let _log = Log::start(&place.log(), &level);
    let local = &mut Local::new(&args, place);
    local.crashes.watch();
    match args.command {
        None | Some(Command::Open) => ui::open(local),
        Some(Command::Init(init)) => init::init(local, &init).map(|()| 0),
        Some(Command::Serve(wanted)) => serve::serve(local, &wanted),
        Some(Command::User(user)) => people::user(local, &user).map(|()| 0),
        Some(Command::Team(team)) => people::team(local, &team).map(|()| 0),
        Some(Command::Target(target)) => target::target(local, &target).map(|()| 0),
        Some(Command::Playbook(playbook)) => playbook::run(local, &playbook),
        Some(Command::Import(import)) => leads::import(local, &import).map(|()| 0),
        Some(Command::Approval(wanted)) => access::approval(local, &wanted).map(|()| 0),
        Some(Command::Export(export)) => export::export(local, &export).map(|()| 0),
        Some(Command::Today) => day::today(local).map(|()| 0),
        Some(Command::Outcomes { lane }) => day::outcomes(local, lane).map(|()| 0),
        Some(Command::Log(log)) => day::log(local, &log).map(|()| 0),
        Some(Command::Send { task }) => day::send(local, task).map(|()| 0),
        Some(Command::Push { task }) => day::push(local, task).map(|()| 0),
        Some(Command::Skip(skip)) => day::skip(local, &skip).map(|()| 0),
        Some(Command::Snooze { task, until }) => day::snooze(local, task, until).map(|()| 0),
        Some(Command::Roll) => day::roll(local).map(|()| 0),
        Some(Command::Undo(wanted)) => undo::undo(local, &wanted).map(|()| 0),
        Some(Command::Deal(deal)) => deal::run(local, &deal).map(|()| 0),
        Some(Command::Customer(customer)) => customer::run(local, &customer).map(|()| 0),
        Some(Command::Board(board)) => board::board(local, &board).map(|()| 0),
        Some(Command::Wall(wanted)) => wall::wall(local, &wanted),
        Some(Command::Pk(wanted)) => pk::run(local, &wanted).map(|()| 0),
        Some(Command::Report(wanted)) => report::run(local, &wanted).map(|()| 0),
        Some(Command::Pay(wanted)) => pay::run(local, &wanted).map(|()| 0),
        Some(Command::Desk(wanted)) => desk::run(local, &wanted).map(|()| 0),
        Some(Command::Warnings(wanted)) => desk::warnings(local, &wanted).map(|()| 0),
        Some(Command::Facts(facts)) => board::facts(local, &facts).map(|()| 0),
        Some(Command::Audit(audit)) => audit::run(local, &audit),
        Some(Command::Privacy(wanted)) => privacy::run(local, &wanted),
        Some(Command::Backup(backup)) => backup::run(local, &backup),
        Some(Command::Restore(restore)) => backup::restore(local, &restore),
        Some(Command::Db(db)) => db::run(local, &db),
        Some(Command::Verify) => verify::verify(local),
        Some(Command::Doctor) => doctor::doctor(local, level, hung),
        Some(Command::Sample(sample)) => sample::sample(local, &sample).map(|()| 0),
        Some(Command::Settings { asked }) => settings::run(local, given, asked.as_ref()),
        Some(Command::Demo(demo)) => demo::demo(local, &demo, given),
        Some(Command::Keys { command }) => keys::run(local, command.as_ref()),
        Some(Command::Man { dir }) => man::man(local, dir.as_deref()).map(|()| 0),
        Some(Command::Completions { shell }) => completions::completions(shell).map(|()| 0),
    }
}
