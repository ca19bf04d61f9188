#!/usr/bin/env python3
"""Reads protocols/vectors/identities.json by what protocols/identity.md and RFC 8032 say, and by nothing else: no code is shared with
the Swift side, and no library checks the signatures. Prints how many vectors agree; fails on the first that does not."""
import hashlib
import json
import sys

CONTEXT = b"TRPE identity\0"
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME


class Refused(Exception):
    pass


def point(data):
    """A point of the curve out of its 32 bytes."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or (x * x - square) % PRIME or (x == 0 and sign):
        raise ValueError("no point")
    return (PRIME - x if x & 1 != sign else x), y


def add(one, other):
    (a, b), (c, e) = one, other
    product = D * a * c * b * e % PRIME
    return (a * e + b * c) * pow(1 + product, PRIME - 2, PRIME) % PRIME, (b * e + a * c) * pow(1 - product, PRIME - 2, PRIME) % PRIME


def times(scalar, base):
    sum_ = (0, 1)
    while scalar:
        if scalar & 1:
            sum_ = add(sum_, base)
        base, scalar = add(base, base), scalar >> 1
    return sum_


BASE = point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(public, message, signature):
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    try:
        commitment, key = point(signature[:32]), point(public)
    except ValueError:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return times(scalar, BASE) == add(commitment, times(challenge, key))


class Token:
    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        if self.at + count > len(self.data):
            raise Refused("cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width):
        return int.from_bytes(self.bytes(width), "little")

    def text(self, longest):
        try:
            text = self.bytes(self.number(2)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("not UTF-8") from error
        if not 1 <= len(text.encode()) <= longest:
            raise Refused("length of a text")
        return text


def decode(data, keys):
    if len(data) > 1_024:
        raise Refused("too long")
    token = Token(data)
    if token.number(1) != 1:
        raise Refused("version")
    fields = {"subject": token.text(255), "audience": token.text(63)}
    issued, expires = token.number(8), token.number(8)
    if not issued < expires <= issued + 300_000 or expires >= 2**63:
        raise Refused("life")
    count = token.number(1)
    if count > 16:
        raise Refused("roles")
    fields |= {"issued": str(issued), "expires": str(expires), "roles": " ".join(token.text(63) for _ in range(count))}
    issuer = token.bytes(8)
    message, signature = CONTEXT + data[: token.at], token.bytes(64)
    if token.at != len(data):
        raise Refused("bytes behind")
    fields["issuer"] = issuer.hex()
    fields["signed"] = "yes" if issuer in keys and is_signed(keys[issuer], message, signature) else "no"
    return fields


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    publics = [bytes.fromhex(key["public"]) for key in vectors["keys"]]
    keys = {hashlib.sha256(public).digest()[:8]: public for public in publics}
    for vector in vectors["tokens"]:
        fields = decode(bytes.fromhex(vector["hex"]), keys)
        if fields != vector["fields"]:
            sys.exit(f"{vector['name']}: read {fields}, the vector says {vector['fields']}")
    for vector in vectors["refused"]:
        try:
            decode(bytes.fromhex(vector["hex"]), keys)
        except Refused:
            continue
        sys.exit(f"{vector['name']}: was not refused")
    print(f"{len(vectors['tokens'])} tokens agree, {len(vectors['refused'])} are refused")


if __name__ == "__main__":
    main(sys.argv[1])
