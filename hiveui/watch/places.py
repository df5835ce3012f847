"""Where the kernel does not tell of all that changes, and how that is said."""

import errno

REMOTE = frozenset(
    {"9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "glusterfs", "gpfs", "lustre", "ncpfs"}
    | {"nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs"}
    | {"vmhgfs", "webdav"}
)
"""Types of file systems that others change too, of which this machine's kernel is told nothing."""
LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs", "fuseblk", "fuse.ntfs-3g", "fuse.mergerfs", "fuse.gocryptfs"})
"""Those by fuse(4) that only this machine changes, through its kernel."""
SLOWLY = "so changes are looked for every few seconds instead, and seen late"

_LIMITS = {
    errno.ENOSPC: ("max_user_watches", 1_048_576),
    errno.EMFILE: ("max_user_instances", 1_024),
}
"""What inotify(7) fails with, the limit that was reached, and one that is enough."""


def of_file_system(kind: str) -> str:
    """Say why a file system cannot be watched; '' where it can."""
    if kind not in REMOTE and (not kind.startswith("fuse") or kind in LOCAL_FUSE):
        return ""
    return f"This checkout is on {kind}, whose changes the kernel does not tell, {SLOWLY}. Put it on a local disk."


def of_failure(error: OSError) -> str:
    """Say why the kernel does not tell of changes, and the mend."""
    if error.errno in _LIMITS:
        limit, enough = _LIMITS[error.errno]
        mend = f"`sudo sysctl fs.inotify.{limit}={enough}` lets the kernel tell of them."
        return f"The kernel watches no more for you (fs.inotify.{limit} is reached), {SLOWLY}. {mend}"
    return f"The kernel does not tell of changes here ({error.strerror or error}), {SLOWLY}."


GONE = "This checkout's folder is not there any more; once it is back, it is watched again."
