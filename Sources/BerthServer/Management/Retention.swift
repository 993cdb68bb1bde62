import BerthHTTP
import BerthOCI
import BerthRegistry
import HTTPTypes
import Hummingbird

extension ManagementOperation {
    static let retention: [ManagementOperation] = [
        .init(
            "list_retention_histories", .get,
            "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions/histories"
        ) { try await $0.listRetentionHistory() },
        .init("create_retention", .post, "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions") {
            try await $0.createRetention()
        },
        .init("list_retentions", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions") {
            try await $0.listRetentions()
        },
        .init("show_retention", .get, "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions/{retention_id}")
        {
            try await $0.showRetention()
        },
        .init(
            "update_retention", .patch, "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions/{retention_id}"
        ) { try await $0.updateRetention() },
        .init(
            "delete_retention", .delete,
            "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions/{retention_id}"
        ) { try await $0.deleteRetention() },
    ]
}

extension ManagementExchange {
    fileprivate func createRetention() async throws -> Response {
        struct Created: Encodable {
            let id: Int64
        }
        let name = try repositoryName()
        let id = try await registry.addRetentionPolicy(try retentionRules(), to: name, by: actor)
        return try .management(Created(id: id), status: .created)
    }

    fileprivate func listRetentions() async throws -> Response {
        let policies = try await registry.retentionPolicies(of: try repositoryName(), by: actor)
        return try .management(policies.map(RetentionAnswer.init))
    }

    fileprivate func showRetention() async throws -> Response {
        let name = try repositoryName()
        let id = retentionID
        let policies = try await registry.retentionPolicies(of: name, by: actor)
        guard let policy = policies.first(where: { $0.id == id }) else {
            throw ManagementError(
                .notFound, .entryUnknown, "\(name) has no retention policy \(parameter("retention_id").prefix(100))")
        }
        return try .management(RetentionAnswer(policy))
    }

    fileprivate func updateRetention() async throws -> Response {
        let name = try repositoryName()
        try await registry.updateRetentionPolicy(retentionID, of: name, to: try retentionRules(), by: actor)
        return .management(.created)
    }

    fileprivate func deleteRetention() async throws -> Response {
        do {
            try await registry.removeRetentionPolicy(retentionID, of: try repositoryName(), by: actor)
        } catch let error as AdministrationError where error.code == .retentionUnknown {
            throw ManagementError(.badRequest, .retentionMissing, error.message)
        }
        return .management(.ok)
    }

    fileprivate func listRetentionHistory() async throws -> Response {
        let name = try repositoryName()
        let page = try ManagementQuery(try query(), keys: ["limit", "offset"]).page()
        let (removed, total) = try await registry.retentionHistory(
            of: name, offset: page.offset, limit: page.limit, by: actor)
        let answer = RetentionHistoryAnswer(
            retentionLog: try removed.map { try .init($0, in: name) }, total: total)
        return try .management(
            answer, headers: [.contentRange: page.contentRange(count: removed.count, total: total)])
    }

    /// The id that the path names; one that nothing has for what is no number.
    private var retentionID: Int64 { Int64(parameter("retention_id")) ?? -1 }

    private func retentionRules() throws -> RetentionRules {
        let request = try body(RetentionRequest.self)
        guard request.algorithm == "or" else {
            throw ManagementError(
                .badRequest, .invalidBody, "\(ParseFailure("algorithm", found: request.algorithm, expected: "or"))")
        }
        do throws(ParseFailure) {
            var rules: [RetentionRule] = []
            for rule in request.rules { rules.append(try rule.parsed()) }
            return try RetentionRules(rules)
        } catch {
            throw ManagementError(.badRequest, .invalidBody, "\(error)")
        }
    }
}

private struct RetentionRequest: Decodable {
    let algorithm: String
    let rules: [RetentionRuleBody]
}

/// A rule as this API writes it.
private struct RetentionRuleBody: Codable {
    struct Selector: Codable {
        let kind: String
        let pattern: String
    }
    struct Params: Codable {
        var days: DecimalText?
        var num: DecimalText?
    }

    let template: String
    let params: Params
    let tagSelectors: [Selector]

    init(_ rule: RetentionRule) {
        switch rule.keeps {
        case .days(let days):
            template = "date_rule"
            params = Params(days: DecimalText(text: "\(days)"))
        case .newest(let number):
            template = "tag_rule"
            params = Params(num: DecimalText(text: "\(number)"))
        }
        tagSelectors = rule.exempt.map { selector in
            switch selector {
            case .label(let label): Selector(kind: "label", pattern: label.description)
            case .pattern(let pattern): Selector(kind: "regexp", pattern: pattern.description)
            }
        }
    }

    func parsed() throws(ParseFailure) -> RetentionRule {
        let keeps: RetentionRule.Keeps
        switch template {
        case "date_rule": keeps = .days(try number(params.days, "days", "1 to 365"))
        case "tag_rule": keeps = .newest(try number(params.num, "num", "1 to 1000"))
        default: throw ParseFailure("template", found: template, expected: "date_rule or tag_rule")
        }
        var exempt: [TagSelector] = []
        for selector in tagSelectors { exempt.append(try selector.parsed()) }
        return try RetentionRule(keeps: keeps, exempt: exempt)
    }

    private func number(
        _ value: DecimalText?, _ name: String, _ range: String
    ) throws(ParseFailure) -> Int {
        let text = value?.text ?? ""
        let isDecimal = (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
        guard isDecimal, let number = Int(text) else {
            throw ParseFailure(name, found: text, expected: "a whole number from \(range) in params of \(template)")
        }
        return number
    }
}

extension RetentionRuleBody.Selector {
    func parsed() throws(ParseFailure) -> TagSelector {
        switch kind {
        case "label": .label(try TagLabel(parsing: pattern))
        case "regexp": .pattern(try TagPattern(parsing: pattern))
        default: throw ParseFailure("kind", found: kind, expected: "label or regexp")
        }
    }
}

/// A whole number that is sent as text or as number and answered as text.
private struct DecimalText: Codable {
    let text: String

    init(text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            text = "\(number)"
        } else {
            text = try container.decode(String.self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

private struct RetentionAnswer: Encodable {
    let algorithm = "or"
    let id: Int64
    let rules: [RetentionRuleBody]
    let scope = ""

    init(_ policy: RetentionPolicy) {
        id = policy.id
        rules = policy.rules.all.map(RetentionRuleBody.init)
    }
}

private struct RetentionHistoryAnswer: Encodable {
    struct Entry: Encodable {
        let createdAt: ManagementTime
        let id: Int64
        let namespace: String
        let repo: String
        let retentionId: Int64
        /// The rule, as JSON in a text.
        let ruleType: String
        let tag: String

        init(_ removed: RemovedTag, in repository: RepositoryName) throws {
            createdAt = ManagementTime(removed.removedAt)
            id = removed.id
            namespace = String(repository.organization)
            repo = String(repository.name)
            retentionId = removed.policy
            ruleType = String(
                decoding: try ManagementJSON.encode(RetentionRuleBody(removed.rule)), as: UTF8.self)
            tag = "\(removed.tag)"
        }
    }

    let retentionLog: [Entry]
    let total: Int
}
