"""What may be wrong with a request: a field that is missing, of another kind, far too big, or somebody else's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from bot import ids
from bot.http.gate import FORM, JSON
from store.causes import Cause
from store.decisions import Step
from store.feedback import Impact, Kind
from store.inbox import Which
from store.questions import Helped
from store.reviews import Outcome
from store.verdicts import Helped as Verdict
from tests.bot.mutated.originals import ELSEWHERE, WORDS, Original
from tests.bot.mutated.watch import HOME, KNOWN

HUGE = 100_000
MOST_PLACES = 100
"""How far into a list something is looked for to spoil."""


def nested(levels: int) -> Any:
    """Lists in lists."""
    found: Any = WORDS
    for _ in range(levels):
        found = [found]
    return found


def texts() -> list[str]:
    """Texts that a careless reader trips over."""
    ids_here = [value for name, value in vars(ids).items() if name.isupper()]
    return [
        *("", " ", WORDS, f"{WORDS}\x00{WORDS}", f"{WORDS}\ud83d", "\udfff", f"\u202e{WORDS}\u202c", "\u0661\u0662"),
        *(
            "²",
            "-1",
            "0",
            "1e9",
            "nan",
            "1.5",
            "true",
            "null",
            "[]",
            "{}",
            "1/2",
            "//",
            "1/did_it_help/helped",
            "%s{0}{x}",
        ),
        *(str(number) for number in range(1, 41)),
        *(str(2**31), str(2**63), "9" * 18, str(10**30), "9" * 5_000),
        *("0001-01-01", "9999-12-31", "2026-02-30", "2026-W20-1", "20260504", "2026-05-04T10:00", "2026-05-04"),
        *('{"review": 1}', '{"review": true}', '{"review": 1e400}', f'{{"review": {10**30}}}', '{"review": -1}'),
        *('{"step": "decline", "reports": [1, 2]}', '{"step": [], "reports": [true, -1, 1e9]}', '{"report": 1}'),
        *('{"which": "open", "ticked": [1], "shown": 1}', '{"which": "?"}', '{"question": 1}'),
        *("[" * 20_000, '{"a":' * 20_000, f'{{"review": {"9" * 5_000}}}'),
        *("Europe/Oslo", "Mars/Phobos", "../../etc/passwd", "/etc/localtime", "pl-PL", "xx", "en_US.UTF-8", "a" * 300),
        *("x" * HUGE, "9" * HUGE, f"{WORDS} " * (HUGE // 24), "<!channel> " * 9_000, "\U0001f525" * 25_000),
        *(word.value for words in (Helped, Kind, Impact, Outcome, Verdict, Step, Which, Cause) for word in words),
        *("U0STRANGER", "USLACKBOT", "U0LOCALBOT", HOME, ELSEWHERE, "T0NOWHERE", "E0ORG", *sorted(KNOWN)),
        *ids_here,
        *(f"{action}:{WORDS}" for action in (ids.ANSWER, ids.LIST_PAGE)),
        *(
            ids.ANSWER + ":",
            ids.ANSWER + "\n",
            "/embedding",
            "/model-feedback",
            "/nothing",
            "list",
            "inbox",
            "list 99999",
        ),
        *("view_submission", "block_actions", "event_callback", "message_action", "shortcut", "view_closed"),
        *("url_verification", "ssl_check", "app_rate_limited", "interactive_message", "user_change", "app_home_opened"),
    ]


VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 1.5, [], {}, [[]], [None], [{}], {"id": None}, {"id": 5}),
    *({"id": "U0LENA"}, {"id": ELSEWHERE}, {"value": "1"}, {"value": 1}, [{"value": "1"}, {"value": "1"}]),
    *([{"value": str(number)} for number in range(9_000)], ["U0DANA", "U0DANA"], ["U0DANA", "U0LENA", 7]),
    *(["U0DANA"] * 9_000, {"entered": {}}, {"entered": None}, {"entered": {"value": WORDS}}, {WORDS: WORDS}),
    *(nested(20), nested(59), nested(400)),
    *texts(),
]

TELLING = frozenset(
    [
        "id",
        "user",
        "team",
        "user_id",
        "team_id",
        "enterprise",
        "enterprise_id",
        "type",
        "command",
        "text",
        "value",
        "action_id",
        "callback_id",
        "private_metadata",
        "selected_date",
        "selected_user",
        "selected_users",
        "selected_option",
        "selected_options",
        "entered",
        "values",
        "state",
        "view",
        "actions",
        "event",
        "tz",
        "locale",
        "deleted",
        "is_admin",
        "is_owner",
        "trigger_id",
        "event_id",
        "block_id",
        "blocks",
        "message",
        "app_installed_team_id",
        "authorizations",
        "is_ext_shared_channel",
        "is_enterprise_install",
        "ssl_check",
        "payload",
    ]
)
"""Fields that something is read from, or that Bolt looks at: half of what goes wrong goes wrong there."""


class How(Enum):
    """What becomes of a field."""

    GONE = auto()
    OTHER = auto()
    ADDED = auto()
    SWAPPED = auto()


@dataclass(frozen=True)
class Mutation:
    """One thing that is wrong.

    Attributes:
        telling: Whether it is wrong where something is read.
        place: Which field, counted round.
        other: Which other one, where that matters.
        value: What stands there instead, by its place among `VALUES`.
    """

    how: How
    telling: bool
    place: int
    other: int
    value: int

    def into(self, payload: Any) -> None:
        """Spoil a payload."""
        places = [place for place in _places(payload) if not self.telling or place[1] in TELLING]
        places = places or list(_places(payload))
        if not places:
            return
        parent, name = places[self.place % len(places)]
        match self.how:
            case How.GONE:
                del parent[name]
            case How.OTHER:
                parent[name] = copied(VALUES[self.value])
            case How.ADDED:
                added = sorted(TELLING)[self.other % len(TELLING)]
                inside = parent[name] if isinstance(parent[name], dict) else payload
                inside[added] = copied(VALUES[self.value])
            case How.SWAPPED:
                there, called = places[self.other % len(places)]
                parent[name], there[called] = copied(there[called]), copied(parent[name])


def copied(payload: Any) -> Any:
    """A copy to spoil; faster than `deepcopy`."""
    return json.loads(json.dumps(payload))


def _places(payload: Any) -> Iterator[tuple[Any, Any]]:
    inside = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    for name, part in islice(inside, MOST_PLACES):
        yield payload, name
        if isinstance(part, dict | list):
            yield from _places(part)


def mutations() -> st.SearchStrategy[tuple[Mutation, ...]]:
    """One to three things that are wrong at once."""
    one = st.builds(
        Mutation,
        how=st.sampled_from((How.OTHER, How.OTHER, How.OTHER, How.GONE, How.ADDED, How.SWAPPED)),
        telling=st.booleans(),
        place=st.integers(0, 999),
        other=st.integers(0, 999),
        value=st.integers(0, len(VALUES) - 1),
    )
    return st.lists(one, min_size=0, max_size=3).map(tuple)


def encoded(original: Original, payload: Any) -> tuple[str, bytes]:
    """Content type and body, as Slack would write such a request."""
    if original.kind == "events_api":
        return JSON, json.dumps(payload).encode()
    if original.kind == "slash_commands":
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        return FORM, urlencode(fields, errors="surrogatepass").encode()
    return FORM, urlencode({"payload": json.dumps(payload)}).encode()
