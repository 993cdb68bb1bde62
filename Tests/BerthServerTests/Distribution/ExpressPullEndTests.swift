import BerthAccess
import BerthOCI
import BerthRegistry
import BerthTestBasics
import BerthTestSupport
import Foundation
import Testing

/// A change after which a pull that was answered from memory must be answered otherwise, or must go on.
enum PullChange: String, CaseIterable, Sendable {
    case shareRemoved, shareRemovedAndMadeAgain, sharePassed, userDisabled, passwordChanged, userRemoved, accountRemoved
    case permissionRemoved, permissionLowered, madePublic, madePrivate
    case tagMoved, tagDeleted, manifestDeleted, blobDeleted, repositoryRemoved, repositoryMadeAgain

    /// Who pulls.
    var persona: Scenario.Persona {
        switch self {
        case .shareRemoved, .shareRemovedAndMadeAgain, .sharePassed, .userDisabled, .passwordChanged, .accountRemoved:
            .receiver
        case .userRemoved: .receiverUser
        case .madePrivate: .stranger
        case .permissionLowered: .manager
        default: .reader
        }
    }

    /// The statuses afterwards, in the order of ``HotImage/Item``.
    var statuses: [Int] {
        switch self {
        case .userDisabled, .passwordChanged, .userRemoved, .accountRemoved: [401, 401, 401, 401]
        case .shareRemoved, .sharePassed, .permissionRemoved, .madePrivate, .repositoryRemoved: [404, 404, 404, 404]
        case .shareRemovedAndMadeAgain, .permissionLowered, .madePublic, .tagMoved: [200, 200, 200, 200]
        case .tagDeleted: [404, 200, 200, 200]
        case .manifestDeleted: [404, 404, 200, 200]
        case .blobDeleted: [200, 200, 200, 404]
        case .repositoryMadeAgain: [200, 404, 404, 404]
        }
    }

    /// What stands under the tag afterwards, where that is something else.
    static func newImage() throws -> SampleManifest { try SampleManifest.image("another layer") }

    /// Whether the tag names another image afterwards.
    var changesTag: Bool { self == .tagMoved || self == .repositoryMadeAgain }

    /// Makes what the pulls rest on before the change.
    func prepare(_ hot: HotImage) async throws {
        let name = try HotImage.name
        switch self {
        case .madePrivate:
            _ = try await hot.scenario.registry.updateRepository(name, isPublic: true, by: .dataOperator)
        case .sharePassed:
            let deadline = hot.scenario.server.clock.now.addingTimeInterval(3600)
            try await hot.scenario.share(HotImage.repository, until: .until(deadline))
        case _ where persona == .receiver || persona == .receiverUser:
            try await hot.scenario.share(HotImage.repository)
        default: break
        }
    }

    /// Makes the change at the server of `scenario`.
    func make(at scenario: Scenario, of hot: HotImage) async throws {
        let registry = scenario.registry
        let name = try HotImage.name
        let target = PermissionTarget.organization(try OrganizationName(parsing: "acme"))
        let receiver = try AccountReference(parsing: "bravo")
        let path = "/v2/\(HotImage.repository)"
        switch self {
        case .shareRemoved: try await registry.removeShare(of: name, with: receiver, by: .dataOperator)
        case .shareRemovedAndMadeAgain:
            try await registry.removeShare(of: name, with: receiver, by: .dataOperator)
            try await scenario.share(HotImage.repository)
        case .sharePassed: scenario.server.clock.advance(by: 60)
        case .userDisabled: try await registry.setDisabled(true, user: persona.qualifiedName(), by: .dataOperator)
        case .passwordChanged:
            try await registry.setPassword(
                Password(parsing: "another password"), of: persona.qualifiedName(), by: .dataOperator)
        case .userRemoved: try await registry.removeUser(persona.qualifiedName(), by: .dataOperator)
        case .accountRemoved:
            try await registry.removeOrganization(OrganizationName(parsing: "bravo"), by: .dataOperator)
            try await registry.removeAccount(receiver, by: .dataOperator)
        case .permissionRemoved:
            try await registry.removePermission(on: target, of: persona.qualifiedName(), by: .dataOperator)
        case .permissionLowered:
            _ = try await registry.setPermission(.read, on: target, of: persona.qualifiedName(), by: .dataOperator)
        case .madePublic, .madePrivate:
            _ = try await registry.updateRepository(name, isPublic: self == .madePublic, by: .dataOperator)
        case .tagMoved:
            try await scenario.push(Self.newImage(), to: HotImage.repository, tag: "v1").requiring(201)
        case .tagDeleted: try await scenario.send("DELETE", "\(path)/manifests/v1").requiring(202)
        case .manifestDeleted:
            try await scenario.send("DELETE", "\(path)/manifests/\(hot.image.digest)").requiring(202)
        case .blobDeleted: try await scenario.send("DELETE", "\(path)/blobs/\(hot.loose.digest)").requiring(202)
        case .repositoryRemoved: try await registry.removeRepository(name, by: .dataOperator)
        case .repositoryMadeAgain:
            try await registry.removeRepository(name, by: .dataOperator)
            try await scenario.push(Self.newImage(), to: HotImage.repository, tag: "v1").requiring(201)
        }
    }
}

@Suite("What ends pulls that are answered from memory")
struct ExpressPullEndTests {
    /// Runs a test on two servers on the same data, the second one as another process is to the first.
    static func withTwoServers(
        _ body: @escaping @Sendable (_ first: Scenario, _ second: Scenario) async throws -> Void
    ) async throws {
        let (directory, clock) = (try TemporaryDirectory(), ManualClock())
        try await withServer(clock: clock, directory: directory) { first in
            let scenario = try await Scenario(on: first)
            try await withServer(clock: clock, directory: directory) { second in
                try await body(scenario, Scenario(continuedOn: second))
            }
        }
    }

    @Test("a change counts at the very next request, whoever makes it", arguments: PullChange.allCases, [false, true])
    func change(change: PullChange, isMadeElsewhere: Bool) async throws {
        try await Self.withTwoServers { first, second in
            let hot = try await HotImage(in: first)
            try await change.prepare(hot)
            var token = try await hot.token(for: change.persona)
            if change == .sharePassed {
                // The token is to outlive the share, so that it is the share that ends.
                token = try await Self.shorten(hot, token)
            }
            try await hot.warm(token)
            try await change.make(at: isMadeElsewhere ? second : first, of: hot)
            for _ in 0..<2 {
                #expect(try await hot.statuses(by: token) == change.statuses)
                guard change.statuses[0] == 200 else { continue }
                let expected = change.changesTag ? try PullChange.newImage().bytes : hot.image.bytes
                #expect(try await hot.pull(.tag, by: token).body == expected)
            }
            for (item, status) in zip(HotImage.Item.allCases, change.statuses) {
                let head = try await hot.pull(item, by: token, method: "HEAD")
                #expect(head.status == status && head.body.isEmpty, "HEAD \(item)")
            }
        }
    }

    /// Lets the share end in a minute, after a token was given out that lives longer.
    private static func shorten(_ hot: HotImage, _ token: String) async throws -> String {
        _ = try await hot.scenario.registry.updateShare(
            of: HotImage.name, with: AccountReference(parsing: "bravo"),
            until: .until(hot.scenario.server.clock.now.addingTimeInterval(60)), by: .dataOperator)
        return token
    }

    @Test("a share is good up to its deadline and no longer, also in memory")
    func deadline() async throws {
        try await withScenario { scenario in
            let hot = try await HotImage(in: scenario)
            try await PullChange.sharePassed.prepare(hot)
            let token = try await Self.shorten(hot, try await hot.token(for: .receiver))
            try await hot.warm(token)
            try await hot.hideFromCatalog()
            scenario.server.clock.advance(by: 59)
            #expect(try await hot.statuses(by: token) == [200, 200, 200, 200])
            scenario.server.clock.advance(by: 1)
            #expect(try await hot.statuses(by: token) == [404, 404, 404, 404])
            // A clock that is set back brings nothing back.
            scenario.server.clock.advance(by: -30)
            #expect(try await hot.statuses(by: token) == [404, 404, 404, 404])
        }
    }

    @Test("what is refused after a change is refused as what does not exist", arguments: [false, true])
    func refusal(isMadeElsewhere: Bool) async throws {
        try await Self.withTwoServers { first, second in
            let hot = try await HotImage(in: first)
            try await first.share(HotImage.repository)
            let token = try await hot.token(for: .receiver)
            let none = try await first.token(for: .receiver, scope: "repository:acme/nix:pull")
            try await hot.warm(token)
            try await PullChange.shareRemoved.make(at: isMadeElsewhere ? second : first, of: hot)
            for item in HotImage.Item.allCases {
                let refused = SeenAnswer(try await hot.pull(item, by: token))
                let missing = SeenAnswer(
                    try await first.client.send(
                        "GET", hot.path(of: item).replacing("acme/app", with: "acme/nix"),
                        headers: [TestClient.bearer(none)]))
                #expect(refused.description.replacing("acme/app", with: "acme/nix") == missing.description)
            }
        }
    }

    @Test(
        "whoever is told that a tag has moved pulls the new image, however often it is pulled meanwhile",
        arguments: [false, true])
    func movingTag(isMovedElsewhere: Bool) async throws {
        try await Self.withTwoServers { first, second in
            let hot = try await HotImage(in: first)
            let token = try await hot.token(for: .reader)
            let images = [hot.image, try PullChange.newImage()]
            try await second.push(images[1], to: HotImage.repository).requiring(201)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await first.client.withConnection { connection in
                            while !Task.isCancelled {
                                let answer = try await connection.send(
                                    "GET", hot.path(of: .tag), headers: [TestClient.bearer(token)])
                                let found = images.first { $0.bytes == answer.body }
                                #expect(answer.status == 200 && found != nil)
                                #expect(answer.header("Docker-Content-Digest") == found?.digest.description)
                            }
                        }
                    }
                }
                for step in 1...30 {
                    let image = images[step % 2]
                    try await (isMovedElsewhere ? second : first).send(
                        "PUT", hot.path(of: .tag), headers: [("Content-Type", image.mediaType.rawValue)],
                        body: .bytes(image.bytes)
                    ).requiring(201)
                    for _ in 0..<3 { #expect(try await hot.pull(.tag, by: token).body == image.bytes, "\(step)") }
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
