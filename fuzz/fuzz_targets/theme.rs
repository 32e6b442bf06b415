//! Any text as a theme, at every depth, inheriting from itself and from others: never fatal.

#![no_main]

use corral::theme::{Depth, Role, Theme};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let itself = |name: &str| (name == "self").then(|| text.to_string());
    for depth in [Depth::True, Depth::TwoFiftySix, Depth::Sixteen, Depth::None] {
        let (theme, warnings) = Theme::load(&text, &itself, depth);
        for role in Role::ALL {
            let _ = theme.style(role);
        }
        for warning in warnings {
            let told = warning.to_string();
            assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "a control character in {told:?}");
        }
    }
});
