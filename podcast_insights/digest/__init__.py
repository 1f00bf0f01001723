"""The digest: the insights of a day, from all shows, become the top five."""
