//! `corral wall`: boards for a big screen.

use std::time::Duration;

use crate::cli::args::Wall;
use crate::cli::output::Failure;
use crate::cli::people::team_named;
use crate::cli::session::Local;
use crate::cli::ui;
use crate::domain::lists::{Role, UserState};

/// Runs the wall for whoever is named, else for the first view-only user; answers with the exit status.
pub fn wall(local: &mut Local, wanted: &Wall) -> Result<u8, Failure> {
    let path = local.place.db.clone();
    let user = if local.login().is_some() {
        local.actor()?.id
    } else {
        let users = local.users()?;
        let viewer = users.iter().find(|user| user.role == Role::Viewer && user.state == UserState::Active);
        viewer.map(|user| user.id).ok_or_else(|| {
            Failure::failed(
                "no_viewer",
                "nobody here only looks at boards; add one with 'corral user add wall --name Wall --role viewer', \
                 or say with --user whose screen it is",
            )
        })?
    };
    let team = match &wanted.team {
        Some(name) => Some(team_named(local, name)?.id),
        None => None,
    };
    ui::run_with(local, &path, Some(user), Some((team, Duration::from_secs(wanted.seconds))))
}
