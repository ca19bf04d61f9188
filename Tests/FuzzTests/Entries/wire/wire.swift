// The fuzzer `wire`: what libFuzzer calls. What it does stands in Targets/WireTarget.swift.
import FuzzTargets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTargets.run(WireTarget.self, bytes, count) }
