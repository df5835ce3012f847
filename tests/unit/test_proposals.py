import pytest

from hiveui.model.proposals import Proposal, errands, host


def proposal(url: str = "git@github.com:ada/shop.git", **more: str) -> Proposal:
    given = {"branch": "hive/shop/one", "into": "main", "title": "Title", "body": "Body"} | more
    return Proposal("one", url, "/objects", "c0ffee", **given)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("git@github.com:ada/shop.git", ("github.com", "ada/shop")),
        ("github.com:ada/shop", ("github.com", "ada/shop")),
        ("https://ada:secret@gitlab.example:8443/group/sub/shop.git", ("gitlab.example", "group/sub/shop")),
        ("ssh://git@github.com/ada/shop.git", ("github.com", "ada/shop")),
        ("/home/ada/shop.git", ("", "")),
        ("file:///home/ada/shop.git", ("", "")),
        ("../shop", ("", "")),
        ("https://[broken/shop", ("", "")),
    ],
)
def test_the_host_and_the_path_of_an_address_are_found(url: str, found: tuple[str, str]) -> None:
    assert host(url) == found


def test_the_program_of_the_host_opens_the_request_and_the_only_one_for_others() -> None:
    def opened(url: str, *there: str) -> str:
        _, *rest = errands(proposal(url), lambda program: program in there)
        return rest[0].argv[0] if rest else ""

    assert opened("git@github.com:ada/shop.git", "gh", "glab") == "gh"
    assert opened("git@gitlab.com:ada/shop.git", "gh", "glab") == "glab"
    assert opened("git@code.example:ada/shop.git", "glab") == "glab"
    assert opened("git@code.example:ada/shop.git", "gh", "glab") == ""
    assert opened("git@code.example:ada/shop.git") == ""
    assert opened("/home/ada/shop.git", "gh") == ""


def test_words_of_agents_are_arguments_and_never_options() -> None:
    push, open_ = errands(proposal(title="--web", body="$(reboot)"), lambda program: program == "gh")
    assert push.argv == ("git", "push", "git@github.com:ada/shop.git", "c0ffee:refs/heads/hive/shop/one")
    assert open_.argv[open_.argv.index("--title") + 1] == "--web"
    assert open_.given == "$(reboot)"


@pytest.mark.parametrize("url", ["", "--upload-pack=x", "ext::sh -c reboot", "a\nb", "fd::3"])
def test_an_address_that_would_run_something_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address to push to"):
        errands(proposal(url), lambda _: True)
