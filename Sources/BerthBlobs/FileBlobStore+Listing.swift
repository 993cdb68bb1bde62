import BerthOCI

/// The blobs of a store, one directory of them in memory at a time.
actor BlobListing {
    private let store: FileBlobStore
    private var shards: ArraySlice<(Digest.Algorithm, String)>
    private var found: ArraySlice<(Digest, Int64)> = []

    init(store: FileBlobStore) {
        self.store = store
        shards =
            Digest.Algorithm.allCases.flatMap { algorithm in
                StorageLayout.shardNames.map { (algorithm, $0) }
            }[...]
    }

    func next() async throws -> (Digest, Int64)? {
        while found.isEmpty {
            guard let (algorithm, shard) = shards.popFirst() else { return nil }
            found = try await store.blobs(algorithm, shard: shard)[...]
        }
        return found.popFirst()
    }
}

extension FileBlobStore {
    /// The blobs in one directory, in order.
    func blobs(_ algorithm: Digest.Algorithm, shard: String) async throws -> [(Digest, Int64)] {
        let directory = "\(layout.directory(of: algorithm))/\(shard)"
        return try await perform(on: directory) {
            try FileSystem.names(in: directory).compactMap { name in
                guard let digest = StorageLayout.digest(algorithm, shard: shard, name: name),
                    let status = try FileSystem.status(of: "\(directory)/\(name)"), status.isRegularFile
                else { return nil }
                return (digest, status.size)
            }
        }
    }

    package func unexpectedFiles() async throws -> [String] {
        var unexpected = try await unexpectedNames(in: "blobs", isDirectories: true) {
            Digest.Algorithm(rawValue: $0) != nil
        }
        for algorithm in Digest.Algorithm.allCases {
            let directory = "blobs/\(algorithm.rawValue)"
            unexpected += try await unexpectedNames(in: directory, isDirectories: true) {
                StorageLayout.shardNames.contains($0)
            }
            for shard in StorageLayout.shardNames {
                unexpected += try await unexpectedNames(in: "\(directory)/\(shard)", isDirectories: false) {
                    StorageLayout.digest(algorithm, shard: shard, name: $0) != nil
                }
            }
        }
        unexpected += try await unexpectedNames(in: "uploads", isDirectories: false) {
            (try? UploadID(parsing: $0)) != nil
        }
        return unexpected.sorted()
    }

    /// The names in a directory that are not as they should be, or name the wrong kind of file.
    private func unexpectedNames(
        in directory: String, isDirectories: Bool, _ isExpected: @escaping @Sendable (String) -> Bool
    ) async throws -> [String] {
        try await perform(on: directory) { [layout] in
            try FileSystem.names(in: "\(layout.root)/\(directory)").filter { name in
                guard isExpected(name) else { return true }
                // What vanished since it was listed was removed by someone who may.
                guard let status = try FileSystem.status(of: "\(layout.root)/\(directory)/\(name)") else {
                    return false
                }
                return isDirectories ? !status.isDirectory : !status.isRegularFile
            }.map { "\(directory)/\($0)" }
        }
    }
}
