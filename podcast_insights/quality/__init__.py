"""Quality: the rules that data between two stages must keep, as Great Expectations suites."""
