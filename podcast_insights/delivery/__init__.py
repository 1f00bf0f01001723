"""Delivery: what readers receive, as a page, as a feed and as a mail that is sent once."""
