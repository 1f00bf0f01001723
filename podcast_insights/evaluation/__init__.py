"""How good what was chosen is, by rules and beside baselines: passages at random, and those most central (TextRank).

``values.py`` says what is compared and told, ``methods.py`` chooses passages, ``measures.py`` are the figures, and
``stored.py`` evaluates the insights and digests of an installation. The same methods and measures are run on published
transcripts in the repository's folder ``evaluation/``. Rules do not replace reading: they are the extractor's own.
"""
