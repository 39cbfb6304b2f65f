import { Gauge, type Registry } from 'prom-client'

/** What is told of this replica among others. */
export interface ReplicaMetrics {
  /** Notes for how many tenants another replica sends as well. */
  noteTogether(tenants: number): void
}

/** Names the replica; nobody is known yet for whom others send, too. */
export function replicaMetrics(registers: Registry[], replicaId: string): ReplicaMetrics {
  const replica = new Gauge({
    name: 'rowgate_replica_info',
    help: 'Always 1; its label is REPLICA_ID, as it stands in log lines and in the header x-rowgate-replica.',
    labelNames: ['replica'],
    registers,
  })
  replica.set({ replica: replicaId }, 1)
  const together = new Gauge({
    name: 'rowgate_tenants_on_two_replicas',
    help: 'Tenants for which another replica has sent within ten seconds as well, as a common PostgreSQL database shows; a few while tenants move.',
    registers,
  })
  return { noteTogether: (tenants) => together.set(tenants) }
}
