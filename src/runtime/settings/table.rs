//! The one list of settings: to add one, add a row.

use super::Setting;
use super::value::{Kind, Take as _};

macro_rules! settings {
    ($(
        #[doc = $about:literal]
        $name:ident: $type:ty, $kind:expr, default $default:literal, flag $flag:literal;
    )*) => {
        /// The choices, each with its default where nobody chose.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $(#[doc = $about] pub $name: $type,)*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: <$type>::of_default($default),)* }
            }
        }

        /// Every setting, in the order of the file that is written out.
        pub const TABLE: &[Setting] = &[$(Setting {
            name: stringify!($name),
            about: $about.trim_ascii(),
            kind: $kind,
            default: $default,
            flag: $flag,
            take: |settings, value| {
                settings.$name = <$type>::accept(value, $kind)?;
                Ok(())
            },
            show: |settings| settings.$name.shown(),
        }),*];
    };
}

settings! {
    /// The language; the locale decides where none is named.
    language: Option<String>, Kind::OneOf(&["en", "zh"]), default "\"\"", flag "lang";
    /// The look: the name of a built-in theme or of a file in the `themes` folder beside the settings.
    theme: Option<String>, Kind::Text, default "\"\"", flag "theme";
    /// The database; the usual place where none is named.
    db: Option<String>, Kind::Text, default "\"\"", flag "db";
    /// The user to sign in as; chosen at the start where none is named.
    user: Option<String>, Kind::Text, default "\"\"", flag "user";
    /// The command that dials, `{phone}` standing for the number.
    dial: Vec<String>, Kind::Texts, default "[]", flag "";
    /// Whether each frame is marked as a whole (off for the few terminals that flicker).
    synchronized: bool, Kind::Switch, default "true", flag "";
    /// The keymap file, looked for from the settings; `keys.toml` beside them where none is named.
    keys: Option<String>, Kind::Text, default "\"\"", flag "keys";
    /// Whether the mouse is used.
    mouse: bool, Kind::Switch, default "true", flag "";
    /// Whether the guide to the first call comes at the start; off once it was followed to its end or closed.
    guide: bool, Kind::Switch, default "true", flag "";
    /// Minutes without a key after which a screen locks, here and far away; 0 for never.
    lock_after: i64, Kind::Number(0, 1_440), default "0", flag "";
    /// Whether the screen on this machine asks for the PIN of who works at it at its start; also where it is started with `--safe`.
    ask_pin: bool, Kind::Switch, default "false", flag "ask_pin";
    /// Where `corral serve` takes connections.
    serve_listen: String, Kind::Text, default "\"0.0.0.0:2222\"", flag "";
    /// The file of the key the server is known by; `host_key` in the folder of the state where none is named.
    serve_host_key: Option<String>, Kind::Text, default "\"\"", flag "";
    /// Where the server tells its figures to a monitor on the same machine, as `127.0.0.1:9100`; nowhere where nothing is named.
    serve_metrics: Option<String>, Kind::Text, default "\"\"", flag "";
    /// Sessions that the server takes.
    serve_sessions: i64, Kind::Number(1, 10_000), default "1000", flag "";
    /// Sessions that it takes from one address: a whole office may share one.
    serve_address_sessions: i64, Kind::Number(1, 10_000), default "1000", flag "";
    /// Sessions that it takes of one person.
    serve_person_sessions: i64, Kind::Number(1, 100), default "6", flag "";
    /// Connections that may stand at the door without having signed in; of more the one that has stood there longest goes.
    serve_waiting: i64, Kind::Number(1, 10_000), default "1000", flag "";
    /// Seconds that somebody may stand there.
    serve_handshake: i64, Kind::Number(1, 600), default "20", flag "";
    /// Minutes without a key after which a session far away ends; 0 for never.
    serve_idle: i64, Kind::Number(0, 10_080), default "720", flag "";
    /// Hours between two backups that `corral serve` makes by itself; 0 for none. On PostgreSQL it looks instead whether the server can be brought back.
    backup_every: i64, Kind::Number(0, 720), default "0", flag "";
    /// The hour of the day, in the floor's time zone, at which it makes one a day instead; -1 for none.
    backup_hour: i64, Kind::Number(-1, 23), default "-1", flag "";
    /// The folder they go to; the database's name with `-backups` where none is named.
    backup_dir: Option<String>, Kind::Text, default "\"\"", flag "";
    /// The public keys they are sealed for, as `age1…`, or files with one a line; `corral backup key` makes a pair.
    backup_recipient: Vec<String>, Kind::Texts, default "[]", flag "";
    /// How many of the newest are kept; 0 keeps none for its place.
    backup_keep_count: i64, Kind::Number(0, 10_000), default "14", flag "";
    /// Those of how many days are kept; 0 keeps none for its age. What either keeps is kept; with both at 0 nothing is removed.
    backup_keep_days: i64, Kind::Number(0, 36_500), default "0", flag "";
    /// How much is written to the log; nothing personal at any level.
    log: String, Kind::OneOf(&["off", "error", "warn", "info", "debug"]), default "\"info\"", flag "log";
}
