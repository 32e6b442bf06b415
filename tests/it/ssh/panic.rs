//! A mistake of the program's own in one of several sessions of a server. The server is this very program of tests, which serves as
//! `corral serve` does, with a screen that fails at a key.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use corral::app::{App, Context, Cx, Effect, Event, Flow, Layer, View};
use corral::input::Edit;
use corral::runtime::clock::Clock;
use corral::runtime::crash::Crashes;
use corral::runtime::person::Folders;
use corral::runtime::settings::Settings;
use corral::ssh::exec::{Kitchen, Order};
use corral::ssh::floor::{Floor, Home};
use corral::ssh::keys::Identity;
use corral::ssh::server::{self, Setup};
use corral::ssh::wire::{Host, Manner};
use corral::store::worker::Store;
use corral::text::{Lang, Words};
use corral::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::{Value, json};

use super::host::server_by;
use crate::faults::floor::{self, NOW};
use crate::faults::pty;

/// Says inside where everything of the server is.
const INSIDE: &str = "CORRAL_TEST_SSH";
/// What a report must not hold: who it was, from where, what was typed.
const MARKS: [&str; 4] = ["MARK", "wang", "Wang", "127.0.0.1"];

/// A note line that keeps what is typed as a draft; `!` fails with it in the message.
#[derive(Default)]
struct Faulty {
    text: String,
}

impl Layer for Faulty {
    fn context(&self) -> Context {
        Context::Call
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Edit(Edit::Type('!')) => panic!("{} of MARK-王芳", self.text),
            Event::Edit(Edit::Type(typed)) => self.text.push(*typed),
            _ => return Flow::Passed,
        }
        cx.effect(Effect::SaveDraft("note".to_owned(), self.text.clone()));
        Flow::Used
    }

    fn render(&self, _: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        buf.set_string(0, 0, format!("note: {}", self.text), view.session.theme.style(Role::Text));
        None
    }
}

#[test]
#[ignore = "run by the test below, as a program of its own"]
fn a_server_with_a_faulty_screen() {
    let Some(inside) = std::env::var_os(INSIDE).map(PathBuf::from) else { return };
    let words = Words::new(Lang::En);
    let crashes = Crashes::new(&inside.join("crashes"), words);
    crashes.watch();
    let (drafts, people) = (inside.join("drafts"), inside.join("people"));
    let home = Home {
        folders: Box::new(move |login| Folders {
            drafts: drafts.join(login).join("drafts"),
            outbox: drafts.join(login).join("outbox"),
        }),
        choices: Box::new(move |login| people.join(login)),
        themes: inside.join("themes"),
    };
    let db = fs::read_to_string(inside.join("db")).unwrap();
    let store = Store::open(Path::new(&db)).unwrap();
    let clock = Clock::Fixed(NOW.parse().unwrap());
    let faulty = |person: corral::runtime::person::Person, size, now| {
        let app = person.begin(size, now);
        App::new(app.session().clone(), Box::<Faulty>::default())
    };
    let floor = Floor::new(store, clock, crashes, home, Settings::default()).beginning(Box::new(faulty));
    let kitchen = Kitchen {
        program: PathBuf::from("/nowhere"),
        first: Vec::new(),
        variables: Vec::new(),
        allow: Arc::new(|_| Order::Say("no".to_owned(), 2)),
    };
    let (identity, _) = Identity::make().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let told = json!({ "listen": listener.local_addr().unwrap().to_string(), "public": identity.public() });
    let setup = Setup {
        host: Arc::new(Host { floor: Arc::new(floor), kitchen }),
        manner: Manner::of(&identity),
        listener,
        metrics: None,
        control: inside.join("control"),
        reload: Box::new(Settings::default),
    };
    server::run(setup, || {
        fs::write(inside.join("ready.new"), told.to_string()).unwrap();
        fs::rename(inside.join("ready.new"), inside.join("ready")).unwrap();
    })
    .unwrap();
}

/// Starts that server.
fn start(floor: &floor::Floor) -> (std::process::Child, Value) {
    let inside = floor.home().join("inside");
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("db"), floor.db().to_str().unwrap()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "ssh::panic::a_server_with_a_faulty_screen", "--ignored", "--nocapture"]);
    command.env(INSIDE, &inside).env("HOME", floor.home());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let ready = inside.join("ready");
    pty::until("the server is ready", || ready.exists());
    (child, serde_json::from_str(&fs::read_to_string(ready).unwrap()).unwrap())
}

#[test]
fn a_mistake_ends_one_session_with_a_report_and_the_others_go_on() {
    let Some(mut server) = server_by(start) else { return };
    let (mut wang, mut li) = (server.open("wang"), server.open("li"));
    wang.until("note:");
    li.until("note:");
    li.press("he");
    wang.press("MARK13900000001!");
    assert_eq!(wang.end(), 101);
    assert!(wang.sent().contains("Corral made a mistake and this session ended"), "{}", wang.sent());
    assert!(wang.is_left_as_it_was());
    li.press("llo");
    li.until("note: hello");
    // and whoever it was comes in again
    let mut again = server.open("wang");
    again.until("note:");
    let inside = server.floor().home().join("inside");
    let kept = whole(&inside.join("drafts").join("wang"));
    assert!(kept.contains("MARK13900000001"), "the draft is kept: {kept}");
    let reports: Vec<PathBuf> =
        fs::read_dir(inside.join("crashes")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let report = fs::read_to_string(&reports[0]).unwrap();
    assert!(report.contains("corral-session") && report.contains("call"), "{report}");
    for mark in MARKS.iter().chain(&["1390000", "王"]) {
        assert!(!report.contains(mark), "{mark} in\n{report}");
    }
    assert_eq!(server.end(), Some(0));
}

/// Everything in the files of a folder.
fn whole(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            text += &whole(&entry.path());
        } else {
            text += &fs::read_to_string(entry.path()).unwrap_or_default();
        }
    }
    text
}
