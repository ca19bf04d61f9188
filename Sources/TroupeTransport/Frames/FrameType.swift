// What a frame is, by its first byte. Numbers are for ever; `protocols/wire-frames.md` says what each holds.

/// Control frames are below 16, so that a reader may tell them apart without knowing them all.
enum FrameType: UInt8, CaseIterable {
  case hello = 1
  case goodbye = 2
  case ping = 3
  case pong = 4
  case epoch = 5
  case credit = 6
  case stop = 7
  case stamp = 8
  case goAway = 9
  case call = 16
  case reply = 17
  case begin = 18
  case chunk = 19
  case cancel = 20
  case compressed = 21
  case identity = 24
  case ask = 32
  case answer = 33
}
