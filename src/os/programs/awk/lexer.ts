/** A program that is not awk: `line` is where. */
export class AwkSyntaxError extends Error {
  readonly line: number
  readonly near: string
  constructor(near: string, line: number) {
    super(`syntax error at or near ${near}`)
    this.near = near
    this.line = line
  }
}

export interface Token {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'function-call'
    | 'builtin'
    | 'keyword'
    | 'operator'
    | 'newline'
    | 'end'
  readonly text: string
  readonly line: number
}

const KEYWORDS = new Set([
  'BEGIN', 'END', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'exit',
  'return', 'delete', 'in', 'getline', 'print', 'printf',
]) // prettier-ignore

export const BUILTINS = new Set([
  'length', 'substr', 'index', 'split', 'sub', 'gsub', 'match', 'sprintf', 'toupper', 'tolower', 'int', 'rand', 'srand',
  'sin', 'cos', 'atan2', 'exp', 'log', 'sqrt', 'system', 'close', 'fflush', 'systime', 'strftime',
]) // prettier-ignore

const OPERATOR =
  /^(?:\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|&&|\|\||>>|!~|[-+*/%^!<>|?:~$=,;(){}[\]])/

/** @throws AwkSyntaxError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  const add = (kind: Token['kind'], text: string, length: number) => {
    tokens.push({ kind, text, line })
    at += length
  }
  while (at < source.length) {
    const rest = source.slice(at)
    const blank = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest)?.[0]
    if (blank) {
      at += blank.length
      if (blank.startsWith('\\')) line++
      continue
    }
    if (rest.startsWith('\n')) {
      add('newline', '\n', 1)
      line++
      continue
    }
    const number = /^(?:0[xX][\da-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)?.[0]
    if (number) add('number', number, number.length)
    else if (rest.startsWith('"')) {
      const literal = /^"(?:[^"\\\n]|\\[^])*"/.exec(rest)?.[0]
      if (!literal) throw new AwkSyntaxError('unterminated string', line)
      add('string', unescapeString(literal.slice(1, -1)), literal.length)
    } else if (rest.startsWith('/') && regexAllowed(tokens.at(-1))) {
      const literal = /^\/(?:\[\^?\]?[^\]\n]*\]|[^/\\\n[]|\\.)*\//.exec(rest)?.[0]
      if (!literal) throw new AwkSyntaxError('unterminated regexp', line)
      add('regex', literal.slice(1, -1).replaceAll('\\/', '/'), literal.length)
    } else {
      const name = /^[A-Za-z_]\w*/.exec(rest)?.[0]
      if (name) add(nameKind(name, rest), name, name.length)
      else {
        const operator = OPERATOR.exec(rest)?.[0]
        if (!operator) throw new AwkSyntaxError(rest[0]!, line)
        add('operator', operator, operator.length)
      }
    }
  }
  tokens.push({ kind: 'end', text: 'end of file', line })
  return tokens
}

/** A user's function is called with no space before the parenthesis; `a (b)` is a concatenation. */
function nameKind(name: string, rest: string): Token['kind'] {
  if (KEYWORDS.has(name)) return 'keyword'
  if (BUILTINS.has(name)) return 'builtin'
  return rest[name.length] === '(' ? 'function-call' : 'name'
}

/** After a value a slash divides; anywhere else it begins a regular expression. */
function regexAllowed(previous: Token | undefined): boolean {
  if (!previous) return true
  if (['number', 'string', 'regex', 'name', 'builtin'].includes(previous.kind)) return false
  return !(previous.kind === 'operator' && [')', ']', '$', '++', '--'].includes(previous.text))
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  '/': '/',
}

/** Backslash sequences of a string; unknown ones keep their backslash, so that `"\."` is a regular expression. */
export function unescapeString(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|\n|(.))/g,
    (whole, octal?: string, hex?: string, other?: string) => {
      if (octal) return String.fromCharCode(parseInt(octal, 8))
      if (hex) return String.fromCharCode(parseInt(hex, 16))
      return other === undefined ? '' : (ESCAPES[other] ?? whole)
    },
  )
}
