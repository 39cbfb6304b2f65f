import { loadContract } from '../src/resource/contract.ts'
import { modules } from './modules.ts'

/** What may be ingested: every file of `resources/`, loaded, checked and frozen. */
export const contract = await loadContract(new URL('./resources/', import.meta.url), modules)
