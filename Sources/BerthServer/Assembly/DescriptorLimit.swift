import Glibc

/// How many files and sockets the process may have open.
struct DescriptorLimit {
    /// What is kept for the database, uploads, background work and the listener itself.
    private static let reserved = 96

    let descriptors: Int

    /// Connections that fit: each may have a blob open beside its socket, and a quarter more are told to come back.
    var connections: Int { max((descriptors - Self.reserved) * 4 / 9, 8) }

    /// Takes as many as the system lets the process have without asking.
    static func raise() -> DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return DescriptorLimit(descriptors: 1024)
        }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return DescriptorLimit(descriptors: Int(clamping: limit.rlim_cur))
    }
}
