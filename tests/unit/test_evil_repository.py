"""The attack run: every function that runs git, over repositories that name a program wherever they can.

A function of hiveui/git that is not in the table below fails the first test.
"""

import ast
import contextlib
import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import hiveui
import hiveui.git
from hiveui.errors import HiveError
from hiveui.git import (
    apart,
    bounds,
    checkpoints,
    clones,
    commits,
    diff,
    head,
    ignored,
    landing,
    losses,
    merging,
    mirrors,
    patches,
    program,
    proving,
    repository,
    rollback,
    tree,
    trial,
    worktrees,
)
from hiveui.git.checkpoints import Site
from hiveui.model.agent import AgentId
from hiveui.model.checkpoint import Checkpoint
from hiveui.model.merging import Way
from hiveui.model.worktree import Worktree
from tests.evil import evil_repository, hostile, stir, unguarded
from tests.repositories import git

AGENT = AgentId("a-1")
TOLD = Checkpoint(0, "", "", 0, reason="after a turn")
SOURCE = Path(hiveui.__file__).parent
RUN = re.compile(r"""[\[(]"git",""")
NAMES = [one["name"] for one in json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())]


@dataclass
class Scene:
    """An evil repository, and a place beside it."""

    folder: Path
    place: Path
    marks: Path

    def tree(self, name: str = "tree", form: str = "worktree") -> Worktree:
        """What an agent's worktree is to be."""
        place, folder = str(self.place / name), str(self.folder)
        return Worktree(place, AGENT, folder, folder, (f"hive/{name}",), form=form)

    @property
    def site(self) -> Site:
        """Where checkpoints are made."""
        return checkpoints.place(self.folder, self.place / "own")

    def one(self) -> Checkpoint:
        """A checkpoint, and another state after it."""
        checkpoints.take(self.site, AGENT, TOLD)
        (self.folder / "f").write_text(f"anew {len(list(self.folder.iterdir()))}\n")
        (self.folder / "more.md").write_text("more\n")
        return checkpoints.every(self.folder, AGENT)[0]


COMMANDS = """
add -A|check-attr filter f|add -u|apply --check /dev/null|blame f|branch -a -v|branch -d other|cherry-pick other|cherry-pick --abort
commit -q --allow-empty -m x|commit -q -a -m x|commit -q -a|config --list|diff|diff HEAD --|diff --cached|diff --stat
diff -p --submodule|diff main topic|diff-files -p|diff-index -p HEAD --|diff-tree -p main topic|fetch origin|fetch --all
for-each-ref|format-patch -1 --stdout|gc --auto|grep -n x|hash-object -w f|log -p -3|log --show-signature -1
ls-files -m -o -d -t|ls-files --stage -v|ls-remote origin|maintenance run --auto|merge -q --no-edit other|merge --abort
merge --no-ff -m x topic|merge-tree --write-tree main topic|notes list|pull|push origin main|push --dry-run origin main
range-diff main topic other|read-tree HEAD|rebase other|rebase --abort|rebase --continue|reflog|reset -q|reset --hard
restore f|restore --staged f|revert --no-edit HEAD|rm --cached -q f|show HEAD --|show --stat topic|stash|stash list
stash show -p|stash pop|status|status --porcelain -z|switch topic|switch main|checkout other|checkout -- f|tag -a -m x y
update-index --refresh|update-ref refs/x HEAD|worktree list|write-tree|archive HEAD|shortlog HEAD --|describe --always
ls-tree -r HEAD|cat-file -p HEAD|merge-base main topic|rev-list main|symbolic-ref HEAD|verify-commit HEAD|submodule status
rev-parse HEAD|show-ref|checkout-index -a -f|commit-tree -m x HEAD^{tree}|merge-file -p f f f|check-ref-format refs/x
var GIT_COMMITTER_IDENT|clean -n -d -x|clean -f -d -q
""".replace("\n", "|")


def _git(scene: Scene) -> None:
    """Run every command that HiveUI may think of."""
    for words in filter(None, COMMANDS.split("|")):
        stir(scene.folder)
        program.git(scene.folder, *words.split(" "), within=20.0)
    program.git(scene.place, "clone", "-q", "--no-hardlinks", str(scene.folder), "cloned", protocols=("file",))
    other = scene.place / "cloned"
    program.git(other, "fetch", "-q", "origin", "main", protocols=("file",))
    program.git(scene.folder, "fetch", "-q", str(other), "main", protocols=("file",))
    program.git(scene.folder, "fetch", "-q", "local", "main", protocols=("file",)).checked()
    program.git(scene.folder, "push", "-q", "local", "main:pushed", protocols=("file",)).checked()
    program.git(scene.folder, "fetch", "-q", "origin", protocols=("file", "https", "ssh"))
    program.git(scene.folder, "worktree", "add", "-q", "-b", "wt", str(scene.place / "wt"), "topic")
    program.git(scene.place / "wt", "merge", "-q", "--no-edit", "other")


def _take(scene: Scene) -> None:
    checkpoints.take(scene.site, AGENT, TOLD)


def _open(use: Callable[[Site], object]) -> Callable[[Scene], None]:
    def run(scene: Scene) -> None:
        with checkpoints.kept_open(scene.site):
            use(scene.site)

    return run


def _opened(scene: Scene) -> None:
    found = repository.find(scene.folder)
    assert found is not None
    with apart.opened(scene.place / "apart", scene.folder, found):
        pass


def _changes(site: Site) -> None:
    tree, _ = checkpoints.picture(site)
    rollback.changes(site, tree, tree)


def _remove(scene: Scene) -> None:
    for form, maker in (("worktree", worktrees), ("clone", clones)):
        tree = scene.tree(form, form)
        maker.ensure(tree)
        losses.remove(Path(tree.path), scene.folder, f"hive/{form}", "")


def _losses(scene: Scene) -> None:
    for form, maker in (("worktree", worktrees), ("clone", clones)):
        tree = scene.tree(form, form)
        maker.ensure(tree)
        hostile(Path(tree.path), scene.marks)
        stir(Path(tree.path))
        losses.losses(Path(tree.path), AGENT, scene.folder)


def _found(scene: Scene) -> repository.Repository:
    found = repository.find(scene.folder)
    assert found is not None
    return found


def _trial(use: Callable[[trial.Trial, Path, str], object]) -> Callable[[Scene], None]:
    def run(scene: Scene) -> None:
        common = repository.common_of(scene.folder)
        assert common is not None
        made = trial.Trial(scene.place / "trial", common)
        use(made, scene.folder, made.state(scene.folder))

    return run


def _mirrored(scene: Scene) -> mirrors.Mirrored:
    """Bring over a checkout whose host is harmless, beside a repository here that is not."""
    git(scene.place, "clone", "-q", "--bare", str(scene.folder), "far.git")
    tip = _tip(scene)
    git(scene.place / "far.git", "update-ref", mirrors.PICTURE, tip)
    by = mirrors.transport(["git", "upload-pack", str(scene.place / "far.git")], {"PATH": os.environ["PATH"]}, 1 << 20)
    made = mirrors.Mirrored(scene.place / "mirror", "box-1")
    mirrors.bring(made, mirrors.Picture("/far/shop", f"{repository.HEADS}main", tip, tip), by, scene.folder)
    assert (made.path / "f").is_file()
    return made


def _cleared(scene: Scene) -> None:
    with bounds.cleared(scene.folder):
        pass


def _printed(scene: Scene) -> None:
    with program.printing(scene.folder, "ls-tree", "-r", "-t", "-l", "main") as stream:
        assert stream.read()


def _tip(scene: Scene, name: str = "main") -> str:
    return git(scene.folder, "rev-parse", f"refs/heads/{name}")


def _source(scene: Scene) -> merging.Source:
    return merging.Source(_tip(scene, "topic"))


def _patched(use: Callable[[Path, bytes], object]) -> Callable[[Scene], None]:
    """Take what became of one file back, or bring it again."""

    def run(scene: Scene) -> None:
        top = scene.folder
        file = next(one for one in diff.difference(top, _tip(scene), ["f"]).files)
        use(top, diff.patch(top, _tip(scene), file))

    return run


def _followed(scene: Scene) -> None:
    """Have a branch moved with a checkout that is on it and has nothing of its own."""
    place = scene.place / "theirs"
    program.git(scene.folder, "worktree", "add", "-q", "-b", "moved", str(place), "main").checked()
    hostile(place, scene.marks)
    stir(place)
    landing.move(_found(scene), "moved", _tip(scene), _tip(scene, "topic"), "test")


def _put_back(scene: Scene) -> None:
    program.git(scene.folder, "checkout", "-f", "main", "--")
    landing.put_back(scene.folder, _tip(scene), _tip(scene, "topic"))


def _proved(scene: Scene) -> None:
    for name in ("topic", "other"):
        proving.stand(_found(scene), scene.place / "proof", _tip(scene, name))
        hostile(scene.place / "proof", scene.marks)
        stir(scene.place / "proof")


def _merged(scene: Scene) -> None:
    for way in Way:
        merging.merge(scene.folder, way, _tip(scene), _source(scene), "x")


LANDED: Mapping[str, Callable[[Scene], object]] = {
    "commits.branch": lambda scene: commits.branch(scene.folder),
    "commits.changed": lambda scene: commits.changed(scene.folder),
    "commits.commit": lambda scene: commits.commit(scene.folder, "x"),
    "commits.empty_tree": lambda scene: commits.empty_tree(scene.folder),
    "commits.files": lambda scene: commits.files(scene.folder, _tip(scene)),
    "commits.git_folder": lambda scene: commits.git_folder(scene.folder),
    "commits.in_progress": lambda scene: commits.in_progress(scene.folder / ".git"),
    "commits.identity": lambda scene: commits.identity(scene.folder),
    "commits.read": lambda scene: commits.read(scene.folder, _tip(scene)),
    "commits.ready": lambda scene: commits.ready(scene.folder),
    "commits.write": lambda scene: commits.write(scene.folder, git(scene.folder, "rev-parse", "main^{tree}"), (), "x"),
    "diff.base_of": lambda scene: diff.base_of(scene.folder, scene.folder),
    "diff.difference": lambda scene: diff.difference(scene.folder, _tip(scene)),
    "diff.patch": _patched(lambda *_: None),
    "patches.take_back": _patched(patches.take_back),
    "patches.bring_again": _patched(lambda top, made: (patches.take_back(top, made), patches.bring_again(top, made))),
    "patches.stands": _patched(patches.stands),
    "ignored.tracked_though_ignored": lambda scene: ignored.tracked_though_ignored(scene.folder),
    "landing.checkouts_on": lambda scene: landing.checkouts_on(_found(scene), "main"),
    "landing.fit": lambda scene: landing.fit(_found(scene), "other", _tip(scene, "other"), _tip(scene, "topic")),
    "landing.keep": lambda scene: landing.keep(scene.folder, "1", {"main": _tip(scene)}),
    "landing.move": _followed,
    "landing.put_all_back": lambda scene: landing.put_all_back([scene.folder], _tip(scene), _tip(scene, "topic")),
    "landing.put_back": _put_back,
    "repository.tip": lambda scene: repository.tip(scene.folder, "refs/heads/main"),
    "merging.behind": lambda scene: merging.behind(scene.folder, _tip(scene), _source(scene)),
    "merging.fresh": lambda scene: merging.fresh(scene.folder, _tip(scene), _source(scene)),
    "merging.holds": lambda scene: merging.holds(scene.folder, _tip(scene), _tip(scene, "topic")),
    "merging.merge": _merged,
    "merging.merge_tree": lambda scene: merging.merge_tree(scene.folder, _tip(scene), _tip(scene, "topic")),
    "merging.picked": lambda scene: merging.picked(scene.folder, *(_tip(scene, n) for n in ("main", "other", "topic"))),
    "merging.refuse_unrelated": lambda scene: merging.refuse_unrelated(scene.folder, _tip(scene), _tip(scene, "topic")),
    "merging.squashed_message": lambda scene: merging.squashed_message(scene.folder, _tip(scene), _source(scene)),
    "merging.subject": lambda scene: merging.subject(scene.folder, _tip(scene)),
    "merging.trees": lambda scene: merging.trees(scene.folder, _tip(scene), _tip(scene, "topic")),
    "proving.stand": _proved,
    "tree.tree": lambda scene: tree.tree(scene.folder),
}
"""What compares, commits and merges."""
CALLS: Mapping[str, Callable[[Scene], object]] = {
    **LANDED,
    "apart.fill": lambda scene: apart.fill(scene.place / "own", scene.folder),
    "apart.index_of": lambda scene: apart.index_of(scene.folder),
    "apart.opened": _opened,
    "apart.sweep": lambda scene: (scene.one(), apart.sweep(scene.place / "own")),
    "checkpoints.place": lambda scene: scene.site,
    "checkpoints.every": lambda scene: checkpoints.every(scene.folder, AGENT),
    "bounds.cleared": _cleared,
    "bounds.fits": lambda scene: bounds.fits(scene.folder, _tip(scene), scene.folder),
    "checkpoints.take": _take,
    "checkpoints.kept_open": _open(lambda _: None),
    "checkpoints.picture": _open(checkpoints.picture),
    "checkpoints.forget": lambda scene: (scene.one(), checkpoints.forget(scene.folder, AGENT)),
    "checkpoints.difference": lambda scene: checkpoints.difference(scene.site, scene.one()),
    "clones.ensure": lambda scene: clones.ensure(scene.tree(form="clone")),
    "clones.existing": lambda scene: clones.existing(scene.tree()),
    "head.branch_of": lambda scene: head.branch_of(scene.folder),
    "head.top_of": lambda scene: head.top_of(scene.folder),
    "losses.standing": lambda scene: losses.standing(scene.folder, scene.folder),
    "losses.losses": _losses,
    "losses.remove": _remove,
    "mirrors.bring": _mirrored,
    "mirrors.drop": lambda scene: mirrors.drop(_mirrored(scene)),
    "mirrors.related": lambda scene: mirrors.related(scene.folder, [_tip(scene)]),
    "program.git": _git,
    "program.printing": _printed,
    "program.foreign": lambda scene: program.foreign(scene.folder),
    "program.refuse_moved": lambda scene: program.refuse_moved(scene.folder),
    "repository.common_of": lambda scene: repository.common_of(scene.folder),
    "repository.find": _found,
    "repository.linked": lambda scene: repository.linked(_found(scene)),
    "repository.admin_of": lambda scene: repository.admin_of(scene.folder),
    "repository.checked_out": lambda scene: repository.checked_out(_found(scene)),
    "repository.checkouts": lambda scene: repository.checkouts(_found(scene), scene.place),
    "rollback.changes": _open(_changes),
    "rollback.as_patch": lambda scene: rollback.as_patch(scene.site, AGENT, scene.one(), TOLD),
    "rollback.preview": lambda scene: rollback.preview(scene.site, scene.one()),
    "rollback.roll_back": lambda scene: rollback.roll_back(scene.site, AGENT, scene.one(), TOLD),
    "tree.tree": lambda scene: tree.tree(scene.folder),
    "trial.Trial.clear": _trial(lambda made, top, _: (made.clear(), made.state(top))),
    "trial.Trial.head": _trial(lambda made, top, _: made.head(top)),
    "trial.Trial.state": _trial(lambda *_: None),
    "trial.Trial.merge": _trial(lambda made, top, now: made.merge(top, now, git(top, "rev-parse", "topic"))),
    "trial.Trial.text": _trial(lambda made, top, now: made.text(top, now, "f")),
    "trial.Trial.base": _trial(lambda made, top, now: made.base(top, now, git(top, "rev-parse", "topic"))),
    "worktrees.ensure": lambda scene: worktrees.ensure(scene.tree()),
    "worktrees.existing": lambda scene: worktrees.existing(scene.tree()),
    "worktrees.owner_of": lambda scene: worktrees.owner_of(scene.folder / ".git"),
    "worktrees.place_of": lambda scene: worktrees.place_of(scene.tree()),
    "worktrees.repository_of": lambda scene: worktrees.repository_of(scene.tree()),
    "worktrees.inside": lambda scene: worktrees.inside(_found(scene), scene.place),
}
"""Each public function and method that looks at a repository, and how it is called."""
PURE = frozenset(
    {
        "bounds.room",
        "checkpoints.own_of",
        "guards.moves_files",
        "guards.overrides",
        "guards.filters",
        "head.read_start",
        "repository.real",
        "plots.choose",
    }
)
PURE |= {
    "commits.listed",
    "commits.signed_off",
    "meter.main",
    "mirrors.cost",
    "mirrors.read_picture",
    "mirrors.transport",
    "plots.barred",
    "plots.settle",
    "program.converted",
    "program.Answer.checked",
    "rollback.put",
    "rollback.stamp",
    "texts.difference",
    "texts.merge",
    "worktrees.without",
}
"""Those that are given what they work on, and run nothing."""


def public() -> set[str]:
    """Name every public function and method of hiveui/git."""
    found = set()
    for info in pkgutil.iter_modules(hiveui.git.__path__):
        module = importlib.import_module(f"hiveui.git.{info.name}")
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(value):
                found.add(f"{info.name}.{name}")
            elif inspect.isclass(value):
                found |= {
                    f"{info.name}.{name}.{method}"
                    for method, body in vars(value).items()
                    if inspect.isfunction(body) and not method.startswith("_")
                }
    return found


@pytest.fixture(autouse=True)
def known(person: Path) -> None:
    """The person has told git who they are."""
    (person / ".gitconfig").write_text("[user]\n\tname = a\n\temail = a@b\n")


@pytest.fixture(scope="module")
def master(tmp_path_factory) -> Path:
    """What each scene is a copy of: its marks have a place that is the same for all."""
    folder = tmp_path_factory.mktemp("evil")
    evil_repository(folder / "repo", folder / "marks", NAMES)
    return folder


@pytest.fixture
def scene(master: Path, tmp_path: Path) -> Scene:
    shutil.copytree(master / "repo", tmp_path / "repo", symlinks=True)
    shutil.rmtree(master / "marks")
    (master / "marks").mkdir()
    (tmp_path / "place").mkdir()
    stir(tmp_path / "repo")
    return Scene(tmp_path / "repo", tmp_path / "place", master / "marks")


def test_every_function_that_looks_at_a_repository_is_attacked():
    assert public() == set(CALLS) | PURE


def test_git_is_run_from_one_place():
    found = {str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if RUN.search(file.read_text())}
    measured = {name for name in found if name.startswith("bench/")}  # repositories that it has just made
    assert found - measured - {"git/program.py"} == {
        "agents/rehearsal/process.py",  # an agent's own doing, in its pane
        "agents/scratch.py",  # of a repository that it has just made
        "hive/inspecting.py",  # names it: whether a host has it
        "agents/rehearsal/steps.py",
        "cli/checkup.py",  # its version
        "cli/proposing.py",  # in the person's terminal, from a bare repository that it has just made
        "model/permits.py",  # names it only
        "model/proposals.py",
    }


def test_every_command_that_is_given_to_git_is_attacked():
    attacked = {words.partition(" ")[0] for words in COMMANDS.split("|")} | {"clone", "worktree"}
    assert used() - attacked == set()


def used() -> set[str]:
    """Name the commands that stand in calls of `git`, or in tuples of words that begin like one."""
    found = set()
    for file in SOURCE.rglob("*.py"):
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "git":
                found |= {word.value for word in node.args[1:2] if isinstance(word, ast.Constant)}
    return found


def test_the_repository_is_as_bad_as_it_looks(scene: Scene):
    (scene.folder / "sub" / "x.proc").unlink()  # git gives up where such a filter does
    for words in ("diff f", "status f", "add f", "commit -m x f", "merge topic", "diff main topic", "status"):
        stir(scene.folder)
        unguarded(scene.folder, *words.split(" "))
    found = {mark.name.partition("-")[2] for mark in scene.marks.iterdir()}
    assert {"core.fsmonitor", "filter.x.clean", "pre-commit", "diff.external"} <= found


@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_program_of_a_repository_is_run(scene: Scene, name: str):
    with contextlib.suppress(HiveError):
        CALLS[name](scene)
    assert list(scene.marks.iterdir()) == []
