# An emulator of AWS for tests: moto, on a port that the kernel chooses and that is the first line of output. It ends when its
# standard input does, so it never outlives who started it.
#
# One request at a time: moto has no locks. With threads, two conditional puts of one item may both succeed, and a transaction that
# is refused puts the whole table back to where it was before it, with what others wrote meanwhile.
import collections
import copy
import logging
import os
import sys
import threading

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

# Before each transaction moto copies the whole table, item by item, to go back to when it is refused: 0.1 s with a few thousand
# items. Only the items that the transaction names can change, so only they are copied whole.
named = set()
transact = DynamoDBBackend.transact_write_items


def transact_naming_its_items(self, items):
    keys = [change.get("Key") or change.get("Item") for item in items for change in item.values()]
    named.update((key["pk"]["S"], key["sk"]["S"]) for key in keys if "pk" in key and "sk" in key)
    try:
        transact(self, items)
    finally:
        named.clear()


def copy_of_table(self, memo):
    other = copy.copy(self)
    other.items = collections.defaultdict(dict)
    for partition, items in self.items.items():
        other.items[partition] = {
            sort: copy.deepcopy(item) if (partition.value, sort.value) in named else item for sort, item in items.items()
        }
    return other


DynamoDBBackend.transact_write_items = transact_naming_its_items
Table.__deepcopy__ = copy_of_table

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
