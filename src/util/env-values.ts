import { z } from 'zod'
import { parseStrictly } from './json-text.ts'

/** A whole number within a range, bounds included. */
export const wholeNumberFrom = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
}

/** A whole number within a range, with a default. */
export const wholeNumber = (fallback: number, min: number, max: number) => wholeNumberFrom(min, max).default(fallback)

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration with a unit, such as 7d, as milliseconds; up to ten years. */
export const duration = (fallback: string) =>
  z
    .string()
    .regex(/^\d{1,6}[smhd]$/, 'must be a whole number and a unit: s, m, h or d, such as 7d')
    .default(fallback)
    .transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS])
    .pipe(
      z
        .number()
        .min(1_000, 'must be at least 1s')
        .max(3_650 * UNITS.d, 'must be at most 3650d'),
    )

/** The name of a file. */
export const fileName = z.string().refine((name) => !name.includes('\0'), 'must be the name of a file')

/** The TLS parameters that the PostgreSQL client knows; it silently ignores any other. */
const TLS = new Set(['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'])

/** The URL of a PostgreSQL database; it may contain credentials. */
export const databaseUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^postgres(?:ql)?:$/.test(new URL(text).protocol) && !new URL(text).hostname.includes(','),
    'must be the URL of a PostgreSQL database on one host, such as postgresql://user@host/database',
  )
  .refine(
    (text) => !URL.canParse(text) || [...new URL(text).searchParams.keys()].every((name) => !/^(?:ssl|tls)/i.test(name) || TLS.has(name)),
    `has an unknown parameter for TLS; known are ${[...TLS].join(', ')}`,
  )

/** An on/off switch. */
export const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off', 'true', 'false', '1', '0'], 'must be on or off')
    .default(fallback)
    .transform((word) => ['on', 'true', '1'].includes(word))

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/** An http or https URL. */
export const anyHttpUrl = z
  .string()
  .refine(isHttpUrl, 'must be an http or https URL')
  .transform((text) => new URL(text))

/** An http or https URL without credentials, query and fragment. */
export const httpUrl = anyHttpUrl.refine(
  (url) => url.search === '' && url.hash === '' && url.username === '' && url.password === '',
  'must not carry credentials, a query or a fragment',
)

/** The http or https URL of a proxy; it may contain credentials. */
export const proxyUrl = z.string().refine(isHttpUrl, 'must be an http or https URL, such as http://proxy:3128')

/** A URL path that contains the placeholder once. */
export const pathWith = (placeholder: string) =>
  z
    .string()
    .regex(/^\/[!-~]*$/, 'must be a path that starts with /, in ASCII')
    .regex(/^[^?#]*$/, 'must not carry a query or a fragment')
    .refine((path) => path.split(placeholder).length === 2, `must hold ${placeholder} exactly once`)

/** Browser origins, separated by commas; none by default. */
export const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins separated by commas, such as https://app.example.com',
  )
  .default([])

/** The upstream's codes for rejected rows, separated by commas; none by default. */
export const codes = z
  .string()
  .transform((text) => text.split(',').map((code) => code.trim()))
  .refine(
    (list) => list.every((code) => /^DI_E_[A-Z0-9]{1,16}$/.test(code)),
    'must be upstream codes separated by commas, such as DI_E_10003',
  )
  .default([])

/** A JSON document. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return parseStrictly(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON, without duplicate names in an object' })
    return z.NEVER
  }
})
