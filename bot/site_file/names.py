"""The names that parts of a site file may refer to."""

from dataclasses import dataclass

from bot.site_file.parts import Part, Word


@dataclass(frozen=True, slots=True)
class Names:
    """What a file has; None where a section is missing, so that nothing is checked against it."""

    people: dict[str, str] | None
    """From the short key to the Slack id."""
    teams: tuple[str, ...] | None
    tools: tuple[str, ...] | None

    def person(self, part: Part, word: Word, key: str) -> str:
        """The Slack id of somebody by their key; empty, with a flaw, for a key that is nobody's."""
        if self.people is None or not word.text:
            return ""
        if word.text not in self.people:
            by_id = next((short for short, slack_id in self.people.items() if slack_id == word.text), None)
            if by_id is not None:
                part.flaw(word.line, f"{key}: write {by_id}, the key of {word.text} in this file.")
            else:
                part.refer(word, key, "person", self.people)
            return ""
        return self.people[word.text]

    def persons(self, part: Part, key: str) -> list[tuple[str, Word]]:
        """A list of people: Slack ids, each with what stands in the file."""
        found = [(self.person(part, word, key), word) for word in part.unique_words(key)]
        return [(slack_id, word) for slack_id, word in found if slack_id]
