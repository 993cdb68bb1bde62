"""Organizations, and permissions on them."""

from huaweicloudsdkswr.v2 import (
    CreateNamespaceAuthRequest,
    CreateNamespaceRequest,
    CreateNamespaceRequestBody,
    DeleteNamespaceAuthRequest,
    DeleteNamespacesRequest,
    ListNamespacesRequest,
    ShowNamespace,
    ShowNamespaceAuthRequest,
    ShowNamespaceAuthResponse,
    ShowNamespaceRequest,
    ShowNamespaceResponse,
    SwrClient,
    UpdateNamespaceAuthRequest,
    UserAuth,
)


class OrganizationCalls:
    sdk: SwrClient

    def create_organization(self, name: str) -> None:
        self.sdk.create_namespace(CreateNamespaceRequest(body=CreateNamespaceRequestBody(namespace=name)))

    def show_organization(self, name: str) -> ShowNamespaceResponse:
        return self.sdk.show_namespace(ShowNamespaceRequest(namespace=name))

    def list_organizations(self, name: str | None = None, filter: str | None = None) -> list[ShowNamespace]:
        return self.sdk.list_namespaces(ListNamespacesRequest(namespace=name, filter=filter)).namespaces

    def delete_organization(self, name: str) -> None:
        self.sdk.delete_namespaces(DeleteNamespacesRequest(namespace=name))

    def grant_on_organization(self, name: str, *entries: UserAuth) -> None:
        self.sdk.create_namespace_auth(CreateNamespaceAuthRequest(namespace=name, body=list(entries)))

    def change_on_organization(self, name: str, *entries: UserAuth) -> None:
        self.sdk.update_namespace_auth(UpdateNamespaceAuthRequest(namespace=name, body=list(entries)))

    def revoke_on_organization(self, name: str, *user_ids: str) -> None:
        self.sdk.delete_namespace_auth(DeleteNamespaceAuthRequest(namespace=name, body=list(user_ids)))

    def permissions_on_organization(self, name: str) -> ShowNamespaceAuthResponse:
        return self.sdk.show_namespace_auth(ShowNamespaceAuthRequest(namespace=name))
