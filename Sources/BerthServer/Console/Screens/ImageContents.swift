import BerthOCI
import BerthRegistry

/// What one image is made of, as the detail of its tag shows it. All lists have an end, so that a page stays short.
struct ImageContents: Sendable {
    struct Layer: Sendable {
        let digest: ShownDigest
        let command: String
        let size: String
    }

    struct Fact: Sendable {
        let name: String
        let values: [String]
    }

    struct Step: Sendable {
        let created: Moment?
        let command: String
        let hasLayer: Bool
    }

    /// Which image it is, where there are several.
    let platform: String?
    let layers: [Layer]
    let moreLayers: String?
    let settings: [Fact]
    let history: [Step]
    let moreSteps: String?

    /// How many layers and steps are shown.
    private static let shownRows = 40
    /// How many values of a list are shown.
    private static let shownValues = 32

    init(
        _ contents: ImageDescription.Contents, of platform: String?, _ room: inout TextRoom, _ texts: Texts
    ) {
        let config = contents.config
        let (layers, history) = (contents.manifest.layers, config?.history ?? [])
        func more(_ count: Int) -> String? {
            count > Self.shownRows ? texts("tag.more", ["count": Figures.count(count - Self.shownRows)]) : nil
        }
        self.platform = platform
        let commands = history.filter { !$0.isEmptyLayer }.map(\.command)
        self.layers = layers.prefix(Self.shownRows).enumerated().map { index, layer in
            Layer(
                digest: ShownDigest(layer.digest),
                command: commands.count == layers.count ? room.fit(commands[index]) : "",
                size: SizeText.text(of: layer.size))
        }
        moreLayers = more(layers.count)
        settings = config.map { Self.settings(of: $0, &room, texts) } ?? []
        self.history = history.prefix(Self.shownRows).map { step in
            Step(
                created: step.created.flatMap(Moment.init(rfc3339:)), command: room.fit(step.command),
                hasLayer: !step.isEmptyLayer)
        }
        moreSteps = more(history.count)
    }

    /// Annotations and the like, one value each.
    static func facts(_ pairs: [(key: String, value: String)], _ room: inout TextRoom) -> [Fact] {
        pairs.prefix(shownValues).map { Fact(name: room.fit($0.key), values: [room.fit($0.value)]) }
    }

    private static func settings(of config: ImageConfig, _ room: inout TextRoom, _ texts: Texts) -> [Fact] {
        func one(_ value: String?) -> [String] { [value].compactMap(\.self) }
        let labels = config.labels.map { "\($0.name)=\($0.value)" }
        let all: [(word: String, values: [String])] = [
            ("platform", one(config.platform?.description)), ("created", one(config.created)),
            ("author", one(config.author)), ("entrypoint", one(line(config.entrypoint))),
            ("command", one(line(config.command))), ("directory", one(config.workingDirectory)),
            ("user", one(config.user)), ("ports", config.ports), ("volumes", config.volumes),
            ("environment", config.environment), ("signal", one(config.stopSignal)), ("labels", labels),
        ]
        return all.filter { !$0.values.isEmpty }.map { word, values in
            Fact(name: texts["tag.config.\(word)"], values: values.prefix(shownValues).map { room.fit($0) })
        }
    }

    /// The arguments of a process in one line, those with spaces in quotation marks.
    private static func line(_ arguments: [String]) -> String? {
        guard !arguments.isEmpty else { return nil }
        return arguments.map { $0.contains(" ") || $0.isEmpty ? "\"\($0)\"" : $0 }.joined(separator: " ")
    }
}
