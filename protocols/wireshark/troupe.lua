-- Wireshark dissector for the frames of protocols/wire-frames.md: what travels between nodes, gateways and operators.
-- For Wireshark 4.0 and later, also as `tshark -X lua_script:troupe.lua`. How to use it: protocols/wireshark/README.md.
--
-- Adding a frame type is one entry in `frames`, with the names that protocols/vectors/frames.json gives to its fields: a test holds
-- both against each other. What does not fit the specification gets an expert info, never an error in Lua.

local troupe = Proto("troupe", "Troupe")

-- MARK: What is fixed

local LARGEST = 16842752 -- bytes of a frame behind its length field
local LARGEST_INSIDE = 65536 -- bytes of a frame inside COMPRESSED
local KEPT_MESSAGES = 256 * 1024 * 1024 -- bytes of large messages that are kept for display, in all

local roles = { [1] = "node", [2] = "gateway", [3] = "operator" }
local goodbyes = {
  [0] = "another reason", [1] = "in peace", [2] = "no common version", [3] = "wrong cluster", [4] = "wrong identity",
  [5] = "not allowed by the protocol", [6] = "silence", [7] = "answers are not read",
}
local statuses = {
  [0] = "value", [1] = "failure", [2] = "fault", [3] = "moved", [4] = "overloaded", [5] = "deadline exceeded", [6] = "unknown kind",
  [7] = "unknown method", [8] = "bad arguments", [9] = "call cycle", [10] = "not serving", [11] = "unknown", [12] = "refused",
  [13] = "key reused", [14] = "reply too large", [15] = "cancelled",
  [20] = "identity expired", [21] = "identity refused", [22] = "not yet",
}
local topics = {
  [1] = "view", [2] = "contract", [3] = "status", [4] = "entities", [5] = "drain", [6] = "log", [7] = "greet", [8] = "probe",
  [9] = "word", [10] = "links", [11] = "consumers", [12] = "restart consumers", [13] = "sagas",
  [14] = "entity", [15] = "set", [16] = "beats", [17] = "ring", [18] = "load", [19] = "read ahead", [20] = "balance",
  [21] = "wish", [22] = "place", [23] = "carry", [24] = "unheard",
}
local VALUE, FAILURE, MOVED, OVERLOADED, TOO_LARGE = 0, 1, 3, 4, 14
local FOR_EVER = 4294967295 -- a time left that means "that or more"
local ZONE = 16 -- the feature with which HELLO ends with a zone

-- MARK: Fields. A frame's fields in the order of its bytes; each becomes the ProtoField troupe.<frame>.<name>.

local fields, experts = {}, {}

local function expert_info(name, text, group, severity)
  experts[name] = ProtoExpert.new("troupe." .. name, text, group, severity)
end

expert_info("malformed", "This frame is not one of the protocol", expert.group.MALFORMED, expert.severity.ERROR)
expert_info("unanswered", "No reply in this capture", expert.group.SEQUENCE, expert.severity.NOTE)
expert_info("unasked", "An answer to a request that is not in this capture", expert.group.SEQUENCE, expert.severity.WARN)
expert_info("unsuccessful", "A call did not succeed", expert.group.RESPONSE_CODE, expert.severity.NOTE)
expert_info("ended", "A link was ended for a reason", expert.group.RESPONSE_CODE, expert.severity.WARN)
expert_info("incomplete", "Only a part of this message is in the capture, or it is too much to keep", expert.group.REASSEMBLE,
  expert.severity.NOTE)

-- `values` names numbers, `hex` shows them so, `mask` takes bits of a byte, `when` says whether the field is there at all.
local function u8(name, options) return { name = name, read = "number", width = 1, options = options or {} } end
local function u16(name, options) return { name = name, read = "number", width = 2, options = options or {} } end
local function u32(name, options) return { name = name, read = "number", width = 4, options = options or {} } end
local function u64(name, options) return { name = name, read = "number", width = 8, options = options or {} } end
local function text(name, options) return { name = name, read = "text", options = options or {} } end
local function rest(name, options) return { name = name, read = "rest", options = options or {} } end
local function words(name, options) return { name = name, read = "words", options = options or {} } end
-- Read by a function of its own: `read(reader, field, tree, seen)`.
local function own(name, read, options) return { name = name, read = read, options = options or {} } end
-- A bit of the number before, which is so many bytes wide.
local function bit(name, mask, width) return { name = name, read = "bit", options = { mask = mask, bits = (width or 1) * 8 } } end

local function has(flags, mask) return math.floor(flags / mask) % 2 == 1 end
local function flagged(mask) return function(seen) return has(seen.flags, mask) end end

-- MARK: Reading bytes. Nothing is asked of a range that is not there: what is too short throws a text of our own.

local Reader = {}
Reader.__index = Reader

local function reader_of(range) return setmetatable({ range = range, at = 0, length = range:len() }, Reader) end

local function malformed(message) error({ malformed = message }, 0) end

function Reader:left() return self.length - self.at end

function Reader:take(count, what)
  if count > self:left() then malformed("cut short: " .. what .. " needs " .. count .. " bytes, " .. self:left() .. " are left") end
  self.at = self.at + count
  return self.range(self.at - count, count)
end

-- A text and the bytes that it stands in, its length field included.
function Reader:text(what)
  local start = self.at
  local length = self:take(2, what):le_uint()
  if length == 0 then return "", self.range(start, 2) end
  local bytes = self:take(length, what)
  local read = bytes:string(ENC_UTF_8)
  if read ~= bytes:raw() and not bytes:raw():find("\0", 1, true) then malformed(what .. " is not UTF-8") end
  return read, self.range(start, 2 + length)
end

-- The nil stands for no bytes: Wireshark has no empty ranges at the end of a buffer.
function Reader:rest()
  if self:left() == 0 then return nil end
  return self:take(self:left(), "the rest")
end

-- MARK: Names of kinds and methods. They travel as hashes; a file lists the words: a kind, then its methods, on one line.

local names = { kinds = {}, methods = {} }
local beside = (__DIR__ or ".") .. "/names.txt"
troupe.prefs.names = Pref.string("Names of kinds and methods", "",
  "A file with a line for each kind of entity: its name, then those of its methods. Empty: names.txt beside the script")

local function fnv(name, start, prime)
  local hash = start
  for index = 1, #name do hash = hash:bxor(UInt64(name:byte(index), 0)) * prime end
  return hash
end

local function kind_hash(name) return fnv(name, UInt64(0x811c9dc5, 0), UInt64(0x01000193, 0)):lower() end
local function method_hash(name) return fnv(name, UInt64(0x84222325, 0xcbf29ce4), UInt64(0x1b3, 0x100)):tohex() end

local function read_names()
  names = { kinds = {}, methods = { [UInt64(1, 0):tohex()] = "delete" } }
  local path = troupe.prefs.names ~= "" and troupe.prefs.names or beside
  local file = io.open(path, "r")
  if not file then return end
  for line in file:lines() do
    local kind
    for word in line:gsub("#.*", ""):gmatch("%S+") do
      if kind then
        names.methods[method_hash(kind .. "." .. word)] = kind .. "." .. word
      else
        kind = word
        names.kinds[kind_hash(kind)] = kind
      end
    end
  end
  file:close()
end

local function kind_name(number) return names.kinds[number] or string.format("0x%08x", number) end

-- MARK: What is remembered of a capture, from its first reading

local links, requests, messages, kept_bytes

function troupe.init()
  -- Links are known by their two addresses: the number of the TCP stream is not to be had in a first pass that shows nothing.
  links, requests, messages, kept_bytes = {}, {}, {}, 0
  read_names()
end

-- Where a frame stands: on which link, and in which direction.
local function context_of(pinfo)
  local from, to = tostring(pinfo.src) .. ":" .. pinfo.src_port, tostring(pinfo.dst) .. ":" .. pinfo.dst_port
  local link = from < to and from .. "-" .. to or to .. "-" .. from
  if not links[link] then links[link] = { open = {}, arriving = {} } end
  return { pinfo = pinfo, link = links[link], from = from, to = to }
end

-- A link begins anew: a side has nothing open that it asked under the same addresses before.
local function forget(context)
  for _, notes in ipairs({ context.link.open, context.link.arriving }) do
    for slot in pairs(notes) do
      if slot:sub(1, #context.from + 1) == context.from .. "/" then notes[slot] = nil end
    end
  end
end

-- What a note about a frame is filed under, to be found again when its packet is shown another time.
local function note_key(context, what, number)
  return table.concat({ context.pinfo.number, context.from, context.to, what, number }, "/")
end

local framenum = { request = ProtoField.framenum("troupe.request_in", "Request in", base.NONE, frametype.REQUEST),
  reply = ProtoField.framenum("troupe.response_in", "Response in", base.NONE, frametype.RESPONSE),
  time = ProtoField.relative_time("troupe.time", "Time since the request"),
  method = ProtoField.string("troupe.answered", "Answers") }

-- A request's own side: remembers it, and shows which packet answers.
local function asked(context, tree, kind, seen, name)
  local key = note_key(context, kind, seen.request)
  if not context.pinfo.visited then
    local request = { packet = context.pinfo.number, time = context.pinfo.rel_ts, name = name }
    requests[key] = request
    context.link.open[context.from .. "/" .. kind .. "/" .. seen.request] = request
  end
  local request = requests[key]
  if not request then return end
  if request.answer then
    tree:add(framenum.reply, request.answer):set_generated()
  elseif context.pinfo.visited then
    tree:add_proto_expert_info(experts.unanswered)
  end
end

-- An answer's side: finds the request that the other side has open under this number.
local function answers(context, tree, kind, seen)
  local key = note_key(context, "answer to " .. kind, seen.request)
  if not context.pinfo.visited then
    local open, slot = context.link.open, context.to .. "/" .. kind .. "/" .. seen.request
    local request = open[slot]
    if request then
      request.answer = context.pinfo.number
      requests[key] = { packet = request.packet, seconds = context.pinfo.rel_ts - request.time, name = request.name }
      open[slot] = nil
    end
  end
  local request = requests[key]
  if not request then
    tree:add_proto_expert_info(experts.unasked)
    return ""
  end
  tree:add(framenum.request, request.packet):set_generated()
  local whole = math.floor(request.seconds)
  tree:add(framenum.time, NSTime.new(whole, math.floor((request.seconds - whole) * 1e9 + 0.5))):set_generated()
  tree:add(framenum.method, request.name):set_generated()
  return " to " .. request.name
end

-- MARK: LZ4 blocks. Wireshark 4.0 gives Lua no LZ4, and a block needs little.

local function unpack_lz4(block, count)
  local out, at = {}, 1
  local function byte()
    local value = block:byte(at)
    if not value then malformed("the LZ4 block ends too early") end
    at = at + 1
    return value
  end
  local function length(nibble)
    local total = nibble
    while nibble == 15 do
      local more = byte()
      total = total + more
      if more ~= 255 then break end
    end
    return total
  end
  while at <= #block do
    local token = byte()
    for _ = 1, length(math.floor(token / 16)) do out[#out + 1] = byte() end
    if at > #block then break end
    local low = byte()
    local back = low + 256 * byte()
    if back == 0 or back > #out then malformed("the LZ4 block copies from before its start") end
    local copied = length(token % 16) + 4
    if #out + copied > count then malformed("the LZ4 block holds more than " .. count .. " bytes") end
    for _ = 1, copied do out[#out + 1] = out[#out + 1 - back] end
  end
  if #out ~= count then malformed("the LZ4 block holds " .. #out .. " bytes and claims " .. count) end
  local pieces = {}
  for start = 1, count, 4096 do
    pieces[#pieces + 1] = string.char((table.unpack or unpack)(out, start, math.min(start + 4095, count)))
  end
  return table.concat(pieces)
end

local function buffer(bytes, label) return ByteArray.new(bytes, true):tvb(label) end

-- MARK: Fields that no simple rule reads

local type_names = {}
local read_frame -- below: messages and compressed frames hold frames

local function read_magic(reader, field, tree)
  local bytes = reader:take(4, field.name)
  tree:add(field.proto, bytes)
  if bytes:raw() ~= "TRPE" then malformed("the magic is not TRPE") end
end

local function read_kind(reader, field, tree, seen)
  local bytes = reader:take(4, field.name)
  seen.kind = bytes:le_uint()
  local item = tree:add_le(field.proto, bytes)
  if names.kinds[seen.kind] then item:append_text(" (" .. names.kinds[seen.kind] .. ")") end
end

local function read_method(reader, field, tree, seen)
  local bytes = reader:take(8, field.name)
  local hex = bytes:le_uint64():tohex()
  local item = tree:add_le(field.proto, bytes)
  local name = names.methods[hex]
  if name == "delete" then name = kind_name(seen.kind) .. ".delete" end
  seen.method_name = name or (kind_name(seen.kind) .. ".0x" .. hex)
  if name then
    item:append_text(" (" .. name .. ")")
    tree:add(fields["troupe.call.method_name"], bytes, name):set_generated()
  end
end

local function read_trace(reader, field, tree)
  local bytes = reader:take(25, field.name)
  local trace = string.format("%s%s-%s-%02x", bytes(0, 8):le_uint64():tohex(), bytes(8, 8):le_uint64():tohex(),
    bytes(16, 8):le_uint64():tohex(), bytes(24, 1):uint())
  tree:add(field.proto, bytes, trace)
end

-- The two largest lengths are marks: an index that was declared on the link, a token that comes along. Anything else is a name.
local INDEX, TOKEN, LONGEST_TOKEN = 65535, 65534, 1024

local function read_token(reader, field, tree) tree:add(field.proto, reader:take(math.max(1, reader:left()), field.name)) end

local function read_identity(reader, field, tree)
  local start = reader.at
  local length = reader:take(2, field.name):le_uint()
  if length == INDEX then
    tree:add_le(fields["troupe.call.identity_index"], reader:take(2, "the identity's index"))
  elseif length == TOKEN then
    local count = reader:take(2, "the token's length"):le_uint()
    if count > LONGEST_TOKEN then malformed("a token of " .. count .. " bytes") end
    tree:add(fields["troupe.call.identity_token"], reader:take(count, "the token"))
  else
    reader.at = start
    local name, bytes = reader:text(field.name)
    tree:add(field.proto, bytes, name)
  end
end

local function read_chain(reader, field, tree, seen)
  local count = reader:take(1, field.name):uint()
  for _ = 1, count do
    local start = reader.at
    local kind = reader:take(4, "a link of the chain"):le_uint()
    local entity = reader:text("a link of the chain")
    local item = tree:add(field.proto, reader.range(start, reader.at - start), string.format("%.0f/%s", kind, entity))
    item:append_text(" (" .. kind_name(kind) .. " " .. entity .. ")")
  end
end

local function read_piece(reader, field, tree, seen, context)
  seen.bytes = reader:rest()
  if not seen.bytes then malformed("an empty piece") end
  tree:add(field.proto, seen.bytes)
end

local function read_compressed(reader, field, tree, seen)
  if seen.count == 0 or seen.count > LARGEST_INSIDE then
    malformed("a frame of " .. seen.count .. " bytes may not stand in COMPRESSED")
  end
  local block = reader:rest()
  seen.inside = buffer(unpack_lz4(block and block:raw() or "", seen.count), "Decompressed frame")
  tree:add(field.proto, seen.inside())
end

-- MARK: Messages in pieces

-- Takes a piece; returns the whole message's bytes where this piece is the last one.
local function piece(context, tree, seen)
  local key = note_key(context, "message", seen.message)
  if not context.pinfo.visited then
    local arriving, slot = context.link.arriving, context.from .. "/" .. seen.message
    if seen.total then arriving[slot] = { total = seen.total, count = 0, first = context.pinfo.number, parts = {} } end
    local message = arriving[slot]
    if message then
      message.count = message.count + seen.bytes:len()
      kept_bytes = kept_bytes + seen.bytes:len()
      if kept_bytes <= KEPT_MESSAGES then message.parts[#message.parts + 1] = seen.bytes:raw() else message.isTooMuch = true end
      if message.count >= message.total then
        arriving[slot] = nil
        if not message.isTooMuch and message.count == message.total then messages[key] = table.concat(message.parts) end
        message.parts = {}
        seen.isLast = true
      end
    end
    if not message or seen.isLast and not messages[key] then messages[key] = false end
  end
  if messages[key] == false then tree:add_proto_expert_info(experts.incomplete) end
  return messages[key] or nil
end

local function message_piece(context, tree, seen)
  local whole = piece(context, tree, seen)
  local label = "CHUNK " .. seen.message .. ", " .. seen.bytes:len() .. " bytes"
  if seen.total then
    local first = seen.bytes(0, 1):uint()
    label = "BEGIN " .. seen.message .. ", " .. seen.bytes:len() .. " of " .. seen.total .. " bytes of "
      .. (type_names[first] or "type " .. first)
  end
  if not whole then return label end
  return label .. ", whole: " .. read_frame(buffer(whole, "Message " .. seen.message)(), tree, context)
end

-- MARK: The frames

local function request_name(seen) return seen.method_name .. " " .. seen.entity end

local function answer(kind)
  return function(context, tree, seen)
    local answered = answers(context, tree, kind, seen)
    local name = statuses[seen.status] or ("status " .. seen.status)
    if seen.status > FAILURE then tree:add_proto_expert_info(experts.unsuccessful, "Answered: " .. name) end
    local said = seen.text and seen.text ~= "" and " (" .. seen.text .. ")" or ""
    return (kind == "call" and "REPLY " or "ANSWER ") .. name .. answered .. said
  end
end

local function is_text(seen) return seen.status > FAILURE and seen.status ~= MOVED and seen.status ~= TOO_LARGE end

local function answer_payload(reader, field, tree, seen)
  local bytes = reader:rest()
  if not bytes then return end
  tree:add(field.proto, bytes)
  if seen.status == MOVED and bytes:len() >= 8 then tree:add_le(fields[field.prefix .. "epoch"], bytes(0, 8)) end
  if is_text(seen) then
    seen.text = bytes:string(ENC_UTF_8)
    tree:add(fields[field.prefix .. "text"], bytes, seen.text)
  end
end

local function answer_fields()
  return {
    u32("request"), u8("status", { values = statuses }), u32("retry_after", { when = function(s) return s.status == OVERLOADED end }),
    own("payload", answer_payload),
  }
end

local function numbered(name) return function(_, _, seen) return name .. " " .. tostring(seen.number) end end

local frames = {
  [1] = { name = "HELLO", fields = {
    own("magic", read_magic), u16("lowest"), u16("highest"), text("cluster"), text("name"), u8("role", { values = roles }),
    u64("incarnation", { hex = true }), u16("loop"), u16("loops"), u32("max_frame"),
    u64("features", { hex = true }), bit("chunks", 1, 8), bit("stamps", 2, 8), bit("cancel", 4, 8),
    bit("goaway", 8, 8), bit("compression", 16, 8), bit("identities", 4096, 8),
    text("zone", { when = function(seen) return has(seen.features:lower(), ZONE) end }),
  }, show = function(context, _, seen)
    if not context.pinfo.visited then forget(context) end
    if not roles[seen.role] then malformed("role " .. seen.role) end
    if seen.lowest > seen.highest then malformed("version " .. seen.lowest .. " is above " .. seen.highest) end
    if seen.loop >= seen.loops then malformed("loop " .. seen.loop .. " of " .. seen.loops) end
    return "HELLO " .. seen.cluster .. "/" .. roles[seen.role] .. "/" .. seen.name .. " loop " .. seen.loop
  end },
  [2] = { name = "GOODBYE", fields = { u8("code", { values = goodbyes }), words("reason") }, show = function(_, tree, seen)
    if seen.code ~= 1 then tree:add_proto_expert_info(experts.ended, "GOODBYE: " .. (goodbyes[seen.code] or goodbyes[0])) end
    return "GOODBYE " .. (goodbyes[seen.code] or seen.code) .. (seen.reason and ": " .. seen.reason or "")
  end },
  [3] = { name = "PING", fields = { u64("number") }, show = numbered("PING") },
  [4] = { name = "PONG", fields = { u64("number") }, show = numbered("PONG") },
  [5] = { name = "EPOCH", fields = { u64("number") }, show = numbered("EPOCH") },
  [6] = { name = "CREDIT", fields = { u32("message"), u32("count") }, show = function(_, _, seen)
    return "CREDIT " .. seen.message .. ", " .. seen.count .. " bytes"
  end },
  [7] = { name = "STOP", fields = { u32("message") }, show = function(context, _, seen)
    if not context.pinfo.visited then context.link.arriving[context.from .. "/" .. seen.message] = nil end
    return "STOP " .. seen.message
  end },
  [8] = { name = "STAMP", fields = { u64("number") }, show = numbered("STAMP") },
  [9] = { name = "GOAWAY", abbreviation = "go_away", fields = {} },
  [16] = { name = "CALL", fields = {
    u32("request"), u8("flags", { hex = true }), bit("query", 1), bit("has_trace", 2), bit("has_identity", 4), bit("has_chain", 8),
    bit("retry", 16), bit("bulk", 32), bit("orphan", 64), own("kind", read_kind, { width = 4, hex = true }), own("method", read_method, { width = 8, hex = true }),
    u32("time_left"), u64("caller", { hex = true }), u64("sequence"), u64("lowest_open"), u64("epoch"),
    own("trace", read_trace, { string = true, when = flagged(2) }), own("identity", read_identity, { string = true, when = flagged(4) }),
    own("chain", read_chain, { string = true, when = flagged(8) }), text("entity"), rest("arguments"),
  }, show = function(context, tree, seen)
    if seen.flags >= 128 then malformed(string.format("unknown flags 0x%02x", seen.flags)) end
    asked(context, tree, "call", seen, request_name(seen))
    local limit = seen.time_left == FOR_EVER and "" or string.format(" within %.1f ms", seen.time_left / 1000)
    return "CALL " .. request_name(seen) .. limit .. (has(seen.flags, 16) and " (again)" or "")
  end },
  [17] = { name = "REPLY", fields = answer_fields(), show = answer("call") },
  [18] = { name = "BEGIN", fields = { u32("message"), u32("total"), own("bytes", read_piece) }, show = message_piece },
  [19] = { name = "CHUNK", fields = { u32("message"), own("bytes", read_piece) }, show = message_piece },
  [20] = { name = "CANCEL", fields = { u32("request") }, show = function(_, _, seen) return "CANCEL " .. seen.request end },
  [21] = { name = "COMPRESSED", fields = { u32("count"), own("frame", read_compressed) }, show = function(context, tree, seen)
    local inside = seen.inside(0, 1):uint()
    if inside < 16 or inside > 19 then malformed("a frame of type " .. inside .. " may not stand in COMPRESSED") end
    return "COMPRESSED " .. read_frame(seen.inside(), tree, context)
  end },
  [24] = { name = "IDENTITY", fields = { u16("index"), own("token", read_token) }, show = function(_, _, seen)
    if seen.index >= 4096 then malformed("an identity is declared under " .. seen.index) end
    return "IDENTITY " .. seen.index
  end },
  [32] = { name = "ASK", fields = { u32("request"), u8("topic", { values = topics }), rest("payload") },
    show = function(context, tree, seen)
      local name = topics[seen.topic] or ("topic " .. seen.topic)
      asked(context, tree, "ask", seen, name)
      return "ASK " .. name
    end },
  [33] = { name = "ANSWER", fields = answer_fields(), show = answer("ask") },
}

-- MARK: Making the ProtoFields

local makers = { [1] = ProtoField.uint8, [2] = ProtoField.uint16, [4] = ProtoField.uint32, [8] = ProtoField.uint64 }

local function proto_field(field, name)
  local options = field.options
  local label = field.name:sub(1, 1):upper() .. field.name:sub(2):gsub("_", " ")
  local width = field.width or options.width
  if width then return makers[width](name, label, options.hex and base.HEX or base.DEC, options.values) end
  if field.read == "bit" then return ProtoField.bool(name, label, options.bits, nil, options.mask) end
  if field.read == "text" or field.read == "words" or options.string then return ProtoField.string(name, label, base.UNICODE) end
  return ProtoField.bytes(name, label)
end

for number, frame in pairs(frames) do
  type_names[number] = frame.name
  frame.prefix = "troupe." .. (frame.abbreviation or frame.name:lower()) .. "."
  for _, field in ipairs(frame.fields) do
    field.prefix = frame.prefix
    field.proto = proto_field(field, frame.prefix .. field.name)
    fields[frame.prefix .. field.name] = field.proto
  end
end
for _, kind in ipairs({ "reply", "answer" }) do
  fields["troupe." .. kind .. ".epoch"] = ProtoField.uint64("troupe." .. kind .. ".epoch", "Epoch")
  fields["troupe." .. kind .. ".text"] = ProtoField.string("troupe." .. kind .. ".text", "Text", base.UNICODE)
end
fields["troupe.call.method_name"] = ProtoField.string("troupe.call.method_name", "Method's name")
fields["troupe.call.identity_index"] = ProtoField.uint16("troupe.call.identity_index", "Identity's index")
fields["troupe.call.identity_token"] = ProtoField.bytes("troupe.call.identity_token", "Identity's token")
fields["troupe.length"] = ProtoField.uint32("troupe.length", "Length")
fields["troupe.type"] = ProtoField.uint8("troupe.type", "Type", base.DEC, type_names)
for name, field in pairs(framenum) do fields["framenum." .. name] = field end
local all_fields, all_experts = {}, {}
for _, field in pairs(fields) do all_fields[#all_fields + 1] = field end
for _, info in pairs(experts) do all_experts[#all_experts + 1] = info end
troupe.fields, troupe.experts = all_fields, all_experts

-- MARK: Reading a frame

local simple = {}

function simple.number(reader, field, tree, seen)
  local bytes = reader:take(field.width, field.name)
  seen[field.name] = field.width == 8 and bytes:le_uint64() or bytes:le_uint()
  seen.last = { bytes = bytes, item = tree:add_le(field.proto, bytes) }
end

function simple.bit(_, field, _, seen) seen.last.item:add_le(field.proto, seen.last.bytes) end

function simple.text(reader, field, tree, seen)
  local value, bytes = reader:text(field.name)
  seen[field.name] = value
  tree:add(field.proto, bytes, value)
end

function simple.rest(reader, field, tree)
  local bytes = reader:rest()
  if bytes then tree:add(field.proto, bytes) end
end

function simple.words(reader, field, tree, seen)
  local bytes = reader:rest()
  if not bytes then return end
  seen[field.name] = bytes:string(ENC_UTF_8)
  tree:add(field.proto, bytes, seen[field.name])
end

-- Type and body, without the length; returns what the info column says of it.
read_frame = function(range, tree, context)
  tree:add(fields["troupe.type"], range(0, 1))
  local frame = frames[range(0, 1):uint()]
  if not frame then
    tree:add_proto_expert_info(experts.malformed, "No frame has the type " .. range(0, 1):uint())
    return "type " .. range(0, 1):uint()
  end
  local reader = reader_of(range)
  reader.at = 1
  local isGood, result = pcall(function()
    local seen = {}
    for _, field in ipairs(frame.fields) do
      if not field.options.when or field.options.when(seen) then
        local read = simple[field.read] or field.read
        read(reader, field, tree, seen, context)
      end
    end
    return frame.show and frame.show(context, tree, seen) or frame.name
  end)
  if isGood then return result end
  local message = type(result) == "table" and result.malformed or tostring(result)
  tree:add_proto_expert_info(experts.malformed, frame.name .. ": " .. message)
  return frame.name .. " (malformed: " .. message .. ")"
end

-- MARK: Reading a stream

-- A length that cannot be takes all that is there: nobody waits for four gigabytes.
local function is_possible(length) return length >= 1 and length <= LARGEST end

local function whole_length(tvb, _, offset)
  local length = tvb(offset, 4):le_uint()
  return is_possible(length) and length + 4 or tvb:len() - offset
end

local function read_whole(tvb, pinfo, tree)
  local length = tvb(0, 4):le_uint()
  local item = tree:add(troupe, tvb())
  item:add_le(fields["troupe.length"], tvb(0, 4))
  local shown
  if is_possible(length) and tvb:len() == length + 4 then
    shown = read_frame(tvb(4), item, context_of(pinfo))
  else
    shown = "a frame claims " .. length .. " bytes"
    item:add_proto_expert_info(experts.malformed, "A frame claims " .. length .. " bytes; 1 to " .. LARGEST .. " are allowed")
  end
  item:append_text(", " .. shown)
  -- A packet may bring several TLS records, and a record several frames: all are said.
  local before = pinfo.private["troupe.info"]
  local info = before and before .. " | " .. shown or shown
  pinfo.private["troupe.info"] = info
  pinfo.cols.protocol = "Troupe"
  pinfo.cols.info:clear_fence()
  pinfo.cols.info = info
  return tvb:len()
end

function troupe.dissector(tvb, pinfo, tree)
  dissect_tcp_pdus(tvb, tree, 5, whole_length, read_whole)
  return tvb:len()
end

-- A link is known by its first frame: HELLO, in either direction.
local function begins_a_link(tvb) return tvb:len() >= 9 and tvb(4, 1):uint() == 1 and tvb(5, 4):raw() == "TRPE" end

local function read_stream(tvb, pinfo, tree)
  -- A heuristic dissector is called one level too deep for dissect_tcp_pdus to ask for more bytes.
  pinfo.can_desegment = 2
  troupe.dissector(tvb, pinfo, tree)
end

troupe:register_heuristic("tls", function(tvb, pinfo, tree)
  local link = context_of(pinfo).link
  -- What follows is ours without a look. The conversation stays TLS's own.
  link.isOurs = link.isOurs or begins_a_link(tvb)
  if not link.isOurs then return false end
  read_stream(tvb, pinfo, tree)
  return true
end)

-- Without TLS, which simulations and tests have.
troupe:register_heuristic("tcp", function(tvb, pinfo, tree)
  if not begins_a_link(tvb) then return false end
  pinfo.conversation = troupe
  read_stream(tvb, pinfo, tree)
  return true
end)

-- For "Decode As", where the capture lacks a link's beginning.
for _, name in ipairs({ "tls.port", "tcp.port" }) do DissectorTable.get(name):add_for_decode_as(troupe) end
