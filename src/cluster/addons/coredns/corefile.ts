/**
 * The language of the Corefile: server blocks of directives, which may have blocks of their own.
 *
 *     .:53 {                      a server block and its keys
 *         errors                  a directive
 *         kubernetes cluster.local in-addr.arpa {
 *             pods insecure       a directive of that directive's block
 *         }
 *     }
 *
 * Words are separated by blanks; quotes keep blanks in; `#` begins a comment; `{$NAME}` and `{%NAME%}` are
 * replaced by the environment; `(name) { ... }` is a snippet that `import name` puts in.
 */
export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly Directive[]
  readonly line: number
}

export interface ServerBlock {
  /** `.:53`, `cluster.local`, `dns://example.org:1053`. */
  readonly keys: readonly string[]
  readonly directives: readonly Directive[]
}

/** A fault in a Corefile, with the text CoreDNS prints after the file's name. */
export class CorefileError extends Error {}

interface Token {
  readonly text: string
  readonly line: number
  readonly quoted: boolean
}

/** @throws CorefileError */
export function parseCorefile(
  text: string,
  environment: ReadonlyMap<string, string>,
  file = '/etc/coredns/Corefile',
): ServerBlock[] {
  const tokens = tokenize(text, environment)
  const snippets = new Map<string, readonly Directive[]>()
  const blocks: ServerBlock[] = []
  let position = 0

  const at = () => tokens[position]
  const fail = (line: number, message: string): never => {
    throw new CorefileError(`${file}:${line} - Error during parsing: ${message}`)
  }

  const body = (): Directive[] => {
    const directives: Directive[] = []
    position++
    for (let token = at(); !isBrace(token, '}'); token = at()) {
      if (!token) return fail(tokens.at(-1)?.line ?? 1, 'Unexpected EOF')
      directives.push(...directive(token))
    }
    position++
    return directives
  }

  const directive = (first: Token): readonly Directive[] => {
    const args: string[] = []
    let block: Directive[] = []
    position++
    for (let token = at(); token && token.line === first.line; token = at()) {
      if (isBrace(token, '}')) break
      if (isBrace(token, '{')) {
        block = body()
        break
      }
      args.push(token.text)
      position++
    }
    if (first.text !== 'import') return [{ name: first.text, args, block, line: first.line }]
    return snippets.get(args[0] ?? '') ?? fail(first.line, `File to import not found: ${args[0] ?? ''}`)
  }

  while (position < tokens.length) {
    const keys: string[] = []
    const first = at()!
    for (let token = at(); token && !isBrace(token, '{'); token = at()) {
      if (isBrace(token, '}')) fail(token.line, `Unexpected '}' because no matching opening brace`)
      keys.push(...token.text.split(',').filter((key) => key !== ''))
      position++
    }
    if (!at()) {
      // A file with one server may leave its braces out; then the first line has the keys.
      const line = tokens.filter((token) => token.line === first.line)
      if (blocks.length > 0 || line.length === tokens.length) fail(tokens.at(-1)!.line, 'Unexpected EOF')
      position = line.length
      const directives: Directive[] = []
      for (let token = at(); token; token = at()) directives.push(...directive(token))
      return [{ keys: line.map((token) => token.text), directives }]
    }
    const directives = body()
    const snippet = /^\((.+)\)$/.exec(keys[0] ?? '')
    if (snippet) snippets.set(snippet[1]!, directives)
    else blocks.push({ keys, directives })
  }
  return blocks
}

const isBrace = (token: Token | undefined, brace: string) =>
  token !== undefined && !token.quoted && token.text === brace

function tokenize(text: string, environment: ReadonlyMap<string, string>): Token[] {
  const tokens: Token[] = []
  let line = 1
  const expression = /\n|#[^\n]*|"((?:\\"|[^"])*)"|[^\s"][^\s]*/g
  for (const match of text.matchAll(expression)) {
    const [whole, quoted] = match
    if (whole === '\n') line++
    else if (quoted !== undefined) {
      tokens.push({ text: substitute(quoted.replaceAll('\\"', '"'), environment), line, quoted: true })
      line += whole.split('\n').length - 1
    } else if (!whole.startsWith('#'))
      tokens.push({ text: substitute(whole, environment), line, quoted: false })
  }
  return tokens
}

const substitute = (text: string, environment: ReadonlyMap<string, string>) =>
  text.replace(
    /\{\$(\w+)\}|\{%(\w+)%\}/g,
    (_, unix: string | undefined, windows: string | undefined) =>
      environment.get(unix ?? windows ?? '') ?? '',
  )
