"""Finds the sentences that a module hands to a translation or a refusal, however they are named there.

A literal is read as it stands. What has another name (`BUSY`, `access.REFUSALS[act]`, `KINDS[kind]`) is looked up in
the imported module: a sentence, or a table of sentences. A plain variable is skipped, because its sentence was read
where it was made.
"""

import ast
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

TRANSLATING = {"t": 1, "md": 1, "many": 2, "many_md": 2, "N_": 1, "Refused": 1}
"""Functions by name, and how many sentences they take first."""


def sentences(source: str, module: ModuleType) -> Iterator[tuple[int, str]]:
    """Each sentence that must be in the catalogue, with its line.

    Args:
        source: The module's text.
        module: The same module, imported.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for given in _given(node):
                yield from ((node.lineno, sentence) for sentence in _said(given, module))


def _given(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "FormErrors":
        return [value for table in call.args for value in (table.values if isinstance(table, ast.Dict) else [])]
    return call.args[: TRANSLATING.get(name, 0)]


def _said(given: ast.expr, module: ModuleType) -> list[str]:
    if isinstance(given, ast.Constant):
        return [given.value] if isinstance(given.value, str) and given.value else []
    if isinstance(given, ast.JoinedStr | ast.BinOp):  # put together from parts: no catalogue can hold it
        return [ast.unparse(given)]
    if isinstance(given, ast.IfExp):
        return [*_said(given.body, module), *_said(given.orelse, module)]
    value = _looked_up(given.value if isinstance(given, ast.Subscript) else given, module)
    found = value.values() if isinstance(value, Mapping) else [value]
    return [sentence for sentence in found if isinstance(sentence, str)]


def _looked_up(given: ast.expr, module: ModuleType) -> Any:
    if isinstance(given, ast.Name):
        return getattr(module, given.id, None)
    if isinstance(given, ast.Attribute):
        return getattr(_looked_up(given.value, module), given.attr, None)
    return None
