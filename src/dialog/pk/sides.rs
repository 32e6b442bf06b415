//! Sides as they are typed: names or teams with commas between them; `+` joins people to one side.

use crate::app::Session;
use crate::domain::id::UserId;
use crate::domain::lists::UserState;
use crate::domain::pk::{Side, Who};
use crate::store::query::UserRow;
use crate::text::Text;

/// Reads sides.
///
/// # Errors
/// What is wrong, in the session's language.
pub fn read(session: &Session, users: &[UserRow], text: &str) -> Result<Vec<Side>, String> {
    let named = text.split([',', '，', '、']).map(str::trim).filter(|part| !part.is_empty());
    let sides: Vec<Side> = named.map(|part| side(session, users, part)).collect::<Result<_, _>>()?;
    if sides.is_empty() {
        return Err(session.words.say(Text("pk_form.need_sides")).to_owned());
    }
    Ok(sides)
}

fn side(session: &Session, users: &[UserRow], text: &str) -> Result<Side, String> {
    let parts: Vec<&str> = text.split(['+', '＋']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let people: Vec<Option<UserId>> = parts.iter().map(|part| person(users, part)).collect();
    let name = String::new();
    if let Some(people) = people.iter().copied().collect::<Option<Vec<_>>>().filter(|some| !some.is_empty()) {
        return Ok(Side { name, who: Who::People(people) });
    }
    let team = users.iter().filter_map(|user| user.team.as_ref()).find(|(_, name)| name == text);
    if let Some((team, _)) = team {
        return Ok(Side { name, who: Who::Team(*team) });
    }
    let unknown = parts.iter().zip(&people).find(|(_, found)| found.is_none()).map_or(text, |(part, _)| part);
    Err(session.words.fill(Text("pk_form.unknown"), &[("name", &unknown)]))
}

/// Somebody by name or sign-in name.
fn person(users: &[UserRow], text: &str) -> Option<UserId> {
    let here = || users.iter().filter(|user| user.state != UserState::Left);
    let found = here().find(|user| user.login == text).or_else(|| here().find(|user| user.name == text));
    found.map(|user| user.id)
}
