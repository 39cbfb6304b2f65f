import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import type { Session } from '../session/session.ts'
import { useStore } from '../session/store.ts'
import { PAGES, type PageName } from './use-page.ts'

interface ShellProps {
  readonly page: PageName
  readonly session: Session
  readonly onToken: () => void
  readonly children: ComponentChildren
}

/** The frame of every page: where rows go, the navigation, and the user. */
export function Shell({ page, session, onToken, children }: ShellProps) {
  const token = useStore(session.token)
  const main = useRef<HTMLElement>(null)
  const last = useRef(page)
  useEffect(() => {
    document.title = `${PAGES.find(({ name }) => name === page)?.title} · Rowgate console`
    if (last.current !== page) main.current?.focus()
    last.current = page
  }, [page])
  return (
    <>
      <button type="button" class="skip button" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <UpstreamBanner session={session} />
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="#load">
            <svg class="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
              <rect width="32" height="32" rx="8" />
              <path d="M8 10h16M8 16h10M8 22h16" />
            </svg>
            Rowgate
          </a>
          <nav aria-label="Pages">
            {PAGES.map(({ name, title, icon }) => (
              <a key={name} href={`#${name}`} class="nav-link" aria-current={page === name ? 'page' : undefined}>
                <Icon name={icon} />
                {title}
              </a>
            ))}
          </nav>
          {token !== undefined && (
            <button type="button" class="button button-quiet token-button" onClick={onToken}>
              <Icon name="key" />
              <span>Token</span>
            </button>
          )}
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

/** Shows where rows go, above everything else. */
function UpstreamBanner({ session: { facts } }: { session: Session }) {
  if (facts.upstream.kind === 'sandbox')
    return (
      <p class="banner banner-sandbox" role="status">
        <strong>Sandbox.</strong> Rows go to a stand-in; nothing reaches a real system.
      </p>
    )
  return (
    <p class="banner banner-remote" role="status">
      <strong>Real upstream.</strong> Rows are written to <code>{facts.upstream.host}</code>.
    </p>
  )
}
