import { startFaultServer } from '../support/fault-server.ts'
import { createChance } from '../support/random.ts'
import { SOCKET_FAULTS } from '../support/socket-faults.ts'
import { createClient } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, residentMiB, startGatewayProcess } from './gateway-process.ts'

const SECONDS = { full: 300, short: 60 }
const CLIENTS = 60
/** Lines of tenants are remembered for a minute, so memory is level only after that. */
const WARM_UP = { full: 100, short: 30 }
const WITHOUT = ['50 MB']

/** Faulty traffic of ever new tenants and keys: whether the memory of the process stays level once it is warm. */
export async function memory(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const chance = createChance(7)
  const faults = SOCKET_FAULTS.filter((fault) => !WITHOUT.includes(fault))
  const upstream = await startFaultServer({ chance, faults, troubled: 30, remembers: false })
  const gateway = await startGatewayProcess(upstream.url, { REQUESTS_PER_SECOND: '1000000', ATTEMPT_TIMEOUT_MS: '300' })
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1_000
  let mutations = 0
  const work = async (name: number) => {
    for (let nth = 0; elapsed() < SECONDS[mode]; nth++) {
      const client = createClient(gateway.url, `tenant-${name}-${Math.floor(nth / 5)}`)
      await client.send(mutationBody(chance.pick(['upsert', 'append']), `C${name}.${nth}`, chance.between(1, 40)))
      client.close()
      mutations++
    }
  }
  const samples: { at: number; mib: number }[] = []
  const sampling = setInterval(() => samples.push({ at: elapsed(), mib: residentMiB(gateway.pid) }), 500)
  const saying = setInterval(() => say(`${mutations} mutations, ${Math.round(samples.at(-1)?.mib ?? 0)} MiB`), 15_000)
  await Promise.all(Array.from({ length: CLIENTS }, (_, name) => work(name)))
  clearInterval(sampling)
  clearInterval(saying)
  await gateway.stop()
  await upstream.close()

  const median = (from: number, to: number) =>
    quantile(
      samples.filter(({ at }) => at >= from && at < to).map(({ mib }) => mib),
      0.5,
    )
  const [warm, end] = [median(WARM_UP[mode], WARM_UP[mode] * 1.3), median(SECONDS[mode] * 0.85, SECONDS[mode])]
  say(`${mutations} mutations: ${Math.round(warm)} MiB when warm, ${Math.round(end)} MiB at the end`)
  return [{ name: 'memory at the end over memory when warm', value: end / warm, most: 1.1 }]
}
