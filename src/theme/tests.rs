//! Every built-in theme, seen by the eyes it is for.

use ratatui::style::{Color, Modifier};

use super::{
    colour::{SIXTEEN, indexed},
    sight::{contrast, deuteranopia, difference},
    *,
};

const COLOURED: [&str; 4] = ["dark", "light", "high-contrast", "colour-blind"];

/// Roles whose words must be read, wherever they stand.
const READ: [Role; 24] = [
    Role::Text,
    Role::Dim,
    Role::Title,
    Role::Accent,
    Role::TableHead,
    Role::Good,
    Role::Warning,
    Role::Bad,
    Role::Promised,
    Role::Held,
    Role::Fresh,
    Role::Pending,
    Role::Money,
    Role::Key,
    Role::KeyLabel,
    Role::Notice,
    Role::Error,
    Role::ScriptTell,
    Role::ScriptAsk,
    Role::ScriptClaim,
    Role::ScriptClose,
    Role::Merge,
    Role::MergeMissing,
    Role::Mine,
];

const STATES: [Role; 5] = [Role::Good, Role::Warning, Role::Bad, Role::Promised, Role::Held];

fn theme(name: &str, depth: Depth) -> Theme {
    Theme::builtin(name, depth).unwrap()
}

fn value(colour: Option<Color>) -> [u8; 3] {
    match colour.unwrap() {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(index) => indexed(index),
        named => SIXTEEN.iter().find(|(name, _)| *name == named).unwrap().1,
    }
}

#[test]
fn every_built_in_theme_loads_without_a_warning() {
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
        }
    }
}

/// What is too faint, all of it at once: a palette is tuned as a whole.
fn assert_none(faint: &[String]) {
    assert!(faint.is_empty(), "too faint:\n{}", faint.join("\n"));
}

#[test]
fn text_is_readable_on_the_frame_on_a_dialog_and_on_a_selected_row() {
    let mut faint = Vec::new();
    for name in COLOURED {
        for depth in [Depth::True, Depth::TwoFiftySix] {
            let theme = theme(name, depth);
            for ground in [Role::Text, Role::Popup, Role::Selected, Role::SelectedQuiet] {
                let bg = value(theme.style(ground).bg);
                for role in READ {
                    let seen = contrast(value(theme.style(role).fg), bg);
                    if seen < 4.5 {
                        faint.push(format!("{name} {depth:?}: {role:?} on {ground:?} has {seen:.2}"));
                    }
                }
            }
        }
    }
    assert_none(&faint);
}

#[test]
fn a_role_with_its_own_ground_is_readable_on_it() {
    for name in COLOURED {
        let theme = theme(name, Depth::True);
        for role in Role::ALL {
            let style = theme.style(role);
            if let (Some(fg), Some(bg)) = (style.fg, style.bg) {
                let seen = contrast(value(Some(fg)), value(Some(bg)));
                assert!(seen >= 4.5, "{name}: {role:?} has {seen:.2}");
            }
        }
    }
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
fn states_differ_for_a_person_without_green_cones() {
    let theme = theme("colour-blind", Depth::True);
    for (place, a) in STATES.into_iter().enumerate() {
        for b in STATES.into_iter().skip(place + 1) {
            let [one, two] = [a, b].map(|role| deuteranopia(value(theme.style(role).fg)));
            let seen = difference(one, two);
            assert!(seen >= 20.0, "{a:?} and {b:?} differ by {seen:.1}");
        }
    }
}

#[test]
fn the_simulation_makes_red_and_green_alike() {
    let (red, green) = ([0xc8, 0x50, 0x32], [0x78, 0x78, 0x28]);
    let plain = contrast(red, green);
    assert!(plain < 1.5, "chosen of like lightness: {plain}");
    assert!(difference(deuteranopia(red), deuteranopia(green)) < 20.0);
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

#[test]
fn sixteen_colours_stay_readable() {
    for name in COLOURED {
        let theme = theme(name, Depth::Sixteen);
        let bg = value(theme.style(Role::Text).bg);
        for role in [Role::Text, Role::Dim, Role::Title, Role::Bad, Role::Promised, Role::Key] {
            let seen = contrast(value(theme.style(role).fg), bg);
            assert!(seen >= 2.5, "{name}: {role:?} has {seen:.2}");
        }
    }
}

#[test]
fn a_theme_that_is_wrong_warns_and_keeps_what_it_inherits() {
    let dark = theme("dark", Depth::True);
    for (text, expected) in [
        (
            "inherits = \"dark\"\n[styles]\npromissed = \"red\"",
            "unknown role 'promissed'; did you mean 'promised'?",
        ),
        (
            "inherits = \"dark\"\n[styles]\nbad = \"redd\"",
            "role 'bad': no colour \"redd\" in the palette; did you mean 'red'?",
        ),
        (
            "inherits = \"dark\"\n[palette]\nred = \"crimson\"",
            "palette colour 'red' is \"crimson\"; write '#rrggbb' or 'own'",
        ),
        (
            "inherits = \"dark\"\ncolour = 3",
            "unknown key 'colour'; a theme has 'inherits', 'palette' and 'styles'",
        ),
        ("inherits = \"dark\"\nstyles = 3", "'styles' is not a table"),
    ] {
        let (theme, warnings) = Theme::load(text, &|_| None, Depth::True);
        assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        assert_eq!(theme.style(Role::Bad), dark.style(Role::Bad), "{text}");
    }
}

#[test]
fn a_circle_of_themes_ends() {
    let (_, warnings) =
        Theme::load("inherits = \"me\"", &|_| Some("inherits = \"me\"".to_owned()), Depth::True);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.contains("circle"));
}

#[test]
fn text_that_is_no_toml_gives_the_default_theme() {
    let (theme, warnings) = Theme::load("}{", &|_| None, Depth::True);
    assert_eq!(warnings.len(), 1);
    assert_eq!(theme.style(Role::Text), Theme::builtin("dark", Depth::True).unwrap().style(Role::Text));
}

#[test]
fn an_heir_that_changes_the_palette_recolours_what_it_inherits() {
    let text = "inherits = \"dark\"\n[palette]\ngreen = \"#00ff00\"";
    let (theme, warnings) = Theme::load(text, &|_| None, Depth::True);
    assert_eq!(warnings, []);
    assert_eq!(theme.style(Role::Good).fg, Some(Color::Rgb(0, 255, 0)));
}
