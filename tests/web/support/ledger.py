# SPDX-License-Identifier: Apache-2.0
"""What tests do to a running office's ledger from outside."""
import base64, datetime, glob, hashlib, os, secrets, sqlite3, time


def leave(s, n):
    """Entries as acts leave them, by another program: n of them, in one transaction."""
    day = datetime.date.today().isoformat()
    with sqlite3.connect(os.path.join(s.office, "daylight.db"), timeout=20) as store:
        for _ in range(n):
            commit = base64.b64encode(secrets.token_bytes(32)).decode()
            text = f"daylight/v1\nreceive\n{day}\nunit -\nref -\ncommit {commit}\ncode -\n"
            ticket = f"{time.time_ns() // 1000:016x}{secrets.token_hex(8)}"
            store.execute("INSERT INTO ledger_pending (ticket, text, hash) VALUES (?, ?, ?)",
                          (ticket, text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()))
    store.close()


def signers(pid):
    """Processes that this one started: its signer, while it leads."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with open(path) as file:
            found += [int(word) for word in file.read().split()]
    return found
