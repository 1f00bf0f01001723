"""podcast_insights scans new podcasts and sends the top five insights of each day.

The package has two halves. The domain packages (``feeds``, ``audio``, ``transcripts``, ``insights``, ``digest``,
``delivery``, ``storage``, ``quality``) know podcasts and never import Dagster. ``defs`` knows Dagster and holds no
podcast logic. This file holds the version and nothing else.
"""

__version__ = "0.1.0"
