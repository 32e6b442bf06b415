//! Sealing a backup and opening one, in the format of `age`: for public keys, of which whoever makes it need not hold the secret ones,
//! or for a passphrase. Pieces of 64 KiB, each with a mark of its own, the last one marked as the last: one that was altered or cut
//! off is refused, and nothing is ever in memory as a whole.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use sha2::{Digest as _, Sha256};

use crate::domain::hex::hex;
use crate::store::backup::unwritable;
use crate::store::error::StoreError;

/// The ending of a sealed backup, after that of the file in it.
pub const ENDING: &str = ".age";
/// The work a passphrase costs whoever tries one, as a power of two: about a second and 256 MiB.
const WORK: u8 = 18;
/// The most that is done to open one.
const MOST_WORK: u8 = 22;
/// Bytes read at once.
const PIECE: usize = 1 << 18;

/// A passphrase; not shown by anything.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// For whom a backup is sealed.
#[derive(Clone)]
pub enum Seal {
    /// For whoever has the secret key of one of these.
    Keys(Vec<x25519::Recipient>),
    /// For whoever knows it.
    Passphrase(Passphrase),
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Seal {
    /// For public keys, each as `age1…`, or a file with one a line.
    ///
    /// # Errors
    /// `backup_key`, naming which.
    pub fn keys<T: AsRef<str>>(words: &[T]) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        for word in words {
            let word = word.as_ref();
            if word.starts_with("age1") {
                keys.push(word.trim().parse().map_err(|why: &str| bad_key(word, why))?);
                continue;
            }
            // the line itself is not told: it may be a secret key
            let key = |line: String| line.parse().map_err(|_| bad_key(word, "a line of it is no public key"));
            let of_file: Vec<_> = lines(Path::new(word))?.into_iter().map(key).collect::<Result<_, _>>()?;
            if of_file.is_empty() {
                return Err(bad_key(word, "it has no line with a public key (age1…)"));
            }
            keys.extend(of_file);
        }
        Ok(Self::Keys(keys))
    }

    /// `key` or `passphrase`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Keys(_) => "key",
            Self::Passphrase(_) => "passphrase",
        }
    }

    fn encryptor(&self) -> Result<Encryptor, StoreError> {
        let made = match self {
            Self::Keys(keys) => Encryptor::with_recipients(keys.iter().map(|key| key as &dyn age::Recipient)),
            Self::Passphrase(Passphrase(text)) => {
                let mut one = scrypt::Recipient::new(text.clone());
                one.set_work_factor(WORK);
                Encryptor::with_recipients(std::iter::once(&one as &dyn age::Recipient))
            }
        };
        made.map_err(|_| bad_key("", "nobody is named for whom it is to be sealed"))
    }
}

/// What opens a sealed backup.
pub enum Opener {
    /// Secret keys.
    Keys(Vec<x25519::Identity>),
    /// The passphrase.
    Passphrase(Passphrase),
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

impl Opener {
    /// The secret keys of files.
    ///
    /// # Errors
    /// `backup_key`, naming which file; never what is in it.
    pub fn keys<T: AsRef<Path>>(files: &[T]) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        for file in files {
            let file = file.as_ref();
            let name = file.display().to_string();
            for line in lines(file)? {
                let key = line.parse().map_err(|_| bad_key(&name, "a line of it is no secret key"))?;
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Err(bad_key("", "no secret key (AGE-SECRET-KEY-…) is in the file named"));
        }
        Ok(Self::Keys(keys))
    }
}

/// A new secret key as a file keeps it, and its public one.
pub fn key() -> (SecretString, String) {
    let secret = x25519::Identity::generate();
    (secret.to_string(), secret.to_public().to_string())
}

/// The text of a file for a new secret key.
pub fn key_file(secret: &SecretString, public: &str) -> String {
    format!("# public key: {public}\n{}\n", secret.expose_secret())
}

/// The lines of a file of keys that say something.
fn lines(file: &Path) -> Result<Vec<String>, StoreError> {
    let text = fs::read_to_string(file).map_err(|e| bad_key(&file.display().to_string(), &e.to_string()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

fn bad_key(what: &str, why: &str) -> StoreError {
    let what =
        format!("'{what}' is no key ({why}); 'corral backup key FILE' makes one and prints what to name");
    StoreError::Invalid { code: "backup_key", what }
}

/// Passes what is read on and hashes it; answers with the bytes and their SHA-256.
fn passed(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(u64, String)> {
    let (mut sha, mut bytes) = (Sha256::new(), 0_u64);
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece)?;
        let Some(got) = piece.get(..read).filter(|got| !got.is_empty()) else { break };
        sha.update(got);
        to.write_all(got)?;
        bytes = bytes.saturating_add(u64::try_from(got.len()).unwrap_or(0));
    }
    Ok((bytes, hex(&sha.finalize())))
}

/// Seals a file into another; answers with the bytes and the SHA-256 of what went in.
pub(super) fn seal(from: &Path, to: (&Path, File), seal: &Seal) -> Result<(u64, String), StoreError> {
    let encryptor = seal.encryptor()?;
    let (path, file) = to;
    let write = || {
        let mut sealing = encryptor.wrap_output(BufWriter::new(file))?;
        let went = passed(&mut File::open(from)?, &mut sealing)?;
        // without its end it would be one that was cut off
        sealing.finish()?.flush()?;
        Ok(went)
    };
    write().map_err(|e| unwritable(path, &e))
}

/// Opens a sealed file and writes what is in it to `to`; answers with its bytes and its SHA-256.
///
/// # Errors
/// `wrong_key`; [`StoreError::Damaged`] where it was altered or cut off; what the system says.
pub(super) fn open(
    from: &Path,
    opener: &Opener,
    to: (&Path, &mut dyn Write),
) -> Result<(u64, String), StoreError> {
    let file = File::open(from).map_err(|e| unwritable(from, &e))?;
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(|e| unopened(from, &e))?;
    let reader = match opener {
        Opener::Keys(keys) => decryptor.decrypt(keys.iter().map(|key| key as &dyn age::Identity)),
        Opener::Passphrase(Passphrase(text)) => {
            let mut one = scrypt::Identity::new(text.clone());
            one.set_max_work_factor(MOST_WORK);
            decryptor.decrypt(std::iter::once(&one as &dyn age::Identity))
        }
    };
    let mut reader = Marked { reader: reader.map_err(|e| unopened(from, &e))?, failed: None };
    let (path, to) = to;
    let written = passed(&mut reader, to);
    match (written, reader.failed) {
        (_, Some(what)) => Err(StoreError::Damaged { path: from.to_owned(), what }),
        (written, None) => written.map_err(|e| unwritable(path, &e)),
    }
}

/// Tells a failure to read what is sealed from one to write what comes out.
struct Marked<R> {
    reader: R,
    failed: Option<String>,
}

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(piece);
        if let Err(error) = &read {
            self.failed = Some(match error.kind() {
                io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
                io::ErrorKind::InvalidData => "it was altered".to_owned(),
                _ => error.to_string(),
            });
        }
        read
    }
}

fn unopened(path: &Path, error: &DecryptError) -> StoreError {
    let what = match error {
        // what a wrong passphrase comes to: the head's own mark is looked at only once there is a key
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
            let what = format!(
                "'{}' does not open with this key or passphrase; name the one it was sealed for",
                path.display()
            );
            return StoreError::Invalid { code: "wrong_key", what };
        }
        DecryptError::ExcessiveWork { required, .. } => {
            format!("its passphrase asks for work of 2^{required}, which no backup of Corral's does")
        }
        DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        DecryptError::Io(error) => error.to_string(),
        _ => "its head was altered, or it is no sealed backup".to_owned(),
    };
    StoreError::Damaged { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of this content, sealed; its place and the folder.
    fn sealed(content: &[u8], with: &Seal) -> (std::path::PathBuf, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let (plain, path) = (folder.path().join("plain"), folder.path().join("sealed"));
        fs::write(&plain, content).unwrap();
        let went = seal(&plain, (&path, File::create(&path).unwrap()), with).unwrap();
        assert_eq!(went.0, content.len() as u64);
        (path, folder)
    }

    fn opened(path: &Path, opener: &Opener) -> Result<Vec<u8>, StoreError> {
        let mut out = Vec::new();
        open(path, opener, (Path::new("out"), &mut out)).map(|_| out)
    }

    fn pair() -> (Seal, Opener) {
        let secret = x25519::Identity::generate();
        (Seal::Keys(vec![secret.to_public()]), Opener::Keys(vec![secret]))
    }

    #[test]
    fn what_was_sealed_for_a_key_opens_with_its_secret_one_and_with_no_other() {
        // more than a piece, and no whole number of them
        let content: Vec<u8> = (0..200_001_u32).flat_map(u32::to_le_bytes).collect();
        let (with, opener) = pair();
        let (path, _folder) = sealed(&content, &with);
        assert_eq!(opened(&path, &opener).unwrap(), content);
        assert_eq!(opened(&path, &pair().1).unwrap_err().code(), "wrong_key");
        let passphrase = Opener::Passphrase("open sesame".to_owned().into());
        assert_eq!(opened(&path, &passphrase).unwrap_err().code(), "wrong_key");
    }

    #[test]
    fn one_that_was_altered_or_cut_off_anywhere_is_refused() {
        let content = vec![7_u8; 300_000];
        let (with, opener) = pair();
        let (path, _folder) = sealed(&content, &with);
        let whole = fs::read(&path).unwrap();
        for place in [0, 30, 190, 70_000, whole.len() - 1] {
            let mut altered = whole.clone();
            altered[place] ^= 1;
            fs::write(&path, &altered).unwrap();
            let error = opened(&path, &opener).unwrap_err();
            assert!(matches!(error.code(), "damaged" | "wrong_key"), "byte {place}: {error}");
        }
        // also exactly behind a piece: a head of 200 bytes or so, then pieces of 65,552
        let head = whole.len() - (300_000 + 5 * 16);
        for length in [0, 10, head, head + 65_552, head + 4 * 65_552, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            let error = opened(&path, &opener).unwrap_err();
            assert_eq!(error.code(), "damaged", "{length} bytes of {}: {error}", whole.len());
        }
    }

    #[test]
    fn a_passphrase_opens_what_was_sealed_with_it() {
        let with = |text: &str| Passphrase::from(text.to_owned());
        let (path, _folder) = sealed(b"facts", &Seal::Passphrase(with("围场 2026")));
        assert_eq!(opened(&path, &Opener::Passphrase(with("围场 2026"))).unwrap(), b"facts");
        let wrong = opened(&path, &Opener::Passphrase(with("围场 2027"))).unwrap_err();
        assert_eq!(wrong.code(), "wrong_key");
    }

    #[test]
    fn keys_are_read_from_words_and_files_and_a_fault_names_which() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, public) = key();
        let (own, many, empty) =
            (folder.path().join("key"), folder.path().join("many"), folder.path().join("empty"));
        fs::write(&own, key_file(&secret, &public)).unwrap();
        fs::write(&many, format!("# the safe\n{public}\n\n{}\n", key().1)).unwrap();
        fs::write(&empty, "# nothing\n").unwrap();
        let Seal::Keys(keys) = Seal::keys(&[public.as_str(), many.to_str().unwrap()]).unwrap() else {
            panic!()
        };
        assert_eq!(keys.len(), 3);
        let Opener::Keys(keys) = Opener::keys(&[&own]).unwrap() else { panic!() };
        assert_eq!(keys[0].to_public().to_string(), public);
        for bad in ["age1nonsense", empty.to_str().unwrap(), "/nowhere/at/all", own.to_str().unwrap()] {
            let error = Seal::keys(&[bad]).unwrap_err();
            assert_eq!(error.code(), "backup_key", "{bad}");
            assert!(!error.to_string().contains("AGE-SECRET"), "a secret is told: {error}");
        }
        assert_eq!(Opener::keys(&[&many]).unwrap_err().code(), "backup_key");
        assert_eq!(Opener::keys(&[&empty]).unwrap_err().code(), "backup_key");
    }
}
