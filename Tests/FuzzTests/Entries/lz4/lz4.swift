// The fuzzer `lz4`: what libFuzzer calls. What it does stands in Targets/BlocksTarget.swift.
import FuzzTargets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTargets.run(BlocksTarget.self, bytes, count) }
