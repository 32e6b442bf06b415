//! Every figure of docs/performance.md in one run, and the table made of them.
//!
//! ```sh
//! cargo run --release --example million -- --db floor-1m.db --customers 1000000 --reps 500      # once
//! cargo run --release --example million -- --db floor-10k.db
//! cargo run --release --example perf -- --large floor-1m.db --small floor-10k.db
//! ```
//!
//! Builds what is needed, runs the benches and the load programs one after another on a machine that should have nothing else to
//! do, gathers the lines they leave in `target/perf`, and writes the table between the marks in docs/performance.md. What each
//! program said is kept beside the lines. `--table` only writes the table again.

#[path = "perf/cost.rs"]
mod cost;
#[path = "floor/error.rs"]
mod error;
#[path = "perf/line.rs"]
mod line;
#[path = "perf/machine.rs"]
mod machine;
#[path = "perf/step.rs"]
mod step;
#[path = "perf/table.rs"]
mod table;

use std::path::{self, Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use error::{Failed, print, say};

/// Every figure of docs/performance.md in one run.
#[derive(Debug, Parser)]
#[command(name = "perf", max_term_width = 100)]
struct Args {
    /// A floor of a million customers; what needs one is left out where none is named
    #[arg(long, value_name = "FILE")]
    large: Option<PathBuf>,
    /// A floor of ten thousand, made the same way; what needs one is left out where none is named
    #[arg(long, value_name = "FILE")]
    small: Option<PathBuf>,
    /// A folder for copies of the floors: as much room as the large one takes, twice
    #[arg(long, value_name = "FOLDER", default_value = "target/perf/work")]
    work: PathBuf,
    /// Shorter runs, to see that everything works
    #[arg(long)]
    quick: bool,
    /// Only these steps; `--list` names them
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Names the steps
    #[arg(long)]
    list: bool,
    /// Runs nothing: writes the table from the lines there are
    #[arg(long)]
    table: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            say(&format!("perf: {failed}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // programs are started from other folders than this one
    let args = &Args {
        large: args.large.as_deref().map(path::absolute).transpose()?,
        small: args.small.as_deref().map(path::absolute).transpose()?,
        work: root.join(&args.work),
        only: args.only.clone(),
        ..*args
    };
    let folder = root.join("target/perf");
    let steps = step::all(args);
    if args.list {
        for step in &steps {
            print(&format!("{:10} {}", step.name, step.command()))?;
        }
        return Ok(());
    }
    if !args.table {
        let wanted: Vec<&step::Step> =
            steps.iter().filter(|step| args.only.is_empty() || args.only.contains(&step.name)).collect();
        step::run(&wanted, args, root)?;
    }
    let lines = line::gather(&folder)?;
    let machine = machine::look(root)?;
    table::write(&root.join("docs/performance.md"), &lines, &machine, &steps)?;
    let missed = lines.iter().filter(|line| line.met == Some(false)).count();
    print(&format!("{} figures, {missed} miss; the table is in docs/performance.md", lines.len()))?;
    Ok(())
}
