"""`hive`: the table of commands, each imported when it is run, and the edge where errors become sentences."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from hiveui.cli import output
from hiveui.errors import HiveError


class Command(NamedTuple):
    """Where a command is found, and the line that it has in the list."""

    module: str
    help: str


COMMANDS: Mapping[str, Mapping[str, Command]] = {
    "Workspaces": {
        "up": Command("opening", "Open a layout in this folder, or return to it."),
        "attach": Command("opening", "Return to a running workspace."),
        "restore": Command("restoring", "Bring back a workspace whose agents are gone."),
        "ls": Command("looking", "List workspaces."),
        "down": Command("acting", "End a workspace's agents; it can be restored."),
        "demo": Command("opening", "Open four rehearsal agents on a scratch repository."),
    },
    "Layouts": {
        "layouts": Command("layouts", "List, show, edit, compare, rename, remove and import layouts."),
        "init": Command("drafting", "Write a layout for this repository's services."),
        "save": Command("drafting", "Save a running workspace as a layout."),
    },
    "Agents": {
        "status": Command("looking", "Tell what every agent does."),
        "read": Command("looking", "Print what stands in an agent's pane."),
        "send": Command("prompting", "Have a prompt delivered to an agent when it is at rest."),
        "broadcast": Command("prompting", "Send one prompt to several agents."),
        "queue": Command("queueing", "List, edit, move and delete prompts that wait."),
        "prompts": Command("queueing", "List the prompts that are kept by name."),
        "press": Command("acting", "Press keys in an agent's pane."),
        "restart": Command("acting", "Start an agent's program anew."),
        "stop": Command("acting", "End an agent's program."),
        "conversations": Command("remembering", "List the conversations that agents have had."),
        "why": Command("looking", "Explain an agent's state and environment."),
    },
    "What they change": {
        "files": Command("filing", "List what changed in files, and whose each change is."),
        "who": Command("filing", "Tell who changed a file, and how that is known."),
        "diff": Command("reviewing", "Print what all agents changed."),
        "review": Command("reviewing", "Tell what of it is unreviewed."),
        "comment": Command("reviewing", "Say something of a line to its author."),
        "comments": Command("reviewing", "List what you said of lines, and what became of it."),
        "checkpoints": Command("checkpoints", "List the checkpoints of agents' files."),
        "rollback": Command("checkpoints", "Put an agent's files back as a checkpoint has them."),
        "checkouts": Command("checkouts", "List agents' checkouts, and remove those that nobody needs."),
    },
    "What they agreed on": {
        "owners": Command("owning", "List what roles own, and what they wrote outside."),
        "contracts": Command("owning", "List files that agents agreed on, and their changes."),
        "noted": Command("owning", "Say that you took note of a contract's change."),
        "collisions": Command("colliding", "List where agents change one another's files."),
        "reserve": Command("reserving", "Hold paths for a while, so that others leave them alone."),
        "memory": Command("memory", "Print, edit and link the project's memory."),
        "decide": Command("memory", "Write a decision down for all who work here."),
    },
    "What they made": {
        "check": Command("proving", "Run the checks of what agents did."),
        "commit": Command("merging", "Commit what an agent changed."),
        "merge": Command("merging", "Merge agents' branches one by one, checked; or roll back."),
        "pr": Command("proposing", "Push an agent's branch and open a pull request."),
    },
    "What they use and did": {
        "since": Command("remembering", "Tell what changed while you were away."),
        "cost": Command("using", "Tell what agents used, and what that costs."),
        "budget": Command("budgeting", "Show budgets, and let agents go on that used theirs up."),
        "hosts": Command("hosts", "Tell how other hosts are reached, and what each lacks."),
        "top": Command("using", "Tell what agents take of the machine."),
    },
    "Attention": {
        "attention": Command("attending", "List who needs you."),
        "answer": Command("attending", "Answer what an agent asks."),
        "snooze": Command("attending", "Put an agent off, or mute it."),
        "notify": Command("notifying", "Tell how you are notified, and try it."),
        "seen": Command("attending", "Take what an agent did as read."),
        "wait": Command("waiting", "Wait until an agent is done, or needs you."),
        "wrong": Command("wrong", "Say that an agent's state is wrong."),
    },
    "From elsewhere": {
        "serve": Command("serving", "Let people in over SSH."),
        "keys": Command("keyring", "List, add and remove the keys that may log in."),
        "share": Command("sharing", "Let somebody in for a while, by a key that is good once."),
        "ssh-session": Command("sshd", "Show the hive to who comes by this machine's own SSH server."),
        "people": Command("people", "Tell who is here, and what each looks at."),
    },
    "The hive": {
        "events": Command("looking", "Print what happened, and what happens."),
        "logs": Command("upkeep", "Print the daemon's log."),
        "config": Command("config", "Show what you have chosen and where, and change it."),
        "completion": Command("completion", "Print what makes a shell complete commands, roles and workspaces."),
        "doctor": Command("upkeep", "Check this machine and the daemon."),
        "reset": Command("upkeep", "Mend a terminal that was left in disorder."),
        "schema": Command("upkeep", "Print the gateway's methods as JSON Schema."),
        "bench": Command("upkeep", "Measure speed on this machine."),
    },
}

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "it failed; standard error says why",
    2: "what was asked for is not there or not allowed, or there is no terminal to ask at",
    3: "an agent needs you (`hive attention`), or undoes what another did (`hive collisions`)",
    4: "it did not come to that: in time, or any more (`hive wait`); a check failed (`hive check --wait`)",
    130: "interrupted",
}


class Hive(click.Group):
    """The commands of the table."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Give the names, in the table's order."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for section in COMMANDS.values():
            if cmd_name in section:
                module = importlib.import_module(f"hiveui.cli.{section[cmd_name].module}")
                found: click.Command = getattr(module, cmd_name.replace("-", "_"))
                return found
        return None

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, command.help) for name, command in section.items()])

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show an example, and the exit codes."""
        formatter.write_paragraph()
        formatter.write_text("Example: cd ~/code/shop && hive")
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])


@click.command(cls=Hive, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hiveui", message="%(version)s")
@click.pass_context
def hive(ctx: click.Context) -> None:
    """Supervise many coding agents in one terminal.

    Without a command: return to this folder's workspace, restore it where its agents are gone, or choose what to open
    here.
    """
    if ctx.invoked_subcommand is None:
        from hiveui.cli.opening import enter  # noqa: PLC0415  see the module's docstring

        ctx.exit(enter())


def run(args: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    output.prepare()
    sys.exit(status(args))


def status(args: list[str] | None = None) -> int:
    """Run the command line; give the exit code."""
    return guarded(lambda: hive.main(args, prog_name="hive", standalone_mode=False))


def guarded(work: Callable[[], Any]) -> int:
    """Do work; give the exit code. This is the edge where every error becomes a sentence."""
    try:
        answer = work()
    except HiveError as error:
        output.talk("\n".join(filter(None, (str(error), error.hint))))
        return error.exit_code
    except click.ClickException as error:
        output.talk(f"{error.format_message()}\n`hive --help` lists the commands.")
        return error.exit_code
    except click.exceptions.Exit as end:  # help was asked for, and is printed
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        output.abandon_output()
        return 1
    except Exception:  # noqa: BLE001  the edge of the program
        _keep_traceback()
        output.talk("HiveUI met an error of its own.\n`hive logs` has it.")
        return 1
    return answer if isinstance(answer, int) else 0


def _keep_traceback() -> None:
    """Write the traceback, without values, to the log that `hive logs` shows."""
    import contextlib  # noqa: PLC0415  only after an error
    import time  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from hiveui.cli.reach import find_paths  # noqa: PLC0415

    now = time.strftime("%Y-%m-%d %H:%M:%S")
    with contextlib.suppress(OSError, HiveError), find_paths().log.open("a", encoding="utf-8") as log:
        log.write(f"{now} ERROR hive: {traceback.format_exc()}")
