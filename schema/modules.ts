import type { ModuleDeclaration } from '../src/resource/module.ts'

/** The modules a resource may belong to: how each wants timestamps written, and the solution used when none is configured. */
export const modules: Readonly<Record<string, ModuleDeclaration>> = Object.freeze({
  inventory: {
    title: 'Inventory Management',
    timestampFormat: 'YYYY-MM-DD HH:MM:SS',
    exampleSolution: { name: 'INV_OOTB', prefix: 'INV_', suffix: '_OOTB' },
  },
  markdown: {
    title: 'Markdown & Promotions (Merchandising)',
    timestampFormat: 'ISO-8601 UTC',
    exampleSolution: { name: 'QP_OOTB', prefix: 'QP_', suffix: '_OOTB' },
  },
  quote: {
    title: 'Quote Pricing (Commercial Pricing)',
    timestampFormat: 'ISO-8601 UTC',
    exampleSolution: { name: 'QP_OOTB', prefix: 'QP_', suffix: '_OOTB' },
  },
})
