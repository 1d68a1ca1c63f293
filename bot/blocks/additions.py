"""What reporters added to their reports later, as it stands with them."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.texts import Texts
from store.additions import Added

SHOWN = 5
"""The newest of them; the export has the others."""


def added(found: Sequence[Added], t: Texts, zone: str) -> list[Block]:
    """What was added to a report, oldest first."""
    blocks: list[Block] = []
    if len(found) > SHOWN:
        blocks.append(kit.small(t.md("The newest {count} additions are shown.", count=SHOWN)))
    for one in found[-SHOWN:]:
        said_at = t.md("Added {moment}:", moment=t.moment(one.at, zone))
        words = [kit.quote(one.text)] if one.text else []
        blocks.append(kit.section("\n".join([said_at, *words, *(kit.link(link) for link in one.links)])))
    return blocks
