"""Insights: a transcript becomes claims with their reasoning, each grounded in a verbatim quote."""
