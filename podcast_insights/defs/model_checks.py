"""The tests of the SQL models as asset checks: what ``schema.yml`` says of them, checked after they are made.

They ask a person to look and stop nothing: the models are for people, and no digest is made from them.
"""

from collections.abc import Iterable, Mapping

import dagster as dg

from podcast_insights.defs.failures import as_dagster_failure
from podcast_insights.defs.metadata import markdown_table
from podcast_insights.defs.resources import ClockResource, StoreResource
from podcast_insights.storage.sql_models import SqlModel


def build_model_checks(models: Mapping[str, SqlModel]) -> dg.AssetChecksDefinition:
    """Return one step with the checks of all models, of which those of any model can run."""
    specs = [
        dg.AssetCheckSpec(name=test.name, asset=model.name, description=test.description)
        for model in models.values()
        for test in model.tests
    ]

    @dg.multi_asset_check(name="check_sql_models", specs=specs, can_subset=True)
    def check(
        context: dg.AssetCheckExecutionContext, store: StoreResource, clock: ClockResource
    ) -> Iterable[dg.AssetCheckResult]:
        from podcast_insights.storage.model_tests import run_model_tests

        selected = context.selected_asset_check_keys
        names = {key.asset_key.to_user_string() for key in selected}
        with as_dagster_failure():
            asked = [name for name in models if name in names]
            results = run_model_tests(store.warehouse, models, asked, now=clock())
        for result in results:
            key = dg.AssetCheckKey(dg.AssetKey(result.test.model), result.test.name)
            if key in selected:
                yield dg.AssetCheckResult(
                    asset_key=key.asset_key,
                    check_name=key.name,
                    passed=result.failed_rows == 0,
                    severity=dg.AssetCheckSeverity.WARN,
                    description=f"{result.failed_rows} rows break it" if result.failed_rows else "every row keeps it",
                    metadata={"failed_rows": result.failed_rows, "sample": markdown_table(result.sample)},
                )

    return check
