// The fuzzer `tls`: what libFuzzer calls. What it does stands in Targets/TLSTarget.swift.
import FuzzTargets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTargets.run(TLSTarget.self, bytes, count) }
