"""How good the insights are, measured on real transcripts beside two baselines in the same run: ``make eval``.

It stands outside the package, like the benchmarks: a user does not need it, and the transcripts are not ours to ship.
"""
