//! Who has a database open, writes, waits or moves its log right now, seen from outside: no lock is taken, nobody is disturbed.
//!
//! Linux tells all of it in `/proc/locks`. Elsewhere nothing is known of who; asking by taking a lock would make others wait.

use std::path::Path;

use crate::store::engine::sqlite::guard;

/// The byte of SQLite's index file that a writer locks.
const WRITING: u64 = 120;
/// The byte that everybody locks who has the log open.
const OPEN: u64 = 128;

/// The locks of a database at one moment. Programs are told by their numbers; 0 is one that cannot be seen from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locks {
    /// Who has it open.
    pub open: Vec<u32>,
    /// Whose turn it is to write.
    pub queue: Lock,
    /// Who is in the middle of a change.
    pub writing: Lock,
    /// Who moves the log into the file.
    pub lease: Lock,
}

/// A lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Who holds it.
    pub held_by: Vec<u32>,
    /// Who waits for it.
    pub waiting: Vec<u32>,
}

/// The locks of a database now; `None` where the system does not tell.
pub fn seen(path: &Path) -> Option<Locks> {
    #[cfg(target_os = "linux")]
    {
        let table = std::fs::read_to_string("/proc/locks").ok()?;
        let rows: Vec<Row> = table.lines().filter_map(row).collect();
        let of = |end: &str| file(&guard::side(path, end));
        let (index, queue, lease) = (of("-shm"), of("-queue"), of("-checkpoint"));
        let whole = |file| lock(&rows, |row| Some(row.file) == file && row.kind == Kind::Whole);
        let at = |byte| {
            lock(&rows, |row| {
                Some(row.file) == index && row.kind == Kind::Bytes && (row.from..=row.to).contains(&byte)
            })
        };
        Some(Locks { open: at(OPEN).held_by, queue: whole(queue), writing: at(WRITING), lease: whole(lease) })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}

/// A file as the table of locks names it: the disk's two numbers and the file's.
type File = (u32, u32, u64);

#[cfg(target_os = "linux")]
fn file(path: &Path) -> Option<File> {
    use std::os::unix::fs::MetadataExt as _;
    let about = path.metadata().ok()?;
    Some((rustix::fs::major(about.dev()), rustix::fs::minor(about.dev()), about.ino()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a whole file.
    Whole,
    /// Of some of its bytes.
    Bytes,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    waits: bool,
    kind: Kind,
    program: u32,
    file: File,
    from: u64,
    to: u64,
}

/// `1: -> FLOCK  ADVISORY  WRITE 1234 fe:00:5077 0 EOF`
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace().skip(1).peekable();
    let waits = words.next_if_eq(&"->").is_some();
    let kind = match words.next()? {
        "FLOCK" => Kind::Whole,
        "POSIX" | "OFDLCK" => Kind::Bytes,
        _ => return None,
    };
    let mut words = words.skip(2);
    let program = words.next()?.parse().unwrap_or(0);
    let mut file = words.next()?.split(':');
    let major = u32::from_str_radix(file.next()?, 16).ok()?;
    let minor = u32::from_str_radix(file.next()?, 16).ok()?;
    let number = file.next()?.parse().ok()?;
    let from = words.next()?.parse().ok()?;
    let to = words.next()?.parse().unwrap_or(u64::MAX);
    Some(Row { waits, kind, program, file: (major, minor, number), from, to })
}

fn lock(rows: &[Row], is_it: impl Fn(&Row) -> bool) -> Lock {
    let mut found = Lock::default();
    for row in rows.iter().filter(|row| is_it(row)) {
        let programs = if row.waits { &mut found.waiting } else { &mut found.held_by };
        if !programs.contains(&row.program) {
            programs.push(row.program);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
1: FLOCK  ADVISORY  WRITE 28853 fe:00:77 0 EOF
1: -> FLOCK  ADVISORY  WRITE 28858 fe:00:77 0 EOF
1: -> FLOCK  ADVISORY  WRITE 28859 fe:00:77 0 EOF
2: POSIX  ADVISORY  READ 20919 fe:00:78 128 128
3: POSIX  ADVISORY  READ 20920 fe:00:78 128 128
4: POSIX  ADVISORY  WRITE 20920 fe:00:78 120 121
5: POSIX  ADVISORY  WRITE 1 00:1f:78 120 120
6: LEASE  ACTIVE    READ 7 fe:00:77 0 EOF
7: OFDLCK ADVISORY  READ -1 fe:00:78 128 128
nonsense";

    #[test]
    fn the_table_of_locks_is_read() {
        let rows: Vec<Row> = TABLE.lines().filter_map(row).collect();
        assert_eq!(rows.len(), 8);
        let queue = lock(&rows, |row| row.file == (0xfe, 0, 77));
        assert_eq!(queue, Lock { held_by: vec![28_853], waiting: vec![28_858, 28_859] });
        let at = |byte| {
            lock(&rows, |row| row.file == (0xfe, 0, 78) && (row.from..=row.to).contains(&byte)).held_by
        };
        assert_eq!((at(WRITING), at(OPEN)), (vec![20_920], vec![20_919, 20_920, 0]));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_is_seen_with_whoever_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        assert_eq!(seen(&path), Some(Locks::default()), "there is no such file");
        let queue = std::fs::File::create(guard::side(&path, "-queue")).unwrap();
        assert_eq!(seen(&path), Some(Locks::default()));
        queue.lock().unwrap();
        let me = vec![std::process::id()];
        assert_eq!(seen(&path).unwrap().queue, Lock { held_by: me, waiting: Vec::new() });
        queue.unlock().unwrap();
        assert_eq!(seen(&path), Some(Locks::default()));
    }
}
