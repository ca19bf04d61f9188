// The entity's side of a stream: what a generated dispatcher calls with the sequence that a method returned.

extension Entity {
  /// Makes a stream of `items`, which are taken on the entity's loop and isolated to it, as fast as the consumer takes them. An
  /// error of the entity's `Failure` ends the stream and arrives as its type.
  ///
  /// Called by generated code, never by hand.
  public func openStream<Items: AsyncSequence>(_ items: Items) -> Outcome where Items.Element: Wire {
    let stage = context.home.stage.value
    let stream = OpenStream(on: stage)
    let turn = stage.synchronousTurn
    let info = TurnInfo(
      deadline: .distantFuture, kind: kindID(Self.kind), id: context.id, caller: nil, identity: turn?.caller, trace: turn?.trace,
      isBulk: turn?.isBulk ?? false)
    let (source, sink) = (LoopBound(items, on: stage.loop), LoopBound(stream, on: stage.loop))
    stream.feed(from: stage.spawn { await TurnInfo.$current.withValue(info) { await Self.feed(source, to: sink, on: self) } })
    stage.opened = stream
    return .stream
  }

  private static func feed<Items: AsyncSequence>(
    _ items: LoopBound<Items>, to stream: LoopBound<OpenStream>, on entity: isolated Self
  ) async where Items.Element: Wire {
    var iterator = items.value.makeAsyncIterator()
    do {
      while let item = try await iterator.next(isolation: entity) {
        guard await stream.value.send(item.wireBytes) else { return }
      }
      stream.value.finish(.finished)
    } catch let failure as Failure {
      stream.value.finish(.failure(failure.wireBytes))
    } catch {
      stream.value.finish(.fault("\(kind)/\(entity.context.id) failed: \(error)"))
    }
  }
}
