//! What a theme says, as a terminal of some depth can show it.

use ratatui::style::{Color, Modifier, Style};

use super::{
    Colour, Depth, Role,
    colour::{SIXTEEN, indexed, nearest_of_sixteen},
    load::Looks,
    sight::contrast,
};

/// Least contrast of text in the sixteen colours, by the values xterm gives them; a terminal may give them others.
const SIXTEEN_LEAST: f64 = 4.5;
/// The same on a selected row.
const LAID_LEAST: f64 = 3.0;

/// Resolves what a theme says to the styles of a depth.
pub(super) fn resolve(looks: &Looks, depth: Depth) -> [Style; Role::ALL.len()] {
    let mut styles = [Style::new(); Role::ALL.len()];
    if depth == Depth::None {
        for (style, look) in styles.iter_mut().zip(looks) {
            style.add_modifier = look.modifier;
        }
        return styles;
    }
    let frame = looks.first().and_then(|text| text.bg).map(|ink| ink.colour.resolve(depth));
    for (style, (look, role)) in styles.iter_mut().zip(looks.iter().zip(Role::ALL)) {
        let bg = look.bg.map(|ink| ink.colour.resolve(depth));
        let mut modifier = look.modifier;
        // With few colours the background of a selection can fall together with that of the frame; reverse
        // keeps it visible.
        let vanished = bg.is_some() && (bg == frame || bg == Some(Color::Reset));
        if vanished && matches!(role, Role::Selected | Role::TabActive | Role::InputFocus | Role::Match) {
            modifier |= Modifier::REVERSED;
        }
        let fg = look.fg.map(|ink| {
            let ground = bg.or(frame).and_then(value);
            match (depth, ground) {
                (Depth::Sixteen, Some(ground)) if role.is_read() => readable(ink.colour, ground),
                _ => ink.colour.resolve(depth),
            }
        });
        *style = Style { fg, bg, add_modifier: modifier, ..Style::new() };
    }
    if depth == Depth::Sixteen {
        clear_grounds(&mut styles);
    }
    styles
}

/// Of sixteen colours none may be dark enough to lie under the others: a selected row is then shown by reverse.
fn clear_grounds(styles: &mut [Style; Role::ALL.len()]) {
    let laid = |role: &Role, style: &Style| role.is_read() && style.bg.is_none();
    let inks: Vec<[u8; 3]> = styles
        .iter()
        .zip(Role::ALL)
        .filter(|(style, role)| laid(role, style))
        .filter_map(|(style, _)| value(style.fg?))
        .collect();
    for ground in [Role::Selected, Role::SelectedQuiet] {
        let Some(style) = styles.get_mut(ground as usize) else { continue };
        let Some(bg) = style.bg.and_then(value) else { continue };
        if inks.iter().any(|ink| contrast(*ink, bg) < LAID_LEAST) {
            style.bg = None;
            if ground == Role::Selected {
                style.add_modifier |= Modifier::REVERSED;
            }
        }
    }
}

/// Of the sixteen colours the nearest one that can be read on a ground.
fn readable(colour: Colour, ground: [u8; 3]) -> Color {
    let Colour::Rgb(red, green, blue) = colour else { return Color::Reset };
    let seen = |value: [u8; 3]| contrast(value, ground) >= SIXTEEN_LEAST;
    nearest_of_sixteen([red, green, blue], &seen).unwrap_or_else(|| colour.resolve(Depth::Sixteen))
}

/// Red, green and blue of a resolved colour, where they are known.
pub(super) fn value(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Indexed(index @ 16..) => Some(indexed(index)),
        named => SIXTEEN.iter().find(|(name, _)| *name == named).map(|(_, value)| *value),
    }
}
