import type { Grant, Right } from '../identity.ts'

/**
 * A role is a right, or a pattern of rights to ingest: `*` stands for every resource or every operation, and `ingest:*` for both.
 * Whatever else an issuer writes beside these is the role of another service.
 */
const ROLE = /^(?:read|lifecycle|ingest:\*|ingest:(?:\*|[a-z0-9_]+):(?:\*|upsert|append))$/

/** The roles of a claim that are known here, without regard to case: it holds a list of texts, or words in one text. */
export function readRoles(claim: unknown): readonly string[] {
  const words = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : []
  const known = words.flatMap((word: unknown) => (typeof word === 'string' && ROLE.test(word.toLowerCase()) ? [word.toLowerCase()] : []))
  return [...new Set(known)].sort()
}

/** What these roles allow; who may send any rows may hear of what became of them. */
export function rightsOf(roles: readonly string[]): Grant['may'] {
  const held = new Set(roles)
  // There are two for each resource, and they are asked for with every request.
  const known = new Map<Right, boolean>()
  return (right) => {
    const may = known.get(right) ?? allows(held, right)
    known.set(right, may)
    return may
  }
}

function allows(held: ReadonlySet<string>, right: Right): boolean {
  if (held.has(right)) return true
  if (right === 'outcomes') return [...held].some((role) => role !== 'lifecycle')
  const [kind, resource, operation] = right.split(':')
  if (kind !== 'ingest') return false
  return ['ingest:*', 'ingest:*:*', `ingest:*:${operation}`, `ingest:${resource}:*`].some((role) => held.has(role))
}
