import { LEASE_MS } from '../idempotency/store-port.ts'

// Each is a single statement, and so a transaction unless it is said to need locks, and leaves no state in its session: a pooler may
// use another session for each. Rows are locked in the order of their ids, so that two statements cannot deadlock.

/** Makes the commit durable even where the database has `synchronous_commit` off; for this transaction only. */
const DURABLE = `durable AS MATERIALIZED (
  SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', true) END
)`

/** Whether the owner of a record `r` holds a valid lease. One from the future does not count: the clock was set back since, and a living owner renews it. */
const IS_ALIVE = `EXISTS (
  SELECT 1 FROM rowgate_process p
  WHERE p.owner = r.owner AND abs(extract(epoch FROM now() - p.seen_at)) < ${LEASE_MS / 1_000}
)`

/**
 * Whether a record `r` was opened since the statement began, which has waited for a lock, then. It sees no heartbeat that is younger
 * than itself, and its own process may have given it up, and opened the record anew: such a record is not taken.
 */
const IS_OPENED_SINCE = `(r.opened_at > now() AND r.opened_at <= clock_timestamp())`

/** Locks records: ids. */
export const LOCK_RECORDS = 'SELECT id, epoch, owner FROM rowgate_record WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE'

/** Creates records, or takes over existing ones: ids, fingerprints, row counts, operations, versions; owner; whether settled ones are reopened. */
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
  AND NOT ${IS_OPENED_SINCE} AND (r.owner IS NULL OR r.owner = excluded.owner OR NOT ${IS_ALIVE})
RETURNING id, epoch`

/**
 * Writes what is allowed: ids, epochs, kinds, numbers, entries, unconfirmed counts; owner; known entries. A record is locked before
 * its claim is checked, so that whoever takes it over later reads all that was written under the claim. To forget a record, it must
 * have been locked before the statement begins, which sees every entry then.
 */
export const WRITE_ENTRIES = `
WITH ${DURABLE}, given AS (
  SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::integer[], $8::integer[])
    WITH ORDINALITY AS g (id, epoch, kind, number, body, unconfirmed, known, place)
), locked AS MATERIALIZED (
  ${LOCK_RECORDS}
), judged AS MATERIALIZED (
  SELECT g.*, l.id IS NOT NULL AND (
      g.kind = 'fact' OR (l.epoch = g.epoch AND (g.kind = 'rejection' OR l.owner IS NOT DISTINCT FROM $7))
    ) AS is_written,
    g.kind = 'forget' AND g.epoch = 1 AND NOT EXISTS (SELECT 1 FROM rowgate_entry e WHERE e.record_id = g.id)
      AND NOT EXISTS (SELECT 1 FROM given w WHERE w.id = g.id AND w.body IS NOT NULL) AS is_forgotten
  FROM given g LEFT JOIN locked l USING (id)
), written AS (
  INSERT INTO rowgate_entry (record_id, epoch, number, body)
  SELECT id, epoch, number, body FROM judged WHERE is_written AND body IS NOT NULL ORDER BY place
  ON CONFLICT DO NOTHING
), replaced AS (
  DELETE FROM rowgate_entry e USING judged j WHERE j.is_written AND j.kind = 'settle' AND e.record_id = j.id AND (e.epoch = j.epoch
    OR j.known > (SELECT count(*) FROM rowgate_entry o WHERE o.record_id = j.id AND o.epoch <> j.epoch AND o.seq < e.seq))
), closed AS (
  UPDATE rowgate_record r
  SET owner = NULL, settled_at = CASE WHEN j.kind = 'settle' THEN now() END, unconfirmed = coalesce(j.unconfirmed, r.unconfirmed)
  FROM judged j WHERE j.is_written AND NOT j.is_forgotten AND j.kind IN ('settle', 'release', 'forget') AND r.id = j.id
), forgotten AS (
  DELETE FROM rowgate_record r USING judged j WHERE j.is_written AND j.is_forgotten AND r.id = j.id
)
SELECT is_written FROM judged, durable ORDER BY place`

/** Reads records: ids. */
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

/** Locks some old records that nobody works on: age in milliseconds, limit. */
export const LOCK_OLD_RECORDS = `
SELECT id FROM rowgate_record r
WHERE opened_at < now() - $1::float8 * interval '1 millisecond' AND NOT ${IS_ALIVE}
ORDER BY opened_at LIMIT $2 FOR UPDATE SKIP LOCKED`

/** Deletes the entries of locked records: ids. */
export const DELETE_ENTRIES = 'DELETE FROM rowgate_entry WHERE record_id = ANY ($1)'

/** Deletes locked records: ids. */
export const DELETE_RECORDS = 'DELETE FROM rowgate_record WHERE id = ANY ($1)'

/** Deletes processes whose last heartbeat was over a day ago. */
export const DELETE_PROCESSES = `DELETE FROM rowgate_process WHERE seen_at < now() - interval '1 day'`

/**
 * Cancels statements that Rowgate has given up on: each would occupy a connection of the server while it waits for a lock or a
 * standby. Parameter: after how many milliseconds they are given up, with some tolerance for clocks.
 */
export const CANCEL_GIVEN_UP = `
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND datname = current_database() AND application_name = current_setting('application_name')
  AND state = 'active' AND pid <> pg_backend_pid() AND query_start < now() - ($1::float8 - 1000) * interval '1 millisecond'`

/** Reads the number of records, the age of the oldest open one in milliseconds, and the number of unconfirmed rows. */
export const READ_STATS = `
SELECT count(*)::float8 AS records, coalesce(sum(unconfirmed), 0)::float8 AS unconfirmed_rows,
  (SELECT (extract(epoch FROM now() - min(created_at)) * 1000)::float8 FROM rowgate_record WHERE settled_at IS NULL) AS oldest_open_ms
FROM rowgate_record`
