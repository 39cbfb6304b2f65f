import { render } from 'preact'
import { App } from './app.tsx'
import { readPageFacts } from './session/page-facts.ts'
import { createSession } from './session/session.ts'
import { allowOwnWorker } from './trusted-types.ts'

allowOwnWorker(window)
const root = document.getElementById('root')
if (root) render(<App session={createSession(readPageFacts(document), sessionStorage, location.origin)} />, root)
