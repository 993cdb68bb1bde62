import BerthBlobs
import BerthOCI
import BerthTestSupport
import Foundation

/// What must hold of a data directory after any crash, seen from outside of Berth.
extension FaultSite {
    /// What is wrong with the files and the database, a sentence each.
    func faults() async throws -> [String] {
        try Self.misnamedFiles(in: storage) + (try await Self.databaseFaults(storage))
    }

    /// Files in `blobs` whose bytes are not what their names say; an empty one is right for the empty blob only.
    private static func misnamedFiles(in storage: String) throws -> [String] {
        let blobs = storage + "/blobs"
        return try FileManager.default.subpathsOfDirectory(atPath: blobs).filter { $0.split(separator: "/").count == 3 }
            .compactMap { path in
                let parts = path.split(separator: "/")
                guard let digest = try? Digest(parsing: "\(parts[0]):\(parts[2])") else {
                    return "strange file \(path)"
                }
                // A collection may have removed it since it was listed.
                guard let bytes = FileManager.default.contents(atPath: "\(blobs)/\(path)") else { return nil }
                let found = Digest(hashing: bytes, algorithm: digest.algorithm)
                return found == digest ? nil : "\(path) has \(bytes.count) bytes of digest \(found)"
            }
    }

    private static func databaseFaults(_ storage: String) async throws -> [String] {
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=20)
            for check in "integrity_check", "foreign_key_check":
                for row in database.execute("PRAGMA " + check):
                    if row != ("ok",): print(row)
            """
        let result = try await Tool.run(["python3", "-c", script, storage + "/berth.sqlite"]).orThrow()
        return result.output.split(separator: "\n").map(String.init)
    }
}
