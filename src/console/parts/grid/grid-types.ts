import type { Place } from './move.ts'

/** A column of a grid. */
export interface GridColumn {
  readonly title: string
  /** In characters. */
  readonly width: number
  /** Shown faintly, since it has no effect. */
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
  /** The head of a row, and whether the whole row is bad. */
  readonly headOf: (row: number) => { readonly text: string; readonly isBad: boolean }
  readonly cellOf: (row: number, column: number) => GridValue
  /** Called with the focused cell. */
  readonly onActive: (place: Place) => void
  readonly onEdit?: (row: number, column: number, text: string) => void
}

/** Ends editing, with a text or without; if by a key, the focus returns to the cell. */
export type Finish = (text: string | undefined, byKey: boolean) => void
