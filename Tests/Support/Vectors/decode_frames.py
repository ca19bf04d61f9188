#!/usr/bin/env python3
"""Reads protocols/vectors/frames.json by what protocols/wire-frames.md says, and by nothing else: no code is shared with the
Swift side. Prints how many vectors agree; fails on the first that does not."""
import json
import sys

LIMIT = 16_842_752
CALL_FLAGS = {"query": 1, "trace": 2, "identity": 4, "chain": 8, "retry": 16}


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
    if fields["loop"] >= fields["loops"] or fields["role"] not in (1, 2, 3) or fields["lowest"] > fields["highest"]:
        raise Refused("impossible")
    return fields


def goodbye(body):
    return {"code": body.number(1), "reason": body.rest().decode("utf-8", "replace")}


def number(body):
    return {"number": body.number(8)}


def call(body):
    fields = {"request": body.number(4)}
    flags = body.number(1)
    if flags & ~sum(CALL_FLAGS.values()):
        raise Refused("unknown flags")
    fields["query"], fields["retry"] = int(flags & 1 != 0), int(flags & 16 != 0)
    for name, width in (("kind", 4), ("method", 8), ("timeLeft", 4), ("caller", 8), ("sequence", 8), ("lowestOpen", 8), ("epoch", 8)):
        fields[name] = body.number(width)
    if flags & CALL_FLAGS["trace"]:
        high, low, span, bits = (body.number(width) for width in (8, 8, 8, 1))
        fields["trace"] = f"{high:016x}{low:016x}-{span:016x}-{bits:02x}"
    if flags & CALL_FLAGS["identity"]:
        fields["identity"] = body.text()
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


def stop(body):
    return {"message": body.number(4)}


TYPES = {
    6: ("credit", credit), 7: ("stop", stop), 8: ("stamp", number), 9: ("goAway", go_away), 18: ("begin", begin), 19: ("chunk", chunk),
    20: ("cancel", cancel),
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
