"""What a modal, a button or a command line said → a typed value, or errors at fields. Pure."""

from collections.abc import Mapping


class FormErrors(Exception):
    """What somebody filled in cannot be read as what it should be.

    Args:
        errors: English sentences of the catalogue by the name of their field.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)
