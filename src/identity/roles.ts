import type { Grant, Right } from '../identity.ts'

/**
 * A role is a right, or a pattern of ingest rights: `*` stands for every resource or every operation, and `ingest:*` for both.
 * Anything else in the claim is taken for a role of another service.
 */
const ROLE = /^(?:read|lifecycle|ingest:\*|ingest:(?:\*|[a-z0-9_]+):(?:\*|upsert|append))$/

/** The known roles in a claim, which is a list of texts or one text of words; case does not matter. */
export function readRoles(claim: unknown): readonly string[] {
  const words = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : []
  const known = words.flatMap((word: unknown) => (typeof word === 'string' && ROLE.test(word.toLowerCase()) ? [word.toLowerCase()] : []))
  return [...new Set(known)].sort()
}

/** What these roles allow; any right to send rows includes the right to see outcomes. */
export function rightsOf(roles: readonly string[]): Grant['may'] {
  const held = new Set(roles)
  const decide = (right: Right) => allows(held, right)
  // Cached: a right is checked with every request, and there are only two per resource.
  const known = new Map<Right, boolean>()
  return (right) => known.getOrInsertComputed(right, decide)
}

function allows(held: ReadonlySet<string>, right: Right): boolean {
  if (held.has(right)) return true
  if (right === 'outcomes') return [...held].some((role) => role !== 'lifecycle')
  const [kind, resource, operation] = right.split(':')
  if (kind !== 'ingest') return false
  return ['ingest:*', 'ingest:*:*', `ingest:*:${operation}`, `ingest:${resource}:*`].some((role) => held.has(role))
}
