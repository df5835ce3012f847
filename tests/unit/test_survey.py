"""Repositories of different shape, made by rule, and what is found in them."""

import contextlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.foreign import data
from hiveui.foreign.survey import MOST, survey
from hiveui.hive.services import draft, read_for
from hiveui.storage.layouts import parse_layout

KINDS = tuple(catalog())
SERVICES = Path(__file__).parents[2] / "layouts" / "services.yaml"

COMPOSE = {
    "compose.yaml": """
x-common: &common {restart: always, build: ./services/api}
services:
  api: {<<: *common, ports: ["8000:8000"]}
  web: {build: {context: ./web, dockerfile: Dockerfile}}
  worker: {build: services/worker/}
  db: {image: postgres}
  far: {build: "https://example.org/x.git"}
""",
    "services/api/Makefile": "VERSION := 1\nrun: build\n\tuvicorn\n",
    "services/worker/Procfile": "# nothing\nclock: x\nweb: gunicorn app:app --bind :80\n",
    "web/package.json": '{"scripts": {"dev": "vite", "start": "node ."}}',
}
NPM = {
    "package.json": json.dumps({"private": True, "workspaces": ["apps/*", "packages/**", "!packages/old"]}),
    "yarn.lock": "",
    "apps/shop/package.json": '{"scripts": {"start": "x"}}',
    "apps/admin/package.json": "{}",
    "apps/readme/README.md": "no package",
    "packages/ui/package.json": '{"scripts": {"test": "x"}}',
    "packages/deep/core/package.json": "{}",
    "packages/old/package.json": "{}",
    "packages/ui/node_modules/left-pad/package.json": "{}",
}
PNPM = {
    "pnpm-workspace.yaml": "packages:\n  - 'sites/*'\n  - '!sites/legacy'\n",
    "package.json": "{}",
    "sites/one/package.json": '{"scripts": {"serve": "x"}}',
    "sites/legacy/package.json": "{}",
}
UV = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["libs/*", "server"]\nexclude = ["libs/skip"]\n',
    "uv.lock": "",
    "libs/core/pyproject.toml": "[project]\nname='core'\n",
    "libs/skip/pyproject.toml": "",
    "server/pyproject.toml": "[project.scripts]\nserve = 'x:y'\n",
}
CARGO_AND_GO = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
    "crates/cli/Cargo.toml": "[package]\nname='cli'\n",
    "crates/cli/src/main.rs": "",
    "crates/lib/Cargo.toml": "[package]\nname='lib'\n",
    "go.work": "go 1.22\n\nuse (\n\t./gateway // the door\n\t./jobs\n)\nuse ./gone\n",
    "gateway/go.mod": "",
    "gateway/main.go": "",
    "jobs/go.mod": "",
    "jobs/cmd/run/main.go": "",
}
FOLDERS = {
    "services/mail/main.py": "",
    "services/pay/Dockerfile": "",
    "site/package.json": "{}",
    "docs/index.md": "",
    ".hidden/package.json": "{}",
}
PLAIN = {"README.md": "", "main.py": ""}

FOUND = [
    (COMPOSE, {"api": ("services/api", ["make", "run"]), "web": ("web", ["npm", "run", "dev"]), "worker": ("services/worker", ["sh", "-c", "gunicorn app:app --bind :80"])}),
    (NPM, {"shop": ("apps/shop", ["yarn", "run", "start"]), "admin": ("apps/admin", []), "ui": ("packages/ui", []), "core": ("packages/deep/core", []), "readme": ("apps/readme", [])}),
    (PNPM, {"one": ("sites/one", ["pnpm", "run", "serve"])}),
    (UV, {"core": ("libs/core", []), "server": ("server", ["uv", "run", "serve"])}),
    (CARGO_AND_GO, {"cli": ("crates/cli", ["cargo", "run"]), "lib": ("crates/lib", []), "gateway": ("gateway", ["go", "run", "."]), "jobs": ("jobs", ["go", "run", "./cmd/run"])}),
    (FOLDERS, {"mail": ("services/mail", []), "pay": ("services/pay", []), "site": ("site", [])}),
    (PLAIN, {"shop": (".", [])}),
]  # fmt: skip


def made(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("files", "wanted"), FOUND)
def test_each_service_is_found_with_its_folder_and_its_own_command(shop, files, wanted):
    found = survey(made(shop, files))
    assert {s.name: (s.dir, list(s.run)) for s in found.services} == wanted


@pytest.mark.parametrize(("files", "wanted"), FOUND)
def test_the_draft_and_the_services_layout_are_layouts_of_what_was_found(shop, files, wanted):
    text, found = draft(made(shop, files), "ours")
    _, services = read_for(shop, SERVICES, KINDS)
    for layout in (parse_layout(text, "f", KINDS), services):
        agents = {spec.role: spec for spec in layout.agents}
        assert {role: spec.dir for role, spec in agents.items() if spec.kind == "claude"} == {
            name: folder for name, (folder, _) in wanted.items()
        }
        runs = {role.removesuffix("-run"): list(spec.command) for role, spec in agents.items() if spec.kind == "shell"}
        assert runs == {name: run for name, (_, run) in wanted.items() if run}
        assert all(
            spec.owns == (f"{spec.dir}/**",) for spec in agents.values() if spec.kind == "claude" and spec.dir != "."
        )
    assert found.services[0].why in text.decode()


def test_a_service_of_a_compose_file_alone_is_run_by_docker(shop):
    made(shop, {"docker-compose.yml": "services: {api: {build: api}, '-x': {build: y}}", "api/x": "", "y/x": ""})
    runs = {s.name: (s.run, s.run_dir) for s in survey(shop).services}
    assert runs == {"api": (("docker", "compose", "up", "api"), "."), "x": ((), ".")}


def test_services_of_one_name_get_names_of_their_own(shop):
    files = {f"{group}/api/x": "" for group in ("services", "apps", "microservices")} | {"services/api-run/x": ""}
    names = [s.name for s in survey(made(shop, files)).services]
    assert names == ["api", "services-api-run", "apps-api", "microservices-api"]


HOSTILE_NAMES = ["a\x1b[2J", "a\nb", "\u202egpj", "-rf", "~root", "a'b\"c", "$(touch x)", "#{pid}", "ä ü", "a[b]*", "x" * 200, "%(x)s"]  # fmt: skip


def test_folders_with_any_name_are_services_or_are_said_to_be_passed_over(shop):
    for name in HOSTILE_NAMES:
        (shop / "services" / name).mkdir(parents=True)
    (shop / "services" / os.fsdecode(b"\xff\xfe")).mkdir()
    text, found = draft(shop, "ours")
    layout = parse_layout(text, "f", KINDS)
    dirs = {spec.dir for spec in layout.agents}
    assert dirs >= {"services/-rf", "services/~root", "services/$(touch x)", "services/ä ü", "services/a[b]*"}
    assert all(said.isprintable() for said in found.remarks)
    assert len(found.remarks) == 4, "three names that cannot be seen, one that is no text"


def test_nothing_outside_the_repository_is_read_and_nothing_but_plain_files(shop, tmp_path):
    outside = made(tmp_path / "outside", {"package.json": "{}", "x": "services: {evil: {build: .}}"})
    (shop / "services").mkdir()
    (shop / "services" / "link").symlink_to(outside)
    (shop / "compose.yaml").symlink_to(outside / "x")
    os.mkfifo(shop / "package.json")
    os.mkfifo(shop / "Cargo.toml")
    made(
        shop,
        {"go.work": "use ../outside\nuse /etc\n", "pnpm-workspace.yaml": "packages: ['../*', '/etc', 'services/*']"},
    )
    before = time.monotonic()
    found = survey(shop)
    assert time.monotonic() - before < 60
    assert [s.dir for s in found.services] == ["."]
    said = "\n".join(found.remarks)
    assert "'compose.yaml' was passed over: it is a link" in said
    assert "'package.json' was passed over: it is no plain file" in said
    assert said.count("leads out of the repository") == 3


def test_files_that_are_too_large_or_nonsense_are_passed_over_with_a_sentence(shop):
    made(
        shop, {"compose.yaml": "a: [" + "1, " * 500_000, "package.json": "{" * 9, "Cargo.toml": "x", "services/a/x": ""}
    )
    (shop / "pyproject.toml").write_bytes(b"\xff")
    found = survey(shop)
    assert [s.name for s in found.services] == ["a"]
    assert len(found.remarks) == 4
    assert all(said.isprintable() and "passed over" in said for said in found.remarks)


def test_thousands_of_packages_are_bounded_and_said(shop):
    made(shop, {"package.json": '{"workspaces": ["packages/*"]}'})
    for number in range(3000):
        made(shop, {f"packages/p{number:04}/package.json": "{}"})
    before = time.process_time()
    text, found = draft(shop, "ours")
    assert time.process_time() - before < 5
    assert len(found.services) == MOST
    assert any("3000 services were found" in said for said in found.remarks)
    assert len(parse_layout(text, "f", KINDS).agents) == MOST


def test_the_same_repository_gives_the_same_text_each_time(shop):
    made(shop, COMPOSE | NPM)
    assert len({read_for(shop, SERVICES, KINDS)[0] for _ in range(3)}) == 1


BOMBS = [
    "a: &a [x,x]\n" + "".join(f"a{n}: &a{n} [*a,*a]\n" for n in range(99)),
    "a: &a {<<: *a, b: *a}",
    "x: &x\n" + "".join(f"  k{n}: v\n" for n in range(9000)) + "".join(f"y{n}: {{<<: *x}}\n" for n in range(3000)),
    "[" * 100_000,
    "- " * 100_000,
    "? " * 100_000,
    "*nowhere",
    "",
    "--- \n...\n--- b",
]


@pytest.mark.parametrize("text", BOMBS)
def test_a_bomb_is_read_or_refused_within_two_seconds(text):
    before = time.process_time()
    with contextlib.suppress(data.DataError):
        data.at(data.from_yaml(text), "services")
    assert time.process_time() - before < 2


@given(st.text(max_size=200) | st.text("{}[]:,&*<- ab\n\"'!%|", max_size=60))
def test_no_text_raises_anything_else(text):
    for read in (data.from_yaml, data.from_json, data.from_toml):
        with contextlib.suppress(data.DataError):
            read(text)
