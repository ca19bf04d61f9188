// The fuzzer `handshake`: what libFuzzer calls. What it does stands in Targets/HandshakeTarget.swift.
import FuzzTargets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTargets.run(HandshakeTarget.self, bytes, count) }
