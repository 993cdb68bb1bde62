"""Instants as people enter and read them, in a zone of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """A whole minute, but for what was not made in the console."""

    instant: datetime

    @staticmethod
    def in_days(days: int, hour: int = 18, minute: int = 30, zone: str = "UTC", second: int = 0) -> "Moment":
        """That time of day in the zone, so many days from now."""
        day = datetime.now(ZoneInfo(zone)) + timedelta(days=days)
        return Moment(day.replace(hour=hour, minute=minute, second=second, microsecond=0).astimezone(UTC))

    @staticmethod
    def read(text: str) -> "Moment":
        """From `2026-12-31T18:00:00Z`."""
        return Moment(datetime.fromisoformat(text))

    def entered(self, zone: str = "UTC") -> str:
        """`2026-12-31T18:00`, the value of a field for date and time."""
        return self.instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")

    def shown(self, zone: str = "UTC") -> str:
        """`2026-12-31 18:00`"""
        return self.entered(zone).replace("T", " ")

    def __str__(self) -> str:
        return self.instant.strftime("%Y-%m-%dT%H:%M:%SZ")
