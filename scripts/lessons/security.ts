/** The Content-Security-Policy of the built site: as a meta tag for the page, and in the files by which static hosts set headers. */
import type { Plugin } from 'vite'

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  // Svelte, xterm and Monaco set style attributes and write style sheets.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/** Built sites only: the development server works with inline scripts. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
    // A meta tag does not reach workers; headers do. Netlify and Cloudflare read the one file, Azure the other.
    generateBundle() {
      const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}`)
      const immutable = '/assets/*\n  Cache-Control: public, max-age=31536000, immutable'
      this.emitFile({
        type: 'asset',
        fileName: '_headers',
        source: `/*\n${lines.join('\n')}\n\n${immutable}\n`,
      })
      const azure = JSON.stringify({ globalHeaders: HEADERS }, null, 2)
      this.emitFile({ type: 'asset', fileName: 'staticwebapp.config.json', source: `${azure}\n` })
    },
  }
}
