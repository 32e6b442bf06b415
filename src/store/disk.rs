//! What the file system says of the place of a file: how much room is left, how far it can be trusted.

use std::path::Path;

/// Bytes below which a disk counts as full: SQLite asks for its shared memory in pieces of 32 KiB.
const NONE: u64 = 64 << 10;

/// Bytes that are left where a file lies; `None` where the system does not say.
pub fn room(path: &Path) -> Option<u64> {
    let folder = folder_of(path);
    #[cfg(unix)]
    {
        let about = rustix::fs::statvfs(folder).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Whether there is no room left where a file lies.
pub fn is_full(path: &Path) -> bool {
    room(path).is_some_and(|bytes| bytes < NONE)
}

/// What kind of file system a file lies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// How far it can be trusted with a database.
    pub trust: Trust,
}

/// How far a file system can be trusted with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is a disk of this machine, as far as is known.
    Disk,
    /// It is memory: gone with the machine.
    Memory,
    /// It is a network's, or may be: locks do not reach from machine to machine.
    Network,
}

/// File systems by the number the system gives them.
#[cfg(any(target_os = "linux", test))]
const KINDS: &[(u64, &str, Trust)] = &[
    (0xEF53, "ext", Trust::Disk),
    (0x5846_5342, "xfs", Trust::Disk),
    (0x9123_683E, "btrfs", Trust::Disk),
    (0xF2F5_2010, "f2fs", Trust::Disk),
    (0x2FC1_2FC1, "zfs", Trust::Disk),
    (0xCA45_1A4E, "bcachefs", Trust::Disk),
    (0x794C_7630, "overlay", Trust::Disk),
    (0x4D44, "fat", Trust::Disk),
    (0x2011_BAB0, "exfat", Trust::Disk),
    (0x5346_544E, "ntfs", Trust::Disk),
    (0x0102_1994, "tmpfs", Trust::Memory),
    (0x8584_58F6, "ramfs", Trust::Memory),
    (0x6969, "nfs", Trust::Network),
    (0xFF53_4D42, "cifs", Trust::Network),
    (0xFE53_4D42, "smb2", Trust::Network),
    (0x517B, "smb", Trust::Network),
    (0x6573_5546, "fuse", Trust::Network),
    (0x0102_1997, "9p", Trust::Network),
    (0x00C3_6400, "ceph", Trust::Network),
    (0x5346_414F, "afs", Trust::Network),
    (0x0BD0_0BD0, "lustre", Trust::Network),
    (0x4750_4653, "gpfs", Trust::Network),
    (0x0116_1970, "gfs2", Trust::Network),
    (0x7461_636F, "ocfs2", Trust::Network),
    (0x786F_4256, "vboxsf", Trust::Network),
];

/// The kind of file system a file lies on; `None` where the system does not say.
pub fn kind(path: &Path) -> Option<Kind> {
    #[cfg(target_os = "linux")]
    {
        let about = rustix::fs::statfs(folder_of(path)).ok()?;
        // signed on some machines: the number is in the lower half
        let number = u64::try_from(about.f_type).map_or(0, |number| number & 0xFFFF_FFFF);
        let (name, trust) = KINDS.iter().find(|(known, _, _)| *known == number).map_or_else(
            || (format!("{number:#x}"), Trust::Disk),
            |(_, name, trust)| ((*name).to_owned(), *trust),
        );
        Some(Kind { name, trust })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}

/// Whether a folder or file may be written to by this person, as the system has it; nothing is tried.
pub fn may_write(path: &Path) -> bool {
    #[cfg(unix)]
    {
        rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
    }
    #[cfg(not(unix))]
    {
        path.metadata().is_ok_and(|about| !about.permissions().readonly())
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_system_is_told_apart_from_the_others() {
        for (place, (number, name, _)) in KINDS.iter().enumerate() {
            assert!(KINDS.iter().skip(place + 1).all(|(n, other, _)| n != number && other != name), "{name}");
        }
    }
}
