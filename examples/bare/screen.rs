//! The smallest program that does what a rep sees: opens the file, reads the day, paints; saves an outcome, reads, paints.

use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use crossterm::terminal;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::widgets::TableState;

use crate::table::{Task, draw};
use crate::writer::{self, Due};

/// What a read or a paint can fail with.
type Failed = Box<dyn std::error::Error>;

/// Runs until `q`. The title counts what was done: `READY 0`, `READY 1`, ….
pub fn run(db: &Path) -> Result<(), Failed> {
    let mut connection = writer::open(db)?;
    let now = writer::newest(&connection)?;
    let rep = writer::reps(&connection)?.first().copied().unwrap_or(0);
    let mut day = writer::day(&connection, rep, now)?;
    terminal::enable_raw_mode()?;
    let out = BufWriter::with_capacity(1 << 16, io::stdout());
    let mut screen = Terminal::new(CrosstermBackend::new(out))?;
    let mut state = TableState::default().with_selected(Some(0));
    let mut done = 0;
    paint(&mut screen, (&day, done), &mut state)?;
    for byte in io::stdin().lock().bytes() {
        match byte? {
            b'o' if !day.is_empty() => {
                let due = day.remove(0);
                done += 1;
                let id = now.wrapping_add(i64::from(std::process::id()) << 20).wrapping_add(done * 64);
                writer::outcome(&mut connection, rep, &due, (id, now))?;
                day = writer::day(&connection, rep, now)?;
            }
            b'j' => state.select(state.selected().map(|at| at + 1)),
            b'k' => state.select(state.selected().map(|at| at.saturating_sub(1))),
            b'q' => break,
            _ => continue,
        }
        paint(&mut screen, (&day, done), &mut state)?;
    }
    terminal::disable_raw_mode()?;
    Ok(())
}

fn paint(
    screen: &mut Terminal<CrosstermBackend<BufWriter<io::Stdout>>>,
    (day, done): (&[Due], i64),
    state: &mut TableState,
) -> Result<(), Failed> {
    let tasks: Vec<Task> = day.iter().map(task).collect();
    screen.draw(|frame| draw(frame, &format!("READY {done}"), &tasks, state))?;
    Ok(screen.backend_mut().flush()?)
}

fn task(due: &Due) -> Task {
    let minutes = due.at / 60_000;
    Task {
        lane: due.lane.clone(),
        name: due.name.clone(),
        due: format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60),
        note: due.note.clone(),
    }
}
