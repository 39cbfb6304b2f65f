interface FieldProps {
  readonly title: string
  readonly value: string | undefined
  readonly onChange: (value: string) => void
}

/** A text input with a label above it. */
export function TextField({ title, value, onChange }: FieldProps) {
  return (
    <label class="field">
      <span>{title}</span>
      <input type="text" value={value} spellcheck={false} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  )
}

/** A choice with a label above it; an option is a value, or a value with its title. */
export function SelectField({
  title,
  value,
  options,
  onChange,
}: FieldProps & { readonly options: readonly (string | readonly [value: string, title: string])[] }) {
  return (
    <label class="field">
      <span>{title}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => {
          const [chosen, words] = typeof option === 'string' ? [option, option] : option
          return (
            <option key={chosen} value={chosen}>
              {words}
            </option>
          )
        })}
      </select>
    </label>
  )
}
