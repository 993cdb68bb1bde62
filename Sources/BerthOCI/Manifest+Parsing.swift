extension Manifest {
    private static let names = JSONFields.Names(
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations",
        "fsLayers")

    /// Parses a manifest.
    ///
    /// - Parameters:
    ///   - contentType: The type that the client sent it as, without parameters. Without one the type is the one that
    ///     the body names, else what its fields make it: an index if it has `manifests`, an image if it has `config`.
    /// - Throws: `MANIFEST_INVALID` for anything that is not one of ``acceptedMediaTypes``, complete and unambiguous;
    ///   `SIZE_INVALID` with status 413 for more than ``maximumSize`` bytes.
    package init(parsing bytes: some Collection<UInt8> & Sendable, contentType: MediaType?) throws(RegistryError) {
        guard bytes.count <= Self.maximumSize else {
            throw RegistryError(
                .sizeInvalid, "a manifest may have at most \(Self.maximumSize) bytes, this one has \(bytes.count)",
                status: 413)
        }
        let sentType = contentType.flatMap { $0.rawValue.isEmpty ? nil : $0 }
        if let sentType { try Self.checkAccepted(sentType) }
        let document: JSONDocument
        do {
            document = try StrictJSON.parse(bytes)
        } catch {
            throw .manifestInvalid("a manifest must be JSON: \(error)")
        }
        let fields = try JSONFields(document.root, Self.names, at: "")
        try Self.checkSchemaVersion(fields)
        let mediaType = try Self.decideMediaType(sentType, fields)
        let kind = try Self.checkAccepted(mediaType)

        self.mediaType = mediaType
        self.kind = kind
        self.annotations = try fields.annotations("annotations") ?? [:]
        if let subject = fields["subject"] {
            self.subject = try Descriptor(reading: subject, at: "subject")
        } else {
            self.subject = nil
        }
        let artifactType = try fields.mediaType("artifactType")
        switch kind {
        case .image:
            try Self.refuse(["manifests"], in: fields, of: mediaType)
            guard let config = fields["config"] else {
                throw .manifestInvalid("config is missing: expected a descriptor")
            }
            let configDescriptor = try Descriptor(reading: config, at: "config")
            self.config = configDescriptor
            self.layers = try Self.descriptors("layers", fields)
            self.children = []
            self.artifactType = artifactType ?? configDescriptor.mediaType
        case .index:
            try Self.refuse(["config", "layers"], in: fields, of: mediaType)
            self.config = nil
            self.layers = []
            self.children = try Self.descriptors("manifests", fields)
            self.artifactType = artifactType
        }
        try Self.checkSizesAgree([config, subject].compactMap(\.self) + layers + children)
    }

    /// - Returns: What a manifest of the type is.
    @discardableResult
    private static func checkAccepted(_ mediaType: MediaType) throws(RegistryError) -> Kind {
        if let kind = mediaType.manifestKind { return kind }
        if mediaType == .dockerSchema1 || mediaType == .dockerSignedSchema1 { throw schema1 }
        let failure = ParseFailure(
            "manifest type", found: mediaType.rawValue,
            expected: "one of " + acceptedMediaTypes.map(\.rawValue).joined(separator: ", "))
        throw .manifestInvalid(failure.description)
    }

    private static func checkSchemaVersion(_ fields: JSONFields) throws(RegistryError) {
        let version = fields["schemaVersion"]?.integer
        guard version != 1, fields["fsLayers"] == nil else { throw schema1 }
        guard version == 2 else {
            let found = fields["schemaVersion"] == nil ? "missing" : "another value"
            throw .manifestInvalid("schemaVersion is \(found): expected 2")
        }
    }

    private static var schema1: RegistryError {
        .manifestInvalid(
            "this is a Docker image manifest of schema 1, which is no longer supported: push again with a newer client")
    }

    /// Settles what the manifest is from the type it was sent as and the one that its body names.
    private static func decideMediaType(
        _ sentType: MediaType?, _ fields: JSONFields
    ) throws(RegistryError) -> MediaType {
        let namedType = try fields.mediaType("mediaType")
        switch (sentType, namedType) {
        case (let sent?, let named?):
            guard sent == named else {
                throw .manifestInvalid(
                    "the manifest was sent as \(sent), but its mediaType is \(named): expected the same")
            }
            return sent
        case (let sent?, nil):
            guard sent == .ociManifest || sent == .ociIndex else {
                throw .manifestInvalid("mediaType is missing: expected \(sent)")
            }
            return sent
        case (nil, let named?): return named
        case (nil, nil):
            if fields["manifests"] != nil { return .ociIndex }
            if fields["config"] != nil { return .ociManifest }
            throw .manifestInvalid(
                "the manifest's type is unknown: expected a Content-Type, a mediaType, or config or manifests")
        }
    }

    private static func refuse(
        _ names: [String], in fields: JSONFields, of mediaType: MediaType
    ) throws(RegistryError) {
        for name in names where fields[name] != nil {
            throw .manifestInvalid("\(name) does not belong in a manifest of type \(mediaType)")
        }
    }

    /// Reads a list of descriptors that must be there; `null` is an empty one, as Go programs write it.
    private static func descriptors(_ name: String, _ fields: JSONFields) throws(RegistryError) -> [Descriptor] {
        guard fields.names(name) else {
            throw .manifestInvalid("\(name) is missing: expected an array, empty at least")
        }
        var descriptors: [Descriptor] = []
        for element in try fields.elements(name, atMost: maximumDescriptors) ?? [] {
            descriptors.append(try Descriptor(reading: element, at: "\(name)[\(descriptors.count)]"))
        }
        return descriptors
    }

    /// One digest has one size, so that checking each digest once checks every descriptor.
    private static func checkSizesAgree(_ descriptors: [Descriptor]) throws(RegistryError) {
        var sizes: [Digest: Int64] = [:]
        for descriptor in descriptors {
            let known = sizes.updateValue(descriptor.size, forKey: descriptor.digest)
            guard known == nil || known == descriptor.size else {
                throw .manifestInvalid("the manifest gives \(descriptor.digest) two different sizes")
            }
        }
    }
}
