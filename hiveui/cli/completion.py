"""`hive completion`: the script that makes a shell ask us what may follow."""

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command

SHELLS = ("bash", "zsh", "fish")


@command("hive completion fish > ~/.config/fish/completions/hive.fish")
@click.argument("shell", type=click.Choice(SHELLS))
@as_json
def completion(shell: str, *, as_json: bool) -> None:
    """Print what makes SHELL complete commands, options, roles, workspaces and layouts.

    For bash, a line in ~/.bashrc: eval "$(hive completion bash)". For zsh the same with its name, in ~/.zshrc, after
    compinit.
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415  only here

    from hiveui.cli.main import hive  # noqa: PLC0415  it imports this module

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click does not know {shell}.")
    script = found(hive, {}, "hive", "_HIVE_COMPLETE").source()
    if as_json:
        output.document(shell=shell, script=script)
    else:
        output.script(script)
