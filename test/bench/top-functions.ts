import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Prints where the profiles of a folder say time was spent: `node test/bench/top-functions.ts DIR` after `--profile DIR`. */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

const SHOWN = 40
const folder = process.argv[2] ?? '.data/profiles'

for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile
  console.log(
    `${file}, self time by place\n${shares(profile, placeOf)
      .slice(0, SHOWN / 2)
      .join('\n')}\n`,
  )
  console.log(`${file}, self time by function\n${shares(profile, nameOf).slice(0, SHOWN).join('\n')}\n`)
}

function shares({ nodes, samples, timeDeltas }: Profile, groupOf: (frame: Frame) => string): string[] {
  const groups = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName === '(idle)' ? undefined : groupOf(callFrame)]))
  const spent = new Map<string, number>()
  samples.forEach((id, at) => {
    const group = groups.get(id)
    if (group !== undefined) spent.set(group, (spent.get(group) ?? 0) + (timeDeltas[at] ?? 0))
  })
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0)
  const top = [...spent].toSorted(([, a], [, b]) => b - a)
  return top.map(([group, time]) => `${((100 * time) / total).toFixed(1).padStart(6)} %  ${group}`)
}

/** The package, the file of src, or where Node itself keeps the function. */
function placeOf({ functionName, url }: Frame): string {
  const known = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /\/(src\/.*)$/.exec(url)?.[1]
  return known ?? (url === '' ? functionName || '(generated code)' : basename(url))
}

function nameOf(frame: Frame): string {
  return `${frame.functionName || '(anonymous)'} ${frame.url && `${placeOf(frame)}:${frame.lineNumber + 1}`}`
}
