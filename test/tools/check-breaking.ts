import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

const ROOT = new URL('../..', import.meta.url)
const FILE = 'schema/schema.graphql'

/** What git prints, or undefined where it cannot. */
function git(...words: readonly string[]): string | undefined {
  try {
    return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

// The commit where this branch left main, so that what it has committed counts as well; on main, and where no main is known, HEAD.
const base = (git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main') ?? git('rev-parse', 'HEAD'))?.trim()
const before = base && git('show', `${base}:${FILE}`)
if (before) await compare(before, base.slice(0, 12))
else console.log(`There is no commit to compare ${FILE} with.`)

/** Fails the process where a document that suits the SDL of that commit may not suit the one of the work tree. */
async function compare(sdl: string, commit: string): Promise<void> {
  const changes = await diff(buildSchema(sdl), buildSchema(readFileSync(new URL(FILE, ROOT), 'utf8')))
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
  console.log(`${FILE} beside that of ${commit}: ${changes.length} changes, ${breaking.length} of them breaking.`)
  for (const { path, message } of breaking) console.error(`${path}: ${message}`)
  if (breaking.length > 0) process.exitCode = 1
}
