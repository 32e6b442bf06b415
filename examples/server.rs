//! What a floor costs on a PostgreSQL server, beside `pgbench` that runs the same statements with as many connections.
//!
//! ```sh
//! cargo run --release --example server -- --floor floor-10k.db
//! ```
//!
//! The program starts a server of its own on loopback (with the disk waited for), copies the floor to it, and measures in one run:
//! outcomes saved with 1, 8, 32 and 100 connections, Today, what search costs beside the file, how soon another program hears of a
//! commit, and what 40 ms between two sites do. It prints a table; the exit status is 1 where a goal was missed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure that cannot be taken ends the program"
)]

#[path = "server/bare.rs"]
mod bare;
#[path = "../tests/cluster/cluster.rs"]
mod cluster;
#[path = "floor/error.rs"]
#[expect(dead_code, reason = "only its failures are of use here")]
mod error;
#[path = "server/news.rs"]
mod news;
#[path = "server/outcomes.rs"]
mod outcomes;
#[path = "session/pty.rs"]
#[expect(dead_code, reason = "one screen needs a part of it")]
mod pty;
#[path = "server/reads.rs"]
mod reads;
#[path = "server/screen.rs"]
mod screen;
#[path = "server/table.rs"]
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use corral::store::{Db, copy};

use cluster::{Cluster, Options};
use table::Table;

#[derive(Parser)]
#[command(about = "Measures a floor on a PostgreSQL server beside pgbench")]
struct Args {
    /// The floor: a file that `examples/million.rs` made.
    #[arg(long)]
    floor: PathBuf,
    /// Outcomes of each measurement.
    #[arg(long, default_value_t = 600)]
    outcomes: usize,
    /// Connections.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,100")]
    connections: Vec<usize>,
    /// Only these parts: outcomes, reads, news, sites.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// A floor on a server, and the same in a file.
pub struct Ground {
    /// The server.
    pub cluster: Cluster,
    /// Its database.
    pub database: String,
    /// The floor on it.
    pub server: PathBuf,
    /// The same in a file.
    pub file: PathBuf,
}

impl Ground {
    fn prepare(floor: &Path) -> Self {
        let settings = vec![
            ("shared_buffers", "'256MB'".to_owned()),
            ("max_wal_size", "'4GB'".to_owned()),
            // figures of one run: nothing of an earlier one is tidied up meanwhile
            ("autovacuum", "off".to_owned()),
        ];
        let options = Options { fsync: true, max_connections: 500, settings, ..Options::default() };
        let cluster = Cluster::with(&options);
        let database = cluster.database_name();
        let server = PathBuf::from(cluster.url(&database));
        let copied = copy::copy(&mut Db::open(floor).unwrap(), &server, None, &mut |_| {}).unwrap();
        assert!(copied.is_same(), "the copy differs from the floor");
        cluster.psql(&database, "VACUUM ANALYZE");
        Self { cluster, database, server, file: floor.to_owned() }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    if !cluster::wanted() {
        return ExitCode::FAILURE;
    }
    let wanted = |part: &str| args.only.is_empty() || args.only.iter().any(|only| only == part);
    let ground = Ground::prepare(&args.floor);
    let mut table = Table::default();
    if wanted("outcomes") {
        for &connections in &args.connections {
            outcomes::measure(&ground, connections, args.outcomes, &mut table);
        }
    }
    if wanted("reads") {
        reads::today(&ground, &mut table);
        reads::search(&ground, &mut table);
    }
    if wanted("news") {
        news::measure(&ground, &mut table);
    }
    if wanted("sites") {
        outcomes::between_sites(&ground, &mut table);
        screen::measure(&ground, &mut table);
    }
    table.print();
    if table.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
