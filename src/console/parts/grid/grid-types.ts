import type { Place } from './move.ts'

/** A column of a grid. */
export interface GridColumn {
  readonly title: string
  /** How wide, in characters. */
  readonly width: number
  /** Shown, and of no consequence. */
  readonly isFaint?: boolean
}

/** A cell as it is drawn. */
export interface GridValue {
  readonly text: string
  readonly isBad: boolean
  readonly isEdited: boolean
}

/** What a grid shows. */
export interface GridProps {
  readonly label: string
  readonly columns: readonly GridColumn[]
  readonly count: number
  /** What stands before a row, and whether it is bad as a whole. */
  readonly headOf: (row: number) => { readonly text: string; readonly isBad: boolean }
  readonly cellOf: (row: number, column: number) => GridValue
  /** Told where the focus is. */
  readonly onActive: (place: Place) => void
  readonly onEdit?: (row: number, column: number, text: string) => void
}

/** Ends editing with a text, or without; by a key the focus goes back to the cell. */
export type Finish = (text: string | undefined, byKey: boolean) => void
