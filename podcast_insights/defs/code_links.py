"""Where each asset is written: the file and line that the UI leads to, a Python function or a model's SQL."""

import warnings
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import dagster as dg

from podcast_insights.storage.sql_models import SqlModel

METADATA_KEY = "dagster/code_references"


def with_code_links(assets: Iterable[dg.AssetsDefinition], models: Mapping[str, SqlModel]) -> list[dg.AssetsDefinition]:
    """Return ``assets``, each with the place of its function, or of its SQL where it is one of ``models``."""
    return [asset.map_asset_specs(partial(_linked, code=_code_of(asset), models=models)) for asset in assets]


def _code_of(asset: dg.AssetsDefinition) -> CodeType:
    # Dagster's own ``with_source_code_references`` reads and parses each file for the line; the function knows it.
    function: Any = asset.op.compute_fn
    code: CodeType = getattr(function, "decorated_fn", function).__code__
    return code


def _linked(spec: dg.AssetSpec, *, code: CodeType, models: Mapping[str, SqlModel]) -> dg.AssetSpec:
    model = models.get(spec.key.to_user_string())
    path, line = (model.path, 1) if model else (Path(code.co_filename), code.co_firstlineno)
    with warnings.catch_warnings():
        # They are in beta.
        warnings.simplefilter("ignore", category=dg.BetaWarning)
        place = dg.LocalFileCodeReference(file_path=str(path.absolute()), line_number=line)
        return spec.merge_attributes(metadata={METADATA_KEY: dg.CodeReferencesMetadataValue(code_references=[place])})
