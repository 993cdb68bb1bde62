"""What stops a benchmark."""


class BenchError(Exception):
    """Something is missing or did not work; the text says what, for people."""
