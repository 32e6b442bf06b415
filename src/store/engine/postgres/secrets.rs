//! Passwords and services, found where psql finds them: `PGPASSWORD`, the file of passwords, the service file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::store::engine::postgres::address::{invalid, variable};
use crate::store::error::StoreError;

/// What a service file says of one service.
#[derive(Default)]
pub struct Service(BTreeMap<String, String>);

impl Service {
    /// Finds a service by its name: in the file `PGSERVICEFILE` names, else in `~/.pg_service.conf`, else in the system's.
    ///
    /// # Errors
    /// Where no file tells of it.
    pub fn find(name: &str) -> Result<Self, StoreError> {
        let mut files: Vec<PathBuf> = Vec::new();
        match variable("PGSERVICEFILE") {
            Some(file) => files.push(PathBuf::from(file)),
            None => files.extend(home().map(|home| home.join(".pg_service.conf"))),
        }
        let system =
            variable("PGSYSCONFDIR").map_or_else(|| PathBuf::from("/etc/postgresql-common"), PathBuf::from);
        files.push(system.join("pg_service.conf"));
        files
            .iter()
            .filter_map(|file| fs::read_to_string(file).ok())
            .find_map(|text| section(&text, name))
            .map(Self)
            .ok_or_else(|| {
                let tried: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                invalid(format!("no service '{name}' is in {}", tried.join(" or ")))
            })
    }

    /// What it says of something.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

fn section(text: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let mut inside = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            if inside.is_some() {
                break;
            }
            inside = (title == name).then(BTreeMap::new);
        } else if let (Some(inside), Some((key, value))) = (&mut inside, line.split_once('=')) {
            inside.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    inside
}

/// The password for a host, port, database and user: `PGPASSWORD`, else the first line of the file of passwords that fits.
pub fn password(file: Option<&Path>, to: (&str, u16, &str, &str)) -> Option<String> {
    if let Some(password) = variable("PGPASSWORD") {
        return Some(password);
    }
    let file = file
        .map(Path::to_owned)
        .or_else(|| variable("PGPASSFILE").map(PathBuf::from))
        .or_else(|| home().map(|home| home.join(".pgpass")))?;
    if !is_private(&file) {
        tracing::warn!(
            "the file of passwords can be read by others; it is left aside, as psql does (chmod 600)"
        );
        return None;
    }
    fit(&fs::read_to_string(file).ok()?, to)
}

fn fit(text: &str, (host, port, database, user): (&str, u16, &str, &str)) -> Option<String> {
    // a socket's folder is known as the machine itself
    let host = if host.starts_with('/') { "localhost" } else { host };
    let port = port.to_string();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = fields(line).into_iter();
        let fits = [host, &port, database, user]
            .iter()
            .all(|wanted| fields.next().is_some_and(|field| field == "*" || field == **wanted));
        fits.then(|| fields.next()).flatten()
    })
}

/// The fields of a line, `\:` and `\\` being a colon and a backslash.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut().into_iter().for_each(|field| field.extend(chars.next())),
            other => fields.last_mut().into_iter().for_each(|field| field.push(other)),
        }
    }
    fields
}

fn home() -> Option<PathBuf> {
    variable("HOME").map(PathBuf::from)
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|about| about.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text = "# ours\nother:5432:*:*:wrong\na:*:corral:rep:one\\:two\\\\three\n*:*:*:*:last\n";
        assert_eq!(fit(text, ("a", 6_000, "corral", "rep")).as_deref(), Some("one:two\\three"));
        assert_eq!(fit(text, ("a", 6_000, "corral", "lead")).as_deref(), Some("last"));
        assert_eq!(fit("localhost:*:*:*:socket", ("/run", 1, "d", "u")).as_deref(), Some("socket"));
        assert_eq!(fit("a:1:d:u:x", ("b", 1, "d", "u")), None);
    }

    #[test]
    fn a_service_is_read_up_to_the_next_one() {
        let text = "[a]\nhost=one\n# no\n[b]\nhost = two\nport=7\n[c]\nport=8\n";
        let found = section(text, "b").unwrap();
        assert_eq!(found.get("host").map(String::as_str), Some("two"));
        assert_eq!(found.get("port").map(String::as_str), Some("7"));
        assert_eq!(found.len(), 2);
        assert!(section(text, "d").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_others_can_read_is_left_aside() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        fs::write(&file, "*:*:*:*:hush\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(!is_private(&file));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(is_private(&file));
    }
}
