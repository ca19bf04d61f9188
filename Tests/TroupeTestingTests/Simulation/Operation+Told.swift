// Operations as tests tell them: what was done, from which second to which, and what came of it.
import Troupe

@testable import TroupeTesting

extension Operation {
  private static func told(
    _ name: String, _ argument: Int?, _ seconds: ClosedRange<Int64>, _ end: OperationEnd, _ result: [Int] = []
  ) -> Operation {
    Operation(
      index: 0, process: 0, name: name, key: "it", argument: argument, began: SimulatedWorld.beginning + .seconds(seconds.lowerBound),
      ended: SimulatedWorld.beginning + .seconds(seconds.upperBound), end: end, result: result, reason: "")
  }

  static func write(_ value: Int, _ seconds: ClosedRange<Int64>, was old: Int) -> Operation { told("write", value, seconds, .ok, [old]) }
  static func write(_ value: Int, _ seconds: ClosedRange<Int64>, _ end: OperationEnd) -> Operation { told("write", value, seconds, end) }
  static func read(_ seconds: ClosedRange<Int64>, saw value: Int) -> Operation { told("read", nil, seconds, .ok, [value]) }
  static func read(_ seconds: ClosedRange<Int64>, _ end: OperationEnd) -> Operation { told("read", nil, seconds, end) }

  static func add(_ number: Int, _ seconds: ClosedRange<Int64>, at place: Int) -> Operation { told("add", number, seconds, .ok, [place]) }
  static func add(_ number: Int, _ seconds: ClosedRange<Int64>, _ end: OperationEnd) -> Operation { told("add", number, seconds, end) }
  static func count(_ seconds: ClosedRange<Int64>, saw count: Int) -> Operation { told("count", nil, seconds, .ok, [count]) }

  static func touch(_ seconds: ClosedRange<Int64>, life: Int, times: Int) -> Operation { told("touch", nil, seconds, .ok, [life, times]) }
  static func set(_ number: Int, _ end: OperationEnd) -> Operation { told("set", number, 0...1, end) }

  static func touch(_ seconds: ClosedRange<Int64>, _ end: OperationEnd) -> Operation { told("touch", nil, seconds, end) }
}

extension [Operation] {
  /// The same, each by a process of its own and with its place as its index.
  var numbered: [Operation] {
    enumerated().map { index, one in
      Operation(
        index: index, process: index, name: one.name, key: one.key, argument: one.argument, began: one.began, ended: one.ended,
        end: one.end, result: one.result, reason: one.reason)
    }
  }
}
