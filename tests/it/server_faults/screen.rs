//! What a person sees and keeps when the server goes away while something is typed.

use std::path::PathBuf;

use super::address;
use crate::cluster::{self, Cluster};
use crate::faults::floor::{Floor, NAMES, NOW};

struct Here {
    floor: Floor,
    server: Cluster,
    database: String,
    _home: tempfile::TempDir,
}

fn here() -> Here {
    let (server, home) = (Cluster::start(), tempfile::tempdir().unwrap());
    let database = server.database_name();
    let place: PathBuf = address(&server.url(&database));
    let floor = Floor::make_at(place, home.path());
    Here { floor, server, database, _home: home }
}

impl Here {
    /// The notes of every call, in the order they were saved.
    fn notes(&self) -> Vec<String> {
        let told = self.server.psql(
            &self.database,
            "select t.note from floor.journal j join floor.touch t on t.id = (j.effects::json ->> 'touch')::bigint \
             where j.kind = 'work.log' and t.void_at is null order by j.rev",
        );
        told.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_note_that_is_typed_while_the_server_is_away_is_saved_once_when_it_is_back() {
    if !cluster::wanted() {
        return;
    }
    let here = here();
    let mut screen = here.floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nask for the m");
    screen.until("ask for the m");
    here.server.stop();
    screen.until("the server cannot be reached");
    // what is typed goes on, and the outcome is shown as done
    screen.press("other\r");
    screen.until("ask for the mother");
    screen.press("1");
    screen.until("1 not saved yet: the server is away; kept, tried every few s");
    screen.until("▲ 1 unsaved");
    here.server.start_again();
    screen.until_gone("unsaved");
    screen.until_gone("cannot be reached");
    screen.until(NAMES[1]);
    assert_eq!(here.notes(), ["ask for the mother"]);
    // the next record goes on as if nothing had been
    screen.press("\r");
    screen.press("nsecond note\r");
    screen.until("second note");
    screen.press("1");
    screen.until("saved ·");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(screen.is_left_as_it_was());
    assert_eq!(here.notes(), ["ask for the mother", "second note"]);
    here.floor.verified();
}

#[test]
fn a_screen_opened_while_the_server_is_away_fills_by_itself_when_it_is_back() {
    if !cluster::wanted() {
        return;
    }
    let here = here();
    let mut screen = here.floor.open();
    here.server.kill();
    screen.until("the server cannot be reached");
    screen.press("2");
    screen.until("My customers");
    here.server.start_again();
    for name in NAMES {
        screen.until(name);
    }
    screen.until_gone("cannot be reached");
    screen.press("1");
    screen.until("Start");
    screen.until(NAMES[0]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_session_killed_while_the_server_is_away_is_saved_by_the_next() {
    if !cluster::wanted() {
        return;
    }
    let here = here();
    let mut screen = here.floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nask for the mother\r");
    screen.until("ask for the mother");
    here.server.kill();
    screen.until("cannot be reached");
    screen.press("1");
    screen.until("1 not saved yet");
    screen.signal("KILL");
    screen.end();
    here.server.start_again();
    let mut screen = here.floor.begin(&["--now", NOW]);
    screen.until("saved");
    screen.until(NAMES[1]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(here.notes(), ["ask for the mother"]);
    here.floor.verified();
}
