"""The site file: a site as YAML, from its text to a value, or to everything that is wrong with it.

The format is described at the top of `bot/demo/site.yaml`.
"""

import yaml

from bot.site_file.flaws import Flaw
from bot.site_file.reader import read
from store.site import Site

__all__ = ("Flaw", "read_site")


def read_site(text: str) -> Site | tuple[Flaw, ...]:
    """Read a site file.

    Args:
        text: The whole file.

    Returns:
        The site; or, when anything is wrong, every flaw by its line.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return (_not_yaml(text, error),)
    except RecursionError:
        return (Flaw(1, "the file is nested too deeply. Write it as the example does."),)
    if node is None:
        return (Flaw(1, "the file is empty. Begin with `workspace:`; bot/demo/site.yaml is an example."),)
    flaws: list[Flaw] = []
    site = read(node, flaws)
    return tuple(sorted(set(flaws))) if flaws else site


def _not_yaml(text: str, error: yaml.YAMLError) -> Flaw:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        return Flaw(line, "there is a control character. Take it out.")
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Flaw(1, f"this is not YAML: {error}.")
    line = int(error.problem_mark.line) + 1
    problem = error.problem or "it cannot be read"
    if "'\\t'" in problem:
        return Flaw(line, "there is a tab. Use spaces.")
    if "expected a single document" in (error.context or ""):
        return Flaw(line, "a second document begins here. Keep everything in one, without `---`.")
    return Flaw(line, f"this is not YAML: {problem}. Look at the indentation, colons and quotes here and just above.")
