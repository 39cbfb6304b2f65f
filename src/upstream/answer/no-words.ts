import { anyOf } from './any-of.ts'

// Words that can mean a no. A word too many leaves rows unconfirmed that were accepted; a word too few has rows accepted that were
// not: when in doubt, add it. How entries are written is said at `anyOf`.

const NO_STEMS = anyOf([
  // It failed.
  '*error*, err*, *fail*, *exception*, *(?<!de)fault*, *probl[eè]m*, issues?, bad, *wrong*, fatal*, critical*, panic*, *crash*',
  '*stack ?trace*, *trace ?back*, nok, nack*, k[.]?o[.]?, negativ*',
  '*fehl*, *feil*, fout*, bł[aą]d*, hata*, chyb*, virhe*, hib[aá]*, *[eé]chec*, *[eé]chou*, *fallo*, *fallid*',
  // It was refused, and why.
  '*reject*, *refus*, *declin*, den(?:y|ied|ial)*, *forbid*, *rejet*, *rejeit*, *rechaz*, *rifiut*, *abgelehn*, *verworf*, *negad*',
  '*inv[aá]lid*, *ung[uü]lt*, *violat*, *conflict*, *mismatch*, *malform*, *corrupt*, *duplicat*, *missing*, already',
  '*out of (?:range|bounds|memory|space|date|order|sync|service|scope)*',
  // It was left out, lost or taken back.
  '*skip*, *ignor*, *discard*, drop(?:ped|s)?, *exclud*, *omit*, *filtered*, *truncat*, *overwr*, *quarantin*, *dead ?letter*, dlq',
  '*undeliv*, lost, loss*, *abort*, *cancel*, *abandon*, stopp*, *revert*, *roll(?:ed)? ?back*',
  // Only a part was done.
  'no[ -]?op*, parti[ae]l*, *parcial*, *parzial*, *teil(?:weis|erfolg)*, *gedeelt*, *delvis*, *incompl*, *left ?over*, *remaining*',
  // It is not done yet.
  'pending*, defer*, *postpon*, held, *on ?hold*, *suspend*, *(?<!p)review*, *approval*, *moderat*, retr(?:y|ie)*',
  // A limit, or a service that is down.
  '*throttl*, *(?<!un)limited*, *exceed*, *exhaust*, *timed? ?out*, *expired*, *blocked*, *disabled*, *read ?only*, busy',
  '*overload*, *outage*, *mainten*, *back ?(?:pressure|off)*',
  // It answers for another service: a proxy, or a page to sign in.
  '*redirect*, location, log ?in, loginurl*, sign ?in, sso, saml*, oauth*, auth(?:oriz\\w*)? ur[il], *captcha*, *challenge*',
  // It denies what stands beside it.
  'not, non, kein*',
])

/** Words with a denying syllable before them, but for those that only begin like one: unique, units, notes, nonce. */
const DENYING =
  /(?<!\p{L})(?:un(?!(?:d|a|as|o|os|e)(?!\p{L})|i[tqvfco]|ti|ter|der|ser|changed|modified|limited)|not(?!e|ic|if|ar)|non(?!ce|e(?!\p{L}))|dis(?!patch|tribut|k|c(?!ard)|play|tinct)|mis(?!c))\p{L}/u

/** What can mean a no in a name, a status or a text. */
export const NO = new RegExp(`${NO_STEMS.source}|${DENYING.source}`, 'u')

/** Words that mean a no as the whole name of what counts or lists rows; within other names they may say something else. */
export const NO_OF_ROWS = [
  'superseded|collapsed|bounced|spurned|vetoed',
  'nulled|nullified|rounded|clamped|defaulted|corrected|adjusted|altered|flagged|suspicious|suspect(?:s|ed)?|questionable|doubtful|dubious',
  'scrapped|trashed|binned|dumped|erased|wiped|void(?:ed)?|annulled|revoked|rescinded|retracted|withdrawn|reversed|backed out|evicted',
  'forgotten|overlooked|bypassed|sidelined|parked|shelved|withheld|diverted|rerouted|stalled|stuck|stranded|barred|banned|prohibited',
  'inadmissible|defect(?:s|ive)?|flawed|broken|damaged|mangled|garbled|garbage|junk|spam|poison(?:ed)?|tainted|ambiguous|outstanding',
  'awaiting|backlogged|delayed|overdue|lapsed|outdated|obsolete|pruned|culled|trimmed|clipped|shortened|capped|restricted|shortfall|deficit',
  'discrepanc(?:y|ies)|anomal(?:y|ies)|outliers?|bugs?|glitch(?:es)?|troubles?|concerns?|complaints?|objections?|breach(?:es)?|infractions?',
  'incorrect|inaccurate|inexact|poor|worse|worst|casualties|victims|dead|died|killed|terminated|halted|ceased|remainder|residue|screened',
  'redo|resend|resubmit|repeats?|dupes?|dups?|twins|collisions?|clash(?:es)?|deadlocks?|oversized?|(?:over|under)flow|fallback|degraded',
  'unresolved|substitutions?|coercions?|(?:cool|slow) ?down',
].join('|')

/** What can mean a no in a sentence, beside these: in a name it would say little. */
export const NO_IN_SENTENCE = anyOf([
  // None of the rows.
  "no, none, nothing, never, cannot, *n['’]t, zero",
  // Not all of them.
  'only, except*, without, however, some, few, half, (?<!at )most, subset, first, partly, almost, nearly',
  '(?:several|many|part|majority|fraction|couple) (?:of )?(?:the )?(?:rows|records|items|entries)*',
  '(?:through|until|till|up to) (?:row|record|item|line|index)*',
  // Not yet, or not for certain.
  'would, (?:may|might|could) have, later, again, wait, paus*, delay*, draft*, manual*, *outstanding*, *inspect*',
  'dry, *simulat*, *preview*',
  // Something is asked for, or regretted.
  'must, *requir*, please, *sorry*, *unfortun*, oops*, auth(?:enticat|oriz)*, *credential*, *permission*',
  // A limit, or a service that is gone.
  '*(?:\\bis|queue|buffer|storage|disk|space|table) full, closed, locked, moved, *terminat*, *quota*',
  'too (?:many|large|long|big)*, *illegal*',
  // Not, none, only and without in other languages.
  'nicht, nur, ohne, pas, sauf, sans, seulement, *aucun*, *ningun*, salvo, s[oó]lo, sin, *nessun*, senza',
  'niet, nie, inte, ikke, n[aã]o, apenas',
])

/** A no that is denied says yes: "no errors", "failed: 0". */
export const DENIED_NO =
  /\b(?:no|zero|0|without(?: any)?|none|nothing)\s+(?:(?:rows?|records?|items?|were|was|any|of them)\s+){0,2}(?:errors?|failures?|failed|rejected|rejections?|issues?|problems?|warnings?|duplicates?|skipped|invalid)\b|\b(?:errors?|failures?|failed|rejected|issues?|warnings?|duplicates?|skipped|invalid)\s*[:=]\s*(?:0|none|\[\])(?!\d)/gu

/** What an answer to any dry run may say. */
export const OF_DRY_RUNS =
  /\bdry[- ]?run\b|\bsimulat\w*|\bpreview\b|\bwould\b|\b(?:no (?:rows?|records?|data)|nothing) (?:was |were |has been |have been |will be )?(?:written|stored|saved|persisted)\b/gu

/** What a warning says of rows that were left out or changed. */
export const LEFT_OUT_OR_CHANGED = anyOf([
  '*reject*, *refus*, *fail*, err*, *error*, not',
  '*skip*, *ignor*, *discard*, drop*, *exclud*, *omit*, *quarantin*, *partial*, *duplicat*, *filter*, *remov*, *delet*, *left out*',
  '*convert*, *chang*, *replac*, set to, *adjust*, *round*, *coerc*, cast*, *truncat*, clip*, trim*, cut, *modif*, alter*, *overwr*',
])
