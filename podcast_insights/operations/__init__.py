"""What keeps it running: when digests are due, what is tried again, what it costs, who is told, what may go."""
