import { LEASE_MS } from '../idempotency/store-port.ts'

// Each is one statement and so one transaction, and none leaves anything behind in its session: a pooler may give every one
// another session. Rows are locked in the order of their ids, so that no two statements wait for each other.

/** A commit must outlive the server, also where the database is set to be quick about it; what is set goes with the transaction. */
const DURABLE = `durable AS MATERIALIZED (
  SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', true) END
)`

/** Whether the owner of a record `r` has a lease that runs. */
const IS_ALIVE = `EXISTS (
  SELECT 1 FROM rowgate_process p WHERE p.owner = r.owner AND p.seen_at > now() - interval '${LEASE_MS} milliseconds'
)`

/** Makes records, or takes those over that may be: ids, fingerprints, row counts, operations, versions; owner; whether those that are settled are opened as well. */
export const OPEN_RECORDS = `
WITH ${DURABLE}, given AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::integer[], $7::boolean[])
    AS g (id, fingerprint, row_count, operation, version, reopens)
)
INSERT INTO rowgate_record AS r (id, fingerprint, row_count, operation, version, epoch, owner, created_at, opened_at)
SELECT id, fingerprint, row_count, operation, version, 1, $6, now(), now() FROM given, durable ORDER BY id
ON CONFLICT (id) DO UPDATE SET epoch = r.epoch + 1, owner = excluded.owner, version = excluded.version, opened_at = now(),
  settled_at = NULL
WHERE r.version <= excluded.version
  AND r.fingerprint = excluded.fingerprint AND (r.settled_at IS NULL OR EXISTS (SELECT 1 FROM given g WHERE g.id = r.id AND g.reopens))
  AND (r.owner IS NULL OR r.owner = excluded.owner OR NOT ${IS_ALIVE})
RETURNING id, epoch`

/**
 * Writes what may be written: ids, epochs, kinds, numbers, entries, unconfirmed counts; owner. A record is locked before its
 * claim is looked at, so that whoever takes it over afterwards reads all that was written under the claim. What an entry
 * replaces is what was there when the statement began; a fact that comes at the same time stays.
 */
export const WRITE_ENTRIES = `
WITH ${DURABLE}, given AS (
  SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::integer[])
    WITH ORDINALITY AS g (id, epoch, kind, number, body, unconfirmed, place)
), locked AS MATERIALIZED (
  SELECT id, epoch, owner FROM rowgate_record WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE
), judged AS MATERIALIZED (
  SELECT g.*, l.id IS NOT NULL AND (
      g.kind = 'fact' OR (l.epoch = g.epoch AND (g.kind = 'rejection' OR l.owner IS NOT DISTINCT FROM $7))
    ) AS is_written,
    g.kind = 'forget' AND g.epoch = 1 AND NOT EXISTS (SELECT 1 FROM rowgate_entry e WHERE e.record_id = g.id) AS is_forgotten
  FROM given g LEFT JOIN locked l USING (id)
), written AS (
  INSERT INTO rowgate_entry (record_id, epoch, number, body)
  SELECT id, epoch, number, body FROM judged WHERE is_written AND body IS NOT NULL ORDER BY place
  ON CONFLICT DO NOTHING
), replaced AS (
  DELETE FROM rowgate_entry e USING judged j WHERE j.is_written AND j.kind = 'settle' AND e.record_id = j.id
), closed AS (
  UPDATE rowgate_record r
  SET owner = NULL, settled_at = CASE WHEN j.kind = 'settle' THEN now() END, unconfirmed = coalesce(j.unconfirmed, r.unconfirmed)
  FROM judged j WHERE j.is_written AND NOT j.is_forgotten AND j.kind IN ('settle', 'release', 'forget') AND r.id = j.id
), forgotten AS (
  DELETE FROM rowgate_record r USING judged j WHERE j.is_written AND j.is_forgotten AND r.id = j.id
)
SELECT is_written FROM judged, durable ORDER BY place`

/** Records as they stand, by ids. */
export const READ_RECORDS = `
SELECT r.id, r.fingerprint, r.row_count, r.operation, r.version, r.epoch, r.owner,
  CASE WHEN r.settled_at IS NOT NULL THEN 'SETTLED' WHEN ${IS_ALIVE} THEN 'RUNNING' ELSE 'INTERRUPTED' END AS state,
  (extract(epoch FROM r.created_at) * 1000)::float8 AS created_at, (extract(epoch FROM r.opened_at) * 1000)::float8 AS opened_at,
  ARRAY (SELECT e.body FROM rowgate_entry e WHERE e.record_id = r.id ORDER BY e.seq) AS entries
FROM rowgate_record r WHERE r.id = ANY ($1)`

/** Renews a lease: owner. */
export const BEAT = `
INSERT INTO rowgate_process (owner, seen_at) VALUES ($1, now())
ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at`

/** Ends a lease: owner. */
export const END_LEASE = 'DELETE FROM rowgate_process WHERE owner = $1'

/** Locks some old records that nobody is at work on: age in milliseconds, limit. */
export const LOCK_OLD_RECORDS = `
SELECT id FROM rowgate_record r
WHERE opened_at < now() - $1::float8 * interval '1 millisecond' AND NOT ${IS_ALIVE}
ORDER BY opened_at LIMIT $2 FOR UPDATE SKIP LOCKED`

/** Deletes the entries of records that are locked: ids. */
export const DELETE_ENTRIES = 'DELETE FROM rowgate_entry WHERE record_id = ANY ($1)'

/** Deletes records that are locked: ids. */
export const DELETE_RECORDS = 'DELETE FROM rowgate_record WHERE id = ANY ($1)'

/** Forgets processes that ended without a word a day ago. */
export const DELETE_PROCESSES = `DELETE FROM rowgate_process WHERE seen_at < now() - interval '1 day'`

/**
 * Cancels what the server still does though Rowgate has given it up: while a lock or a standby is waited for, each of these would keep
 * a connection of the server. Its clock may be read a little early: the time after which it is given up, in milliseconds.
 */
export const CANCEL_GIVEN_UP = `
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND datname = current_database() AND application_name = current_setting('application_name')
  AND state = 'active' AND pid <> pg_backend_pid() AND query_start < now() - ($1::float8 - 1000) * interval '1 millisecond'`

/** How many records there are, how old the oldest open one is in milliseconds, and how many rows stayed unconfirmed. */
export const READ_STATS = `
SELECT count(*)::float8 AS records, coalesce(sum(unconfirmed), 0)::float8 AS unconfirmed_rows,
  (SELECT (extract(epoch FROM now() - min(created_at)) * 1000)::float8 FROM rowgate_record WHERE settled_at IS NULL) AS oldest_open_ms
FROM rowgate_record`
