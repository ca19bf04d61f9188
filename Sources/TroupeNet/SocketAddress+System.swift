// Between our addresses and the kernel's.
import CLibuv
import Glibc

extension SocketAddress {
  /// The address for the kernel if the host is numeric; names are resolved by `UVResolution`.
  package var numeric: sockaddr_storage? {
    var storage = sockaddr_storage()
    let isNumeric = withUnsafeMutableBytes(of: &storage) { bytes in
      let base = bytes.baseAddress!
      return uv_ip4_addr(host, Int32(port), base.assumingMemoryBound(to: sockaddr_in.self)) == 0
        || uv_ip6_addr(host, Int32(port), base.assumingMemoryBound(to: sockaddr_in6.self)) == 0
    }
    return isNumeric ? storage : nil
  }

  /// `nil` when the kernel's address is no IP address.
  init?(_ address: UnsafePointer<sockaddr>) {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let v4 = raw.assumingMemoryBound(to: sockaddr_in.self)
      guard uv_ip4_name(v4, &text, text.count) == 0 else { return nil }
      self.init(host: Self.text(text), port: Int(UInt16(bigEndian: v4.pointee.sin_port)))
    case AF_INET6:
      let v6 = raw.assumingMemoryBound(to: sockaddr_in6.self)
      guard uv_ip6_name(v6, &text, text.count) == 0 else { return nil }
      self.init(host: Self.text(text), port: Int(UInt16(bigEndian: v6.pointee.sin6_port)))
    default: return nil
    }
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package init?(_ storage: sockaddr_storage) {
    let read = withUnsafePointer(to: storage) {
      SocketAddress(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self))
    }
    guard let read else { return nil }
    self = read
  }
}

extension sockaddr_storage {
  /// Lends the address in the shape and with the length that socket calls want.
  package func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    let length = Int32(ss_family) == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    return withUnsafePointer(to: self) {
      body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), socklen_t(length))
    }
  }
}
