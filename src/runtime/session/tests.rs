use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use ratatui::layout::Position;

use super::*;
use crate::app::keymap::Keymap;
use crate::app::{Act, Context, Cx, Effect, Flow, Layer, View};
use crate::domain::id::{TaskId, UserId};
use crate::domain::lists::{Role, UserState};
use crate::domain::time::Timestamp;
use crate::input::{Edit, Key, keys};
use crate::playbook::{embedded, source};
use crate::runtime::clock::Clock;
use crate::runtime::open::Opened;
use crate::runtime::outbox::Files;
use crate::runtime::paint::Pen;
use crate::store::change::work::LogTouch;
use crate::store::change::{Change as What, Effects, WorkChange};
use crate::store::query::{Me, UserRow};
use crate::text::{Lang, Words};
use crate::theme::Theme;

/// A note line: what is typed is kept as a draft, Enter sends it, `!` is a fault of ours.
#[derive(Default)]
struct Note {
    text: String,
    minutes: usize,
    woken: usize,
    told: Arc<Mutex<Vec<String>>>,
}

impl Layer for Note {
    fn context(&self) -> Context {
        Context::Call
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => cx.effect(Effect::LoadDraft("note".to_owned())),
            Event::Draft(_, text) => self.text.clone_from(text),
            Event::Act(Act::Start) => {
                let note = std::mem::take(&mut self.text);
                let touch = LogTouch { task: Some(TaskId(7)), note, ..LogTouch::default() };
                cx.write(What::Work(WorkChange::Log(Box::new(touch))));
                cx.effect(Effect::SaveDraft("note".to_owned(), String::new()));
            }
            Event::Edit(Edit::Type(typed)) => {
                let typed = *typed;
                assert_ne!(typed, '!', "a fault of ours: {}", self.text);
                if typed == '~' {
                    cx.effect(Effect::Wake(Duration::from_millis(1)));
                }
                self.text.push(typed);
                cx.effect(Effect::SaveDraft("note".to_owned(), self.text.clone()));
            }
            Event::Minute => self.minutes += 1,
            Event::Woken => self.woken += 1,
            Event::Written(_, result) => {
                self.told
                    .lock()
                    .unwrap()
                    .push(result.as_ref().map_or_else(|e| e.code().to_owned(), |_| "saved".to_owned()));
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let trouble = crate::app::trouble::line(view.session).unwrap_or_default();
        buf.set_string(0, 0, &self.text, view.session.theme.style(crate::theme::Role::Text));
        buf.set_string(
            0,
            1,
            format!("{} {trouble}", self.woken),
            view.session.theme.style(crate::theme::Role::Text),
        );
        let _ = area;
        None
    }
}

/// A store that answers as it is told, one answer a change; saves when it is told nothing more.
#[derive(Default)]
struct Told {
    answers: Mutex<VecDeque<StoreError>>,
    saved: Mutex<Vec<Change>>,
    tries: Mutex<usize>,
}

impl Backend for Arc<Told> {
    fn read(&self, _: Query, _: Reply<Answer>) {}

    fn write(&self, change: Change, reply: Reply<Commit>) {
        *self.tries.lock().unwrap() += 1;
        if let Some(error) = self.answers.lock().unwrap().pop_front() {
            reply(Err(error));
            return;
        }
        let commit = Commit {
            revision: 1,
            write: change.id,
            topics: Vec::new(),
            effects: Effects::default(),
            replayed: false,
        };
        self.saved.lock().unwrap().push(change);
        reply(Ok(commit));
    }
}

fn full() -> StoreError {
    StoreError::Full { path: PathBuf::from("a.db"), what: "database or disk is full".to_owned() }
}

fn app(told: &Arc<Mutex<Vec<String>>>) -> App {
    let mut session = crate::app::Session::new(
        Arc::new(Words::new(Lang::En)),
        Arc::new(Theme::default()),
        Arc::new(Keymap::default()),
        7,
    );
    let book = source::load_text("book", embedded::text("edu-english").unwrap()).unwrap().playbook;
    let user = UserRow {
        id: UserId(7),
        login: "wang".to_owned(),
        name: "王芳".to_owned(),
        role: Role::Rep,
        state: UserState::Active,
        team: None,
        rank: String::new(),
        job: String::new(),
        coach: None,
    };
    session.me = Some(Me { user, playbook: Arc::new(book), version: 1 });
    App::new(session, Box::new(Note { told: Arc::clone(told), ..Note::default() }))
}

/// A folder of a person, a store, and what the screen was told.
struct Desk {
    folder: tempfile::TempDir,
    store: Arc<Told>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    fn new(answers: impl IntoIterator<Item = StoreError>) -> Self {
        let store = Arc::new(Told::default());
        store.answers.lock().unwrap().extend(answers);
        Self { folder: tempfile::tempdir().unwrap(), store, told: Arc::default() }
    }

    /// Runs a session on a terminal over a few events and to its end.
    fn run<W: Surface>(&self, out: W, (inbox, events): (SyncSender<Inbound>, Receiver<Inbound>)) -> Ended {
        let session = Session {
            opened: Opened::default(),
            app: app(&self.told),
            backend: &self.store,
            inbox,
            out,
            clock: Steady::new(Clock::Fixed(Timestamp(0)), None),
            drafts: Drafts::new(&self.folder.path().join("drafts")),
            outbox: Outbox::with_files(Files::new(&self.folder.path().join("outbox"))),
            dial: Vec::new(),
            remember: Box::new(|_, _| Ok(())),
            prove: Box::new(|_, _, _| {}),
            hold: Box::new(|_| None),
            sync: Sync::Off,
            trail: Trail::default(),
            later: None,
        };
        run(session, &events).unwrap()
    }

    fn draft(&self) -> String {
        Drafts::new(&self.folder.path().join("drafts")).load("note")
    }

    fn held(&self) -> usize {
        Files::new(&self.folder.path().join("outbox")).load().len()
    }

    fn notes(&self) -> Vec<String> {
        let saved = self.store.saved.lock().unwrap();
        saved
            .iter()
            .map(|write| match &write.change {
                What::Work(WorkChange::Log(touch)) => touch.note.clone(),
                other => panic!("{other:?}"),
            })
            .collect()
    }
}

/// Types keys into a queue.
fn typed(inbox: &SyncSender<Inbound>, notation: &str) {
    for key in keys(notation).unwrap() {
        inbox.send(Inbound::Input(Input::Key(key))).unwrap();
    }
}

#[test]
fn a_change_that_finds_the_disk_full_is_saved_once_when_there_is_room() {
    let desk = Desk::new([full(), full()]);
    let (inbox, events) = queue();
    typed(&inbox, "a b enter");
    let (seen, screens) = channel::<String>();
    let end = inbox.clone();
    let told = Arc::clone(&desk.told);
    // ends the session once the change is in, whenever that is
    let waits = thread::spawn(move || {
        let mut shown: Vec<String> = Vec::new();
        for screen in screens {
            shown.push(screen);
            if !told.lock().unwrap().is_empty() {
                break;
            }
        }
        end.send(Inbound::End).unwrap();
        shown
    });
    let ended = desk.run(Watched::new(seen), (inbox, events));
    let shown = waits.join().unwrap();
    assert_eq!(desk.notes(), ["ab"], "once, with its note");
    assert_eq!(*desk.store.tries.lock().unwrap(), 3);
    assert_eq!(*desk.told.lock().unwrap(), ["saved"], "the failures are the outbox's");
    assert!(shown.iter().any(|screen| screen.contains("1 not saved yet: disk full")), "{shown:#?}");
    assert_eq!((ended.kept, ended.lost, desk.held()), (0, 0, 0));
    assert_eq!(desk.draft(), "");
}

/// A terminal that passes on what each frame shows.
struct Watched {
    parser: vt100::Parser,
    seen: Sender<String>,
}

impl Watched {
    fn new(seen: Sender<String>) -> Self {
        Self { parser: vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0), seen }
    }
}

impl io::Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.parser.process(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // whoever watched has seen enough
        let _ = self.seen.send(self.parser.screen().contents());
        Ok(())
    }
}

impl Surface for Watched {}

#[test]
fn a_session_that_ends_on_a_full_disk_leaves_its_change_to_the_next_which_saves_it() {
    let desk = Desk::new([full()]);
    let (inbox, events) = queue();
    typed(&inbox, "a b enter");
    inbox.send(Inbound::Told(Signal::End(15))).unwrap();
    let ended = desk.run(Vec::new(), (inbox, events));
    assert_eq!(ended, Ended { how: How::Told(15), kept: 1, lost: 0 });
    assert_eq!((desk.held(), desk.draft().as_str()), (1, "ab"), "the note is a draft until it is saved");

    // there is room again
    let (inbox, events) = queue();
    inbox.send(Inbound::End).unwrap();
    let ended = desk.run(Vec::new(), (inbox, events));
    assert_eq!((ended.kept, ended.lost, desk.held()), (0, 0, 0));
    assert_eq!(desk.notes(), ["ab"]);
}

#[test]
fn changes_under_way_are_saved_before_the_end() {
    let desk = Desk::new([]);
    let (inbox, events) = queue();
    typed(&inbox, "a enter b enter c enter");
    inbox.send(Inbound::End).unwrap();
    let ended = desk.run(Vec::new(), (inbox, events));
    assert_eq!(desk.notes(), ["a", "b", "c"], "in the order they were made");
    assert_eq!((ended.kept, ended.lost, desk.draft().as_str()), (0, 0, ""));
}

#[test]
fn a_note_is_a_draft_until_the_change_that_carries_it_is_saved() {
    let refused = StoreError::NoUndo { what: "a rule".to_owned(), why: "changed", by: String::new() };
    let desk = Desk::new([refused]);
    let (inbox, events) = queue();
    typed(&inbox, "a b enter");
    inbox.send(Inbound::End).unwrap();
    desk.run(Vec::new(), (inbox, events));
    assert_eq!(desk.draft(), "ab", "a rule refused it: the words are still there");
}

#[test]
fn nothing_happening_draws_nothing_and_a_wake_comes_without_a_thread() {
    let desk = Desk::new([]);
    let (inbox, events) = queue();
    let (seen, screens) = channel::<String>();
    let end = inbox.clone();
    let waits = thread::spawn(move || {
        let first = screens.recv().unwrap();
        assert!(first.contains("0 "));
        // a window of a second in which nothing happens
        let idle = screens.recv_timeout(Duration::from_secs(1)).is_err();
        typed(&end, "~");
        let mut last = String::new();
        while !last.contains("1 ") {
            last = screens.recv().unwrap();
        }
        end.send(Inbound::End).unwrap();
        idle
    });
    desk.run(Watched::new(seen), (inbox, events));
    assert!(waits.join().unwrap(), "an idle session drew a frame");
}

#[test]
fn a_terminal_that_does_not_read_loses_no_key() {
    struct Stuck(Receiver<()>);
    impl io::Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let desk = Desk::new([]);
    let (inbox, events) = queue();
    let (let_go, stuck) = channel::<()>();
    let pen = Pen::start(Stuck(stuck), inbox.clone()).unwrap();
    typed(&inbox, "a b c");
    typed(&inbox, "enter d e");
    inbox.send(Inbound::Told(Signal::End(1))).unwrap();
    // not one frame gets through until the session is over
    desk.run(pen, (inbox, events));
    assert_eq!((desk.notes(), desk.draft().as_str()), (vec!["abc".to_owned()], "de"));
    drop(let_go);
}

#[test]
fn a_fault_of_ours_ends_the_session_and_leaves_the_work_safe() {
    let desk = Desk::new([full()]);
    let (inbox, events) = queue();
    typed(&inbox, "a b enter c d");
    inbox.send(Inbound::Input(Input::Key(Key::char('!')))).unwrap();
    let ended = desk.run(Vec::new(), (inbox, events));
    assert_eq!(ended, Ended { how: How::Panicked, kept: 1, lost: 0 });
    assert_eq!((desk.held(), desk.draft().as_str()), (1, "cd"));
}

#[test]
fn a_person_with_unsaved_work_is_asked_once_before_leaving() {
    let desk = Desk::new([full(), full(), full()]);
    let (inbox, events) = queue();
    let (seen, screens) = channel::<String>();
    let end = inbox.clone();
    typed(&inbox, "a enter");
    let waits = thread::spawn(move || {
        let wait = |what: &str| while !screens.recv().unwrap().contains(what) {};
        wait("1 not saved yet");
        typed(&end, "ctrl-c");
        typed(&end, "x");
        wait("x");
        // another key in between: asked again
        typed(&end, "ctrl-c ctrl-c");
    });
    let ended = desk.run(Watched::new(seen), (inbox, events));
    waits.join().unwrap();
    assert_eq!((ended.how, ended.kept), (How::Left, 1));
}
