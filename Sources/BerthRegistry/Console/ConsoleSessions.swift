import BerthAccess
import BerthCatalog
import BerthIdentity
import Foundation
import Logging

/// Somebody who is signed in to the console.
package struct ConsoleSession: Sendable {
    package let caller: Caller
    package let user: QualifiedUserName
    package let account: AccountID
    /// Whether the user holds manage on all that its account owns.
    package let isAdmin: Bool
    fileprivate let secret: ConsoleSecret

    /// What forms of this session carry; nobody else can know it, and it tells nothing of the session's secret.
    package var formToken: String { secret.formToken }

    /// What shows that this session has made an address; nobody else can make it.
    package func proof(of address: String) -> String { secret.proof(of: address) }
}

extension Registry {
    /// How exactly it is known when a session was last used, which saves a write for each click.
    private static let useResolution: TimeInterval = 60

    /// Signs a user in to the console with its password.
    ///
    /// Access keys and temporary logins are for programs, and refused like a wrong password.
    ///
    /// - Returns: The secret of the session, 256 random bits, that the browser is to hold; it is nowhere else.
    /// - Throws: ``AccessRefusal/unauthenticated(_:)``, or TOOMANYREQUESTS.
    package func startConsoleSession(
        username: String, password: String, from origin: RequestOrigin
    ) async throws -> ConsoleSecret {
        let wrong = AccessRefusal.unauthenticated("the user name or the password is wrong")
        let user = try await notingWrongSignIn(as: username, from: origin) {
            guard !username.contains("@"),
                let user = try await userByPassword(username, password: password, from: origin)
            else { throw wrong }
            return user
        }
        let secret = ConsoleSecret()
        let now = now()
        let session = ConsoleSessionRecord(
            secretHash: secret.hash, user: user.id, credentialsVersion: user.credentialsVersion,
            startedAt: now, usedAt: now)
        let (oldest, idle) = (now - settings.consoleLifetime.seconds, now - settings.consoleIdle.seconds)
        try await catalog.record {
            try $0.insertConsoleSession(session, removingStartedBefore: oldest, unusedSince: idle)
        }
        noteSignIn(of: user.qualifiedName, from: origin)
        return secret
    }

    /// The session of that secret, if it is good now: not too old, not left alone for too long, and its user neither
    /// disabled nor given other credentials since.
    package func consoleSession(
        _ secret: ConsoleSecret, from origin: RequestOrigin
    ) async throws -> ConsoleSession? {
        let hash = secret.hash
        let now = now()
        let found = try await catalog.read { catalog -> (ConsoleSessionRecord, UserRecord)? in
            guard let session = try catalog.consoleSession(hash), let user = try catalog.user(id: session.user) else {
                return nil
            }
            return (session, user)
        }
        guard let (session, user) = found, !user.isDisabled, user.credentialsVersion == session.credentialsVersion,
            now < session.startedAt + settings.consoleLifetime.seconds,
            now < session.usedAt + settings.consoleIdle.seconds
        else { return nil }
        if now > session.usedAt + Self.useResolution {
            await noteUse(of: hash, at: now)
        }
        return ConsoleSession(
            caller: Caller(user).coming(from: origin), user: user.qualifiedName, account: user.account,
            isAdmin: user.isAdmin, secret: secret)
    }

    /// A session that cannot be written to goes on; it ends a little sooner at worst.
    private func noteUse(of hash: [UInt8], at now: Date) async {
        do {
            try await catalog.record { try $0.touchConsoleSession(hash, now: now) }
        } catch {
            logger.warning("the use of a session of the console could not be noted", metadata: ["error": "\(error)"])
        }
    }

    /// Ends a session at once; the browser's copy of the secret is worth nothing then.
    package func endConsoleSession(_ secret: ConsoleSecret) async throws {
        _ = try await catalog.record { try $0.removeConsoleSession(secret.hash) }
    }
}
