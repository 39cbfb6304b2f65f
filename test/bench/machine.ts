import { cpus, release, totalmem } from 'node:os'

/** Where the figures were taken; times do not travel, ratios mostly do. */
export function machine(): Readonly<Record<string, string | number>> {
  const models = cpus().map(({ model }) => model.trim())
  return {
    cpu: models[0] ?? 'unknown',
    cores: models.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  }
}
