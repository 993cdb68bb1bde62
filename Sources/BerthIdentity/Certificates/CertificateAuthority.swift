import Crypto
import Foundation
import SwiftASN1
import X509

/// An authority that issues server certificates: its own certificate, and the key that signs for it.
struct CertificateAuthority {
    let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// Makes a new authority, with a name of its own so that clients never mix it up with one before.
    ///
    /// - Returns: The authority, and its key as PEM, to be stored.
    static func make(from start: Date, until end: Date) throws -> (authority: CertificateAuthority, keyPEM: String) {
        let signing = P256.Signing.PrivateKey()
        let key = Certificate.PrivateKey(signing)
        let identifier = SubjectKeyIdentifier(hash: key.publicKey)
        let mark = identifier.keyIdentifier.prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let name = try DistinguishedName { CommonName("Berth authority \(mark.joined())") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: start, notValidAfter: end, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                identifier
            },
            issuerPrivateKey: key)
        return (CertificateAuthority(certificate: certificate, key: key), signing.pemRepresentation)
    }

    private init(certificate: Certificate, key: Certificate.PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads an authority back.
    ///
    /// - Throws: ``IdentityError`` `authority`, a sentence that begins with `path`, when the two are damaged, do not
    ///   belong together, may not issue, or have ended.
    init(certificatePEM: String, keyPEM: String, path: String, now: Date) throws {
        guard let certificate = try? Certificate(pemEncoded: certificatePEM),
            let key = try? Certificate.PrivateKey(pemEncoded: keyPEM), key.publicKey == certificate.publicKey
        else {
            throw Self.unusable(path, "it or its key is damaged, or they do not belong together")
        }
        guard let constraints = try? certificate.extensions.basicConstraints,
            case .isCertificateAuthority = constraints
        else {
            throw Self.unusable(path, "it is not the certificate of an authority")
        }
        guard now < certificate.notValidAfter else { throw Self.unusable(path, "it has ended") }
        self.init(certificate: certificate, key: key)
    }

    /// Issues a certificate for servers on `hosts`.
    func issue(
        to hosts: [CertificateHost], key serverKey: P256.Signing.PublicKey, from start: Date, until end: Date
    ) throws -> Certificate {
        let publicKey = Certificate.PublicKey(serverKey)
        let issuer =
            (try? certificate.extensions.subjectKeyIdentifier) ?? SubjectKeyIdentifier(hash: certificate.publicKey)
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: start, notValidAfter: min(end, certificate.notValidAfter),
            issuer: certificate.subject,
            // A common name has at most 64 characters; what counts is in the alternative names.
            subject: try DistinguishedName { CommonName(String((hosts.first?.text ?? "berth").prefix(64))) },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map(\.generalName))
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: issuer.keyIdentifier)
            },
            issuerPrivateKey: key)
    }

    private static func unusable(_ path: String, _ reason: String) -> IdentityError {
        IdentityError(
            .authority,
            "\(path) cannot issue certificates: \(reason); remove ca.crt and ca.key to make a new authority")
    }
}

extension Certificate {
    /// PEM with a newline at its end, so that files can be joined.
    func pem() throws -> String {
        let text = try serializeAsPEM().pemString
        return text.hasSuffix("\n") ? text : text + "\n"
    }
}
