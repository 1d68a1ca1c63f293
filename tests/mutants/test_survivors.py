"""A survivor is explained or it counts; what is explained and survives no more is said."""

from dataclasses import replace

import pytest

from tests.mutants.plan import targets
from tests.mutants.survivors import EXPLAINED, compare, mutant, read_explained

DIFF = """\
--- mutation diff ---
--- a/store/privacy.py
+++ b/store/privacy.py
@@ -19,7 +19,7 @@
     unchanged
-    if people < needed:
+    if people <= needed:
         return Withheld(needed)
"""
FOUND = mutant("store/privacy.py", "about_people", 22, DIFF)
LIST = """
[[survivor]]
module = "store/privacy.py"
within = "about_people"
was = "if people < needed:"
becomes = ["if people <= needed:", "if people != needed:"]
why = "nobody asks"
"""


def test_a_mutant_is_known_by_its_lines_wherever_they_move() -> None:
    assert (FOUND.was, FOUND.becomes) == ("if people < needed:", "if people <= needed:")
    assert replace(FOUND, line=700) == FOUND
    assert replace(FOUND, within="breakdown") != FOUND


def test_a_mutant_of_a_last_line_is_known_as_one_further_up_is() -> None:
    at_the_end = "\n".join(["@@ -20,3 +20,3 @@", "-    if people < needed:", "-", "+    if people <= needed:", "+"])
    assert mutant("store/privacy.py", "about_people", 22, at_the_end) == FOUND


def test_a_mutant_at_the_top_of_a_module_is_within_nothing() -> None:
    assert mutant("m.py", None, 1, DIFF).within == ""


def test_a_survivor_that_nobody_explained_counts() -> None:
    found = compare([FOUND], {}, "store/privacy.py")
    assert (found.unexplained, found.explained, found.outdated) == ((FOUND,), (), ())


def test_an_explained_survivor_does_not_and_one_that_is_killed_now_is_said() -> None:
    found = compare([FOUND], read_explained(LIST), "store/privacy.py")
    assert (found.unexplained, found.explained) == ((), (FOUND,))
    assert [one.becomes for one in found.outdated] == ["if people != needed:"]


def test_of_a_module_that_was_not_mutated_nothing_is_outdated() -> None:
    assert compare([], read_explained(LIST), "store/access.py").outdated == ()


def test_the_list_names_modules_that_are_mutated_and_gives_reasons() -> None:
    explained = read_explained(EXPLAINED.read_text("utf-8"))
    assert {known.module for known in explained} <= {target.module for target in targets()}
    assert all(reason.strip() for reason in explained.values())


def test_a_list_without_a_reason_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        read_explained(LIST.replace("why", "because"))


def test_an_empty_list_explains_nothing() -> None:
    assert read_explained("") == {}
