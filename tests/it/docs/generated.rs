//! The parts of the documents that the program writes.

use std::fs;

use clap::{ArgAction, Command, CommandFactory as _};
use corral::app::action::{Act, Action, Context, action};
use corral::app::keymap::{Keymap, Row};
use corral::cli::args::Args;
use corral::domain::lists::{Records, Role as Job};
use corral::input::Key;
use corral::runtime::settings::TABLE;
use corral::screen::ScreenId;
use corral::store::query::export::{Cell, columns};
use corral::store::rights::{self, Action as Right, Relation};
use corral::text::{Lang, Words};
use corral::theme::{Role, Theme};

use super::root;

/// The parts there are.
pub const NAMES: &[&str] =
    &["screens", "ten-keys", "keys", "commands", "settings", "themes", "roles", "rights", "columns"];

/// Writes a part; `None` where there is none of that name.
pub fn part(name: &str) -> Option<String> {
    Some(match name {
        "screens" => screens(),
        "ten-keys" => ten_keys(),
        "keys" => keys(&Keymap::default()),
        "commands" => commands(),
        "settings" => settings(),
        "themes" => themes(),
        "roles" => roles(),
        "rights" => rights_table(),
        "columns" => record_columns(),
        _ => return None,
    })
}

/// A key as documents write it.
pub fn key(notation: &str) -> String {
    Key::parse(notation).expect("a key of the table").label()
}

fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = "|---".repeat(heads.len()) + "|\n";
    let rows = rows.into_iter().map(|cells| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        line(&cells)
    });
    line(&heads) + &rule + &rows.collect::<String>()
}

fn both(of: corral::text::Text) -> [String; 2] {
    [Lang::En, Lang::Zh].map(|lang| Words::new(lang).say(of).to_owned())
}

fn shown_keys(of: &Action) -> String {
    of.keys.iter().map(|bound| format!("`{}`", key(bound))).collect::<Vec<_>>().join(" ")
}

fn screens() -> String {
    let rows = ScreenId::ALL.iter().map(|screen| {
        let [en, zh] = both(screen.title());
        let about = match screen {
            ScreenId::Today => {
                "the day in pens: calls due, materials to send, coupons to push; each row with its reason"
            }
            ScreenId::Customers => "found by name, pinyin, digits or WeChat as you type; a card for each",
            ScreenId::Board => "by rep, team or coach; day, week, month; every figure opens to its facts",
            ScreenId::Targets => "by person and team; a lead sets them here",
            ScreenId::Report => {
                "reports that write themselves: a rep's own, a lead's with who has not handed in; funnels by `f`"
            }
            ScreenId::Team => {
                "the lead's desk: reps by today, radar, who was followed up, warnings, signals, rounds"
            }
        };
        let bound = action(screen.act()).expect("a row of the table");
        vec![shown_keys(bound), en, zh, about.to_owned()]
    });
    let cockpit = both(corral::text::Text("screen.call"));
    let [en, zh] = cockpit;
    let enter = shown_keys(action(Act::Start).expect("a row of the table"));
    let about = "card, script, timeline and the outcome keys, on one screen; opens from a row".to_owned();
    table(&["Key", "Screen", "中文", "What it is for"], rows.chain([vec![enter, en, zh, about]]))
}

fn ten_keys() -> String {
    let about = [
        (Act::Start, "opens the row and starts the call"),
        (Act::Note, "writes a note; it is kept as you type"),
        (Act::Answers, "finds the answer to an objection during a call"),
        (Act::Skip, "skips the row, with a reason"),
        (Act::Snooze, "puts the row off to a time"),
        (Act::Undo, "takes back your last action, then the one before, all day"),
        (Act::Palette, "finds any action by its name"),
        (Act::Language, "switches between English and Chinese"),
        (Act::Help, "shows the keys of this screen"),
    ];
    let mut rows: Vec<Vec<String>> = about
        .iter()
        .map(|(act, about)| {
            let row = action(*act).expect("a row of the table");
            let [en, zh] = both(row.label);
            vec![shown_keys(row), en, zh, (*about).to_owned()]
        })
        .collect();
    let outcome =
        ["`1`…`0`, letters", "Outcome", "结果", "says how it ended, plans what follows, opens the next row"];
    rows.insert(1, outcome.map(str::to_owned).to_vec());
    table(&["Key", "English", "中文", "What it does"], rows)
}

/// What a context is called.
fn place(context: Context) -> String {
    let [en, zh] = [Lang::En, Lang::Zh].map(|lang| Words::new(lang).name("context", context.id()).to_owned());
    format!("{en} · {zh}")
}

/// The list of all keys, as it stands in `docs/keys.md` for the defaults.
pub fn keys(keymap: &Keymap) -> String {
    let row = |of: &Row| {
        let [en, zh] = both(of.action.label);
        let keys: Vec<String> = of.keys.iter().map(|key| format!("`{}`", key.label())).collect();
        let keys = if keys.is_empty() { "–".to_owned() } else { keys.join(" ") };
        vec![keys, en, zh, format!("`{}`", of.action.id)]
    };
    let short = |context: &Context| place(*context).split(" · ").next().unwrap_or_default().to_owned();
    let mut text = String::new();
    for section in keymap.sections() {
        let Some(context) = section.context else {
            text += "### In most places\n\n";
            text += &table(
                &["Key", "English", "中文", "Name", "Where"],
                section.rows.iter().map(|of| {
                    let missing: Vec<String> = of.missing().iter().map(short).collect();
                    let there: Vec<String> = of.contexts.iter().map(short).collect();
                    let places = match missing.len() {
                        0 => "everywhere".to_owned(),
                        1..=3 => format!("everywhere but: {}", missing.join(", ")),
                        _ => there.join(", "),
                    };
                    [row(of), vec![places]].concat()
                }),
            );
            continue;
        };
        text += &["\n### ", &place(context), "\n\n"].concat();
        text += &table(&["Key", "English", "中文", "Name"], section.rows.iter().map(row));
    }
    text
}

fn commands() -> String {
    let mut root = Args::command();
    root.build();
    let mut text = String::from("### Options of every command\n\n");
    text += &arguments(&root, true).unwrap_or_default();
    describe(&root, &mut Vec::new(), &mut text);
    text
}

fn describe(command: &Command, path: &mut Vec<String>, text: &mut String) {
    path.push(command.get_name().to_owned());
    let groups = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    if path.len() > 1 && !command.is_subcommand_required_set() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage:").trim();
        let told = ["\n### ", &path.join(" "), "\n\n", &about, ".\n\n```text\n", usage, "\n```\n"];
        text.push_str(&told.concat());
        if let Some(table) = arguments(command, false) {
            text.push('\n');
            text.push_str(&table);
        }
    }
    for sub in groups {
        describe(sub, path, text);
    }
    path.pop();
}

fn arguments(command: &Command, global: bool) -> Option<String> {
    let wanted = command.get_arguments().filter(|arg| {
        !matches!(
            arg.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        ) && arg.is_global_set() == global
    });
    let rows: Vec<Vec<String>> = wanted
        .map(|arg| {
            let takes = arg.get_action().takes_values();
            let value = arg.get_value_names().and_then(<[_]>::first).map(|name| format!("<{name}>"));
            let value = value.unwrap_or_default();
            let name = match (arg.get_long(), arg.get_short()) {
                (None, _) => value,
                (Some(long), short) => {
                    let short = short.map(|letter| format!("-{letter}, ")).unwrap_or_default();
                    let value = if takes { format!(" {value}") } else { String::new() };
                    format!("{short}--{long}{value}")
                }
            };
            let mut about = vec![arg.get_help().map(ToString::to_string).unwrap_or_default()];
            let possible = arg.get_possible_values();
            let names: Vec<&str> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
            // most helps name them already
            let told = about.iter().any(|help| names.iter().all(|name| help.contains(name)));
            if takes && !told && !arg.is_hide_possible_values_set() {
                about.push(format!("one of {}", names.join(", ")));
            }
            let usual: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
            if takes && usual.iter().any(|value| !value.is_empty()) {
                about.push(format!("usually `{}`", usual.join(" ")));
            }
            if let Some(variable) = arg.get_env() {
                about.push(format!("or `{}`", variable.to_string_lossy()));
            }
            if arg.is_required_set() {
                about.push("must be given".to_owned());
            }
            vec![format!("`{name}`"), about.join("; ")]
        })
        .collect();
    (!rows.is_empty()).then(|| table(&["Argument", "What it is"], rows))
}

fn settings() -> String {
    let rows = TABLE.iter().map(|row| {
        let flag = if row.flag.is_empty() { String::new() } else { format!("`--{}`", row.flag) };
        let about = format!("{} {}", row.about, row.kind.words());
        vec![format!("`{}`", row.name), format!("`{}`", row.default), flag, about.trim_end().to_owned()]
    });
    table(&["Setting", "Default", "Option", "What it is"], rows)
}

fn themes() -> String {
    let rows = Theme::NAMES.iter().map(|name| {
        let [en, zh] = [Lang::En, Lang::Zh].map(|lang| Words::new(lang).name("theme", name).to_owned());
        let text = fs::read_to_string(root().join("themes").join(name).with_extension("toml")).unwrap();
        let about = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
        vec![format!("`{name}`"), en, zh, about]
    });
    table(&["Theme", "English", "中文", "What it says of itself"], rows)
}

fn roles() -> String {
    let code = fs::read_to_string(root().join("src/theme/role.rs")).unwrap();
    let rows = Role::ALL.iter().map(|role| {
        let name = role.name();
        let before = code.split_once(&format!(" = \"{name}\",")).expect("the role").0;
        let about = before.lines().rev().find_map(|line| line.trim().strip_prefix("///")).unwrap_or_default();
        vec![format!("`{name}`"), about.trim().to_owned()]
    });
    table(&["Role", "What it is for"], rows)
}

/// Whose the customer is, and what that is called.
const RELATIONS: [Relation; 6] = [
    Relation::Own,
    Relation::Collaborates,
    Relation::Views,
    Relation::Team,
    Relation::Other,
    Relation::Nobody,
];

/// What a right is called; a new one does not compile before it has a name here.
const fn right(action: Right) -> &'static str {
    match action {
        Right::SeeCustomer => "see a customer",
        Right::SeeContact => "see numbers whole, where the playbook does not mask them",
        Right::Reveal => "have a masked number shown",
        Right::Grant => "let a colleague see or work a customer",
        Right::GrantCredit => "share the credit of a customer",
        Right::ExportUnasked => "take records out without a manager's word",
        Right::ApproveExport => "approve an export",
        Right::WorkCustomer => "work: log, send, push, skip, put off, make a task",
        Right::EditCustomer => "edit names, contacts, facts, members",
        Right::MoveDeal => "move, win, lose deals; book nodes",
        Right::AddCustomer => "add a customer",
        Right::ForbidContact => "register do-not-contact",
        Right::AllowContact => "lift do-not-contact",
        Right::Assign => "give a customer to a rep",
        Right::Import => "import a lead file",
        Right::ManagePeople => "add and change users and teams",
        Right::ApplyPlaybook => "apply a playbook",
        Right::SetTarget => "set a target",
        Right::RollDay => "roll the day over",
        Right::UndoOwn => "take back a change of one's own of today",
        Right::UndoOther => "take back somebody else's change",
        Right::ApprovePrice => "approve a price under the approval limit",
        Right::RescuePromise => "do a promised task that is long overdue",
        Right::Export => "take records out as a table",
        Right::ReadAudit => "read the audit trail",
        Right::Backup => "make a backup, put one back",
        Right::Mend => "set sums right by the journal",
        Right::Privacy => "hand out or erase what is held of a person",
        Right::Restore => "bring exported records in again",
        Right::ManageSignIn => "let keys in, invite, set passwords",
        Right::Unlock => "let somebody try again who was locked out",
        Right::ProposePk => "propose a match: in it oneself, of the own team, of others",
        Right::AnswerPk => "accept or decline a match for a side",
        Right::WithdrawPk => "take a match away that this person proposed",
        Right::SeePk => "see a match",
        Right::DecidePk => "decide a match whose time has passed",
        Right::DisputePk => "dispute the result of a match",
        Right::SettlePk => "settle a disputed result",
        Right::ChooseNemesis => "choose a rival of one's own",
        Right::SeeDesk => "see how a team's day stands",
        Right::Attend => "say whether somebody is here today",
        Right::RunDesk => "give a day to others, put work off, whisper, call rounds and decide",
        Right::HearWhisper => "hear what was whispered to oneself",
        Right::EndSession => "see who is signed in, and sign out",
        Right::SeeReport => "see a report, and the funnel of whose it is",
        Right::HandInReport => "hand in a person's report",
        Right::HandInTeamReport => "hand in a team's report",
        Right::CloseReport => "keep reports of a period that has closed",
        Right::CommentReport => "say something to a report",
        Right::SeePay => "see what somebody is paid",
        Right::SetScore => "set a score that pay goes by",
        Right::SeeValue => "see what the program is worth",
        Right::SeeHealth => "see how a team is doing under the surface",
        Right::NoteHealth => "note what a quarter of a team taught",
    }
}

fn rights_table() -> String {
    let rows = Right::ALL.iter().copied().map(|action| {
        let cells = RELATIONS.map(|relation| {
            let may: Vec<&str> = Job::ALL
                .iter()
                .filter(|job| rights::may(**job, action, relation))
                .map(|job| job.as_str())
                .collect();
            match may.as_slice() {
                [] => "nobody".to_owned(),
                all if all.len() == Job::ALL.len() => "everybody".to_owned(),
                some => some.join(", "),
            }
        });
        [vec![right(action).to_owned()], cells.to_vec()].concat()
    });
    table(
        &["What", "own customer", "collaborates", "may see", "a team mate's", "another team's", "nobody's"],
        rows,
    )
}

/// The columns of every kind of records.
fn record_columns() -> String {
    let rows = Records::ALL.iter().map(|records| {
        let names: Vec<String> = columns(*records)
            .iter()
            .map(|column| {
                let shown = if column.cell == Cell::Shown { "*" } else { "" };
                format!("`{}`{shown}", column.name)
            })
            .collect();
        vec![records.to_string(), names.join(" ")]
    });
    let all = table(&["Records", "Columns"], rows);
    format!("{all}\n`*` is for the reader; it is not read back.\n")
}
