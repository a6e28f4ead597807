//! File systems on which a change may come without an event: it happened on
//! another machine, or on the other side of a container's wall. They don't say
//! that they are silent, so they are known by their kind.

use std::path::Path;

/// Kinds of file systems as Linux numbers them (`man 2 statfs`), with the
/// name that people know.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SILENT: [(u32, &str); 16] = [
    (0x0000_6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x0000_517b, "SMB"),
    (0x0102_1997, "9P"),
    (0x6573_5546, "FUSE"),
    (0x786f_4256, "a VirtualBox folder"),
    (0xbacb_acbc, "a VMware folder"),
    (0x7461_6366, "OCFS2"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1983_0326, "BeeGFS"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
];

/// The kind of file system that a folder is on, if it is a silent one.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn silent(folder: &Path) -> Option<&'static str> {
    // The field's type differs between processors; the numbers fit 32 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let kind = rustix::fs::statfs(folder).ok()?.f_type as u32;
    named(kind)
}

/// The kind of file system that a folder is on, if it is a silent one: here
/// the system does not say.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn silent(_: &Path) -> Option<&'static str> {
    None
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn named(kind: u32) -> Option<&'static str> {
    let known = SILENT.iter().find(|(number, _)| *number == kind);
    known.map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_not_silent_and_a_network_is() {
        assert_eq!(silent(Path::new("/proc")), None);
        assert_eq!(silent(Path::new("/no/such/folder")), None);
        assert_eq!(named(0x6969), Some("NFS"));
        assert_eq!(named(0xef53), None, "ext4");
        assert_eq!(named(0x794c_7630), None, "overlayfs");
    }
}
