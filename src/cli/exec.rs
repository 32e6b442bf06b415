//! Commands that may be given from afar: `ssh floor board --period day --json`.
//!
//! A closed list: what is for whoever has the machine (its files, its settings, its databases) is refused by name, and a new command
//! does not compile before it is said which of both it is. Who acts is who signed in; nothing on the line can say otherwise.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::args::pay::{Pay, PayAct};
use crate::cli::args::report::Report;
use crate::cli::args::{Args, Audit, Command, Import, Key, Playbook, Serve, Server, Target, User};
use crate::ssh::exec::Order;

/// What opens the screens in place of those that are open elsewhere.
pub const TAKE: &str = "take";

/// Options of every command that are for whoever has the machine.
const OWN: [(&str, &str); 9] = [
    ("db", "--db"),
    ("user", "--user"),
    ("now", "--now"),
    ("settings", "--settings"),
    ("log", "--log"),
    ("safe", "--safe"),
    ("keys", "--keys"),
    ("ask_pin", "--ask-pin"),
    // from where somebody comes is the server's to say
    ("served", "--served"),
];

/// Says what is to be done with a line that came from afar.
pub fn order(line: &str) -> Order {
    let words = match split(line) {
        Ok(words) => words,
        Err(what) => return refused(&what),
    };
    if words.iter().map(String::as_str).eq([TAKE]) {
        return Order::Take;
    }
    let mut command = Args::command().no_binary_name(true);
    let mut matches = match command.try_get_matches_from_mut(&words) {
        Ok(matches) => matches,
        Err(error) => {
            // help and version are what was asked for
            let status = if error.use_stderr() { 2 } else { 0 };
            return Order::Say(error.render().to_string(), status);
        }
    };
    let typed = |name: &str| deepest(&matches).value_source(name) == Some(ValueSource::CommandLine);
    if let Some((_, option)) = OWN.iter().find(|(name, _)| typed(name)) {
        return refused(&format!(
            "'{option}' is for whoever has the machine; from afar you are who signed in"
        ));
    }
    let args = match Args::from_arg_matches_mut(&mut matches) {
        Ok(args) => args,
        Err(error) => return Order::Say(error.render().to_string(), 2),
    };
    match allowed(args.command.as_ref()) {
        Ok(()) => Order::Run(words),
        Err(name) => refused(&format!(
            "'{name}' is not for commands from afar; it is for whoever has the machine. There are today, outcomes, log, send, push, \
             skip, snooze, roll, undo, deal, customer, approval, board, facts, pk, report, pay, desk, warnings, target, team, user, 'export' to standard output, 'playbook list', \
             'serve sessions', and 'take'"
        )),
    }
}

/// Options of every command stand with the deepest that was named.
fn deepest(matches: &clap::ArgMatches) -> &clap::ArgMatches {
    let mut deepest = matches;
    while let Some((_, below)) = deepest.subcommand() {
        deepest = below;
    }
    deepest
}

/// Whether a command may be given from afar; its name where not.
fn allowed(command: Option<&Command>) -> Result<(), &'static str> {
    let Some(command) = command else { return Err("open") };
    match command {
        Command::Today
        | Command::Audit(Audit::List(_))
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
        | Command::Pk(_)
        | Command::Report(
            Report::Show(_)
            | Report::Write { .. }
            | Report::Comment { .. }
            | Report::Export { to: None, .. }
            | Report::Due { .. }
            | Report::Close
            | Report::Funnel { .. }
            | Report::Health { to: None, .. }
            | Report::Reflect { .. }
            | Report::Value { .. },
        )
        | Command::Pay(Pay { act: None | Some(PayAct::Score { .. }), .. })
        | Command::Desk(_)
        | Command::Warnings(_)
        | Command::Team(_)
        | Command::Playbook(Playbook::List | Playbook::Export { .. })
        | Command::Import(Import::List { .. } | Import::Undo { .. })
        | Command::Serve(Serve {
            command: Some(Server::Sessions | Server::End { .. } | Server::Status),
            ..
        }) => Ok(()),
        Command::Pay(_) => Err("pay preview"),
        Command::Report(Report::Export { .. }) => Err("report export --to"),
        Command::Report(Report::Health { .. }) => Err("report health --to"),
        Command::Target(Target::Import { .. }) => Err("target import"),
        Command::Target(_) => Ok(()),
        Command::Wall(_) => Err("wall"),
        Command::User(user) => match user {
            User::Key(Key::Add { file, .. }) if !is_standard(file) => Err("user key add FILE"),
            User::List
            | User::Add { .. }
            | User::Set { .. }
            | User::Key(_)
            | User::Invite { .. }
            | User::Password { .. }
            | User::Totp { .. }
            | User::Pin { .. }
            | User::Unlock { .. }
            | User::Tries { .. } => Ok(()),
        },
        Command::Export(export) => export.to.as_ref().map_or(Ok(()), |_| Err("export --to")),
        Command::Playbook(_) => Err("playbook"),
        Command::Audit(_) => Err("audit"),
        Command::Backup(_) => Err("backup"),
        Command::Privacy(_) => Err("privacy"),
        Command::Restore(_) => Err("restore"),
        Command::Import(_) => Err("import"),
        Command::Serve(_) => Err("serve"),
        Command::Open => Err("open"),
        Command::Init(_) => Err("init"),
        Command::Demo(_) => Err("demo"),
        Command::Verify => Err("verify"),
        Command::Db(_) => Err("db"),
        Command::Doctor => Err("doctor"),
        Command::Sample(_) => Err("sample"),
        Command::Settings { .. } => Err("settings"),
        Command::Keys { .. } => Err("keys"),
        Command::Man { .. } => Err("man"),
        Command::Completions { .. } => Err("completions"),
    }
}

fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}

fn refused(what: &str) -> Order {
    Order::Say(format!("corral: {what}\n"), 2)
}

/// The words of a line, as a shell would take them: apart by blanks, quotes and backslashes as usual. Nothing is filled in.
fn split(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') => {
                let next = rest.next().ok_or_else(|| "the line ends with a backslash".to_owned())?;
                let kept = quote.is_some() && !matches!(next, '"' | '\\' | '$' | '`');
                let word = word.get_or_insert_default();
                if kept {
                    word.push('\\');
                }
                word.push(next);
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(format!("the quote {open} is not closed"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(line: &str) -> Vec<String> {
        split(line).unwrap()
    }

    #[test]
    fn words_are_taken_apart_as_a_shell_does_and_nothing_is_filled_in() {
        for (line, meant) in [
            ("board --period day", vec!["board", "--period", "day"]),
            ("  a\t b\n", vec!["a", "b"]),
            (
                r#"log 7 --note "he said \"no\"" --set a='b c'"#,
                vec!["log", "7", "--note", "he said \"no\"", "--set", "a=b c"],
            ),
            (r"a\ b '' 王\'芳", vec!["a b", "", "王'芳"]),
            (r#""\n" '\n'"#, vec![r"\n", r"\n"]),
            (
                "$HOME `id` ; rm * > x | y && z",
                vec!["$HOME", "`id`", ";", "rm", "*", ">", "x", "|", "y", "&&", "z"],
            ),
            ("", vec![]),
        ] {
            assert_eq!(words(line), meant, "{line}");
        }
        for line in ["'a", "a \"b", "a\\"] {
            assert!(split(line).is_err(), "{line}");
        }
    }

    #[test]
    fn what_a_rep_does_may_be_done_from_afar() {
        for line in [
            "today --json",
            "board --period day --metric calls_dialed --by team",
            "log 123 --outcome answered --note 'ring again'",
            "log -",
            "undo --list",
            "customer find 张",
            "export customers",
            "report show --json",
            "report export --whose wang",
            "--lang zh today",
            "user key add wang -",
            "user invite wang",
            "serve sessions",
            "serve end 4",
            "playbook list",
        ] {
            assert_eq!(order(line), Order::Run(words(line)), "{line}");
        }
        assert_eq!(order(" take "), Order::Take);
    }

    #[test]
    fn what_is_for_whoever_has_the_machine_is_refused_by_name() {
        for (line, name) in [
            ("--db /etc/passwd today", "--db"),
            ("today --db=x", "--db"),
            ("today -u boss", "--user"),
            ("customer find x --user boss", "--user"),
            ("today --now 2026-11-24T13:30:00+08:00", "--now"),
            ("today --settings /etc/x", "--settings"),
            ("--keys x today", "--keys"),
            ("board --log debug", "--log"),
            ("--safe today", "--safe"),
            ("today --served 192.0.2.1", "--served"),
            ("", "open"),
            ("open", "open"),
            ("init --playbook edu-english", "init"),
            ("demo", "demo"),
            ("verify", "verify"),
            ("db info", "db"),
            ("db copy a b", "db"),
            ("doctor", "doctor"),
            ("sample x", "sample"),
            ("settings", "settings"),
            ("keys", "keys"),
            ("man", "man"),
            ("completions bash", "completions"),
            ("serve", "serve"),
            ("serve --listen 0.0.0.0:1", "serve"),
            ("playbook apply edu-english", "playbook"),
            ("playbook check x", "playbook"),
            ("import leads /etc/passwd", "import"),
            ("import touches -", "import"),
            ("export customers --to /tmp/x", "export --to"),
            ("report export --to /tmp/x", "report export --to"),
            ("user key add wang /etc/passwd", "user key add FILE"),
        ] {
            let Order::Say(told, 2) = order(line) else { panic!("{line}: {:?}", order(line)) };
            assert!(told.contains(&format!("'{name}'")), "{line}: {told}");
        }
    }

    #[test]
    fn help_is_told_and_nonsense_is_wrong_usage() {
        assert!(matches!(order("--help"), Order::Say(told, 0) if told.contains("Usage")));
        assert!(matches!(order("board --help"), Order::Say(told, 0) if told.contains("--period")));
        assert!(matches!(order("bord"), Order::Say(_, 2)));
        assert!(matches!(order("log 'x"), Order::Say(told, 2) if told.contains("not closed")));
    }

    proptest! {
        /// Whatever comes: no panic, and never words for a child that name another user or a file of the machine.
        #[test]
        fn any_line_is_taken(line in "(today|log|board|user|export|--db|--user|-u| |x|'|\"|\\\\|=|\\PC){0,12}") {
            if let Order::Run(words) = order(&line) {
                for own in ["--db", "--user", "--now", "--settings", "--log", "--keys", "--to"] {
                    let named = words.iter().any(|word| word == own || word.starts_with(&format!("{own}=")));
                    prop_assert!(!named || words.contains(&"--".to_owned()), "{line}");
                }
            }
        }

        #[test]
        fn quoted_words_come_apart_as_they_were(words in prop::collection::vec("\\PC{0,12}", 0..6)) {
            let quoted: Vec<String> =
                words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
            prop_assert_eq!(split(&quoted.join(" ")).unwrap(), words);
        }
    }
}
