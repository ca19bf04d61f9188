// Where and as whom a client calls.
public import Foundation

public struct AWSConfiguration: Sendable {
  /// `eu-central-1`: part of the address and of each signature.
  public var region: String
  /// In place of AWS's own address: `http://127.0.0.1:8000` for an emulator, a VPC endpoint's URL. No path.
  public var endpoint: String?
  public var credentials: CredentialSource

  public init(region: String, endpoint: String? = nil, credentials: CredentialSource) {
    self.region = region
    self.endpoint = endpoint
    self.credentials = credentials
  }

  /// As the environment says: `AWS_REGION` or `AWS_DEFAULT_REGION`, and what `CredentialSource` reads. What is given here goes first.
  public init(
    region: String? = nil, endpoint: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(AWSError) {
    guard let region = region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"], !region.isEmpty else {
      throw .notSent("no region: set AWS_REGION, or name it with the store")
    }
    guard region.wholeMatch(of: #/[a-z0-9\-]{1,32}/#) != nil else { throw .notSent("'\(region)' is no region") }
    guard let credentials = try CredentialSource.from(environment, region: region) else {
      throw .notSent(
        "no credentials: the environment has neither AWS_ACCESS_KEY_ID, nor AWS_WEB_IDENTITY_TOKEN_FILE, nor AWS_CONTAINER_CREDENTIALS_FULL_URI"
      )
    }
    self.init(region: region, endpoint: endpoint, credentials: credentials)
  }
}
