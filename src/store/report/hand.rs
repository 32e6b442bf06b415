//! Handing a report in, keeping it when its period closes, saying something to it.

use serde::{Deserialize, Serialize};

use crate::domain::clean::clean;
use crate::domain::id::{ReportId, UserId};
use crate::domain::lists::{Contradicts, Lane, Period};
use crate::domain::report::{Figures, Find, LINE_MAX, Lines};
use crate::domain::time::{Day, Timestamp};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::change::report::{CommentTask, ReportOf};
use crate::store::customers::invalid;
use crate::store::error::StoreError;
use crate::store::journal::{self, to_json};
use crate::store::report::card::{check, hands_in, live, missing, relation};
use crate::store::report::figures::{Desk, Place, book_of};
use crate::store::report::kept::{self, Kept, scope};
use crate::store::rights::{self, Action, Relation};
use crate::store::undo::Reversal;
use crate::store::work::later;
use crate::store::write::Work;
use crate::{sql, values};

/// Reports kept in one change: few enough that nobody waits.
const AT_ONCE: usize = 32;
/// Letters from which lines that say the same as before are told of: a short "none" is not copied.
const COPIED_FROM: usize = 8;

/// A report as it stood before it was handed in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    kept_at: Timestamp,
    kept_rev: i64,
    handed: (Timestamp, UserId),
    lines: Lines,
    figures: String,
}

/// Hands a report in: what stands in it is kept from now on.
pub fn hand_in(work: &mut Work<'_>, of: ReportOf, lines: &Lines) -> Result<(), StoreError> {
    let whose = of.whose;
    let place = place(work, of)?;
    let relation = relation(work.tx, &work.by, whose, work.day)?;
    check(work.by.role, hands_in(whose), relation, "hand in this report")?;
    let lines = cleaned(lines)?;
    let window = place.window;
    let zone = place.book.playbook.zone;
    if work.at < window.opens {
        return Err(StoreError::Held {
            rule: "report_window".to_owned(),
            what: format!("this report may be handed in from {}", zone.rfc3339(window.opens)),
            until: Some(window.opens),
        });
    }
    let first = place.days.0;
    let before = kept::find(work.tx, whose, (of.period, first))?;
    if work.at >= window.closes || before.as_ref().is_some_and(|kept| kept.handed.is_none()) {
        let what = format!(
            "this report closed at {}; say in the next one what is to be added",
            zone.rfc3339(window.closes)
        );
        return Err(invalid("report_closed", what));
    }
    let mut figures = worked_out(work, &place, whose)?;
    copied(work, (whose, of.period, first), &lines, &mut figures)?;
    let revision = journal::revision(work.tx)?;
    let text = to_json(&figures)?;
    let id = match before {
        None => {
            let new = New { whose, place: &place, figures: &text, revision, lines: &lines };
            let id = insert(work, &new, Some((work.at, work.by.id)))?;
            work.reverse(Reversal::ReportHandedIn { report: id, before: None });
            id
        }
        Some(kept) => {
            work.tx.put(
                sql!(
                    "UPDATE report SET kept_at = $2, kept_rev = $3, handed_at = $2, handed_by = $4, why = $5, best = $6, help = $7, \
                     figures = $8 WHERE id = $1"
                ),
                values![
                    kept.id,
                    work.at,
                    revision,
                    work.by.id,
                    &lines.why,
                    &lines.best,
                    &lines.help,
                    &text
                ],
            )?;
            let id = kept.id;
            work.reverse(Reversal::ReportHandedIn { report: id, before: stood(kept).map(Box::new) });
            id
        }
    };
    work.effects.report = Some(id);
    work.touch(Topic::Reports);
    Ok(())
}

fn stood(kept: Kept) -> Option<Before> {
    let (at, by, _) = kept.handed?;
    Some(Before {
        kept_at: kept.since,
        kept_rev: kept.revision,
        handed: (at, by),
        lines: kept.lines,
        figures: kept.text,
    })
}

fn place(work: &mut Work<'_>, of: ReportOf) -> Result<Place, StoreError> {
    let tx = work.tx;
    let book = book_of(tx, work.books(), of.whose)?;
    Place::of(book, of.period, of.first)
}

/// Lines from outside made harmless; refused where one is too long to be read.
fn cleaned(lines: &Lines) -> Result<Lines, StoreError> {
    let one = |name: &str, line: &str| {
        let line = clean(line).trim().to_owned();
        let long = line.chars().count();
        if long > LINE_MAX {
            let what = format!("'{name}' has {long} characters; {LINE_MAX} are enough for one line");
            return Err(invalid("report_line", what));
        }
        Ok(line)
    };
    Ok(Lines {
        why: one("why", &lines.why)?,
        best: one("best", &lines.best)?,
        help: one("help", &lines.help)?,
    })
}

fn worked_out(work: &Work<'_>, place: &Place, whose: TargetOf) -> Result<Figures, StoreError> {
    let only = match whose {
        TargetOf::User(user) => Some(user),
        TargetOf::Team(_) => None,
    };
    let desk = Desk::load(work.tx, place.clone(), only, work.at)?;
    live(work.tx, &desk, whose)
}

/// Tells where lines say word for word what those before said.
fn copied(
    work: &Work<'_>,
    (whose, period, first): (TargetOf, Period, Day),
    lines: &Lines,
    figures: &mut Figures,
) -> Result<(), StoreError> {
    let long: usize = [&lines.why, &lines.best, &lines.help].iter().map(|line| line.chars().count()).sum();
    if long < COPIED_FROM {
        return Ok(());
    }
    if kept::lines_before(work.tx, whose, (period, first))?.is_some_and(|before| before == *lines) {
        figures.found += 1;
        figures.finds.push(Find { at: work.at, kind: Contradicts::CopiedLines, customer: None });
    }
    Ok(())
}

struct New<'a> {
    whose: TargetOf,
    place: &'a Place,
    figures: &'a str,
    revision: i64,
    lines: &'a Lines,
}

fn insert(
    work: &mut Work<'_>,
    new: &New<'_>,
    handed: Option<(Timestamp, UserId)>,
) -> Result<ReportId, StoreError> {
    let id = ReportId(work.ids.make());
    let (scope, scope_id) = scope(new.whose);
    let (first, last) = new.place.days;
    work.tx.put(
        sql!(
            "INSERT INTO report (id, scope, scope_id, period, first_day, last_day, playbook, playbook_number, kept_at, kept_rev, \
             handed_at, handed_by, why, best, help, figures) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        values![
            id,
            scope,
            scope_id,
            new.place.rule.period,
            first,
            last,
            &new.place.book.playbook.id,
            new.place.book.number,
            work.at,
            new.revision,
            handed.map(|(at, _)| at),
            handed.map(|(_, by)| by),
            &new.lines.why,
            &new.lines.best,
            &new.lines.help,
            new.figures
        ],
    )?;
    Ok(id)
}

/// Keeps reports of a closed period that nobody handed in.
pub fn close(
    work: &mut Work<'_>,
    who: &[TargetOf],
    (period, first): (Period, Day),
) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::CloseReport, Relation::Nobody, "close reports")?;
    if who.len() > AT_ONCE {
        let what = format!("{} reports are too many for one change; close at most {AT_ONCE}", who.len());
        return Err(invalid("too_many_reports", what));
    }
    let mut desks: Vec<(String, Desk)> = Vec::new();
    let mut made = 0;
    for whose in who {
        let place = place(work, ReportOf { whose: *whose, period, first })?;
        if work.at < place.window.closes {
            let until = place.book.playbook.zone.rfc3339(place.window.closes);
            return Err(invalid("report_runs", format!("the period of this report closes at {until}")));
        }
        let first = place.days.0;
        if kept::find(work.tx, *whose, (period, first))?.is_some() {
            continue;
        }
        let id = place.book.playbook.id.clone();
        let known = desks.iter().position(|(known, _)| *known == id);
        let at = if let Some(at) = known {
            at
        } else {
            desks.push((id, Desk::load(work.tx, place, None, work.at)?));
            desks.len() - 1
        };
        let Some((_, desk)) = desks.get(at) else { continue };
        let figures = to_json(&live(work.tx, desk, *whose)?)?;
        let revision = journal::revision(work.tx)?;
        let place = desk.place.clone();
        let new = New { whose: *whose, place: &place, figures: &figures, revision, lines: &Lines::default() };
        insert(work, &new, None)?;
        made += 1;
    }
    if made == 0 {
        work.idle();
    }
    work.irreversible();
    work.touch(Topic::Reports);
    Ok(())
}

/// Says something to a report that was kept, and makes the tasks that come of it.
pub fn comment(
    work: &mut Work<'_>,
    of: ReportOf,
    words: &str,
    tasks: &[CommentTask],
) -> Result<(), StoreError> {
    let place = place(work, of)?;
    let relation = relation(work.tx, &work.by, of.whose, work.day)?;
    check(work.by.role, Action::CommentReport, relation, "say something to this report")?;
    let words = clean(words).trim().to_owned();
    if words.is_empty() {
        return Err(invalid("no_words", "say something; whoever wrote the report reads it"));
    }
    let Some(kept) = kept::find(work.tx, of.whose, (of.period, place.days.0))? else {
        let until = place.book.playbook.zone.rfc3339(place.window.closes);
        let what = format!("this report was not handed in yet; it closes at {until}");
        return Err(invalid("report_open", what));
    };
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO report_comment (id, report_id, by_user, at, words, void_at) VALUES ($1, $2, $3, $4, $5, NULL)"
        ),
        values![id, kept.id, work.by.id, work.at, &words],
    )?;
    work.reverse(Reversal::ReportCommented { report: kept.id, comment: id });
    for task in tasks {
        later::add(work, task.customer, (Lane::Call, task.due_at), &task.words)?;
        let made = work.effects.task.ok_or_else(|| missing("task", String::new()))?;
        work.tx.put(
            sql!("INSERT INTO report_task (comment_id, task_id, customer_id) VALUES ($1, $2, $3)"),
            values![id, made, task.customer],
        )?;
    }
    work.effects.report = Some(kept.id);
    work.touch(Topic::Reports);
    Ok(())
}

/// Takes a report back that was handed in, or puts back what it was before; answers how many rows that were. What was said to it
/// since stands in the way.
pub fn handed_back(
    work: &mut Work<'_>,
    report: ReportId,
    before: Option<&Before>,
) -> Result<usize, StoreError> {
    work.touch(Topic::Reports);
    let said = work
        .tx
        .number(sql!("SELECT count(*) FROM report_comment WHERE report_id = $1"), values![report])?
        .unwrap_or(0);
    let Some(before) = before else {
        if said > 0 {
            return Ok(0);
        }
        return work.tx.run(sql!("DELETE FROM report WHERE id = $1"), values![report]);
    };
    work.tx.run(
        sql!(
            "UPDATE report SET kept_at = $2, kept_rev = $3, handed_at = $4, handed_by = $5, why = $6, best = $7, help = $8, figures = $9 \
             WHERE id = $1"
        ),
        values![
            report,
            before.kept_at,
            before.kept_rev,
            before.handed.0,
            before.handed.1,
            &before.lines.why,
            &before.lines.best,
            &before.lines.help,
            &before.figures
        ],
    )
}

/// Takes back what was said; answers how many rows that were.
pub fn commented_back(work: &mut Work<'_>, comment: i64) -> Result<usize, StoreError> {
    work.touch(Topic::Reports);
    work.tx.run(
        sql!("UPDATE report_comment SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
        values![comment, work.at],
    )
}
