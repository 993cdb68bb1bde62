"""How fast Berth is, beside nginx and Debian's docker-registry: see Benchmarks/README.md."""
