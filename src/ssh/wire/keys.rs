//! Keys: the server's own, and those that people bring.

use std::fmt;

use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, HashAlg, PrivateKey, PublicKey, key::safe_rng};

use crate::domain::clean::clean;
use crate::store::change::sign_in::NewKey;

/// What the server proves itself with.
#[derive(Clone)]
pub struct Identity(pub(super) PrivateKey);

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.fingerprint()).finish()
    }
}

impl Identity {
    /// Makes one, with the text of its file; `None` where the system has no random numbers.
    pub fn make() -> Option<(Self, String)> {
        let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).ok()?;
        let text = key.to_openssh(LineEnding::LF).ok()?.to_string();
        Some((Self(key), text))
    }

    /// Reads one from the text of a file; `None` for what is none, or is locked by a passphrase.
    pub fn read(text: &str) -> Option<Self> {
        PrivateKey::from_openssh(text).ok().filter(|key| !key.is_encrypted()).map(Self)
    }

    /// What people compare: SHA-256 of the public half.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// The public half, as it stands in a `known_hosts` file behind the host's name.
    pub fn public(&self) -> String {
        body(self.0.public_key())
    }
}

/// Why a text is no key to let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// It is a private one.
    #[error("this is a private key; keep it to yourself and give the '.pub' file beside it")]
    Private,
    /// It is of a kind that is not taken.
    #[error("keys of the kind '{kind}' are not taken; make one with 'ssh-keygen -t ed25519'")]
    Kind {
        /// Its kind.
        kind: String,
    },
    /// It is none.
    #[error("'{text}' is no public key in OpenSSH's form ('ssh-ed25519 AAAA… name')")]
    NoKey {
        /// How it begins.
        text: String,
    },
}

/// Reads a line of a `.pub` file.
///
/// # Errors
/// [`BadKey`].
pub fn parse(line: &str) -> Result<NewKey, BadKey> {
    let line = line.trim();
    if line.contains("PRIVATE KEY") {
        return Err(BadKey::Private);
    }
    let kind = line.split_whitespace().next().unwrap_or_default();
    if matches!(kind, "ssh-rsa" | "ssh-dss") {
        return Err(BadKey::Kind { kind: kind.to_owned() });
    }
    let no_key = || BadKey::NoKey { text: clean(line).chars().take(30).collect() };
    let key = PublicKey::from_openssh(line).map_err(|_| no_key())?;
    if !is_taken(&key) {
        return Err(BadKey::Kind { kind: clean(kind).chars().take(60).collect() });
    }
    let name = key.comment().to_string();
    Ok(known(&key, &name))
}

/// A key as it is kept.
pub(super) fn known(key: &PublicKey, name: &str) -> NewKey {
    NewKey {
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        body: body(key),
        name: clean(name).into_owned(),
    }
}

/// Whether keys of this kind are taken: elliptic curves, also those of security keys.
pub(super) fn is_taken(key: &PublicKey) -> bool {
    matches!(
        key.algorithm(),
        Algorithm::Ed25519 | Algorithm::Ecdsa { .. } | Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256
    )
}

/// Algorithm and key without a name, as OpenSSH writes them.
pub(super) fn body(key: &PublicKey) -> String {
    let whole = key.to_openssh().unwrap_or_default();
    whole.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key made with ssh-keygen, and the fingerprint that `ssh-keygen -l` gives it.
    const LINE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICuRj0xWlOpYxhoLIu4v/gQ8uKHLpAo2Yd4oEQEFitGe 王芳@laptop";

    #[test]
    fn a_line_of_a_public_file_is_read_and_anything_else_told() {
        let key = parse(&format!(" {LINE}\r\n")).unwrap();
        assert_eq!(key.name, "王芳@laptop");
        assert_eq!(key.body, LINE.rsplit_once(' ').unwrap().0);
        assert_eq!(key.fingerprint, "SHA256:JeQeNFUwj/nWaQ+CV7Dot4CdAF5Lq1Z1bN+sjp4jn14");
        assert_eq!(parse(&key.body).unwrap().fingerprint, key.fingerprint);
        assert_eq!(parse("-----BEGIN OPENSSH PRIVATE KEY-----\nx"), Err(BadKey::Private));
        assert_eq!(parse("ssh-rsa AAAA"), Err(BadKey::Kind { kind: "ssh-rsa".to_owned() }));
        for text in ["", "hello", "ssh-ed25519 AAAA", "\x1b[31m"] {
            assert!(matches!(parse(text), Err(BadKey::NoKey { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_made_can_be_read_again_and_is_not_shown() {
        let (made, text) = Identity::make().unwrap();
        let read = Identity::read(&text).unwrap();
        assert_eq!(read.fingerprint(), made.fingerprint());
        assert_eq!(format!("{made:?}"), format!("Identity({:?})", made.fingerprint()));
    }
}
