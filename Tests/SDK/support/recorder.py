"""Keeps account of every answer of the management API that any test has seen."""

from collections import Counter
from collections.abc import Mapping

from support.contract import Contract


class Recorder:
    """Checks answers as they come; what is wrong with them is taken, and told, after each test."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.successes: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self._faults: list[str] = []

    def record(self, method: str, target: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        operation = self.contract.operation_of(method, target)
        name = operation.name if operation else "unknown"
        (self.successes if status < 400 else self.refusals)[name] += 1
        for fault in self.contract.faults(operation, status, headers, body):
            self._faults.append(f"{name}: {method} {target} -> {status} {body[:600]!r}: {fault}")

    def take_faults(self) -> list[str]:
        faults, self._faults = self._faults, []
        return faults

    def never_succeeded(self) -> list[str]:
        return [name for name in self.contract.names if not self.successes[name]]


recorder = Recorder(Contract.load())
