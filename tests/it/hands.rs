//! Hands on keys: one table behind everything that names a key, text fields, input methods.

use corral::app::action::{ACTIONS, Act, Context};
use corral::app::keymap::Keymap;
use corral::app::{Effect, Event};
use corral::cli::{completions, man};
use corral::domain::id::CustomerId;
use corral::domain::lists::Role;
use corral::input::{Input, Key};
use corral::screen::board::Board;
use corral::screen::card::Card;
use corral::screen::customers::Customers;
use corral::screen::sign_in::SignIn;
use corral::screen::targets::Targets;
use corral::store::change::Change;
use corral::text::Lang;
use corral::widget::screen_text;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::docs::generated;
use crate::screens_desk::desk::Desk;
use crate::screens_work::floor::Floor;

/// A session that a test plays, whichever answers stand behind it.
enum Played {
    Desk(Box<Desk>),
    Floor(Box<Floor>),
}

impl Played {
    fn play(&mut self, keys: &str) {
        match self {
            Self::Desk(desk) => desk.play(keys),
            Self::Floor(floor) => floor.play(keys),
        };
    }

    fn press(&mut self, character: char) {
        let event = Event::Input(Input::Key(Key::char(character)));
        match self {
            Self::Desk(desk) => desk.event(event),
            Self::Floor(floor) => floor.event(event),
        }
    }

    fn app(&self) -> &corral::app::App {
        match self {
            Self::Desk(desk) => &desk.app,
            Self::Floor(floor) => &floor.app,
        }
    }

    fn effects(&self) -> &[Effect] {
        match self {
            Self::Desk(desk) => &desk.effects,
            Self::Floor(floor) => &floor.effects,
        }
    }

    fn draw(&mut self, width: u16, height: u16) -> (Buffer, Option<Position>) {
        let size = corral::input::Size::clamped(width, height);
        let event = Event::Input(Input::Resize(size));
        match self {
            Self::Desk(desk) => desk.event(event),
            Self::Floor(floor) => floor.event(event),
        }
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        let caret = self.app().render(area, &mut buf);
        (buf, caret)
    }
}

fn floor(keys: &str) -> Played {
    let mut floor = Floor::new("edu-english", Lang::En);
    floor.play(keys);
    Played::Floor(Box::new(floor))
}

fn desk(desk: Desk, keys: &str) -> Played {
    let mut desk = desk;
    desk.play(keys);
    Played::Desk(Box::new(desk))
}

fn card(keys: &str) -> Played {
    desk(Desk::new(Lang::En, Card::new(CustomerId(1))), keys)
}

/// Every place where text is typed, with the keys that lead to it.
fn fields() -> Vec<(&'static str, Played)> {
    vec![
        ("who one is", desk(Desk::anonymous(Lang::En, SignIn::new()), "")),
        ("searching customers", desk(Desk::new(Lang::En, Customers::new()), "/")),
        ("a new customer", desk(Desk::new(Lang::En, Customers::new()), "a")),
        ("the number of a new customer", desk(Desk::new(Lang::En, Customers::new()), "a tab")),
        ("an action's name", desk(Desk::new(Lang::En, Customers::new()), "ctrl-p")),
        ("a fact of the customer", card("e enter")),
        ("a contact", card("f5 tab tab")),
        ("a task's time", card("t tab")),
        ("a task's words", card("t tab tab")),
        ("the notebook", card("f11")),
        ("a target", desk(Desk::as_role(Role::Lead, Lang::En, Targets::new()), "t")),
        ("a target from the board", desk(Desk::as_role(Role::Lead, Lang::En, Board::new()), "t tab")),
        ("filtering the day", floor("/")),
        ("putting off", floor("z")),
        ("a note", floor("enter n")),
        ("an answer", floor("enter /")),
        ("a call back", floor("enter 7")),
        ("a fact of an outcome", floor("enter 6")),
        ("a price", floor("enter f8 tab")),
        ("what was paid", floor("enter f8 tab tab tab")),
        ("a WeChat id", floor("enter f5")),
        ("the notebook in a call", floor("enter f11")),
    ]
}

#[test]
fn the_caret_is_real_and_stands_where_the_next_character_goes() {
    for (name, mut played) in fields() {
        for text in ["q", "张"] {
            played.press(text.chars().next().unwrap());
            for (width, height) in [(80, 24), (120, 36), (200, 60)] {
                let (buf, caret) = played.draw(width, height);
                let caret = caret.unwrap_or_else(|| panic!("{name}: no caret\n{}", screen_text(&buf)));
                assert!(buf.area.contains(caret), "{name}: the caret is outside");
                let before = if text == "q" { 1 } else { 2 };
                let cell = buf.cell((caret.x - before, caret.y)).unwrap();
                assert_eq!(cell.symbol(), text, "{name} at {width}\n{}", screen_text(&buf));
            }
        }
    }
}

#[test]
fn no_character_is_a_hotkey_where_text_is_typed() {
    let mut hotkeys: Vec<char> = ACTIONS
        .iter()
        .flat_map(corral::app::action::Action::defaults)
        .filter_map(Key::typed)
        .chain("0123456789ａ１？：、。　".chars())
        .collect();
    hotkeys.sort_unstable();
    hotkeys.dedup();
    for (name, mut played) in fields() {
        let context = played.app().context();
        let deeds = |played: &Played| {
            let is_deed = |effect: &&Effect| {
                matches!(
                    effect,
                    Effect::Write(_) | Effect::Quit | Effect::Dial(_) | Effect::Copy(_) | Effect::Bell
                )
            };
            played.effects().iter().filter(is_deed).count()
        };
        let before = deeds(&played);
        for key in &hotkeys {
            played.press(*key);
            assert_eq!(played.app().context(), context, "{name}: '{key}' was a hotkey");
            assert_eq!(deeds(&played), before, "{name}: '{key}' did something");
            played.play("backspace");
        }
        // and what is typed is there
        played.press('w');
        let (buf, caret) = played.draw(80, 24);
        let caret = caret.unwrap();
        assert_eq!(buf.cell((caret.x - 1, caret.y)).unwrap().symbol(), "w", "{name}");
    }
}

#[test]
fn every_editing_key_can_be_another() {
    let text = "[keys.text]\nword_left = \"alt-b\"\ndelete_to_end = \"alt-k\"\nbackspace = [\"backspace\", \"ctrl-b\"]\n\
                home = \"none\"\n";
    let (keymap, problems) = Keymap::load(text, "keys.toml");
    assert_eq!(problems, []);
    let mut desk = Desk::with_keys(keymap, Customers::new());
    desk.play("/ a b space c d ctrl-b alt-b alt-k");
    let screen = desk.screen(80, 24);
    assert!(screen.contains("/ ab \n") || screen.contains("/ ab  "), "{screen}");
    // the old keys do nothing any more
    desk.play("home ctrl-k x");
    assert!(desk.screen(80, 24).contains("/ ab x"), "{}", desk.screen(80, 24));
}

const CHANGED: &str = "[keys]\nundo = \"ctrl-o\"\nhelp = [\"H\", \"f1\"]\nadd_customer = \"+\"\n";

#[test]
fn a_changed_key_changes_what_it_does_and_everything_that_names_it() {
    let (keymap, problems) = Keymap::load(CHANGED, "keys.toml");
    assert_eq!(problems, []);
    let desk = || Desk::with_keys(keymap.clone(), Customers::new());

    let footer = |screen: &str| screen.trim_end().lines().last().unwrap().to_owned();
    let line = footer(&desk().screen(120, 36));
    for there in ["Ctrl-O Undo", "H Help", "+ New customer"] {
        assert!(line.contains(there), "{there} is not in the footer: {line}");
    }
    for gone in ["u Undo", "? Help", "a New customer"] {
        assert!(!line.contains(gone), "{gone} is in the footer: {line}");
    }

    let mut helped = desk();
    helped.play("H");
    let help = helped.screen(120, 60);
    assert!(help.contains("Ctrl-O       Undo") && help.contains("H F1         Help"), "{help}");
    assert!(help.contains("Ctrl-O takes back my last action"), "{help}");

    let mut palette = desk();
    palette.play("ctrl-p u n d o");
    let found = palette.screen(120, 36);
    let row = found.lines().find(|line| line.contains("Undo")).unwrap();
    assert!(row.contains("Ctrl-O"), "{found}");

    let page = man::page(&keymap).unwrap();
    assert!(page.contains("\\fBCtrl\\-O\\fR\nUndo") && !page.contains("\\fBu\\fR\nUndo"), "{page}");

    let documents = generated::keys(&keymap);
    assert!(documents.contains("| `Ctrl-O` | Undo | 撤销 | `undo` |"), "{documents}");
    assert!(!documents.contains("| `u` | Undo |"));

    let undone = |desk: &Desk| desk.writes().iter().any(|change| matches!(change, Change::Undo { .. }));
    let mut pressed = desk();
    pressed.play("u");
    assert!(!undone(&pressed));
    pressed.play("ctrl-o");
    assert!(undone(&pressed));
}

#[test]
fn what_a_dialog_asks_for_is_named_by_the_keys_in_force() {
    let text = "[keys]\naccept = [\"f9\", \"enter\"]\nback = [\"ctrl-o\", \"esc\"]\nlose = \"none\"\n[keys.choice]\nyes = \"J\"\n";
    let (keymap, problems) = Keymap::load(text, "keys.toml");
    assert_eq!(problems, []);
    let mut floor = Floor::with_keys("edu-english", Lang::En, keymap.clone());
    floor.play("z");
    let screen = floor.screen(80, 24);
    assert!(
        screen.contains("number or time, F9 · Ctrl-O cancel") && screen.contains("F9: 12:15"),
        "{screen}"
    );
    // the last question of the card cannot be undone: it wants the new yes
    let mut desk = Desk::with_keys(keymap, Card::new(CustomerId(1)));
    desk.play("x");
    let screen = desk.screen(80, 24);
    assert!(screen.contains("J yes · n no"), "{screen}");
    desk.play("y");
    assert_eq!(desk.writes(), []);
    desk.play("J");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn options_are_chosen_by_the_keys_one_has_named() {
    let (keymap, problems) = Keymap::load("choices = \"asdf\"\n", "keys.toml");
    assert_eq!(problems, []);
    let mut desk = Desk::with_keys(keymap, Card::new(CustomerId(1)));
    desk.play("enter");
    let screen = desk.screen(80, 24);
    assert!(screen.lines().any(|line| line.contains("┃ ▸a ") || line.contains("▸a ")), "{screen}");
    desk.play("s");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn full_width_keys_work_in_a_call() {
    let mut floor = Floor::new("edu-english", Lang::En);
    floor.play("enter １");
    assert_eq!(floor.touches().len(), 1);
    floor.play("？");
    assert_eq!(floor.context(), Context::Reader);
}

#[test]
fn the_way_out_works_wherever_one_is() {
    for (name, mut played) in fields() {
        played.play("ctrl-c");
        assert!(played.effects().contains(&Effect::Quit), "{name}");
        assert!(played.app().is_over(), "{name}");
    }
}

#[test]
fn the_completions_know_every_command_and_the_closed_lists() {
    for shell in [
        clap_complete::Shell::Bash,
        clap_complete::Shell::Zsh,
        clap_complete::Shell::Fish,
        clap_complete::Shell::PowerShell,
    ] {
        let script = completions::script(shell);
        for command in ["completions", "import", "playbook"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
        // PowerShell is told of commands and options only
        let values = ["calls_valid", "edu-english", "colour-blind", "manager", "month"];
        for value in values.iter().filter(|_| shell != clap_complete::Shell::PowerShell) {
            assert!(script.contains(value), "{shell}: {value}");
        }
    }
}

#[test]
fn bash_reads_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corral.bash");
    std::fs::write(&file, completions::script(clap_complete::Shell::Bash)).unwrap();
    // a machine without bash has nobody to complain
    let Ok(read) = std::process::Command::new("bash").arg("-n").arg(&file).output() else { return };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let offer = "source \"$1\"; COMP_WORDS=(corral board --metric calls_v); COMP_CWORD=3; \
                 _corral corral calls_v --metric; echo \"${COMPREPLY[*]}\"";
    let offered = std::process::Command::new("bash").args(["-c", offer, "bash"]).arg(&file).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&offered.stdout).trim(), "calls_valid");
}

#[test]
fn a_key_without_an_action_keeps_its_meaning_for_the_playbook() {
    // 'u' is free once undo is elsewhere; it is no outcome either, and says so
    let (keymap, _) = Keymap::load("[keys]\nundo = \"ctrl-o\"\n", "keys.toml");
    let mut floor = Floor::with_keys("edu-english", Lang::En, keymap);
    floor.play("enter u");
    assert!(floor.screen(80, 24).contains("no key 'u' here · ? help"), "{}", floor.screen(80, 24));
    assert!(floor.writes().is_empty());
    assert_eq!(floor.app.session().keymap.key(Context::Call, Act::Undo), Some(Key::ctrl('o')));
}
