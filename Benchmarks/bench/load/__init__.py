"""What asks the servers: wrk where it can, plain sockets for the rest."""
