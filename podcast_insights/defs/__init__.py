"""Everything Dagster and only Dagster: assets, checks, resources, sensors and schedules."""
