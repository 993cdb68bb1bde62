/// What the config of an image says to people. Nothing else rests on it, so what is missing or malformed in it is passed
/// over.
///
/// OCI image-spec 1.1, config.md; Docker image specification 1.2.
package struct ImageConfig: Sendable {
    /// One step in which the image was made.
    package struct Step: Sendable, Equatable {
        /// RFC 3339, as it was written.
        package let created: String?
        package let command: String
        /// Whether it made no layer.
        package let isEmptyLayer: Bool
    }

    /// The largest config that is read, in bytes.
    package static let maximumSize: Int64 = 1024 * 1024

    /// What it runs on; `nil` where either half is missing.
    package let platform: Platform?
    /// RFC 3339, as it was written.
    package let created: String?
    package let author: String?
    package let user: String?
    package let workingDirectory: String?
    package let entrypoint: [String]
    package let command: [String]
    package let environment: [String]
    package let ports: [String]
    package let volumes: [String]
    package let stopSignal: String?
    /// In the order of their names.
    package let labels: [(name: String, value: String)]
    /// The oldest first.
    package let history: [Step]

    /// `nil` for what is no JSON object.
    package init?(parsing bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.maximumSize, let document = try? StrictJSON.parse(bytes),
            let members = document.root.object
        else { return nil }
        let settings = members["config"]?.object ?? [:]
        if let os = members["os"]?.filledText, let architecture = members["architecture"]?.filledText {
            platform = Platform(architecture: architecture, os: os, variant: members["variant"]?.filledText)
        } else {
            platform = nil
        }
        created = members["created"]?.filledText
        author = members["author"]?.filledText
        user = settings["User"]?.filledText
        workingDirectory = settings["WorkingDir"]?.filledText
        entrypoint = settings["Entrypoint"]?.texts ?? []
        command = settings["Cmd"]?.texts ?? []
        environment = settings["Env"]?.texts ?? []
        ports = settings["ExposedPorts"]?.object?.keys.sorted() ?? []
        volumes = settings["Volumes"]?.object?.keys.sorted() ?? []
        stopSignal = settings["StopSignal"]?.filledText
        labels = (settings["Labels"]?.object ?? [:]).compactMap { name, value in value.text.map { (name, $0) } }
            .sorted { $0.0 < $1.0 }
        history = (members["history"]?.elements ?? []).compactMap { step in
            guard let step = step.object else { return nil }
            return Step(
                created: step["created"]?.filledText,
                command: step["created_by"]?.filledText ?? step["comment"]?.filledText ?? "",
                isEmptyLayer: step["empty_layer"]?.isTrue ?? false)
        }
    }
}

extension JSONValue {
    /// The members of an object by name, which has each once; `nil` for any other value.
    fileprivate var object: [String: JSONValue]? {
        members.map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
    }

    /// The text of a string that is not empty.
    fileprivate var filledText: String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    /// The strings of an array.
    fileprivate var texts: [String]? { elements?.compactMap(\.text) }
}
