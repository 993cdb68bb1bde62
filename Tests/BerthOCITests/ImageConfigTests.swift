import BerthTestBasics
import Testing

@testable import BerthOCI

@Suite("Configs of images")
struct ImageConfigTests {
    private func config(_ text: String) -> ImageConfig? { ImageConfig(parsing: Array(text.utf8)) }

    @Test("what an engine writes is read")
    func whole() throws {
        let read = try #require(
            config(
                """
                {"architecture": "arm64", "variant": "v8", "os": "linux", "created": "2026-06-18T08:12:44.5Z",
                "config": {"User": "app", "Env": ["A=1", "B=2"], "Entrypoint": ["/run"], "Cmd": ["a", "b c"],
                "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}, "Volumes": {"/data": {}}, "WorkingDir": "/srv",
                "StopSignal": "SIGTERM", "Labels": {"b": "2", "a": "1"}},
                "history": [{"created_by": "ADD x", "created": "2026-01-01T00:00:00Z"},
                {"created_by": "CMD y", "empty_layer": true}, {"comment": "imported"}]}
                """))
        #expect(read.platform?.description == "linux/arm64/v8" && read.created == "2026-06-18T08:12:44.5Z")
        #expect(read.user == "app" && read.workingDirectory == "/srv" && read.stopSignal == "SIGTERM")
        #expect(read.environment == ["A=1", "B=2"] && read.entrypoint == ["/run"] && read.command == ["a", "b c"])
        #expect(read.ports == ["443/tcp", "80/tcp"] && read.volumes == ["/data"])
        #expect(read.labels.map(\.name) == ["a", "b"] && read.labels.map(\.value) == ["1", "2"])
        #expect(read.history.map(\.command) == ["ADD x", "CMD y", "imported"])
        #expect(read.history.map(\.isEmptyLayer) == [false, true, false])
        #expect(read.history.map(\.created) == ["2026-01-01T00:00:00Z", nil, nil])
    }

    @Test("what is missing, null or of another type is passed over")
    func gaps() throws {
        for text in [
            "{}", #"{"os": 1, "architecture": null, "config": null, "history": null}"#,
            #"{"os": "linux", "config": {"Env": "A=1", "Cmd": {}, "Labels": [], "ExposedPorts": 4}, "history": [1]}"#,
            #"{"architecture": "amd64", "os": "", "config": [], "history": {}}"#,
        ] {
            let read = try #require(config(text), "\(text)")
            #expect(read.platform == nil && read.environment.isEmpty && read.command.isEmpty && read.history.isEmpty)
            #expect(read.labels.isEmpty && read.ports.isEmpty && read.user == nil)
        }
        #expect(config(#"{"config": {"Env": ["A=1", 2, null]}}"#)?.environment == ["A=1"])
    }

    @Test("what is no JSON object is no config, however it is wrong")
    func hostile() {
        let deep = String(repeating: "[", count: 100_000)
        for text in ["", "[]", "null", "\"x\"", "{", #"{"os": "a", "os": "b"}"#, deep, "{\"a\": \(deep)"] {
            #expect(config(text) == nil, "\(text.prefix(40))")
        }
        let large = "{\"a\": \"" + String(repeating: "x", count: Int(ImageConfig.maximumSize)) + "\"}"
        #expect(config(large) == nil)
    }
}
