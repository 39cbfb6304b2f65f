import { z } from 'zod'
import { GatewayError } from '../../errors.ts'
import { expectedObjects, type RolloutReport, rollOut } from '../../lifecycle/rollout.ts'
import type { SchemaCache } from '../../lifecycle/schema-cache.ts'
import type { NamedResult, RolloutRequest } from '../../lifecycle/schema-port.ts'
import type { BadChoice } from '../../resource/contract.ts'
import type { Solution } from '../../resource/module.ts'
import { type Builder, tenantOf } from '../builder.ts'
import { boundSolution, lookUpSolution, named, type SolutionSources } from './find-solution.ts'
import { requestSchema } from './request-reads.ts'

export interface RolloutOptions extends SolutionSources {
  readonly solutions: readonly Solution[]
  readonly schemaCache: SchemaCache
}

interface ObjectView extends NamedResult {
  readonly isRolledOut: boolean
}

const affix = z.string().regex(/^[A-Za-z0-9_]{0,64}$/, 'must be at most 64 letters, digits and underscores')
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,126}$/, 'must be letters, digits and underscores')
// Semantic Versioning 2.0.0: no number begins with a zero, and nothing between two points is empty.
const NUMBER = '(?:0|[1-9]\\d*)'
const LABEL = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`
const VERSION = new RegExp(`^${NUMBER}(?:\\.${NUMBER}){2}(?:-${LABEL}(?:\\.${LABEL})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`)
/** The version of an application. */
export const version = z.string().regex(VERSION, 'must be a semantic version such as 1.0.0')

/** Defines the `rollout` mutation. */
export function addRolloutMutation(builder: Builder, sources: RolloutOptions): void {
  const { contract, directory, schema, schemaCache } = sources
  const Payload = addRolloutPayload(builder)
  const Input = addRolloutInput(builder)
  builder.mutationField('rollout', (t) =>
    t.field({
      type: Payload,
      // Declined beside other fields, it must not take their outcomes with it.
      nullable: true,
      description: 'Creates the tables of a solution upstream and says, object by object, what came of it.',
      args: { input: t.arg({ type: Input, required: true, description: 'What to roll out.' }) },
      resolve: async (_, { input: { modules, ...input } }, context) => {
        const tenant = tenantOf(context, 'lifecycle')
        boundSolution(context, input.solutionName)
        // A new solution, whose modules are named, is not looked up.
        const named =
          modules == null ? await lookUpSolution(context, sources, input.solutionName) : directory.find(tenant, input.solutionName)
        const target = readTarget(named, input, modules, Object.keys(contract.modules))
        const request: RolloutRequest = { ...input, prefix: target.prefix, suffix: target.suffix }
        const expected = expectedObjects(target, contract.resources)
        const report = await rollOut(requestSchema(context, schema), tenant, request, expected, context.origin).finally(() =>
          schemaCache.forget(tenant, target.name),
        )
        if (report.rolledOut.length > 0) directory.learn(tenant, target)
        return report
      },
    }),
  )
}

/** The solution to roll out: a known one, perhaps with another prefix and suffix, or a new one with the named modules. */
function readTarget(
  known: Solution | BadChoice,
  { solutionName, prefix, suffix }: { solutionName: string; prefix?: string | null | undefined; suffix?: string | null | undefined },
  asked: readonly string[] | null | undefined,
  modules: readonly string[],
): Solution {
  if (asked?.some((module) => !modules.includes(module)) || asked?.length === 0)
    throw new GatewayError('BAD_USER_INPUT', `modules must be some of: ${modules.join(', ')}.`)
  if ('fault' in known && asked == null) throw new GatewayError('BAD_USER_INPUT', `${known.fault} Name the modules of a new one.`)
  const base = 'fault' in known ? { name: solutionName, modules: [], prefix: '', suffix: '' } : known
  return { ...base, modules: asked ?? base.modules, prefix: prefix ?? base.prefix, suffix: suffix ?? base.suffix }
}

function addRolloutInput(builder: Builder) {
  return builder.inputType('RolloutInput', {
    description: 'What to roll out, and where to.',
    fields: (t) => ({
      solutionName: t.string({
        required: true,
        validate: named,
        description: 'A solution that is configured or rolled out for the token, or the name of a new one.',
      }),
      modules: t.stringList({
        description: 'The modules whose tables are expected; those of the known solution where left out. A new solution must name them.',
      }),
      appName: t.string({ required: true, validate: named, description: 'The application whose schema is rolled out.' }),
      appVersion: t.string({ required: true, validate: version, description: "The application's version, such as 1.0.0." }),
      targetSchemaName: t.string({
        required: true,
        validate: identifier,
        description: 'The database schema the tables are created in, such as STAGE.',
      }),
      prefix: t.string({ validate: affix, description: "Put before every object name; the solution's own where left out." }),
      suffix: t.string({ validate: affix, description: "Put after every object name; the solution's own where left out." }),
    }),
  })
}

function addRolloutPayload(builder: Builder) {
  const ObjectResult = addRolloutObject(builder)
  return builder.objectRef<RolloutReport>('RolloutPayload').implement({
    description: 'The result of a rollout, compared with the objects that the modules of the solution should have.',
    fields: (t) => ({
      solutionName: t.exposeString('solutionName', { description: 'The solution that was rolled out.' }),
      complete: t.exposeBoolean('complete', { description: 'True when every expected object was rolled out and none failed.' }),
      missing: t.exposeStringList('missing', {
        description: "Expected objects that the upstream's answer does not list at all.",
      }),
      objects: t.field({
        type: [ObjectResult],
        description: 'Every object of the answer, failed ones last.',
        resolve: (r) => [...r.rolledOut.map((o) => ({ ...o, isRolledOut: true })), ...r.failed.map((o) => ({ ...o, isRolledOut: false }))],
      }),
    }),
  })
}

function addRolloutObject(builder: Builder) {
  const RolledOut = builder.objectRef<ObjectView>('RolledOutObject').implement({
    description: 'An object that was rolled out.',
    fields: (t) => ({ object: t.exposeString('name', { description: "The object's name as the upstream lists it." }) }),
  })
  const Failed = builder.objectRef<ObjectView>('FailedObject').implement({
    description: 'An object that could not be rolled out.',
    fields: (t) => ({
      object: t.exposeString('name', { description: "The object's name as the upstream lists it." }),
      message: t.string({ description: "The upstream's words on why.", resolve: (o) => o.message ?? 'The upstream gave no reason.' }),
    }),
  })
  return builder.unionType('RolloutObject', {
    description: 'What came of one object of a rollout.',
    types: [RolledOut, Failed],
    resolveType: (object) => ((object as ObjectView).isRolledOut ? 'RolledOutObject' : 'FailedObject'),
  })
}
