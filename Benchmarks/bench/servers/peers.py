"""The peers: nginx with plain files, and Debian's docker-registry. Neither asks who is there, and neither logs."""

import os
from pathlib import Path

from ..figures import DEBIAN, NGINX
from .process import Server, remove_large

NGINX_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {directory}/pid;
error_log {directory}/errors;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    default_type application/octet-stream;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port}{tls};
        root {directory}/www;
        location ~ /manifests/ {{ default_type application/vnd.oci.image.manifest.v1+json; }}
    }}
}}
"""
TLS = """ ssl;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {certificates}/server.crt;
        ssl_certificate_key {certificates}/server.key"""

REGISTRY_CONFIGURATION = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  cache: {{blobdescriptor: inmemory}}
  filesystem: {{rootdirectory: {directory}/data}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port}"}}
"""


class Nginx(Server):
    """nginx with one worker, sendfile, and files laid out as a registry's paths are."""

    name = NGINX

    def __init__(self, directory: Path, certificates: Path | None = None) -> None:
        super().__init__(directory)
        self.certificates = certificates
        self.tls = certificates is not None

    def command(self) -> list[str]:
        """Also writes the configuration."""
        tls = TLS.format(certificates=self.certificates) if self.certificates else ""
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = self.directory / "nginx.conf"
        configuration.write_text(
            NGINX_CONFIGURATION.format(directory=self.directory, port=self.port, tls=tls, user=user)
        )
        return ["nginx", "-c", str(configuration), "-e", str(self.directory / "errors")]

    def put(self, path: str, content: bytes) -> None:
        """Lays out a file at a path of the server."""
        file = self.directory / "www" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


class DebianRegistry(Server):
    """Debian's docker-registry: CNCF distribution 2.8 with its store in files."""

    name = DEBIAN

    def command(self) -> list[str]:
        """Also writes the configuration."""
        configuration = self.directory / "registry.yml"
        configuration.write_text(REGISTRY_CONFIGURATION.format(directory=self.directory, port=self.port))
        return ["docker-registry", "serve", str(configuration)]

    def forget_uploads(self) -> None:
        """Removes the files of large blobs, but for those that are kept."""
        remove_large(self.directory / "data/docker/registry/v2/blobs", self.kept)
