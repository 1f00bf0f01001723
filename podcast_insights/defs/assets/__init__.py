"""The assets, one module for each stage: what they read, which domain function they call, what they show."""
