import BerthAccess
import BerthCatalog
import BerthDatabase
import BerthOCI
import Foundation
import Testing

@Suite struct RepositoryTests {
    @Test("an organization is found by name and listed by name, all or those of an account")
    func organizations() async throws {
        let world = try await World()
        try await world.catalog.write { catalog throws in
            let other = try catalog.insertOrganization(
                OrganizationName(parsing: "alpha"), account: world.guest.id, by: Creator(id: nil, name: "operator"),
                now: World.start)
            #expect(try catalog.read.organization(named: world.team.name) == world.team)
            #expect(try catalog.read.organizations() == [other, world.team])
            #expect(try catalog.read.organizations(of: world.acme.id) == [world.team])
            #expect(other.accountName == world.guest.name)
        }
        await #expect(throws: CatalogError.conflict(.organization)) {
            try await world.catalog.write {
                try $0.insertOrganization(
                    world.team.name, account: world.guest.id, by: Creator(id: nil, name: "operator"), now: World.start)
            }
        }
        await #expect(throws: CatalogError.missing(.account)) {
            try await world.catalog.write {
                try $0.insertOrganization(
                    OrganizationName(parsing: "beta"), account: AccountID(rawValue: "x"),
                    by: Creator(id: nil, name: "operator"), now: World.start)
            }
        }
    }

    @Test("an organization with a published repository stays; leftovers of broken pushes go with it")
    func removeOrganization() async throws {
        let world = try await World()
        let repository = try await world.repository()
        let leftover = try await world.repository("team/leftover", published: false)
        await #expect(throws: CatalogError.inUse(.organization)) {
            try await world.catalog.write { try $0.removeOrganization(world.team.id) }
        }
        try await world.catalog.write { catalog throws in
            #expect(try catalog.read.repository(id: leftover) != nil)
            try catalog.setPermission(.manage, of: world.dev.id, onOrganization: world.team.id)
            #expect(try catalog.removeRepository(repository))
            #expect(try catalog.removeOrganization(world.team.id))
            #expect(try !catalog.removeOrganization(world.team.id))
            #expect(try catalog.read.repository(id: leftover) == nil)
            let again = try catalog.insertOrganization(
                world.team.name, account: world.acme.id, by: Creator(id: nil, name: "operator"), now: World.start)
            #expect(again.id > world.team.id)
            #expect(try catalog.read.organizationPermissions(of: again.id) == [])
        }
    }

    @Test("a new repository is private and in no list until it is published")
    func publish() async throws {
        let world = try await World()
        let id = try await world.repository(published: false)
        let later = World.start.addingTimeInterval(60)
        try await world.catalog.write { catalog throws in
            let made = try #require(try catalog.read.repository(named: name("team/app")))
            #expect(made.id == id && !made.isPublic && !made.isPublished)
            #expect(made.description == "" && made.category == "other" && made.createdAt == World.start)
            #expect(made.owner == world.acme.id && made.ownerHomeRegion == r1 && made.ownerName == world.acme.name)
            #expect(made.access == Access.Repository(owner: world.acme.id, ownerHomeRegion: r1, isPublic: false))
            #expect(try catalog.read.repositories() == [])
            for _ in 1...2 {
                try catalog.publishRepository(id, now: later)
                #expect(try catalog.read.usage(of: world.acme.id)?.repositories == 1)
            }
            let published = try #require(try catalog.read.repository(id: id))
            #expect(published.isPublished && published.updatedAt == later && published.createdAt == World.start)
            #expect(try catalog.read.repositories() == [published])
        }
    }

    @Test("a repository name is taken once and belongs to the organization that it begins with")
    func repositoryConflict() async throws {
        let world = try await World()
        _ = try await world.repository()
        await #expect(throws: CatalogError.conflict(.repository)) { try await world.repository() }
        await #expect(throws: CatalogError.missing(.organization)) { try await world.repository("other/app") }
    }

    @Test("repositories are paged by name in byte order, of all accounts or of one")
    func paging() async throws {
        let world = try await World()
        let names = ["team/a", "team/a-b", "team/a.b", "team/a/b", "team/a_b", "team/b"]
        for name in names.shuffled() { _ = try await world.repository(name) }
        try await world.catalog.read { catalog throws in
            var seen: [String] = []
            while true {
                let page = try catalog.repositories(of: world.acme.id, after: seen.last, limit: 2)
                guard !page.isEmpty else { break }
                #expect(page.count <= 2)
                seen += page.map(\.name.description)
            }
            #expect(seen == names)
            #expect(try catalog.repositories().map(\.name.description) == names)
            #expect(try catalog.repositories(of: world.guest.id) == [])
            #expect(try catalog.repositories(limit: 0) == [])
            #expect(try catalog.repositories(limit: -1) == [])
        }
    }

    @Test("an update changes what it names and nothing else")
    func update() async throws {
        let world = try await World()
        let id = try await world.repository()
        let later = World.start.addingTimeInterval(1)
        try await world.catalog.write { catalog throws in
            try catalog.updateRepository(id, isPublic: true, now: later)
            try catalog.updateRepository(id, description: "it's “quoted”", now: later)
            try catalog.updateRepository(id, category: "linux", now: later)
            let changed = try #require(try catalog.read.repository(id: id))
            #expect(changed.isPublic && changed.description == "it's “quoted”" && changed.category == "linux")
            #expect(changed.updatedAt == later && changed.createdAt == World.start)
            try catalog.updateRepository(id, isPublic: false, description: "", now: later)
            let again = try #require(try catalog.read.repository(id: id))
            #expect(!again.isPublic && again.description == "" && again.category == "linux")
        }
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write { try $0.updateRepository(RepositoryID(rawValue: 99), now: later) }
        }
    }

    @Test("removing a repository removes all in it, and one of the same name later is another one without shares")
    func cascade() async throws {
        let world = try await World()
        let id = try await world.repository()
        let image = try Sample.image(1, config: 10, layers: [11], subject: 3)
        let index = try Sample.index(2, children: [1])
        try await world.catalog.write { catalog throws in
            for blob in [10, 11] { try catalog.push(blob: blob, to: id) }
            try catalog.push(image, tags: ["v1"], to: id)
            try catalog.push(index, tags: ["latest"], to: id)
            try catalog.setPermission(.read, of: world.dev.id, onRepository: id)
            try catalog.upsertShare(
                of: id, with: world.guest.id, deadline: .forever, description: "", by: Creator(id: nil, name: "x"),
                now: World.start)
            try catalog.insertUpload(
                UploadRecord(
                    id: "u", repository: id, creator: world.dev.id, algorithm: .sha512, startedAt: World.start))
            #expect(try catalog.removeRepository(id))
            #expect(try !catalog.removeRepository(id))
        }
        for count in [
            try await world.count("SELECT COUNT(*) AS n FROM repository_permissions"),
            try await world.count("SELECT COUNT(*) AS n FROM shares"),
            try await world.count("SELECT COUNT(*) AS n FROM uploads"),
            try await world.count("SELECT COUNT(*) AS n FROM repository_blobs"),
            try await world.count("SELECT COUNT(*) AS n FROM manifests"),
            try await world.count("SELECT COUNT(*) AS n FROM manifest_blobs"),
            try await world.count("SELECT COUNT(*) AS n FROM manifest_children"),
            try await world.count("SELECT COUNT(*) AS n FROM tags"),
        ] {
            #expect(count == 0)
        }
        #expect(try await world.count("SELECT COUNT(*) AS n FROM blobs") == 2)
        let again = try await world.repository()
        #expect(again > id)
        try await world.catalog.read { catalog throws in
            #expect(try catalog.shares(of: again) == [])
            #expect(try catalog.repositoryPermissions(of: again) == [])
            #expect(try catalog.blobSize(digest(10), in: again) == nil)
            #expect(try catalog.manifest(.tag(tag("v1")), in: again) == nil)
        }
    }

    @Test("contents count each stored blob that a manifest refers to once, and manifests")
    func contents() async throws {
        let world = try await World()
        let id = try await world.repository()
        let other = try await world.repository("team/other")
        let first = try Sample.image(1, config: 10, layers: [100, 1000])
        let second = try Sample.image(2, config: 20, layers: [100, 999_999])
        try await world.catalog.write { catalog throws in
            for blob in [10, 20, 100, 1000, 5000] { try catalog.push(blob: blob, to: id) }
            try catalog.push(blob: 1000, to: other)
            try catalog.push(first, tags: ["a", "b"], to: id)
            try catalog.push(second, to: id)
            let contents = try catalog.read.contents(of: id)
            #expect(contents.tags == 2)
            #expect(contents.size == Int64(10 + 20 + 100 + 1000 + first.bytes.count + second.bytes.count))
            #expect(try catalog.read.contents(of: other) == RepositoryContents(tags: 0, size: 0))
            #expect(
                try catalog.read.counts()
                    == CatalogCounts(
                        accounts: 2, users: 2, organizations: 1, repositories: 2, manifests: 2, tags: 2, shares: 0,
                        uploads: 0, blobs: 5, blobBytes: 6130))
        }
    }

    @Test("permissions are set, raised, lowered, listed and removed")
    func permissions() async throws {
        let world = try await World()
        let id = try await world.repository()
        try await world.catalog.write { catalog throws in
            try catalog.setPermission(.read, of: world.dev.id, onOrganization: world.team.id)
            try catalog.setPermission(.manage, of: world.admin.id, onOrganization: world.team.id)
            try catalog.setPermission(.manage, of: world.dev.id, onRepository: id)
            try catalog.setPermission(.write, of: world.dev.id, onRepository: id)
            func given(_ repository: RepositoryID?) throws -> [Permission] {
                try catalog.read.permissions(of: world.dev.id, organization: world.team.id, repository: repository)
            }
            #expect(try given(id) == [.read, .write])
            #expect(try given(nil) == [.read])
            #expect(
                try catalog.read.organizationPermissions(of: world.team.id).map { "\($0.user) \($0.permission)" }
                    == ["acme/acme manage", "acme/dev read"])
            #expect(
                try catalog.read.repositoryPermissions(of: id)
                    == [PermissionRecord(userID: world.dev.id, user: world.dev.qualifiedName, permission: .write)])
            #expect(try catalog.removePermission(of: world.dev.id, onOrganization: world.team.id))
            #expect(try !catalog.removePermission(of: world.dev.id, onOrganization: world.team.id))
            #expect(try given(id) == [.write])
            #expect(try catalog.removePermission(of: world.dev.id, onRepository: id))
            #expect(try !catalog.removePermission(of: world.dev.id, onRepository: id))
            #expect(try given(id) == [])
        }
        await #expect(throws: CatalogError.missing(.repository)) {
            try await world.catalog.write {
                try $0.setPermission(.read, of: world.dev.id, onRepository: RepositoryID(rawValue: 99))
            }
        }
        await #expect(throws: CatalogError.missing(.organization)) {
            try await world.catalog.write {
                try $0.setPermission(.read, of: UserID(rawValue: "x"), onOrganization: world.team.id)
            }
        }
    }
}
