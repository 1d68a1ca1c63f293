"""Causes: why a tool did what a report says, as the data scientist found out."""

from enum import StrEnum


class Cause(StrEnum):
    """What was behind the behaviour."""

    MODEL = "model"
    THRESHOLD = "threshold"
    DATA = "data"
    MAPPING = "mapping"
    DISPLAY = "display"
    PROCEDURE = "procedure"
    TRAINING = "training"
    OPERATING_CONDITIONS = "operating_conditions"
    WORKS_AS_INTENDED = "works_as_intended"
    UNKNOWN = "unknown"
