import BerthOCI
import BerthTestSupport
import Foundation
import Testing

@Suite struct GarbageTests {
    @Test("gc removes what its dry run told, nothing younger than the grace and nothing in use")
    func collection() async throws {
        try await withSite { site in
            let (kept, gone) = (try SampleManifest.image("kept layer"), try SampleManifest.image("layer to go"))
            let stray = SampleBlob("a blob of no image")
            try await site.push(kept, to: "ships/ferry")
            try await site.push(gone, to: "ships/ferry", tag: "2")
            try await site.push(stray, to: "ships/ferry")
            // Shared bytes: one of the layers is in use elsewhere.
            let shared = try #require(gone.blobs.last)
            try await site.push(
                SampleManifest(bytes: gone.bytes, mediaType: gone.mediaType, blobs: gone.blobs), to: "ships/tug")
            let delete = try await site.send("DELETE", "/v2/ships/ferry/manifests/\(gone.digest)", as: site.acme)
            #expect(delete.status == 202)

            let young = try await site.json("gc")
            #expect(young["deleted_blobs"] == .integer(0))
            let dry = try await site.json("gc", "--grace", "0s", "--dry-run")
            #expect(site.installation.hasFile(of: stray.digest))
            let real = try await site.json("gc", "--grace", "0s")
            #expect(dry == real && real["deleted_blobs"] == .integer(1))
            #expect(real["freed_bytes"] == .integer(Int64(stray.bytes.count)))
            #expect(!site.installation.hasFile(of: stray.digest))
            // What the other repository holds stays there, and is no longer in this one.
            #expect(site.installation.hasFile(of: shared.digest))
            let path = "blobs/\(shared.digest)"
            #expect(try await site.send("GET", "/v2/ships/tug/\(path)", as: site.acme).body == shared.bytes)
            #expect(try await site.send("GET", "/v2/ships/ferry/\(path)", as: site.acme).status == 404)

            try await site.done("repo", "remove", "ships/tug")
            let (dryAgain, again) = (
                try await site.json("gc", "--grace", "0s", "--dry-run"), try await site.json("gc", "--grace", "0s")
            )
            #expect(dryAgain == again && again["deleted_blobs"] == .integer(2))
            #expect(try await site.done("gc", "--grace", "0s") == "Removed 0 blobs, 0 B.")
            for blob in kept.blobs {
                #expect(
                    try await site.send("GET", "/v2/ships/ferry/blobs/\(blob.digest)", as: site.acme).body == blob.bytes
                )
            }
            #expect(try await site.json("verify")["damaged"] == .list([]))
        }
    }
}

@Suite struct VerifyTests {
    @Test("a sound registry verifies clean, with every blob checked")
    func clean() async throws {
        try await withSite { site in
            let image = try SampleManifest.image()
            try await site.push(image, to: "ships/ferry")
            let report = try await site.json("verify")
            #expect(report["checked_blobs"] == .integer(Int64(image.blobs.count)))
            #expect(report["damaged"] == .list([]) && report["orphans"] == .list([]))
            #expect(try await site.done("verify").hasSuffix("0 damaged, 0 orphans."))
        }
    }

    @Test(
        "a damaged blob is found and named once; repair removes the file, and the next push heals it",
        arguments: BerthInstallation.Damage.allCases)
    func damage(_ damage: BerthInstallation.Damage) async throws {
        try await withSite { site in
            let image = try SampleManifest.image("layer to damage")
            try await site.push(image, to: "ships/ferry")
            let blob = try #require(image.blobs.last)
            let path = "/v2/ships/ferry/blobs/\(blob.digest)"
            try site.installation.damage(blob.digest, damage)

            let found = try await site.berth("verify", "--json")
            #expect(found.status == 1 && found.errors.split(separator: "\n").count == 1)
            let damaged = try JSONValue(parsing: found.output)["damaged"].list
            #expect(damaged.count == 1 && damaged[0].text?.contains("\(blob.digest)") == true)
            #expect(try await site.berth("verify").said.contains("\(blob.digest)"))

            #expect(try await site.berth("verify", "--repair", "--json").status == 0)
            let aside = try FileManager.default.contentsOfDirectory(atPath: site.installation.storage + "/damaged")
            #expect(aside == ["sha256-\(blob.digest.hex)"])
            #expect(try await site.send("HEAD", path, as: site.acme).status == 404)
            #expect(try await site.send("GET", path, as: site.acme).status == 404)
            let missing = try await site.berth("verify")
            #expect(missing.status == 1 && missing.output.contains("missing"))
            let stillMissing = try await site.berth("verify", "--repair")
            #expect(stillMissing.status == 1)

            try await site.push(image, to: "ships/ferry")
            #expect(try await site.send("GET", path, as: site.acme).body == blob.bytes)
            #expect(try await site.berth("verify").status == 0)
        }
    }

    @Test("a file that nothing speaks of is an orphan, which repair hands to gc; a strange file is never touched")
    func orphans() async throws {
        try await withSite { site in
            try await site.push(try SampleManifest.image(), to: "ships/ferry")
            let orphan = SampleBlob("an orphan")
            let path = site.installation.path(of: orphan.digest)
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let files = FileManager.default
            try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
            #expect(
                files.createFile(atPath: path, contents: Data(orphan.bytes), attributes: [.posixPermissions: 0o444]))
            let strange = site.installation.storage + "/blobs/sha256/README"
            #expect(files.createFile(atPath: strange, contents: Data("hello".utf8)))

            let result = try await site.berth("verify", "--json").orThrow()
            let orphans = try JSONValue(parsing: result.output)["orphans"].list.compactMap(\.text)
            #expect(orphans.count == 2 && orphans.contains("\(orphan.digest)"))
            #expect(orphans.contains { $0.hasSuffix("README") })
            // Its bytes are nobody's to pull.
            let answer = try await site.send("GET", "/v2/ships/ferry/blobs/\(orphan.digest)", as: site.acme)
            #expect(answer.status == 404)

            try await site.done("verify", "--repair")
            #expect(try await site.json("gc", "--grace", "0s")["deleted_blobs"] == .integer(1))
            #expect(!files.fileExists(atPath: path) && files.fileExists(atPath: strange))
            try files.removeItem(atPath: strange)
            #expect(try await site.json("verify")["orphans"] == .list([]))
        }
    }
}

@Suite struct BackupTests {
    @Test("a backup that is made while serving is a registry with the same bytes, people and shares")
    func backup() async throws {
        try await withSite { site in
            let image = try SampleManifest.image("layer of the backup")
            try await site.push(image, to: "ships/ferry")
            try await site.done("share", "add", "ships/ferry", "--with", "globex", "--forever")
            let start = try await site.send("POST", "/v2/ships/ferry/blobs/uploads/", as: site.acme)
            #expect(start.status == 202)
            let token = try await site.token(for: site.globex, scope: "repository:ships/ferry:pull")

            let copy = try BerthInstallation()
            let report = try await site.json("backup", copy.storage)
            #expect(report["copied_blobs"] == .integer(Int64(image.blobs.count)))
            try FileManager.default.copyItem(atPath: site.installation.certs, toPath: copy.certs)
            // What comes after is not in it.
            try await site.push(try SampleManifest.image("later"), to: "ships/later")
            try await site.done("repo", "set", "ships/ferry", "--description", "later")

            try await withBerthProcess(in: copy) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                let pulled = try await site.send("GET", "/v2/ships/ferry/manifests/1", token: token)
                #expect(pulled.body == image.bytes)
                for blob in image.blobs {
                    let answer = try await site.send("GET", "/v2/ships/ferry/blobs/\(blob.digest)", as: site.globex)
                    #expect(answer.body == blob.bytes)
                }
                #expect(try await site.pull("ships/later", as: site.acme) == 404)
                #expect(try await site.json("repo", "show", "ships/ferry")["description"] == .text(""))
                let verified = try await site.json("verify")
                #expect(verified["damaged"] == .list([]) && verified["orphans"] == .list([]))
                try await site.push(try SampleManifest.image("onwards"), to: "ships/onwards")
            }
            #expect(try await site.pull("ships/later", as: site.acme) == 200)
        }
    }

    @Test(
        "R-24 a backup under load is restored to a registry that verifies clean, with all that was acknowledged before")
    func restoration() async throws {
        try await withSite { site in
            let image = try SampleManifest.image("layer of the backup")
            try await site.push(image, to: "ships/ferry")
            let backup = site.installation.directory + "/backup"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        for round in 0..<5 {
                            try await site.push(
                                try SampleManifest.image("\(number) \(round)"), to: "ships/fleet\(number)",
                                tag: "\(round)")
                        }
                    }
                }
                try await site.done("backup", backup)
                try await group.waitForAll()
            }

            let copy = try BerthInstallation()
            let report = try JSONValue(
                parsing: try await copy.run(["restore", backup, "--json"]).orThrow().output)
            #expect(
                report.shape == "{copied_blobs: integer, copied_bytes: integer, directory: text, missing: []}")
            try FileManager.default.copyItem(atPath: site.installation.certs, toPath: copy.certs)
            let verified = try JSONValue(parsing: try await copy.run(["verify", "--json"]).orThrow().output)
            #expect(verified["damaged"] == .list([]) && verified["orphans"] == .list([]))
            try await withBerthProcess(in: copy) { server in
                let site = Site(server: server, acme: site.acme, globex: site.globex)
                let status = try await site.pull("ships/ferry", as: site.acme)
                #expect(status == 200)
            }
        }
    }

    @Test("restore takes an empty directory and a backup, and says what else it was given")
    func restorationRefused() async throws {
        try await withSite { site in
            let backup = site.installation.directory + "/backup"
            try await site.done("backup", backup)
            let taken = try await site.berth("restore", backup).refusal()
            #expect(taken.contains("not empty") && taken.contains(site.installation.storage))
            let copy = try BerthInstallation()
            defer { copy.remove() }
            let nothing = try await copy.run(["restore", site.installation.certs])
            #expect(nothing.status == 1 && nothing.errors.contains("no backup"))
            #expect(!FileManager.default.fileExists(atPath: copy.storage))
        }
    }

    @Test("a directory that is not empty is refused and stays as it is")
    func notEmpty() async throws {
        try await withSite { site in
            let directory = site.installation.directory + "/copy"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try "mine".write(toFile: directory + "/file", atomically: true, encoding: .utf8)
            #expect(try await site.berth("backup", directory).refusal().contains(directory))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["file"])
        }
    }

    @Test("a blob that cannot be copied makes the backup fail, and is named")
    func missing() async throws {
        try await withSite { site in
            let image = try SampleManifest.image("layer to lose")
            try await site.push(image, to: "ships/ferry")
            let lost = try #require(image.blobs.last)
            try FileManager.default.removeItem(atPath: site.installation.path(of: lost.digest))
            let result = try await site.berth("backup", site.installation.directory + "/copy", "--json")
            #expect(result.status == 1 && result.errors.split(separator: "\n").count == 1)
            #expect(try JSONValue(parsing: result.output)["missing"] == .list([.text("\(lost.digest)")]))
        }
    }
}
