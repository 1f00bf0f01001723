"""Feeds: RSS and Atom bytes become shows and episodes with lasting identities."""
