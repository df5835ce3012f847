"""`python -m hiveui.llm`: puts the question on standard input to an Anthropic model, and prints the answers as JSON.

A process of its own: to import the SDK takes a second of a core and 75 MB, which neither the daemon nor the screen has
to spare, and which are given back when it ends. The key is in its environment, ANTHROPIC_API_KEY, and nowhere else.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hiveui.llm.question import Answer, Question

try:
    import anthropic
except ImportError:
    anthropic = None  # type: ignore[assignment]

ABSENT = f"The package anthropic is not installed: {sys.executable} -m pip install anthropic"
SAID = 120
"""Characters of a server's own words that are passed on."""


def main() -> None:
    """Ask, and print an answer for each prompt, in their order."""
    question = Question.from_json(sys.stdin.buffer.read())
    absent = [Answer(problem=ABSENT)] * len(question.prompts)
    answers = absent if anthropic is None else asyncio.run(_ask(question))
    json.dump([asdict(answer) for answer in answers], sys.stdout)


async def _ask(question: Question) -> list[Answer]:
    turns = asyncio.Semaphore(question.together)
    options: dict[str, Any] = {"base_url": question.base_url} if question.base_url else {}
    # A redirect would take the key along.
    http = anthropic.DefaultAsyncHttpxClient(follow_redirects=False)
    client = anthropic.AsyncAnthropic(
        api_key=os.environ["ANTHROPIC_API_KEY"], max_retries=1, timeout=question.seconds, http_client=http, **options
    )
    async with client:

        async def one(prompt: str) -> Answer:
            try:
                async with asyncio.timeout_at(end), turns:
                    return await _answer(client, question, prompt)
            except TimeoutError:
                return Answer(problem=f"{question.model} did not answer within {question.seconds:.0f} seconds.")
            except anthropic.AnthropicError as error:
                return Answer(problem=_told(question, error))

        end = asyncio.get_running_loop().time() + question.seconds
        return list(await asyncio.gather(*map(one, question.prompts)))


async def _answer(client: "anthropic.AsyncAnthropic", question: Question, prompt: str) -> Answer:
    message = await client.messages.create(
        model=question.model,
        max_tokens=question.tokens,
        system=question.system,
        messages=[{"role": "user", "content": prompt}],
    )
    usage = message.usage
    sent = usage.input_tokens + (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    text = " ".join(block.text for block in message.content if block.type == "text")
    problem = "" if text.strip() else f"{question.model} gave no sentence ({message.stop_reason})."
    return Answer(text, problem, sent, usage.output_tokens)


def _told(question: Question, error: Exception) -> str:
    """Say in one sentence why there is no answer."""
    sentences: Mapping[type[Exception], str] = {
        anthropic.AuthenticationError: "The model's server does not take the key.",
        anthropic.PermissionDeniedError: f"The key may not be used for {question.model}.",
        anthropic.NotFoundError: f"The model's server has no model {question.model}.",
        anthropic.RateLimitError: "The model's server takes no more requests for now.",
        anthropic.APITimeoutError: f"{question.model} did not answer in time.",
        anthropic.APIConnectionError: "The model's server cannot be reached.",
    }
    known = next((said for kind, said in sentences.items() if isinstance(error, kind)), "")
    if not known and isinstance(error, anthropic.APIStatusError):
        known = f"The model's server answered with {error.status_code}: {_reason(error.body) or error.message[:SAID]}"
    return known or f"{question.model} cannot be asked: {str(error)[:SAID]}"


def _reason(body: object) -> str:
    """Give the server's own words from `{"error": {"message": …}}`; '' where it has none."""
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message[:SAID] if isinstance(message, str) else ""


if __name__ == "__main__":
    main()
