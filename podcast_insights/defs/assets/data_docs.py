"""The stage ``quality``: what the checks of a day found, as pages for an operator.

What is downstream of a blocking check is not made where it fails, so this asset alone would be silent on just the days
that matter; there the check writes the pages itself (``defs/checks.py``).
"""

import dagster as dg

from podcast_insights.defs.assets.delivery import digest_mail
from podcast_insights.defs.failures import RETRY_POLICY, as_dagster_failure
from podcast_insights.defs.metadata import OWNERS, markdown_table, stage_metadata
from podcast_insights.defs.partitions import day_of_run
from podcast_insights.defs.resources import StoreResource
from podcast_insights.defs.tables import asset_of_table
from podcast_insights.quality.suites import SUITES

CHECKED = sorted({asset_of_table(table) for table in SUITES} | {digest_mail.key})


@dg.asset(
    group_name="quality", kinds={"greatexpectations", "html"}, owners=OWNERS, deps=CHECKED, retry_policy=RETRY_POLICY
)
def data_docs(context: dg.AssetExecutionContext, store: StoreResource) -> dg.MaterializeResult[None]:
    """One page per table of the day: each rule that Great Expectations checked, what it found, and rows that break it.

    Made from `check_results`, with an index by day; `podcast-insights serve` shows them at `/data-docs/`. They are not
    published with the readers' pages. A second run writes nothing. For days checked before there were such pages,
    materialize their partitions.
    """
    from podcast_insights.data_docs.write import INDEX, write_docs

    with as_dagster_failure():
        report = write_docs(store.warehouse, store.data_docs, day_of_run(context))
    listing = [
        {"table": one.table, "result": one.verdict, "broken": len(one.broken), "rules": len(one.rules)}
        for one in report.tables
    ]
    return dg.MaterializeResult(
        metadata=stage_metadata(
            len(report.tables),
            written=len(report.written),
            page=dg.MetadataValue.path(str(store.data_docs / INDEX)),
            tables=markdown_table(listing, limit=len(SUITES)),
        )
    )
