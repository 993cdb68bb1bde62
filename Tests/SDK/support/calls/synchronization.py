"""Copies in other regions."""

from huaweicloudsdkswr.v2 import (
    CreateImageSyncRepoRequest,
    CreateImageSyncRepoRequestBody,
    CreateManualImageSyncRepoRequest,
    CreateManualImageSyncRepoRequestBody,
    DeleteImageSyncRepoRequest,
    DeleteImageSyncRepoRequestBody,
    ListImageAutoSyncReposDetailsRequest,
    ListSyncRegionsRequest,
    ShowSyncJobRequest,
    ShowSyncJobResponse,
    SwrClient,
    SyncRepo,
)


class SynchronizationCalls:
    sdk: SwrClient

    def list_regions(self) -> list[str]:
        return [one.region_id for one in self.sdk.list_sync_regions(ListSyncRegionsRequest()).body or []]

    def synchronize(
        self,
        organization: str,
        repository: str,
        tags: list[str],
        region: str,
        target: str,
        override: bool | None = None,
    ) -> list[str]:
        """Copies these tags once, into the organization `target` of the region."""
        body = CreateManualImageSyncRepoRequestBody(
            image_tag=tags, remote_region_id=region, remote_namespace=target, override=override
        )
        request = CreateManualImageSyncRepoRequest(namespace=organization, repository=repository, body=body)
        return self.sdk.create_manual_image_sync_repo(request).body

    def create_synchronization(
        self,
        organization: str,
        repository: str,
        region: str,
        target: str,
        automatic: bool | None = None,
        override: bool | None = None,
    ) -> None:
        body = CreateImageSyncRepoRequestBody(
            remote_region_id=region, remote_namespace=target, sync_auto=automatic, override=override
        )
        self.sdk.create_image_sync_repo(
            CreateImageSyncRepoRequest(namespace=organization, repository=repository, body=body)
        )

    def list_synchronizations(self, organization: str, repository: str) -> list[SyncRepo]:
        request = ListImageAutoSyncReposDetailsRequest(namespace=organization, repository=repository)
        return self.sdk.list_image_auto_sync_repos_details(request).body or []

    def delete_synchronization(self, organization: str, repository: str, region: str, target: str) -> None:
        body = DeleteImageSyncRepoRequestBody(remote_region_id=region, remote_namespace=target)
        self.sdk.delete_image_sync_repo(
            DeleteImageSyncRepoRequest(namespace=organization, repository=repository, body=body)
        )

    def synchronization_jobs(
        self, organization: str, repository: str, filter: str | None = "limit::100|offset::0"
    ) -> ShowSyncJobResponse:
        request = ShowSyncJobRequest(namespace=organization, repository=repository, filter=filter)
        return self.sdk.show_sync_job(request)
