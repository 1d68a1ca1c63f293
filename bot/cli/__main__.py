"""`python -m bot.cli` is `alongside`."""

from bot.cli import main

main()
