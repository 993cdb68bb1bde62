"""The operations of the management API, by subject, each through the SDK."""
