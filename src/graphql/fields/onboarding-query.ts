import type { Checklist } from '../../onboarding/checklist.ts'
import { STATUSES, STEPS, type Step } from '../../onboarding/steps.ts'
import { addEnum, type Builder, NULL_WHEN_DECLINED, tenantOf } from '../builder.ts'
import { lookUpSolution, orDecline, SOLUTION_ARGUMENT, type SolutionSources } from './find-solution.ts'
import { readOnce, requestSchema } from './request-reads.ts'

export interface OnboardingOptions extends SolutionSources {
  readonly checklist: Checklist
}

/** Defines the `onboarding` query. */
export function addOnboardingQuery(builder: Builder, sources: OnboardingOptions): void {
  const { schema, checklist } = sources
  const OnboardingRef = addOnboardingType(builder)
  builder.queryField('onboarding', (t) =>
    t.field({
      type: OnboardingRef,
      nullable: true,
      description: `The steps from a token to accepted rows, and how far the token has come. Asking writes nothing. ${NULL_WHEN_DECLINED}`,
      args: { solution: t.arg.string(SOLUTION_ARGUMENT) },
      resolve: async (_, args, context) => {
        const tenant = tenantOf(context, 'read')
        const solution = orDecline(await lookUpSolution(context, sources, args.solution))
        const walk = () => checklist(tenant, solution, requestSchema(context, schema), context.origin)
        return { solution: solution.name, steps: await readOnce(context, `onboarding ${solution.name}`, walk) }
      },
    }),
  )
}

function addOnboardingType(builder: Builder) {
  const StepRef = addStepType(builder)
  return builder.objectRef<{ readonly solution: string; readonly steps: readonly Step[] }>('Onboarding').implement({
    description: 'The checklist of a solution.',
    fields: (t) => ({
      solution: t.exposeString('solution', { description: 'The solution.' }),
      done: t.boolean({ description: 'True when every step is done.', resolve: (o) => o.steps.every(({ status }) => status === 'DONE') }),
      steps: t.expose('steps', { type: [StepRef], description: 'Every step, in the order to take them.' }),
    }),
  })
}

function addStepType(builder: Builder) {
  const Id = addEnum(builder, 'OnboardingStepId', 'What a step is about.', STEPS)
  const Status = addEnum(builder, 'OnboardingStatus', 'How a step stands.', STATUSES)
  return builder.objectRef<Step>('OnboardingStep').implement({
    description: 'One step: its status, what was checked, and what to do next.',
    fields: (t) => ({
      id: t.expose('id', { type: Id, description: 'Which step it is.' }),
      title: t.string({ description: 'What it is about.', resolve: (s) => STEPS[s.id] }),
      status: t.expose('status', { type: Status, description: 'Its status.' }),
      checked: t.exposeString('checked', { description: 'What was looked at and found.' }),
      next: t.exposeString('next', { nullable: true, description: 'What to do next; null where nothing is left.' }),
      details: t.exposeStringList('details', { description: 'Details, such as missing tables or reasons for refusals.' }),
    }),
  })
}
