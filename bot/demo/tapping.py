"""People tap on what they are asked: most soon, some later, some never."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.demo.stage import Stage
from bot.local_slack import Message, Person
from bot.texts import Texts
from bot.texts.glossary import SHIFT_ANSWERS, VERDICTS

LOOKS = 3
"""How often somebody looks at a question before they leave it."""
NEWEST = 6
"""So many messages are before somebody's eyes."""
TAPS = 0.6
"""How likely somebody who looks also taps."""

QUESTIONS: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("answer a prompt", tuple(SHIFT_ANSWERS.values()), (6, 3, 2, 1)),
    ("say whether it helped", tuple(VERDICTS.values()), (6, 2, 1, 1)),
)
"""What tapping is called, what there is to tap, and how often people tap which."""


@dataclass(slots=True)
class Tapping:
    """What people tap.

    Args:
        stage: Where they are.
        chance: Decides who taps what.
        did: Told what somebody did, and through what.
    """

    stage: Stage
    chance: random.Random
    did: Callable[[str, Person, str], None]
    _looks: dict[tuple[str, str], int] = field(default_factory=dict)

    async def all_look(self) -> None:
        """Everybody looks at their newest messages, and taps or does not."""
        for person in self.stage.slack.people:
            for message in [] if person.user.deleted else person.messages[-NEWEST:]:
                if self._looks.get((person.id, message.ts), 0) < LOOKS:
                    await self._look(person, message)

    async def _look(self, person: Person, message: Message) -> None:
        seen, t = (person.id, message.ts), self.stage.texts(person)
        question = _question(message.buttons, t)
        # Nothing to tap, or tapped: nobody looks at it again. Somebody who is busy may tap next time.
        self._looks[seen] = self._looks.get(seen, 0) + 1 if question else LOOKS
        if question is None or self.chance.random() > TAPS:
            return
        self._looks[seen] = LOOKS
        act, choices, weights = question
        choice = t(self.chance.choices(choices, weights)[0])
        await person.clicks(choice, on=message)
        self.did(act, person, "the button")
        await person.sees_change(message, choice)


def _question(buttons: Collection[str], t: Texts) -> tuple[str, tuple[str, ...], tuple[int, ...]] | None:
    return next((question for question in QUESTIONS if t(question[1][0]) in buttons), None)
