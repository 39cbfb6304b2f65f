import type { OpenRequest } from '../../src/idempotency/store-port.ts'

/** A request that a store is to open, with what does not matter filled in. */
export function openRequest(id: string, changes: Partial<OpenRequest> = {}): OpenRequest {
  return { id, fingerprint: 'print', rowCount: 3, operation: 'APPEND', version: 1, ...changes }
}
