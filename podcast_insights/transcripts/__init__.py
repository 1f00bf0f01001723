"""Transcripts: the publisher's file, or audio through Whisper, becomes segments that can be trusted."""
