//! The steps of a run: which program, with which words.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Args;
use crate::cost;
use crate::error::{Failed, print};

/// A program to run.
#[derive(Debug)]
pub struct Step {
    /// What it is called.
    pub name: String,
    /// Cargo's words.
    words: Vec<String>,
    /// Whether it needs a copy of the large floor that it may spoil.
    large: bool,
}

/// The copy of the large floor, as words name it.
const LARGE: &str = "{large}";

impl Step {
    fn new(name: &str, words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let large = words.iter().any(|word| word == LARGE);
        Self { name: name.to_owned(), words, large }
    }

    /// The command as a person would type it.
    pub fn command(&self) -> String {
        format!("cargo {}", self.words.join(" ")).replace(LARGE, "FLOOR")
    }
}

/// Every step, in order.
pub fn all(args: &Args) -> Vec<Step> {
    let of = |path: &PathBuf| path.display().to_string();
    let (small, large) = (args.small.as_ref().map(of), args.large.as_ref().map(of));
    let work = of(&args.work);
    let (rounds, seconds, kills, runs) =
        if args.quick { ("1", "4", "3", "5") } else { ("3", "10", "50", "40") };
    let record = "target/perf/load.jsonl";
    let floor = of(&args.work.join("floor.db"));
    let example = |name: &str, example: &str, words: &[&str]| {
        let mut all = vec!["run", "--release", "--quiet", "--example", example, "--"];
        all.extend(words);
        Step::new(name, &all)
    };
    let mut steps = Vec::new();
    // every bench that takes floors works on copies of its own, or only reads
    let bench = |name: &str, floors: &[&String], words: &[&str]| {
        let mut all = vec!["bench", "--quiet", "--bench", name, "--"];
        all.extend(floors.iter().flat_map(|floor| ["--db", floor.as_str()]));
        all.extend(words);
        Step::new(name, &all)
    };
    let both: Vec<&String> = small.iter().chain(&large).collect();
    let largest: Vec<&String> = large.as_ref().or(small.as_ref()).into_iter().collect();
    let short = |words: &'static [&'static str]| if args.quick { words } else { &[] };
    let at = ["--work", work.as_str()];
    steps.push(bench("store", &both, &[&at, short(&["--pairs", "300"])].concat()));
    steps.push(bench("search", &largest, &[&at, short(&["--pairs", "60"])].concat()));
    steps.push(bench("board", &both, short(&["--pairs", "60"])));
    steps.push(bench("import", &largest, &[&at, short(&["--files", "3", "--rows", "2000"])].concat()));
    steps.push(Step::new("frame", &["bench", "--quiet", "--bench", "frame"]));
    if large.is_some() {
        let words = ["--db", LARGE, "--in-place", "--runs", runs, "--record", "target/perf/session.jsonl"];
        steps.push(example("session", "session", &words));
    }
    let load = |name: &str, words: &[&str]| {
        let mut all = vec!["--db", &floor, "--record", record];
        all.extend(words);
        example(name, "floor", &all)
    };
    steps.push(load("steady", &["--reps", "300", "--think-ms", "1000", "--seconds", seconds, "--vs"]));
    steps.push(load(
        "burst",
        &["--reps", "100", "--think-ms", "1000", "--seconds", seconds, "--burst", "--vs", "--rounds", rounds],
    ));
    let rows = if args.quick { "5000" } else { "100000" };
    steps.push(load(
        "beside",
        &["--reps", "20", "--think-ms", "1000", "--seconds", "40", "--import-rows", rows],
    ));
    steps.push(example(
        "crash",
        "crash",
        &["--rounds", kills, "--writers", "20", "--record", "target/perf/crash.jsonl"],
    ));
    steps.push(Step::new("build", &["build", "--release", "--quiet", "--target-dir", &cold(args)]));
    steps
}

/// Where the program is built anew from nothing.
fn cold(args: &Args) -> String {
    args.work.join("cold").display().to_string()
}

/// Runs steps one after another; what each says is kept.
pub fn run(steps: &[&Step], args: &Args, root: &Path) -> Result<(), Failed> {
    let folder = root.join("target/perf");
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(&args.work)?;
    if args.only.is_empty() {
        forget(&folder)?;
    }
    // a build for nothing but the one that is measured would only warm it
    if steps.iter().any(|step| step.name != "build") {
        build(root)?;
    }
    let _ = fs::remove_dir_all(cold(args));
    let copy = Large::copy(steps, args)?;
    for step in steps {
        print(&format!("{} …", step.command()))?;
        let begun = Instant::now();
        let spent = cost::spent()?;
        let words = step.words.iter().map(|word| if word == LARGE { copy.path() } else { word.clone() });
        let said = File::create(folder.join(format!("{}.txt", step.name)))?;
        let status = Command::new("cargo")
            .args(words)
            .current_dir(root)
            .stdin(Stdio::null())
            .stderr(said.try_clone()?)
            .stdout(said)
            .status()?;
        let told = if status.success() { "done" } else { "FAILED" };
        if step.name == "build" && status.success() {
            cost::record(&folder.join("build.jsonl"), cost::spent()?.saturating_sub(spent))?;
        }
        print(&format!(
            "  {told} in {:.0} s; see target/perf/{}.txt",
            begun.elapsed().as_secs_f64(),
            step.name
        ))?;
    }
    drop(copy);
    let _ = fs::remove_dir_all(cold(args));
    // what the load made up is of no use any more
    for ending in ["", "-wal", "-shm", "-queue", "-checkpoint"] {
        let _ = fs::remove_file(args.work.join(format!("floor.db{ending}")));
    }
    Ok(())
}

/// Builds before anything is measured.
fn build(root: &Path) -> Result<(), Failed> {
    for words in [["build", "--release", "--bins", "--examples"].as_slice(), &["bench", "--no-run"]] {
        let built = Command::new("cargo").args(words).current_dir(root).status()?;
        if !built.success() {
            return Err(Failed::Part("what is to be measured does not build".to_owned()));
        }
    }
    Ok(())
}

/// Removes the lines of an earlier run: a table is made of one.
fn forget(folder: &Path) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "jsonl" || end == "txt") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// A copy of the large floor that may be spoiled; gone when dropped.
struct Large(Option<PathBuf>);

impl Large {
    fn copy(steps: &[&Step], args: &Args) -> Result<Self, Failed> {
        let Some(large) = args.large.as_ref().filter(|_| steps.iter().any(|step| step.large)) else {
            return Ok(Self(None));
        };
        let copy = Self(Some(args.work.join("large.db")));
        print(&format!("copying '{}' …", large.display()))?;
        fs::copy(large, copy.path())?;
        File::open(copy.path())?.sync_all()?;
        // the original may be one that must not be written to
        let mut rights = fs::metadata(copy.path())?.permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a copy that lives for a run")]
        rights.set_readonly(false);
        fs::set_permissions(copy.path(), rights)?;
        Ok(copy)
    }

    fn path(&self) -> String {
        self.0.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        for ending in ["", "-wal", "-shm", "-queue", "-checkpoint"] {
            // most of them were never made
            let _ = fs::remove_file(format!("{}{ending}", path.display()));
        }
    }
}
