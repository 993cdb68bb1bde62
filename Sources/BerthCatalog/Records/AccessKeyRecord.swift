import BerthAccess
import Foundation

/// An access key as it is stored; its secret is sealed and opens only with the key in the certificates' directory.
package struct AccessKeyRecord: Sendable, Hashable {
    package let accessKey: String
    package let user: UserID
    package let sealedSecret: [UInt8]
    package let isDisabled: Bool
    package let createdAt: Date

    package init(accessKey: String, user: UserID, sealedSecret: [UInt8], isDisabled: Bool, createdAt: Date) {
        self.accessKey = accessKey
        self.user = user
        self.sealedSecret = sealedSecret
        self.isDisabled = isDisabled
        self.createdAt = createdAt
    }
}
