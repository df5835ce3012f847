"""`python -m hiveui.cli.page`: writes docs/commands.md from the command table."""

from pathlib import Path

import click

from hiveui.cli.main import COMMANDS, EXIT_CODES, hive

_HEAD = """# Commands

Made by `python -m hiveui.cli.page`. Data goes to standard output, everything else to standard error. JSON carries
`"version": 1`, times are RFC 3339 in UTC, and null is what is not known. A workspace is meant by the current folder,
or by `-w NAME`; where neither settles it you are asked, and without a terminal the exit code is 2.

`hive` alone returns to this folder's workspace; where there is none it shows what can be opened.
"""


def page() -> str:
    """Make the whole page."""
    parts = [_HEAD]
    context = click.Context(hive, info_name="hive")
    for title, section in COMMANDS.items():
        parts.append(f"## {title}\n")
        for name in section:
            found = hive.get_command(context, name)
            if found is not None:
                parts.append(_entry(name, found))
            if isinstance(found, click.Group):
                parts += [_entry(f"{name} {each}", command) for each, command in found.commands.items()]
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    return "\n".join([*parts, f"## Exit codes\n\n| code | meaning |\n|---|---|\n{codes}"])


def _entry(name: str, command: click.Command) -> str:
    arguments = " ".join(_argument(p) for p in command.params if isinstance(p, click.Argument))
    options = [p for p in command.params if isinstance(p, click.Option)]
    rows = "".join(f"| `{', '.join(option.opts)}` | {option.help} |\n" for option in options)
    text = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    example = (command.epilog or "").partition("Example: ")[2]
    table = f"\n| option | |\n|---|---|\n{rows}" if rows else ""
    return f"### `{f'hive {name} {arguments}'.strip()}`\n\n{text}\n{table}\n```sh\n{example}\n```\n"


def _argument(argument: click.Argument) -> str:
    name = (argument.name or "").upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


if __name__ == "__main__":
    Path("docs/commands.md").write_text(page(), encoding="utf-8")
