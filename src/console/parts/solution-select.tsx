interface SolutionSelectProps {
  readonly solutions: readonly string[]
  readonly chosen: string | undefined
  readonly onChoose: (solution: string) => void
}

/** The choice of a page's solution. */
export function SolutionSelect({ solutions, chosen, onChoose }: SolutionSelectProps) {
  return (
    <label class="field">
      <span>Solution</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {solutions.map((solution) => (
          <option key={solution}>{solution}</option>
        ))}
      </select>
    </label>
  )
}
