"""The servers that are measured: Berth and its peers, each with a port and a directory of its own."""
