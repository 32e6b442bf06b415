//! The statements of an outcome, noted and run again by `pgbench`.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use corral::store::StoreError;
use corral::store::books::Books;
use corral::store::change::Write;
use corral::store::engine::{self, Engine, Statements, Tx};
use corral::store::query::Query;
use corral::store::value::{Row, Value};
use corral::store::{read, write};

use crate::{Ground, table};

/// Ids a change makes lie that near its own.
const NEAR: i64 = 8_192;

/// A statement with its values, as literals.
#[derive(Debug, Clone)]
pub struct Said {
    sql: String,
    values: Vec<Literal>,
}

#[derive(Debug, Clone)]
enum Literal {
    Null,
    Int(i64),
    Text(String),
}

/// A connection that notes what is said over it, in its order.
pub struct Recorder {
    inner: Box<dyn Engine>,
    noted: RefCell<Vec<Said>>,
}

impl Recorder {
    pub fn open(place: &Path) -> Self {
        Self { inner: engine::open(place).unwrap(), noted: RefCell::default() }
    }

    /// Makes a change, notes what it says, and takes it back; `None` where a rule refuses it.
    pub fn rehearse(&mut self, books: &mut Books, change: &Write) -> Option<Vec<Said>> {
        self.noted.take();
        self.inner.begin_write().unwrap();
        let made = write::write(Tx::new(&*self), books, change);
        self.inner.rollback();
        made.ok()?;
        Some(self.noted.take())
    }

    /// Asks, and notes what is said for it.
    pub fn ask(&mut self, books: &mut Books, query: &Query) -> Vec<Said> {
        self.noted.take();
        self.inner.begin_read().unwrap();
        read::answer(Tx::new(&*self), books, query).unwrap();
        self.inner.rollback();
        self.noted.take()
    }

    fn note(&self, sql: &str, values: &[Value<'_>]) {
        let values = values.iter().map(|value| match value {
            Value::Null => Literal::Null,
            Value::Int(n) => Literal::Int(*n),
            Value::Text(text) => Literal::Text((*text).to_owned()),
        });
        self.noted.borrow_mut().push(Said { sql: sql.to_owned(), values: values.collect() });
    }
}

impl Statements for Recorder {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.note(sql, values);
        self.inner.run(sql, values)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.note(sql, values);
        self.inner.each(sql, values, each)
    }
}

/// The script of an outcome: the same statements in the same order, in one transaction behind the same lock, with ids of its own.
pub fn script(change: &Write, said: &[Said], channel: &str) -> String {
    // a place for ids that nobody has; another in every transaction
    let mut script =
        String::from("\\set base random(1, 100000000000000) * 16384 + 4611686018427387904\nBEGIN;\n");
    script.push_str("SET LOCAL lock_timeout TO '30s';\nSELECT pg_advisory_xact_lock(4711);\n");
    for Said { sql, values } in said {
        let mut line = String::new();
        let mut rest = sql.as_str();
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            line.push_str(before);
            let digits = after[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len() - 1);
            let number: usize = after[1..=digits].parse().unwrap();
            line.push_str(&literal(change, sql, (number, &values[number - 1])));
            rest = &after[1 + digits..];
        }
        line.push_str(rest);
        let _ = writeln!(script, "{};", line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let _ = writeln!(script, "SELECT pg_notify('{channel}_bare', (SELECT max(rev)::text FROM journal));");
    script.push_str("COMMIT;\n");
    script
}

fn literal(change: &Write, sql: &str, (number, value): (usize, &Literal)) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        // the journal goes on from where it is
        Literal::Int(_) if number == 1 && sql.starts_with("INSERT INTO journal") => {
            "(SELECT max(j.rev) + 1 FROM journal j)".to_owned()
        }
        Literal::Int(n) if (0..NEAR).contains(&(n - change.id.0)) => {
            format!("(:base::bigint + {})", n - change.id.0)
        }
        Literal::Int(n) if *n < 0 => format!("({n})"),
        Literal::Int(n) => n.to_string(),
        Literal::Text(_) if number == 2 && sql.starts_with("INSERT INTO task") => {
            "'bare:' || :base".to_owned()
        }
        // a colon in a text would be read as a variable: it is written by its number
        Literal::Text(text) if text.contains(':') => {
            format!("U&'{}'", text.replace('\'', "''").replace('\\', "\\\\").replace(':', "\\003A"))
        }
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

/// Runs scripts by `pgbench` over so many connections and answers how long each transaction took, in milliseconds.
pub fn run(ground: &Ground, scripts: &[String], connections: usize, transactions: usize) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let mut pgbench = ground.cluster.client("pgbench", ground.cluster.port());
    pgbench.env("PGOPTIONS", "-c search_path=corral -c random_page_cost=1.1").current_dir(folder.path());
    pgbench.args(["-n", "-M", "prepared", "-j", "2", "-l", "--log-prefix=took"]);
    pgbench.args(["-c", &connections.to_string(), "-t", &(transactions / connections).max(1).to_string()]);
    for (nth, script) in scripts.iter().enumerate() {
        let file = folder.path().join(format!("outcome-{nth}.sql"));
        fs::write(&file, script).unwrap();
        pgbench.arg("-f").arg(&file);
    }
    pgbench.arg(&ground.database);
    let output = pgbench.output().expect("pgbench starts");
    assert!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let mut times = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("took") {
            // client, transaction, microseconds, script, …
            times.extend(
                fs::read_to_string(path)
                    .unwrap()
                    .lines()
                    .map(|line| line.split(' ').nth(2).unwrap().parse::<f64>().unwrap() / 1_000.0),
            );
        }
    }
    assert!(!times.is_empty(), "pgbench logged nothing");
    times
}

/// The scripts of a question: each statement by itself in one snapshot.
pub fn question(said: &[Said]) -> String {
    let nobody = Write {
        id: corral::domain::id::WriteId(i64::MIN / 2),
        by: corral::domain::id::UserId(0),
        at: corral::domain::time::Timestamp(0),
        from: corral::domain::origin::Origin::Local,
        change: corral::store::change::Change::Undo { write: None },
    };
    let whole = script(&nobody, said, "corral");
    let begins = whole.find("SELECT pg_advisory").unwrap();
    let ends = whole.find("SELECT pg_notify").unwrap();
    let statements = whole[begins..ends].lines().skip(1).collect::<Vec<_>>().join("\n");
    format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{statements}\nCOMMIT;\n")
}

/// The median of what a script takes.
pub fn median(ground: &Ground, script: String, transactions: usize) -> f64 {
    table::part(&mut run(ground, &[script], 1, transactions), 0.5)
}
