import { LAYOUT } from './memory'

// Written by `../layout.ts`, which says what the members mean; addresses are relative to its beginning.

/** What holds for all columns. */
@unmanaged
export class Layout {
  columnCount: i32 = 0
  requiredCount: i32 = 0
  moreBytes: i32 = 0
  isIso: i32 = 0
  keyCount: i32 = 0
  keySeed: i32 = 0
  /** The column that came first in the last row. */
  first: i32 = 0
}

/** What is known of a column, and of its value in the row being read. */
@unmanaged
export class Column {
  min: f64 = 0
  max: f64 = 0
  type: i32 = 0
  presence: i32 = 0
  isKey: i32 = 0
  maxLength: i32 = 0
  name: usize = 0
  nameLength: i32 = 0
  wireName: usize = 0
  wireNameLength: i32 = 0
  keyName: usize = 0
  keyNameLength: i32 = 0
  /** The number of the last row that has it; 0 for none of this call. */
  row: i32 = 0
  /** Its value in the text of that row, without zeros that end a fraction. */
  start: usize = 0
  length: i32 = 0
  /** Its value among the bytes for the wire. */
  wireStart: usize = 0
  wireLength: i32 = 0
  /** The column that came after it. */
  next: i32 = 0
}

/** The types of columns; the values of any other are not read, unless they are null. */
export enum Type {
  String,
  Integer,
  Float,
  Boolean,
  Date,
  Timestamp,
}

/** Whether a column must have a value, or is sent as null where it has none. */
export enum Presence {
  Required,
  Nullable,
  Optional,
}

const KEY_COLUMNS: usize = 0x40
const COLUMNS: usize = 0x400
const COLUMN_BYTES: usize = 96

/** The layout in use. */
export const layout = changetype<Layout>(LAYOUT)

/** The column at a place. */
export function columnAt(at: i32): Column {
  return changetype<Column>(LAYOUT + COLUMNS + <usize>at * COLUMN_BYTES)
}

/** The columns of the key, in its order. */
export function keyColumnAt(at: i32): Column {
  return columnAt(load<i32>(LAYOUT + KEY_COLUMNS + ((<usize>at) << 2)))
}
