const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** `-w`: `%{variable}`, `%%` and backslash escapes. Unknown variables are reported as curl does. */
export function fillWriteOut(
  format: string,
  report: Readonly<Record<string, string>>,
): { readonly text: string; readonly error: string } {
  let error = ''
  const text = format.replace(/%%|%\{([^}]*)\}|\\(.)/gs, (whole, variable?: string, escaped?: string) => {
    if (whole === '%%') return '%'
    if (escaped !== undefined) return ESCAPES[escaped] ?? whole
    if (variable === 'stdout' || variable === 'stderr') return ''
    if (variable === 'json') return JSON.stringify(report)
    const value = report[variable!]
    if (value === undefined) error += `curl: unknown --write-out variable: '${variable}'\n`
    return value ?? ''
  })
  return { text, error }
}
