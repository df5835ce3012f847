"""Files of tmuxp and tmuxinator into layouts. Nothing that they name is run."""

from pathlib import Path

from hiveui.errors import LayoutError
from hiveui.foreign import data, tmuxinator, tmuxp
from hiveui.foreign.session import NoSessionError, Session, to_layout
from hiveui.foreign.survey import role_name
from hiveui.model.layout import Layout
from hiveui.model.names import one_line

MAX_BYTES = 256 * 1024
REMARKS = 20


def imported(file: Path, name: str = "") -> tuple[Layout, tuple[str, ...]]:
    """Read a file into a layout, and what is not carried over, one sentence each. Raises LayoutError."""
    try:
        found = _parsed(file, _text(file))
        session = _session(found)
        title = name or role_name(session.name) or "imported"
        made = to_layout(session, title, one_line(f"{session.name}, from {file.name}."))
    except (NoSessionError, data.DataError) as error:
        raise LayoutError(
            f"this is no session of tmuxp or tmuxinator: {one_line(str(error))}",
            "Name a file of ~/.config/tmuxp or ~/.config/tmuxinator.",
            file=str(file),
        ) from None
    said = list(session.remarks)
    more = len(said) - REMARKS
    return made, (*said[:REMARKS], f"And {more} more of the kind.") if more > 0 else tuple(said)


def _session(found: data.Data) -> Session:
    if data.at(found, "agents") is not None:
        raise NoSessionError("It is a layout of HiveUI's already.")
    return tmuxp.session(found) if data.at(found, "session_name") is not None else tmuxinator.session(found)


def _parsed(file: Path, text: str) -> data.Data:
    if "<%" in text:
        raise NoSessionError("It holds ERB code (<% %>), which is not run: write the values out.")
    return (data.from_json if file.suffix == ".json" else data.from_yaml)(text)


def _text(file: Path) -> str:
    """Read the text of a plain file. Raises LayoutError."""
    try:
        if not file.is_file():
            raise LayoutError("it is no file.", "Name a file of tmuxp or tmuxinator.", file=str(file))
        with file.open("rb") as source:
            found = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise LayoutError(f"it cannot be read: {error.strerror}.", "Check the file.", file=str(file)) from None
    if len(found) > MAX_BYTES:
        raise LayoutError(f"it has over {MAX_BYTES} bytes.", "Split it.", file=str(file))
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LayoutError("it is no UTF-8 text.", "Save it as UTF-8.", file=str(file)) from None
