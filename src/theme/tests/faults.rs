//! Themes of a person's own: what they inherit, and what is said about their faults.

use super::*;
use proptest::prelude::*;

fn said(text: &str) -> Vec<String> {
    Theme::load(text, &|_| None, Depth::True).1.iter().map(ToString::to_string).collect()
}

#[test]
fn a_fault_is_told_with_its_place_and_the_role_keeps_what_it_inherits() {
    let dark = theme("dark", Depth::True);
    for (text, expected) in [
        (
            "inherits = \"dark\"\n[styles]\npromissed = \"red\"",
            "3:1: unknown role 'promissed'; did you mean 'promised'?",
        ),
        (
            "inherits = \"dark\"\n[styles]\nbad = \"redd\"",
            "3:7: role 'bad': no colour 'redd' in the palette; did you mean 'red'?",
        ),
        (
            "[styles]\nbad = { fg = \"#12\", bold = true }",
            "2:14: role 'bad': '#12' is no colour; write six digits, as in '#1f6feb'",
        ),
        (
            "inherits = \"dark\"\n[palette]\nred = \"crimson\"",
            "3:7: palette colour 'red' is 'crimson'; write '#rrggbb' or 'own'",
        ),
        // what steers a terminal is no part of what is said (found by fuzzing)
        (
            "inherits = \"dark\"\n[palette]\nred = \"cr\\u0000im\\u001B[2J\\u202Eson\"",
            "3:7: palette colour 'red' is 'crim[2Json'; write '#rrggbb' or 'own'",
        ),
        (
            "inherits = \"dark\"\npallete = 3",
            "2:1: unknown key 'pallete'; a theme has 'inherits', 'palette' and 'styles'; did you mean 'palette'?",
        ),
        (
            "inherits = \"dark\"\nstyles = 3",
            "2:10: 'styles' is of the kind integer; write it as a table, [styles]",
        ),
        (
            "inherits = [\"dark\"]",
            "1:12: 'inherits' is of the kind array; write the name of a theme in quotes",
        ),
        (
            "inherits = \"lihgt\"",
            "1:12: there is no theme 'lihgt' to inherit from; 'dark' is used; did you mean 'light'?",
        ),
        (
            "[styles]\nbad = { fg = \"red\", bold = true, blod = true }",
            "2:34: role 'bad': unknown part 'blod'; did you mean 'bold'?",
        ),
        (
            "[styles]\nbad = { fg = \"red\", bold = \"yes\" }",
            "2:28: role 'bad': 'bold' is 'yes'; write true or false",
        ),
        (
            "[styles]\nbad = 7",
            "2:7: role 'bad' is of the kind integer; write a colour or { fg = …, bold = true }",
        ),
    ] {
        let (theme, warnings) = Theme::load(text, &|_| None, Depth::True);
        assert_eq!(warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        assert_eq!(theme.style(Role::Bad).fg, dark.style(Role::Bad).fg, "{text}");
        assert!(warnings.iter().all(|warning| !warning.faint));
    }
}

#[test]
fn text_that_is_no_toml_is_told_and_the_rest_is_used() {
    let (theme, warnings) = Theme::load("[palette]\nred = }\ngreen = \"#00ff00\"\n", &|_| None, Depth::True);
    assert!(warnings[0].to_string().starts_with("2:7: this is not TOML: "), "{warnings:?}");
    assert_eq!(theme.style(Role::Good).fg, Some(Color::Rgb(0, 255, 0)));
    let (theme, warnings) = Theme::load("}{", &|_| None, Depth::True);
    assert!(!warnings.is_empty());
    assert_eq!(theme.style(Role::Text), self::theme("dark", Depth::True).style(Role::Text));
}

#[test]
fn a_circle_of_themes_ends_and_is_named() {
    let own = |name: &str| match name {
        "dusk" => Some("inherits = \"dawn\"".to_owned()),
        "dawn" => Some("inherits = \"dusk\"".to_owned()),
        _ => None,
    };
    let (theme, warnings) = Theme::load("inherits = \"dusk\"", &own, Depth::True);
    let told: Vec<String> =
        warnings.iter().map(|w| w.placed("noon.toml", |name| format!("themes/{name}.toml"))).collect();
    assert_eq!(told, ["themes/dawn.toml:1:12: 'dusk' is inherited in a circle: dusk → dawn → dusk"]);
    assert_eq!(theme.style(Role::Bad), self::theme("dark", Depth::True).style(Role::Bad));
}

#[test]
fn a_chain_is_eight_themes_deep_at_most() {
    let next = |name: &str| {
        Some(format!("inherits = \"t{}\"", name.trim_start_matches('t').parse::<u32>().unwrap() + 1))
    };
    let (_, warnings) = Theme::load("inherits = \"t1\"", &next, Depth::True);
    let told: Vec<String> = warnings.iter().map(|w| w.placed("t0", ToOwned::to_owned)).collect();
    assert_eq!(
        told,
        ["t7:1:12: too deep: 't8' would be one more than the 8 themes that may inherit from each other"]
    );
}

#[test]
fn a_theme_without_a_word_looks_like_the_default() {
    let (theme, warnings) = Theme::load("", &|_| None, Depth::True);
    assert_eq!(warnings, []);
    assert_eq!(theme, self::theme("dark", Depth::True).named("custom"));
}

#[test]
fn an_heir_that_changes_the_palette_recolours_what_it_inherits() {
    let text = "inherits = \"dark\"\n[palette]\ngreen = \"#00ff00\"";
    let (theme, warnings) = Theme::load(text, &|_| None, Depth::True);
    assert_eq!(warnings, []);
    assert_eq!(theme.style(Role::Good).fg, Some(Color::Rgb(0, 255, 0)));
}

#[test]
fn faint_text_is_warned_about_where_the_own_theme_says_it() {
    // #555555 and the selected row's #26344b have luminances of 0.0908 and 0.0337: 0.1408 / 0.0837 = 1.7
    let warned = said("[palette]\ngrey = \"#555555\"\n[styles]\nmoney = \"grey\"\n");
    assert_eq!(warned, ["4:9: role 'money' on 'selected' has a contrast of 1.7; text needs 4.5"]);
    let (theme, warnings) = Theme::load("[styles]\nmoney = \"#555555\"\n", &|_| None, Depth::True);
    assert!(warnings[0].faint);
    assert_eq!(theme.style(Role::Money).fg, Some(Color::Rgb(0x55, 0x55, 0x55)), "it is used all the same");
    // a palette that makes an inherited role faint is told where the palette is
    let warned = said("inherits = \"light\"\n[palette]\nred = \"#ffcccc\"\n");
    assert!(warned.iter().all(|line| line.starts_with("3:7: role '")), "{warned:?}");
    assert!(!warned.is_empty());
    // the terminal's own colours are not known
    assert_eq!(said("[styles]\nmoney = \"own\"\n"), [""; 0]);
}

#[test]
fn a_theme_written_out_is_the_same_theme() {
    let own = "inherits = \"light\"\n[palette]\n\"my red\" = \"#aa0000\"\n[styles]\nbad = { fg = \"my red\", bg = \"own\" }\n";
    let texts = Theme::NAMES.iter().map(|name| Theme::builtin_text(name).unwrap()).chain([own]);
    for text in texts {
        let (theme, _) = Theme::load(text, &|_| None, Depth::True);
        let (again, warnings) = Theme::load(&Theme::whole(text, &|_| None), &|_| None, Depth::True);
        assert_eq!(warnings, []);
        assert_eq!(again, theme);
    }
}

proptest! {
    #[test]
    fn no_text_stops_the_program(text in "(inherits|\\[styles\\]|\\[palette\\]|bad|fg|=|\"dark\"|\"red\"|#|\\{|\\}|\n|,|[a-z]|\\PC){0,40}") {
        let (theme, warnings) = Theme::load(&text, &|_| Some(text.clone()), Depth::TwoFiftySix);
        prop_assert!(warnings.iter().all(|warning| warning.line > 0 && warning.column > 0));
        prop_assert!(theme.style(Role::Text) == theme.style(Role::Text));
    }
}
