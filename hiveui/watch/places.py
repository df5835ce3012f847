"""Where the kernel does not tell of all that changes, and how that is said."""

import errno
import os
from pathlib import Path
from typing import NamedTuple

from hiveui.machine import Machine
from hiveui.watch.inotify import Inotify

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


class Reason(NamedTuple):
    """Why the kernel does not tell of changes, as a sentence, and the mend."""

    why: str
    mend: str = ""

    @property
    def notice(self) -> str:
        """Both."""
        return f"{self.why} {self.mend}".strip()


GONE = Reason("This checkout's folder is not there any more.", "Once it is back, it is watched again.")


SILENT = Reason("This checkout's disk has not answered for a while.", "Changes are told once it does.")
TOO_LARGE = Reason(
    "There are too many files here to watch: no change is told.", "Let agents work in the folder of a repository."
)


def of_file_system(kind: str) -> Reason | None:
    """Say why a file system cannot be watched; None where it can."""
    if kind not in REMOTE and (not kind.startswith("fuse") or kind in LOCAL_FUSE):
        return None
    why = f"This checkout is on {kind}, whose changes the kernel does not tell, {SLOWLY}."
    return Reason(why, "Put it on a local disk to see them at once.")


def of_failure(error: OSError) -> Reason:
    """Say why changes are not told, or not by the kernel."""
    if error.errno == errno.EFBIG:
        return TOO_LARGE
    if error.errno not in _LIMITS:
        return Reason(f"The kernel does not tell of changes here ({error.strerror or error}), {SLOWLY}.")
    limit, enough = _LIMITS[error.errno]
    why = f"The kernel watches no more for you (fs.inotify.{limit} is reached), {SLOWLY}."
    return Reason(why, f"`sudo sysctl fs.inotify.{limit}={enough}` mends that within minutes.")


def why_not(folder: Path, machine: Machine) -> Reason | None:
    """Try whether the kernel would tell of changes in a folder."""
    try:
        place = os.path.realpath(folder)
        found = of_file_system(machine.file_system(place))
        if found is not None or machine.watches_trees:
            return found
        queue = Inotify()
        try:
            queue.add(place)
        finally:
            queue.close()
    except OSError as error:
        return of_failure(error)
    return None
