//! Every built-in theme, seen by the eyes it is for.

mod eyes;
mod faults;

use ratatui::style::{Color, Modifier};

use super::{faint::LEAST, sight::contrast, *};
use eyes::Sight;

const COLOURED: [&str; 4] = ["dark", "light", "high-contrast", "colour-blind"];

/// States of which colour says which it is, beside a word or a sign; plain text is none of them.
const STATES: [Role; 6] = [Role::Text, Role::Good, Role::Warning, Role::Bad, Role::Promised, Role::Held];

/// Least distance of two states to every way of seeing (CIEDE2000), in the colours meant and in their nearest of 256.
const APART: f64 = 8.0;
/// The same in the theme that is made for it.
const APART_COLOUR_BLIND: f64 = 12.0;

fn theme(name: &str, depth: Depth) -> Theme {
    Theme::builtin(name, depth).unwrap()
}

fn value(colour: Option<Color>) -> [u8; 3] {
    resolve::value(colour.unwrap()).unwrap()
}

#[test]
fn every_built_in_theme_loads_without_a_warning() {
    // a warning is a fault, or text below the least contrast in 24 bits or 256 colours
    for name in Theme::NAMES {
        let (_, warnings) = Theme::load(load::builtin(name).unwrap(), &|_| None, Depth::True);
        assert_eq!(warnings, [], "{name}");
    }
    assert!(Theme::builtin("solarised", Depth::True).is_none());
}

#[test]
fn every_role_has_its_own_name_in_the_built_in_themes() {
    for file in ["dark", "mono"] {
        let table: toml::Table = load::builtin(file).unwrap().parse().unwrap();
        let styles = table["styles"].as_table().unwrap();
        for role in Role::ALL {
            assert!(styles.contains_key(role.name()), "{file} says nothing about '{}'", role.name());
            assert_eq!(Role::named(role.name()), Some(role));
            assert!(role.about().ends_with('.'), "{}", role.about());
        }
    }
}

/// What is too faint, all of it at once: a palette is tuned as a whole.
fn assert_none(faint: &[String]) {
    assert!(faint.is_empty(), "too faint:\n{}", faint.join("\n"));
}

/// The contrasts of every role that is read with every ground it may stand on.
fn contrasts(name: &str, depth: Depth) -> Vec<(Role, Role, f64)> {
    let theme = theme(name, depth);
    let mut seen = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| role.is_read()) {
        let style = theme.style(role);
        let grounds: Vec<Role> = if style.bg.is_some() { vec![role] } else { Role::GROUNDS.to_vec() };
        for ground in grounds {
            let ground_style = theme.style(ground);
            // a row that is shown by reverse is read as frame on ink: the same contrast
            let reversed = ground_style.add_modifier.contains(Modifier::REVERSED);
            let frame = theme.style(Role::Text).bg;
            let bg = if reversed && ground != role { frame } else { ground_style.bg.or(frame) };
            seen.push((role, ground, contrast(value(style.fg), value(bg))));
        }
    }
    seen
}

#[test]
fn text_is_readable_on_every_ground() {
    let mut faint = Vec::new();
    for name in COLOURED {
        for depth in [Depth::True, Depth::TwoFiftySix] {
            for (role, ground, seen) in contrasts(name, depth).into_iter().filter(|(.., seen)| *seen < LEAST)
            {
                faint.push(format!("{name} {depth:?}: {role:?} on {ground:?} has {seen:.2}"));
            }
        }
    }
    assert_none(&faint);
}

#[test]
fn sixteen_colours_stay_readable() {
    // by the values of xterm; what a terminal makes of its sixteen colours is its own
    let mut faint = Vec::new();
    for name in COLOURED {
        for (role, ground, seen) in contrasts(name, Depth::Sixteen) {
            let least = if ground == Role::Text { LEAST } else { 3.0 };
            if seen < least {
                faint.push(format!("{name}: {role:?} on {ground:?} has {seen:.2}"));
            }
        }
    }
    assert_none(&faint);
}

#[test]
fn lines_and_bars_can_be_seen() {
    for name in COLOURED {
        let theme = theme(name, Depth::True);
        let bg = value(theme.style(Role::Text).bg);
        for (role, least) in
            [(Role::Border, 1.5), (Role::FocusBorder, 3.0), (Role::BarDone, 3.0), (Role::BarPace, 3.0)]
        {
            let seen = contrast(value(theme.style(role).fg), bg);
            assert!(seen >= least, "{name}: {role:?} has {seen:.2}");
        }
    }
}

#[test]
fn states_differ_to_every_way_of_seeing() {
    let mut alike = Vec::new();
    for name in COLOURED {
        let least = if name == "colour-blind" { APART_COLOUR_BLIND } else { APART };
        for depth in [Depth::True, Depth::TwoFiftySix] {
            let theme = theme(name, depth);
            for (place, a) in STATES.into_iter().enumerate() {
                for b in STATES.into_iter().skip(place + 1) {
                    let [one, two] = [a, b].map(|role| value(theme.style(role).fg));
                    for sight in Sight::ALL {
                        let apart = sight.apart(one, two);
                        if apart < least {
                            alike.push(format!(
                                "{name} {depth:?} {sight:?}: {a:?} and {b:?} are {apart:.1} apart"
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(alike.is_empty(), "too much alike:\n{}", alike.join("\n"));
}

#[test]
fn mono_uses_no_colour_and_shows_the_selection_by_reverse() {
    for depth in [Depth::None, Depth::Sixteen, Depth::TwoFiftySix, Depth::True] {
        let theme = theme("mono", depth);
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
        assert!(theme.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
        assert!(theme.style(Role::TabActive).add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn without_colours_every_theme_is_mono() {
    for name in Theme::NAMES {
        assert_eq!(theme(name, Depth::None), theme("mono", Depth::None));
    }
}

#[test]
fn a_selected_row_is_seen_at_every_depth() {
    for name in Theme::NAMES {
        for depth in [Depth::None, Depth::Sixteen, Depth::TwoFiftySix, Depth::True] {
            let theme = theme(name, depth);
            let (row, frame) = (theme.style(Role::Selected), theme.style(Role::Text));
            let reversed = row.add_modifier.contains(Modifier::REVERSED);
            assert!(reversed || row.bg != frame.bg, "{name} {depth:?}");
        }
    }
}
