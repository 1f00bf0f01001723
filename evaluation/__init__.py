"""How good the stages are on published transcripts, beside baselines in the same run: ``make eval``.

It stands outside the package, like the benchmarks: the transcripts are not ours to ship. Methods and measures are those
of ``podcast_insights/evaluation``, by which an installation evaluates what it stores.
"""
