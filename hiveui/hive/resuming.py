"""The conversation that a program goes on with as it is started."""

import asyncio
from collections.abc import Mapping

from hiveui.agents.launch import Launch, Start
from hiveui.agents.transcripts import last_changes
from hiveui.model.agent import Agent
from hiveui.model.morning import short


def story(agent: Agent, start: Start) -> str:
    """Say what a program was started to do with the conversation that it had."""
    if start.resumes:
        return f"to go on with conversation {short(start.conversation)}"
    return f"anew: it had conversation {short(agent.conversation)}" if agent.conversation else "anew"


async def last_conversation(agent: Agent, launch: Launch, env: Mapping[str, str]) -> str:
    """Give the conversation that an agent goes on with; '' where it has none, or where that is known to be gone."""
    last = agent.conversation or ""
    if not last or not launch.resume or not launch.transcripts or not agent.here:
        return last
    return last if await asyncio.to_thread(last_changes, launch.transcripts, (last,), env) else ""
