import { readFileSync } from 'node:fs'

/** What may be given on with the image. */
const SHIPPED = ['MIT', 'Apache-2.0', 'ISC', '0BSD', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause']
/** What tools may have besides, of which nothing is given on. */
const TOOLS = ['MPL-2.0', 'Python-2.0', 'CC-BY-4.0']

interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

const { packages }: { packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
)

/** Whether one of the alternatives of an SPDX expression has only licences of the list. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const alternatives = expression.replace(/[()]/g, '').split(' OR ')
  return alternatives.some((all) => all.split(' AND ').every((licence) => allowed.includes(licence.trim())))
}

const checked = Object.entries(packages).filter(([path]) => path !== '')
const refused = checked.filter(([, { license = '', dev = false, devOptional = false }]) => {
  return !isAllowed(license, dev || devOptional ? [...SHIPPED, ...TOOLS] : SHIPPED)
})
const shipped = checked.filter(([, { dev, devOptional }]) => !dev && !devOptional).length
console.log(`${checked.length} packages, ${shipped} of them in the image: ${refused.length} have a licence that is not on the list.`)
for (const [path, { version, license = 'none' }] of refused) console.error(`${path}@${version}: ${license}`)
if (refused.length > 0) process.exitCode = 1
