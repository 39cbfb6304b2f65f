import { gzipSync } from 'node:zlib'
import type { Scenario } from '../support/recording/run.ts'
import { item, items } from './rows.ts'

const DOCUMENT = `mutation ($rows: [ProductsRowInput!]!, $dryRun: Boolean) { upsertProducts(rows: $rows, dryRun: $dryRun) { acceptedCount rejectedCount unconfirmedCount
  issueSummary { code field count firstIndexes message } rows(only: [REJECTED, UNCONFIRMED]) { __typename ... on IngestedRow { index key } ... on RejectedRow { by issues { code field message hint } } } } }`

/** Bodies that are read bit by bit. */
export const large: Scenario = {
  name: 'large',
  title: 'Large mutations: rows are read from the body while they are judged, and sent as they were written.',
  about: `
Bodies of more than a megabyte, plain, compressed and in pieces of unsaid length; with rows that are bad, unusual forms of JSON, and numbers of many digits.`,
  settings: { MAX_BATCH_ROWS: '4000', MAX_BATCH_BYTES: '700000', LOG_LEVEL: 'info' },
  async play({ send, say }) {
    const headers = { authorization: 'token-ann', 'content-type': 'application/json' }
    const filler = 'a description that makes rows long '.repeat(24)
    const many = (count: number, name: string) => items(count, name).map((row) => ({ ...row, productDescription: filler }))
    const body = (rows: unknown, more: object = {}) => JSON.stringify({ query: DOCUMENT, variables: { rows, ...more } })
    const post = (words: string, text: string | Buffer, more: Record<string, string> = {}) =>
      send('ann', { words, headers: { ...headers, ...more }, body: text })
    await post('1,300 good rows', body(many(1_300, 'A')))
    const spoilt = [
      ...many(700, 'B'),
      item('bad', { packSize: 'x' }),
      null,
      7,
      ...many(700, 'C'),
      { ...item('D'), unknown: 1, extra: { A: 1 } },
      item('B1'),
    ]
    await post('good rows and bad ones, one key twice', body(spoilt, { dryRun: true }))
    await post('compressed', gzipSync(body(many(1_250, 'E'))), { 'content-encoding': 'gzip' })
    await post('of unsaid length', body(many(1_250, 'F')), { 'transfer-encoding': 'chunked' })
    const odd = many(1_250, 'G').map((row, nth) =>
      JSON.stringify(row).replace(
        '"packSize":1',
        `"packSize" : ${['1.0', '1e0', '12345678901234567890', '1e-400', '0.1e1', '-0'][nth % 6]}`,
      ),
    )
    const escaped = odd.map((row, nth) =>
      nth % 300 === 0
        ? row.replace('"sourceId":"S"', '"sourceId":"\\u0053\\u00e9\\ud83d\\ude00"')
        : nth % 301 === 0
          ? row.replace('"sourceId":"S"', '"sourceId":"\\ud800"')
          : row,
    )
    await post(
      'numbers and texts in other forms',
      `{ "variables" : { "rows" : [\n${escaped.join(' ,\n')} ] } , "query" : ${JSON.stringify(DOCUMENT)} }`,
    )
    say('not as they should be')
    await post('cut off', body(many(1_300, 'H')).slice(0, -10))
    await post('no list', body({ a: many(1_300, 'I') }))
    await post('twice', body(many(1_250, 'J')).replace(/}$/, ',"variables":{"rows":[]}}'))
    await post('a bad byte', Buffer.concat([Buffer.from(body(many(1_300, 'K')).slice(0, -3)), Buffer.from([0xff]), Buffer.from(']}}')]))
    await post('an answer by rows', body(many(1_300, 'L')).replace('rows(only: [REJECTED, UNCONFIRMED])', 'rows'))
  },
}
