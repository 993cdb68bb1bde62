"""What can be said only after all other tests."""

from support.recorder import recorder


def test_every_operation_of_the_sdk_can_be_called_with_success() -> None:
    assert recorder.never_succeeded() == []
