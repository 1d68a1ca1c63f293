"""The page of a review: what two sponsors read before they sign, and what hangs on the wall afterwards."""

from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.render import chart, packet, tally, words
from bot.texts import Texts
from bot.texts.glossary import CHANGE_STATES, FEEDBACK_STATUSES, KINDS, OUTCOMES, SHIFT_ANSWERS
from store import packets
from store.figures.change_state import ChangeState
from store.privacy import Withheld

TEMPLATES = Path(__file__).parent / "templates"


def review_page(packet: str, sha256: str, locale: str = "en-US") -> str:
    """A review packet as one HTML file that needs nothing else: no script, no request, the charts inside.

    Args:
        packet: The frozen JSON; all that the page says comes from it.
        sha256: The hash that was frozen with it, in hexadecimal.
        locale: As Slack gives it, such as `en-US` or `pl-PL`.

    Raises:
        ValueError: The packet has another schema.
    """
    return page(packet, sha256, Texts(locale))


def page(frozen: str, sha256: str, t: Texts) -> str:
    """The page of `review_page` in the sentences of one reader."""
    held = packet.read(frozen)
    by_version = [tally.by_version(tool, held.changes) for tool in held.tools]
    most = max((count for counts in by_version for count in counts.counts.values()), default=0)
    return (
        _environment()
        .get_template("review.html.j2")
        .render(
            packet=held,
            sha256=sha256,
            hash_belongs=packets.digest(frozen) == sha256,
            tools=[
                _tool(tool, counts, most, f"chart-{place}", t)
                for place, (tool, counts) in enumerate(zip(held.tools, by_version, strict=True), 1)
            ],
            states=_states(change for change in held.changes if change.taken_back_on is None),
            taken_back=sum(change.taken_back_on is not None for change in held.changes),
            shift_answers=words.shift_answers(held.prompts.said, held.prompts.answered),
            outcomes=[t(sentence) for sentence in OUTCOMES.values()],
            t=t,
            many=t.many,
            isolated=words.isolated,
            is_withheld=lambda figure: isinstance(figure, Withheld),
            version_name=partial(words.version_name, t=t),
            say_kind=partial(words.say, KINDS, t=t),
            say_status=partial(words.say, FEEDBACK_STATUSES, t=t),
            say_state=partial(words.say, CHANGE_STATES, t=t),
            say_answer=partial(words.say, SHIFT_ANSWERS, t=t),
        )
    )


def _tool(tool: packet.Tool, counts: tally.ByVersion, most: int, key: str, t: Texts) -> dict[str, object]:
    """What the template shows of a tool."""
    return {
        "part": tool,
        "key": key,
        "kinds": tally.by_kind(tool.reports),
        "statuses": tally.by_status(tool.reports),
        "by_version": counts,
        "panels": chart.panels(counts, most, key, t),
    }


def _states(changes: Iterable[packet.Change]) -> list[tuple[str, int]]:
    """How many changes are in each state, in the order of the glossary; states of no change are left out."""
    found = [change.state for change in changes]
    order = dict.fromkeys([*(state.value for state in ChangeState), *sorted(found)])
    return [(state, found.count(state)) for state in order if state in found]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
