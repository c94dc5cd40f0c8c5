import { BoundedRegExp } from './bounded-regex.ts'
import { compileRegex, escapeRegex } from './regex.ts'

export interface MatcherOptions {
  readonly syntax: 'basic' | 'extended' | 'fixed' | 'perl'
  readonly ignoreCase: boolean
  /** -w and -x. */
  readonly words: boolean
  readonly wholeLines: boolean
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** Finds where a line matches any of the patterns, from left to right, empty matches left out. */
export type Matcher = (line: string) => { readonly matched: boolean; readonly spans: () => Span[] }

/** @throws RegexError */
export function createMatcher(patterns: readonly string[], options: MatcherOptions): Matcher {
  const expressions = patterns.map((pattern) => compile(pattern, options))
  return (line) => ({
    matched: expressions.some((expression) => {
      expression.lastIndex = 0
      return expression.test(line)
    }),
    spans: () => spansOf(expressions, line),
  })
}

function compile(pattern: string, options: MatcherOptions): RegExp {
  const base =
    options.syntax === 'fixed'
      ? escapeRegex(pattern)
      : options.syntax === 'perl'
        ? pattern
        : compileRegex(pattern, { extended: options.syntax === 'extended' }).source
  const source = options.wholeLines ? `^(?:${base})$` : options.words ? `(?<!\\w)(?:${base})(?!\\w)` : base
  return compileFlags(source, options.ignoreCase)
}

const compileFlags = (source: string, ignoreCase: boolean): RegExp =>
  new BoundedRegExp(source, ignoreCase ? 'gsi' : 'gs')

function spansOf(expressions: readonly RegExp[], line: string): Span[] {
  const spans: Span[] = []
  let from = 0
  while (from <= line.length) {
    let best: Span | undefined
    for (const expression of expressions) {
      expression.lastIndex = from
      const match = expression.exec(line)
      if (!match) continue
      const span = { start: match.index, end: match.index + match[0].length }
      if (!best || span.start < best.start || (span.start === best.start && span.end > best.end)) best = span
    }
    if (!best) break
    if (best.end > best.start) spans.push(best)
    from = best.end > best.start ? best.end : best.start + 1
  }
  return spans
}
