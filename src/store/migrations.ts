/** The steps of the schema, in each dialect. Each only adds, so that processes one version older go on working; released ones are never changed. */
export const MIGRATIONS: readonly { readonly version: number; readonly sqlite: string; readonly postgres: string }[] = [
  {
    version: 1,
    sqlite: `
      CREATE TABLE rowgate_record (
        id TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        row_count INTEGER NOT NULL,
        operation TEXT NOT NULL,
        version INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        owner TEXT,
        created_at INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        settled_at INTEGER,
        unconfirmed INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX rowgate_record_opened ON rowgate_record (opened_at);
      CREATE INDEX rowgate_record_open ON rowgate_record (created_at) WHERE settled_at IS NULL;
      CREATE TABLE rowgate_entry (
        seq INTEGER PRIMARY KEY,
        record_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        number INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (record_id, epoch, number)
      ) STRICT;`,
    postgres: `
      CREATE TABLE rowgate_record (
        id text PRIMARY KEY,
        fingerprint text NOT NULL,
        row_count integer NOT NULL,
        operation text NOT NULL,
        version integer NOT NULL,
        epoch integer NOT NULL,
        owner text,
        created_at timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        settled_at timestamptz,
        unconfirmed integer NOT NULL DEFAULT 0
      );
      CREATE INDEX rowgate_record_opened ON rowgate_record (opened_at);
      CREATE INDEX rowgate_record_open ON rowgate_record (created_at) WHERE settled_at IS NULL;
      CREATE TABLE rowgate_entry (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        record_id text NOT NULL,
        epoch integer NOT NULL,
        number integer NOT NULL,
        body text NOT NULL,
        PRIMARY KEY (record_id, epoch, number)
      );
      CREATE TABLE rowgate_process (
        owner text PRIMARY KEY,
        seen_at timestamptz NOT NULL
      );`,
  },
  {
    version: 2,
    sqlite: `
      CREATE TABLE rowgate_note (
        kind TEXT NOT NULL,
        tenant TEXT NOT NULL,
        name TEXT NOT NULL,
        writer TEXT NOT NULL,
        body TEXT NOT NULL,
        noted_at INTEGER NOT NULL,
        PRIMARY KEY (kind, tenant, name, writer)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX rowgate_note_noted ON rowgate_note (kind, noted_at);`,
    postgres: `
      CREATE TABLE rowgate_note (
        kind text NOT NULL,
        tenant text NOT NULL,
        name text NOT NULL,
        writer text NOT NULL,
        body text NOT NULL,
        noted_at timestamptz NOT NULL,
        PRIMARY KEY (kind, tenant, name, writer)
      );
      CREATE INDEX rowgate_note_noted ON rowgate_note (kind, noted_at);`,
  },
]

/** The latest schema version. */
export const LATEST_VERSION = MIGRATIONS.reduce((latest, { version }) => Math.max(latest, version), 0)
