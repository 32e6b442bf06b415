//! What a lead says at the desk: a whisper, who takes a day, what a round is about, what is decided in it.

use crate::app::Session;
use crate::app::speak::time;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, RoundId, TeamId, UserId};
use crate::domain::lists::RoundKind;
use crate::store::change::desk::Decide;
use crate::store::change::{Change, DeskChange};
use crate::store::query::Card;
use crate::text::Text;

/// Whispers a line.
#[derive(Debug, Clone, Copy)]
pub struct Whispering {
    to: UserId,
}

impl Whispering {
    /// To somebody.
    pub const fn new(to: UserId) -> Self {
        Self { to }
    }

    /// The line.
    pub fn form(session: &Session, name: &str) -> Form {
        let words = &session.words;
        let line =
            Field::typed(words.say(Text("desk_form.line")), "").hint(words.say(Text("desk_form.line_hint")));
        Form::new(words.say(Text("action.desk_whisper")), name, vec![line])
    }
}

impl Entry for Whispering {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = said(session, form, 0)?;
        Ok(Change::Desk(DeskChange::Whisper { to: self.to, words }))
    }
}

/// What was typed, made harmless; refused where nothing was.
fn said(session: &Session, form: &Form, place: usize) -> Result<String, Wrong> {
    let words = clean(&form.value(place)).trim().to_owned();
    if words.is_empty() {
        return Err(Wrong::new(place, session.words.say(Text("desk_form.need_words"))));
    }
    Ok(words)
}

/// Gives an absent rep's day to others.
#[derive(Debug, Clone, Copy)]
pub struct Giving {
    from: UserId,
}

impl Giving {
    /// Whose day.
    pub const fn new(from: UserId) -> Self {
        Self { from }
    }

    /// Everybody who is here, or one of them.
    pub fn form(session: &Session, (name, due): (&str, u32), mates: &[(UserId, String)]) -> Form {
        let words = &session.words;
        let mut options = vec![(String::new(), words.say(Text("desk_form.everybody")).to_owned())];
        options.extend(mates.iter().map(|(id, name)| (id.to_string(), name.clone())));
        let about = words.fill(Text("desk_form.day_of"), &[("name", &name), ("n", &due)]);
        Form::new(
            words.say(Text("action.desk_give")),
            about,
            vec![Field::chosen(words.say(Text("desk_form.to")), options, "")],
        )
    }
}

impl Entry for Giving {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let chosen = form.value(0);
        let to = if chosen.is_empty() {
            Vec::new()
        } else {
            let bad = |_| Wrong::new(0, session.words.say(Text("desk_form.need_person")));
            vec![chosen.parse::<UserId>().map_err(bad)?]
        };
        Ok(Change::Desk(DeskChange::Reassign { from: self.from, to, tasks: Vec::new() }))
    }
}

/// Calls a round.
#[derive(Debug, Clone, Copy)]
pub struct Calling {
    team: TeamId,
    kind: RoundKind,
}

impl Calling {
    /// Of a team.
    pub const fn new(team: TeamId, kind: RoundKind) -> Self {
        Self { team, kind }
    }

    /// What it is about.
    pub fn form(session: &Session, kind: RoundKind, about: &str) -> Form {
        let words = &session.words;
        let title = if kind == RoundKind::Morning { Text("desk.morning") } else { Text("desk.evening") };
        let about = Field::typed(words.say(Text("desk_form.about")), about)
            .hint(words.say(Text("desk_form.about_hint")));
        Form::new(words.say(Text("action.desk_call")), words.say(title), vec![about])
    }
}

impl Entry for Calling {
    fn change(&self, form: &Form, _: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = clean(&form.value(0)).trim().to_owned();
        Ok(Change::Desk(DeskChange::CallRound { team: self.team, kind: self.kind, words }))
    }
}

/// Notes what is decided in a round.
#[derive(Debug, Clone, Copy)]
pub struct Deciding {
    round: RoundId,
}

impl Deciding {
    /// In which.
    pub const fn new(round: RoundId) -> Self {
        Self { round }
    }

    /// What, who, with whom, by when.
    pub fn form(session: &Session, team: &str, people: &[(UserId, String)]) -> Form {
        let words = &session.words;
        let options = people.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
        let first = people.first().map(|(id, _)| id.to_string()).unwrap_or_default();
        Form::new(
            words.say(Text("action.desk_decide")),
            team,
            vec![
                Field::typed(words.say(Text("desk_form.what")), ""),
                Field::chosen(words.say(Text("desk_form.who")), options, &first),
                Field::typed(words.say(Text("desk_form.customer")), "")
                    .hint(words.say(Text("desk_form.customer_hint"))),
                Field::typed(words.say(Text("desk_form.by")), "+4h")
                    .hint(words.say(Text("desk_form.by_hint"))),
            ],
        )
    }
}

impl Entry for Deciding {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = said(session, form, 0)?;
        let person = || Wrong::new(1, session.words.say(Text("desk_form.need_person")));
        let user: UserId = form.value(1).parse().map_err(|_| person())?;
        let typed = form.value(2);
        let customer = if typed.trim().is_empty() {
            None
        } else {
            let bad = |_| Wrong::new(2, session.words.say(Text("desk_form.bad_customer")));
            Some(typed.parse::<CustomerId>().map_err(bad)?)
        };
        let due_at = time::typed(&form.value(3), session.now, session.zone())
            .ok_or_else(|| Wrong::new(3, session.words.say(Text("desk_form.bad_time"))))?;
        let decide = Decide { round: self.round, user, customer, words, due_at };
        Ok(Change::Desk(DeskChange::Decide(Box::new(decide))))
    }
}
