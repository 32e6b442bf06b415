//! Any line of a command from afar: answered, and where it is run the child sees nothing on it that is for whoever has the machine.

#![no_main]

use clap::Parser as _;
use corral::cli::args::{Args, Command, Import, Key, Playbook, Server, User};
use corral::cli::exec::order;
use corral::ssh::exec::Order;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let line = String::from_utf8_lossy(data);
    match order(&line) {
        Order::Take => assert!(line.contains("take")),
        Order::Say(text, status) => assert!(!text.is_empty() && [0, 2].contains(&status), "{line:?}"),
        Order::Run(words) => check(&line, &words),
    }
});

/// What the child makes of the words, by its own reading of them.
fn check(line: &str, words: &[String]) {
    let args = Args::try_parse_from(["corral"].into_iter().chain(words.iter().map(String::as_str)));
    let args = args.unwrap_or_else(|error| panic!("{line:?} is let through and not understood: {error}"));
    assert!(args.db.is_none() && args.user.is_none() && args.now.is_none(), "{line:?}");
    assert!(args.settings.is_none() && args.log.is_none() && args.keys.is_none(), "{line:?}");
    assert!(!args.safe && !args.ask_pin && args.served.is_none(), "{line:?}");
    let is_allowed = match args.command.as_ref() {
        Some(Command::Import(import)) => matches!(import, Import::List { .. } | Import::Undo { .. }),
        Some(Command::Playbook(playbook)) => matches!(playbook, Playbook::List | Playbook::Export { .. }),
        Some(Command::Serve(serve)) => {
            let is_question = |server: &Server| matches!(server, Server::Sessions | Server::End { .. } | Server::Status);
            serve.command.as_ref().is_some_and(is_question)
        }
        Some(Command::User(User::Key(Key::Add { file, .. }))) => file.to_str() == Some("-"),
        Some(Command::Export(export)) => export.to.is_none(),
        Some(
            Command::Today
            | Command::Audit(_)
            | Command::Outcomes { .. }
            | Command::Log(_)
            | Command::Send { .. }
            | Command::Push { .. }
            | Command::Skip(_)
            | Command::Snooze { .. }
            | Command::Roll
            | Command::Undo(_)
            | Command::Deal(_)
            | Command::Customer(_)
            | Command::Approval(_)
            | Command::Board(_)
            | Command::Facts(_)
            | Command::Target(_)
            | Command::Team(_)
            | Command::User(_),
        ) => true,
        _ => false,
    };
    assert!(is_allowed, "{line:?} is let through");
}
