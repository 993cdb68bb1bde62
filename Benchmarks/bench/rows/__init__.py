"""The rows of the table, in its order. Those that need a full database come last."""

from . import client, growth, huge, lists, memory, pulls, pushes, start
from .row import Row

__all__ = ["ROWS", "Row"]

ROWS: list[Row] = [
    *pulls.ROWS, *pushes.ROWS, *lists.ROWS, *client.ROWS, *memory.ROWS, *huge.ROWS, *start.ROWS, *growth.ROWS,
]  # fmt: skip
