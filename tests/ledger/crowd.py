# SPDX-License-Identifier: Apache-2.0
"""A log of 100,000 entries that an office serves: golang.org/x/mod follows it to the last hash, and 200 connections that
are opened at once pull it whole, with no reset, no error and nothing tried again."""
import os, re

from tools import ours, xmod
from harness import Site, run, test, until

ENTRIES, CONNECTIONS = 100000, 200


def size_of(office):
    answer = office.get("/ledger/checkpoint")
    assert answer.status == 200, answer.text
    return int(answer.text.split("\n")[1])


def office_with_entries(engine):
    """Its acts are in the store before it is served, as after a long outage: it sequences them first."""
    office = Site(engine, demo=False, start=False)
    try:
        ours("acts", office.store, ENTRIES)
        office.start()
        until(lambda: size_of(office) > ENTRIES, 300)
    except BaseException:
        office.close()
        raise
    return office


@test
def others_follow_a_log_of_100000_entries_and_200_connections_at_once_pull_it(engine):
    with office_with_entries(engine) as office:
        url = f"http://127.0.0.1:{office.port}/ledger"
        entries, tiles, proofs = map(int, re.findall(r"\d+", xmod("log", url)))
        assert entries > ENTRIES and tiles >= ENTRIES // 256 and proofs > ENTRIES // 1009
        print("#", xmod("burst", url, CONNECTIONS).strip())


run()
