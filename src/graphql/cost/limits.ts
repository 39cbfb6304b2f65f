/**
 * What one document may cost, checked before anything is executed, for the most expensive of its operations. Far above what people
 * and code generators write, and low enough that a document at the limits neither fills the memory nor blocks the event loop.
 */
export const DOCUMENT_LIMITS = Object.freeze({
  /** Characters of its text. Rows belong in variables. */
  characters: 100_000,
  /** Tokens of its text. */
  tokens: 10_000,
  /** Nested `{` and `[`, in the text and with all fragments expanded. */
  depth: 64,
  /** Fields of all operations together, with all fragments expanded. */
  fields: 10_000,
  /** Pairs of fields with the same response path: validation compares them all. */
  comparisons: 20_000,
  /** Root fields of a query, with fragments expanded: they run at the same time. */
  queryFields: 100,
  /** Root fields of a mutation, with fragments expanded: they run one after the other, and their rows are counted together. */
  mutationFields: 1_000,
  /** Fields with an alias, with fragments expanded: without one no field is answered twice. */
  aliases: 1_000,
  /** Estimated bytes of the answer to its queries; exact for introspection. */
  answerBytes: 2_000_000,
  /** Values visited to compute that number. */
  answerSteps: 100_000,
  /** Errors in an answer about an invalid document or invalid variables. */
  errors: 10,
  /** Characters of a name quoted in a message. */
  nameCharacters: 100,
  /** Documents cached parsed and validated. */
  keptDocuments: 500,
  /** Characters of all of these together. */
  keptCharacters: 500_000,
})
