"""The commands, a file for each group that the help shows.

Each reads settings, does one thing, says what it did, and ends with 1 where it did not work. What takes more than a few
lines stands in a module of ``cli``, which is imported when the command runs.
"""
