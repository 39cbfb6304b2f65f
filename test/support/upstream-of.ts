import type { Batch } from '../../src/ingest/batch.ts'
import type { Answer, UpstreamPort } from '../../src/ingest/upstream-port.ts'

/** An upstream that answers as it is told, and to which every batch is two bytes. */
export function upstreamOf(send: (batch: Batch, signal: AbortSignal) => Promise<Answer>): UpstreamPort {
  return {
    prepare: (batch) => ({
      byteLength: 2,
      send(signal, noteLeft) {
        noteLeft()
        return send(batch, signal)
      },
      [Symbol.dispose]: () => {},
    }),
  }
}
