import Foundation

extension Registry {
    /// Whether a directory holds the data of a registry, so that opening it makes nothing new.
    package static func holdsData(_ storage: String) -> Bool {
        FileManager.default.fileExists(atPath: storage + "/berth.sqlite")
    }
}
