//! An import beside the reps: the program's own command on a lead file.

use std::env;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::query::{Answer, Query};
use tempfile::TempPath;

use crate::args::Args;
use crate::error::Failed;

/// Surnames and given names of a made-up lead file.
const SURNAMES: &[&str] = &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: &[&str] = &["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟"];
const CITIES: &[&str] = &["上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "成都"];

/// A lead file for a run.
pub enum Leads {
    /// The one that was named.
    Named(PathBuf),
    /// One made up, gone when dropped.
    Made(TempPath),
}

impl Leads {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Made(path) => path,
        }
    }
}

/// The lead file of a run, if one is wanted; a made-up one is another each round.
pub fn file(args: &Args, round: usize) -> Result<Option<Leads>, Failed> {
    if let Some(path) = &args.import {
        return Ok(Some(Leads::Named(path.clone())));
    }
    let Some(rows) = args.import_rows else { return Ok(None) };
    let path = tempfile::Builder::new().prefix("leads-").suffix(".csv").tempfile()?.into_temp_path();
    let mut out = BufWriter::new(File::create(&path)?);
    writeln!(out, "姓名,电话,城市,备注")?;
    // numbers that belong to nobody, apart from those of any other run
    let from = (u64::from(std::process::id()) * 7 + round as u64) % 900 * 100_000;
    for row in 0..rows {
        let pick = |list: &'static [&'static str], by: u64| {
            usize::try_from(row / by % list.len() as u64)
                .ok()
                .and_then(|at| list.get(at))
                .copied()
                .unwrap_or("")
        };
        let name = [pick(SURNAMES, 1), pick(GIVEN, 12), pick(GIVEN, 168)].concat();
        writeln!(out, "{name},100{:08},{},来自活动", (from + row) % 100_000_000, pick(CITIES, 3))?;
    }
    out.flush()?;
    Ok(Some(Leads::Made(path)))
}

/// An import under way.
pub struct Import {
    done: JoinHandle<Result<(String, f64), String>>,
}

/// Starts `corral import` on a file, as an admin would.
pub fn bring_in(db: &Path, file: &Path, now: Timestamp) -> Result<Import, Failed> {
    let Answer::Teams(teams) = Db::open(db)?.read(&Query::Teams)? else {
        return Err(Failed::Part("the store answered another question".to_owned()));
    };
    let team = teams.first().map_or("none", |team| team.name.as_str());
    let here = env::current_exe()?;
    let program = here.parent().and_then(Path::parent).map(|folder| folder.join("corral"));
    let program = program.filter(|program| program.exists()).ok_or_else(|| {
        Failed::Part("there is no 'corral' beside this program; run 'cargo build --release' first".to_owned())
    })?;
    let mut command = Command::new(program);
    command.arg("--db").arg(db).args(["--json", "--now", &now.to_string(), "import", "leads"]).arg(file);
    command.args(["--assign", team]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let process = command.spawn()?;
    let done = thread::spawn(move || {
        let out = process.wait_with_output().map_err(|e| e.to_string())?;
        let said = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        if out.status.success() {
            return Ok((said, begun.elapsed().as_secs_f64()));
        }
        Err(format!("{said} {}", String::from_utf8_lossy(&out.stderr).trim()))
    });
    Ok(Import { done })
}

impl Import {
    /// Waits for its end; answers with what it said and how long it took, seconds.
    pub fn end(self) -> Result<(String, f64), Failed> {
        let ended = self.done.join().map_err(|_| Failed::Part("the import's watch panicked".to_owned()))?;
        ended.map_err(|said| Failed::Part(format!("the import failed: {said}")))
    }
}
