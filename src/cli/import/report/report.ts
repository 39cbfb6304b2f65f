import { relative } from 'node:path'
import { styleText } from 'node:util'
import { type ImportFailure, shellQuoted } from '../failure.ts'
import type { Loaded } from '../load.ts'
import { DEFAULT_URL, type Options } from '../options.ts'
import { wordCount, wordRows, wordTime } from './progress.ts'

/** What is told of a load when it is over. */
export function reportLoaded(name: string, loaded: Loaded, seconds: number, options: Options, cwd: string): string {
  const { rows, accepted, rejected, unconfirmed, replayed, unsent, retryable, issues, warnings, files } = loaded
  const isReplay = replayed > 0 && replayed + unsent === rows && loaded.failure === undefined
  const lines = [
    `${name}: ${wordRows(rows)}${options.dryRun ? ' tried, nothing was written' : ''}: ${[
      `${wordCount(accepted)} accepted`,
      `${wordCount(rejected)} rejected`,
      `${wordCount(unconfirmed)} unconfirmed`,
    ].join(', ')}, in ${wordTime(seconds)}.`,
    replayed > 0 && (isReplay ? alreadyLoaded(options) : `${wordCount(replayed)} of them had their outcome from an earlier run.`),
    ...indented(issues.lines()),
    ...warnings.map((warning) => `Note: ${warning}`),
    retryable > 0 && `Not accepted for now: ${wordRows(retryable)}. Run the same command again: it sends these, and only these.`,
    ...files.map(({ kind, path }) => FILES[kind](shortest(path, cwd), commandFor(shortest(path, cwd), options))),
  ]
  return `${lines.filter((line) => line !== false).join('\n')}\n`
}

function alreadyLoaded({ operation }: Options): string {
  const again = operation === 'APPEND' ? 'To append all of it once more' : 'To send all of it once more'
  return `All of it was loaded before, so nothing was sent. ${again}, use --again NAME.`
}

const FILES = {
  rejected: (path: string, command: string) =>
    `Rejected rows, with what is wrong with each, are in ${path}. Correct them there, and load that file:\n  ${command}`,
  unconfirmed: (path: string, command: string) =>
    `Rows that may or may not have been written are in ${path}. Look them up in the table, delete those that are there, and load the others:\n  ${command}`,
}

/** The command that loads another file in the same way. */
function commandFor(file: string, { operation, resource, solution, url, map, delimiter }: Options): string {
  const parts = [
    'npm run import --',
    quoted(file),
    operation === 'APPEND' ? '--append' : '--upsert',
    resource !== undefined && `--resource ${quoted(resource)}`,
    solution !== undefined && `--solution ${quoted(solution)}`,
    url.href !== DEFAULT_URL && `--url ${quoted(url.href)}`,
    delimiter !== undefined && `--delimiter ${delimiter === '\t' ? 'tab' : quoted(delimiter)}`,
    ...[...map].map(([header, field]) => `--map ${quoted(`${header}=${field}`)}`),
  ]
  return parts.filter((part) => part !== false).join(' ')
}

function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : shellQuoted(text)
}

function shortest(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') ? path : short
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`)
}

/** What is told of what ended a load, or kept it from starting. */
export function reportFailure(name: string | undefined, { problems, advice }: ImportFailure): string {
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ code, message, line }) => {
    const place = [name, line].filter((part) => part !== undefined).join(':')
    return `${styleText('red', 'error', { stream: process.stderr })} ${code}${place && ` at ${place}`}: ${message}`
  })
  if (problems.length > MAX_PROBLEMS) shown.push(`and ${problems.length - MAX_PROBLEMS} more`)
  return `${[...shown, `What to do: ${advice}`].join('\n')}\n`
}

const MAX_PROBLEMS = 30
