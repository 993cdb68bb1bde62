"""The SDK as customers set it up, with every answer looked at on the way."""

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkswr.v2 import SwrClient
from requests import Response

from support.recorder import recorder


def swr_client(url: str, access_key: str, secret_key: str, project: str | None = None) -> SwrClient:
    """A client for an access key; with a project, it is named in every request."""
    credentials = BasicCredentials(access_key, secret_key, project)
    handler = HttpHandler().add_response_handler(_look_at)
    return SwrClient.new_builder().with_credentials(credentials).with_endpoint(url).with_http_handler(handler).build()


def _look_at(response: Response, **_: object) -> None:
    request = response.request
    recorder.record(request.method or "", request.path_url, response.status_code, response.headers, response.content)
