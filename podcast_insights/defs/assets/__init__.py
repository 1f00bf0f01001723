"""The assets, one module for each stage: what they read, which domain function they call, what they show.

An asset imports its stage inside its function: what Dagster loads to show the graph, or to start a run, stays small.
"""
