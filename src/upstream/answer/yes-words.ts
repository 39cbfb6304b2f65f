import { anyOf, LETTERS_ONLY, wordSet } from './any-of.ts'

// Words that are known to mean yes, and those that say nothing of what became of rows. A word here may have rows accepted: add only
// what cannot be said of rows that were refused. How entries are written is said at `anyOf`.

/** Means yes in a status and in a text. */
export const YES = anyOf(
  [
    'ok(?:ay)?, succe*, accept*, complete*, finished*, done, confirmed*, acknowledged*',
    'received*, taken, submitted*, scheduled*, (?:en|re)?queued*, buffered*, delivered*, published*',
    '(?:re)?ingest*, created*, processed*, written*, wrote, inserted*, updated*, upserted*, appended*, applied*, saved, stored*',
    'committed*, persisted*, (?:up)?loaded*, imported*',
    'erfolg*, angenommen*, aceptad*, [eé]xito*, r[eé]ussi*, accett*',
  ],
  LETTERS_ONLY,
)

/** Means yes in a text of rows; as a status it may say less. */
export const YES_IN_SENTENCE = anyOf(
  [
    'sent, forwarded, pushed, streamed, transferred, posted, landed, added, registered, recorded, merged, synced, staged, visible',
    'started, initiated, triggered, launched, good, 200, 201, 202',
  ],
  LETTERS_ONLY,
)

/** Means yes in the answer to a dry run. */
export const YES_OF_DRY_RUNS = anyOf(['valid(?:ated)?, pass(?:ed)?, checked'], LETTERS_ONLY)

/** What a good status may say beside its yes. */
export const FILLER = wordSet([
  'all and the a an fully will was were is are has have been be for to in into http https',
  'data row rows record records item items request requests batch operation upsert append job status',
])

/** What a message may say beside its yes, where each of its words must be known. */
export const PLAIN_TALK = wordSet([
  // Grammar and manners.
  'of on at by from with within after this that these your you our it its we being had as every each now via per may can',
  'shortly soon about approximately around up out well fine yes valid thank thanks see here most everything total new number count dry',
  // Times.
  'time second seconds minute minutes hour hours ms s',
  // What is done, and with what.
  'import importing load loading insert update write writing process processing async asynchronously background progress transaction',
  'position id ids task run message messages event events object objects document documents entry entries file files upload payload',
  'table tables column columns line lines dataset stream topic queue buffer stage staging storage store database warehouse lake',
  'pipeline api server service node worker version v available appear take takes',
  // German, Spanish, French, Italian, Portuguese.
  'alle zeilen spalten daten und wurden sind die datos filas registros todas las los fueron han sido con',
  'donnees données lignes ont ete eté éte été les toutes avec succès',
  'dati righe sono stati state dados linhas foram com',
])
