"""Tags, and the signatures of images."""

from huaweicloudsdkswr.v2 import (
    CreateRepoTagRequest,
    CreateRepoTagRequestBody,
    DeleteRepoTagRequest,
    ListReferencesRequest,
    ListReferencesResponse,
    ListRepoAccessoriesRequest,
    ListRepoAccessoriesResponse,
    ListRepositoryTagRequest,
    ListRepositoryTagResponse,
    ListRepositoryTagsRequest,
    ListRepositoryTagsResponse,
    ShowRepoTagRequest,
    ShowRepoTagResponse,
    SwrClient,
)


class TagCalls:
    sdk: SwrClient

    def list_tags(self, organization: str, repository: str, **query: str) -> ListRepositoryTagsResponse:
        return self.sdk.list_repository_tags(
            ListRepositoryTagsRequest(namespace=organization, repository=repository, **query)
        )

    def list_tags_v3(self, organization: str, repository: str, **query: str | int | bool) -> ListRepositoryTagResponse:
        return self.sdk.list_repository_tag(
            ListRepositoryTagRequest(namespace=organization, repository=repository, **query)
        )

    def show_tag(self, organization: str, repository: str, tag: str) -> ShowRepoTagResponse:
        return self.sdk.show_repo_tag(ShowRepoTagRequest(namespace=organization, repository=repository, tag=tag))

    def copy_tag(
        self, organization: str, repository: str, source: str, destination: str, override: bool | None = None
    ) -> None:
        body = CreateRepoTagRequestBody(source_tag=source, destination_tag=destination, override=override)
        self.sdk.create_repo_tag(CreateRepoTagRequest(namespace=organization, repository=repository, body=body))

    def delete_tag(self, organization: str, repository: str, tag: str) -> None:
        self.sdk.delete_repo_tag(DeleteRepoTagRequest(namespace=organization, repository=repository, tag=tag))

    def list_references(
        self, organization: str, repository: str, signature: str, **query: str | int
    ) -> ListReferencesResponse:
        return self.sdk.list_references(
            ListReferencesRequest(namespace=organization, repository=repository, tag=signature, **query)
        )

    def list_accessories(
        self, organization: str, repository: str, tag: str, **query: int
    ) -> ListRepoAccessoriesResponse:
        return self.sdk.list_repo_accessories(
            ListRepoAccessoriesRequest(namespace=organization, repository=repository, tag=tag, **query)
        )
