"""What the project costs, as ratios measured in one run on one machine; docs/performance.md says what they mean."""
