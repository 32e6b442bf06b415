//! The key the server is known by: made once, kept from others, shown so that people can compare it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::runtime::files;
use crate::ssh::keys::Identity;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// Others may read it.
    #[error(
        "the host key '{}' can be read by others (mode {mode:o}); run 'chmod 600' on it, or remove it to have a new one \
         made, which everybody's ssh will ask about",
        path.display()
    )]
    Loose {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It cannot be read or written.
    #[error("the host key '{}' cannot be used: {why}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// It is no key, or one with a passphrase.
    #[error("'{}' is no private key in OpenSSH's form, or one with a passphrase; name another with --host-key", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the key of a file; one is made where there is none. Answers whether it was.
///
/// # Errors
/// [`HostKeyError`].
pub fn load(path: &Path) -> Result<(Identity, bool), HostKeyError> {
    let unusable = |why| HostKeyError::Unusable { path: path.to_owned(), why };
    match fs::read_to_string(path) {
        Ok(text) => {
            refuse_loose(path)?;
            let key = Identity::read(&text).ok_or_else(|| HostKeyError::NoKey { path: path.to_owned() })?;
            Ok((key, false))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (key, text) = Identity::make()
                .ok_or_else(|| unusable(io::Error::other("this system gives no random numbers")))?;
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                files::private_folder(folder).map_err(unusable)?;
            }
            // two servers that start at once: the first one's key is everybody's
            match files::fresh(path, text.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => load(path),
                made => made.map(|()| (key, true)).map_err(unusable),
            }
        }
        Err(error) => Err(unusable(error)),
    }
}

#[cfg(unix)]
fn refuse_loose(path: &Path) -> Result<(), HostKeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = fs::metadata(path).map_err(|why| HostKeyError::Unusable { path: path.to_owned(), why })?;
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 { Err(HostKeyError::Loose { path: path.to_owned(), mode }) } else { Ok(()) }
}

#[cfg(not(unix))]
fn refuse_loose(_: &Path) -> Result<(), HostKeyError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_the_owner_alone_and_a_loose_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("host_key");
        let (made, fresh) = load(&path).unwrap();
        assert!(fresh && made.fingerprint().starts_with("SHA256:"), "{}", made.fingerprint());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, fresh) = load(&path).unwrap();
        assert_eq!((again.fingerprint(), fresh), (made.fingerprint(), false));
        for mode in [0o644, 0o640, 0o604] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let told = load(&path).unwrap_err().to_string();
            assert!(told.contains(&format!("{mode:o}")) && told.contains("chmod 600"), "{told}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "nonsense").unwrap();
        assert!(matches!(load(&path), Err(HostKeyError::NoKey { .. })));
    }
}
