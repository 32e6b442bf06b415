//! What is said of a report, line by line.

use crate::app::Session;
use crate::app::amount::{cases, ratio};
use crate::app::speak::{self, amount, time};
use crate::domain::lists::{ReportState, Unit};
use crate::domain::ratio::Ratio;
use crate::domain::report::Figure;
use crate::domain::report::share::Share;
use crate::store::query::report::{ReportCard, Signal, SignalKind};
use crate::text::width::pad;
use crate::text::{Text, format};
use crate::theme::Role;
use crate::widget::{Bar, Line, Spark, piece};

/// Cells of a figure's name, and of its numbers.
const NAME: usize = 16;
const NUMBER: usize = 10;
/// Cells of the bar of a figure, where there is room.
const BAR: u16 = 20;
/// From this width on a figure has its bar.
const BAR_FROM: usize = 66;

/// A line, and whether it is wrapped where it is too long.
pub type Said = (Line<'static>, bool);

/// Whose report of when: `王芳 · Daily report · Nov 24`.
pub fn title(session: &Session, card: &ReportCard) -> String {
    let (first, last) = card.days;
    let days = if first == last {
        let weekday = format::weekday(&session.words, u32::try_from(first.weekday()).unwrap_or(0));
        format!("{} {weekday}", time::date(session, first))
    } else {
        format!("{} – {}", time::date(session, first), time::date(session, last))
    };
    format!("{} · {} · {days}", card.name, session.words.name("report.of", card.period.as_str()))
}

/// How it stands, and how much it matters.
pub fn state(session: &Session, card: &ReportCard) -> (String, Role) {
    let word = session.words.name("report.state", card.state.as_str()).to_owned();
    let role = match card.state {
        ReportState::Early | ReportState::Closed => Role::Dim,
        ReportState::Open => Role::Fresh,
        ReportState::Overdue => Role::Warning,
        ReportState::Handed | ReportState::Late => Role::Good,
    };
    (word, role)
}

fn head(text: &str) -> Said {
    (vec![piece(text.to_owned(), Role::Title)], false)
}

/// Everything told of a report; `selected` is the figure that Enter opens.
pub fn report(session: &Session, card: &ReportCard, (selected, width): (Option<usize>, usize)) -> Vec<Said> {
    let words = &session.words;
    let say = |key| words.say(Text(key));
    let mut lines = standing(session, card);
    lines.push((Vec::new(), false));
    for (place, figure) in card.figures.metrics.iter().enumerate() {
        lines.push((figure_line(session, card, figure, (selected == Some(place), width)), false));
    }
    if card.figures.daily.len() > 1 && !session.theme.manner().is_spoken() {
        let room = u16::try_from(width).unwrap_or(u16::MAX);
        lines.push((Spark::new(&card.figures.daily).line(room, Role::Dim), false));
    }
    lines.push((Vec::new(), false));
    let text = |text: String, role: Role| (vec![piece(text, role)], true);
    lines.push(head(say("report.work")));
    lines.push(text(work(session, card), Role::Text));
    let promises = card.figures.promises;
    let role = if promises.broken > 0 { Role::Warning } else { Role::Text };
    let told = words.fill(
        Text("report.promises_line"),
        &[("kept", &promises.kept), ("broken", &promises.broken), ("open", &promises.open)],
    );
    lines.push(text(told, role));
    if card.figures.found > 0 {
        lines.push((Vec::new(), false));
        lines.push((
            vec![piece(words.fill(Text("report.found"), &[("n", &card.figures.found)]), Role::Warning)],
            false,
        ));
        for find in &card.figures.finds {
            let what = words.name("report.contradicts", find.kind.as_str());
            let who = find.customer.map(|id| format!(" · {}", card.customer(id))).unwrap_or_default();
            lines.push(text(format!("{} {what}{who}", time::when(session, find.at)), Role::Text));
        }
        let named = u32::try_from(card.figures.finds.len()).unwrap_or(u32::MAX);
        if let Some(more) = card.figures.found.checked_sub(named).filter(|more| *more > 0) {
            lines.push(text(words.fill(Text("report.more"), &[("n", &more)]), Role::Dim));
        }
    }
    if !card.figures.stuck.is_empty() {
        lines.push((Vec::new(), false));
        lines.push(head(say("report.stuck")));
        for deal in &card.figures.stuck {
            let stage = speak::stage(session, &deal.pipeline.as_str().into(), &deal.stage.as_str().into());
            let said = words.fill(
                Text("report.stuck_line"),
                &[
                    ("name", &card.customer(deal.customer)),
                    ("stage", &stage),
                    ("days", &deal.days),
                    ("most", &deal.most),
                ],
            );
            lines.push(text(said, Role::Text));
        }
    }
    lines.push((Vec::new(), false));
    lines.push(head(say("report.next")));
    let next = card.figures.next;
    let plan = words.fill(
        Text("report.next_line"),
        &[
            ("calls", &next.calls),
            ("materials", &next.materials),
            ("coupons", &next.coupons),
            ("others", &next.others),
            ("promised", &next.promised),
        ],
    );
    lines.push(text(plan, Role::Text));
    lines.extend(added(session, card));
    lines
}

/// When it is due, how it stands, since when its figures are kept.
fn standing(session: &Session, card: &ReportCard) -> Vec<Said> {
    let words = &session.words;
    let (state, role) = state(session, card);
    let mut line = vec![piece(state, role)];
    let mut also = |text: String, role: Role| {
        line.push(piece(" · ", Role::Dim));
        line.push(piece(text, role));
    };
    if let Some((at, by)) = &card.handed {
        let at = time::when(session, *at);
        also(words.fill(Text("report.handed"), &[("at", &at), ("by", by)]), Role::Text);
    } else {
        if card.state == ReportState::Early {
            let opens = time::when(session, card.window.opens);
            also(words.fill(Text("report.opens_at"), &[("at", &opens)]), Role::Held);
        }
        let due = time::when(session, card.window.due);
        also(words.fill(Text("report.due_at"), &[("at", &due)]), Role::Text);
        if card.kept.is_none() {
            let closes = time::when(session, card.window.closes);
            also(words.fill(Text("report.closes_at"), &[("at", &closes)]), Role::Dim);
        }
    }
    if let Some(at) = card.kept {
        also(words.fill(Text("report.kept"), &[("at", &time::when(session, at))]), Role::Dim);
    }
    let mut lines = vec![(line, true)];
    if card.kept.is_some() && !card.has_effect() {
        lines.push((vec![piece(words.say(Text("report.no_effect")).to_owned(), Role::Dim)], true));
    }
    lines
}

fn figure_line(
    session: &Session,
    card: &ReportCard,
    figure: &Figure,
    (selected, width): (bool, usize),
) -> Line<'static> {
    let words = &session.words;
    let show = |value: i64| amount::metric(session, figure.metric, value);
    let right = |text: String| crate::text::width::pad_left(&text, NUMBER);
    let name = pad(words.name("metric", figure.metric.as_str()), NAME);
    let role = if selected { Role::Accent } else { Role::Text };
    let mark = if selected { "▸" } else { " " };
    let mut line =
        vec![piece(mark, Role::Accent), piece(name, role), piece(right(show(figure.value)), Role::Money)];
    match figure.target.filter(|target| *target > 0) {
        Some(target) => {
            line.push(piece(format!(" / {}", right(show(target))), Role::Dim));
            if width >= BAR_FROM && !session.theme.manner().is_spoken() {
                line.push(piece("  ", Role::Text));
                line.extend(Bar::new(figure.value, target).line(BAR));
            }
            line.push(piece(format!(" {}", Bar::new(figure.value, target).percent()), Role::Text));
        }
        None => line.push(piece(String::new(), Role::Dim)),
    }
    if let Some(now) = card.since(figure.metric) {
        let said = format!("  {} {}", words.say(Text("report.now")), show(now));
        line.push(piece(said, Role::Warning));
    }
    line
}

fn work(session: &Session, card: &ReportCard) -> String {
    let work = card.figures.work;
    let share = Share::of(i64::from(work.on_time), i64::from(work.planned)).shown();
    session.words.fill(
        Text("report.work_line"),
        &[
            ("planned", &work.planned),
            ("on_time", &work.on_time),
            ("late", &work.late),
            ("skipped", &work.skipped),
            ("open", &work.open()),
            ("share", &share),
        ],
    )
}

/// The three lines, and what was said to it.
fn added(session: &Session, card: &ReportCard) -> Vec<Said> {
    let words = &session.words;
    let mut lines = Vec::new();
    let added = &card.lines;
    let each = [("report.why", &added.why), ("report.best", &added.best), ("report.help", &added.help)];
    if !added.is_empty() {
        lines.push((Vec::new(), false));
        for (key, line) in each.into_iter().filter(|(_, line)| !line.is_empty()) {
            lines.push((vec![piece(format!("{}: {line}", words.say(Text(key))), Role::Text)], true));
        }
    }
    if !card.comments.is_empty() {
        lines.push((Vec::new(), false));
        lines.push(head(words.say(Text("report.comments"))));
        for comment in &card.comments {
            let said = format!("{} {}: {}", time::when(session, comment.at), comment.by, comment.words);
            lines.push((vec![piece(said, Role::Text)], true));
            for (_, customer, done) in &comment.tasks {
                let key = if *done { Text("report.task_done") } else { Text("report.task_open") };
                let task = words.fill(key, &[("name", &card.customer(*customer))]);
                lines.push((vec![piece(format!("  {task}"), Role::Dim)], true));
            }
        }
    }
    lines
}

/// Who goes another way than the team; whom old customers carry, with how long that person has been here.
pub fn signal(session: &Session, signal: &Signal) -> String {
    let median = format::percent(signal.median_bp);
    if signal.kind == SignalKind::Sufficient {
        let (unit, currency) = session
            .playbook()
            .map_or((Unit::Money, "CNY"), |book| (book.metrics.main.unit(), book.currency.as_str()));
        let own = Ratio::of_target(signal.own, unit);
        let months =
            signal.since.map_or(0, |since| (session.zone().day(session.now).0 - since.0).div_euclid(30));
        return session.words.fill(
            Text("report.signal_sufficient"),
            &[
                ("name", &signal.name),
                ("own", &ratio(Unit::Rate, currency, own)),
                ("sums", &cases(Unit::Rate, currency, own)),
                ("least", &median),
                ("months", &months),
            ],
        );
    }
    let key = match signal.kind.word() {
        "on_time" => Text("report.signal_on_time"),
        _ => Text("report.signal_booked"),
    };
    session.words.fill(key, &[("name", &signal.name), ("own", &signal.own.shown()), ("median", &median)])
}
