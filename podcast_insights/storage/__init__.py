"""Storage: Parquet by day is the store, DuckDB is the engine, artifacts make work resumable."""
