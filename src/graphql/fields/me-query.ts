import type { DocumentsAllowed, InboundQuotas, KnownCaller, Right } from '../../identity.ts'
import type { Contract } from '../../resource/contract.ts'
import { addEnum, type Builder, NULL_WHEN_DECLINED } from '../builder.ts'
import { ingestRight, mutationName } from '../types/row-input.ts'

export interface MeOptions {
  readonly contract: Contract
  /** The default quotas. */
  readonly inbound: InboundQuotas & { readonly windowMs: number }
  readonly documents: DocumentsAllowed
}

const KINDS = {
  TOKEN: "By the upstream's own token; what it may do is for the upstream to say.",
  JWT: 'By a JWT, whose claims name the tenant and the roles.',
} as const satisfies Record<string, string>

const DOCUMENTS = {
  any: 'Any document.',
  trusted: 'Those of the manifest only, by `documentId` or as they stand there.',
} as const satisfies Record<DocumentsAllowed, string>

const LIFECYCLE_MUTATIONS = ['rollout', 'saveSchema', 'addAttribute'] as const

/** Defines the `me` query: the caller, and what it may do. */
export function addMeQuery(builder: Builder, options: MeOptions): void {
  const MeRef = addMeType(builder, options)
  builder.queryField('me', (t) =>
    t.field({
      type: MeRef,
      nullable: true,
      description: `Who you are here, and what you may do. Needs no role. ${NULL_WHEN_DECLINED}`,
      resolve: (_, __, { caller }) => {
        if ('refusal' in caller) throw caller.refusal
        return caller
      },
    }),
  )
}

function addMeType(builder: Builder, { contract, inbound, documents }: MeOptions) {
  const Kind = addEnum(builder, 'IdentityKind', 'How callers authenticate.', KINDS)
  const Documents = addEnum(builder, 'DocumentsAllowed', 'Which documents are accepted.', DOCUMENTS)
  const QuotasRef = addQuotas(builder, inbound.windowMs / 1_000)
  const mutations = mutationsWithRights(contract)
  return builder.objectRef<KnownCaller>('Me').implement({
    description: 'The caller, as authenticated by this gateway, and what it may do.',
    fields: (t) => ({
      tenant: t.string({
        description:
          'The tenant: what its limits, its idempotency keys and its data quality hang on. A renewed JWT is of the same tenant; without JWTs each token is one.',
        resolve: (me) => me.tenant.id,
      }),
      identity: t.field({ type: Kind, description: 'How callers authenticate.', resolve: (me) => (me.grant ? 'JWT' : 'TOKEN') }),
      roles: t.stringList({
        nullable: true,
        description: 'The roles of the caller that this gateway knows; null where roles are not used.',
        resolve: (me) => me.grant && [...me.grant.roles],
      }),
      mayRead: t.boolean({
        description: 'Whether the queries that need the role read may be asked.',
        resolve: (me) => me.grant?.may('read') ?? true,
      }),
      mutations: t.stringList({
        description: 'The mutations that may be called.',
        resolve: ({ grant }) => mutations.filter(({ right }) => grant?.may(right) ?? true).map(({ name }) => name),
      }),
      solutions: t.stringList({
        nullable: true,
        description: 'The solutions that may be used; null where all of the tenant may.',
        resolve: ({ grant }) => grant?.solutions && [...grant.solutions],
      }),
      quotas: t.field({
        type: QuotasRef,
        description:
          'How much may be sent in a window; where that is limited, every answer says in its RateLimit headers how much is left.',
        resolve: ({ grant }) => ({ ...inbound, ...grant?.limits }),
      }),
      documents: t.field({
        type: Documents,
        description: 'Which documents are accepted.',
        resolve: ({ grant }) => grant?.documents ?? documents,
      }),
    }),
  })
}

function mutationsWithRights({ resources }: Contract): { readonly name: string; readonly right: Right }[] {
  const ofRows = resources.flatMap((resource) =>
    (['UPSERT', 'APPEND'] as const).map((operation) => ({
      name: mutationName(resource, operation),
      right: ingestRight(resource, operation),
    })),
  )
  return [...ofRows, ...LIFECYCLE_MUTATIONS.map((name) => ({ name, right: 'lifecycle' as const }))]
}

function addQuotas(builder: Builder, seconds: number) {
  return builder.objectRef<InboundQuotas>('InboundQuotas').implement({
    description: 'How much the callers of a tenant may send together in a window, which their first request opens.',
    fields: (t) => ({
      requests: t.exposeInt('requests', {
        nullable: true,
        description: 'HTTP requests; null where they are not limited.',
      }),
      rows: t.exposeInt('rows', {
        nullable: true,
        description: 'Rows of mutations; null where they are not limited.',
      }),
      windowSeconds: t.float({ description: 'The length of a window in seconds.', resolve: () => seconds }),
    }),
  })
}
