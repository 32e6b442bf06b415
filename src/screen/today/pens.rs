//! The pens as they stand on screen: rows keep their place until the person does something.

use crate::app::Part;
use crate::domain::id::TaskId;
use crate::domain::lists::Lane;
use crate::store::query::{TaskRow, Today};
use crate::widget::window;

/// The pens and the one that has the keys.
#[derive(Debug, Clone, Default)]
pub struct Pens {
    /// One a lane, in the order of the answer.
    pub list: Vec<Pen>,
    /// The pen that has the keys.
    pub focus: usize,
}

/// One pen.
#[derive(Debug, Clone)]
pub struct Pen {
    /// Its lane.
    pub lane: Lane,
    /// Tasks waiting.
    pub due: u32,
    /// Tasks done today.
    pub done: u32,
    /// The window of rows.
    pub rows: Vec<Kept>,
    selected: Option<TaskId>,
}

/// A row and whether it is gone meanwhile.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The task.
    pub row: TaskRow,
    /// Whether it was done or taken away elsewhere: dimmed until the list is pulled in anew.
    pub gone: bool,
}

/// A row taken out of its pen before the store has said yes.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The row.
    pub row: TaskRow,
    place: usize,
    counted: bool,
}

impl Pens {
    /// Puts an answer in place of all rows; focus and selection stay on the lane and the task they were on, also where
    /// somebody else has done that task: it stays, dimmed, until the selection leaves it.
    /// Rows on their way out are `hidden`, rows on their way back are put where they were.
    pub fn replace(&mut self, today: &Today, hidden: &dyn Fn(TaskId) -> bool, back: &[Taken], filter: &str) {
        let lane = self.list.get(self.focus).map(|pen| pen.lane);
        let list: Vec<Pen> = today
            .pens
            .iter()
            .map(|pen| {
                let before = self.list.iter().find(|old| old.lane == pen.lane);
                let kept = |row: &&TaskRow| !hidden(row.id);
                let mut rows: Vec<Kept> =
                    pen.rows.iter().filter(kept).map(|row| Kept { row: row.clone(), gone: false }).collect();
                if let Some(before) = before.filter(|_| filter.is_empty()) {
                    keep_selected(before, &mut rows, hidden);
                }
                let selected = selection(before, &rows);
                Pen { lane: pen.lane, due: pen.due, done: pen.done, selected, rows }
            })
            .collect();
        self.list = list;
        for taken in back {
            self.put_back(taken);
        }
        let first = self.list.iter().position(|pen| !pen.rows.is_empty());
        let same = lane.and_then(|lane| self.list.iter().position(|pen| pen.lane == lane));
        self.focus = same.or(first).unwrap_or(0);
    }

    /// Takes in what somebody else changed without moving anything: counts at once, rows that went are dimmed. Answers
    /// with the number of rows that wait to be pulled in. Rows on their way back do not count as gone.
    pub fn merge(&mut self, today: &Today, hidden: &dyn Fn(TaskId) -> bool, back: &[Taken]) -> usize {
        let mut waiting = 0;
        for pen in &today.pens {
            let Some(old) = self.list.iter_mut().find(|old| old.lane == pen.lane) else {
                waiting += pen.rows.len();
                continue;
            };
            (old.due, old.done) = (pen.due, pen.done);
            for kept in &mut old.rows {
                match pen.rows.iter().find(|row| row.id == kept.row.id) {
                    Some(row) => {
                        kept.row.clone_from(row);
                        kept.gone = false;
                    }
                    None => kept.gone = !back.iter().any(|taken| taken.row.id == kept.row.id),
                }
            }
            let new = |row: &&TaskRow| !hidden(row.id) && !old.rows.iter().any(|kept| kept.row.id == row.id);
            waiting += pen.rows.iter().filter(new).count();
        }
        waiting
    }

    /// The pen that has the keys.
    pub fn current(&self) -> Option<&Pen> {
        self.list.get(self.focus)
    }

    /// The pen that has the keys, to change.
    pub fn current_mut(&mut self) -> Option<&mut Pen> {
        self.list.get_mut(self.focus)
    }

    /// Gives the keys to the pen so many places on, around the end.
    pub fn turn(&mut self, by: isize) {
        let count = isize::try_from(self.list.len()).unwrap_or(0);
        if count > 0 {
            let at = isize::try_from(self.focus).unwrap_or(0) + by;
            self.focus = usize::try_from(at.rem_euclid(count)).unwrap_or(0);
        }
    }

    /// Gives the keys to a pen that was pointed at; `false` where it is not there.
    pub fn go_to(&mut self, part: Part) -> bool {
        let Some(at) = self.list.iter().position(|pen| pen.part() == part) else { return false };
        self.focus = at;
        true
    }

    /// Selects a row that was pointed at; `false` where it is not there any more.
    pub fn point(&mut self, part: Part, id: TaskId, filter: &str) -> bool {
        let Some(pen) = self.list.iter_mut().find(|pen| pen.part() == part) else { return false };
        if !pen.shown(filter).any(|kept| kept.row.id == id && !kept.gone) {
            return false;
        }
        pen.selected = Some(id);
        self.go_to(part)
    }

    /// Takes a row out before the store has confirmed it and counts it as done (or only as gone).
    pub fn take(&mut self, id: TaskId, done: Ended) -> Option<Taken> {
        let pen = self.list.iter_mut().find(|pen| pen.rows.iter().any(|kept| kept.row.id == id))?;
        let place = pen.rows.iter().position(|kept| kept.row.id == id)?;
        let next = pen.rows.get(place + 1).or_else(|| pen.rows.get(place.checked_sub(1)?)).map(|k| k.row.id);
        if pen.selected == Some(id) {
            pen.selected = next;
        }
        let kept = pen.rows.remove(place);
        pen.due = pen.due.saturating_sub(1);
        let counted = done == Ended::Done;
        pen.done += u32::from(counted);
        Some(Taken { row: kept.row, place, counted })
    }

    /// Puts a row back whose change was refused or is taken back. The selection stays where it is: whatever key comes next was
    /// pressed while it was there.
    pub fn put_back(&mut self, taken: &Taken) {
        if let Some(pen) = self.list.iter_mut().find(|pen| pen.lane == taken.row.lane) {
            let id = taken.row.id;
            if let Some(kept) = pen.rows.iter_mut().find(|kept| kept.row.id == id) {
                kept.gone = false;
            } else {
                let place = taken.place.min(pen.rows.len());
                pen.rows.insert(place, Kept { row: taken.row.clone(), gone: false });
                pen.due += 1;
                pen.done = pen.done.saturating_sub(u32::from(taken.counted));
            }
        }
    }

    /// Takes rows out that were done elsewhere on this screen.
    pub fn drop_all(&mut self, gone: &dyn Fn(TaskId) -> bool) {
        let ids: Vec<TaskId> = self
            .list
            .iter()
            .flat_map(|pen| &pen.rows)
            .map(|kept| kept.row.id)
            .filter(|id| gone(*id))
            .collect();
        for id in ids {
            self.take(id, Ended::Done);
        }
    }

    /// Selects a row, and gives the keys to its pen.
    pub fn choose(&mut self, id: TaskId) {
        if let Some(at) = self.list.iter().position(|pen| pen.rows.iter().any(|kept| kept.row.id == id)) {
            self.focus = at;
            if let Some(pen) = self.list.get_mut(at) {
                pen.select(id);
            }
        }
    }

    /// Moves promised rows whose time is near to the top of their pen; answers with those that moved.
    pub fn raise(&mut self, near: &dyn Fn(&TaskRow) -> bool) -> Vec<TaskRow> {
        let mut raised = Vec::new();
        for pen in &mut self.list {
            let ahead = pen.rows.iter().take_while(|kept| near(&kept.row)).count();
            for index in ahead..pen.rows.len() {
                if pen.rows.get(index).is_some_and(|kept| near(&kept.row) && !kept.gone) {
                    let kept = pen.rows.remove(index);
                    raised.push(kept.row.clone());
                    pen.rows.insert(ahead, kept);
                }
            }
        }
        raised
    }
}

/// How a row left the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By being done.
    Done,
    /// By being put off or skipped.
    Moved,
}

impl Pen {
    /// The part of the screen it is: by its lane, whatever stands beside it.
    pub fn part(&self) -> Part {
        Part(Lane::ALL.iter().position(|lane| *lane == self.lane).unwrap_or_default())
    }

    /// The rows in sight of a filter, by their customer's name.
    pub fn shown<'a>(&'a self, filter: &str) -> impl Iterator<Item = &'a Kept> + use<'a> {
        let wanted = filter.trim().to_lowercase();
        self.rows
            .iter()
            .filter(move |kept| wanted.is_empty() || kept.row.customer_name.to_lowercase().contains(&wanted))
    }

    /// The place of the selection among the rows in sight.
    pub fn selected(&self, filter: &str) -> Option<usize> {
        let at = self.shown(filter).position(|kept| Some(kept.row.id) == self.selected);
        at.or_else(|| self.shown(filter).next().map(|_| 0))
    }

    /// The selected row.
    pub fn row(&self, filter: &str) -> Option<&Kept> {
        self.shown(filter).nth(self.selected(filter)?)
    }

    /// Moves the selection among the rows in sight.
    pub fn step(&mut self, by: isize, filter: &str) {
        let count = self.shown(filter).count();
        if let Some(at) = self.selected(filter) {
            let next = window::step(at, by, count);
            let id = self.shown(filter).nth(next).map(|kept| kept.row.id);
            self.selected = id;
        }
    }

    /// Makes the row that the filter leaves first the selected one, where it leaves the selected one out.
    pub fn settle(&mut self, filter: &str) {
        if let Some(id) = self.row(filter).map(|kept| kept.row.id) {
            self.selected = Some(id);
        }
    }

    /// Selects a task.
    pub const fn select(&mut self, id: TaskId) {
        self.selected = Some(id);
    }
}

/// Keeps the selected row in its place where it is missing among the new ones: what has the keys does not go away under the
/// hand.
fn keep_selected(before: &Pen, rows: &mut Vec<Kept>, hidden: &dyn Fn(TaskId) -> bool) {
    let Some(at) = before.rows.iter().position(|kept| Some(kept.row.id) == before.selected) else { return };
    let Some(kept) = before.rows.get(at).filter(|kept| !hidden(kept.row.id)) else { return };
    if !rows.iter().any(|other| other.row.id == kept.row.id) {
        rows.insert(at.min(rows.len()), Kept { row: kept.row.clone(), gone: true });
    }
}

/// The task that was selected; where it went, the one that took its place.
fn selection(before: Option<&Pen>, rows: &[Kept]) -> Option<TaskId> {
    let Some(before) = before else { return rows.first().map(|kept| kept.row.id) };
    let wanted = before.selected?;
    if rows.iter().any(|kept| kept.row.id == wanted) {
        return Some(wanted);
    }
    let place = before.rows.iter().position(|kept| kept.row.id == wanted).unwrap_or(0);
    rows.get(place.min(rows.len().saturating_sub(1))).map(|kept| kept.row.id)
}
