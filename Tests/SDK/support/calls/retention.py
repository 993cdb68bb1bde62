"""The policies that remove old tags."""

from huaweicloudsdkswr.v2 import (
    CreateRetentionRequest,
    CreateRetentionRequestBody,
    DeleteRetentionRequest,
    ListRetentionHistoriesRequest,
    ListRetentionHistoriesResponse,
    ListRetentionsRequest,
    Retention,
    Rule,
    ShowRetentionRequest,
    ShowRetentionResponse,
    SwrClient,
    UpdateRetentionRequest,
    UpdateRetentionRequestBody,
)


class RetentionCalls:
    sdk: SwrClient

    def create_retention(self, organization: str, repository: str, *rules: Rule) -> int:
        """Gives back the id of the policy."""
        body = CreateRetentionRequestBody(algorithm="or", rules=list(rules))
        request = CreateRetentionRequest(namespace=organization, repository=repository, body=body)
        return self.sdk.create_retention(request).id

    def list_retentions(self, organization: str, repository: str) -> list[Retention]:
        request = ListRetentionsRequest(namespace=organization, repository=repository)
        return self.sdk.list_retentions(request).body or []

    def show_retention(self, organization: str, repository: str, policy: int) -> ShowRetentionResponse:
        return self.sdk.show_retention(
            ShowRetentionRequest(namespace=organization, repository=repository, retention_id=policy)
        )

    def update_retention(self, organization: str, repository: str, policy: int, *rules: Rule) -> None:
        body = UpdateRetentionRequestBody(algorithm="or", rules=list(rules))
        self.sdk.update_retention(
            UpdateRetentionRequest(namespace=organization, repository=repository, retention_id=policy, body=body)
        )

    def delete_retention(self, organization: str, repository: str, policy: int) -> None:
        self.sdk.delete_retention(
            DeleteRetentionRequest(namespace=organization, repository=repository, retention_id=policy)
        )

    def retention_history(self, organization: str, repository: str, **query: str) -> ListRetentionHistoriesResponse:
        return self.sdk.list_retention_histories(
            ListRetentionHistoriesRequest(namespace=organization, repository=repository, **query)
        )
