import type { KubernetesObject } from '../api/resource.ts'
import { evaluateCel, fromCel, presentValue, tellingPart } from './cel.ts'
import { liveName } from './live-names.ts'
import type { Check, CommandRun, LessonWorld, ProbeResult, Query } from './lesson.ts'

export type CheckResult = { readonly state: 'pass' | 'fail' | 'error'; readonly present: string }

/** What checks of one step share: captured values, commands run, and the outcomes of probes so far. */
export interface CheckContext {
  readonly world: LessonWorld
  readonly vars: Readonly<Record<string, unknown>>
  readonly commands: readonly CommandRun[]
  /** The last outcome of a probe, undefined while it is under way for the first time. */
  probeResult(check: Check & { type: 'probe' }): ProbeResult | undefined
}

export function evaluateCheck(check: Check, context: CheckContext): CheckResult {
  switch (check.type) {
    case 'cel':
      return objectExpression(check, context)
    case 'matches':
      return partialMatch(check, context)
    case 'absent':
      return absence(check.absent, context.world)
    case 'probe': {
      const result = context.probeResult(check)
      return { state: result?.ok ? 'pass' : 'fail', present: result?.present ?? 'not tried yet' }
    }
    case 'command':
      return commandRun(check, context)
  }
}

/** The objects of a query now, by name. */
export function objectsOf(query: Query, world: LessonWorld): readonly KubernetesObject[] {
  const wanted = Object.entries(query.labels ?? {})
  return world.list(query.kind, query.namespace ?? 'default').filter((object) => {
    if (query.name !== undefined && object.metadata?.name !== query.name) return false
    return wanted.every(([key, value]) => object.metadata?.labels?.[key] === value)
  })
}

/** Evaluates a query's expression: with a name over `object`, else over `items`. Undefined when the named object is missing. */
export function queryValue(
  query: Query & { readonly cel: string },
  context: Pick<CheckContext, 'world' | 'vars'>,
) {
  const items = objectsOf(query, context.world)
  if (query.name !== undefined && items.length === 0) return undefined
  return evaluateCel(query.cel, { object: items[0], items, vars: context.vars })
}

function objectExpression(check: Check & { type: 'cel' }, context: CheckContext): CheckResult {
  const result = queryValue(check, context)
  if (!result) return { state: 'fail', present: `there is no ${label(check)}` }
  if (!result.ok) return notYet(result.error, check)
  if (result.value === true) return { state: 'pass', present: 'true' }
  const part = tellingPart(check.cel)
  const shown = part === check.cel ? undefined : queryValue({ ...check, cel: part }, context)
  if (shown?.ok) return { state: 'fail', present: `${label(check)}: ${part} is ${presentValue(shown.value)}` }
  const count = objectsOf(check, context.world).length
  return { state: 'fail', present: check.name ? `${label(check)}: not so yet` : `${count} ${label(check)}` }
}

/** A field that is not there yet is a state of the world; anything else is a fault of the lesson. */
function notYet(error: string, query: Query): CheckResult {
  if (/^No such key/.test(error))
    return { state: 'fail', present: `${label(query)}: ${error.replace(/^No such key: */, '')} is not set` }
  return { state: 'error', present: error }
}

function partialMatch(check: Check & { type: 'matches' }, context: CheckContext): CheckResult {
  const items = objectsOf(check, context.world)
  if (items.length === 0) return { state: 'fail', present: `there is no ${label(check)}` }
  const differences = items.map((item) => firstDifference(check.matches, item, ''))
  if (differences.includes(undefined)) return { state: 'pass', present: 'matches' }
  return { state: 'fail', present: `${label(check)}: ${differences[0]}` }
}

/** The first place where `wanted` is not contained in `actual`; undefined when it is. */
function firstDifference(wanted: unknown, actual: unknown, path: string): string | undefined {
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    for (const [key, value] of Object.entries(wanted)) {
      const found = firstDifference(
        value,
        (actual as Record<string, unknown> | undefined)?.[key],
        path ? `${path}.${key}` : key,
      )
      if (found) return found
    }
    return undefined
  }
  return JSON.stringify(wanted) === JSON.stringify(actual) ? undefined : `${path} is ${presentValue(actual)}`
}

function absence(query: Query, world: LessonWorld): CheckResult {
  const count = objectsOf(query, world).length
  return count === 0
    ? { state: 'pass', present: 'absent' }
    : { state: 'fail', present: `${label(query)} is still there` }
}

function commandRun(check: Check & { type: 'command' }, { commands, vars }: CheckContext): CheckResult {
  const { on, cel, exitCode } = check.command
  let error: string | undefined
  for (const run of commands) {
    if (run.on !== on || run.exitCode !== exitCode) continue
    const result = evaluateCel(cel, { argv: run.argv, vars })
    if (result.ok && result.value === true) return { state: 'pass', present: run.argv.join(' ') }
    if (!result.ok) error = result.error
  }
  const last = commands.findLast((run) => run.on === on)
  if (error) return { state: 'error', present: error }
  return {
    state: 'fail',
    present: last ? `the last command on ${on}: ${last.argv.join(' ')}` : `no command on ${on} yet`,
  }
}

function label(query: Query): string {
  if (query.name) return `${query.kind} ${query.name}`
  const labels = Object.entries(query.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return labels.length > 0 ? `${query.kind} with ${labels.join(',')}` : query.kind
}

/** Replaces `{{vars.NAME}}` and live names (`{{services.web.externalIP}}`) in a text of a lesson; what has no value stays. */
export function fillIn(text: string, vars: Readonly<Record<string, unknown>>, world: LessonWorld): string {
  return text.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (whole, expression: string) => {
    const value = expression.startsWith('vars.')
      ? fromCel(vars[expression.slice(5)])
      : liveName(expression, world)
    return value === undefined ? whole : String(value)
  })
}
