import BerthOCI
import BerthRegistry
import Foundation

/// A failure that a command reports itself.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The sentence that an error is for a person.
func sentence(for error: any Error) -> String {
    switch error {
    case let error as RegistryError: error.message
    case AccessRefusal.unauthenticated(let reason): reason
    case let error as any CustomStringConvertible: error.description
    default: error.localizedDescription
    }
}
