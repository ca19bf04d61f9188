// The public keys whose holders may vouch for end users, in force at this moment: out of a file, and read again as certificates are.
import Synchronization

/// Whose signatures under identities count. Several while one key takes another's place; free to share between loops.
///
/// The file holds one `BEGIN PUBLIC KEY` after another. To replace a key: add the new one and wait until every node has read it, let the
/// gateways sign with it, and take the old one out when the last identity that it signed has run out. A key that is taken out counts
/// for nothing from the next look on, also for identities that were checked before.
public final class IdentityKeys: Sendable {
  /// More are a mistake.
  public static let limit = 64

  public let path: String?
  private let inForce: Mutex<InForce>
  /// Held while the file is read, so that two readers do not overtake each other.
  private let looks: Mutex<FileLook>

  private struct InForce {
    var keys: [KeyID: VerifyingKey]
    var version = 0
  }

  public init(file path: String) throws(NetError) {
    self.path = path
    let state = FileState(of: path)
    inForce = Mutex(InForce(keys: try Self.read(path)))
    looks = Mutex(FileLook(taken: [state]))
  }

  /// Fixed ones.
  public init(_ keys: [VerifyingKey]) {
    path = nil
    inForce = Mutex(InForce(keys: Self.byID(keys)))
    looks = Mutex(FileLook(taken: []))
  }

  public func key(_ id: KeyID) -> VerifyingKey? { inForce.withLock { $0.keys[id] } }

  /// In the order of their bytes.
  public var ids: [KeyID] { inForce.withLock { $0.keys.keys.sorted { $0.value < $1.value } } }

  /// Grows with each change, for whoever remembers what a key has vouched for.
  public var version: Int { inForce.withLock { $0.version } }

  /// These from now on, where no file says which. Whoever remembers what the old ones vouched for looks at `version`.
  public func replace(_ keys: [VerifyingKey]) {
    precondition(path == nil, "the keys of \(path ?? "") are what the file says")
    inForce.withLock { now in
      now.keys = Self.byID(keys)
      now.version += 1
    }
  }

  // MARK: Reading again

  /// Reads the file now, changed or not.
  ///
  /// - Throws: when it cannot be used; the old keys stay in force.
  @discardableResult
  public func reload() throws(NetError) -> [TLSNews] {
    let news = looks.withLock { take(&$0, isAsked: true) }
    for case .refused(let error) in news { throw error }
    return news
  }

  /// Looks whether the file has changed, and takes it once it stands still from one look to the next; says only what is news.
  public func look() -> [TLSNews] { looks.withLock { take(&$0, isAsked: false) } }

  private func take(_ look: inout FileLook, isAsked: Bool) -> [TLSNews] {
    guard let path else { return [] }
    let state = FileState(of: path)
    guard look.sees([state]) || isAsked else {
      look.settleIfUnchanged([state])
      return []
    }
    do throws(NetError) {
      let keys = try Self.read(path)
      look.took([state])
      let isNew = inForce.withLock { now in
        guard now.keys != keys else { return false }
        now.keys = keys
        now.version += 1
        return true
      }
      return isNew ? [.identityKeys(ids.map(\.description).joined(separator: ", "))] : []
    } catch {
      return look.refused(error) || isAsked ? [.refused(error)] : []
    }
  }

  private static func read(_ path: String) throws(NetError) -> [KeyID: VerifyingKey] {
    let bytes: [UInt8]
    do throws(SmallFile.Unreadable) { bytes = try SmallFile.read(path) } catch { throw .identityKeys(path, error.sentence) }
    return byID(try PEM.publicKeys(in: bytes, path))
  }

  private static func byID(_ keys: [VerifyingKey]) -> [KeyID: VerifyingKey] {
    Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
