"""How agents' programs begin on another host: in a folder there, if the program is there."""

from hiveui.agents.launch import Launch
from hiveui.errors import HostError
from hiveui.hive.checkouts import Beginning
from hiveui.hive.processes import telling
from hiveui.hive.remote import Remote
from hiveui.hosts.survey import said

LOOK = """
cd -- "$1" 2>/dev/null || exit 3
PATH=$2
command -v -- "$3" >/dev/null || exit 4
"""
LACKS = {
    3: "its folder {folder} is not there on {host}. Make it there, then start the agent.",
    4: "{program} was not found on {host}, in the PATH of a login shell there. Install it there.",
}
"""What the exit statuses of LOOK mean."""


async def begin(host: Remote, launch: Launch) -> Beginning:
    """Give how a program begins there: itself, or a sentence on why not. Raises HostError."""
    if host.found is None:
        raise host.unreached()
    folder = placed(launch.cwd, host.found.home)
    words = ["sh", "-s", "--", folder, host.found.env.get("PATH", ""), launch.argv[0]]
    done = await host.line.run(words, stdin=LOOK.encode())
    if done.code == 0:
        return Beginning(launch.argv, folder)
    if done.code not in LACKS:
        raise HostError(f"{host.name} does not answer: {said(done)}.")
    await host.look()  # a PATH that names it since then holds at the next start
    sentence = LACKS[done.code].format(folder=folder, host=host.name, program=launch.argv[0])
    return Beginning(tuple(telling(sentence)), "/", lambda: sentence, hopeless=True)


def placed(folder: str, home: str) -> str:
    """Give a folder of a host as an absolute path: what is relative is below the home there."""
    return folder if folder.startswith("/") else f"{home}/{folder}".removesuffix("/.")
