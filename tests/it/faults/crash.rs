//! A mistake of the program's own, made in a real terminal: by this very program of tests, which runs a session on it as
//! `corral` does, with a layer that fails at a key.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser as _;
use corral::app::keymap::Keymap;
use corral::app::{App, Context, Cx, Effect, Event, Flow, Layer, Session, View};
use corral::cli::args::Args;
use corral::cli::place::Place;
use corral::cli::session::Local;
use corral::cli::ui;
use corral::input::{Edit, Size};
use corral::runtime::drafts::Drafts;
use corral::runtime::open::Opened;
use corral::runtime::outbox::Outbox;
use corral::runtime::person::Left;
use corral::runtime::session::{Ended, How};
use corral::store::worker::Store;
use corral::theme::{Role, Theme};
use portable_pty::CommandBuilder;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::floor::Floor;
use super::pty::{Pty, surroundings};

/// Says inside where the database is.
const INSIDE: &str = "CORRAL_TEST_CRASH";
/// What must not get into a report.
const MARKS: [&str; 3] = ["MARK-王芳", "王", "13900000001"];

/// A note line that keeps what is typed as a draft. `!` fails with it in the message, `?` with a text of the program's own,
/// `@` on another thread.
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
        let Event::Edit(Edit::Type(typed)) = event else { return Flow::Passed };
        match typed {
            '!' => panic!("{} of {}", self.text, MARKS[0]),
            '?' => panic!("the pens are not in order"),
            '@' => {
                let mark = MARKS[0].to_owned();
                let other = std::thread::Builder::new().name("corral-other".to_owned());
                let failed = other.spawn(move || assert_eq!(mark, "", "a fault on the side")).unwrap().join();
                assert!(failed.is_err());
                self.text.push('@');
            }
            other => self.text.push(*other),
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
#[ignore = "run by the tests below, in a terminal of its own"]
fn a_session_with_a_faulty_layer() {
    let Some(db) = std::env::var_os(INSIDE) else { return };
    let db = db.to_str().unwrap();
    let args = Args::try_parse_from(["corral", "--db", db, "--lang", "en"]).unwrap();
    let local = Local::new(&args, Place::find(&args).unwrap());
    let words = Arc::new(local.words.clone());
    let mut session = Session::new(words, Arc::new(Theme::default()), Arc::new(Keymap::default()), 1);
    session.size = Size::clamped(120, 36);
    let app = App::new(session, Box::new(Faulty { text: String::new() }));
    let drafts = Drafts::new(&local.place.folders(Path::new(db), "wang").drafts);
    let store = Store::open(Path::new(db)).unwrap();
    let beginning = ui::Beginning { store: &store, day: None };
    let left = Left { drafts, outbox: Outbox::default(), opened: Opened::default(), open: None };
    let ended = ui::serve(&local, &beginning, app, left, None);
    std::process::exit(i32::from(ui::farewell(&local, &ended.unwrap())));
}

struct Here {
    floor: Floor,
    _folder: tempfile::TempDir,
    _home: tempfile::TempDir,
}

fn here() -> Here {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    Here { floor, _folder: folder, _home: home }
}

fn open(floor: &Floor) -> Pty {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let test = "faults::crash::a_session_with_a_faulty_layer";
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(INSIDE, floor.db());
    surroundings(floor.home(), &mut command);
    let mut screen = Pty::open(command, (120, 36));
    screen.until("note:");
    screen
}

fn reports(floor: &Floor) -> Vec<(PathBuf, String)> {
    let paths = corral::runtime::crash::reports(&floor.home().join("corral").join("crashes"));
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn has_no_mark(report: &str, floor: &Floor) {
    let home = floor.home().to_str().unwrap();
    for mark in MARKS.iter().chain(&[home, "wang", env!("CARGO_MANIFEST_DIR")]) {
        assert!(!report.contains(mark), "'{mark}' stands in\n{report}");
    }
}

#[test]
fn a_crash_puts_the_terminal_back_tells_its_report_and_keeps_what_was_typed() {
    let here = here();
    let mut screen = open(&here.floor);
    screen.press("MARK-王芳 13900000001");
    screen.until("13900000001");
    screen.press("!");
    assert_eq!(screen.end(), 101);
    assert!(screen.is_left_as_it_was());
    let reports = reports(&here.floor);
    let [(path, report)] = reports.as_slice() else { panic!("{reports:?}") };
    has_no_mark(report, &here.floor);
    // what the terminal was told, after it had been put back
    let sent = screen.sent();
    let behind = sent.rsplit("\x1b[?1049l").next().unwrap().replace("\r\n", "");
    assert!(behind.contains(&format!("is in '{}'", path.display())), "{behind}");
    assert!(behind.contains("what was being typed is kept"), "{behind}");
    // what helps to mend it
    assert!(report.contains("version   corral "), "{report}");
    assert!(report.contains("place     tests/it/faults/crash.rs:"), "{report}");
    assert!(report.contains("message   (put together while the program ran: left out)"), "{report}");
    assert!(report.contains("terminal  xterm-256color 120x36"), "{report}");
    assert!(report.contains("call: text×20"), "{report}");
    assert!(report.contains("corral::app::App::update"), "{report}");
    let drafts = Drafts::new(&draft_folder(&here.floor));
    assert_eq!(drafts.load("note"), "MARK-王芳 13900000001");
}

fn draft_folder(floor: &Floor) -> PathBuf {
    let args = ["corral", "--db", floor.db().to_str().unwrap()];
    let mut place = Place::find(&Args::try_parse_from(args).unwrap()).unwrap();
    place.mine = floor.home().join("corral");
    place.folders(floor.db(), "wang").drafts
}

#[test]
fn a_message_of_the_programs_own_is_in_the_report_and_the_oldest_reports_go() {
    let here = here();
    let folder = here.floor.home().join("corral").join("crashes");
    fs::create_dir_all(&folder).unwrap();
    for n in 0..12 {
        fs::write(folder.join(format!("crash-20200101T0000{n:02}Z-1.txt")), "old").unwrap();
    }
    fs::write(folder.join("mine.txt"), "stays").unwrap();
    let mut screen = open(&here.floor);
    screen.press("?");
    assert_eq!(screen.end(), 101);
    let reports = reports(&here.floor);
    assert_eq!(reports.len(), 10);
    assert!(reports.first().unwrap().0.ends_with("crash-20200101T000003Z-1.txt"), "{reports:?}");
    assert!(reports.last().unwrap().1.contains("message   the pens are not in order"), "{reports:?}");
    assert!(folder.join("mine.txt").exists());
}

#[test]
fn a_crash_on_another_thread_is_reported_and_the_session_goes_on() {
    let here = here();
    let mut screen = open(&here.floor);
    screen.press("a@b");
    screen.until("note: a@b");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    assert!(screen.is_left_as_it_was());
    let reports = reports(&here.floor);
    let [(path, report)] = reports.as_slice() else { panic!("{reports:?}") };
    has_no_mark(report, &here.floor);
    assert!(report.contains("thread    corral-other"), "{report}");
    assert!(report.contains("assertion `left == right` failed\n"), "{report}");
    assert!(screen.sent().replace("\r\n", "").contains(&format!("is in '{}'", path.display())));
}

#[test]
fn a_crash_whose_report_finds_no_place_tells_where_it_was() {
    let here = here();
    fs::create_dir_all(here.floor.home().join("corral")).unwrap();
    fs::write(here.floor.home().join("corral").join("crashes"), "in the way").unwrap();
    let mut screen = open(&here.floor);
    screen.press("?");
    assert_eq!(screen.end(), 101);
    let sent = screen.sent().replace("\r\n", "");
    assert!(
        sent.contains("own at tests/it/faults/crash.rs:") && sent.contains("No report could be"),
        "{sent}"
    );
    assert!(screen.is_left_as_it_was());
}

#[test]
fn an_ended_session_is_told_of_as_it_ended() {
    // the status of a crash is not one that a script takes for a refusal
    let here = here();
    let args = Args::try_parse_from(["corral", "--db", here.floor.db().to_str().unwrap()]).unwrap();
    let local = Local::new(&args, Place::find(&args).unwrap());
    let status = |how| ui::farewell(&local, &Ended { how, kept: 0, lost: 0 });
    assert_eq!([How::Left, How::Gone, How::Told(15), How::Panicked].map(status), [0, 0, 143, 101]);
}
