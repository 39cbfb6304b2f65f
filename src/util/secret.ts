/** A text that cannot be printed by accident: only `reveal()` returns it. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

/** Wraps a text so that logging or serialising it shows `[secret]`. */
export function secret(text: string): Secret {
  const hidden = () => '[secret]'
  return Object.freeze({ reveal: () => text, toString: hidden, toJSON: hidden })
}
