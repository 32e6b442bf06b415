//! Twins: the same seed and the same script on a file and on a server, which must come to the same to the byte.
//!
//! ```sh
//! cargo run --release --example twins -- --changes 5000 --seed 1
//! ```
//!
//! A floor is made up on both engines; then both follow one script (`corral::sample::script`) in step: outcomes, materials, coupons,
//! deals, undo, imports, refusals. What each change comes to is compared as it happens. Now and then and at the end the program
//! starts itself as `corral` on both and compares what boards, Today lists, exports, searches, cards and the check print, and the
//! content of every table. It starts a PostgreSQL server of its own and throws it away, unless `--server` names one (its schema
//! `twins_…` is left behind there). Exit status 1 at the first difference, which is printed with its place.

#[path = "../tests/cluster/cluster.rs"]
mod cluster;
#[path = "floor/error.rs"]
mod error;
#[path = "twins/look.rs"]
mod look;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use corral::playbook::{embedded, source};
use corral::sample::script::Script;
use corral::sample::{self, Request};
use corral::store::Db;

use error::{Failed, print, say};

/// The morning the made-up history ends.
const MORNING: &str = "2026-11-19T10:30:00+08:00";
/// Changes between two looks at everything.
const LOOK_EVERY: usize = 1_000;

/// The same script on two engines
#[derive(Debug, Parser)]
#[command(name = "twins", max_term_width = 100)]
struct Args {
    /// Changes of the script
    #[arg(long, default_value_t = 5_000)]
    changes: usize,
    /// The same seed, the same script
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The playbook everybody works by
    #[arg(long, default_value = "edu-english")]
    playbook: String,
    /// Reps
    #[arg(long, default_value_t = 6)]
    reps: usize,
    /// Customers the floor begins with
    #[arg(long, default_value_t = 240)]
    customers: usize,
    /// A server's address, database included; one of its own where none is named
    #[arg(long, value_name = "ADDRESS")]
    server: Option<String>,
}

fn main() -> ExitCode {
    if std::env::var_os(look::AS_CORRAL).is_some() {
        return corral::cli::main();
    }
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failed) => {
            say(&format!("twins: {failed}"));
            ExitCode::FAILURE
        }
    }
}

/// One of the two.
struct Twin {
    place: PathBuf,
    db: Db,
    script: Script,
}

impl Twin {
    fn make(place: &Path, request: &Request) -> Result<Self, Failed> {
        sample::make(place, request, &mut |_, _| {})?;
        let mut db = Db::open(place)?;
        // what is lost when the machine fails is made again
        db.careless()?;
        let script = Script::new(&mut db, request.seed, request.now)?;
        Ok(Self { place: place.to_owned(), db, script })
    }
}

fn run(args: &Args) -> Result<bool, Failed> {
    let begun = Instant::now();
    let folder = tempfile::tempdir()?;
    let address = match &args.server {
        Some(address) => address.clone(),
        None => cluster::shared().database(),
    };
    let and = if address.contains('?') { '&' } else { '?' };
    let schema = format!("{address}{and}schema=twins_{}", std::process::id());
    let request = request(args)?;
    let mut left = Twin::make(&folder.path().join("twin.db"), &request)?;
    let mut right = Twin::make(Path::new(&schema), &request)?;
    print(&format!("made {} customers of {} reps twice in {}", args.customers, args.reps, spent(begun)))?;
    let mut made = 0;
    let (mut refused, mut looked) = (0, 0);
    if !look::compare(&mut left, &mut right, (made, folder.path()))? {
        return Ok(false);
    }
    while made < args.changes {
        let (mine, theirs) = (left.script.step(&mut left.db)?, right.script.step(&mut right.db)?);
        for place in 0..mine.len().max(theirs.len()) {
            made += 1;
            let (one, other) = (mine.get(place), theirs.get(place));
            if one != other {
                look::differs(&format!("change {made}"), (one, other))?;
                return Ok(false);
            }
            refused += usize::from(one.is_some_and(|line| line.contains(": refused, ")));
        }
        if made / LOOK_EVERY > looked && made < args.changes {
            looked = made / LOOK_EVERY;
            if !look::compare(&mut left, &mut right, (made, folder.path()))? {
                return Ok(false);
            }
        }
    }
    print(&format!("{made} changes, {refused} of them refused, in {}", spent(begun)))?;
    let same = look::compare(&mut left, &mut right, (made, folder.path()))?;
    if same {
        print("the same to the byte")?;
    }
    Ok(same)
}

fn request(args: &Args) -> Result<Request, Failed> {
    let unknown = || Failed::Part(format!("there is no built-in playbook '{}'", args.playbook));
    let text = embedded::text(&args.playbook).ok_or_else(unknown)?;
    let book =
        source::load_text(&args.playbook, text).map_err(|_| Failed::Part("a broken playbook".to_owned()))?;
    let now = MORNING.parse().map_err(|_| Failed::Part("a broken morning".to_owned()))?;
    let playbooks = vec![Arc::new(book)];
    Ok(Request { playbooks, reps: args.reps, customers: args.customers, days: 2, seed: args.seed, now })
}

fn spent(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
