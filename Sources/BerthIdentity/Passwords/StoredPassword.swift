/// A password as it is kept: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, with salt and hash in unpadded base64.
///
/// The parameters are in the text, so that they can be raised later and older texts still verify.
struct StoredPassword: Sendable, CustomStringConvertible {
    /// The most memory that a text may ask for, in bytes: one from elsewhere must not bring the server down.
    static let maximumMemory = 256 * 1024 * 1024

    let parameters: PasswordHasher.Parameters
    let salt: [UInt8]
    let hash: [UInt8]

    init(parameters: PasswordHasher.Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Reads the text back; `nil` for any other text and for parameters out of bounds.
    init?(parsing text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let parameters = Self.parameters(parts[2]),
            let salt = [UInt8](unpaddedBase64: parts[3]), (8...64).contains(salt.count),
            let hash = [UInt8](unpaddedBase64: parts[4]), hash.count == PasswordHasher.hashLength
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    var description: String {
        "$scrypt$ln=\(parameters.log2Rounds),r=\(parameters.blockSize),p=\(parameters.parallelism)"
            + "$\(salt.unpaddedBase64)$\(hash.unpaddedBase64)"
    }

    private static func parameters(_ text: Substring) -> PasswordHasher.Parameters? {
        let values = text.split(separator: ",", omittingEmptySubsequences: false)
        guard values.count == 3,
            let log2Rounds = number(values[0], after: "ln="), (1...20).contains(log2Rounds),
            let blockSize = number(values[1], after: "r="), (1...32).contains(blockSize),
            let parallelism = number(values[2], after: "p="), (1...32).contains(parallelism),
            128 * blockSize * (1 << log2Rounds) <= maximumMemory
        else { return nil }
        return PasswordHasher.Parameters(
            log2Rounds: log2Rounds, blockSize: blockSize, parallelism: parallelism)
    }

    private static func number(_ text: Substring, after prefix: String) -> Int? {
        text.hasPrefix(prefix) ? Int(text.dropFirst(prefix.count)) : nil
    }
}
