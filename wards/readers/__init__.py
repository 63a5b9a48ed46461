"""Readers of the files councils are given: from bytes to typed records. They ask no database and write nothing."""
