"""How Python looks after the memory of a process that runs for months."""

import gc

THRESHOLDS = (1_000, 50, 100)
"""So many more new objects than freed ones before the youngest are looked through, and so on for the older ones.

Python's own are 700, 10 and 10. A few requests reach the first, and to look through what a thousand left takes half a
millisecond; what has become old is looked through more rarely, since it took a tenth of the time and freed nothing.
"""


def settle_in() -> None:
    """What is there when the app is ready stays as long as it runs: the garbage collector passes it over from now on.

    Looking through all of it held up every request for a twentieth of a second now and then
    (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
