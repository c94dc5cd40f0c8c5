/**
 * nginx's configuration language, for what a lesson on Services needs: directives ended by `;`, blocks in braces,
 * quotes, comments, `include` with a glob. The tree is then read into `Server`s by `servers.ts`.
 */
export interface NginxDirective {
  readonly name: string
  readonly args: readonly string[]
  readonly block?: readonly NginxDirective[]
  readonly file: string
  readonly line: number
}

/** What nginx prints after `nginx: [emerg] ` (or in its error log) before it exits with 1. */
export class NginxConfigError extends Error {}

export interface ConfigurationFiles {
  read(path: string): string | undefined
  /** The paths that a glob such as `/etc/nginx/conf.d/*.conf` matches, sorted. */
  glob(pattern: string): readonly string[]
}

/** @throws NginxConfigError */
export function parseConfiguration(path: string, files: ConfigurationFiles): readonly NginxDirective[] {
  const text = files.read(path)
  if (text === undefined) throw new NginxConfigError(`open() "${path}" failed (2: No such file or directory)`)
  const tokens = tokenize(text)
  let position = 0

  const block = (nested: boolean): NginxDirective[] => {
    const directives: NginxDirective[] = []
    for (;;) {
      const token = tokens[position++]
      if (!token) {
        if (!nested) return directives
        throw new NginxConfigError(`unexpected end of file, expecting "}" in ${path}:${lastLine(text)}`)
      }
      if (token.punctuation) {
        if (token.text === '}' && nested) return directives
        throw new NginxConfigError(`unexpected "${token.text}" in ${path}:${token.line}`)
      }
      directives.push(...directive(token))
    }
  }

  const directive = (name: Token): readonly NginxDirective[] => {
    const args: string[] = []
    for (;;) {
      const token = tokens[position++]
      if (!token)
        throw new NginxConfigError(
          `unexpected end of file, expecting ";" or "}" in ${path}:${lastLine(text)}`,
        )
      if (!token.punctuation) args.push(token.text)
      else if (token.text === '}') {
        throw new NginxConfigError(`unexpected "}" in ${path}:${token.line}`)
      } else if (token.text === '{') {
        return [{ name: name.text, args, block: block(true), file: path, line: name.line }]
      } else if (name.text === 'include') return included(args[0] ?? '')
      else return [{ name: name.text, args, file: path, line: name.line }]
    }
  }

  const included = (pattern: string): NginxDirective[] => {
    const absolute = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`
    const paths = absolute.includes('*') ? files.glob(absolute) : [absolute]
    return paths.flatMap((included) => [...parseConfiguration(included, files)])
  }

  return block(false)
}

interface Token {
  readonly text: string
  readonly line: number
  readonly punctuation: boolean
}

const lastLine = (text: string) => text.trimEnd().split('\n').length + 1

/** `{` inside a word belongs to a variable only after `$` (`${name}`); else it opens a block. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  const expression = /\n|#[^\n]*|[{};]|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(?:\$\{\w+\}|\\.|[^\s{};])+/g
  for (const match of text.matchAll(expression)) {
    const word = match[0]
    if (word === '\n') {
      line++
      continue
    }
    if (word.startsWith('#')) continue
    const quoted = match[1] ?? match[2]
    tokens.push({
      text: quoted === undefined ? word : quoted.replace(/\\(["'\\])/g, '$1'),
      line,
      punctuation: quoted === undefined && /^[{};]$/.test(word),
    })
    line += word.split('\n').length - 1
  }
  return tokens
}
