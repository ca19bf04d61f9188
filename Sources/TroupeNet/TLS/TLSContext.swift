// What a process needs to prove who it is and to check others, in force at this moment: its certificate, key and roots, and whom
// it denies. Connections take the newest when they begin; a reload swaps it and disturbs none.
import Synchronization

/// TLS 1.3 with certificates on both sides, for any number of loops.
///
/// Whoever connects, in either direction, must show a certificate that the roots vouch for, that is no CA, that names exactly one
/// SPIFFE URI, in our trust domain, and that is not denied. There is no resumption and no early data, so every connection is checked
/// in full.
///
/// The files can be replaced while it is in use: `reload` reads them again, and `look` does so once they have changed and stand still.
/// Certificate, key and roots are taken as one set or not at all, the deny-list by itself. What cannot be used leaves the old in
/// force; `status` says so.
public final class TLSContext: Sendable {
  public let trustDomain: String
  public let files: TLSFiles
  let keyLog: KeyLog?
  private let inForce: Mutex<InForce>
  /// Held while files are read, so that two readers do not overtake each other.
  private let looks: Mutex<Looks>
  private let denials = Atomic<Int>(0)

  private struct InForce: Sendable {
    var credentials: TLSCredentials
    var fromFile: DenyList
    var byCall = DenyList()
    var denyList: DenyList
  }

  private struct Looks: Sendable {
    var credentials: FileLook
    var denyList: FileLook
  }

  /// Refuses, in one sentence, files that cannot be read or do not belong together and a certificate that our own peers would
  /// refuse: expired, not valid yet, a CA, or not named in `trustDomain`.
  public init(_ files: TLSFiles, trustDomain: String) throws(NetError) {
    self.files = files
    self.trustDomain = trustDomain
    let credentials = try TLSCredentials.load(files, trustDomain: trustDomain)
    let state = files.denyList.flatMap { FileState(of: $0) }
    let denyList = try files.denyList.map { path throws(NetError) in try Self.denyList(path) } ?? DenyList()
    keyLog = try files.keyLog.map { path throws(NetError) in try KeyLog(path) }
    inForce = Mutex(InForce(credentials: credentials, fromFile: denyList, denyList: denyList))
    looks = Mutex(Looks(credentials: FileLook(taken: credentials.states), denyList: FileLook(taken: [state])))
  }

  public convenience init(certificate: String, key: String, roots: String, trustDomain: String) throws(NetError) {
    try self.init(TLSFiles(certificate: certificate, key: key, roots: roots), trustDomain: trustDomain)
  }

  /// Who we are, by our own certificate.
  public var identity: PeerIdentity { inForce.withLock { $0.credentials.identity } }

  /// The set for a connection that begins now.
  var context: SSLContext { inForce.withLock { $0.credentials.context } }

  /// What is in force, and what on the disk is not.
  public var status: TLSStatus {
    let refusals = looks.withLock { [$0.credentials.refusal, $0.denyList.refusal].compactMap(\.self) }
    return inForce.withLock { now in
      TLSStatus(
        identity: now.credentials.identity, fingerprint: now.credentials.fingerprint, validUntil: now.credentials.validUntil,
        isVouchedFor: now.credentials.isVouchedFor, denied: now.denyList.entries.count, refusals: refusals)
    }
  }

  // MARK: Denying

  /// The file's entries and those of `deny`.
  public var denyList: DenyList { inForce.withLock { $0.denyList } }

  /// Denies these beside those of the file, in place of what the last call of this method denied. New connections are refused from
  /// now on; links that are open end when `Peers.inspectLinks` runs next: a node does that at its next look.
  public func deny(_ list: DenyList) {
    inForce.withLock { now in
      now.byCall = list
      now.denyList = now.fromFile.union(list)
    }
    denials.add(1, ordering: .releasing)
  }

  /// Grows with each change of the deny-list, for whoever has links to look through.
  public var denialVersion: Int { denials.load(ordering: .acquiring) }

  // MARK: Reading again

  /// Reads the files again, changed or not. New connections use what they hold now.
  ///
  /// - Throws: the first of what cannot be used; that part stays as it was, the other one is in force all the same.
  @discardableResult
  public func reload() throws(NetError) -> [TLSNews] {
    let news = looks.withLock { looks in
      takeCredentials(&looks.credentials, isAsked: true) + takeDenyList(&looks.denyList, isAsked: true)
    }
    for case .refused(let error) in news { throw error }
    return news
  }

  /// Looks whether the files have changed, and takes them once they stand still from one look to the next. Meant to be called every
  /// few seconds. Costs a few system calls while nothing changes; says only what is news.
  public func look() -> [TLSNews] {
    looks.withLock { looks in
      takeCredentials(&looks.credentials, isAsked: false) + takeDenyList(&looks.denyList, isAsked: false)
    }
  }

  private func takeCredentials(_ look: inout FileLook, isAsked: Bool) -> [TLSNews] {
    let states = TLSCredentials.states(of: files)
    guard look.sees(states) || isAsked else {
      look.settleIfUnchanged(states)
      return []
    }
    do throws(NetError) {
      let loaded = try TLSCredentials.load(files, trustDomain: trustDomain)
      look.took(loaded.states)
      inForce.withLock { $0.credentials = loaded }
      return [.credentials(status(of: loaded))]
    } catch {
      return look.refused(error) || isAsked ? [.refused(error)] : []
    }
  }

  private func status(of loaded: TLSCredentials) -> String {
    "\(loaded.identity), valid until \(loaded.validUntil.text), sha256 \(loaded.fingerprint)"
      + (loaded.isVouchedFor ? "" : "; THE ROOTS DO NOT VOUCH FOR IT: peers with the same roots will refuse us")
  }

  private func takeDenyList(_ look: inout FileLook, isAsked: Bool) -> [TLSNews] {
    guard let path = files.denyList else { return [] }
    let state = FileState(of: path)
    guard look.sees([state]) || isAsked else {
      look.settleIfUnchanged([state])
      return []
    }
    do throws(NetError) {
      let list = try Self.denyList(path)
      look.took([state])
      inForce.withLock { now in
        now.fromFile = list
        now.denyList = list.union(now.byCall)
      }
      denials.add(1, ordering: .releasing)
      return [.denyList(entries: list.entries.count)]
    } catch {
      return look.refused(error) || isAsked ? [.refused(error)] : []
    }
  }

  private static func denyList(_ path: String) throws(NetError) -> DenyList {
    let bytes: [UInt8]
    do throws(SmallFile.Unreadable) { bytes = try SmallFile.read(path) } catch { throw .denyList(path, error.sentence) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .denyList(path, "it is not UTF-8") }
    do throws(DenyList.BadLine) { return try DenyList(parsing: text) } catch { throw .denyList(path, "\(error)") }
  }
}

/// What a `TLSContext` has in force.
public struct TLSStatus: Hashable, Sendable {
  public let identity: PeerIdentity
  /// SHA-256 of our certificate, 64 digits in lower case.
  public let fingerprint: String
  public let validUntil: WallTime
  /// Whether our own roots vouch for our certificate; if not, peers with the same roots refuse us.
  public let isVouchedFor: Bool
  /// Entries of the deny-list.
  public let denied: Int
  /// Why what lies on the disk is not in force; empty when it is.
  public let refusals: [NetError]
}

/// What a look at the files brought. `description` is a line for the log, without secrets.
public enum TLSNews: Hashable, Sendable, CustomStringConvertible {
  /// Another certificate, key and roots are in force.
  case credentials(String)
  case denyList(entries: Int)
  /// Other keys vouch for end users: their ids.
  case identityKeys(String)
  /// Something on the disk cannot be used; the old stays in force.
  case refused(NetError)

  public var description: String {
    switch self {
    case .credentials(let text): "certificate, key and roots were read again: \(text)"
    case .denyList(let entries): "the deny-list was read again: \(entries) \(entries == 1 ? "entry" : "entries")"
    case .identityKeys(let ids): "the identity keys have changed: \(ids)"
    case .refused(let error): "the old stays in force: \(error)"
    }
  }
}
