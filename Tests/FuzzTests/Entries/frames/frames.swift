// The fuzzer `frames`: what libFuzzer calls. What it does stands in Targets/FramesTarget.swift.
import FuzzTargets

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTargets.run(FramesTarget.self, bytes, count) }
