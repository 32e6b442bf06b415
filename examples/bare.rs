//! The bare programs behind the floors of docs/performance.md: what the same would cost with nothing but the engine and the
//! widgets.
//!
//! ```sh
//! cargo run --release --example bare -- screen DB          # the day of a rep on the terminal; o saves an outcome, q ends
//! cargo run --release --example bare -- poller DB SECONDS  # looks for other programs' commits ten times a second
//! ```

#[path = "bare/screen.rs"]
mod screen;
#[path = "bare/table.rs"]
mod table;
#[path = "bare/writer.rs"]
mod writer;

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// How often the poller looks.
const POLL: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["screen", db] => screen::run(Path::new(db)).map_err(|e| e.to_string()),
        ["poller", db, seconds] => poller(Path::new(db), seconds),
        _ => Err("say 'screen DB' or 'poller DB SECONDS'".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // nobody is left to tell where this fails
            let _ = writeln!(io::stderr(), "bare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn poller(db: &Path, seconds: &str) -> Result<(), String> {
    let ends = Duration::from_secs(seconds.parse().map_err(|_| format!("'{seconds}' is no number"))?);
    let connection = writer::open(db).map_err(|e| e.to_string())?;
    let begun = Instant::now();
    while begun.elapsed() < ends {
        thread::sleep(POLL);
        let mut look = connection.prepare_cached("PRAGMA data_version").map_err(|e| e.to_string())?;
        look.query_row([], |row| row.get::<_, i64>(0)).map_err(|e| e.to_string())?;
    }
    Ok(())
}
