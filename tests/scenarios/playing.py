"""Playing the whole story, and what must be true of it whichever way it was played."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.demo.check import Compared, compare
from bot.demo.script import THE_SHOP, Script
from bot.demo.stage import Stage
from bot.demo.story import Story, nothing
from bot.local_slack import Journal
from store import accounts
from store.accounts import Account
from store.deliveries import Kind


@dataclass(frozen=True, slots=True)
class Played:
    """What is left of a story."""

    story: Story
    journal: Journal
    account: Account
    compared: Compared


async def played(
    stage: Stage, script: Script = THE_SHOP, *, meanwhile: Callable[[], Awaitable[None]] = nothing
) -> Played:
    """Play the whole story on a stage."""
    # A machine with much else to do may take its time; what is shown here is not how fast it is.
    stage.slack.patience = stage.slack.ack_within = 60.0
    story = Story(stage, script=script, meanwhile=meanwhile)
    await story.play()
    account = await stage.app.store.read(accounts.account)
    journal = stage.slack.journal
    return Played(story, journal, account, compare(journal, account))


def nothing_came_from_the_side(found: Played) -> None:
    """Everything that people did is kept once, every message went out once, and nothing else happened."""
    story, compared = found.story, found.compared
    script = story.script
    assert compared.differences == ()
    assert compared.acts["feedback_filed"] == len(script.filings)
    assert compared.acts["change_note_live"] == len(script.notings)
    assert compared.acts["prompt_answered"] == story.acts["answer a prompt"]
    assert compared.acts["verdict_given"] == story.acts["say whether it helped"]
    assert compared.acts["review_signed"] == 2
    assert Counter(sent.kind for sent in found.account.sent)[Kind.FEEDBACK_FILED] == len(script.filings)
    posts = Counter((sent.channel, sent.ts) for sent in found.account.sent if sent.edits is None)
    assert set(posts.values()) == {1}
