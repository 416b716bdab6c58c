"""The tables. Amounts are whole hundred-thousandths of a unit of the home currency (money.py), debits positive."""

from __future__ import annotations

#: Part of the name of the file.
VERSION = 3

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS company (
    realm TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL,
    currency TEXT NOT NULL, zone TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sequence (
    realm TEXT NOT NULL, family TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (realm, family)
);
CREATE TABLE IF NOT EXISTS object (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL,
    sync_token INTEGER NOT NULL, active INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, born REAL NOT NULL,
    names TEXT, name TEXT, doc_number TEXT, txn_date TEXT, amount INTEGER, open INTEGER, party TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (realm, entity, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS object_name ON object (realm, names, name) WHERE names IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_doc_number ON object (realm, entity, doc_number) WHERE doc_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_txn_date ON object (realm, entity, txn_date) WHERE txn_date IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_parent ON object (realm, names, json_extract(body, '$.ParentRef.value'))
    WHERE names IS NOT NULL;
CREATE INDEX IF NOT EXISTS account_type ON object (realm, json_extract(body, '$.AccountType'), id)
    WHERE entity = 'Account';
CREATE INDEX IF NOT EXISTS account_sub_type ON object (realm, json_extract(body, '$.AccountSubType'), id)
    WHERE entity = 'Account';
CREATE INDEX IF NOT EXISTS object_updated ON object (realm, entity, updated, id);
CREATE INDEX IF NOT EXISTS object_booked ON object (realm, txn_date) WHERE txn_date IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_dealings ON object (realm, entity, party, txn_date) WHERE party IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_open ON object (realm, entity, txn_date, open) WHERE open > 0;
CREATE TABLE IF NOT EXISTS deleted (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (realm, entity, id)
);
CREATE INDEX IF NOT EXISTS deleted_at ON deleted (realm, entity, at, id);
CREATE TABLE IF NOT EXISTS attached (
    realm TEXT NOT NULL, attachable INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (realm, attachable, kind, target)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attached_target ON attached (target, realm, kind);
CREATE TRIGGER IF NOT EXISTS attached_on_create AFTER INSERT ON object WHEN NEW.entity = 'Attachable' BEGIN
    INSERT OR IGNORE INTO attached SELECT NEW.realm, NEW.id, lower(json_extract(value, '$.EntityRef.type')),
        json_extract(value, '$.EntityRef.value') FROM json_each(NEW.body, '$.AttachableRef');
END;
CREATE TRIGGER IF NOT EXISTS attached_on_update AFTER UPDATE OF body ON object WHEN NEW.entity = 'Attachable' BEGIN
    DELETE FROM attached WHERE realm = NEW.realm AND attachable = NEW.id;
    INSERT OR IGNORE INTO attached SELECT NEW.realm, NEW.id, lower(json_extract(value, '$.EntityRef.type')),
        json_extract(value, '$.EntityRef.value') FROM json_each(NEW.body, '$.AttachableRef');
END;
CREATE TABLE IF NOT EXISTS piece (
    realm TEXT NOT NULL, attachable INTEGER NOT NULL, place INTEGER NOT NULL, bytes BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS piece_place ON piece (realm, attachable, place);
CREATE TABLE IF NOT EXISTS audit (
    realm TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, author TEXT NOT NULL, operation TEXT NOT NULL,
    entity TEXT NOT NULL, id INTEGER NOT NULL, was INTEGER, is_now INTEGER NOT NULL, changed TEXT NOT NULL,
    PRIMARY KEY (realm, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_object ON audit (realm, entity, id) WHERE was IS NOT NULL OR author <> '';
CREATE TABLE IF NOT EXISTS posting (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, line INTEGER NOT NULL,
    account INTEGER NOT NULL, debit INTEGER NOT NULL, native INTEGER NOT NULL, txn_date TEXT NOT NULL,
    party INTEGER, class INTEGER, department INTEGER, memo TEXT, item INTEGER, quantity INTEGER,
    PRIMARY KEY (realm, entity, id, line)
) WITHOUT ROWID;
-- Balances and reports are summed in this index alone.
CREATE INDEX IF NOT EXISTS posting_sums ON posting (realm, account, txn_date, debit);
CREATE TABLE IF NOT EXISTS balance (
    realm TEXT NOT NULL, account INTEGER NOT NULL, debit INTEGER NOT NULL, native INTEGER NOT NULL,
    PRIMARY KEY (realm, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opening (
    realm TEXT NOT NULL, account INTEGER NOT NULL, debit INTEGER NOT NULL, PRIMARY KEY (realm, account)
);
CREATE TABLE IF NOT EXISTS party_balance (
    realm TEXT NOT NULL, party INTEGER NOT NULL, debit INTEGER NOT NULL, native INTEGER NOT NULL,
    PRIMARY KEY (realm, party)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stock (
    realm TEXT NOT NULL, item INTEGER NOT NULL, quantity INTEGER NOT NULL, worth INTEGER NOT NULL,
    PRIMARY KEY (realm, item)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, line INTEGER NOT NULL,
    target TEXT NOT NULL, target_id INTEGER NOT NULL, units INTEGER NOT NULL,
    PRIMARY KEY (realm, entity, id, line)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_target ON link (realm, target, target_id);
CREATE TABLE IF NOT EXISTS cleared (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL,
    debit INTEGER NOT NULL, state TEXT NOT NULL, statement_date TEXT, PRIMARY KEY (realm, entity, id, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remembered (
    realm TEXT NOT NULL, kind TEXT NOT NULL, request_id TEXT NOT NULL, bid TEXT NOT NULL,
    digest TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (realm, kind, request_id, bid)
);
CREATE TABLE IF NOT EXISTS webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, shape TEXT NOT NULL, verifier TEXT NOT NULL,
    entities TEXT NOT NULL, compress REAL NOT NULL, repeat INTEGER NOT NULL, shuffle INTEGER NOT NULL,
    hold REAL NOT NULL, disabled REAL
);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, webhook INTEGER NOT NULL, key TEXT NOT NULL, realm TEXT NOT NULL,
    entity TEXT NOT NULL, object TEXT NOT NULL, operation TEXT NOT NULL, at REAL NOT NULL, absorbed TEXT
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, webhook INTEGER NOT NULL, body BLOB NOT NULL, made REAL NOT NULL,
    due REAL, tries INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_webhook ON delivery (webhook, id);
CREATE TABLE IF NOT EXISTS attempt (
    delivery INTEGER NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, seconds REAL NOT NULL,
    status INTEGER, answer TEXT NOT NULL, PRIMARY KEY (delivery, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metered (
    month TEXT NOT NULL, app TEXT NOT NULL, realm TEXT NOT NULL, class TEXT NOT NULL, calls INTEGER NOT NULL,
    PRIMARY KEY (month, app, realm, class)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS app (
    client TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL, redirect_uris TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS key (name TEXT PRIMARY KEY, pem BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_grant (
    id INTEGER PRIMARY KEY, client TEXT NOT NULL, realm TEXT, scope TEXT NOT NULL,
    authorised REAL NOT NULL, revoked REAL
);
CREATE TABLE IF NOT EXISTS oauth_code (
    code TEXT PRIMARY KEY, client TEXT NOT NULL, redirect_uri TEXT NOT NULL, realm TEXT, scope TEXT NOT NULL,
    nonce TEXT, expires REAL NOT NULL, oauth_grant INTEGER
);
CREATE TABLE IF NOT EXISTS access_token (
    token TEXT PRIMARY KEY, oauth_grant INTEGER NOT NULL, expires REAL NOT NULL, dead REAL
);
CREATE TABLE IF NOT EXISTS refresh_token (
    token TEXT PRIMARY KEY, oauth_grant INTEGER NOT NULL, issued REAL NOT NULL, used REAL NOT NULL, dead REAL
);
"""

BOOKS = (
    *("company", "sequence", "object", "deleted", "posting", "balance", "opening", "party_balance", "stock", "link"),
    *("cleared", "remembered", "attached", "piece", "audit"),
    # Subscriptions outlive a reset; what was still to be told does not.
    *("event", "delivery", "attempt"),
)
TOKENS = ("oauth_grant", "oauth_code", "access_token", "refresh_token")
