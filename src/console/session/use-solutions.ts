import { SOLUTIONS, type SolutionsAnswer } from './queries.ts'
import type { Resource } from './resource.ts'
import type { Session } from './session.ts'
import { useQuery } from './use-query.ts'

/** The names of the solutions to choose from: the configured ones, and others that the upstream has for the token. */
export function useSolutions(session: Session, resources: readonly Resource[]): readonly string[] {
  const { data } = useQuery<SolutionsAnswer>(session, SOLUTIONS)
  const configured = resources.flatMap(({ solutions }) => solutions)
  return [...new Set([...configured, ...(data?.solutions.map(({ solutionName }) => solutionName) ?? [])])]
}
