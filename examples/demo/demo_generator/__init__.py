"""Turns the written scripts of the demo into audio, transcripts and feeds; ``build.py`` is the way in.

Nothing here is imported by the package ``podcast_insights``: the demo is served from the committed files.
"""
