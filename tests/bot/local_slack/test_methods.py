"""The table of methods against the pages that Slack publishes about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.local_slack import LocalSlack
from bot.local_slack.calls import DOINGS
from bot.local_slack.methods import COMMON_ERRORS, COMMON_GIVEN, COMMON_TOLD, METHODS, Argument, Method

TIERS = {"t1": 1, "t2": 2, "t3": 3, "t4": 4, "t5": 0}

UNDOCUMENTED_OF_ALL = {
    "invalid_arguments": "the error examples of the pages of views.* show it, their lists do not have it",
    "invalid_json": "of the JSON body, on https://docs.slack.dev/apis/web-api/#errors",
    "json_not_object": "of the JSON body, on the same page",
}
UNDOCUMENTED = {
    ("chat.postMessage", "msg_too_long"): "its neighbours have it; the page limits markdown_text and names no error",
}


@pytest.fixture
def pages(reference: Path) -> Mapping[str, Any]:
    """What is published about each method of our table."""
    folder = reference / "slack" / "api-reference"
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in METHODS}


@pytest.fixture
def index(reference: Path) -> Mapping[str, Any]:
    """What is published about all methods together."""
    found: Mapping[str, Any] = json.loads((reference / "slack" / "methods.json").read_text("utf-8"))
    return found


def kinds(published: Mapping[str, Any]) -> set[str]:
    """The types of an argument; one that only names a schema is an object or, for an id, a string."""
    alternatives = published.get("anyOf") or published.get("allOf") or [published]
    found = {each["type"] for each in alternatives if "type" in each}
    return found or ({"string"} if published.get("schema", "").endswith("_id") else {"object"})


def fits(argument: Argument, published: Mapping[str, Any]) -> bool:
    """Whether our type is one of the published: blocks and the like are JSON in a string."""
    wire = {"blocks": "string", "metadata": "string", "attachments": "string", "view": "object"}
    return wire.get(argument.type, argument.type) in kinds(published)


@pytest.mark.parametrize("name", METHODS)
def test_the_arguments_are_the_published_ones(name: str, pages: Mapping[str, Any]) -> None:
    published, ours = dict(pages[name]["args"]["properties"]), METHODS[name].arguments
    del published["token"]
    assert set(ours) == set(published)
    assert {each for each in ours if ours[each].required} == set(pages[name]["args"]["required"]) - {"token"}
    assert [each for each in ours if not fits(ours[each], published[each])] == []


def test_a_wrong_type_in_the_table_would_be_noticed() -> None:
    assert not fits(Argument("x", "boolean"), {"type": "string"})
    assert not fits(Argument("x", "number"), {"anyOf": [{"type": "string"}, {"type": "null"}]})
    assert not fits(Argument("x", "string"), {"schema": "modal"})


@pytest.mark.parametrize("name", METHODS)
def test_scopes_json_and_tier_are_the_published_ones(
    name: str, pages: Mapping[str, Any], index: Mapping[str, Any]
) -> None:
    method, page, entry = METHODS[name], pages[name], index["methods"][name]
    assert set(method.scopes) == set(page["scope"].get("bot", ())) == set(entry["bot_scopes"]["any_or_all_of"])
    assert method.json is bool(page.get("json_input_supported")) is entry["json_body"]
    assert method.tier == TIERS[page["rate_limits"]]
    assert method.doc == entry["doc"]


@pytest.mark.parametrize("name", METHODS)
def test_every_published_error_is_in_the_table_and_no_other(
    name: str, pages: Mapping[str, Any], index: Mapping[str, Any]
) -> None:
    published = set(pages[name]["errors"]) | set(index["methods"][name]["errors"])
    exceptions = {error for method, error in UNDOCUMENTED if method == name}
    assert METHODS[name].errors == published | exceptions
    assert not exceptions & published


def test_the_errors_of_all_methods_are_the_published_ones(index: Mapping[str, Any]) -> None:
    published = set(index["common_errors_every_method"]["errors"])
    assert published | set(UNDOCUMENTED_OF_ALL) == COMMON_ERRORS
    assert not published & set(UNDOCUMENTED_OF_ALL)


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: str(method.name))
def test_an_error_is_given_or_told_never_both(method: Method) -> None:
    assert not method.given & method.told
    assert not COMMON_GIVEN & COMMON_TOLD


def test_every_method_of_the_table_does_something() -> None:
    assert set(METHODS) - {"apps.connections.open"} == set(DOINGS)


def test_an_error_that_the_page_does_not_have_cannot_be_expected(slack: LocalSlack) -> None:
    with pytest.raises(ValueError, match=r"reference/methods/chat\.delete knows no error is_archived"):
        slack.expect_trouble("chat.delete", error="is_archived")
    with pytest.raises(KeyError):
        slack.expect_trouble("chat.shout", error="fatal_error")
