//! The two languages of the screens.

use std::fmt;

/// A language the screens can be shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Both languages, in the order the switch goes through them.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// Reads a language code (`en`, `zh`) or a locale (`zh_CN.UTF-8`, `en-GB`); `None` for any other language.
    pub fn parse(code: &str) -> Option<Self> {
        let language = code.trim().split(['_', '-', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// Chooses from the values of `LC_ALL`, `LC_MESSAGES` and `LANG`, in that order.
    ///
    /// The first that is set and not empty decides; a language without words falls back to English.
    pub fn from_locale<'a>(settings: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        settings
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty())
            .and_then(Self::parse)
            .unwrap_or_default()
    }

    /// Names the language by its code, as in settings and playbooks.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// Names the other language: what the language key switches to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_a_language() {
        for (code, lang) in [
            ("en", Some(Lang::En)),
            ("ZH", Some(Lang::Zh)),
            ("zh_CN.UTF-8", Some(Lang::Zh)),
            ("zh-Hans", Some(Lang::Zh)),
            ("en_GB@euro", Some(Lang::En)),
            ("C", None),
            ("de_DE", None),
            ("", None),
        ] {
            assert_eq!(Lang::parse(code), lang, "{code}");
        }
    }

    #[test]
    fn the_first_setting_that_is_not_empty_decides() {
        assert_eq!(Lang::from_locale([None, Some(""), Some("zh_CN")]), Lang::Zh);
        assert_eq!(Lang::from_locale([Some("C"), Some("zh_CN")]), Lang::En);
        assert_eq!(Lang::from_locale([None, None]), Lang::En);
    }
}
