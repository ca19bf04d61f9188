// A TCP connection that sends exactly the bytes it is told to.

import NIOCore
import NIOPosix

struct RawConnection {
  private let channel: any Channel
  private let received: AsyncStream<ByteBuffer>

  static func open(_ port: Int) async throws -> RawConnection {
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(continuation)) }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return RawConnection(channel: channel, received: stream)
  }

  /// The other side may end the connection before it has taken everything.
  func send(_ bytes: [UInt8]) async throws {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  /// Everything that arrives until `isEnough` or the end of the connection.
  func read(until isEnough: (String) -> Bool) async throws -> String {
    var all = ByteBuffer()
    for await part in received {
      all.writeImmutableBuffer(part)
      if isEnough(String(buffer: all)) { break }
    }
    return String(buffer: all)
  }

  func close() async throws { try await channel.close() }
}

private final class Collector: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let continuation: AsyncStream<ByteBuffer>.Continuation

  init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
  func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
