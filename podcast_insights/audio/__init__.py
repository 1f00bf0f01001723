"""Audio: an enclosure becomes a file that is known to be whole."""
