import type { Column } from '../../tabular/column.ts'

/** A column of a resource, with the rules for its values. */
export interface ResourceColumn extends Column {
  readonly description: string
  readonly isKey: boolean
  readonly references: string | null
  readonly minimum: number | null
  readonly maximum: number | null
  readonly maxLength: number | null
  readonly allowedValues: readonly string[] | null
  readonly holdsJson: boolean
}

/** A resource as the query `resources` answers it. */
export interface Resource {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly object: string
  readonly module: string
  readonly moduleTitle: string
  readonly complete: boolean
  readonly primaryKey: readonly string[]
  readonly solutions: readonly string[]
  readonly upsertMutation: string
  readonly appendMutation: string
  readonly example: Readonly<Record<string, unknown>>
  readonly limits: { readonly rowsPerMutation: number; readonly rowsPerRequest: number; readonly bytesPerRequest: number }
  readonly columns: readonly ResourceColumn[]
}
