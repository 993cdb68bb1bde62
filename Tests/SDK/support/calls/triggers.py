"""What is called when a tag is pushed."""

from huaweicloudsdkswr.v2 import (
    CreateTriggerRequest,
    CreateTriggerRequestBody,
    DeleteTriggerRequest,
    ListTriggersDetailsRequest,
    ShowTriggerRequest,
    ShowTriggerResponse,
    SwrClient,
    Trigger,
    UpdateTriggerRequest,
    UpdateTriggerRequestBody,
)


class TriggerCalls:
    sdk: SwrClient

    def create_trigger(self, organization: str, repository: str, fields: dict[str, str]) -> None:
        body = CreateTriggerRequestBody(**fields)
        self.sdk.create_trigger(CreateTriggerRequest(namespace=organization, repository=repository, body=body))

    def list_triggers(self, organization: str, repository: str) -> list[Trigger]:
        request = ListTriggersDetailsRequest(namespace=organization, repository=repository)
        return self.sdk.list_triggers_details(request).body or []

    def show_trigger(self, organization: str, repository: str, name: str) -> ShowTriggerResponse:
        return self.sdk.show_trigger(ShowTriggerRequest(namespace=organization, repository=repository, trigger=name))

    def enable_trigger(self, organization: str, repository: str, name: str, enable: str) -> None:
        """`enable` is `true` or `false`, as text."""
        body = UpdateTriggerRequestBody(enable=enable)
        self.sdk.update_trigger(
            UpdateTriggerRequest(namespace=organization, repository=repository, trigger=name, body=body)
        )

    def delete_trigger(self, organization: str, repository: str, name: str) -> None:
        self.sdk.delete_trigger(DeleteTriggerRequest(namespace=organization, repository=repository, trigger=name))
