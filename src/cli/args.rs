//! What can be typed after `corral`.

pub mod board;
pub mod desk;
pub mod pay;
pub mod pk;
pub mod report;
pub mod target;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};
use clap_complete::Shell;

pub use board::{Board, Facts, Wall};
pub use target::Target;

use crate::cli::values;
use crate::domain::id::{AskId, BatchId, ContactId, CustomerId, DealId, OrderId, PersonId, TaskId, WriteId};
use crate::domain::lists::{AuditKind, Lane, OwnerRight, Period, Records, Role, UserState};
use crate::domain::time::{Day, Timestamp};

/// Calls due, materials to send, coupons to push: a sales team's day in the terminal.
#[derive(Debug, Clone, Parser)]
#[command(name = "corral", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Args {
    /// The database: a file's path, or a server's address
    #[arg(long, global = true, env = "CORRAL_DB", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub db: Option<String>,
    /// Who acts: a sign-in name
    #[arg(long, short = 'u', global = true, env = "CORRAL_USER", value_name = "LOGIN")]
    pub user: Option<String>,
    /// Prints one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Fixes the clock, as RFC 3339: 2026-11-22T09:30:00+08:00
    #[arg(long, global = true, value_name = "TIME", value_parser = values::instant)]
    pub now: Option<Timestamp>,
    /// The language: en or zh
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "zh"])]
    pub lang: Option<String>,
    /// The look: dark, light, high-contrast, colour-blind or mono
    #[arg(long, global = true, value_name = "THEME", value_parser = values::theme(), hide_possible_values = true)]
    pub theme: Option<String>,
    /// The settings file, where it is not the usual one
    #[arg(long, global = true, env = "CORRAL_SETTINGS", value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// How much is written to the log: off, error, warn, info or debug
    #[arg(long, global = true, value_name = "LEVEL", value_parser = ["off", "error", "warn", "info", "debug"])]
    pub log: Option<String>,
    /// Starts without settings, keys and themes of one's own; drafts are left as they are
    #[arg(long, global = true)]
    pub safe: bool,
    /// The keymap file, where it is not keys.toml beside the settings
    #[arg(long, global = true, env = "CORRAL_KEYS", value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Asks for the PIN of who acts before the screen opens
    #[arg(long, global = true)]
    pub ask_pin: bool,
    /// From where somebody far away has a server run this
    #[arg(long, global = true, hide = true, env = "CORRAL_SERVED", value_name = "ADDRESS")]
    pub served: Option<IpAddr>,
    /// What to do; nothing opens the screen
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Opens the screen (as no command does)
    Open,
    /// Makes a new database
    Init(Init),
    /// Shows Corral on sample data, in a copy of its own: in a file, or on the server that --db names
    Demo(Demo),
    /// Serves the floor over SSH
    Serve(Serve),
    /// Lists, adds and changes users, and says how they sign in
    #[command(subcommand)]
    User(User),
    /// Lists teams and says which playbook they work by
    #[command(subcommand)]
    Team(Team),
    /// Lists and sets targets
    #[command(subcommand)]
    Target(Target),
    /// Checks, applies, lists and exports playbooks
    #[command(subcommand)]
    Playbook(Playbook),
    /// Brings in lead files and records
    #[command(subcommand)]
    Import(Import),
    /// Writes records as a table
    Export(Export),
    /// Exports that were asked for: lists, approves, refuses
    #[command(subcommand)]
    Approval(Approval),
    /// Prints a rep's day
    Today,
    /// Prints the outcomes of the playbook
    Outcomes {
        /// Only those of this lane
        #[arg(long, value_parser = values::lane())]
        lane: Option<Lane>,
    },
    /// Saves the outcome of a task; `-` reads one JSON object a line
    Log(Log),
    /// Sends the material of a task and prints its text
    Send {
        /// The task
        task: TaskId,
    },
    /// Pushes the coupon of a task and prints its code
    Push {
        /// The task
        task: TaskId,
    },
    /// Skips a task with a reason
    Skip(Skip),
    /// Puts a task off
    Snooze {
        /// The task
        task: TaskId,
        /// Until when, as RFC 3339
        #[arg(long, value_parser = values::instant)]
        until: Timestamp,
    },
    /// Rolls the business day over where nobody has yet
    Roll,
    /// Takes back my last change, or lists what can be taken back
    Undo(Undo),
    /// Opens, moves, wins and loses deals; books nodes
    #[command(subcommand)]
    Deal(Deal),
    /// Finds, shows and adds customers
    #[command(subcommand)]
    Customer(Customer),
    /// Prints a board
    Board(Board),
    /// Shows boards on a big screen, one after the other
    Wall(Wall),
    /// Prints the facts behind a figure
    Facts(Facts),
    /// Matches between reps and teams: proposes, answers, shows, decides, settles
    #[command(subcommand)]
    Pk(pk::Pk),
    /// Reports that write themselves: shows, hands in, comments, exports; funnels; what the program is worth
    #[command(subcommand)]
    Report(report::Report),
    /// What people are paid: statements of a month, line by line; scores that pay goes by
    Pay(pay::Pay),
    /// The lead's desk: reps by today, who was followed up, a day given to others or put off, whispers, rounds
    Desk(desk::Desk),
    /// Prints warnings that are open, and how many of what was lost had been warned of
    Warnings(desk::Warnings),
    /// Rebuilds every derived number and compares
    Verify,
    /// Reads, checks and writes out the audit trail: who did what that matters
    #[command(subcommand)]
    Audit(Audit),
    /// Hands out what is held of a person, or erases it
    #[command(subcommand)]
    Privacy(Privacy),
    /// Makes a backup of a file while everybody works; tells how a server is backed up
    Backup(Backup),
    /// Puts a backup in a database's place, after telling what would be lost
    Restore(Restore),
    /// Tells what a database stands on and how large it is; copies one to another place or engine
    #[command(subcommand)]
    Db(Db),
    /// Tells how the file, the folders and the terminal stand, and what to do; changes nothing
    Doctor,
    /// Makes up a believable floor
    Sample(Sample),
    /// Prints the settings in effect and where they come from
    Settings {
        /// What to do; shows where nothing is said
        #[command(subcommand)]
        asked: Option<Settings>,
    },
    /// Prints the keys in force; checks a keymap file; writes one with every default
    Keys {
        /// What to do; nothing prints the keys in force
        #[command(subcommand)]
        command: Option<Keys>,
    },
    /// Prints the manual page, with the keys in force
    Man {
        /// Writes the pages of all commands into this folder instead
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
    /// Prints completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Settings.
#[derive(Debug, Clone, Subcommand)]
pub enum Settings {
    /// Prints the settings in effect and where each comes from
    Show,
    /// Prints a settings file with every default, explained
    Default,
    /// Tells every fault of a settings file, with its place
    Check {
        /// The file; the one in use where not given
        file: Option<PathBuf>,
    },
}

/// Keys.
#[derive(Debug, Clone, Subcommand)]
pub enum Keys {
    /// Tells every problem of a keymap file, with its place
    Check {
        /// The file; the one in use where not given
        file: Option<PathBuf>,
    },
    /// Prints a keymap file with every action and its default
    Default,
}

/// A new database.
#[derive(Debug, Clone, clap::Args)]
pub struct Init {
    /// A playbook: a file, a folder, or the name of a built-in one; may be given several times
    #[arg(long, required = true, value_name = "PLAYBOOK", value_parser = values::playbook(), hide_possible_values = true)]
    pub playbook: Vec<String>,
}

/// The demonstration.
#[derive(Debug, Clone, clap::Args)]
pub struct Demo {
    /// The database to copy; the built-in sample where none is given
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Colleagues who work in the background
    #[arg(long, default_value_t = 6)]
    pub colleagues: usize,
    /// Copies, looks and prints what a newcomer would see, without a screen
    #[arg(long)]
    pub check: bool,
}

/// Users.
#[derive(Debug, Clone, Subcommand)]
pub enum User {
    /// Lists users
    List,
    /// Adds a user
    Add {
        /// The sign-in name
        login: String,
        /// The name shown
        #[arg(long)]
        name: Option<String>,
        /// rep, coach, lead, manager or admin
        #[arg(long, value_parser = values::role(), default_value = "rep")]
        role: Role,
        /// The team; made where there is none of the name
        #[arg(long)]
        team: Option<String>,
        /// The rank; the playbook's first where not given
        #[arg(long)]
        rank: Option<String>,
        /// The job that owns pipelines
        #[arg(long)]
        job: Option<String>,
    },
    /// Changes a user
    Set {
        /// The sign-in name
        login: String,
        /// The name shown
        #[arg(long)]
        name: Option<String>,
        /// rep, coach, lead, manager or admin
        #[arg(long, value_parser = values::role())]
        role: Option<Role>,
        /// The team, from today on
        #[arg(long)]
        team: Option<String>,
        /// The rank
        #[arg(long)]
        rank: Option<String>,
        /// The job that owns pipelines
        #[arg(long)]
        job: Option<String>,
        /// active, notice or left
        #[arg(long, value_parser = values::state())]
        state: Option<UserState>,
        /// The coach's sign-in name
        #[arg(long)]
        coach: Option<String>,
    },
    /// Lists, adds and removes the keys that a user signs in with
    #[command(subcommand)]
    Key(Key),
    /// Prints a code that lets a user add a key, once, at the first sign-in
    Invite {
        /// The sign-in name
        login: String,
        /// How many hours it holds
        #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=168))]
        hours: u16,
    },
    /// Sets a password, read from the terminal or standard input
    Password {
        /// The sign-in name
        login: String,
        /// Takes it away: only keys sign in then
        #[arg(long)]
        off: bool,
    },
    /// Asks for one-time codes of an authenticator beside the password, and prints what it is told
    Totp {
        /// The sign-in name
        login: String,
        /// Asks for none any more
        #[arg(long)]
        off: bool,
    },
    /// Sets the PIN that a screen asks for, read from the terminal or standard input
    Pin {
        /// The sign-in name
        login: String,
        /// Takes it away: a locked screen opens by a key then
        #[arg(long)]
        off: bool,
    },
    /// Lets a user try again who was locked out after wrong passwords, codes or PINs
    Unlock {
        /// The sign-in name
        login: String,
    },
    /// Lists who tried to sign in, newest first
    Tries {
        /// Only those of this user
        login: Option<String>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
}

/// Keys of users.
#[derive(Debug, Clone, Subcommand)]
pub enum Key {
    /// Lets the keys of a file in
    Add {
        /// The sign-in name
        login: String,
        /// A file of public keys (`~/.ssh/id_ed25519.pub`), or `-` for standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Lists keys
    List {
        /// Only those of this user
        login: Option<String>,
    },
    /// Lets a key in no more
    Remove {
        /// The sign-in name
        login: String,
        /// The key: its fingerprint, or its name
        key: String,
    },
}

/// The server.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Serve {
    /// What to ask the server that runs; nothing starts one
    #[command(subcommand)]
    pub command: Option<Server>,
    /// Where to take connections; 0.0.0.0:2222 where neither this nor the settings say otherwise
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The file of the key the server is known by; made where there is none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub host_key: Option<PathBuf>,
    /// Where to tell figures to a monitor on this machine: 127.0.0.1:9100
    #[arg(long, value_name = "ADDRESS")]
    pub metrics: Option<String>,
    /// Sessions to take
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub max_sessions: Option<i64>,
    /// Sessions to take from one address
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub max_per_address: Option<i64>,
    /// Sessions to take of one person
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=100))]
    pub max_per_person: Option<i64>,
    /// Connections that may wait at the door without having signed in
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub max_waiting: Option<i64>,
    /// Seconds somebody may stand at the door
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=600))]
    pub handshake: Option<i64>,
    /// Minutes without a key after which a session ends; 0 for never
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(i64).range(0..=10_080))]
    pub idle: Option<i64>,
}

/// Questions to the server.
#[derive(Debug, Clone, Subcommand)]
pub enum Server {
    /// Tells how the server of this machine is
    Status,
    /// Lists who is here, as far as one may sign them out
    Sessions,
    /// Signs somebody out
    End {
        /// The session, as `serve sessions` lists it
        id: u64,
    },
}

/// Teams.
#[derive(Debug, Clone, Subcommand)]
pub enum Team {
    /// Lists teams
    List,
    /// Says which playbook a team works by
    Set {
        /// The team's name
        team: String,
        /// The playbook's id
        #[arg(long, value_parser = values::playbook(), hide_possible_values = true)]
        playbook: String,
    },
}

/// Playbooks.
#[derive(Debug, Clone, Subcommand)]
pub enum Playbook {
    /// Tells every problem of playbook files, with its place
    Check {
        /// Files, folders, or names of built-in playbooks
        #[arg(required = true, value_parser = values::playbook(), hide_possible_values = true)]
        files: Vec<String>,
    },
    /// Shows what a playbook would change here, then stores it as its next version
    Apply {
        /// Files, folders, or the name of a built-in playbook
        #[arg(required = true, value_parser = values::playbook(), hide_possible_values = true)]
        files: Vec<String>,
        /// Only shows
        #[arg(long)]
        dry_run: bool,
    },
    /// Lists the playbooks in force
    List,
    /// Prints the text of a stored playbook
    Export {
        /// Its id; the only one where not given
        id: Option<String>,
        /// The version; the newest where not given
        #[arg(long)]
        number: Option<i64>,
    },
}

/// Imports.
#[derive(Debug, Clone, Subcommand)]
pub enum Import {
    /// Brings in leads from CSV or XLSX
    Leads(Leads),
    /// Brings in customers that were exported
    Customers(RecordsFile),
    /// Brings in deals that were exported
    Deals(RecordsFile),
    /// Brings in touches: exported ones, or those of another system by customer, user, time and outcome
    Touches(RecordsFile),
    /// Brings in tasks that were exported
    Tasks(RecordsFile),
    /// Brings in orders that were exported
    Orders(RecordsFile),
    /// Brings in use of what was bought: lessons taken, policies served
    Usage(RecordsFile),
    /// Lists what was brought in, newest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Takes an import back while nobody has worked on its customers
    Undo {
        /// The import, as `import list` prints it
        batch: BatchId,
    },
}

/// What is taken back.
#[derive(Debug, Clone, clap::Args)]
pub struct Undo {
    /// This change of mine instead, in whatever order
    pub change: Option<WriteId>,
    /// Lists what I did today, newest first, and what would come of taking each back
    #[arg(long, conflicts_with = "change")]
    pub list: bool,
    /// Tells what would come of it and changes nothing
    #[arg(long, requires = "change")]
    pub dry_run: bool,
    /// With --list: that of this user, for those who may take it back
    #[arg(long, value_name = "LOGIN", requires = "list")]
    pub of: Option<String>,
    /// With --list: at most this many
    #[arg(long, value_name = "N", default_value_t = 30, requires = "list", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub limit: u16,
    /// With --list: those before this revision, as `next` of the window before says
    #[arg(long, value_name = "REVISION", requires = "list")]
    pub before: Option<i64>,
}

/// A file of records.
#[derive(Debug, Clone, clap::Args)]
pub struct RecordsFile {
    /// The file, CSV or XLSX, or `-` for one JSON object a line on standard input
    pub file: PathBuf,
    /// The sheet of a workbook
    #[arg(long)]
    pub sheet: Option<String>,
    /// Where refused rows go; beside the file where not given
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// Records as a table.
#[derive(Debug, Clone, clap::Args)]
pub struct Export {
    /// customers, deals, touches, tasks, orders or usage
    #[arg(value_parser = values::records())]
    pub records: Records,
    /// The file; standard output where not given
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// csv or xlsx; as the file's name says where not given
    #[arg(long, value_parser = ["csv", "xlsx"])]
    pub format: Option<String>,
    /// From this business day on
    #[arg(long, value_name = "DAY")]
    pub from: Option<Day>,
    /// Until this business day, itself included
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Only of the day, week or month it is
    #[arg(long, value_parser = values::period(), conflicts_with_all = ["from", "until"])]
    pub period: Option<Period>,
    /// Only of this team
    #[arg(long)]
    pub team: Option<String>,
    /// Only of this user: a sign-in name
    #[arg(long, value_name = "LOGIN")]
    pub rep: Option<String>,
    /// Asks a manager to approve it, saying what for; made with the same words once it is approved
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
}

/// A lead file.
#[derive(Debug, Clone, clap::Args)]
pub struct Leads {
    /// The file
    pub file: PathBuf,
    /// The mapping file; without one a mapping is proposed from the column names
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Prints the proposed mapping and brings in nothing
    #[arg(long)]
    pub propose: bool,
    /// Whom new customers go to: a sign-in name, a team in turn, or none
    #[arg(long, default_value = "none", value_name = "LOGIN|TEAM|none")]
    pub assign: String,
    /// What becomes of known customers: skip, update (fill what is empty) or report
    #[arg(long, default_value = "skip", value_parser = ["skip", "update", "report"])]
    pub known: String,
    /// The playbook they are worked by
    #[arg(long)]
    pub playbook: Option<String>,
    /// The sheet of a workbook, by name or number
    #[arg(long)]
    pub sheet: Option<String>,
    /// The encoding of a text without a byte order mark: utf-8, gb18030, big5 or another; found out where not given
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Where refused rows go; beside the file where not given
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// An outcome to save.
#[derive(Debug, Clone, clap::Args)]
pub struct Log {
    /// The task, or `-` for one JSON object a line on standard input
    pub task: String,
    /// The outcome's code or key
    #[arg(long, short = 'o')]
    pub outcome: Option<String>,
    /// Seconds of talk
    #[arg(long)]
    pub seconds: Option<u32>,
    /// A note
    #[arg(long, default_value = "")]
    pub note: String,
    /// When to go on, as RFC 3339
    #[arg(long, value_parser = values::instant)]
    pub next: Option<Timestamp>,
    /// When the booked node takes place, as RFC 3339
    #[arg(long, value_parser = values::instant)]
    pub node_at: Option<Timestamp>,
    /// What was promised
    #[arg(long, default_value = "")]
    pub words: String,
    /// A fact learned: field=value; may be given several times
    #[arg(long, value_parser = values::pair, value_name = "FIELD=VALUE")]
    pub set: Vec<(String, String)>,
    /// Who was spoken to
    #[arg(long)]
    pub person: Option<PersonId>,
}

/// A task to skip.
#[derive(Debug, Clone, clap::Args)]
pub struct Skip {
    /// The task
    pub task: TaskId,
    /// The reason's code
    #[arg(long)]
    pub reason: String,
    /// Own words
    #[arg(long, default_value = "")]
    pub words: String,
}

/// Deals.
#[derive(Debug, Clone, Subcommand)]
pub enum Deal {
    /// Opens a deal or sets a tag
    Open {
        /// The customer
        customer: CustomerId,
        /// The pipeline
        #[arg(long)]
        pipeline: String,
    },
    /// Moves a deal to a stage
    Move {
        /// The deal
        deal: DealId,
        /// The stage
        #[arg(long)]
        to: String,
        /// Facts the stage requires: field=value
        #[arg(long, value_parser = values::pair, value_name = "FIELD=VALUE")]
        set: Vec<(String, String)>,
    },
    /// Closes a deal as won with its order
    Win {
        /// The deal
        deal: DealId,
        /// The product
        #[arg(long)]
        product: String,
        /// The price agreed, in whole units; the list price where not given
        #[arg(long)]
        price: Option<i64>,
        /// What was paid at once, in whole units; the price where not given
        #[arg(long)]
        paid: Option<i64>,
        /// The coupon used: its issue id
        #[arg(long)]
        coupon: Option<crate::domain::id::IssueId>,
        /// Facts the stage requires: field=value
        #[arg(long, value_parser = values::pair, value_name = "FIELD=VALUE")]
        set: Vec<(String, String)>,
    },
    /// Closes a deal as lost
    Lose {
        /// The deal
        deal: DealId,
        /// The reason's code
        #[arg(long)]
        reason: String,
        /// Own words
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Records a payment, or money given back
    Pay {
        /// The order
        order: OrderId,
        /// How much, in whole units; with a minus what was given back
        #[arg(long, allow_negative_numbers = true)]
        amount: i64,
    },
    /// Books a key node
    Book {
        /// The deal
        deal: DealId,
        /// The kind of node
        #[arg(long)]
        node: String,
        /// When, as RFC 3339
        #[arg(long, value_parser = values::instant)]
        at: Timestamp,
    },
}

/// Customers.
#[derive(Debug, Clone, Subcommand)]
pub enum Customer {
    /// Finds customers by name, pinyin, digits, WeChat
    Find {
        /// What to look for
        text: String,
        /// At most this many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Lists customers, newest first
    List {
        /// Only my own
        #[arg(long)]
        mine: bool,
        /// After this customer
        #[arg(long)]
        after: Option<CustomerId>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Prints a customer's card
    Show {
        /// The customer
        customer: CustomerId,
    },
    /// Adds a customer
    Add {
        /// The person's name
        name: String,
        /// A phone number
        #[arg(long)]
        phone: Option<String>,
        /// A WeChat id
        #[arg(long)]
        wechat: Option<String>,
        /// Where it came from
        #[arg(long, default_value = "")]
        source: String,
        /// Who follows it: a sign-in name; whoever acts where not given
        #[arg(long)]
        owner: Option<String>,
    },
    /// Sets a fact of a customer
    Set {
        /// The customer
        customer: CustomerId,
        /// field=value
        #[arg(value_parser = values::pair)]
        fact: (String, String),
    },
    /// Gives a customer to a rep
    Assign {
        /// The customer
        customer: CustomerId,
        /// A sign-in name, or none
        #[arg(long)]
        to: String,
    },
    /// Gives somebody a right over a customer: to see it, to work it too, or a share of what it buys
    Grant(Grant),
    /// Takes such a right back
    Revoke {
        /// The customer
        customer: CustomerId,
        /// From whom: a sign-in name
        #[arg(long, value_name = "LOGIN")]
        from: String,
        /// view, collaborate or credit
        #[arg(long, value_parser = values::owner_right())]
        right: OwnerRight,
        /// The process it was given for; all where not given
        #[arg(long, default_value = "")]
        process: String,
        /// Why
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Shows a masked number or id: counted, and on record
    Reveal {
        /// The way of contact, as the card prints it
        contact: ContactId,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Registers that a customer must not be contacted
    Forbid {
        /// The customer
        customer: CustomerId,
        /// What the customer said
        #[arg(long, default_value = "")]
        words: String,
    },
}

/// A right over a customer.
#[derive(Debug, Clone, clap::Args)]
pub struct Grant {
    /// The customer
    pub customer: CustomerId,
    /// To whom: a sign-in name
    #[arg(long, value_name = "LOGIN")]
    pub to: String,
    /// view, collaborate or credit
    #[arg(long, value_parser = values::owner_right())]
    pub right: OwnerRight,
    /// Until the end of this day; until it is taken back where not given
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Only in this process; in all where not given
    #[arg(long, default_value = "")]
    pub process: String,
    /// Of credit: the share, such as 30%
    #[arg(long, value_parser = values::share)]
    pub share: Option<i64>,
    /// Why
    #[arg(long, default_value = "")]
    pub why: String,
}

/// Exports that were asked for.
#[derive(Debug, Clone, Subcommand)]
pub enum Approval {
    /// Lists exports that were asked for, newest first
    List {
        /// At most this many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Says that an export may be made, for a day
    Give {
        /// Which, as the list prints it
        ask: AskId,
        /// Why
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Says that an export may not be made
    Refuse {
        /// Which, as the list prints it
        ask: AskId,
        /// Why
        #[arg(long, default_value = "")]
        why: String,
    },
}

/// A made-up floor.
#[derive(Debug, Clone, clap::Args)]
pub struct Sample {
    /// The database to make
    pub out: PathBuf,
    /// Reps
    #[arg(long, default_value_t = 24)]
    pub reps: usize,
    /// Customers
    #[arg(long, default_value_t = 3_000)]
    pub customers: usize,
    /// Business days of history
    #[arg(long, default_value_t = 20)]
    pub days: usize,
    /// The same seed makes the same floor
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A playbook: a file, a folder, or the name of a built-in one; all built-in ones where not given
    #[arg(long, value_parser = values::playbook(), hide_possible_values = true)]
    pub playbook: Vec<String>,
}

/// The database itself.
#[derive(Debug, Clone, Subcommand)]
pub enum Db {
    /// Tells the engine, its version, the size, the layout and the rows of every table
    Info,
    /// Writes a file anew without what lies on pages that are not in use; nobody writes meanwhile
    Pack,
    /// Adds up anew what was counted, from the journal, and sets right the sums that differ
    Rebuild(Rebuild),
    /// Copies a whole database to a place where there is none; the same again goes on where it was cut off
    Copy(Copy),
}

/// Sums made again.
#[derive(Debug, Clone, clap::Args)]
pub struct Rebuild {
    /// Only of the month this day lies in; every month where not given
    #[arg(long, value_name = "DAY")]
    pub month: Option<Day>,
    /// Only tells what differs
    #[arg(long)]
    pub dry_run: bool,
}

/// A copy of a database.
#[derive(Debug, Clone, clap::Args)]
pub struct Copy {
    /// The database to copy: a file's path or a server's address
    #[arg(value_hint = ValueHint::FilePath)]
    pub from: PathBuf,
    /// Where it is copied to: a file's path or a server's address
    #[arg(value_hint = ValueHint::FilePath)]
    pub to: PathBuf,
    /// Copies this many rows a second at most, so that others who use the machine do not wait
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u64).range(1..))]
    pub pace: Option<u64>,
}

/// The audit trail.
#[derive(Debug, Clone, Subcommand)]
pub enum Audit {
    /// Lists what was done, newest first
    List(AuditFilter),
    /// Writes it to a file with the seals, newest first, the trail's head before it
    Export {
        /// The file: CSV, or one JSON object a line where its name ends in .jsonl
        file: PathBuf,
        /// csv or jsonl; as the file's name says where not given
        #[arg(long, value_parser = ["csv", "jsonl"])]
        format: Option<String>,
        /// Which rows
        #[command(flatten)]
        only: AuditFilter,
    },
    /// Checks that no row was altered, taken out or put elsewhere
    Verify,
}

/// Which rows of the audit trail.
#[derive(Debug, Clone, clap::Args)]
pub struct AuditFilter {
    /// From this business day on
    #[arg(long, value_name = "DAY")]
    pub since: Option<Day>,
    /// Until this business day, itself included
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Only this kind of act
    #[arg(long, value_parser = values::audit_kind(), hide_possible_values = true)]
    pub kind: Option<AuditKind>,
    /// Only what this user did, or what is about this user: a sign-in name
    #[arg(long, value_name = "LOGIN")]
    pub of: Option<String>,
    /// Only what is about this customer
    #[arg(long, value_name = "ID")]
    pub customer: Option<CustomerId>,
    /// Those before this number, as `next` of the window before says
    #[arg(long, value_name = "NUMBER")]
    pub before: Option<i64>,
    /// At most this many in a list
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub limit: u16,
}

/// What is held of people.
#[derive(Debug, Clone, Subcommand)]
pub enum Privacy {
    /// Writes everything held of a customer or a user as one JSON document
    Export(Gather),
    /// Erases what a customer can be recognised by; tells what goes and what stays, and does it with --yes
    Erase {
        /// The customer
        customer: CustomerId,
        /// Why, in words that name nobody: they stay
        #[arg(long)]
        why: String,
        /// Does it: there is no way back
        #[arg(long)]
        yes: bool,
    },
    /// Erases what has been kept as long as the playbooks say
    Retain {
        /// Only tells what would be erased
        #[arg(long)]
        dry_run: bool,
    },
    /// Lists who was erased, and when
    Erased,
    /// Erases again whom a list names, after a server was brought back to a time before
    Again {
        /// The list: a JSON object with at and customer a line
        #[arg(value_hint = ValueHint::FilePath)]
        list: PathBuf,
    },
}

/// Whose data is handed out.
#[derive(Debug, Clone, clap::Args)]
pub struct Gather {
    /// The customer
    pub customer: Option<CustomerId>,
    /// Only what is held of this person of the household
    #[arg(long, requires = "customer")]
    pub person: Option<PersonId>,
    /// A user of the floor instead: a sign-in name
    #[arg(long = "of", value_name = "LOGIN", conflicts_with = "customer")]
    pub user: Option<String>,
    /// The file, for its owner alone; standard output where not given
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Why, for the audit trail
    #[arg(long, default_value = "")]
    pub why: String,
}

/// Backups.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Backup {
    /// The file to make; one named by the time, in the folder, where not given
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The folder; the database's name with -backups where not given
    #[arg(long, value_name = "FOLDER", conflicts_with = "file", value_hint = ValueHint::DirPath)]
    pub to: Option<PathBuf>,
    /// Removes backups of the folder that are older than so many days, once the new one is there
    #[arg(long, value_name = "N", conflicts_with = "file")]
    pub keep_days: Option<u32>,
    /// Removes all but so many of the newest; with --keep-days what either keeps is kept
    #[arg(long, value_name = "N", conflicts_with = "file")]
    pub keep_count: Option<u32>,
    /// Seals it for a public key, age1…, or a file with one a line; may be given several times
    #[arg(long, value_name = "KEY|FILE", conflicts_with_all = ["passphrase", "passphrase_file"])]
    pub recipient: Vec<String>,
    /// With which passphrase it is sealed
    #[command(flatten)]
    pub passphrase: Passphrase,
    /// What else to do
    #[command(subcommand)]
    pub asked: Option<BackupAsked>,
}

/// A passphrase; never an argument, which every program of the machine can read.
#[derive(Debug, Clone, clap::Args)]
pub struct Passphrase {
    /// By a passphrase: asked on the terminal, or a line of standard input
    #[arg(long, conflicts_with = "passphrase_file")]
    pub passphrase: bool,
    /// By the passphrase in the first line of a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub passphrase_file: Option<PathBuf>,
}

/// What opens a sealed backup.
#[derive(Debug, Clone, clap::Args)]
pub struct Opening {
    /// Opens a sealed one with the secret key in a file; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["passphrase", "passphrase_file"])]
    pub identity: Vec<PathBuf>,
    /// Or with a passphrase
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// What can be asked of backups.
#[derive(Debug, Clone, Subcommand)]
pub enum BackupAsked {
    /// Lists the backups of a folder, newest first
    List {
        /// The folder; the database's name with -backups where not given
        folder: Option<PathBuf>,
    },
    /// Checks that a backup is what its manifest says, opens and verifies it
    Check {
        /// The backup
        file: PathBuf,
        /// What opens it
        #[command(flatten)]
        opening: Opening,
    },
    /// Makes a secret key for sealed backups, in a file of its own, and prints the public one to seal them for
    Key {
        /// The file to make; keep it where the backups are not
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

/// A backup to put back.
#[derive(Debug, Clone, clap::Args)]
pub struct Restore {
    /// The backup
    pub backup: PathBuf,
    /// The database it is to become
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: PathBuf,
    /// Agrees that so many changes are lost: the number that is told without it
    #[arg(long, value_name = "N")]
    pub yes_lose: Option<u64>,
    /// Only tells what would be lost
    #[arg(long)]
    pub dry_run: bool,
    /// What opens it
    #[command(flatten)]
    pub opening: Opening,
}
