#!/usr/bin/env python3
"""Reads protocols/vectors/frames.json by what protocols/wire-frames.md says, and by nothing else: no code is shared with the
Swift side. Prints how many vectors agree; fails on the first that does not."""
import json
import sys

LIMIT = 16_842_752
CALL_FLAGS = {"query": 1, "trace": 2, "identity": 4, "chain": 8, "retry": 16, "bulk": 32, "orphan": 64}


class Refused(Exception):
    pass


class Body:
    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        if self.at + count > len(self.data):
            raise Refused("cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width):
        return int.from_bytes(self.bytes(width), "little")

    def text(self):
        try:
            return self.bytes(self.number(2)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("not UTF-8") from error

    def rest(self):
        return self.bytes(len(self.data) - self.at)


def hello(body):
    if body.bytes(4) != b"TRPE":
        raise Refused("magic")
    fields = {"lowest": body.number(2), "highest": body.number(2), "cluster": body.text(), "name": body.text()}
    for name, width in (("role", 1), ("incarnation", 8), ("loop", 2), ("loops", 2), ("maxFrame", 4), ("features", 8)):
        fields[name] = body.number(width)
    if fields["features"] & 16:
        fields["zone"] = body.text()
    if fields["loop"] >= fields["loops"] or fields["role"] not in (1, 2, 3) or fields["lowest"] > fields["highest"]:
        raise Refused("impossible")
    return fields


def goodbye(body):
    return {"code": body.number(1), "reason": body.rest().decode("utf-8", "replace")}


def number(body):
    return {"number": body.number(8)}


def identity(body, fields):
    length = body.number(2)
    if length == 65_535:
        fields["identityIndex"] = body.number(2)
    elif length == 65_534:
        fields["identityToken"] = body.bytes(token_length(body.number(2))).hex()
    else:
        body.at -= 2
        fields["identity"] = body.text()


def token_length(count):
    if count > 1_024:
        raise Refused("length")
    return count


def declared(body):
    fields = {"index": body.number(2), "token": body.rest().hex()}
    if not fields["token"]:
        raise Refused("no token")
    return fields


def call(body):
    fields = {"request": body.number(4)}
    flags = body.number(1)
    if flags & ~sum(CALL_FLAGS.values()):
        raise Refused("unknown flags")
    for name in ("query", "retry", "bulk", "orphan"):
        fields[name] = int(flags & CALL_FLAGS[name] != 0)
    for name, width in (("kind", 4), ("method", 8), ("timeLeft", 4), ("caller", 8), ("sequence", 8), ("lowestOpen", 8), ("epoch", 8)):
        fields[name] = body.number(width)
    if flags & CALL_FLAGS["trace"]:
        high, low, span, bits = (body.number(width) for width in (8, 8, 8, 1))
        fields["trace"] = f"{high:016x}{low:016x}-{span:016x}-{bits:02x}"
    if flags & CALL_FLAGS["identity"]:
        identity(body, fields)
    if flags & CALL_FLAGS["chain"]:
        fields["chain"] = " ".join(f"{body.number(4)}/{body.text()}" for _ in range(body.number(1)))
    fields["entity"], fields["arguments"] = body.text(), body.rest().hex()
    return fields


def answer(body):
    fields = {"request": body.number(4), "status": body.number(1)}
    if fields["status"] == 4:
        fields["retryAfter"] = body.number(4)
    fields["payload"] = body.rest().hex()
    return fields


def ask(body):
    return {"request": body.number(4), "topic": body.number(1), "payload": body.rest().hex()}


def begin(body):
    return {"message": body.number(4), "total": body.number(4), "bytes": body.rest().hex()}


def chunk(body):
    return {"message": body.number(4), "bytes": body.rest().hex()}


def credit(body):
    return {"message": body.number(4), "count": body.number(4)}


def cancel(body):
    return {"request": body.number(4)}


def go_away(body):
    return {}


def lz4(block, count):
    """LZ4's block format: runs of literals, each but the last with a copy of what came before."""
    out, at = bytearray(), 0

    def length(nibble):
        nonlocal at
        total = nibble
        while nibble == 15:
            total, at = total + block[at], at + 1
            if block[at - 1] != 255:
                break
        return total

    while at < len(block):
        token, at = block[at], at + 1
        literals = length(token >> 4)
        out, at = out + block[at : at + literals], at + literals
        if at >= len(block):
            break
        back, at = int.from_bytes(block[at : at + 2], "little"), at + 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-back])
    if len(out) != count:
        raise Refused("not what it claims")
    return out.hex()


def compressed(body):
    count = body.number(4)
    if not 0 < count <= 65_536:
        raise Refused("length")
    return {"count": count, "frame": lz4(body.rest(), count)}


def stop(body):
    return {"message": body.number(4)}


TYPES = {
    6: ("credit", credit), 7: ("stop", stop), 8: ("stamp", number), 9: ("goAway", go_away), 18: ("begin", begin), 19: ("chunk", chunk),
    20: ("cancel", cancel), 21: ("compressed", compressed),
    24: ("identity", declared),
    1: ("hello", hello), 2: ("goodbye", goodbye), 3: ("ping", number), 4: ("pong", number), 5: ("epoch", number),
    16: ("call", call), 17: ("reply", answer), 32: ("ask", ask), 33: ("answer", answer),
}


def decode(data):
    length = int.from_bytes(data[:4], "little")
    if not 1 <= length <= LIMIT or length != len(data) - 4:
        raise Refused("length")
    if data[4] not in TYPES:
        raise Refused("type")
    name, read = TYPES[data[4]]
    return name, {key: str(value) for key, value in read(Body(data[5:])).items()}


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    for vector in vectors["frames"]:
        name, fields = decode(bytes.fromhex(vector["hex"]))
        if (name, fields) != (vector["type"], vector["fields"]):
            sys.exit(f"{vector['name']}: read {name} {fields}, the vector says {vector['type']} {vector['fields']}")
    for vector in vectors["refused"]:
        try:
            decode(bytes.fromhex(vector["hex"]))
        except Refused:
            continue
        sys.exit(f"{vector['name']}: was not refused")
    print(f"{len(vectors['frames'])} frames agree, {len(vectors['refused'])} are refused")


if __name__ == "__main__":
    main(sys.argv[1])
