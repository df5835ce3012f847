"""Back from lunch: what changed, plainly and in the words of a model that the person chose."""

import json

from tests.model_server import ModelServer
from tests.robot import CAT, World


class Teller(ModelServer):
    def answer(self, request):
        self.talks.append(request["messages"][0]["content"])
        return {"type": "text", "text": "It got going. And more that nobody reads."}


def test_the_plain_sentence_is_told_at_once_and_the_models_beside_it(world: World) -> None:
    with Teller() as server:
        world.env |= {"ANTHROPIC_API_KEY": "sk-made-up", "no_proxy": "*"}
        world.up({"backend": CAT})
        (plain,) = json.loads(world.done("since", "--minutes", "60", "--json"))["agents"]
        assert plain["words"] == ""
        assert server.keys == []
        world.paths.config.mkdir(parents=True, exist_ok=True)
        world.paths.config_file.write_text(f"summary: {{model: claude-haiku-5-5, base_url: '{server.url}'}}\n")
        robot = world.opens()
        robot.sees("backend")
        robot.press("H")
        robot.sees(
            "backend was started", "claude-haiku-5-5 says: “It got going.”", "1 request, 110 tokens, $0.0000", within=40
        )
        gave = world.done("since", "--minutes", "60")
        assert "  claude-haiku-5-5 says: “It got going.”" in gave.splitlines()
        assert set(server.keys) == {"sk-made-up"}
        assert len(set(server.talks)) == len(server.talks) == len(server.keys)  # the same facts are asked about once
