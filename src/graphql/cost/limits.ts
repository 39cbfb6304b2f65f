/**
 * What one document may cost. All of it is known before anything is executed, and holds for the operation of the document
 * that costs most. Far above what people and code generators write, and low enough that a document at its limits neither
 * fills the memory nor holds the event loop up.
 */
export const DOCUMENT_LIMITS = Object.freeze({
  /** Characters of its text. Rows belong in variables. */
  characters: 100_000,
  /** Tokens of its text. */
  tokens: 10_000,
  /** Brackets within brackets: `{` and `[`, in the text and once more with every fragment put in its place. */
  depth: 64,
  /** Fields of all operations together, those of a fragment counted wherever it is spread. */
  fields: 10_000,
  /** Pairs of fields that would be written to the same place of the answer: validation compares them all. */
  comparisons: 20_000,
  /** Fields at the root of a query, counted alike: all of them are under way at once. */
  queryFields: 100,
  /** Fields at the root of a mutation, counted alike: they run one after the other, and their rows are counted together. */
  mutationFields: 1_000,
  /** Fields under another name than their own, counted alike: no field is answered twice without one. */
  aliases: 1_000,
  /** Bytes of the answer to its queries, as far as they can be told from the document; introspection to the byte. */
  answerBytes: 2_000_000,
  /** Values looked at to find that number out. */
  answerSteps: 100_000,
  /** Errors in one answer that says no more than what is wrong with the document or its variables. */
  errors: 10,
  /** Characters of a name that is repeated in a message. */
  nameCharacters: 100,
  /** Documents that are kept parsed and validated. */
  keptDocuments: 500,
  /** Characters of all of these together. */
  keptCharacters: 500_000,
})
