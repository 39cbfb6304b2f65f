import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMeasured } from './bench/capacity/measured.ts'
import { admitted, type Costs, costsOf, gatewayMicros, predictedOver, requestsOf, storeMicros, useOf } from './bench/capacity/model.ts'
import { filled, readPage } from './bench/capacity/page.ts'
import { FULL, type Group, isCarried, LATE, lateOf, planOf, spread } from './bench/capacity/plan.ts'
import { LIMITS, SCENARIOS, SIZES } from './bench/capacity/scenarios.ts'
import { TOLERANCE, tablesOf } from './bench/capacity/tables.ts'

const measured = readMeasured()

/** Round figures, by which a case can be worked out by hand. */
const COSTS: Costs = {
  ...{ bulkRowMicros: 10, plainMicros: 200, keyedMicros: 400, baseMiB: 200, tenantMiB: 0.01 },
  store: { bulkMicros: 1_000, keyedMicros: 100, tenantSecondMicros: 20 },
}
const NOTHING = { bulkRows: 0, plain: 0, keyed: 0 }

describe('by hand', () => {
  test('a tenant at its limit takes a quarter of a core, and a twentieth of one of PostgreSQL', () => {
    const each = { ...NOTHING, bulkRows: 25_000 }
    expect(requestsOf(each, LIMITS)).toBe(50)
    expect(gatewayMicros(each, COSTS)).toBe(250_000)
    expect(storeMicros(each, COSTS, LIMITS)).toBe(50_020)
    // 250 ms of a core, 5 of 256 requests under way.
    const use = useOf({ micros: 250_000, requests: 50, tenants: 1 }, COSTS, LIMITS)
    expect(use).toEqual({ core: 0.25, memory: 200.01 / 1_024, permits: 5 / 256, tenants: 0.0001 })
  })

  test('what is more than the upstream takes of a tenant waits, rows of large mutations first', () => {
    expect(admitted({ bulkRows: 1e6, plain: 10, keyed: 15 }, LIMITS)).toEqual({ bulkRows: 12_500, plain: 10, keyed: 15 })
    expect(admitted({ bulkRows: 500, plain: 75, keyed: 25 }, LIMITS)).toEqual({ bulkRows: 0, plain: 37.5, keyed: 12.5 })
    expect(admitted(NOTHING, LIMITS)).toEqual(NOTHING)
  })

  test('two tenants that fill a quarter of a core each fit into one replica, three do not', () => {
    const load = (tenants: number): Group[] => [{ tenants, each: { ...NOTHING, bulkRows: 25_000 } }]
    expect(planOf(load(2), COSTS, LIMITS)).toMatchObject({ replicas: 1, rowsPerSecond: 50_000 })
    const three = planOf(load(3), COSTS, LIMITS)
    expect(three.replicas).toBe(2)
    expect(three.bottlenecks.map(({ name }) => name).slice(0, 2)).toEqual(['upstream', 'core'])
    expect(three.bottlenecks[0]?.use).toBe(1)
    expect(three.storeCores).toBeCloseTo((3 * 0.05002) / FULL)
  })

  test('what is asked of a replica beyond all that it has is late', () => {
    const use = { core: 0, memory: 0, permits: 0, tenants: 0 }
    expect(
      lateOf([
        { ...use, core: 1.5 },
        { ...use, core: 0.5, memory: 1 },
      ]),
    ).toEqual({ ...use, core: 0.25 })
  })

  test('a slow upstream makes requests under way run out, many tenants their number', () => {
    const many: Group[] = [{ tenants: 4_000, each: { ...NOTHING, plain: 0.25 } }]
    const slow = planOf(many, COSTS, { ...LIMITS, upstreamSeconds: 1 })
    expect(slow.bottlenecks[0]?.name).toBe('permits')
    const [idle] = planOf([{ tenants: 50_000, each: NOTHING }], { ...COSTS, tenantMiB: 0.001 }, LIMITS).bottlenecks
    expect(idle?.name).toBe('tenants')
  })
})

const positive = (max: number) => fc.double({ min: 0, max, noNaN: true })
const groups = fc.array(
  fc.record({
    tenants: fc.integer({ min: 1, max: 300 }),
    each: fc.record({ bulkRows: positive(30_000), plain: positive(60), keyed: positive(60) }),
  }),
  { minLength: 1, maxLength: 3 },
)

describe('whatever the load', () => {
  test('no more passes than the upstream takes, and nothing is made up', () => {
    fc.assert(
      fc.property(groups, (loads) => {
        for (const { each } of loads) {
          const passed = admitted(each, LIMITS)
          expect(requestsOf(passed, LIMITS)).toBeLessThanOrEqual(LIMITS.requestsPerSecond * 1.000001)
          for (const [name, value] of Object.entries(passed)) expect(value).toBeLessThanOrEqual(each[name as keyof typeof each])
        }
      }),
    )
  })

  test('each tenant is on one replica, and nothing is lost between them', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 100 }), (loads, replicas, seed) => {
        const carried = spread(loads, replicas, seed, COSTS, LIMITS)
        const total = (of: (group: Group) => number) => loads.reduce((sum, group) => sum + of(group), 0)
        expect(carried.reduce((sum, { tenants }) => sum + tenants, 0)).toBe(total(({ tenants }) => tenants))
        const micros = total(({ tenants, each }) => tenants * gatewayMicros(each, COSTS))
        expect(carried.reduce((sum, one) => sum + one.micros, 0)).toBeCloseTo(micros, -1)
      }),
    )
  })

  test('a plan carries it with no more replicas than it needs, and where all costs more, with no fewer', () => {
    fc.assert(
      fc.property(groups, fc.double({ min: 1, max: 3, noNaN: true }), (loads, factor) => {
        const { replicas, bottlenecks } = planOf(loads, COSTS, LIMITS)
        const passed = loads.map(({ tenants, each }) => ({ tenants, each: admitted(each, LIMITS) }))
        expect(isCarried(passed, replicas, COSTS, LIMITS)).toBe(true)
        if (replicas > 1 && replicas <= 40) expect(isCarried(passed, replicas - 1, COSTS, LIMITS)).toBe(false)
        expect(bottlenecks.map(({ use }) => use)).toEqual(bottlenecks.map(({ use }) => use).toSorted((a, b) => b - a))
        const dearer = { ...COSTS, bulkRowMicros: 10 * factor, plainMicros: 200 * factor, keyedMicros: 400 * factor }
        expect(planOf(loads, dearer, LIMITS).replicas).toBeGreaterThanOrEqual(replicas)
      }),
      { numRuns: 25 },
    )
  })
})

test('what was measured of all kinds of mutations at once is what the simulation says, within the tolerance that the page names', () => {
  const ratios = measured.mixed.map((point) => predictedOver(point, costsOf(measured), LIMITS).gateway)
  expect(ratios.length).toBeGreaterThan(1)
  expect(ratios.filter((ratio) => Math.abs(ratio - 1) > TOLERANCE)).toEqual([])
})

test('the page has the tables that follow from what was measured, and the assumptions that they were made by', () => {
  const page = readPage()
  expect(page).toBe(filled(page, tablesOf(measured)))
  const { requestsPerSecond, batchRows, upstreamSeconds, requestsInFlight } = LIMITS
  const words = page.replace(/\s+/g, ' ')
  expect(words).toContain(`no more than ${FULL * 100} % of anything is used on average`)
  expect(words).toContain(`at most one in a ${{ 0.01: 'hundred' }[LATE]} of what is offered`)
  expect(words).toContain(
    `answers within ${upstreamSeconds * 1_000} ms and takes ${requestsPerSecond} requests of ${batchRows} rows a second`,
  )
  expect(words).toContain(`a gateway has ${requestsInFlight} under way`)
  expect(words).toContain(`within ${TOLERANCE * 100} % of 1`)
})

test('more tenants of the same kind never need fewer replicas', () => {
  for (const { groupsOf } of SCENARIOS) {
    const counts = SIZES.map((tenants) => planOf(groupsOf(tenants), costsOf(measured), LIMITS).replicas)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  }
})
