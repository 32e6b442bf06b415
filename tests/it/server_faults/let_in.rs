//! Who is let in: passwords, databases, schemas and rights; and where a password never stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use portable_pty::CommandBuilder;
use serde_json::Value;

use super::address;
use crate::cluster::{self, Cluster, Options, USER};
use crate::faults::pty::{Pty, corral};
use crate::program::{MORNING, Program};

const SECRET: &str = "correct-horse-马";

fn guarded() -> Cluster {
    Cluster::with(&Options { password: Some(SECRET.to_owned()), ..Options::default() })
}

/// What a command says with a file of passwords, or without.
fn with(program: &Program, passwords: Option<&Path>, words: &[&str]) -> Output {
    let mut command = program.command(words);
    command.env_remove("PGPASSWORD").env_remove("PGPASSFILE").env("PGSERVICEFILE", "/dev/null");
    if let Some(file) = passwords {
        command.env("PGPASSFILE", file);
    }
    command.args(["--json", "--now", MORNING]).output().unwrap()
}

fn code(output: &Output) -> String {
    let error: Value = serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{output:?}"));
    assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains(SECRET) && !said.contains("wrong-horse"), "{said}");
    error["error"]["code"].as_str().unwrap().to_owned()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

#[test]
fn the_right_password_lets_in_and_a_wrong_one_or_none_is_told() {
    if !cluster::wanted() {
        return;
    }
    let server = guarded();
    let program = Program::on(address(&server.database()));
    let right = server.password_file();
    let wrong = file(program.folder(), "wrong", &format!("*:*:*:{USER}:wrong-horse\n"));
    assert!(with(&program, Some(&right), &["init", "--playbook", "edu-english"]).status.success());
    assert!(with(&program, Some(&right), &["verify"]).status.success());
    assert_eq!(code(&with(&program, Some(&wrong), &["verify"])), "refused");
    assert_eq!(code(&with(&program, None, &["verify"])), "refused");
    // a password in the address is refused before anybody is asked, and not repeated
    let told = Program::on(format!("postgres://{USER}:{SECRET}@127.0.0.1:{}/x", server.port()).into());
    assert_eq!(code(&with(&told, Some(&right), &["verify"])), "usage");
}

#[test]
fn a_database_or_schema_that_is_not_there_is_told() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let nowhere = Program::on(address(&server.url("nowhere")));
    assert_eq!(code(&with(&nowhere, None, &["verify"])), "refused");
    let empty = Program::on(address(&server.database()));
    let output = with(&empty, None, &["verify"]);
    assert_eq!(code(&output), "missing");
    assert!(String::from_utf8_lossy(&output.stderr).contains("corral init --db postgres://"), "{output:?}");
}

#[test]
fn a_role_works_with_the_rights_of_its_schema_and_is_told_what_it_lacks() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let name = server.database_name();
    let at = |role: &str| -> PathBuf {
        format!("postgres://{role}@127.0.0.1:{}/{name}?schema=floor", server.port()).into()
    };
    for sql in [
        "create role owner login",
        "create role stranger login",
        "create role reader login",
        "create schema floor authorization owner",
        "revoke create on schema public from public",
    ] {
        server.psql(&name, sql);
    }
    let program = Program::on(at("owner")).staffed("edu-english", &["wang"]);
    program.verified();
    // no right to make a schema
    let other: PathBuf = format!("{}other", at("owner").display()).into();
    assert_eq!(code(&with(&Program::on(other), None, &["init", "--playbook", "edu-english"])), "refused");
    // no right to look into the schema
    let output = with(&Program::on(at("stranger")), None, &["verify"]);
    assert_eq!(code(&output), "refused");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("no rights in the schema 'floor'"),
        "{output:?}"
    );
    // who may only read reads, and is told where a change would be made
    server.psql(&name, "grant usage on schema floor to reader");
    server.psql(&name, "grant select on all tables in schema floor to reader");
    let reader = Program::on(at("reader"));
    let output = with(&reader, None, &["board"]);
    assert!(output.status.success(), "{output:?}");
    let output = with(&reader, None, &["user", "add", "li", "--role", "rep", "--team", "One"]);
    assert_eq!(code(&output), "refused");
    assert!(String::from_utf8_lossy(&output.stderr).contains("permission denied for table"), "{output:?}");
}

#[test]
fn a_password_stands_in_no_file_and_on_no_screen_of_a_session() {
    if !cluster::wanted() {
        return;
    }
    let server = guarded();
    let program = Program::on(address(&server.database()));
    let right = server.password_file();
    for words in [
        &["init", "--playbook", "edu-english"][..],
        &["user", "add", "wang", "--role", "rep", "--team", "One"],
    ] {
        let output = with(&program, Some(&right), words);
        assert!(output.status.success(), "{output:?}");
    }
    let home = program.folder();
    let db = program.path();
    let words =
        ["--db", db.to_str().unwrap(), "--user", "wang", "--lang", "en", "--now", MORNING, "--log", "debug"];
    let mut command: CommandBuilder = corral(home, &words);
    command.env("PGPASSWORD", SECRET);
    let mut screen = Pty::open(command, (120, 36));
    screen.until("Today");
    server.stop();
    screen.until("the server cannot be reached");
    server.start_again();
    screen.until_gone("the server cannot be reached");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(!screen.sent().contains(SECRET));
    let mut looked = 0;
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains(SECRET), "{}", path.display());
                looked += usize::from(text.contains("the database is not what it was"));
            }
        }
    }
    assert!(looked > 0, "the log tells that the server was away");
}
