#!/usr/bin/env python3
"""An independent reader of protocols/vectors/values.json, written from protocols/wire-values.md alone.

It decodes every vector by its type, compares with the value that stands beside it, encodes the value again, and computes the
hashes. `VectorTests` runs it; by hand: python3 Tests/TroupeWireTests/decode_vectors.py protocols/vectors/values.json
"""
import json
import struct
import sys

MAXIMUM_DEPTH = 64
MASK = (1 << 64) - 1


class Refused(Exception):
    """Bytes that are not a value; the argument is the error's name in the specification."""


class Reader:
    def __init__(self, data, types):
        self.data, self.types = data, types
        self.offset, self.end, self.depth = 0, len(data), 0

    def take(self, count):
        if count > self.end - self.offset:
            raise Refused("truncated")
        self.offset += count
        return self.data[self.offset - count : self.offset]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            if shift == 63 and byte > 1:
                raise Refused("outOfRange")
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift > 0:
                    raise Refused("outOfRange")
                return value
            shift += 7

    def signed(self, bits):
        raw = self.varint()
        value = (raw >> 1) ^ -(raw & 1)
        if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
            raise Refused("outOfRange")
        return value

    def unsigned(self, bits):
        value = self.varint()
        if value >> bits:
            raise Refused("outOfRange")
        return value

    def count(self):
        count = self.varint()
        if count > self.end - self.offset:
            raise Refused("tooManyElements")
        return count

    def enter(self):
        length = self.varint()
        if length > self.end - self.offset:
            raise Refused("truncated")
        if self.depth == MAXIMUM_DEPTH:
            raise Refused("tooDeep")
        self.depth += 1
        outer, self.end = self.end, self.offset + length
        return outer

    def leave(self, outer):
        self.offset, self.end = self.end, outer
        self.depth -= 1

    def fields(self, contract):
        value = {}
        for field in contract:
            if self.offset < self.end:
                value[field["name"]] = self.value(field["type"])
            elif "missing" in field:
                value[field["name"]] = Reader(bytes.fromhex(field["missing"]), self.types).value(field["type"])
            else:
                raise Refused("missingField")
        return value

    def flag(self):
        byte = self.take(1)[0]
        if byte > 1:
            raise Refused("invalid")
        return byte == 1

    def value(self, kind):
        if isinstance(kind, str):
            return self.simple(kind)
        ((form, inner),) = kind.items()
        if form == "optional":
            return {"some": self.value(inner)} if self.flag() else None
        if form == "array":
            return [self.value(inner) for _ in range(self.count())]
        if form == "set":
            return distinct([self.value(inner) for _ in range(self.count())], lambda element: element)
        if form == "dictionary":
            pairs = [[self.value(inner[0]), self.value(inner[1])] for _ in range(self.count())]
            return distinct(pairs, lambda pair: pair[0])
        outer = self.enter()
        contract = self.types[inner]
        if "structure" in contract:
            value = self.fields(contract["structure"])
        else:
            tag = self.varint()
            if tag >= len(contract["enumeration"]):
                raise Refused("unknownCase")
            case = contract["enumeration"][tag]
            value = {case["name"]: self.fields(case["fields"])}
        self.leave(outer)
        return value

    def simple(self, kind):
        if kind == "nothing":
            return {}
        if kind == "never":
            raise Refused("invalid")
        if kind == "bool":
            return self.flag()
        if kind in ("int8", "uint8"):
            return struct.unpack("b" if kind == "int8" else "B", self.take(1))[0]
        if kind.startswith("int"):
            return number(self.signed(int(kind[3:])))
        if kind.startswith("uint"):
            return number(self.unsigned(int(kind[4:])))
        if kind.startswith("fixed"):
            return number(int.from_bytes(self.take(int(kind[5:]) // 8), "little"))
        if kind in ("float", "double"):
            return real(struct.unpack("<f" if kind == "float" else "<d", self.take(4 if kind == "float" else 8))[0])
        if kind == "string":
            try:
                return self.take(self.varint()).decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("invalidUTF8") from None
        if kind == "bytes":
            return self.take(self.count()).hex()
        if kind == "duration":
            seconds, attoseconds = self.signed(64), self.signed(64)
            if seconds * attoseconds < 0 or abs(attoseconds) >= 10**18:
                raise Refused("invalid")
            return [number(seconds), number(attoseconds)]
        if kind == "uuid":
            text = self.take(16).hex()
            return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])
        raise SystemExit(f"no such type: {kind}")


def distinct(items, key):
    keys = [json.dumps(key(item), sort_keys=True) for item in items]
    if len(set(keys)) < len(keys):
        raise Refused("duplicateKey")
    return items


def number(value):
    """JSON numbers are doubles to many readers: beyond 2^53 an integer is written as text."""
    return value if abs(value) <= 1 << 53 else str(value)


def real(value):
    if value != value:
        return "nan"
    return {float("inf"): "inf", float("-inf"): "-inf"}.get(value, value)


# Encoding


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def prefixed(body):
    return varint(len(body)) + body


def encode(kind, value, types):
    if isinstance(kind, str):
        return encode_simple(kind, value)
    ((form, inner),) = kind.items()
    if form == "optional":
        return b"\0" if value is None else b"\1" + encode(inner, value["some"], types)
    if form == "array":
        return varint(len(value)) + b"".join(encode(inner, element, types) for element in value)
    if form == "set":
        return varint(len(value)) + b"".join(sorted(encode(inner, element, types) for element in value))
    if form == "dictionary":
        entries = [(encode(inner[0], key, types), encode(inner[1], item, types)) for key, item in value]
        return varint(len(entries)) + b"".join(key + item for key, item in sorted(entries))
    contract = types[inner]
    if "structure" in contract:
        return prefixed(b"".join(encode(field["type"], value[field["name"]], types) for field in contract["structure"]))
    ((name, fields),) = value.items()
    tag = [case["name"] for case in contract["enumeration"]].index(name)
    listed = contract["enumeration"][tag]["fields"]
    return prefixed(varint(tag) + b"".join(encode(field["type"], fields[field["name"]], types) for field in listed))


def encode_simple(kind, value):
    if kind == "nothing":
        return b""
    if kind == "bool":
        return b"\1" if value else b"\0"
    if kind in ("int8", "uint8"):
        return struct.pack("b" if kind == "int8" else "B", value)
    if kind.startswith("int"):
        return zigzag(int(value))
    if kind.startswith("uint"):
        return varint(int(value))
    if kind.startswith("fixed"):
        return int(value).to_bytes(int(kind[5:]) // 8, "little")
    if kind in ("float", "double"):
        return struct.pack("<f" if kind == "float" else "<d", float(value))
    if kind == "string":
        return prefixed(value.encode("utf-8"))
    if kind == "bytes":
        return prefixed(bytes.fromhex(value))
    if kind == "duration":
        return zigzag(int(value[0])) + zigzag(int(value[1]))
    return bytes.fromhex(value.replace("-", ""))  # uuid


# Hashes


def fnv1a(text, bits):
    value, prime = (0xCBF29CE484222325, 0x100000001B3) if bits == 64 else (0x811C9DC5, 0x01000193)
    for byte in text.encode("utf-8"):
        value = (value ^ byte) * prime % (1 << bits)
    return value


def entity_hash(kind_id, identity):
    def fold(left, right):
        return (left * right >> 64) ^ (left * right & MASK)

    step, last = 0xA0761D6478BD642F, 0xE7037ED1A0B428DB
    data = identity.encode("utf-8")
    value = fold(kind_id ^ 0x9E3779B97F4A7C15, step)
    whole = len(data) // 8 * 8
    for offset in range(0, whole, 8):
        value = fold(value ^ int.from_bytes(data[offset : offset + 8], "little"), step)
    value = fold(value ^ int.from_bytes(data[whole:], "little"), last)
    return fold(value ^ len(data), step)


def check(vectors):
    types = vectors["types"]
    for vector in vectors["values"]:
        data = bytes.fromhex(vector["bytes"])
        reader = Reader(data, types)
        value = reader.value(vector["type"])
        yield vector["name"], value, vector["value"]
        yield vector["name"] + ": bytes left", reader.end - reader.offset, 0
        if "written_again" not in vector:
            yield vector["name"] + ": written", encode(vector["type"], value, types).hex(), data.hex()
        else:
            yield vector["name"] + ": written again", encode(vector["type"], value, types).hex(), vector["written_again"]
    for vector in vectors["refused"]:
        try:
            found = "read as " + repr(Reader(bytes.fromhex(vector["bytes"]), types).value(vector["type"]))
        except Refused as error:
            found = str(error)
        yield "refused " + vector["bytes"], found, vector["error"]
    hashes = vectors["hashes"]
    for vector in hashes["kind"]:
        yield "kind " + vector["kind"], fnv1a(vector["kind"], 32), int(vector["id"], 16)
    for vector in hashes["method"]:
        name = vector["kind"] + "." + vector["name"]
        yield "method " + name, fnv1a(name, 64), int(vector["id"], 16)
    for vector in hashes["entity"]:
        value = entity_hash(fnv1a(vector["kind"], 32), vector["id"])
        yield "hash of " + vector["kind"] + "/" + vector["id"], value, int(vector["hash"], 16)
        yield "shard of " + vector["kind"] + "/" + vector["id"], value * 1024 >> 64, vector["shard_of_1024"]


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    checks = list(check(vectors))
    wrong = [(name, found, expected) for name, found, expected in checks if found != expected]
    for name, found, expected in wrong:
        print(f"{name}: found {found!r}, expected {expected!r}")
    print(f"{len(checks) - len(wrong)} of {len(checks)} checks agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
