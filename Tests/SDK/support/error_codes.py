"""The error codes that the management API documents for all operations, each without its prefix."""

PREFIX = "SVCSTG.SWR."

documented = frozenset(
    {
        # The request itself.
        "4000014", "4001014", "4001018", "4001025", "4001035", "4001096",
        # Names and values in it.
        "4001009", "4001028", "4001029", "4001041", "4001065", "4001066", "4001067", "4001091", "4009021",
        # Quotas, and states that forbid it.
        "4000097", "4000098", "4000099", "4000306", "4001090", "4001158",
        # Who asks.
        "4010000", "4030170", "4037017", "4037018", "4037020", "4039001",
        # What is not there.
        "4040010", "4040048", "4040058", "4040078", "4040083", "4040091", "4040126",
        # What is in the way.
        "4060012", "4060074", "4090006", "4090023", "4090060", "4090076", "4090089", "4131001", "4131012",
        # An unknown region of synchronization, the one such code that a caller's input leads to.
        "5001101",
    }
)  # fmt: skip
