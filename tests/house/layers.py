"""Reads source text by its syntax tree and finds what breaks the layers of the house.

An import counts wherever it stands: at the top, inside a function, under TYPE_CHECKING, or as a call of importlib. It
is found by what it names, so `from sqlalchemy import select as pick` and `from . import x` are read too. What is asked
for by a name that is only known at run time cannot be read and is therefore a violation of its own.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

OURS = frozenset({"bot", "jobs", "store", "manifests", "tests"})
MAY_IMPORT: dict[str, frozenset[str]] = {
    "bot": frozenset({"bot", "jobs", "store"}),
    "jobs": frozenset({"jobs", "store"}),
    "store": frozenset({"store"}),
}
LOCAL_SLACK = "bot/local_slack/"

SLACK = ("slack_bolt", "slack_sdk")
DATABASE = ("sqlalchemy", "sqlmodel", "alembic", "psycopg", "sqlite3")
SCHEDULER = ("apscheduler",)
CLIENTS = (
    "aiohttp",
    "http.client",
    "httpx",
    "requests",
    "slack_bolt.adapter.socket_mode",
    "slack_sdk.WebClient",
    "slack_sdk.WebhookClient",
    "slack_sdk.socket_mode",
    "slack_sdk.web",
    "slack_sdk.webhook",
    "urllib.request",
    "urllib3",
    "websockets",
)
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "dotenv", "pydantic_settings")
WALL_CLOCK = (
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
)
IMPORTERS = frozenset({"__import__", "builtins.__import__", "importlib.__import__", "importlib.import_module"})


class Rule(StrEnum):
    """What the house asks of its modules."""

    LAYERS = "imports go one way: bot → jobs → store"
    LOCAL_SLACK = "bot/local_slack imports nothing of ours"
    SLACK = "slack_bolt and slack_sdk only in bot"
    DATABASE = "the database's libraries only in store"
    SCHEDULER = "apscheduler only in jobs/scheduler.py"
    CLIENTS = "a client only where something outside is called"
    ENVIRONMENT = "only bot/settings.py reads the environment"
    CLOCK = "only jobs/clock.py reads the real clock"
    READABLE = "an import must say what it imports"


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a module does what it must not."""

    file: str
    line: int
    rule: Rule
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Files that may do what others may not, each with its reason; a name that ends in / is a whole folder."""

    clients: Mapping[str, str] = field(default_factory=dict)
    wall_clock: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Named:
    """Something that a line imports or refers to, by its full dotted name."""

    line: int
    name: str
    imported: bool


def violations(source: str, file: str, exceptions: Exceptions) -> list[Violation]:
    """What a module breaks.

    Args:
        source: Its text.
        file: Its path from the root of the tree, such as `store/feedback.py`.
        exceptions: Which files may use clients and the wall clock.

    Raises:
        SyntaxError: The source is not Python.
    """
    tree = ast.parse(source, file)
    found = []
    for named in (*_imports(tree, file), *_references(tree)):
        found += [Violation(file, named.line, rule, named.name) for rule in _broken(named, file, exceptions)]
    found += [Violation(file, line, Rule.READABLE, "an import by a computed name") for line in _unreadable(tree)]
    return sorted(dict.fromkeys(found), key=lambda violation: (violation.line, violation.rule, violation.what))


def _broken(named: _Named, file: str, exceptions: Exceptions) -> Iterator[Rule]:
    layer = file.partition("/")[0]
    if named.imported:
        top = named.name.partition(".")[0]
        if top in OURS and top not in MAY_IMPORT[layer]:
            yield Rule.LAYERS
        if top in OURS and file.startswith(LOCAL_SLACK) and not _is_under(named.name, ("bot.local_slack",)):
            yield Rule.LOCAL_SLACK
        if _is_under(named.name, SLACK) and layer != "bot":
            yield Rule.SLACK
        if _is_under(named.name, DATABASE) and layer != "store":
            yield Rule.DATABASE
        if _is_under(named.name, SCHEDULER) and file != "jobs/scheduler.py":
            yield Rule.SCHEDULER
        if _is_under(named.name, CLIENTS) and not _listed(file, exceptions.clients):
            yield Rule.CLIENTS
    if _is_under(named.name, ENVIRONMENT) and file != "bot/settings.py":
        yield Rule.ENVIRONMENT
    if _is_under(named.name, WALL_CLOCK) and file != "jobs/clock.py" and not _listed(file, exceptions.wall_clock):
        yield Rule.CLOCK


def _is_under(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def _listed(file: str, listed: Mapping[str, str]) -> bool:
    return any(file.startswith(name) if name.endswith("/") else file == name for name in listed)


def _imports(tree: ast.AST, file: str) -> Iterator[_Named]:
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_Named(node.lineno, alias.name, imported=True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node.module or "", node.level, _package(file))
            yield from (_Named(node.lineno, _member(base, alias.name), imported=True) for alias in node.names)
        elif isinstance(node, ast.Call) and _dotted(node.func, aliases) in IMPORTERS and (name := _literal(node)):
            level = len(name) - len(name.lstrip("."))
            yield _Named(node.lineno, _absolute(name[level:], level, _anchor(node, file)), imported=True)


def _member(base: str, name: str) -> str:
    # `from bot import sender` may import a module or a name: either is read by its full name.
    return base if name == "*" else f"{base}.{name}".removeprefix(".")


def _package(file: str) -> str:
    return ".".join(PurePosixPath(file).parent.parts)


def _anchor(call: ast.Call, file: str) -> str:
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "package")]
    package = given[0].value if given and isinstance(given[0], ast.Constant) else None
    return package if isinstance(package, str) else _package(file)


def _absolute(module: str, level: int, package: str) -> str:
    if not level:
        return module
    parts = package.split(".")
    return ".".join(part for part in (*parts[: len(parts) - level + 1], module) if part)


def _unreadable(tree: ast.AST) -> Iterator[int]:
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func, aliases) in IMPORTERS and _literal(node) is None:
            yield node.lineno


def _literal(call: ast.Call) -> str | None:
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "name")]
    value = given[0].value if given and isinstance(given[0], ast.Constant) else None
    return value if isinstance(value, str) else None


def _references(tree: ast.AST) -> Iterator[_Named]:
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (name := _dotted(node, aliases)):
            yield _Named(node.lineno, name, imported=False)


def _aliases(tree: ast.AST) -> dict[str, str]:
    """What the imported names of a module stand for."""
    aliases: dict[str, str] = {"__import__": "__import__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                aliases[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return aliases


def _dotted(node: ast.expr, aliases: Mapping[str, str]) -> str | None:
    """The full name of what an expression refers to, or None when it begins with nothing that was imported."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id)
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value, aliases)):
        return f"{base}.{node.attr}"
    return None
