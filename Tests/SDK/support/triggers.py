"""Triggers, as they are described in requests."""


def trigger(name: str = "deploy", **changed: str) -> dict[str, str]:
    usual = {
        "name": name,
        "action": "update",
        "app_type": "deployments",
        "application": "web",
        "cluster_id": "c-1",
        "cluster_name": "prod",
        "cluster_ns": "default",
        "container": "main",
        "trigger_mode": "cce",
        "trigger_type": "all",
        "condition": ".*",
        "enable": "true",
    }
    return usual | changed
