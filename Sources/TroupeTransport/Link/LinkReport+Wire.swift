// How a link's report travels: see `protocols/wire-frames.md`, Questions.
import TroupeWire

extension LinkReport: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let outer = try reader.enter()
    loop = try reader.read(required: "LinkReport.loop")
    number = try reader.read(required: "LinkReport.number")
    peer = try reader.read(required: "LinkReport.peer")
    role = try reader.read(required: "LinkReport.role")
    peerLoop = try reader.read(required: "LinkReport.peerLoop")
    address = try reader.read(required: "LinkReport.address")
    isOutgoing = try reader.read(required: "LinkReport.isOutgoing")
    state = try reader.read(required: "LinkReport.state")
    age = try reader.read(required: "LinkReport.age")
    idle = try reader.read(or: nil)
    heard = try reader.read(or: nil)
    roundTrip = try reader.read(or: nil)
    calls = try reader.read(required: "LinkReport.calls")
    framesIn = try reader.read(required: "LinkReport.framesIn")
    framesOut = try reader.read(required: "LinkReport.framesOut")
    bytesIn = try reader.read(required: "LinkReport.bytesIn")
    bytesOut = try reader.read(required: "LinkReport.bytesOut")
    queuedBytes = try reader.read(required: "LinkReport.queuedBytes")
    heldFrames = try reader.read(required: "LinkReport.heldFrames")
    largeMessages = try reader.read(required: "LinkReport.largeMessages")
    creditsInUse = try reader.read(required: "LinkReport.creditsInUse")
    arrivingBytes = try reader.read(required: "LinkReport.arrivingBytes")
    bytesBeforeCompression = try reader.read(required: "LinkReport.bytesBeforeCompression")
    bytesAfterCompression = try reader.read(required: "LinkReport.bytesAfterCompression")
    features = try reader.read(required: "LinkReport.features")
    identity = try reader.read(or: nil)
    isControl = try reader.read(or: false)
    reader.leave(outer)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(loop)
      $0.write(number)
      $0.write(peer)
      $0.write(role)
      $0.write(peerLoop)
      $0.write(address)
      $0.write(isOutgoing)
      $0.write(state)
      $0.write(age)
      $0.write(idle)
      $0.write(heard)
      $0.write(roundTrip)
      $0.write(calls)
      $0.write(framesIn)
      $0.write(framesOut)
      $0.write(bytesIn)
      $0.write(bytesOut)
      $0.write(queuedBytes)
      $0.write(heldFrames)
      $0.write(largeMessages)
      $0.write(creditsInUse)
      $0.write(arrivingBytes)
      $0.write(bytesBeforeCompression)
      $0.write(bytesAfterCompression)
      $0.write(features)
      $0.write(identity)
      $0.write(isControl)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("LinkReport", of: LinkReport.self) {
      [
        $0.field("loop", Int.self), $0.field("number", UInt64.self), $0.field("peer", String.self), $0.field("role", String.self),
        $0.field("peerLoop", Int.self), $0.field("address", String.self), $0.field("isOutgoing", Bool.self),
        $0.field("state", State.self), $0.field("age", Duration.self), $0.field("idle", Duration?.self),
        $0.field("heard", Duration?.self), $0.field("roundTrip", Duration?.self), $0.field("calls", Int.self),
        $0.field("framesIn", UInt64.self), $0.field("framesOut", UInt64.self), $0.field("bytesIn", UInt64.self),
        $0.field("bytesOut", UInt64.self), $0.field("queuedBytes", Int.self), $0.field("heldFrames", Int.self),
        $0.field("largeMessages", Int.self), $0.field("creditsInUse", Int.self), $0.field("arrivingBytes", Int.self),
        $0.field("bytesBeforeCompression", UInt64.self), $0.field("bytesAfterCompression", UInt64.self),
        $0.field("features", LinkFeatures.self), $0.field("identity", String?.self),
        $0.field("isControl", Bool.self),
      ]
    }
  }
}

extension LinkReport.State: Wire {}
extension LinkFeatures: Wire {}
