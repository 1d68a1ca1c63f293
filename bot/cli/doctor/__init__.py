"""`alongside doctor`: what is wrong with an installation, and what to do about it.

Each check is a function of what is already known; `examination` asks them in their order. A check that needs what an
earlier one could not find out is not made, and one that breaks stops no other.
"""
