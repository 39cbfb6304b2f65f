import { stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Grant, Tenant } from '../identity.ts'
import { readSmallJson } from '../util/files.ts'
import { type Secret, secret } from '../util/secret.ts'

/** A tenant's entry in the credentials file. */
export interface TenantEntry extends Pick<Grant, 'solutions' | 'limits' | 'documents'> {
  readonly tenant: Tenant
}

/** The tenants that the operator has set up, by the current credentials file. */
export interface Credentials {
  /** Synchronous, unless the file has to be looked at first. */
  find(tenantId: string): TenantEntry | undefined | Promise<TenantEntry | undefined>
}

interface CredentialsOptions {
  readonly file: string
  /** Whether there is a manifest of documents, to which a tenant can be restricted. */
  readonly hasManifest: boolean
  /** Called once when a changed file cannot be used; what was read last stays in use. */
  readonly onUnusable: (cause: unknown) => void
  /** Called when the file can be used again. */
  readonly onUsable: () => void
}

const MAX_FILE_BYTES = 10_000_000
/** How often the file is checked for changes, while requests come. */
const LOOK_MS = 1_000

/** Reads the credentials file, and again when it has changed; rejects where it cannot be used, with a message that says why and quotes no token. */
export async function createCredentials({ file, hasManifest, onUnusable, onUsable }: CredentialsOptions): Promise<Credentials> {
  let used = await versionOf(file)
  let refused: string | undefined
  let entries = await readEntries(file, hasManifest)
  let lookedAt = Date.now()
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    const version = await versionOf(file)
    try {
      if (version !== used) entries = await readEntries(file, hasManifest)
      used = version
      if (refused !== undefined) onUsable()
      refused = undefined
    } catch (error) {
      // Tried again at the next check: the file itself may be fine, and only file descriptors have run out.
      if (version !== refused) onUnusable(error)
      refused = version
    }
  }

  function lookSoon(): Promise<void> {
    looking ??= look().finally(() => {
      lookedAt = Date.now()
      looking = undefined
    })
    return looking
  }

  return {
    find(tenantId) {
      // `abs`: the clock may have been set back.
      if (Math.abs(Date.now() - lookedAt) >= LOOK_MS) return lookSoon().then(() => entries.get(tenantId))
      return entries.get(tenantId)
    },
  }
}

/** Changes whenever the file changes, or the target of a link; a missing file has a version, too. */
async function versionOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found === undefined ? 'missing' : [found.mtimeNs, found.ctimeNs, found.size, found.ino].join(' ')
}

const UNUSABLE_NAME = /^$|^.{256}|[\p{Cc}\p{Cs}]/su

/** Whether a text can be a tenant id: not too long, and safe to log and store. */
export function isTenantId(text: unknown): text is string {
  return typeof text === 'string' && !UNUSABLE_NAME.test(text)
}

const quota = z.int('must be a whole number').min(1, 'must be at least 1').max(1_000_000_000, 'must be at most 1000000000').exactOptional()

const solutionName = z.string('must be a string').min(1, 'must not be empty').max(128, 'is too long')

const entry = z.strictObject(
  {
    token: z.string('must be a string').regex(/^[\x21-\x7e]{1,8192}$/, 'must be printable ASCII without spaces, 8192 characters at most'),
    solutions: z.array(solutionName, 'must be a list of names').optional(),
    limits: z.strictObject({ requests: quota, rows: quota }, 'must be an object with the members requests and rows').default({}),
    documents: z.enum(['any', 'trusted'], 'must be any or trusted').optional(),
  },
  'must be an object with the member token and, where needed, solutions, limits and documents',
)

async function readEntries(file: string, hasManifest: boolean): Promise<ReadonlyMap<string, TenantEntry>> {
  const read = await readSmallJson(file, MAX_FILE_BYTES)
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Error('it must be an object with a member for each tenant')
  const entries = Object.entries(read).map(([name, value]) => readEntry(name, value))
  const bound = entries.find(({ documents }) => documents === 'trusted')
  if (bound !== undefined && !hasManifest)
    throw new Error(`the tenant ${quoted(bound.tenant.id)}: documents: can only be trusted when DOCUMENTS_MANIFEST is set`)
  const owners = new Map<string, string>()
  for (const { tenant } of entries) {
    const token = tenant.credential.reveal()
    const owner = owners.get(token)
    // With one token upstream, each could see the other's rows, and both would share one rate limit.
    if (owner !== undefined) throw new Error(`the tenants ${quoted(owner)} and ${quoted(tenant.id)} have the same token`)
    owners.set(token, tenant.id)
  }
  return new Map(entries.map((one) => [one.tenant.id, one]))
}

function readEntry(name: string, value: unknown): TenantEntry {
  if (!isTenantId(name)) throw new Error('the name of a tenant must have 1 to 255 characters and no control characters')
  const { success, data, error } = entry.safeParse(value)
  if (!success) throw new Error(`the tenant ${quoted(name)}: ${complaint(error)}`)
  const { token, solutions, limits, documents } = data
  const credential: Secret = secret(token)
  return { tenant: { id: name, credential }, solutions: solutions && new Set(solutions), limits, documents }
}

function complaint({ issues }: z.ZodError): string {
  const [first] = issues
  return [first?.path.join('.'), first?.message].filter(Boolean).join(': ')
}

function quoted(name: string): string {
  return `"${name.length > 100 ? `${name.slice(0, 100)}…` : name}"`
}
