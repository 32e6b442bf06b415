//! What of a theme is hard to read.

use super::{
    Depth, Role, Warning,
    load::{Ink, Look, Read},
    resolve::value,
    sight::contrast,
};

/// Least contrast of text (WCAG 2.2, level AA).
pub(super) const LEAST: f64 = 4.5;

/// Warns of roles whose text falls below the least contrast, each once, on the ground where it is worst.
pub(super) fn warnings(read: &Read) -> Vec<Warning> {
    let mut warnings: Vec<(Ink, Warning)> = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| role.is_read()) {
        let Some(look) = read.looks.get(role as usize) else { continue };
        let Some(fg) = look.fg else { continue };
        let worst = grounds(read, role, look)
            .filter_map(|(ground, bg)| Some((seen(fg, bg)?, ground, bg)))
            .min_by(|(a, ..), (b, ..)| a.total_cmp(b));
        let Some((seen, ground, bg)) = worst.filter(|(seen, ..)| *seen < LEAST) else { continue };
        // the one of the two that the asked-for theme says, rather than one it inherits
        let at = if bg.at.file < fg.at.file { bg.at } else { fg.at };
        let message = format!(
            "role '{}' on '{}' has a contrast of {seen:.1}; text needs {LEAST}",
            role.name(),
            ground.name()
        );
        warnings.push((fg, read.warning(at, message, true)));
    }
    warnings.sort_by_key(|(_, warning)| (warning.theme.clone(), warning.line, warning.column));
    warnings.into_iter().map(|(_, warning)| warning).collect()
}

/// The grounds a role is read on: its own, else those that rows and dialogs lay under it.
fn grounds<'a>(read: &'a Read, role: Role, look: &Look) -> impl Iterator<Item = (Role, Ink)> + use<'a> {
    let own = look.bg.map(|bg| (role, bg));
    let shared = own.is_none().then_some(Role::GROUNDS).into_iter().flatten();
    let laid = shared.filter_map(|ground| Some((ground, read.looks.get(ground as usize)?.bg?)));
    own.into_iter().chain(laid)
}

/// The lower contrast of the two depths that show a theme as it was meant; `None` where a terminal's own colour is used.
fn seen(fg: Ink, bg: Ink) -> Option<f64> {
    [Depth::True, Depth::TwoFiftySix]
        .into_iter()
        .map(|depth| Some(contrast(value(fg.colour.resolve(depth))?, value(bg.colour.resolve(depth))?)))
        .try_fold(f64::INFINITY, |least, seen| Some(least.min(seen?)))
}
