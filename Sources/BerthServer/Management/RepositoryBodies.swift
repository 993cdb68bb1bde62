import BerthAccess
import BerthCatalog
import BerthOCI
import BerthRegistry

/// A repository as its detail tells it.
struct RepositoryBody: Encodable {
    let id: Int64
    let nsId: Int64
    let name: String
    let category: String
    let description: String
    let creatorId: String
    let creatorName: String
    let size: Int64
    let isPublic: Bool
    let numImages: Int
    let numDownload: Int64
    let url = ""
    let path: String
    let internalPath: String
    let created: ManagementTime
    let updated: ManagementTime
    let domainId: String
    let priority = 0

    /// - Parameter account: Whose user reads it: who made a repository is told to users of its owner alone.
    init(_ repository: Repository, to account: AccountName, registryHost: String) {
        id = repository.id.rawValue
        nsId = repository.organization.rawValue
        name = String(repository.name.name)
        category = repository.category.rawValue
        description = repository.description
        let isOwner = account == repository.owner
        creatorId = isOwner ? repository.creator.id?.rawValue ?? "" : ""
        creatorName = isOwner ? repository.creator.userName(of: repository.owner) : repository.owner.description
        size = repository.size
        isPublic = repository.isPublic
        numImages = repository.tags
        numDownload = repository.pulls
        path = "\(registryHost)/\(repository.name)"
        internalPath = path
        created = ManagementTime(repository.createdAt)
        updated = ManagementTime(repository.updatedAt)
        domainId = repository.ownerID.rawValue
    }
}

/// A repository as the lists of version 2 tell it.
struct ListedRepositoryBody: Encodable {
    let name: String
    let category: String
    let description: String
    let size: Int64
    let isPublic: Bool
    let numImages: Int
    let numDownload: Int64
    let createdAt: ManagementTime
    let updatedAt: ManagementTime
    let logo = ""
    let url = ""
    let path: String
    let internalPath: String
    let domainName: String
    let namespace: String
    let tags: [String]
    let status: Bool
    let totalRange: Int

    init(
        _ repository: Repository, tags: [TagName], status: Bool = false, total: Int, registryHost: String
    ) {
        name = String(repository.name.name)
        category = repository.category.rawValue
        description = repository.description
        size = repository.size
        isPublic = repository.isPublic
        numImages = repository.tags
        numDownload = repository.pulls
        createdAt = ManagementTime(repository.createdAt)
        updatedAt = ManagementTime(repository.updatedAt)
        path = "\(registryHost)/\(repository.name)"
        internalPath = path
        domainName = repository.owner.description
        namespace = String(repository.name.organization)
        self.tags = tags.map(\.description)
        self.status = status
        totalRange = total
    }
}

/// A page of a list of version 3.
struct MarkedRepositoriesBody: Encodable {
    let repos: [MarkedRepositoryBody]
    /// Absent on the last page.
    let nextMarker: Int64?
}

/// A repository as the lists of version 3 tell it.
struct MarkedRepositoryBody: Encodable {
    let id: Int64
    let name: String
    let category: String
    let description: String
    let size: Int64
    let isPublic: Bool
    let numImages: Int
    let numDownload: Int64
    let createdAt: ManagementTime
    let updatedAt: ManagementTime
    let domainName: String
    let namespaceName: String
    /// Whether a share is effective; `nil` where the list is not of shares.
    let status: Bool?

    enum CodingKeys: String, CodingKey {
        case id, name, category, description, size, status
        case isPublic = "is_public"
        case numImages = "num_images"
        case numDownload = "num_download"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case domainName = "domain_name"
        case namespaceName = "namespace_name"
    }

    init(_ repository: Repository, status: Bool?) {
        id = repository.id.rawValue
        name = String(repository.name.name)
        category = repository.category.rawValue
        description = repository.description
        size = repository.size
        isPublic = repository.isPublic
        numImages = repository.tags
        numDownload = repository.pulls
        createdAt = ManagementTime(repository.createdAt)
        updatedAt = ManagementTime(repository.updatedAt)
        domainName = repository.owner.description
        namespaceName = String(repository.name.organization)
        self.status = status
    }
}
