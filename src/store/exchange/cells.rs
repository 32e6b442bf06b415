//! Cells as texts: the same forms out and in.

use std::collections::BTreeMap;

use crate::domain::clean::clean_lines;
use crate::domain::id::{TeamId, UserId};
use crate::domain::money::Money;
use crate::domain::time::{Timestamp, Zone};
use crate::sql;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::export::{Cell, Column};
use crate::store::value::{Row, Value};

/// What a cell came to, owned; [`Read::bound`] borrows it for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// Nothing.
    Nothing,
    /// A number, an id, money, an instant.
    Number(i64),
    /// A text.
    Text(String),
}

impl Read {
    /// The value for a statement.
    pub fn bound(&self) -> Value<'_> {
        match self {
            Self::Nothing => Value::Null,
            Self::Number(n) => Value::Int(*n),
            Self::Text(text) => Value::Text(text),
        }
    }

    /// The number, where it is one.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The text; empty where it is none.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }
}

/// Users by sign-in name and teams by name, for reading cells back.
#[derive(Debug, Default)]
pub struct Names {
    users: BTreeMap<String, UserId>,
    teams: BTreeMap<String, TeamId>,
}

impl Names {
    /// Everybody who ever was here: records outlive those who made them.
    pub fn load(tx: Tx<'_>) -> Result<Self, StoreError> {
        let mut names = Self::default();
        tx.each(sql!("SELECT id, login FROM person_user"), &[], |row| {
            names.users.insert(row.text(1)?.to_owned(), UserId(row.int(0)?));
            Ok(())
        })?;
        tx.each(sql!("SELECT id, name FROM team"), &[], |row| {
            names.teams.insert(row.text(1)?.to_owned(), TeamId(row.int(0)?));
            Ok(())
        })?;
        Ok(names)
    }

    /// A user by sign-in name.
    pub fn user(&self, login: &str) -> Result<UserId, String> {
        self.users
            .get(login)
            .copied()
            .ok_or_else(|| format!("there is no user '{login}' here; add the user first"))
    }
}

/// A column of a row as its cell's text. Users and teams come as their names.
pub fn written(row: &dyn Row, place: usize, cell: Cell, zone: Zone) -> Result<String, StoreError> {
    Ok(match cell {
        Cell::Id | Cell::Number => row.opt_int(place)?.map(|n| n.to_string()).unwrap_or_default(),
        Cell::Money => row.opt_int(place)?.map(money).unwrap_or_default(),
        Cell::Time => row.opt_int(place)?.map(|at| zone.exact(Timestamp(at))).unwrap_or_default(),
        Cell::Text | Cell::Maybe | Cell::User | Cell::Team | Cell::Shown => {
            row.opt_text(place)?.unwrap_or_default().to_owned()
        }
    })
}

/// A cell read back; what is wrong with it in words.
pub fn read(column: Column, text: &str, names: &Names) -> Result<Read, String> {
    let name = column.name;
    let number = |what: &str| {
        text.parse().map(Read::Number).map_err(|_| format!("'{text}' in '{name}' is not {what}"))
    };
    match column.cell {
        Cell::Text => Ok(Read::Text(clean_lines(text).into_owned())),
        Cell::Shown => Ok(Read::Nothing),
        _ if text.is_empty() => Ok(Read::Nothing),
        Cell::Maybe => Ok(Read::Text(clean_lines(text).into_owned())),
        Cell::Id => number("an id"),
        Cell::Number => number("a whole number"),
        Cell::Money => amount(text)
            .map(Read::Number)
            .ok_or_else(|| format!("'{text}' in '{name}' is not an amount; write it as 1234.50")),
        Cell::Time => text.parse::<Timestamp>().map(|at| Read::Number(at.0)).map_err(|e| e.to_string()),
        Cell::User => names.user(text).map(|user| Read::Number(user.0)),
        Cell::Team => names
            .teams
            .get(text)
            .map(|team| Read::Number(team.0))
            .ok_or_else(|| format!("there is no team '{text}' here; add a user with that team first")),
    }
}

/// Minor units as whole units with two decimals: `-1234.50`.
pub fn money(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let all = minor.unsigned_abs();
    format!("{sign}{}.{:02}", all / 100, all % 100)
}

/// The minor units of such a text.
pub fn amount(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, cents) = rest.split_once('.').unwrap_or((rest, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(cents) || cents.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    let minor = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(Money(sign * minor).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (minor, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_450, "1234.50"), (-100, "-1.00")]
        {
            assert_eq!(money(minor), text);
            assert_eq!(amount(text), Some(minor));
        }
        assert_eq!(amount("12"), Some(1_200));
        assert_eq!(amount("12.5"), Some(1_250));
        for wrong in ["", "-", "1.234", "1,000", "1e3", "--1", "1.", ".5"] {
            assert_eq!(amount(wrong), None, "{wrong}");
        }
    }
}
