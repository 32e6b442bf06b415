//! Who the server runs as: never root.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Whom programs are handed to; nobody else where this process is not root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    other: Option<(u32, u32)>,
}

/// A new temporary folder that belongs to whom the server runs as, and who that is.
pub(super) fn folder(prefix: &str, within: Option<&Path>) -> (tempfile::TempDir, Account) {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix(prefix);
    let made = match within {
        Some(within) => builder.tempdir_in(within),
        None => builder.tempdir(),
    };
    let folder = made.expect("a temporary folder can be made");
    let account = Account::beside(folder.path());
    account.owns(folder.path());
    (folder, account)
}

impl Account {
    /// Runs a program as this account, in a folder it may enter, in a process group of its own: Ctrl-C in the terminal of the
    /// tests is theirs, not the server's.
    pub(super) fn command(&self, program: &(impl AsRef<OsStr> + ?Sized), folder: &Path) -> Command {
        let mut command = Command::new(program);
        super::binaries::clean(&mut command);
        command.current_dir(folder);
        self.enter(&mut command);
        command
    }

    /// Writes a file that only this account reads.
    pub(super) fn file(&self, path: &Path, text: &str) {
        fs::write(path, text).expect("a file of the server can be written");
        self.owns(path);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        }
    }

    #[cfg(unix)]
    fn beside(folder: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        // whoever made the folder is who this process is
        let root = fs::metadata(folder).expect("the folder was made").uid() == 0;
        Self { other: root.then(|| named(&["postgres", "nobody"])) }
    }

    #[cfg(unix)]
    fn owns(&self, path: &Path) {
        if let Some((user, group)) = self.other {
            std::os::unix::fs::chown(path, Some(user), Some(group)).expect("root gives files away");
        }
    }

    #[cfg(unix)]
    fn enter(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
        if let Some((user, group)) = self.other {
            command.uid(user).gid(group);
        }
    }

    #[cfg(not(unix))]
    fn beside(_: &Path) -> Self {
        Self { other: None }
    }

    #[cfg(not(unix))]
    fn owns(&self, _: &Path) {}

    #[cfg(not(unix))]
    fn enter(&self, _: &mut Command) {}
}

/// User and group of the first of these names that this machine knows.
#[cfg(unix)]
fn named(names: &[&str]) -> (u32, u32) {
    let known = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    let of = |name: &str| {
        known.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next() != Some(name) {
                return None;
            }
            let mut numbers = fields.skip(1).map_while(|field| field.parse().ok());
            numbers.next().zip(numbers.next())
        })
    };
    names
        .iter()
        .find_map(|name| of(name))
        .expect("a user postgres or nobody, as a server does not run as root")
}
