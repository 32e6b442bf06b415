//! Proposing a match, disputing and settling a result, choosing a rival.

mod sides;

use crate::app::Session;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::clean::clean;
use crate::domain::id::{PkId, UserId};
use crate::domain::lists::{Metric, PkKind, PkVerdict, Role};
use crate::domain::pk::{End, Leg, Plan, Round, Side, Weight, Who, Window, instant, rounds};
use crate::domain::time::Timestamp;
use crate::store::change::{Change, PkChange};
use crate::store::query::pk::PkCard;
use crate::store::query::{Card, UserRow};
use crate::text::Text;

/// Points for a win where nothing else is typed.
const WIN: i64 = 10;

/// Proposes a match.
#[derive(Debug, Clone)]
pub struct Proposal {
    users: Vec<UserRow>,
}

impl Proposal {
    /// Among these people.
    pub const fn new(users: Vec<UserRow>) -> Self {
        Self { users }
    }

    /// How, who, in what, when, for what.
    pub fn form(session: &Session) -> Form {
        let words = &session.words;
        let kinds = PkKind::ALL
            .iter()
            .map(|kind| (kind.as_str().to_owned(), words.name("pk.kind", kind.as_str()).to_owned()))
            .collect();
        let metrics = session.playbook().map(|book| metrics(book)).unwrap_or_default();
        let named =
            |metric: &Metric| (metric.as_str().to_owned(), words.name("metric", metric.as_str()).to_owned());
        let main = metrics.first().map_or("", |metric| metric.as_str());
        let me = session.me.as_ref().map(|me| &me.user);
        // a rep begins with oneself, a lead with the own team
        let first = me.map(|user| match &user.team {
            Some((_, team)) if user.role >= Role::Lead => team.clone(),
            _ => user.name.clone(),
        });
        let kind = if me.is_some_and(|user| user.role >= Role::Lead) { PkKind::Sum } else { PkKind::Duel };
        let sides = first.map(|first| format!("{first}, ")).unwrap_or_default();
        let today = session.zone().day(session.now).to_string();
        Form::new(
            words.say(Text("action.pk_propose")),
            words.say(Text("pk_form.sides_hint")),
            vec![
                Field::typed(words.say(Text("pk_form.sides")), &sides),
                Field::chosen(words.say(Text("pk_form.kind")), kinds, kind.as_str()),
                Field::chosen(words.say(Text("pk_form.metric")), metrics.iter().map(named).collect(), main),
                Field::typed(words.say(Text("pk_form.from")), &today)
                    .hint(words.say(Text("pk_form.from_hint"))),
                Field::typed(words.say(Text("pk_form.to")), &today).hint(words.say(Text("pk_form.to_hint"))),
                Field::typed(words.say(Text("pk_form.points")), &WIN.to_string()),
                Field::typed(words.say(Text("pk_form.title")), ""),
                Field::typed(words.say(Text("pk_form.prize")), "")
                    .hint(words.say(Text("pk_form.prize_hint"))),
            ],
        )
    }
}

/// The metrics of a playbook that are sums, the main one first.
fn metrics(book: &crate::playbook::Playbook) -> Vec<Metric> {
    let mut metrics = vec![book.metrics.main];
    let columns = book.boards.iter().flat_map(|board| &board.columns).copied();
    for metric in columns.chain(Metric::ALL.iter().copied()) {
        if metric.is_summed() && !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    metrics
}

impl Entry for Proposal {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = &session.words;
        let sides = sides::read(session, &self.users, &form.value(0)).map_err(|what| Wrong::new(0, what))?;
        let choose = |place| Wrong::new(place, words.say(Text("pk_form.need_kind")));
        let kind = PkKind::parse(&form.value(1)).ok_or_else(|| choose(1))?;
        let metric = Metric::parse(&form.value(2)).ok_or_else(|| choose(2))?;
        let from = at(session, form, (3, End::From))?;
        let to = at(session, form, (4, End::To))?;
        let (win, lose) =
            points(&form.value(5)).ok_or_else(|| Wrong::new(5, words.say(Text("pk_form.bad_points"))))?;
        let window = Window { from, to };
        let plan = Plan {
            title: clean(&form.value(6)).into_owned(),
            kind,
            weights: vec![Weight { metric, points: 1, per: 1 }],
            rounds: rounds_of(kind, sides.len(), window),
            legs: if kind == PkKind::Relay { legs_of(&sides, window) } else { Vec::new() },
            sides,
            win,
            lose,
            prize: clean(&form.value(7)).into_owned(),
        };
        Ok(Change::Pk(PkChange::Propose(Box::new(plan))))
    }
}

fn at(session: &Session, form: &Form, (place, end): (usize, End)) -> Result<Timestamp, Wrong> {
    let (zone, text) = (session.zone(), form.value(place));
    instant(&text.replace('：', ":"), end, (zone, zone.day(session.now)))
        .map_err(|_| Wrong::new(place, session.words.fill(Text("pk_form.bad_time"), &[("text", &text)])))
}

/// `10`, `10/2`, `10 / 2`.
fn points(text: &str) -> Option<(i64, i64)> {
    if text.is_empty() {
        return Some((WIN, 0));
    }
    let (win, lose) = text.split_once(['/', '／']).unwrap_or((text, "0"));
    Some((win.trim().parse().ok()?, lose.trim().parse().ok()?))
}

/// The windows of a bracket follow each other, each as long as the first; all others have one.
fn rounds_of(kind: PkKind, sides: usize, first: Window) -> Vec<Round> {
    let count = if kind == PkKind::Bracket { rounds(sides).unwrap_or(1) } else { 1 };
    let length = first.to.since(first.from);
    let round = |place: i64| {
        let by = length.saturating_mul(place);
        let window = Window { from: Timestamp(first.from.0 + by), to: Timestamp(first.to.0 + by) };
        Round { name: String::new(), window }
    };
    (0..i64::from(count)).map(round).collect()
}

/// The legs of a relay part the window evenly, one a person.
fn legs_of(sides: &[Side], window: Window) -> Vec<Leg> {
    let runners = |side: &Side| match &side.who {
        Who::People(people) => people.len(),
        Who::Team(_) => 0,
    };
    let count = i64::try_from(sides.first().map_or(0, runners)).unwrap_or(0);
    let length = window.to.since(window.from);
    let place = |n: i64| Timestamp(window.from.0 + length.saturating_mul(n) / count.max(1));
    let leg = |n: i64| Leg { name: String::new(), window: Window { from: place(n), to: place(n + 1) } };
    (0..count).map(leg).collect()
}

/// Says why a result is not right.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    pk: PkId,
}

impl Said {
    /// Of a match.
    pub const fn new(pk: PkId) -> Self {
        Self { pk }
    }

    /// Why.
    pub fn form(session: &Session, about: String) -> Form {
        let words = &session.words;
        let why = Field::typed(words.say(Text("pk_form.why")), "").hint(words.say(Text("pk_form.why_hint")));
        Form::new(words.say(Text("action.pk_dispute")), about, vec![why])
    }
}

impl Entry for Said {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let reason = reason(session, form, 0)?;
        Ok(Change::Pk(PkChange::Dispute { pk: self.pk, reason }))
    }
}

fn reason(session: &Session, form: &Form, place: usize) -> Result<String, Wrong> {
    let reason = clean(&form.value(place)).into_owned();
    if reason.is_empty() {
        return Err(Wrong::new(place, session.words.say(Text("form.need_reason"))));
    }
    Ok(reason)
}

/// Says what becomes of a disputed result.
#[derive(Debug, Clone, Copy)]
pub struct Settlement {
    pk: PkId,
}

impl Settlement {
    /// Of a match.
    pub const fn new(pk: PkId) -> Self {
        Self { pk }
    }

    /// The verdict, with each side that may have won, and why.
    pub fn form(session: &Session, about: String, card: &PkCard) -> Form {
        let words = &session.words;
        let entries = card.rounds.last().map(|round| round.entries.as_slice()).unwrap_or_default();
        let sides = entries.iter().filter_map(|entry| card.side(entry.side)).map(|side| {
            (side.number.to_string(), words.fill(Text("pk_form.has_won"), &[("name", &side.name)]))
        });
        let verdicts = [PkVerdict::Stands, PkVerdict::Shared, PkVerdict::Annulled].map(|verdict| {
            (verdict.as_str().to_owned(), words.name("pk.verdict", verdict.as_str()).to_owned())
        });
        let options = verdicts.into_iter().chain(sides).collect();
        Form::new(
            words.say(Text("action.pk_settle")),
            about,
            vec![
                Field::chosen(words.say(Text("pk_form.verdict")), options, PkVerdict::Stands.as_str()),
                Field::typed(words.say(Text("pk_form.why")), "").hint(words.say(Text("pk_form.why_hint"))),
            ],
        )
    }
}

impl Entry for Settlement {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let chosen = form.value(0);
        let (verdict, winner) = match (PkVerdict::parse(&chosen), chosen.parse().ok()) {
            (Some(verdict), _) => (verdict, None),
            (None, Some(side)) => (PkVerdict::Winner, Some(side)),
            (None, None) => return Err(Wrong::new(0, session.words.say(Text("pk_form.need_kind")))),
        };
        let words = reason(session, form, 1)?;
        Ok(Change::Pk(PkChange::Settle { pk: self.pk, verdict, winner, words }))
    }
}

/// Chooses whom the own figures are measured with.
#[derive(Debug, Clone, Copy)]
pub struct Rival;

impl Rival {
    /// A colleague, or nobody.
    pub fn form(session: &Session, users: &[UserRow], chosen: Option<UserId>) -> Form {
        let words = &session.words;
        let mut options = vec![(String::new(), words.say(Text("pk_form.nobody")).to_owned())];
        let others = users
            .iter()
            .filter(|user| user.id != session.user() && matches!(user.role, Role::Rep | Role::Coach));
        options.extend(others.map(|user| (user.id.to_string(), user.name.clone())));
        let value = chosen.map(|user| user.to_string()).unwrap_or_default();
        Form::new(
            words.say(Text("action.pk_rival")),
            words.say(Text("pk_form.rival_hint")),
            vec![Field::chosen(words.say(Text("pk_form.rival")), options, &value)],
        )
    }
}

impl Entry for Rival {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let value = form.value(0);
        let whom = if value.is_empty() {
            None
        } else {
            Some(value.parse().map_err(|_| Wrong::new(0, session.words.say(Text("pk_form.need_kind"))))?)
        };
        Ok(Change::Pk(PkChange::Nemesis { whom }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: i64, to: i64) -> Window {
        Window { from: Timestamp(from), to: Timestamp(to) }
    }

    #[test]
    fn points_are_typed_with_or_without_those_for_a_loss() {
        assert_eq!(points("10"), Some((10, 0)));
        assert_eq!(points("20 / 5"), Some((20, 5)));
        assert_eq!(points("20／5"), Some((20, 5)));
        assert_eq!(points(""), Some((10, 0)));
        assert_eq!(points("many"), None);
    }

    #[test]
    fn rounds_follow_each_other_and_legs_part_the_window() {
        let windows = |rounds: Vec<Round>| rounds.into_iter().map(|round| round.window).collect::<Vec<_>>();
        let eight = rounds_of(PkKind::Bracket, 8, window(100, 200));
        assert_eq!(windows(eight), [window(100, 200), window(200, 300), window(300, 400)]);
        assert_eq!(windows(rounds_of(PkKind::Duel, 2, window(100, 200))), [window(100, 200)]);
        let three = Side { name: String::new(), who: Who::People(vec![UserId(1), UserId(2), UserId(3)]) };
        let legs: Vec<Window> = legs_of(&[three], window(0, 100)).into_iter().map(|leg| leg.window).collect();
        assert_eq!(legs, [window(0, 33), window(33, 66), window(66, 100)]);
    }
}
