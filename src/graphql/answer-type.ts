// What Yoga answers with: of two that are welcome alike, the later.
const TYPES = ['application/graphql-response+json', 'application/json'] as const
const MAX_KNOWN = 200
const known = new Map<string, string | undefined>()

/** The content type Yoga answers an `Accept` header with, or undefined where it has none that is welcome. */
export function answerType(accept = '*/*'): string | undefined {
  if (known.has(accept)) return known.get(accept)
  const type = chooseType(accept)
  // Clients send the same few; a header is no place to fill the memory from.
  if (known.size < MAX_KNOWN) known.set(accept, type)
  return type
}

/** What is named first counts, whatever its `q`: that is Yoga's reading. */
function chooseType(accept: string): string | undefined {
  const asked = accept.replace(/\s/g, '').toLowerCase().split(',').map(readType)
  for (const one of asked) {
    const type = TYPES.findLast((own) => isWelcome(own, one))
    if (type) return `${type}; charset=utf-8`
  }
  return undefined
}

function isWelcome(own: string, asked = ''): boolean {
  const [kind, form] = own.split('/')
  const [askedKind, askedForm] = asked.split('/')
  return (askedKind === '*' || askedKind === kind) && (askedForm === '*' || askedForm === form)
}

function readType(text: string): string | undefined {
  const [type, ...parameters] = text.split(';')
  const charset = parameters.find((parameter) => parameter.includes('charset='))
  return charset === undefined || charset === 'charset=utf-8' ? type : undefined
}
