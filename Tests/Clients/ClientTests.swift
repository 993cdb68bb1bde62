import Testing

/// The clients that people use, against the built program. One at a time: they are heavy, and some need a daemon.
@Suite("Real clients", .serialized) struct ClientTests {}
