"""The jobs: what runs together for a day, and what is published after it.

Their tags say what a run is worth when nobody says otherwise: a day that a person asks for is backlog.
"""

import dagster as dg

from podcast_insights.defs.run_tags import BACKLOG, MAKES, PRIORITY

DAY_ASSETS = (
    "episodes",
    "chapters",
    "publisher_transcripts",
    "audio",
    "transcripts",
    "insights",
    "insight_vectors",
    "data_docs",
)

# Made when a person asks, never as a part of a day.
WHEN_ASKED = dg.AssetSelection.assets("evaluation")

ingest_job = dg.define_asset_job(
    "ingest_job",
    selection=dg.AssetSelection.assets(*DAY_ASSETS),
    tags={PRIORITY: str(BACKLOG)},
    description="The episodes of a day, as far as their insights. The sensor asks for it when a day has new episodes.",
)

digest_job = dg.define_asset_job(
    "digest_job",
    selection=dg.AssetSelection.all() - WHEN_ASKED,
    tags={PRIORITY: str(BACKLOG), MAKES: "digest"},
    description="Everything for a day: feeds, episodes, insights, the digest, the pages and the mail.",
)

publish_job = dg.define_asset_job(
    "publish_job",
    selection=dg.AssetSelection.assets("related_insights", "digest_site")
    | dg.AssetSelection.groups("staging", "marts"),
    tags={MAKES: "digest"},
    description="What is made from all days: related insights, pages, SQL models and the DuckDB file.",
)
