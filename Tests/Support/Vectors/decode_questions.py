#!/usr/bin/env python3
"""Reads protocols/vectors/questions.json by what protocols/wire-frames.md says: the types are those of its own text, the rules
those of wire-values.md; no code is shared with the Swift side. Prints how many vectors agree; fails on the first that does not."""
import base64
import json
import re
import sys

MASK = (1 << 64) - 1


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value


def types_of(text):
    """Every `Name { field: type, … }` of the specification."""
    types = {}
    for name, body in re.findall(r"^(\w+)\s*\{([^}]*)\}", text, re.MULTILINE):
        types[name] = re.findall(r"(\w+): (\[[^\]]*\]|\w+\??)", body)
    return types


def read(kind, data, types):
    if kind.endswith("?"):
        return read(kind[:-1], data, types) if data.take(1)[0] else None
    if kind.startswith("["):
        parts = kind[1:-1].split(": ")
        count = data.varint()
        if len(parts) == 1:
            return [read(parts[0], data, types) for _ in range(count)]
        return [[read(parts[0], data, types), read(parts[1], data, types)] for _ in range(count)]
    if kind in types:
        body = Bytes(data.take(data.varint()))
        # What was appended later may be missing: an empty list then, or nothing.
        return {name: read(field, body, types) if body.at < len(body.data) else missing(field) for name, field in types[kind]}
    return scalar(kind, data)


def missing(kind):
    if kind.endswith("?"):
        return None
    if kind.startswith("["):
        return []
    raise ValueError("cut short")


def scalar(kind, data):
    if kind == "bool":
        return {0: False, 1: True}[data.take(1)[0]]
    if kind == "uint8":
        return data.take(1)[0]
    if kind in ("uint16", "uint32", "uint64"):
        return data.varint()
    if kind == "int64":
        raw = data.varint()
        return (raw >> 1) ^ -(raw & 1)
    if kind == "duration":
        return duration(scalar("int64", data), scalar("int64", data))
    if kind == "fixed64":
        return int.from_bytes(data.take(8), "little")
    if kind == "string":
        return data.take(data.varint()).decode("utf-8")
    if kind == "bytes":
        return base64.b64encode(data.take(data.varint())).decode("ascii")
    raise SystemExit(f"no such type: {kind}")


def duration(seconds, attoseconds):
    """As JSON has it: decimal seconds, as many digits as it takes."""
    whole, part = divmod(abs(seconds * 10**18 + attoseconds), 10**18)
    digits = f"{part:018}".rstrip("0")
    sign = "-" if seconds < 0 or attoseconds < 0 else ""
    return f"{sign}{whole}{'.' + digits if digits else ''}s"


def fold(left, right):
    return (left * right >> 64) ^ (left * right & MASK)


def entity_hash(kind_id, text):
    step, last, data = 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, text.encode("utf-8")
    value, whole = fold(kind_id ^ 0x9E3779B97F4A7C15, step), len(data) // 8 * 8
    for offset in range(0, whole, 8):
        value = fold(value ^ int.from_bytes(data[offset : offset + 8], "little"), step)
    value = fold(value ^ int.from_bytes(data[whole:], "little"), last)
    return fold(value ^ len(data), step)


def main(vectors_path, specification_path):
    with open(specification_path, encoding="utf-8") as file:
        types = types_of(file.read())
    with open(vectors_path, encoding="utf-8") as file:
        vectors = json.load(file)
    for vector in vectors["values"]:
        data = Bytes(bytes.fromhex(vector["hex"]))
        value = read(vector["type"], data, types)
        if value != vector["value"] or data.at != len(data.data):
            sys.exit(f"{vector['name']}: read {value}, the vector says {vector['value']}")
    for vector in vectors["keys"]:
        caller, sequence = entity_hash(1, vector["key"]), entity_hash(2, vector["key"]) | 1 << 63
        if (caller, sequence) != (vector["caller"], vector["sequence"]):
            sys.exit(f"{vector['key']}: {caller} and {sequence}, the vector says {vector['caller']} and {vector['sequence']}")
    print(f"{len(vectors['values'])} values agree, {len(vectors['keys'])} keys agree")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
